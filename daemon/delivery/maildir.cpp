// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/maildir.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace forewarn::outbox {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* doing, const fs::path& path) {
  throw fs::filesystem_error{doing, path, std::error_code{errno, std::generic_category()}};
}

class open_file {
public:
  open_file(const fs::path& path, int flags) : path_{path}, handle_{::open(path.c_str(), flags | O_CLOEXEC, 0640)} {
    if (handle_ < 0) fail("cannot open", path_);
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() { ::close(handle_); }

  void write(std::string_view text) const {
    while (!text.empty()) {
      const auto size = ::write(handle_, text.data(), text.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) fail("cannot write", path_);
      text.remove_prefix(static_cast<std::size_t>(size));
    }
  }
  void sync() const {
    if (::fsync(handle_) != 0) fail("cannot sync", path_);
  }

private:
  fs::path path_;
  int handle_;
};

void sync_folder(const fs::path& folder) {
  open_file{folder, O_RDONLY | O_DIRECTORY}.sync();
}

// A reader renames new/NAME to cur/NAME:2,FLAGS.
bool already_there(const fs::path& folder, const std::string& name) {
  if (fs::exists(folder / "new" / name)) return true;
  for (const auto& entry : fs::directory_iterator{folder / "cur"}) {
    const auto read = entry.path().filename().string();
    if (read == name || read.starts_with(name + ":")) return true;
  }
  return false;
}

// Files of a maildir have the system's line ends.
std::string with_plain_line_ends(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') plain += text[i];
  return plain;
}

std::string file_name(const message_id& id) {
  std::string name = id.str() + ".forewarn";
  for (char& c : name)
    if (c == '/' || c == ':' || static_cast<unsigned char>(c) <= 0x20) c = '_';
  if (name.starts_with('.')) name.front() = '_';
  return name;
}

} // namespace

attempt deliver_to_maildir(const fs::path& folder, const mail& what) try {
  for (const char* part : {"tmp", "new", "cur"}) fs::create_directories(folder / part);
  const auto name = file_name(what.id);
  if (already_there(folder, name)) return {attempt_result::delivered, "is in the folder already", {}};

  const auto draft = folder / "tmp" / name;
  {
    const open_file file{draft, O_WRONLY | O_CREAT | O_TRUNC};
    file.write(with_plain_line_ends(render_mail(what)));
    file.sync();
  }
  if (::link(draft.c_str(), (folder / "new" / name).c_str()) != 0 && errno != EEXIST) fail("cannot link", draft);
  sync_folder(folder / "new");
  fs::remove(draft);
  return {attempt_result::delivered, "written to new/" + name, {}};
} catch (const fs::filesystem_error& failed) {
  return {
      attempt_result::again,
      fmt::format("maildir {}: {}: {}", folder.string(), failed.path1().filename().string(), failed.code().message()),
      {}};
}

} // namespace forewarn::outbox
