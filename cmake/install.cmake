# SPDX-License-Identifier: Apache-2.0
# `cmake --install BUILD [--prefix DIR]`. With a prefix of the system (/usr, /usr/local) the configuration folder is
# /etc/forewarn, else PREFIX/etc/forewarn. Files of it that are there already are the operator's, and are kept.
install(TARGETS forewarnd forewarn RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES docs/man/forewarnd.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES docs/man/forewarn-rules.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES completion/forewarn.bash RENAME forewarn
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)

set(manual ${CMAKE_BINARY_DIR}/man/forewarn.1)
add_custom_command(OUTPUT ${manual}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/man
  COMMAND forewarn manual > ${manual}
  DEPENDS forewarn VERBATIM)
add_custom_target(manual ALL DEPENDS ${manual})
install(FILES ${manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

install(CODE "set(source [[${CMAKE_SOURCE_DIR}]])\nset(bindir [[${CMAKE_INSTALL_BINDIR}]])")
install(SCRIPT cmake/install_configuration.cmake)
