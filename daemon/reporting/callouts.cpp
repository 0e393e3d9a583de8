// SPDX-License-Identifier: Apache-2.0
// Call-outs by site and by repeat caller. A person is a pseudonym, and only for readers who may know exact counts; the
// others see kinds of place instead of sites, and how many people called more than once by their profile.
#include "daemon/alerting/tally.hpp"
#include "daemon/reporting/reports.hpp"
#include "daemon/wording/disclosure.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace forewarn::reporting {
namespace {

using records = std::vector<const observation*>;

constexpr std::size_t most_callers = 200;
constexpr const char* callers_table = "callers";

struct place_row {
  std::string name, ward;
  records all;
};

std::string area_name(const std::optional<area_code>& code, const reference_data& reference) {
  if (!code) return "-";
  const auto index = reference.areas.find(*code);
  return index ? reference.areas.row(*index).name : code->str();
}

const site* site_of(const site_id& id, const reference_data& reference) {
  for (const auto& one : reference.sites)
    if (one.id == id) return &one;
  return nullptr;
}

std::string setting_name(const std::optional<forewarn::setting>& one, const reference_data& reference) {
  if (!one) return "Not said";
  for (const auto& row : reference.settings)
    if (row.id == *one) return row.title;
  return std::string{to_text(*one)};
}

std::map<std::string, place_row> by_place(const records& all, bool exact, const reference_data& reference) {
  std::map<std::string, place_row> out;
  for (const auto* one : all) {
    if (!exact) {
      auto& into = out[one->setting ? std::string{to_text(*one->setting)} : std::string{}];
      into.name = setting_name(one->setting, reference);
      into.all.push_back(one);
      continue;
    }
    auto& into = out[one->site ? one->site->str() : std::string{}];
    const auto* known = one->site ? site_of(*one->site, reference) : nullptr;
    into.name = !one->site ? "No site given" : known == nullptr ? one->site->str() : known->name;
    into.ward = known == nullptr ? "-" : area_name(known->ward, reference);
    into.all.push_back(one);
  }
  return out;
}

std::map<person_id, records> by_person(const records& all) {
  std::map<person_id, records> out;
  for (const auto* one : all)
    if (one->person) out[*one->person].push_back(one);
  return out;
}

std::size_t how_often(const records& all, bool (*fits)(const observation&)) {
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const auto* one) { return fits(*one); }));
}

bool got_naloxone(const observation& one) {
  return one.naloxone.value_or(false);
}

bool died(const observation& one) {
  return one.fatal.value_or(false);
}

template <class Row> std::vector<Row> most_first(std::vector<Row> rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return incidents(a.second) > incidents(b.second); });
  return rows;
}

section places_part(const records& all, bool exact, wording::disclosure by, const reference_data& reference) {
  section out{exact ? "sites" : "places", exact ? "By site" : "By kind of place", {}, table{}, {}};
  std::vector<std::pair<place_row, records>> rows;
  for (auto& [key, place] : by_place(all, exact, reference)) rows.emplace_back(place, place.all);
  rows = most_first(std::move(rows));
  if (!exact) {
    out.shown->columns = {{"Kind of place"}, {"Call-outs", true}};
    for (const auto& [place, these] : rows)
      out.shown->rows.push_back({place.name, wording::spell(incidents(these), by)});
    return out;
  }
  out.shown->columns = {{"Site"},
                        {"Ward"},
                        {"Call-outs", true},
                        {"People", true},
                        {"More than once", true},
                        {"Naloxone given", true},
                        {"Fatal", true}};
  for (const auto& [place, these] : rows) {
    const auto people = by_person(these);
    const auto repeats =
        std::count_if(people.begin(), people.end(), [](const auto& one) { return incidents(one.second) > 1; });
    out.shown->rows.push_back({place.name, place.ward, fmt::format("{:g}", incidents(these)),
                               people.empty() ? "not known" : std::to_string(people.size()), std::to_string(repeats),
                               std::to_string(how_often(these, got_naloxone)), std::to_string(how_often(these, died))});
  }
  return out;
}

