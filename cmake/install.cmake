# SPDX-License-Identifier: Apache-2.0
install(TARGETS forewarnd forewarn RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY etc/ DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/forewarn)
install(FILES systemd/forewarn.service DESTINATION lib/systemd/system)
