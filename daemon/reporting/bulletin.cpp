// SPDX-License-Identifier: Apache-2.0
// Drug tests of a quarter: what was found, what it was sold as, what is new. Counts samples, never people.
#include "daemon/alerting/template_text.hpp"
#include "daemon/reporting/reports.hpp"
#include "daemon/wording/disclosure.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace forewarn::reporting {
namespace {

const kind_id drug_test{"drug_test"};

using counts = std::map<substance_id, double>;

// Once per sample, whatever the sample was written down as. Of samples beyond their feed's retention the day and the
// substance are kept, not what was found together or what it was sold as.
struct tested {
  std::vector<observation> records;
  counts found, confirmed;
  double samples = 0;
  double beyond = 0; // of these, purged
};

std::int64_t local_day(instant at, const zone& local) {
  return std::chrono::floor<std::chrono::days>(local.to_civil(at)).time_since_epoch().count();
}

tested tested_in(const span& quarter, const sources& from) {
  tested out;
  out.records = records_of(from, {drug_test}, quarter);
  for (const auto& one : out.records) {
    out.samples += one.weight;
    for (const auto& id : one.substances) out.found[id] += one.weight;
    for (const auto& id : one.confirmed) out.confirmed[id] += one.weight;
  }
  const auto& local = from.with.reference().local_zone;
  const auto first = local_day(quarter.from, local), last = local_day(quarter.to - duration{1}, local);
  for (const auto& one : from.stored.daily_counts()) {
    if (one.kind != drug_test || one.day < first || one.day > last) continue;
    if (one.substance.str().empty()) {
      out.samples += one.count;
      out.beyond += one.count;
      continue;
    }
    out.found[one.substance] += one.count;
    if (one.confirmed) out.confirmed[one.substance] += one.count;
  }
  return out;
}

struct named {
  const reference_data& reference;

