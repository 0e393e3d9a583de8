# SPDX-License-Identifier: Apache-2.0
# One place for the language, the warnings and the sanitizers.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} silently miscompiles ordinary coroutine code (GCC PR 107288). "
    "Build with clang-16: run scripts/setup, then `cmake --preset dev`.")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

find_program(FOREWARN_CCACHE ccache)
if(FOREWARN_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${FOREWARN_CCACHE})
endif()

set(FOREWARN_SANITIZE "" CACHE STRING "address-undefined, thread, or nothing")
# What reads bytes from outside and what decides lies in include, rules and connectors: half of the code. Leaving the
# daemon's own out takes a quarter off build and tests; its memory is watched as far as the sanitized half and the
# allocator see it.
option(FOREWARN_SANITIZE_DAEMON "Sanitize the daemon's own code too" ON)

# Several files compiled as one, so that what they all include is read and instantiated once: half of a build from
# nothing. Off in `dev`, where one file is changed at a time and must stand by itself. A file that gives its own inner
# functions the names that its neighbours give theirs is left out by `forewarn_alone`. What hides a name of a
# neighbouring file hides nothing, so shadowing is looked at in `dev` only.
option(FOREWARN_JOIN "Compile several files as one" OFF)

add_library(forewarn_options INTERFACE)
target_include_directories(forewarn_options INTERFACE ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR})
target_compile_options(forewarn_options INTERFACE
  -Wall -Wextra -Wpedantic $<$<NOT:$<BOOL:${FOREWARN_JOIN}>>:-Wshadow> -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wformat=2 -Wextra-semi -Wno-missing-field-initializers -Werror)
target_compile_definitions(forewarn_options INTERFACE
  FOREWARN_VERSION="${PROJECT_VERSION}" BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
  BOOST_BEAST_SEPARATE_COMPILATION)

if(FOREWARN_SANITIZE STREQUAL "address-undefined")
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
elseif(FOREWARN_SANITIZE STREQUAL "thread")
  set(sanitizers -fsanitize=thread)
endif()
if(FOREWARN_FUZZ)
  list(APPEND sanitizers -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
endif()
add_library(forewarn_sanitized INTERFACE)
if(sanitizers)
  target_compile_options(forewarn_sanitized INTERFACE ${sanitizers})
  target_link_options(forewarn_options INTERFACE ${sanitizers})
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_definitions(forewarn_options INTERFACE _GLIBCXX_ASSERTIONS _FORTIFY_SOURCE=2)
  target_compile_options(forewarn_options INTERFACE -fstack-protector-strong)
  target_link_options(forewarn_options INTERFACE -pie -Wl,-z,relro,-z,now)
endif()

find_program(FOREWARN_MOLD mold)
if(FOREWARN_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_link_options(forewarn_options INTERFACE -fuse-ld=mold)
endif()

# The headers that most files of a target include are read once instead of once per file: a third off a build from
# nothing. What few files need stays out, since every file pays for what its target's set holds. Off in `dev`, so that a
# file that forgets an include is caught there.
option(FOREWARN_PRECOMPILE "Precompile the headers that most files include" OFF)
function(forewarn_precompile target)
  if(FOREWARN_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE <algorithm> <chrono> <filesystem> <functional> <map> <memory> <optional>
      <set> <span> <sstream> <string> <string_view> <unordered_map> <unordered_set> <variant> <vector> <fmt/format.h>
      <tl/expected.hpp> ${ARGN})
  endif()
endfunction()

function(forewarn_joined target)
  if(FOREWARN_JOIN)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
endfunction()
macro(forewarn_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endmacro()

# A module: every .cpp of its folder, with the project's warnings. Folders are few and each file is one thing, so a
# glob says exactly what a list would, and cannot go stale. A subfolder with a CMakeLists.txt is a module of its own.
function(forewarn_module name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "(^|/)main\\.cpp$")
  file(GLOB inner ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
  foreach(module IN LISTS inner)
    get_filename_component(folder ${module} DIRECTORY)
    list(FILTER sources EXCLUDE REGEX "^${folder}/")
  endforeach()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC forewarn_options PRIVATE forewarn_sanitized)
  forewarn_joined(${name})
endfunction()
