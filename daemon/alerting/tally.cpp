// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/tally.hpp"

#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

using wording::disclosure;

struct gathered {
  std::set<incident_id> incidents;
  std::map<person_id, std::set<std::string>> incidents_by_person;
  std::set<site_id> sites;
  source_tally counts;
};

void add(gathered& to, const observation& one) {
  ++to.counts.records;
  if (one.incident)
    to.incidents.insert(*one.incident);
  else
    to.counts.incidents += one.weight;
  if (one.person)
    to.incidents_by_person[*one.person].insert(one.incident ? one.incident->str() : one.key.str());
  else
    ++to.counts.no_person;
  if (one.site)
    to.sites.insert(*one.site);
  else
    ++to.counts.no_site;
  if (one.fatal.value_or(false)) ++to.counts.fatal;
  if (one.naloxone.value_or(false)) ++to.counts.naloxone;
}

std::string plural(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string people_words(const source_tally& source) {
  if (source.people == 0) return "people not known";
  auto words = plural(source.people, "person", "people");
  if (source.repeats > 0) words += fmt::format(" ({} more than once)", source.repeats);
  if (source.no_person > 0)
    words += fmt::format(" and {} without a person", plural(source.no_person, "record", "records"));
  return words;
}

std::string site_words(const source_tally& source) {
  if (source.sites == 0) return "sites not known";
  auto words = plural(source.sites, "site", "sites");
  if (source.no_site > 0) words += fmt::format(" and {} without a site", plural(source.no_site, "record", "records"));
  return words;
}

} // namespace

std::vector<source_tally> tally(const std::vector<const observation*>& evidence) {
  std::map<std::pair<kind_id, feed_id>, gathered> sources;
  for (const auto* one : evidence) add(sources[{one->kind, one->key.feed}], *one);
  std::vector<source_tally> out;
  for (auto& [key, source] : sources) {
    auto counts = source.counts;
    counts.kind = key.first;
    counts.feed = key.second;
    counts.incidents += static_cast<double>(source.incidents.size());
    counts.people = source.incidents_by_person.size();
    counts.sites = source.sites.size();
    for (const auto& [person, incidents] : source.incidents_by_person)
      if (incidents.size() > 1) ++counts.repeats;
    out.push_back(std::move(counts));
  }
  return out;
}

bool reads_exact_counts(audience to) {
  return to <= audience::professionals;
}

std::string spell_records(double count, const kind_id& kind, const reference_data& reference, disclosure by) {
  const auto* words = reference.kind(kind);
  const auto number = wording::spell(count, by);
  if (words == nullptr) return fmt::format("{} {} {}", number, kind.str(), number == "1" ? "record" : "records");
  return fmt::format("{} {}", number, number == "1" ? words->one : words->many);
}

std::string describe(const source_tally& source, const std::string& span, const reference_data& reference,
                     disclosure by) {
  auto words = spell_records(source.incidents, source.kind, reference, by) + span;
  // Beside a small count, the number of people or places says the same again.
  if (by != disclosure::exact) return words;
  words += fmt::format(": {}, {}", people_words(source), site_words(source));
  if (source.fatal > 0) words += fmt::format("; {} fatal", source.fatal);
  if (source.naloxone > 0) words += fmt::format("; naloxone given in {}", source.naloxone);
  return words;
}

std::string source_name(const source_tally& source, const reference_data& reference) {
  const auto* words = reference.kind(source.kind);
  return fmt::format("{} ({})", words == nullptr ? source.kind.str() : words->title, source.feed.str());
}

} // namespace forewarn::alerting
