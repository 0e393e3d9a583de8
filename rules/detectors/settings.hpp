// SPDX-License-Identifier: Apache-2.0
// A detector's options by name: what people write (`--set baseline=28`), what the help says, and the defaults, from one
// list per detector. A name counts without regard to case, `_`, `-` and `.`, so that the names that R's packages use
// (noPeriods, c.ARL) are understood beside ours. Every value is checked against its limits.
#pragma once

#include "forewarn/result.hpp"

#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace forewarn::detectors {

struct setting {
  std::string key, value;
};

struct option {
  std::string name, standard, help;
  std::vector<std::string> aliases; // as R's packages call it
  std::function<result<void, std::string>(std::string_view)> set;
};

// The list of one detector's options, bound to the struct that they fill.
class option_list {
public:
  using names = std::vector<std::string>;

  void number(std::string name, double& into, double least, double most, std::string help, names aliases = {});
  void whole(std::string name, std::size_t& into, std::size_t least, std::size_t most, std::string help,
             names aliases = {});
  void truth(std::string name, bool& into, std::string help, names aliases = {});
  void custom(option one) { options_.push_back(std::move(one)); }

  template <class Choice>
  void choice(std::string name, Choice& into, std::vector<std::pair<std::string, Choice>> of, std::string help,
              names aliases = {}) {
    std::string standard;
    names words;
    for (const auto& [word, value] : of) {
      words.push_back(word);
      if (value == into) standard = word;
    }
    auto set = [&into, of, name, words](std::string_view text) -> result<void, std::string> {
      for (const auto& [word, value] : of)
        if (same_name(word, text)) {
          into = value;
          return {};
        }
      return failure(not_among(name, text, words));
    };
    options_.push_back({std::move(name), std::move(standard), choices_help(std::move(help), words), std::move(aliases),
                        std::move(set)});
  }

  [[nodiscard]] const std::vector<option>& all() const noexcept { return options_; }
  // An error names the key and says what would do.
  [[nodiscard]] result<void, std::string> apply(const setting& one) const;

  [[nodiscard]] static bool same_name(std::string_view a, std::string_view b);
  [[nodiscard]] static std::string not_among(std::string_view name, std::string_view text, const names& words);

private:
  [[nodiscard]] static std::string choices_help(std::string help, const names& words);
  std::vector<option> options_;
};

[[nodiscard]] std::optional<double> read_number(std::string_view text);

} // namespace forewarn::detectors
