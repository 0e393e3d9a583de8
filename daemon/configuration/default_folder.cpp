// SPDX-License-Identifier: Apache-2.0
#include "daemon/configuration/default_folder.hpp"

namespace forewarn {

std::filesystem::path default_config_dir() {
  namespace fs = std::filesystem;
  fs::path system{"/etc/forewarn"};
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  if (error || program.parent_path().filename() != "bin") return system;
  const auto prefix = program.parent_path().parent_path();
  auto beside = prefix / "etc" / "forewarn";
  return prefix != "/usr" && prefix != "/usr/local" && fs::exists(beside / "forewarn.yaml", error) ? beside : system;
}

} // namespace forewarn
