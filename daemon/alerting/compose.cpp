// SPDX-License-Identifier: Apache-2.0
// Puts together what is known. Says association, never cause; says "not known" rather than leave a gap; leaves a part
// empty only where rendering must fail.
#include "daemon/alerting/compose.hpp"

#include "daemon/alerting/drugs.hpp"
#include "daemon/alerting/places.hpp"
#include "daemon/alerting/tally.hpp"
#include "daemon/wording/disclosure.hpp"
#include "forewarn/text.hpp"
#include "rules/periodic/shown.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

using wording::disclosure;

bool counts_in_windows(const signal_facts& facts) {
  if (facts.rule == nullptr) return true;
  const auto& how = facts.rule->detector;
  return !std::holds_alternative<rules::every_record_detector>(how) &&
         !std::holds_alternative<rules::first_seen_detector>(how) &&
         !std::holds_alternative<rules::sequence_detector>(how);
}

std::vector<const observation*> in_window(const signal_facts& facts) {
  std::vector<const observation*> out;
  const auto window = facts.rule == nullptr ? facts.state.window : rules::holding(*facts.rule, facts.state.window);
  for (const auto& one : facts.evidence)
    if (!counts_in_windows(facts) || (one.occurred_at > window.from && one.occurred_at <= window.to))
      out.push_back(&one);
  return out;
}

const rules::scan_detector* scan_of(const signal_facts& facts) {
  return facts.rule == nullptr ? nullptr : std::get_if<rules::scan_detector>(&facts.rule->detector);
}

std::string window_words(const signal_facts& facts) {
  if (!counts_in_windows(facts)) return {};
  if (const auto* by = facts.rule == nullptr ? nullptr : std::get_if<rules::periodic_detector>(&facts.rule->detector))
    return by->every == rules::period_length::day ? " in one day" : " in one week"; // of 23 or 25 hours too
  if (scan_of(facts) != nullptr) {
    const auto days = std::chrono::round<std::chrono::days>(facts.state.window.to - facts.state.window.from).count();
    return days == 1 ? std::string{" in one day"} : fmt::format(" in {} days", days);
  }
  return " in " + spell_duration(facts.state.window.to - facts.state.window.from);
}

// By what had arrived when the facts were put together.
bool may_rise(const signal_facts& facts) {
  if (facts.rule == nullptr) return false;
  auto known_to = facts.state.opened_at;
  for (const auto& [feed, at] : facts.complete_to) known_to = std::max(known_to, at);
  return rules::is_provisional(*facts.rule, facts.state, known_to);
}

std::string day_of(instant at, const reference_data& reference) {
  return reference.local_zone.format(at).substr(0, 10);
}

std::string when_words(const signal_facts& facts, const reference_data& reference, audience to) {
  const auto spell = [&](instant at) {
    return reads_exact_counts(to) ? reference.local_zone.format(at) : day_of(at, reference);
  };
  if (counts_in_windows(facts))
    return fmt::format("{} to {}", spell(facts.state.window.from), spell(facts.state.window.to));
  if (facts.evidence.empty()) return spell(facts.state.window.to);
  const auto earlier = [](const observation& a, const observation& b) { return a.occurred_at < b.occurred_at; };
  const auto [first, last] = std::minmax_element(facts.evidence.begin(), facts.evidence.end(), earlier);
  const auto from = spell(first->occurred_at);
  const auto until = spell(last->occurred_at);
  return from == until ? from : fmt::format("{} to {}", from, until);
}

std::string title_of(const signal_facts& facts) {
  return facts.rule == nullptr || facts.rule->title.empty() ? facts.state.rule.str() : facts.rule->title;
}

// To readers who may not know exact numbers a total of several sources is made of what each source shows.
std::string kinds_words(const std::vector<source_tally>& sources, double count, const reference_data& reference,
                        disclosure by) {
  const bool one_kind = !sources.empty() && std::all_of(sources.begin(), sources.end(), [&](const source_tally& s) {
    return s.kind == sources.front().kind;
  });
  if (by == disclosure::exact || sources.size() < 2) {
    if (one_kind) return spell_records(count, sources.front().kind, reference, by);
    return wording::spell(count, by) + " records";
  }
  std::vector<double> parts;
  for (const auto& source : sources) parts.push_back(source.incidents);
  const auto* words = one_kind ? reference.kind(sources.front().kind) : nullptr;
  return fmt::format("{} {}", wording::spell_total(parts, by), words == nullptr ? "records" : words->many);
}

