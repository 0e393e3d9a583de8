// SPDX-License-Identifier: Apache-2.0
#include "daemon/rule_test/observation_yaml.hpp"

#include "daemon/wall_clock.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::rule_test {
namespace {

namespace json = boost::json;

constexpr std::array own_keys{"at", "received", "repeat", "every"};

bool is_text_field(std::string_view key) {
  constexpr std::array text{"id", "feed", "kind", "person", "incident", "age_band", "site"};
  return std::find(text.begin(), text.end(), key) != text.end();
}

json::value as_value(std::string_view key, const yaml::node& from, const reference_data& reference) {
  if (from.is_sequence()) {
    json::array out;
    for (const auto& item : from.items) out.push_back(as_value(key, item, reference));
    return out;
  }
  if (from.is_mapping()) {
    json::object out;
    for (const auto& one : from.entries) out[one.key] = one.value.text;
    return out;
  }
  if (!from.quoted && !is_text_field(key)) {
    if (const auto flag = yaml::as_bool(from)) return *flag;
    if (const auto number = yaml::as_integer(from)) return *number;
    if (const auto number = yaml::as_number(from)) return *number;
  }
  return json::string{resolved(key, from.text, reference)};
}

std::optional<area_level> level_of(std::string_view field) {
  if (field == "ward") return area_level::ward;
  if (field == "lad") return area_level::lad;
  if (field == "msoa") return area_level::msoa;
  if (field == "lsoa") return area_level::lsoa;
  return {};
}

} // namespace

std::string resolved(std::string_view field, const std::string& text, const reference_data& reference) {
  if (const auto level = level_of(field); level || field == "area") {
    const auto named = reference.areas.named(text, level);
    return named.size() == 1 ? reference.areas.row(named.front()).code.str() : text;
  }
  if (field == "substances" || field == "confirmed" || field == "sold_as") {
    const auto found = reference.substances.named(text);
    return found ? reference.substances.row(*found).id.str() : text;
  }
  if (field == "site")
    for (const auto& one : reference.sites)
      if (fold(one.name) == fold(text)) return one.id.str();
  return text;
}

void read_observation(const yaml::node& row, const std::string& path, const std::string& test,
                      const reference_data& reference, std::vector<observation>& to, problems& found) {
  if (!row.is_mapping()) {
    found.push_back({path, row.at, severity::error, "wrong-type",
                     fmt::format("test '{}': an observation is written as {{kind: ..., at: ...}}", test)});
    return;
  }
  yaml::mapping_reader keys{row, path, fmt::format("test '{}': ", test), found};
  const auto at_text = keys.required_text("at");
  const auto at = at_text ? read_time(*at_text, reference.local_zone) : std::nullopt;
  if (at_text && !at)
    keys.complain(row.find("at")->value.at, "bad-value",
                  fmt::format("at: '{}' is not a time such as 2026-03-01T10:00", *at_text));
  const auto received_text = keys.optional_text("received");
  const auto received = received_text ? read_time(*received_text, reference.local_zone) : at;
  if (received_text && !received)
    keys.complain(row.find("received")->value.at, "bad-value",
                  fmt::format("received: '{}' is not a time such as 2026-03-01T10:00", *received_text));
  const auto times = keys.optional_integer("repeat", 1, 100'000).value_or(1);
  const auto every_text = keys.optional_text("every");
  const auto every = every_text ? parse_duration(*every_text) : std::optional<duration>{duration{}};
  if (!every)
    keys.complain(row.find("every")->value.at, "bad-duration",
                  fmt::format("every: '{}' is not a duration such as 1h", *every_text));
  const auto kind = keys.required_text("kind");
  if (!at || !received || !every || !kind) return;

  json::object fields;
  for (const auto& one : row.entries)
    if (std::find(own_keys.begin(), own_keys.end(), one.key) == own_keys.end())
      fields[one.key] = as_value(one.key, one.value, reference);
  const bool has_id = fields.contains("id");
  if (!fields.contains("feed")) fields["feed"] = *kind;
  for (std::int64_t i = 0; i < times; ++i) {
    if (!has_id) fields["id"] = fmt::format("{}", to.size() + 1);
    fields["occurred_at"] = format_rfc3339(*at + i * *every);
    fields["received_at"] = format_rfc3339(*received + i * *every);
    auto one = parse_observation(json::serialize(fields));
    if (!one) {
      keys.complain(row.at, "bad-value", one.error());
      return;
    }
    to.push_back(std::move(*one));
  }
}

} // namespace forewarn::rule_test
