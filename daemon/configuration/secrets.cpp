// SPDX-License-Identifier: Apache-2.0
// Secrets come from files, never from forewarn.yaml itself and never from the command line.
#include "daemon/private_folder.hpp"
#include "daemon/settings.hpp"

#include "forewarn/text.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <unistd.h>

namespace forewarn {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view credential = "credential:";

result<fs::path, std::string> secret_path(const std::string& where, const fs::path& relative_to) {
  if (!where.starts_with(credential)) return fs::path{where}.is_absolute() ? fs::path{where} : relative_to / where;
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY"); // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (folder == nullptr)
    return failure(
        fmt::format("{}: no credentials folder; run under systemd with LoadCredential={}:FILE, or name a file", where,
                    where.substr(credential.size())));
  const auto name = where.substr(credential.size());
  if (name.empty() || name.find('/') != std::string::npos)
    return failure(fmt::format("{}: a credential's name is one word without '/'", where));
  return fs::path{folder} / name;
}

std::string random_hex() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error{"the system gives no random bytes"};
  std::string out;
  for (const auto b : bytes) out += fmt::format("{:02x}", b);
  return out;
}

// O_EXCL: two starts at once must not each believe in a key of their own.
result<void, std::string> create_key(const fs::path& path) {
  (void)make_private_folder(path.parent_path()); // what is wrong with it, opening the file says
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) return {};
  if (file < 0)
    return failure(fmt::format("{}: cannot be created: {}", path.string(), std::generic_category().message(errno)));
  const auto text = random_hex() + '\n';
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  if (written) return {};
  ::unlink(path.c_str());
  return failure(fmt::format("{}: cannot be written; is the disk full?", path.string()));
}

} // namespace

result<sensitive<std::string>, std::string> read_secret(const std::string& where, const fs::path& relative_to) {
  const auto path = secret_path(where, relative_to);
  if (!path) return failure(path.error());
  std::error_code error;
  if (!fs::is_regular_file(*path, error)) return failure(fmt::format("{}: no such file", path->string()));
  std::ifstream in{*path, std::ios::binary};
  if (!in)
    return failure(fmt::format("{}: cannot be opened: {}", path->string(), std::generic_category().message(errno)));
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ' || text.back() == '\t'))
    text.pop_back();
  if (text.empty()) return failure(fmt::format("{}: the file is empty", path->string()));
  return sensitive<std::string>{std::move(text)};
}

namespace {

// The key that is named, or the deployment's own in the state folder.
result<sensitive<std::string>, std::string> own_key(const settings& these, const std::string& named, const char* name,
                                                    load_for what) {
  if (!named.empty()) return read_secret(named, these.config_dir);
  const auto own = these.state_dir / name;
  std::error_code error;
  if (!fs::exists(own, error)) {
    if (what == load_for::look) return sensitive<std::string>{};
    if (auto made = create_key(own); !made) return failure(made.error());
  }
  return read_secret(fs::absolute(own).string(), {}); // the state folder's path is whole: no part of it is left to add
}

} // namespace

result<sensitive<std::string>, std::string> pseudonym_key(const settings& these, load_for what) {
  return own_key(these, these.pseudonym_key_file, "pseudonym.key", what);
}

result<sensitive<std::string>, std::string> quarantine_key(const settings& these, load_for what) {
  return own_key(these, these.quarantine_key_file, "quarantine.key", what);
}

} // namespace forewarn
