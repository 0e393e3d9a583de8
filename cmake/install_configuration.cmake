# SPDX-License-Identifier: Apache-2.0
# Run by `cmake --install`: the configuration folder, where nothing of it is there yet, and the systemd unit with the
# paths of this installation.
if(CMAKE_INSTALL_PREFIX MATCHES "^/usr(/local)?/?$")
  set(config_dir /etc/forewarn)
else()
  set(config_dir ${CMAKE_INSTALL_PREFIX}/etc/forewarn)
endif()

file(GLOB_RECURSE shipped RELATIVE ${source}/etc ${source}/etc/*)
foreach(name IN LISTS shipped)
  set(target $ENV{DESTDIR}${config_dir}/${name})
  if(EXISTS ${target})
    message(STATUS "Kept as it is: ${target}")
  else()
    get_filename_component(folder ${config_dir}/${name} DIRECTORY)
    file(INSTALL ${source}/etc/${name} DESTINATION ${folder})
  endif()
endforeach()

file(READ ${source}/systemd/forewarnd.service unit)
string(REPLACE "/usr/bin/forewarnd" "${CMAKE_INSTALL_PREFIX}/${bindir}/forewarnd" unit "${unit}")
string(REPLACE "--config /etc/forewarn" "--config ${config_dir}" unit "${unit}")
set(target $ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/lib/systemd/system/forewarnd.service)
file(WRITE ${target} "${unit}")
message(STATUS "Installing: ${target}")
