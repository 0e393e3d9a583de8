// SPDX-License-Identifier: Apache-2.0
// `age` and `age_band`: from an age, a band, or a birth date that goes no further than this.
#include "connectors/mapping/feed_compiler.hpp"
#include "connectors/mapping/privacy.hpp"
#include "connectors/mapping/time_plan.hpp"
#include "forewarn/text.hpp"

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

void set_age(const value_source& from, double years, const std::vector<int>& edges, bool keep, mapping_pass& pass,
             std::string_view text) {
  const auto band = age_band_of(years, edges);
  if (!band) return pass.not_understood(from, "bad-number", fmt::format("'{}' is no age", redacted(text)), text);
  pass.out.age_band = band;
  if (keep) pass.out.age = years;
}

} // namespace

void feed_compiler::map_age(const yaml::entry& written, const yaml::node& source) {
  const auto& edges = shared_.reference->age_edges;
  const bool keep = written.key == "age";
  field_type type;
  type.name = keep ? "age" : "age_band";
  type.shape = field_shape::age;
  type.check = [&edges](const std::string& text) -> std::optional<std::string> {
    if (parse_number(text) || known_age_band(text, edges)) return {};
    return fmt::format("'{}' is neither an age nor a band such as {}", text, *age_band_of(edges.back(), edges));
  };
  if (source.is_mapping() && source.find("birth_date") != nullptr) {
    yaml::mapping_reader keys{source, path_, subject_, found_};
    time_plan plan;
    if (const auto column = keys.required_text("birth_date")) {
      plan.source.columns = {slot_of(*column)};
      plan.source.shown = *column;
      note(plan.source);
    }
    plan.source.absent = absent_words(keys);
    plan.formats = read_formats(&keys);
    keys.finish();
    plan_->steps.push_back([plan, &edges, keep, local = zone_](mapping_pass& pass) {
      const auto text = read_text(plan.source, pass);
      if (!text) return;
      const auto read = plan.read(*text);
      if (!read)
        return pass.not_understood(plan.source, "bad-time", "the birth date is not of the form " + plan.wanted(), "");
      const std::chrono::year_month_day day{
          std::chrono::floor<std::chrono::days>(local.to_civil(pass.out.occurred_at))};
      set_age(plan.source, age_on(day_of(*read), day), edges, keep, pass, "");
    });
    return;
  }
  type.set = [&edges, keep](const value_source& from, const std::string& text, mapping_pass& pass) {
    if (const auto years = parse_number(text)) return set_age(from, *years, edges, keep, pass, text);
    if (const auto band = known_age_band(text, edges))
      pass.out.age_band = band;
    else
      pass.not_understood(from, "unknown-value",
                          fmt::format("'{}' is neither an age nor one of the bands kept", redacted(text)), text);
  };
  if (!source.is_mapping()) return add_step(type, source_of(source, nullptr, &type));
  yaml::mapping_reader keys{source, path_, subject_, found_};
  auto from = source_of(source, &keys, &type);
  keys.finish();
  add_step(type, std::move(from));
}

} // namespace forewarn::connectors
