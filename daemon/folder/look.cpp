// SPDX-License-Identifier: Apache-2.0
#include "daemon/folder/look.hpp"

#include "daemon/canary.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

namespace forewarn::folder {
namespace {

namespace fs = std::filesystem;

bool is_mark(const std::string& name) {
  return name.ends_with(".done") || name.ends_with(".ready");
}

std::string kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "it is a folder; drop files, not folders";
  if (S_ISFIFO(mode)) return "it is a named pipe; drop ordinary files";
  if (S_ISLNK(mode)) return "it is a symbolic link; drop the file itself";
  return "it is no ordinary file";
}

bool can_be_read(const fs::path& path) {
  // Non-blocking: should it turn into a pipe between the two calls, nobody waits.
  const int file = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return false;
  ::close(file);
  return true;
}

instant modified(const struct stat& of) {
  return instant{std::chrono::duration_cast<duration>(std::chrono::seconds{of.st_mtim.tv_sec} +
                                                      std::chrono::nanoseconds{of.st_mtim.tv_nsec})};
}

void take_entry(const fs::path& path, const std::string& pattern, look& out) {
  const auto name = path.filename().string();
  if (is_left_alone(name) || is_mark(name)) return;
  struct stat of {};
  if (::lstat(path.c_str(), &of) != 0) return; // gone again
  const bool ours = name == "done" || name == "failed";
  if (S_ISDIR(of.st_mode) && ours) return;
  if (!fits(pattern, name) && !canary::is_canary_file(name)) {
    out.notices.push_back({name, "its name does not fit the feed's pattern '" + pattern + "'"});
    return;
  }
  if (!S_ISREG(of.st_mode)) {
    out.notices.push_back({name, kind_of(of.st_mode)});
    return;
  }
  if (!can_be_read(path)) {
    out.notices.push_back({name, "the daemon may not read it; give its user the right to"});
    return;
  }
  out.files.push_back({name, of.st_size, modified(of), false});
}

} // namespace

bool is_left_alone(const std::string& name) {
  static constexpr std::array endings =
      std::to_array<std::string_view>({".part", ".tmp", ".filepart", ".problem.txt", ".receipt.csv"});
  return name.empty() || name.front() == '.' ||
         std::any_of(endings.begin(), endings.end(), [&](auto ending) { return name.ends_with(ending); });
}

bool fits(const std::string& pattern, const std::string& name) {
  return pattern.empty() || ::fnmatch(pattern.c_str(), name.c_str(), FNM_CASEFOLD) == 0;
}

std::vector<std::string> marks_of(const std::string& name) {
  std::vector<std::string> out;
  const auto stem = fs::path{name}.stem().string();
  for (const auto* ending : {".done", ".ready"}) {
    out.push_back(name + ending);
    if (stem != name) out.push_back(stem + ending);
  }
  return out;
}

look look_at(const fs::path& folder, const std::string& pattern) {
  look out;
  std::error_code error;
  std::set<std::string> marks;
  fs::directory_iterator entries{folder, error};
  for (; !error && entries != fs::directory_iterator{}; entries.increment(error)) {
    if (const auto name = entries->path().filename().string(); is_mark(name)) marks.insert(name);
    take_entry(entries->path(), pattern, out);
  }
  if (error) out.error = error.message();
  for (auto& file : out.files) {
    const auto of = marks_of(file.name);
    file.marked = std::any_of(of.begin(), of.end(), [&](const auto& mark) { return marks.count(mark) > 0; });
  }
  std::sort(out.files.begin(), out.files.end(), [](const seen_file& a, const seen_file& b) {
    return std::tie(a.modified_at, a.name) < std::tie(b.modified_at, b.name);
  });
  return out;
}

} // namespace forewarn::folder