  const substance* row(const substance_id& id) const {
    const auto index = reference.substances.find(id);
    return index ? &reference.substances.row(*index) : nullptr;
  }
  std::string name(const substance_id& id) const { return reference.substances.name_of(id); }
  std::string class_name(const substance_id& id) const {
    const auto index = reference.substances.find(id);
    const auto in = index ? reference.substances.class_of(*index) : std::nullopt;
    return in ? reference.substances.row(*in).name : "-";
  }
  // Results and fillers are no drugs.
  bool is_drug(const substance_id& id) const {
    const auto* known = row(id);
    return known == nullptr || !(known->is_result || known->cutting_agent);
  }
};

template <class Key> std::vector<std::pair<Key, double>> most_first(const std::map<Key, double>& all) {
  std::vector<std::pair<Key, double>> out{all.begin(), all.end()};
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return out;
}

section found_part(const tested& now, const tested& past, wording::disclosure by, const named& names) {
  section out{"found", "What was found", {}, table{}, {}};
  // Beside a rounded count, a part of it would say the rest.
  const bool exact = by == wording::disclosure::exact;
  out.shown->columns = {{"Substance"}, {"Class"}, {"Samples", true}, {"Quarter before", true}};
  if (exact) out.shown->columns.push_back({"Confirmed", true});
  bars picture{"Samples in which it was found: the six found most.", {}, {}};
  const auto among = [](const counts& all, const substance_id& id) {
    const auto it = all.find(id);
    return it == all.end() ? 0.0 : it->second;
  };
  for (const auto& [id, count] : most_first(now.found)) {
    out.shown->rows.push_back(
        {names.name(id), names.class_name(id), wording::spell(count, by), wording::spell(among(past.found, id), by)});
    if (exact) out.shown->rows.back().push_back(wording::spell(among(now.confirmed, id), by));
    if (picture.values.size() < 6 && names.is_drug(id))
      picture.values.emplace_back(alerting::shorten(names.name(id), 11), count);
  }
  if (exact && !picture.values.empty()) out.drawn.push_back(std::move(picture));
  return out;
}

section classes_part(const std::vector<observation>& now, const std::vector<observation>& past, wording::disclosure by,
                     const named& names) {
  section out{"classes", "By class", {}, table{}, {}};
  out.shown->columns = {{"Class"}, {"Samples", true}, {"Quarter before", true}};
  const auto by_class = [&](const std::vector<observation>& samples) {
    std::map<std::string, double> all;
    for (const auto& one : samples) {
      std::set<std::string> in;
      for (const auto& id : one.substances)
        if (names.is_drug(id)) in.insert(names.class_name(id));
      for (const auto& name : in) all[name] += one.weight;
    }
    return all;
  };
  const auto before = by_class(past);
  for (const auto& [name, count] : most_first(by_class(now))) {
    const auto was = before.find(name);
    out.shown->rows.push_back(
        {name, wording::spell(count, by), wording::spell(was == before.end() ? 0 : was->second, by)});
  }
  return out;
}

section sold_part(const std::vector<observation>& now, wording::disclosure by, const named& names) {
  struct sold {
    double samples = 0, held_it = 0;
    counts others;
  };
  std::map<substance_id, sold> all;
  std::map<substance_id, double> order;
  for (const auto& one : now)
    for (const auto& as : one.sold_as) {
      auto& into = all[as];
      into.samples += one.weight;
      order[as] += one.weight;
      const auto wanted = names.reference.substances.find(as);
      bool held = false;
      for (const auto& id : one.substances) {
        const auto found = names.reference.substances.find(id);
        const bool is_it = id == as || (wanted && found && names.reference.substances.is_or_within(*found, *wanted));
        held = held || is_it;
        if (!is_it && names.is_drug(id)) into.others[id] += one.weight;
      }
      into.held_it += held ? one.weight : 0;
    }
  section out{"sold-as", "Sold as, and what it was", {}, table{}, {}};
  const bool exact = by == wording::disclosure::exact;
  out.shown->columns = {{"Sold as"}, {"Samples", true}, {"Other drugs in them"}};
  if (exact) out.shown->columns.push_back({"Held what it was sold as", true});
  for (const auto& [as, count] : most_first(order)) {
    const auto& row = all[as];
    std::string others;
    std::size_t said = 0;
    for (const auto& [id, times] : most_first(row.others))
      if (said++ < 6)
        others += fmt::format("{}{} ({})", others.empty() ? "" : ", ", names.name(id), wording::spell(times, by));
    out.shown->rows.push_back({names.name(as), wording::spell(row.samples, by), others.empty() ? "-" : others});
    if (exact) out.shown->rows.back().push_back(fmt::format("{:g}", row.held_it));
  }
  return out;
}

// Ever found before: in records that are kept, and in what is remembered of those that are not.
std::set<substance_id> known_before(const span& quarter, const sources& from) {
  std::set<substance_id> out;
  const auto day = std::chrono::duration_cast<std::chrono::days>(quarter.from.time_since_epoch()).count();
  for (const auto& one : from.stored.remembered_all())
    if (one.kind == drug_test && one.first_day <= day) out.insert(one.substance);
  span past = quarter;
  past.from = instant{};
  past.to = quarter.from;
  from.stored.each_standing({drug_test}, past.from, past.to,
                            [&](const observation& one) { out.insert(one.substances.begin(), one.substances.end()); });
  return out;
}

section new_part(const std::vector<observation>& now, const span& quarter, wording::disclosure by, const named& names,
                 const sources& from) {
  section out{"new", "Not found here before", {}, table{}, {}};
  out.shown->columns = {{"Substance"}, {"Class"}, {"First sample"}, {"Samples", true}, {"Confirmed"}};
  const auto known = known_before(quarter, from);
  if (known.empty() && !now.empty()) {
    out.says.emplace_back("Nothing is known of the time before this quarter, so nothing can be called new.");
    return out;
  }
  std::map<substance_id, std::vector<const observation*>> fresh;
  for (const auto& one : now)
    for (const auto& id : one.substances)
      if (!known.contains(id) && names.is_drug(id)) fresh[id].push_back(&one);
  for (const auto& [id, these] : fresh) {
    double count = 0;
    bool sure = false;
    for (const auto* one : these) {
      count += one->weight;
      sure = sure || std::find(one->confirmed.begin(), one->confirmed.end(), id) != one->confirmed.end();
    }
    out.shown->rows.push_back({names.name(id), names.class_name(id),
                               day_of(these.front()->occurred_at, names.reference.local_zone),
                               wording::spell(count, by), sure ? "yes" : "no"});
  }
  return out;
}

} // namespace

document test_bulletin(const span& quarter, audience readers, const sources& from) {
  const auto& reference = from.with.reference();
  const named names{reference};
  const auto by = wording::profile_of(readers, *from.with.words);
  const auto now = tested_in(quarter, from);
  const auto past = tested_in(before(span_kind::quarter, quarter, reference.local_zone), from);
  document out;
  out.kind = "bulletin";
  out.title = "Drug-test bulletin";
  out.covers = quarter.words;
  out.notes.push_back(fmt::format("{} samples; {} in the quarter before.", wording::spell(now.samples, by),
                                  wording::spell(past.samples, by)));
  if (const auto beyond = now.beyond + past.beyond; beyond > 0)
    out.notes.push_back(fmt::format("Of these {} are older than their feed's retention. They are counted in what was "
                                    "found; what was found together, "
                                    "and what it was sold as, is not kept, so they are missing from the other tables.",
                                    wording::spell(beyond, by)));
  out.notes.emplace_back(
      "Samples are handed in or seized, not drawn: they say what is about, not how much of it. Found "
      "together does not say what harmed anyone.");
  if (quarter.to > from.now) out.notes.emplace_back("The quarter is not over: its figures will change.");
  out.sections = {found_part(now, past, by, names), classes_part(now.records, past.records, by, names),
                  sold_part(now.records, by, names), new_part(now.records, quarter, by, names, from)};
  return out;
}

} // namespace forewarn::reporting
