// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/settings.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace forewarn::detectors {
namespace {

std::string bare(std::string_view name) {
  std::string out;
  for (const auto c : ascii_lower(name))
    if (c != '_' && c != '-' && c != '.' && c != ' ') out += c;
  return out;
}

std::string spelled(double value) {
  return fmt::format("{:g}", value);
}

} // namespace

std::optional<double> read_number(std::string_view text) {
  text = trim(text);
  double out = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (wrong != std::errc{} || end != text.data() + text.size() || !std::isfinite(out)) return {};
  return out;
}

bool option_list::same_name(std::string_view a, std::string_view b) {
  return bare(a) == bare(b);
}

std::string option_list::not_among(std::string_view name, std::string_view text, const names& words) {
  return fmt::format("{} is '{}': it is {}{}", name, text, join_or(words), suggestion(text, words));
}

std::string option_list::choices_help(std::string help, const names& words) {
  return fmt::format("{}: {}", help, join_or(words));
}

void option_list::number(std::string name, double& into, double least, double most, std::string help, names aliases) {
  auto set = [&into, least, most, name](std::string_view text) -> result<void, std::string> {
    const auto value = read_number(text);
    if (!value || *value < least || *value > most)
      return failure(fmt::format("{} is '{}': it is a number from {:g} to {:g}", name, text, least, most));
    into = *value;
    return {};
  };
  options_.push_back({std::move(name), spelled(into), std::move(help), std::move(aliases), std::move(set)});
}

void option_list::whole(std::string name, std::size_t& into, std::size_t least, std::size_t most, std::string help,
                        names aliases) {
  auto set = [&into, least, most, name](std::string_view text) -> result<void, std::string> {
    const auto value = read_number(text);
    if (!value || *value != std::floor(*value) || *value < static_cast<double>(least) ||
        *value > static_cast<double>(most))
      return failure(fmt::format("{} is '{}': it is a whole number from {} to {}", name, text, least, most));
    into = static_cast<std::size_t>(*value);
    return {};
  };
  options_.push_back({std::move(name), std::to_string(into), std::move(help), std::move(aliases), std::move(set)});
}

void option_list::truth(std::string name, bool& into, std::string help, names aliases) {
  auto set = [&into, name](std::string_view text) -> result<void, std::string> {
    const auto word = ascii_lower(trim(text));
    const bool yes = word == "true" || word == "yes" || word == "1";
    if (!yes && word != "false" && word != "no" && word != "0")
      return failure(fmt::format("{} is '{}': it is true or false", name, text));
    into = yes;
    return {};
  };
  options_.push_back({std::move(name), into ? "true" : "false", std::move(help), std::move(aliases), std::move(set)});
}

result<void, std::string> option_list::apply(const setting& one) const {
  for (const auto& option : options_) {
    const auto fits = [&](const std::string& name) { return same_name(name, one.key); };
    if (fits(option.name) || std::any_of(option.aliases.begin(), option.aliases.end(), fits))
      return option.set(one.value);
  }
  names known;
  for (const auto& option : options_) known.push_back(option.name);
  return failure(fmt::format("there is no option '{}'{} It has: {}", one.key,
                             suggestion(one.key, known).empty() ? "." : suggestion(one.key, known), join(known, ", ")));
}

} // namespace forewarn::detectors