template <class Detector> const rules::measure* measure_in(const Detector& how) {
  if constexpr (requires { how.measure; })
    return &how.measure;
  else
    return nullptr;
}

// The signal's own number in words: what was counted, in the rule's measure.
std::string measured_words(double count, const rules::measure* measure, const std::vector<source_tally>& sources,
                           const reference_data& reference, disclosure by) {
  switch (measure == nullptr ? rules::measure_kind::incidents : measure->what) {
  case rules::measure_kind::people:
    return wording::spell(count, by) + (by == disclosure::exact && count == 1 ? " person" : " people");
  case rules::measure_kind::sites:
    return wording::spell(count, by) + (by == disclosure::exact && count == 1 ? " site" : " sites");
  case rules::measure_kind::sum: {
    auto what = rules::to_text(measure->of);
    std::replace(what.begin(), what.end(), '_', ' ');
    return wording::spell(count, by) + " " + what;
  }
  case rules::measure_kind::incidents:
  case rules::measure_kind::observations: break;
  }
  return kinds_words(sources, count, reference, by);
}

std::string counted_words(const signal_facts& facts, const std::vector<source_tally>& sources,
                          const reference_data& reference, disclosure by) {
  const auto value = facts.state.value;
  if (facts.rule == nullptr) return kinds_words(sources, value, reference, by);
  const auto& how = facts.rule->detector;
  double records = 0;
  for (const auto& one : sources) records += one.incidents;
  const auto all = kinds_words(sources, records, reference, by);
  if (const auto* rate = std::get_if<rules::rate_detector>(&how))
    return by == disclosure::exact ? fmt::format("{} ({:.1f} per {:.0f} residents)", all, value, rate->per) : all;
  if (std::holds_alternative<rules::share_detector>(how))
    return by == disclosure::exact ? fmt::format("{:.0f}% of {}", value * 100, all) : all;
  if (std::holds_alternative<rules::together_detector>(how))
    return by == disclosure::exact ? fmt::format("{} ({:.0f} sorts of event together)", all, value) : all;
  return measured_words(value, std::visit([](const auto& one) { return measure_in(one); }, how), sources, reference,
                        by);
}

std::string headline_of(const signal_facts& facts, const place& where, const concern& about,
                        const std::vector<source_tally>& sources, const reference_data& reference, disclosure by) {
  const auto drugs = name_drugs(about.drugs, reference);
  if (counts_in_windows(facts))
    return fmt::format("{}: {}{}{}", where.name, counted_words(facts, sources, reference, by), window_words(facts),
                       drugs.empty() ? "" : ", " + drugs);
  const auto* first = std::get_if<rules::first_seen_detector>(&facts.rule->detector);
  if (first == nullptr || drugs.empty()) return fmt::format("{}: {}", where.name, title_of(facts));
  if (first->not_seen_for)
    return fmt::format("{}: {}, not seen in the {} before", where.name, drugs, spell_duration(*first->not_seen_for));
  return fmt::format("{}: {} seen for the first time", where.name, drugs);
}

// Where a day was judged with those before it: what they hold together. "; 7 in the seven days to it".
std::string week_words(const signal_facts& facts) {
  const auto* by = facts.rule == nullptr ? nullptr : std::get_if<rules::periodic_detector>(&facts.rule->detector);
  constexpr std::size_t days = 7;
  if (by == nullptr || by->method != "nb_multiwindow" || by->every != rules::period_length::day) return {};
  if (facts.daily.size() < days) return {};
  double sum = 0;
  for (auto at = facts.daily.size() - days; at < facts.daily.size(); ++at) sum += facts.daily[at].count;
  return fmt::format("; {:g} in the seven days to it", sum);
}

// How a cluster stands out: "; a cluster, where 1.1 were to be expected; chance alone shows as strong a one less than
// once in 100 days".
std::string cluster_words(const signal_facts& facts) {
  const auto* scan = scan_of(facts);
  if (scan == nullptr) return {};
  std::string out = fmt::format("; a cluster, where {:g} were to be expected", facts.state.bound);
  for (const auto& one : scan->recurrence)
    if (one.level == facts.state.level)
      out += fmt::format("; chance alone shows as strong a one less than once in {:g} days", one.at_least);
  return out;
}

