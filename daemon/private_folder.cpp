// SPDX-License-Identifier: Apache-2.0
#include "daemon/private_folder.hpp"

namespace forewarn {

std::error_code make_private_folder(const std::filesystem::path& folder) {
  using std::filesystem::perms;
  std::error_code error;
  if (std::filesystem::create_directories(folder, error))
    std::filesystem::permissions(folder, perms::owner_all | perms::group_read | perms::group_exec, error);
  return error;
}

} // namespace forewarn
