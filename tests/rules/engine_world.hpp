// SPDX-License-Identifier: Apache-2.0
// A small world for engine tests: a few drugs, three wards in a row, rules by hand, and times as hours.
#pragma once

#include "rules/engine.hpp"

#include <string>
#include <vector>

namespace forewarn::rules::world {

using namespace std::chrono_literals;

inline instant hour(double hours) {
  return instant{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}} +
         std::chrono::duration_cast<duration>(std::chrono::duration<double>{hours * 3600});
}

inline std::shared_ptr<const reference_data> reference() {
  static const auto known = [] {
    auto out = std::make_shared<reference_data>();
    const auto drug = [](const char* id, const char* parent, bool is_class, bool is_result) {
      substance one;
      one.id = substance_id{id};
      one.name = id;
      if (*parent != '\0') one.parent = substance_id{parent};
      one.is_class = is_class;
      one.is_result = is_result;
      return one;
    };
    out->substances = vocabulary{{drug("opioid", "", true, false), drug("heroin", "opioid", false, false),
                                  drug("methadone", "opioid", false, false), drug("stimulant", "", true, false),
                                  drug("cocaine", "stimulant", false, false), drug("nothing-found", "", false, true)}};
    const auto ward = [](const char* code, std::int64_t population, std::vector<area_code> neighbours) {
      area one;
      one.code = area_code{code};
      one.name = code;
      one.level = area_level::ward;
      one.population = population;
      one.neighbours = std::move(neighbours);
      return one;
    };
    out->areas =
        area_table{{ward("W1", 1'000, {area_code{"W2"}}), ward("W2", 2'500, {area_code{"W3"}}), ward("W3", 600, {})}};
    return std::shared_ptr<const reference_data>{out};
  }();
  return known;
}

inline observation seen(const std::string& id, double at, double received = -1) {
  observation out;
  out.key = {feed_id{"yas"}, record_id{id}};
  out.kind = kind_id{"ambulance"};
  out.occurred_at = hour(at);
  out.received_at = hour(received < 0 ? at : received);
  out.ward = area_code{"W1"};
  out.substances = {substance_id{"heroin"}};
  return out;
}

inline rule rule_with(const rules::detector& how, duration clear_after) {
  rule out;
  out.id = rule_id{"rule"};
  out.observe.kinds = {kind_id{"ambulance"}};
  out.where = condition{all_parts{}};
  out.detector = how;
  out.clear_after = clear_after;
  out.hash = "sha256:0";
  return out;
}

// 24 hours, amber at 3 and red at 5, unless said otherwise.
inline rule count_rule(duration within = 24h, double amber = 3, double red = 5) {
  auto out = rule_with(count_detector{within, {{level::amber, amber}, {level::red, red}}, {}}, within);
  out.for_each = {{{field::ward, {}}, false, false, false}};
  return out;
}

inline rule first_seen_rule(std::optional<duration> not_seen_for = 240h) {
  first_seen_detector how;
  how.of = {{field::substances, {}}};
  how.not_seen_for = not_seen_for;
  return rule_with(how, 168h);
}

inline condition drugs_of(const char* word) {
  const auto& known = reference()->substances;
  const auto top = *known.find(substance_id{word});
  return {test{{field::substances, {}}, one_of_substances{{{substance_id{word}, known.within(top)}}}}};
}

inline std::shared_ptr<const rule_set> set_of(std::vector<rule> all) {
  auto out = std::make_shared<rule_set>();
  out->reference = reference();
  out->rules = std::move(all);
  return out;
}

} // namespace forewarn::rules::world
