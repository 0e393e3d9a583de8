// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/field_types.hpp"

#include "connectors/mapping/privacy.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

struct named_shape {
  std::string_view name;
  field_shape shape;
};
constexpr std::array<named_shape, 24> fields{{
    {"occurred_at", field_shape::time},
    {"sent_at", field_shape::time},
    {"ward", field_shape::area},
    {"msoa", field_shape::area},
    {"lsoa", field_shape::area},
    {"lad", field_shape::area},
    {"area", field_shape::area},
    {"site", field_shape::site},
    {"setting", field_shape::word},
    {"certainty", field_shape::word},
    {"intent", field_shape::word},
    {"outcome", field_shape::word},
    {"naloxone_by", field_shape::word},
    {"sex", field_shape::word},
    {"fatal", field_shape::truth},
    {"naloxone", field_shape::truth},
    {"naloxone_doses", field_shape::number},
    {"days_since_release", field_shape::number},
    {"weight", field_shape::number},
    {"age_band", field_shape::age},
    {"age", field_shape::age},
    {"substances", field_shape::substances},
    {"confirmed", field_shape::substances},
    {"sold_as", field_shape::substances},
}};

template <class Enum> field_type word_field(std::string_view name, std::optional<Enum> observation::*member) {
  const auto read = [](const std::string& text) -> std::optional<Enum> {
    for (const auto word : spelling_of<Enum>::words)
      if (ascii_lower(word) == ascii_lower(trim(text))) return forewarn::from_text<Enum>(word);
    return {};
  };
  const auto reason = [name](const std::string& text) {
    const auto words = all_spellings<Enum>();
    return fmt::format("'{}' is not a value of {}; one of {}{}", redacted(text), name, join_or(words),
                       suggestion(text, words));
  };
  return {name, field_shape::word,
          [=](const std::string& text) { return read(text) ? std::nullopt : std::optional{reason(text)}; },
          [=](const value_source& from, const std::string& text, mapping_pass& pass) {
            if (const auto value = read(text))
              pass.out.*member = value;
            else
              pass.not_understood(from, "unknown-value", reason(text), text);
          }};
}

field_type truth_field(std::string_view name, std::optional<bool> observation::*member) {
  const auto reason = [](const std::string& text) {
    return fmt::format("'{}' is neither yes nor no; say what it means under `values`", redacted(text));
  };
  return {name, field_shape::truth,
          [=](const std::string& text) { return parse_truth(text) ? std::nullopt : std::optional{reason(text)}; },
          [=](const value_source& from, const std::string& text, mapping_pass& pass) {
            if (const auto value = parse_truth(text))
              pass.out.*member = value;
            else
              pass.not_understood(from, "unknown-value", reason(text), text);
          }};
}

field_type number_field(std::string_view name, const std::function<void(observation&, double)>& store) {
  const auto reason = [](const std::string& text) {
    return fmt::format("'{}' is not a number of 0 or more", redacted(text));
  };
  const auto read = [](const std::string& text) {
    auto value = parse_number(text);
    if (value && *value < 0) value.reset();
    return value;
  };
  return {name, field_shape::number,
          [=](const std::string& text) { return read(text) ? std::nullopt : std::optional{reason(text)}; },
          [=](const value_source& from, const std::string& text, mapping_pass& pass) {
            if (const auto value = read(text))
              store(pass.out, *value);
            else
              pass.not_understood(from, "bad-number", reason(text), text);
          }};
}

void place(observation& out, const area& where) {
  switch (where.level) {
  case area_level::ward: out.ward = where.code; break;
  case area_level::msoa: out.msoa = where.code; break;
  case area_level::lsoa: out.lsoa = where.code; break;
  case area_level::lad: out.lad = where.code; break;
  default: out.area = where.code; break;
  }
}

} // namespace

std::optional<double> parse_number(std::string_view text) {
  text = trim(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

std::optional<bool> parse_truth(std::string_view text) {
  const auto word = ascii_lower(trim(text));
  for (const std::string_view yes : {"true", "yes", "y", "1", "on"})
    if (word == yes) return true;
  for (const std::string_view no : {"false", "no", "n", "0", "off"})
    if (word == no) return false;
  return {};
}

std::optional<field_shape> shape_of_field(std::string_view name) {
  if (name == "person") return field_shape::person;
  const auto it = std::find_if(fields.begin(), fields.end(), [&](const named_shape& f) { return f.name == name; });
  if (it == fields.end()) return {};
  return it->shape;
}

std::vector<std::string> all_field_names() {
  std::vector<std::string> out{"person"};
  for (const auto& f : fields) out.emplace_back(f.name);
  return out;
}

field_type area_field(std::string_view name, const reference_data& reference, bool by_postcode,
                      std::optional<area_index> within) {
  const auto level = forewarn::from_text<area_level>(name); // nothing for `area`, which takes any level
  const auto read = [&areas = reference.areas, level, by_postcode, within](const std::string& text) {
    std::optional<area_index> out;
    const auto code_or_name = trim(text);
    auto found = areas.named(code_or_name, level);
    if (within) std::erase_if(found, [&](area_index i) { return !areas.is_or_within(i, *within); });
    if (found.size() == 1)
      out = found.front();
    else if (by_postcode && found.empty())
      out = areas.of_postcode(code_or_name);
    return out;
  };
  const auto reason = [&areas = reference.areas, level, name = std::string{name},
                       by_postcode](const std::string& text) {
    if (by_postcode) return fmt::format("'{}' begins with no postcode of areas/", redacted(text));
    if (areas.named(trim(text), level).size() > 1)
      return fmt::format("several areas are called '{}'; give the code, or say `within`", redacted(text));
    return fmt::format("no {} is called '{}'", name, redacted(text));
  };
  return {name, field_shape::area,
          [=](const std::string& text) { return read(text) ? std::nullopt : std::optional{reason(text)}; },
          [=, &areas = reference.areas](const value_source& from, const std::string& text, mapping_pass& pass) {
            if (const auto found = read(text))
              place(pass.out, areas.row(*found));
            else
              pass.not_understood(from, "unknown-area", reason(text), text);
          }};
}

std::optional<field_type> simple_field(std::string_view name) {
  if (name == "setting") return word_field<setting>("setting", &observation::setting);
  if (name == "certainty") return word_field<certainty>("certainty", &observation::certainty);
  if (name == "intent") return word_field<intent>("intent", &observation::intent);
  if (name == "outcome") return word_field<outcome>("outcome", &observation::outcome);
  if (name == "naloxone_by") return word_field<naloxone_by>("naloxone_by", &observation::naloxone_by);
  if (name == "sex") return word_field<sex>("sex", &observation::sex);
  if (name == "fatal") return truth_field("fatal", &observation::fatal);
  if (name == "naloxone") return truth_field("naloxone", &observation::naloxone);
  if (name == "naloxone_doses")
    return number_field("naloxone_doses", [](observation& o, double v) { o.naloxone_doses = v; });
  if (name == "days_since_release")
    return number_field("days_since_release", [](observation& o, double v) { o.days_since_release = v; });
  if (name == "weight") return number_field("weight", [](observation& o, double v) { o.weight = v; });
  return {};
}

} // namespace forewarn::connectors
