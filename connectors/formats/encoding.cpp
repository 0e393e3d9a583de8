// SPDX-License-Identifier: Apache-2.0
#include "connectors/formats/bytes.hpp"

#include <array>
#include <memory>

namespace forewarn::connectors {
namespace {

// Windows-1252 differs from Latin-1 in 0x80 to 0x9F; zero where it defines nothing.
constexpr std::array<char16_t, 32> windows_1252_high{0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                                     0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
constexpr char32_t replacement = 0xFFFD;

void append(std::string& out, char32_t c) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0U | (c >> 6U));
    put(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0U | (c >> 12U));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  } else {
    put(0xF0U | (c >> 18U));
    put(0x80U | ((c >> 12U) & 0x3FU));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  }
}

enum class form : std::uint8_t {
  utf8,
  windows_1252,
  latin_1,
  utf16_little,
  utf16_big
};

class decoder {
public:
  decoder(byte_source bytes, text_encoding encoding) : bytes_{std::move(bytes)} {
    switch (encoding) {
    case text_encoding::utf8: form_ = form::utf8; break;
    case text_encoding::utf16: form_ = form::utf16_little; break;
    case text_encoding::latin_1: form_ = form::latin_1; break;
    case text_encoding::windows_1252: form_ = form::windows_1252; break;
    }
  }

  std::size_t read(char* buffer, std::size_t size) {
    if (!started_) look_for_mark();
    if (form_ == form::utf8 && used_ == ready_.size()) return bytes_(buffer, size);
    while (used_ == ready_.size()) {
      ready_.clear();
      used_ = 0;
      std::array<char, 16'384> raw; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the source
      const auto count = bytes_(raw.data(), raw.size());
      if (count == 0) {
        if (!finish()) return 0;
        continue;
      }
      decode({raw.data(), count});
    }
    const auto count = std::min(size, ready_.size() - used_);
    std::copy_n(ready_.data() + used_, count, buffer);
    used_ += count;
    return count;
  }

private:
  void look_for_mark() {
    started_ = true;
    std::string first;
    while (first.size() < 3) {
      std::array<char, 3> raw{};
      const auto count = bytes_(raw.data(), 3 - first.size());
      if (count == 0) break;
      first.append(raw.data(), count);
    }
    const std::string_view seen = first;
    std::size_t skip = 0;
    if (seen.starts_with("\xEF\xBB\xBF")) {
      form_ = form::utf8;
      skip = 3;
    } else if (seen.starts_with("\xFF\xFE")) {
      form_ = form::utf16_little;
      skip = 2;
    } else if (seen.starts_with("\xFE\xFF")) {
      form_ = form::utf16_big;
      skip = 2;
    } else if (form_ == form::utf16_little && seen.size() >= 2 && seen[0] == '\0' && seen[1] != '\0') {
      form_ = form::utf16_big;
    }
    decode(seen.substr(skip));
  }

  void decode(std::string_view raw) {
    if (form_ == form::utf8) {
      ready_.append(raw);
      return;
    }
    for (const char c : raw) {
      const auto byte = static_cast<unsigned char>(c);
      if (form_ == form::utf16_little || form_ == form::utf16_big)
        utf16_byte(byte);
      else if (form_ == form::windows_1252 && byte >= 0x80 && byte < 0xA0)
        append(ready_, windows_1252_high[byte - 0x80U] != 0 ? windows_1252_high[byte - 0x80U] : replacement);
      else
        append(ready_, byte);
    }
  }

  void utf16_byte(unsigned char byte) {
    if (!half_) {
      half_ = byte;
      return;
    }
    const auto unit = static_cast<char32_t>(form_ == form::utf16_big ? *half_ * 256U + byte : byte * 256U + *half_);
    half_.reset();
    const bool low = unit >= 0xDC00 && unit < 0xE000;
    if (high_ != 0 && low) {
      append(ready_, 0x10000 + ((high_ - 0xD800) << 10U) + (unit - 0xDC00));
      high_ = 0;
      return;
    }
    if (high_ != 0) append(ready_, replacement);
    high_ = 0;
    if (unit >= 0xD800 && unit < 0xDC00)
      high_ = unit;
    else
      append(ready_, low ? replacement : unit);
  }

  // Half a character at the very end is shown as such, not lost.
  bool finish() {
    if (!half_ && high_ == 0) return false;
    half_.reset();
    high_ = 0;
    append(ready_, replacement);
    return true;
  }

  byte_source bytes_;
  form form_ = form::utf8;
  bool started_ = false;
  std::string ready_;
  std::size_t used_ = 0;
  std::optional<unsigned char> half_;
  char32_t high_ = 0;
};

} // namespace

byte_source as_utf8(byte_source bytes, text_encoding encoding) {
  auto held = std::make_shared<decoder>(std::move(bytes), encoding);
  return [held](char* buffer, std::size_t size) { return size == 0 ? 0 : held->read(buffer, size); };
}

} // namespace forewarn::connectors