std::vector<evidence_line> evidence_lines(const signal_facts& facts, const concern& about,
                                          const std::vector<source_tally>& sources, const reference_data& reference,
                                          disclosure by) {
  std::vector<evidence_line> out;
  for (const auto& source : sources)
    out.push_back({source_name(source, reference), describe(source, window_words(facts), reference, by)});
  if (out.empty()) return out;
  if (by == disclosure::exact && facts.evidence.size() > in_window(facts).size())
    out.back().text += fmt::format("; {} records since the signal opened", facts.evidence.size());
  if (!about.confirmed.empty() && by == disclosure::exact)
    out.back().text += fmt::format("; laboratory confirmed {} in {} of them", name_drugs(about.confirmed, reference),
                                   about.laboratory_records);
  if (by == disclosure::exact) out.back().text += week_words(facts) + cluster_words(facts);
  if (may_rise(facts)) out.back().text += "; provisional: of the newest days not all has arrived";
  if (by == disclosure::exact || !facts.usual)
    out.back().text += "; " + facts.usual.value_or("usual level not known yet");
  return out;
}

std::vector<std::string> complete_to(const signal_facts& facts, const reference_data& reference) {
  std::vector<std::string> out;
  for (const auto& [feed, at] : facts.complete_to) {
    out.push_back(fmt::format("{} {}", feed.str(), reference.local_zone.format(at)));
    if (const auto late = facts.overdue.find(feed); late != facts.overdue.end())
      out.back() += fmt::format(" (overdue since {})", reference.local_zone.format(late->second));
  }
  return out;
}

std::vector<std::string> names_of(const std::vector<substance_id>& ids, const reference_data& reference) {
  std::vector<std::string> out;
  for (const auto& id : ids) out.push_back(reference.substances.name_of(id));
  return out;
}

std::string block(const word_book& words, const std::string& name) {
  const auto it = words.blocks.find(name);
  return it == words.blocks.end() ? std::string{} : it->second;
}

std::vector<std::string> list(const word_book& words, const std::string& name) {
  const auto it = words.lists.find(name);
  return it == words.lists.end() ? std::vector<std::string>{} : it->second;
}

void add_approved_words(alert_content& content, const signal_facts& facts, const concern& about, const word_book& words,
                        const reference_data& reference) {
  const auto advice = facts.rule == nullptr || facts.rule->alert.advice.empty() ? "general" : facts.rule->alert.advice;
  content.risk = block(words, "advice." + advice + ".risk");
  content.actions = list(words, "advice." + advice + ".actions");
  content.harm_reduction = block(words, "harm-reduction");
  content.naloxone = naloxone_line(about.drugs, words, reference);
  content.overdose_signs = block(words, "overdose-signs");
  content.local_services = list(words, "local-services");
  content.report_more = block(words, "report-more");
}

} // namespace

audience audience_of(const rules::rule* rule) {
  if (rule == nullptr) return audience::professionals;
  const auto wanted = rule->alert.audience;
  if (rule->alert.release == release::automatic && wanted >= audience::people_who_use_drugs)
    return audience::professionals;
  return wanted;
}

alert_content compose_for(const signal_facts& facts, audience to, const word_book& words,
                          const reference_data& reference) {
  const auto where = place_of(facts, reference, to);
  const auto about = drugs_of_concern(facts, reference);
  const auto sources = tally(in_window(facts));
  const auto by = wording::profile_of(to, words);
  alert_content out;
  out.headline = headline_of(facts, where, about, sources, reference, by);
  out.drugs = names_of(about.drugs, reference);
  out.sold_as = names_of(about.sold_as, reference);
  out.certainty = about.certainty;
  for (const auto& id : about.drugs) out.substances.push_back(id.str());
  for (const auto& one : facts.evidence)
    if (std::find(out.kinds.begin(), out.kinds.end(), one.kind.str()) == out.kinds.end())
      out.kinds.push_back(one.kind.str());
  std::sort(out.kinds.begin(), out.kinds.end());
  out.where = where.name;
  for (const auto& code : where.areas) out.areas.push_back(code.str());
  out.when = when_words(facts, reference, to);
  out.evidence = evidence_lines(facts, about, sources, reference, by);
  if (by == disclosure::exact) out.daily = facts.daily;
  out.data_complete_to = complete_to(facts, reference);
  std::vector<std::string> names;
  for (const auto& source : sources) names.push_back(source_name(source, reference));
  out.source = join_and(names);
  out.instigator = fmt::format("Forewarn, by the rule '{}'", title_of(facts));
  add_approved_words(out, facts, about, words, reference);
  return out;
}

alert_content compose(const signal_facts& facts, const word_book& words, const reference_data& reference) {
  return compose_for(facts, audience_of(facts.rule), words, reference);
}

} // namespace forewarn::alerting
