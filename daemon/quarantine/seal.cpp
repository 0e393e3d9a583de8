// SPDX-License-Identifier: Apache-2.0
#include "daemon/quarantine/seal.hpp"

#include "daemon/private_folder.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace forewarn {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece = 64U << 10U; // plain bytes per chunk of a file
constexpr std::size_t chunk = piece + crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::string_view magic = "FWSEAL1\n";

using bytes = std::vector<unsigned char>;

void require_sodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) throw std::runtime_error{"libsodium cannot be started: the system gives no random bytes"};
}

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data()); // NOLINT: libsodium's bytes
}

// Written whole or not at all.
class private_file {
public:
  explicit private_file(fs::path to) : to_{std::move(to)}, part_{to_.string() + ".part"} {
    (void)make_private_folder(to_.parent_path()); // what is wrong with it, opening the file says
    file_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  }
  private_file(const private_file&) = delete;
  private_file& operator=(const private_file&) = delete;
  ~private_file() {
    if (file_ < 0) return;
    ::close(file_);
    ::unlink(part_.c_str());
  }

  [[nodiscard]] bool write(const unsigned char* from, std::size_t size) {
    while (size > 0) {
      const auto done = ::write(file_, from, size);
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) return false;
      from += done;
      size -= static_cast<std::size_t>(done);
    }
    return true;
  }
  [[nodiscard]] bool keep() {
    if (file_ < 0 || ::fsync(file_) != 0) return false;
    ::close(std::exchange(file_, -1));
    return ::rename(part_.c_str(), to_.c_str()) == 0;
  }
  [[nodiscard]] bool opened() const { return file_ >= 0; }

private:
  fs::path to_;
  fs::path part_;
  int file_ = -1;
};

std::size_t fill(const byte_pull& from, char* buffer, std::size_t size) {
  std::size_t got = 0;
  while (got < size) {
    const auto more = from(buffer + got, size - got);
    if (more == 0) break;
    got += more;
  }
  return got;
}

