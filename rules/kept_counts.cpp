// SPDX-License-Identifier: Apache-2.0
#include "rules/kept_counts.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

// Of any other setting nothing is kept, so whether it is one of them can be told.
bool asks_whether_detained(const predicate& is) {
  const auto* wanted = std::get_if<one_of_texts>(&is);
  return wanted != nullptr && std::all_of(wanted->values.begin(), wanted->values.end(), [](const std::string& word) {
           return word == to_text(setting::prison) || word == to_text(setting::custody);
         });
}

// A ward, or what encloses one: smaller places are not kept where the ward is known.
bool asks_of_wards(const predicate& is, const area_table& table) {
  const auto is_large = [&](area_index which) {
    const auto level = table.row(which).level;
    return level != area_level::msoa && level != area_level::lsoa && level != area_level::place;
  };
  if (const auto* wanted = std::get_if<one_of_areas>(&is))
    return std::all_of(wanted->values.begin(), wanted->values.end(), [&](const area_value& one) {
      const auto named = table.find(one.word);
      return named && is_large(*named);
    });
  const auto* like = std::get_if<matches>(&is);
  return like != nullptr && std::all_of(like->areas.begin(), like->areas.end(), is_large);
}

bool is_told(const test& one, const reference_data& reference) {
  switch (one.what.field) {
  case field::kind:
  case field::feed:
  case field::substances:
  case field::confirmed:
  case field::certainty:
  case field::weekday:
  case field::calendar: return true;
  case field::ward:
  case field::lad:
  case field::area: return asks_of_wards(one.is, reference.areas);
  case field::setting: return asks_whether_detained(one.is);
  default: return false;
  }
}

struct looking {
  const reference_data& reference;
  std::vector<std::string>& out;

  void note(const std::string& what) const {
    if (std::find(out.begin(), out.end(), what) == out.end()) out.push_back(what);
  }
  void look(const condition& tree) const { std::visit(*this, tree.what); }
  void operator()(const all_parts& all) const {
    for (const auto& part : all.parts) look(part);
  }
  void operator()(const any_part& any) const {
    for (const auto& part : any.parts) look(part);
  }
  void operator()(const negated& denied) const { look(denied.inner.front()); }
  void operator()(const test& one) const {
    if (!is_told(one, reference)) note(to_text(one.what));
  }
};

bool is_told(const grouping& one) {
  switch (one.by.field) {
  case field::kind:
  case field::feed:
  case field::substances:
  case field::confirmed:
  case field::certainty:
  case field::ward:
  case field::lad: return true;
  default: return false;
  }
}

} // namespace

std::vector<std::string> not_in_counts(const rule& one, const reference_data& reference) {
  std::vector<std::string> out;
  const auto* made = std::get_if<periodic_detector>(&one.detector);
  if (made == nullptr) return out;
  const looking by{reference, out};
  by.look(one.where);
  if (made->of) by.look(*made->of);
  for (const auto& each : one.for_each)
    if (!is_told(each)) by.note(to_text(each.by));
  switch (made->measure.what) {
  case measure_kind::incidents:
  case measure_kind::observations: break;
  case measure_kind::people: by.note("measure: people"); break;
  case measure_kind::sites: by.note("measure: sites"); break;
  case measure_kind::sum: by.note("measure: {sum: " + to_text(made->measure.of) + "}"); break;
  }
  return out;
}

bool counts_stand_in(const rule& one, const reference_data& reference) {
  return std::holds_alternative<periodic_detector>(one.detector) && not_in_counts(one, reference).empty();
}

observation like(const kept_day& past, const reference_data& reference) {
  observation out;
  out.key.feed = past.feed;
  out.kind = past.kind;
  const auto known = [](const area_code& code) {
    return code.str().empty() ? std::optional<area_code>{} : std::optional{code};
  };
  out.ward = known(past.ward);
  out.lad = known(past.lad);
  out.area = known(past.area);
  out.substances = past.substances;
  out.confirmed = past.confirmed;
  out.certainty = past.certainty;
  out.setting = past.detained;
  const civil_time noon{std::chrono::days{past.day} + std::chrono::hours{12}};
  out.occurred_at = out.received_at = reference.local_zone.to_instant(noon).at;
  return out;
}

} // namespace forewarn::rules
