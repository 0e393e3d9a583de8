// SPDX-License-Identifier: Apache-2.0
// What everything that reads a part of a rule shares: the reference data to look words up in, and where complaints go.
// Reading goes on after a complaint, so that one run shows all that is wrong.
#pragma once

#include "forewarn/instant.hpp"
#include "forewarn/problem.hpp"
#include "forewarn/reference.hpp"
#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace forewarn::rules {

class reading {
public:
  reading(const reference_data& reference, std::string path, problems& found)
      : reference_{reference}, path_{std::move(path)}, found_{found} {}

  void complain(const location& at, std::string code, std::string message, severity how = severity::error) const {
    found_.push_back({path_, at, how, std::move(code), subject_ + std::move(message)});
  }
  // The mapping's keys one by one; see yaml::mapping_reader.
  [[nodiscard]] yaml::mapping_reader keys(const yaml::node& mapping) const {
    return {mapping, path_, subject_, found_};
  }

  [[nodiscard]] const reference_data& reference() const noexcept { return reference_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  void set_subject(std::string subject) { subject_ = std::move(subject); } // "rule 'x': "

private:
  const reference_data& reference_;
  std::string path_;
  std::string subject_;
  problems& found_;
};

// Sizes past which a rule is a mistake or an attack, not a rule.
namespace largest {
constexpr std::size_t text = 2'000; // characters of a title, a sentence of `why`
constexpr std::size_t id = 64;
constexpr std::size_t list = 1'000;      // values in one list
constexpr std::size_t pattern = 1'000;   // characters of a regular expression
constexpr std::size_t rules = 5'000;     // over all files
constexpr std::size_t series_fields = 5; // of for_each
constexpr double number = 1e9;
constexpr duration window = std::chrono::hours{24 * 366 * 10};
} // namespace largest

// A value as quoted in a message: shortened, on one line.
[[nodiscard]] std::string shown(std::string_view text);

[[nodiscard]] bool is_identifier(std::string_view text); // [a-z0-9-], 1 to 64 characters

// A duration under `key`; complains `bad-duration` with what one looks like, `too-large` past `longest`.
[[nodiscard]] std::optional<duration> read_duration(const reading& from, yaml::mapping_reader& keys,
                                                    std::string_view key, bool zero_allowed = false,
                                                    duration longest = largest::window);
// The same, and `missing-key` where there is none.
[[nodiscard]] std::optional<duration> require_duration(const reading& from, yaml::mapping_reader& keys,
                                                       std::string_view key);

// "30%" as 0.3; complains `bad-value` outside (0, most].
[[nodiscard]] std::optional<double> read_percentage(const reading& from, yaml::mapping_reader& keys,
                                                    std::string_view key, double most);

// Free text that is not too long.
[[nodiscard]] std::optional<std::string> read_text(const reading& from, yaml::mapping_reader& keys,
                                                   std::string_view key, bool required);

// A word of a closed set under `key`, by its position in `words`; complains `bad-value` with the nearest.
[[nodiscard]] std::optional<std::size_t> read_word(const reading& from, yaml::mapping_reader& keys,
                                                   std::string_view key, const std::vector<std::string>& words);

template <class Enum>
[[nodiscard]] std::optional<Enum> read_enum(const reading& from, yaml::mapping_reader& keys, std::string_view key) {
  const auto index = read_word(from, keys, key, all_spellings<Enum>());
  if (!index) return {};
  return static_cast<Enum>(*index);
}

} // namespace forewarn::rules