result<void, std::string> write_sealed(const byte_pull& from, const fs::path& to, const unsigned char* key) {
  const auto failed = [&] {
    return failure(fmt::format("{}: cannot be written: {}", to.string(), std::generic_category().message(errno)));
  };
  private_file out{to};
  if (!out.opened()) return failed();
  crypto_secretstream_xchacha20poly1305_state state;
  std::array<unsigned char, crypto_secretstream_xchacha20poly1305_HEADERBYTES> header{};
  crypto_secretstream_xchacha20poly1305_init_push(&state, header.data(), key);
  if (!out.write(raw(magic), magic.size()) || !out.write(header.data(), header.size())) return failed();
  std::string plain(piece, '\0');
  bytes sealed(chunk);
  for (bool last = false; !last;) {
    const auto size = fill(from, plain.data(), plain.size());
    last = size < piece; // a file of whole pieces ends with an empty one
    const auto tag = last ? static_cast<unsigned char>(crypto_secretstream_xchacha20poly1305_TAG_FINAL)
                          : static_cast<unsigned char>(crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    unsigned long long length = 0;
    crypto_secretstream_xchacha20poly1305_push(&state, sealed.data(), &length, raw(plain), size, nullptr, 0, tag);
    if (!out.write(sealed.data(), static_cast<std::size_t>(length))) return failed();
  }
  sodium_memzero(plain.data(), plain.size());
  if (!out.keep()) return failed();
  return {};
}

// The plain bytes of a sealed file, chunk by chunk.
class unsealing {
public:
  unsealing(const fs::path& from, const unsigned char* key) : name_{from.string()}, in_{from, std::ios::binary} {
    std::string head(magic.size(), '\0');
    std::array<char, crypto_secretstream_xchacha20poly1305_HEADERBYTES> header{};
    in_.read(head.data(), static_cast<std::streamsize>(head.size()));
    in_.read(header.data(), header.size());
    if (!in_ || head != magic) throw std::runtime_error{name_ + ": this is no sealed file"};
    if (crypto_secretstream_xchacha20poly1305_init_pull(&state_, raw({header.data(), header.size()}), key) != 0)
      throw std::runtime_error{name_ + ": its head was changed"};
  }

  std::size_t read(char* buffer, std::size_t size) {
    if (at_ == plain_.size() && !ended_) next();
    const auto count = std::min(size, plain_.size() - at_);
    std::copy_n(plain_.data() + at_, count, buffer);
    at_ += count;
    return count;
  }

private:
  void next() {
    std::string sealed(chunk, '\0');
    in_.read(sealed.data(), static_cast<std::streamsize>(sealed.size()));
    const auto got = static_cast<std::size_t>(in_.gcount());
    plain_.resize(piece);
    unsigned long long length = 0;
    unsigned char tag = 0;
    const bool whole =
        got >= crypto_secretstream_xchacha20poly1305_ABYTES &&
        crypto_secretstream_xchacha20poly1305_pull(&state_, reinterpret_cast<unsigned char*>(plain_.data()), &length,
                                                   &tag, raw(sealed), got, nullptr, 0) == 0;
    if (!whole) throw std::runtime_error{name_ + ": it was cut short or changed, or another key sealed it"};
    plain_.resize(static_cast<std::size_t>(length));
    at_ = 0;
    ended_ = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  }

  std::string name_;
  std::ifstream in_;
  crypto_secretstream_xchacha20poly1305_state state_{};
  std::string plain_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

} // namespace

sealing_key::sealing_key(const sensitive<std::string>& secret) {
  require_sodium();
  static_assert(crypto_secretbox_KEYBYTES == 32 && crypto_secretstream_xchacha20poly1305_KEYBYTES == 32);
  const auto& text = secret.reveal();
  crypto_generichash(key_.data(), key_.size(), raw(text), text.size(), nullptr, 0);
}

sealing_key::~sealing_key() {
  sodium_memzero(key_.data(), key_.size());
}

std::string sealing_key::seal(std::string_view text, std::string_view context) const {
  std::string plain{context};
  plain += '\0';
  plain += text;
  bytes sealed(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + plain.size());
  randombytes_buf(sealed.data(), crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(sealed.data() + crypto_secretbox_NONCEBYTES, raw(plain), plain.size(), sealed.data(),
                        key_.data());
  std::string out(sodium_base64_encoded_len(sealed.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), sealed.data(), sealed.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back(); // the terminator
  return out;
}

std::optional<std::string> sealing_key::open(std::string_view sealed, std::string_view context) const {
  if (sealed.empty()) return {}; // libsodium wants a buffer
  bytes held(sealed.size());
  std::size_t size = 0;
  if (sodium_base642bin(held.data(), held.size(), sealed.data(), sealed.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0 ||
      size < crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES)
    return {};
  std::string plain(size - crypto_secretbox_NONCEBYTES - crypto_secretbox_MACBYTES, '\0');
  if (crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(plain.data()),
                                 held.data() + crypto_secretbox_NONCEBYTES, size - crypto_secretbox_NONCEBYTES,
                                 held.data(), key_.data()) != 0)
    return {};
  const std::string wanted = std::string{context} + '\0';
  if (!plain.starts_with(wanted)) return {};
  return plain.substr(wanted.size());
}

result<void, std::string> sealing_key::seal_bytes(const byte_pull& from, const fs::path& to) const {
  return write_sealed(from, to, key_.data());
}

byte_pull sealing_key::open_file(const fs::path& sealed) const {
  const auto held = std::make_shared<unsealing>(sealed, key_.data());
  return [held](char* buffer, std::size_t size) { return held->read(buffer, size); };
}

std::string random_name() {
  require_sodium();
  std::array<unsigned char, 16> random{};
  randombytes_buf(random.data(), random.size());
  std::string out;
  for (const auto b : random) out += fmt::format("{:02x}", b);
  return out;
}

} // namespace forewarn
