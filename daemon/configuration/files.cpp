// SPDX-License-Identifier: Apache-2.0
// Files of the configuration folder as text. Refuses what is not a regular file: opening a FIFO would wait for ever.
#include "daemon/settings.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace forewarn {
namespace {

namespace fs = std::filesystem;

bool ends_as_wanted(const fs::path& path, const std::vector<std::string>& endings) {
  const auto name = path.filename().string();
  if (name.starts_with(".")) return false;
  return std::any_of(endings.begin(), endings.end(), [&](const auto& ending) { return name.ends_with(ending); });
}

void complain(problems& found, const fs::path& path, std::string message) {
  found.push_back({path.string(), {}, severity::error, "cannot-read", std::move(message)});
}

void read_one(const fs::path& path, std::vector<source_text>& out, problems& found) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return complain(found, path, "not a file that can be read");
  std::ifstream in{path, std::ios::binary};
  if (!in) return complain(found, path, fmt::format("cannot be opened: {}", std::generic_category().message(errno)));
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (in.bad()) return complain(found, path, "reading stopped half-way: the disk answered with an error");
  out.push_back({path.string(), std::move(text)});
}

} // namespace

std::vector<source_text> read_files(const fs::path& folder_or_file, const std::vector<std::string>& endings,
                                    problems& found) {
  std::vector<source_text> out;
  std::error_code error;
  const auto status = fs::status(folder_or_file, error);
  if (!fs::exists(status)) {
    complain(found, folder_or_file, "no such file or folder");
    return out;
  }
  if (!fs::is_directory(status)) {
    read_one(folder_or_file, out, found);
    return out;
  }
  std::vector<fs::path> paths;
  fs::recursive_directory_iterator walk{folder_or_file, fs::directory_options::skip_permission_denied, error};
  if (error) complain(found, folder_or_file, fmt::format("cannot be listed: {}", error.message()));
  for (; !error && walk != fs::recursive_directory_iterator{}; walk.increment(error))
    if (ends_as_wanted(walk->path(), endings) && !walk->is_directory()) paths.push_back(walk->path());
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) read_one(path, out, found);
  return out;
}

} // namespace forewarn
