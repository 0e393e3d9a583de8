// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/privacy.hpp"

#include "forewarn/text.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <re2/re2.h>

#include <array>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

// Outward code, then the inward one; the last two letters never are C I K M O V.
const RE2& full_postcode() {
  static const RE2 pattern{R"((?i)\b([A-Z]{1,2}[0-9][A-Z0-9]?)[\s\x{00A0}_.-]*[0-9][ABD-HJLNP-UW-Z]{2}\b)"};
  return pattern;
}

// U+00C0 to U+017F without their accents. Capitals stand for two letters, a star for none.
constexpr std::string_view plain_letters = "aaaaaaAceeeeiiii"
                                           "dnooooo*ouuuuyTS"
                                           "aaaaaaAceeeeiiii"
                                           "dnooooo*ouuuuyTy"
                                           "aaaaaaccccccccdd"
                                           "ddeeeeeeeeeegggg"
                                           "gggghhhhiiiiiiii"
                                           "iiiijjkkklllllll"
                                           "lllnnnnnnnnnoooo"
                                           "ooOOrrrrrrssssss"
                                           "ssttttttuuuuuuuu"
                                           "uuuuwwyyyzzzzzzs";
static_assert(plain_letters.size() == 0x180 - 0xC0);

void add_plain_letter(unsigned code_point, std::string& out) {
  if (code_point < 0xC0) return; // C1 controls and signs
  switch (const char letter = plain_letters[code_point - 0xC0]) {
  case '*': break;
  case 'A': out += "ae"; break;
  case 'O': out += "oe"; break;
  case 'S': out += "ss"; break;
  case 'T': out += "th"; break;
  default: out += letter;
  }
}

// A sign or blank (U+0080 to U+00BF), or a combining accent of its own (U+0300 to U+036F).
bool is_pair_without_letter(unsigned lead, unsigned next) {
  return (next & 0xC0U) == 0x80U && (lead == 0xC2 || lead == 0xCC || (lead == 0xCD && next <= 0xAF));
}

bool may_hold_postcode(std::string_view text) {
  // Cheap look before the expression: at least five characters, a digit and a letter.
  bool digit = false;
  bool letter = false;
  for (const char c : text) {
    digit = digit || (c >= '0' && c <= '9');
    letter = letter || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
  }
  return text.size() >= 5 && digit && letter;
}

std::string band_name(const std::vector<int>& edges, std::size_t i) {
  if (i + 1 == edges.size()) return fmt::format("{}+", edges[i]);
  return fmt::format("{}-{}", edges[i], edges[i + 1] - 1);
}

} // namespace

std::string normalised_identifier(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (lead >= 'A' && lead <= 'Z')
      out += static_cast<char>(lead - 'A' + 'a');
    else if (lead < 0x80)
      out += (lead >= 'a' && lead <= 'z') || (lead >= '0' && lead <= '9') ? std::string(1, text[i]) : "";
    else if (lead >= 0xC3 && lead <= 0xC5 && (next & 0xC0U) == 0x80U) {
      add_plain_letter(((lead & 0x1FU) << 6U) | (next & 0x3FU), out);
      ++i;
    } else if (is_pair_without_letter(lead, next)) {
      ++i;
    } else if (lead == 0xE2 && (next == 0x80 || next == 0x81)) {
      i += 2; // dashes, quotes and spaces of typography
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string pseudonym(const sensitive<std::string>& key, std::string_view prefix, std::string_view scope,
                      std::span<const std::string> parts) {
  std::string message = ascii_lower(trim(scope));
  for (const auto& part : parts) {
    message += '\0';
    message += normalised_identifier(part);
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  const auto& secret = key.reveal();
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), // NOLINT: OpenSSL's bytes
           digest.data(), &length) == nullptr)
    throw std::runtime_error{"HMAC-SHA-256 failed in the OpenSSL library"};
  std::string out{prefix};
  for (std::size_t i = 0; i < 16; ++i) out += fmt::format("{:02x}", digest.at(i));
  return out;
}

std::string pseudonym(const sensitive<std::string>& key, std::string_view prefix, std::string_view scope,
                      std::string_view identifier) {
  const std::array<std::string, 1> whole{std::string{identifier}};
  return pseudonym(key, prefix, scope, whole);
}

bool has_full_postcode(std::string_view text) {
  return may_hold_postcode(text) && RE2::PartialMatch({text.data(), text.size()}, full_postcode());
}

std::string without_full_postcodes(std::string_view text) {
  std::string out{text};
  if (may_hold_postcode(text)) RE2::GlobalReplace(&out, full_postcode(), "\\1");
  return out;
}

std::optional<std::string> age_band_of(double years, const std::vector<int>& edges) {
  if (!(years >= 0) || years > 130 || edges.empty()) return {};
  for (std::size_t i = edges.size(); i-- > 0;)
    if (years >= edges[i]) return band_name(edges, i);
  return {};
}

std::optional<std::string> known_age_band(std::string_view text, const std::vector<int>& edges) {
  static const RE2 range{R"((?i)\s*([0-9]{1,3})\s*(?:-|–|to)\s*([0-9]{1,3})\s*)"};
  static const RE2 open{R"((?i)\s*([0-9]{1,3})\s*(?:\+|and over|or over)\s*)"};
  static const RE2 under{R"((?i)\s*(?:under|<)\s*([0-9]{1,3})\s*)"};
  int from = 0;
  int to = -1;
  const re2::StringPiece piece{text.data(), text.size()};
  if (RE2::FullMatch(piece, under, &to))
    --to;
  else if (!RE2::FullMatch(piece, range, &from, &to) && !RE2::FullMatch(piece, open, &from))
    return {};
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const bool last = i + 1 == edges.size();
    if (edges[i] == from && (last ? to == -1 : to == edges[i + 1] - 1)) return band_name(edges, i);
  }
  return {};
}

int age_on(std::chrono::year_month_day birth, std::chrono::year_month_day day) {
  const int years = static_cast<int>(day.year()) - static_cast<int>(birth.year());
  const bool before_birthday = day.month() < birth.month() || (day.month() == birth.month() && day.day() < birth.day());
  return years - (before_birthday ? 1 : 0);
}

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string{text};
  std::size_t cut = most > 3 ? most - 3 : 0;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  return std::string{text.substr(0, cut)} + "...";
}

std::string redacted(std::string_view value) {
  auto out = without_full_postcodes(trim(value));
  std::size_t run = 0;
  constexpr std::size_t longest_shown = 6; // an NHS number or a telephone has more, a date or a code does not
  for (std::size_t i = 0; i <= out.size(); ++i) {
    const bool digit = i < out.size() && out[i] >= '0' && out[i] <= '9';
    if (digit) {
      ++run;
      continue;
    }
    if (run > longest_shown + 2)
      for (std::size_t k = i - run; k < i; ++k) out[k] = '*';
    run = 0;
  }
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return shortened(out, 40);
}

} // namespace forewarn::connectors
