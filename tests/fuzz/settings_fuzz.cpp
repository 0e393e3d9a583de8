// SPDX-License-Identifier: Apache-2.0
// Any bytes as forewarn.yaml: settings with defaults where there is nothing, every problem can be shown, and what is
// taken without a problem can be shown again.
#include "daemon/settings.hpp"
#include "fuzz/input.hpp"

#include <fstream>

#include <unistd.h>

using namespace forewarn;

namespace {

// One folder for the whole run: load_settings reads a file.
struct folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("forewarn-fuzz-" + std::to_string(getpid()));
  folder() { std::filesystem::create_directories(path); }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { std::filesystem::remove_all(path); }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const folder here;
  std::ofstream{here.path / "forewarn.yaml", std::ios::binary} << fuzz::text_of(data, size);
  problems found;
  std::vector<source_text> sources;
  const auto read = load_settings(here.path, found, sources);
  (void)render(found, sources);
  for (const auto& row : show_settings(read)) fuzz::promise(!row.key.empty(), "a setting has a name");
  return 0;
}
