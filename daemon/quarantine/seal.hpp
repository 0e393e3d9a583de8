// SPDX-License-Identifier: Apache-2.0
// Authenticated encryption with one secret: for raw rows and raw files. libsodium's secretbox (XSalsa20-Poly1305) for
// a text, its secretstream (XChaCha20-Poly1305) for a file of any size.
#pragma once

#include "forewarn/result.hpp"
#include "forewarn/sensitive.hpp"

#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace forewarn {

// Fills the buffer, answers how many; 0 at the end.
using byte_pull = std::function<std::size_t(char*, std::size_t)>;

class sealing_key {
public:
  // Any secret text; throws std::runtime_error where the library cannot start.
  explicit sealing_key(const sensitive<std::string>& secret);
  ~sealing_key();
  sealing_key(const sealing_key&) = default;
  sealing_key& operator=(const sealing_key&) = default;

  // Text, base64. `context` must be the same on opening: a sealed text cannot be put in another's place.
  [[nodiscard]] std::string seal(std::string_view text, std::string_view context) const;
  // Nothing where it was changed, or sealed with another key or context.
  [[nodiscard]] std::optional<std::string> open(std::string_view sealed, std::string_view context) const;

  // Bytes of any size in bounded memory, first written under another name and then renamed into place, readable by
  // this user only.
  [[nodiscard]] result<void, std::string> seal_bytes(const byte_pull& from, const std::filesystem::path& to) const;
  // Pulls the plain bytes; throws std::runtime_error where the file was cut short or changed.
  [[nodiscard]] byte_pull open_file(const std::filesystem::path& sealed) const;

private:
  std::array<unsigned char, 32> key_{};
};

// 16 random bytes as hex.
[[nodiscard]] std::string random_name();

} // namespace forewarn