section callers_part(const records& all, bool exact, wording::disclosure by, const zone& local) {
  section out{callers_table, "People called to more than once", {}, {}, {}};
  std::vector<std::pair<person_id, records>> rows;
  double callouts = 0;
  for (auto& [person, these] : by_person(all))
    if (incidents(these) > 1) {
      callouts += incidents(these);
      rows.emplace_back(person, these);
    }
  const auto without =
      static_cast<double>(std::count_if(all.begin(), all.end(), [](const observation* one) { return !one->person; }));
  if (rows.empty())
    out.says.emplace_back("Called to more than once: nobody.");
  else
    out.says.push_back(fmt::format("Called to more than once: {} {}. To them: {} call-outs.",
                                   wording::spell(static_cast<double>(rows.size()), by),
                                   exact && rows.size() == 1 ? "person" : "people", wording::spell(callouts, by)));
  if (without > 0)
    out.says.push_back(fmt::format("Records that do not say who it was: {}.", wording::spell(without, by)));
  if (!exact) return out;
  out.says.emplace_back("Names are pseudonyms: only the partner who sent a record can say whose it is, by its sealed "
                        "reference. Do not publish this table.");
  out.shown.emplace();
  out.shown->columns = {{"Person"}, {"Call-outs", true}, {"Sites", true}, {"Naloxone given", true}, {"First"},
                        {"Last"}};
  out.shown->when_empty = "Nobody.";
  for (const auto& [person, these] : most_first(std::move(rows))) {
    if (out.shown->rows.size() == most_callers) break;
    std::set<site_id> sites;
    for (const auto* one : these)
      if (one->site) sites.insert(*one->site);
    out.shown->rows.push_back({person.str(), fmt::format("{:g}", incidents(these)), std::to_string(sites.size()),
                               std::to_string(how_often(these, got_naloxone)),
                               day_of(these.front()->occurred_at, local), day_of(these.back()->occurred_at, local)});
  }
  return out;
}

// By day; by week where there are more than two months of them.
section times_part(const records& all, const span& in, instant now, const zone& local) {
  section out{"days", "Over time", {}, table{}, {}};
  const bool weekly = in.to - in.from > std::chrono::days{62};
  const duration step = weekly ? std::chrono::days{7} : std::chrono::days{1};
  out.shown->columns = {{weekly ? "Week from" : "Day"}, {"Call-outs", true}};
  bars picture{weekly ? "Call-outs a week." : "Call-outs a day.", {}, {}};
  std::map<std::string, records> days;
  for (const auto* one : all) days[day_of(one->occurred_at, local)].push_back(one);
  // From noon to noon: days of 23 and 25 hours stay days.
  const auto end = std::min(in.to, now + std::chrono::hours{12}); // what lies ahead is not quiet
  for (auto at = in.from + std::chrono::hours{12}; at < end; at += step) {
    records these;
    for (auto day = at; day < at + step && day < in.to; day += std::chrono::days{1})
      if (const auto it = days.find(day_of(day, local)); it != days.end())
        these.insert(these.end(), it->second.begin(), it->second.end());
    out.shown->rows.push_back({day_of(at, local), fmt::format("{:g}", incidents(these))});
    picture.values.emplace_back(day_of(at, local).substr(5), incidents(these));
  }
  out.drawn.push_back(std::move(picture));
  return out;
}

} // namespace

document callout_report(const span& in, const kind_id& kind, audience readers, const sources& from) {
  const auto stored = records_of(from, {kind}, in);
  records all;
  for (const auto& one : stored) all.push_back(&one);
  const auto& reference = from.with.reference();
  const auto by = wording::profile_of(readers, *from.with.words);
  const bool exact = alerting::reads_exact_counts(readers) && by == wording::disclosure::exact;
  document out;
  out.kind = "callouts";
  out.title = "Call-out report";
  out.covers = in.words;
  const auto* words = reference.kind(kind);
  // Of what is shown below: else the total would say what a row hides.
  std::vector<double> parts;
  for (const auto& [key, place] : by_place(all, exact, reference)) parts.push_back(incidents(place.all));
  out.notes.push_back(fmt::format("{}: {}.", words == nullptr ? kind.str() : words->title,
                                  exact ? fmt::format("{:g}", incidents(all)) : wording::spell_total(parts, by)));
  if (in.to > from.now) out.notes.emplace_back("This time is not over: its figures will change.");
  if (!exact)
    out.notes.push_back(
        fmt::format("For {}: counts by the profile '{}', no site and no person.", to_text(readers), to_text(by)));
  out.sections.push_back(places_part(all, exact, by, reference));
  out.sections.push_back(callers_part(all, exact, by, reference.local_zone));
  if (exact) out.sections.push_back(times_part(all, in, from.now, reference.local_zone));
  return out;
}

bool shows_persons(const document& one) {
  const auto* part = table_named(one, callers_table);
  return part != nullptr && !part->shown->rows.empty();
}

} // namespace forewarn::reporting
