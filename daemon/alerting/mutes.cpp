// SPDX-License-Identifier: Apache-2.0
// Mutes: a person's word that what is named is known and need not be told for a while. Holds back everything of what it
// names, red as well; always ends; the end is told with what waited.
#include "daemon/alerting/news.hpp"
#include "daemon/audit/note.hpp"

#include "daemon/rule_test/observation_yaml.hpp"
#include "daemon/wall_clock.hpp"
#include "forewarn/text.hpp"
#include "rules/condition.hpp"

#include <algorithm>

#include <utility>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

// What lasts longer is no mute: the rule wants changing.
constexpr duration longest = std::chrono::hours{24 * 90};

using outcome = result<forewarn::mute, std::string>;

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : text + " ")
    if (c == ' ' || c == ',') {
      if (!word.empty()) out.push_back(std::exchange(word, {}));
    } else {
      word += c;
    }
  return out;
}

const site* site_named(const std::string& text, const reference_data& reference) {
  const auto key = site_key(text);
  for (const auto& one : reference.sites) {
    if (one.id.str() == text || site_key(one.name) == key) return &one;
    for (const auto& alias : one.aliases)
      if (site_key(alias) == key) return &one;
  }
  return nullptr;
}

std::string spell(const forewarn::mute& one, const reference_data& reference) {
  std::vector<std::string> parts;
  if (one.rule) parts.push_back("rule " + one.rule->str());
  if (one.site) {
    const auto* known = site_named(one.site->str(), reference);
    parts.push_back("site " + (known == nullptr ? one.site->str() : known->name));
  }
  for (const auto& [field, value] : one.series) {
    const auto index = reference.areas.find(area_code{value});
    parts.push_back(field + ' ' + (index ? reference.areas.row(*index).name : value));
  }
  return join(parts, ", ");
}

outcome of_signal(const std::string& id, const store_reader& ledger) {
  const auto state = ledger.signal_by_id(signal_id{id});
  if (!state) return failure(fmt::format("no signal '{}'; `forewarn signals list` shows those there are", id));
  forewarn::mute out;
  out.rule = state->rule;
  out.series = state->series;
  return out;
}

// "RULE", "RULE ward=Armley", "ward=Armley, substances=heroin".
outcome of_rule_and_series(const std::vector<std::string>& words, const setup& with) {
  forewarn::mute out;
  for (const auto& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) {
      if (out.rule && (with.rule(*out.rule) == nullptr || with.rule(rule_id{word}) == nullptr))
        return failure(fmt::format("no rule and no site '{}'; name a rule, a site, a series such as ward=Armley, or a "
                                   "signal",
                                   join(words, " ")));
      if (out.rule) return failure(fmt::format("'{}' names two rules; mute one at a time", join(words, " ")));
      out.rule = rule_id{word};
      continue;
    }
    const auto field = word.substr(0, equals);
    if (!rules::field_from_text(field))
      return failure(fmt::format("no field '{}'{}; a series is written like ward=Armley", field,
                                 suggestion(field, rules::all_field_words())));
    auto value = rule_test::resolved(field, word.substr(equals + 1), with.reference());
    if (field == "site")
      if (const auto* known = site_named(value, with.reference())) value = known->id.str();
    out.series.emplace_back(field, std::move(value));
  }
  if (out.rule && with.rule(*out.rule) == nullptr) {
    std::vector<std::string> known;
    for (const auto& one : with.rules->rules) known.push_back(one.id.str());
    return failure(fmt::format("no rule and no site '{}'{}; name a rule, a site, a series such as ward=Armley, or a "
                               "signal",
                               out.rule->str(), suggestion(out.rule->str(), known)));
  }
  return out;
}

outcome named(const std::string& what, const setup& with, const store_reader& ledger) {
  const std::string text{trim(what)};
  const auto words = words_of(text);
  if (words.empty()) return failure(std::string{"say what to mute: a rule, a site, a series or a signal"});
  if (text.starts_with("S-")) return of_signal(text, ledger);
  const bool is_rule = with.rule(rule_id{text}) != nullptr;
  if (const auto* known = is_rule ? nullptr : site_named(text, with.reference())) {
    forewarn::mute out;
    out.site = known->id;
    return out;
  }
  return of_rule_and_series(words, with);
}

result<instant, std::string> end_of(std::string text, const zone& local, instant now) {
  text = std::string{trim(text)};
  std::optional<instant> until;
  if (const auto length = parse_duration(text)) until = now + *length;
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  if (!until) until = read_time(text, local);
  if (!until)
    return failure(
        fmt::format("'{}' is no end for a mute; write a time such as 2026-03-02T08:00, or a duration such as "
                    "12h",
                    text));
  if (*until <= now) return failure(fmt::format("{} is over already", local.format(*until)));
  if (*until - now > longest)
    return failure(
        std::string{"a mute lasts 90 days at most; what is to be silent for longer is a matter for the rule"});
  return *until;
}

} // namespace

result<forewarn::mute, std::string> process::mute(const std::string& what, const std::string& until, const decision& by,
                                                  store& ledger, instant now) {
  if (auto wrong = not_a_decision(by)) return failure(std::move(*wrong));
  const auto& with = parts_->now;
  const auto ends = end_of(until, with.reference().local_zone, now);
  if (!ends) return failure(ends.error());
  auto out = named(what, with, ledger);
  if (!out) return out;
  out->what = spell(*out, with.reference());
  out->since = now;
  out->until = *ends;
  out->by = trim(by.who);
  out->why = trim(by.reason);
  out->ref = next_reference("M", with.reference(), ledger, now);
  ledger.save(*out);
  audit::note(
      ledger, now,
      {by.who, "mute.set", {out->ref}, by.reason, {{"what", out->what}, {"until", format_rfc3339(out->until)}}});
  return out;
}

result<forewarn::mute, std::string> process::end_mute(const std::string& ref, const decision& by, store& ledger,
                                                      instant now) {
  if (auto wrong = not_a_decision(by)) return failure(std::move(*wrong));
  const auto all = ledger.mutes(false);
  const auto found = std::find_if(all.begin(), all.end(), [&](const forewarn::mute& one) { return one.ref == ref; });
  if (found == all.end()) return failure(fmt::format("no mute '{}'; `forewarn mutes list --all` shows all", ref));
  if (found->ended_at)
    return failure(
        fmt::format("mute {} ended already, at {}", ref, parts_->now.reference().local_zone.format(*found->ended_at)));
  newsroom room{*parts_, ledger, now};
  room.end(*found, fmt::format("{} ({})", trim(by.who), trim(by.reason)));
  room.release_due();
  audit::note(ledger, now, {by.who, "mute.ended", {ref}, by.reason, {}});
  const auto after = ledger.mutes(false);
  return *std::find_if(after.begin(), after.end(), [&](const forewarn::mute& one) { return one.ref == ref; });
}

} // namespace forewarn::alerting
