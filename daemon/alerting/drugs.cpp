// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/drugs.hpp"

#include "forewarn/text.hpp"
#include "rules/fact.hpp"

#include <algorithm>
#include <map>
#include <memory>

namespace forewarn::alerting {
namespace {

constexpr std::size_t most_drugs_named = 3; // drugs in a headline; beyond that their class says it better

// A sugar, a marker or "no active component" is never what an alert is about.
bool is_drug(const substance_id& id, const reference_data& reference) {
  const auto index = reference.substances.find(id);
  return !index || !(reference.substances.row(*index).cutting_agent || reference.substances.row(*index).is_result);
}

// A series of one substance, or of one class, is about that and nothing else its records also name.
bool in_series(const substance_id& id, const signal_facts& facts, const reference_data& reference) {
  for (const auto& [field, value] : facts.state.series) {
    if (field != "substances" && field != "confirmed") continue;
    if (value == id.str()) return true;
    const auto outer = reference.substances.find(substance_id{value});
    const auto inner = reference.substances.find(id);
    if (outer) return inner && reference.substances.is_or_within(*inner, *outer);
  }
  return true;
}

std::vector<substance_id> asked_about(const signal_facts& facts, const observation& one,
                                      const reference_data& reference) {
  std::vector<substance_id> out;
  if (facts.rule == nullptr) {
    out = one.substances;
  } else {
    const auto seen = rules::make_fact(std::make_shared<const observation>(one), reference);
    for (const auto member : rules::matching_members(facts.rule->where, seen, rules::field::substances))
      out.push_back(one.substances.at(member));
  }
  std::erase_if(out,
                [&](const substance_id& id) { return !is_drug(id, reference) || !in_series(id, facts, reference); });
  return out;
}

std::vector<substance_id> most_often_first(const std::map<substance_id, std::size_t>& counts) {
  std::vector<std::pair<substance_id, std::size_t>> rows{counts.begin(), counts.end()};
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<substance_id> out;
  for (auto& row : rows) out.push_back(std::move(row.first));
  return out;
}

// The nearest class that holds them all.
std::optional<substance_index> common_class(const std::vector<substance_id>& drugs, const reference_data& reference) {
  const auto& words = reference.substances;
  const auto first = words.find(drugs.front());
  if (!first) return {};
  for (const auto candidate : words.ancestors(*first)) {
    const auto holds = [&](const substance_id& id) {
      const auto index = words.find(id);
      return index && words.is_or_within(*index, candidate);
    };
    if (std::all_of(drugs.begin(), drugs.end(), holds)) return candidate;
  }
  return {};
}

} // namespace

concern drugs_of_concern(const signal_facts& facts, const reference_data& reference) {
  std::map<substance_id, std::size_t> drugs, confirmed, sold_as;
  bool suspected = false;
  concern out;
  for (const auto& one : facts.evidence) {
    bool by_laboratory = false;
    for (const auto& id : asked_about(facts, one, reference)) {
      ++drugs[id];
      if (std::find(one.confirmed.begin(), one.confirmed.end(), id) == one.confirmed.end()) continue;
      ++confirmed[id];
      by_laboratory = true;
    }
    if (by_laboratory) ++out.laboratory_records;
    for (const auto& id : one.sold_as) ++sold_as[id];
    suspected = suspected || one.certainty == certainty::suspected;
  }
  out.drugs = most_often_first(drugs);
  out.confirmed = most_often_first(confirmed);
  out.sold_as = most_often_first(sold_as);
  out.certainty = !out.confirmed.empty() ? "toxicology confirmed" : suspected ? "suspected" : "not confirmed";
  return out;
}

std::string name_drugs(const std::vector<substance_id>& drugs, const reference_data& reference) {
  if (drugs.empty()) return {};
  if (drugs.size() > most_drugs_named)
    if (const auto whole = common_class(drugs, reference)) return reference.substances.row(*whole).name;
  std::vector<std::string> names;
  for (const auto& id : drugs) {
    if (names.size() == most_drugs_named) break;
    names.push_back(reference.substances.name_of(id));
  }
  if (drugs.size() > most_drugs_named) names.push_back("others");
  return join_and(names);
}

std::string naloxone_line(const std::vector<substance_id>& drugs, const word_book& words,
                          const reference_data& reference) {
  bool reverses = false, partly = false, no = false;
  for (const auto& id : drugs) {
    const auto index = reference.substances.find(id);
    if (!index) continue;
    switch (reference.substances.naloxone(*index)) {
    case naloxone_response::reverses: reverses = true; break;
    case naloxone_response::partly: partly = true; break;
    case naloxone_response::no: no = true; break;
    case naloxone_response::unknown: break;
    }
  }
  const char* block = "naloxone.unknown";
  if (no && (reverses || partly))
    block = "naloxone.mixed";
  else if (partly)
    block = "naloxone.partly";
  else if (reverses)
    block = "naloxone.reverses";
  else if (no)
    block = "naloxone.no";
  const auto it = words.blocks.find(block);
  return it == words.blocks.end() ? std::string{} : it->second;
}

} // namespace forewarn::alerting
