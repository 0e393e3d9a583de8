// SPDX-License-Identifier: Apache-2.0
// `forewarn explain`: what a signal or an alert rests on, by which words of which rule, and who was told when; and,
// with --why-not, why a rule said nothing. Reads; changes nothing. Shows no more of a record than its id, time and
// drugs.
#include "daemon/alerting/after_signal.hpp"
#include "daemon/commands/explain_report.hpp"
#include "daemon/commands/past_records.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/http/views.hpp"
#include "daemon/settings.hpp"
#include "daemon/tuning/labelled_events.hpp"
#include "daemon/tuning/scan_look.hpp"
#include "daemon/tuning/why_not.hpp"
#include "daemon/tuning/young_series.hpp"
#include "daemon/wall_clock.hpp"
#include "forewarn/text.hpp"
#include "rules/held_rules.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct asked {
  std::string what, as_of, why_not, at, rules, observations;
  std::vector<std::string> series;
};

// ---- a signal

struct explained {
  signal state; // as of the moment asked about, as far as that is kept
  std::vector<observation> evidence;
  std::size_t gone = 0; // evidence beyond retention
  std::optional<rule_version> rule;
  std::optional<assessment> work;
  std::optional<alert> issued;
  std::vector<due_delivery> messages; // oldest first
  std::vector<waiting_notice> waited; // what was held back, oldest first
  std::optional<instant> as_of;
  bool by_period = false;               // its rule counts by day or week
  std::optional<instant> watched_since; // its series, where that was not long before
  std::string cluster;                  // of a scan rule: what was found, by the records that are still there
};

bool known_then(instant at, const std::optional<instant>& as_of) {
  return !as_of || at <= *as_of;
}

std::vector<due_delivery> messages_about(const store_reader& from, const signal& one, const std::optional<alert>& alert,
                                         const std::optional<instant>& as_of) {
  std::vector<due_delivery> out;
  page which;
  which.limit = 500;
  for (;;) {
    const auto some = from.deliveries({}, which);
    for (const auto& each : some) {
      const auto& about = each.message.about;
      const bool ours = about == one.id.str() || (alert && about.starts_with(alert->ref.str() + " "));
      if (ours && known_then(each.row.created_at, as_of)) out.push_back(each);
    }
    if (some.size() < which.limit || some.back().row.created_at < one.opened_at) break;
    which.after_id = some.back().row.id.str();
  }
  std::reverse(out.begin(), out.end());
  return out;
}

// The text of the rule when the signal opened, else the newest one.
std::optional<rule_version> rule_of(const store_reader& from, const signal& one) {
  const auto all = from.rule_versions(one.rule);
  for (const auto& version : all)
    if (version.hash == one.rule_hash) return version;
  return {};
}

// What the store keeps of an earlier moment: levels and closing times, not every count in between.
void turn_back(signal& one, instant to) {
  if (one.closed_at && *one.closed_at > to) {
    one.closed_at.reset();
    one.close_reason.reset();
  }
  while (!one.changes.empty() && one.changes.back().at > to) one.changes.pop_back();
  if (!one.changes.empty()) one.level = one.changes.back().level;
}

explained gather(const stored& from, const signal& found, const std::optional<instant>& as_of) {
  explained out;
  out.state = found;
  out.as_of = as_of;
  for (const auto& key : from.reader->evidence(found.id)) {
    auto record = from.reader->latest(key);
    if (!record)
      ++out.gone;
    else if (known_then(record->received_at, as_of))
      out.evidence.push_back(std::move(*record));
  }
  std::sort(out.evidence.begin(), out.evidence.end(),
            [](const auto& a, const auto& b) { return a.occurred_at < b.occurred_at; });
  out.rule = rule_of(*from.reader, found);
  out.work = from.reader->assessment_of(found.id);
  if (out.work && !known_then(out.work->received_at, as_of)) out.work.reset();
  out.issued = from.reader->alert_of(found.id);
  if (out.issued && !known_then(out.issued->created_at, as_of)) out.issued.reset();
  out.messages = messages_about(*from.reader, found, out.issued, as_of);
  for (auto& one : from.reader->waiting_notices_of(found.id))
    if (known_then(one.since, as_of)) out.waited.push_back(std::move(one));
  if (as_of) turn_back(out.state, *as_of);
  return out;
}

std::string record_words(const observation& one, const reference_data& reference) {
  std::vector<std::string> drugs;
  for (const auto& id : one.substances) drugs.push_back(reference.substances.name_of(id));
  std::vector<std::string> parts{drugs.empty() ? "no drug recorded" : join(drugs, ", ")};
  if (one.ward) parts.push_back(reference.areas.name_of(*one.ward));
  if (one.site) parts.push_back("at a known site");
  if (one.withdrawn) parts.emplace_back("withdrawn since");
  return join(parts, "; ");
}

std::string delivery_words(const due_delivery& one, const stored& from) {
  const auto state = one.row.settled_at ? fmt::format("{} {}", to_text(one.row.state), from.time(*one.row.settled_at))
                                        : fmt::format("{}, {} tries", to_text(one.row.state), one.row.attempts);
  return fmt::format("{}  {} to {} by {}: {}", from.time(one.row.created_at), one.message.type, one.row.service.str(),
                     one.row.channel, state);
}

void say_rule(const explained& one, const stored& from) {
  std::cout << fmt::format("\nThe rule, {}:\n", one.state.rule_hash);
  if (!one.rule) {
    std::cout << "  its words of that time are not kept: it was in force before this version of the daemon\n";
    return;
  }
  std::cout << fmt::format("  {}\n  in force since {} ({}), owner {}, {}\n", one.rule->sentence,
                           from.time(one.rule->at), one.rule->status, one.rule->owner.empty() ? "-" : one.rule->owner,
                           one.rule->path);
}

// A window, or the period that stands out most: its bound is what its past leaves room for.
std::string window_words(const explained& one, const stored& from, const reference_data& reference) {
  const auto& state = one.state;
  if (!one.by_period)
    return fmt::format("Its best window: after {}, up to {}: {:g}, where {:g} makes it {}.\n",
                       from.time(state.window.from), from.time(state.window.to), state.value, state.bound,
                       to_text(state.level));
  const auto day = [&](instant at) { return reference.local_zone.format(at).substr(0, 10); };
  const auto last = day(state.window.to - duration{1});
  auto out = fmt::format("It stands out most on {}: {:g}, where {:.3g} is the bound of {}.\n",
                         last == day(state.window.from) ? last : day(state.window.from) + " to " + last, state.value,
                         std::max(state.bound, 0.0), to_text(state.level));
  if (one.watched_since)
    out += fmt::format("Its series had only just warmed up: it has the history that the rule needs since {}, and its "
                       "bound rests on little more than that.\n",
                       day(*one.watched_since));
  return out;
}

void say(const explained& one, const stored& from, const reference_data& reference) {
  const auto& state = one.state;
  std::cout << fmt::format("{}: {}, {}\n", state.id.str(), state.rule.str(),
                           rules::series_text(state.series, reference));
  if (one.as_of)
    std::cout << fmt::format("As of {}: records, messages and decisions of later are left out; the count and the "
                             "window are the newest ones.\n",
                             from.time(*one.as_of));
  std::cout << fmt::format("\nOpened {}{}; level {}.\n", from.time(state.opened_at),
                           state.retrospective ? ", in retrospect" : "", to_text(state.level));
  std::cout << window_words(one, from, reference);
  if (!one.cluster.empty()) std::cout << fmt::format("Its best cluster: {}.\n", one.cluster);
  for (const auto& change : state.changes)
    std::cout << fmt::format("{}: became {} with {:g}.\n", from.time(change.at), to_text(change.level), change.value);
  if (state.closed_at)
    std::cout << fmt::format("Closed {}{}.\n", from.time(*state.closed_at),
                             state.close_reason ? fmt::format(" ({})", to_text(*state.close_reason)) : std::string{});
  if (state.held) std::cout << "A feed that its rule observes is overdue: it is held, and does not close.\n";
  if (state.contradicted) std::cout << "Later data took its ground away: it is contradicted.\n";
  say_rule(one, from);
  std::cout << fmt::format("\nIt rests on {} record{}:\n", one.evidence.size(), one.evidence.size() == 1 ? "" : "s");
  std::vector<std::vector<std::string>> rows;
  for (const auto& record : one.evidence)
    rows.push_back({"  " + record.key.str(), from.time(record.occurred_at),
                    record.received_at - record.occurred_at > std::chrono::minutes{1}
                        ? "came " + tuning::rough_time(record.received_at - record.occurred_at) + " later"
                        : "came at once",
                    record_words(record, reference)});
  std::cout << as_table({"  RECORD", "HAPPENED", "ARRIVED", "WHAT"}, rows);
  if (one.gone > 0) std::cout << fmt::format("  and {} that retention has removed\n", one.gone);
  std::cout << "\nWhat came of it:\n";
  if (one.work) {
    std::cout << fmt::format("  {}  assessment {}\n", from.time(one.work->received_at), one.work->ref.str());
    if (one.work->acknowledged_at && known_then(*one.work->acknowledged_at, one.as_of))
      std::cout << fmt::format("  {}  seen by {}\n", from.time(*one.work->acknowledged_at), one.work->acknowledged_by);
    if (one.work->decided_at && known_then(*one.work->decided_at, one.as_of))
      std::cout << fmt::format("  {}  {} by {}: {}\n", from.time(*one.work->decided_at), to_text(one.work->state),
                               one.work->decided_by, one.work->reason.empty() ? "no reason given" : one.work->reason);
  }
  if (one.issued)
    std::cout << fmt::format("  {}  alert {} v{}, {}\n", from.time(one.issued->created_at), one.issued->ref.str(),
                             one.issued->version, to_text(one.issued->state));
  for (const auto& each : one.messages) std::cout << "  " << delivery_words(each, from) << '\n';
  if (!one.work && !one.issued && one.messages.empty()) std::cout << "  nobody was told\n";
}

json::object as_json(const explained& one) {
  std::vector<observation_key> keys;
  json::array records;
  for (const auto& record : one.evidence) {
    keys.push_back(record.key);
    records.push_back({{"record", record.key.str()},
                       {"occurred_at", format_rfc3339(record.occurred_at)},
                       {"received_at", format_rfc3339(record.received_at)},
                       {"withdrawn", record.withdrawn}});
  }
  json::object out{{"signal", http::view(one.state, keys, one.waited)},
                   {"evidence", std::move(records)},
                   {"evidence_gone", one.gone}};
  out["rule"] = nullptr;
  if (one.rule)
    out["rule"] = json::object{{"hash", one.rule->hash},
                               {"sentence", one.rule->sentence},
                               {"in_force_since", format_rfc3339(one.rule->at)},
                               {"path", one.rule->path}};
  out["assessment"] = one.work ? json::value(http::view(*one.work)) : json::value{};
  out["alert"] = one.issued ? json::value(http::view(*one.issued)) : json::value{};
  json::array deliveries;
  for (const auto& each : one.messages) deliveries.push_back(http::view(each));
  out["deliveries"] = std::move(deliveries);
  if (!one.cluster.empty()) out["cluster"] = one.cluster;
  if (one.as_of) out["as_of"] = format_rfc3339(*one.as_of);
  if (one.watched_since) out["watched_since"] = format_rfc3339(*one.watched_since);
  return out;
}

// What the rule that found it says of its series, where it is in force as it was then.
void add_period(explained& to, const stored& from, const reference_at_hand& known) {
  if (!known.data) return;
  const auto read = read_rule_files(known, {});
  if (!read.rules) return;
  for (const auto& one : read.rules->rules) {
    if (one.id != to.state.rule || !std::holds_alternative<rules::periodic_detector>(one.detector)) continue;
    to.by_period = true;
    if (one.hash == to.state.rule_hash)
      to.watched_since = tuning::watched_only_since(to.state, one, *from.reader, *known.data);
  }
}

// Scanned again by what is in the store: which areas, how rare. Only where the rule still means what it meant then.
std::string cluster_of(const context& shared, const stored& from, const signal& found) {
  const auto all = load_configuration(shared.config_dir);
  if (!all.rules) return {};
  for (const auto& one : all.rules->rules) {
    if (one.id != found.rule || one.hash != found.rule_hash) continue;
    if (!std::holds_alternative<rules::scan_detector>(one.detector)) return {};
    const tuning::scan_look look{one, all.rules->reference};
    std::vector<observation> revisions;
    (void)from.reader->each_revision_after(0, [&](const observation& each) {
      if (each.received_at < found.window.to && rules::observes(one, each.key.feed, each.kind))
        revisions.push_back(each);
    });
    const auto day = look.day_before(found.window.to);
    for (const auto& each : look.at_end_of(day, revisions, from.reader->feed_turns({})))
      if (each.series == found.series && each.best) return look.words(*each.best);
  }
  return {};
}

outcome explain_signal(const context& shared, const asked& these) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  auto found = from->reader->signal_by_id(signal_id{these.what});
  if (!found)
    if (const auto one = from->reader->alert_by_ref(alert_ref{these.what}))
      found = from->reader->signal_by_id(one->signal);
  if (!found)
    if (const auto one = from->reader->assessment_by_ref(assessment_ref{these.what}))
      found = from->reader->signal_by_id(one->signal);
  const auto known = find_reference(shared, {}, reading_for::past);
  const reference_data none;
  const auto& reference = known.data ? *known.data : none;
  std::optional<instant> as_of;
  if (!read_option_time("--as-of", these.as_of, reference.local_zone, as_of)) return outcome::usage;
  if (!found) {
    if (const auto done = explain_report(shared, *from, these.what, as_of)) return *done;
    std::cerr << fmt::format("forewarn explain: no signal, alert, assessment or report '{}'; `forewarn signals list` "
                             "and `forewarn alerts list` show those there are\n",
                             these.what);
    return outcome::failed;
  }
  if (as_of && *as_of < found->opened_at) {
    std::cerr << fmt::format("forewarn explain: {} opened only {}\n", found->id.str(), from->time(found->opened_at));
    return outcome::failed;
  }
  auto all = gather(*from, *found, as_of);
  add_period(all, *from, known);
  all.cluster = cluster_of(shared, *from, *found);
  if (shared.output == "json")
    std::cout << json::serialize(as_json(all)) << '\n';
  else
    say(all, *from, reference);
  return outcome::done;
}

// ---- why not

std::string bound_words(const tuning::why_not& found) {
  if (!found.missing && found.best.count <= 0) return "nothing that the rule counts was there";
  if (!found.missing) return "more records of the same kind would not open it";
  return fmt::format("{} more like the newest one would have opened it, at {:g}: {}", found.missing->more,
                     found.missing->bound, to_text(found.missing->level));
}

void say(const tuning::why_not& found, const rules::rule& by, const series_key& series, instant at,
         const reference_data& reference) {
  const auto time = [&](instant when) { return reference.local_zone.format(when).substr(0, 16); };
  std::cout << fmt::format("{}, {}, at {}\n{}\n\n", by.id.str(), rules::series_text(series, reference), time(at),
                           by.sentence);
  if (found.open)
    std::cout << fmt::format("It did speak: a signal is open since {}, {} with {:g} of {:g}.\n\n",
                             time(found.open->opened_at), to_text(found.open->level), found.open->value,
                             found.open->bound);
  else if (found.period)
    std::cout << fmt::format("{}: {}; {}.\n\n", time(found.period->state.window.from).substr(0, 10),
                             tuning::count_words(*found.period, by), tuning::ahead_words(*found.period));
  else if (std::holds_alternative<rules::scan_detector>(by.detector))
    std::cout << fmt::format("In the {} up to then: {:g}, in all areas together.\n\n", spell_duration(found.window),
                             found.count);
  else
    std::cout << fmt::format("In the {} up to then: {:g}. At its best, {:g} in the window up to {}; {}.\n\n",
                             spell_duration(found.window), found.count, found.best.count, time(found.best.end),
                             bound_words(found));
  for (const auto& note : found.notes) std::cout << note << '\n';
  if (!found.notes.empty()) std::cout << '\n';
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : found.records)
    rows.push_back({one.key.str(), time(one.occurred_at), std::string{to_words(one.fate)}, one.why});
  if (rows.empty())
    std::cout << "No record of what the rule observes lies in this series and window.\n";
  else
    std::cout << as_table({"RECORD", "HAPPENED", "FATE", "WHY"}, rows);
  for (const auto& [kind, count] : found.other_kinds) {
    const auto* row = reference.kind(kind_id{kind});
    std::cout << fmt::format("{} {} there too, which the rule does not observe.\n", count,
                             row == nullptr ? kind
                             : count == 1   ? row->one
                                            : row->many);
  }
  if (found.ungrouped > 0)
    std::cout << fmt::format("{} more met the rule in that time and lacked what it groups by: in no series.\n",
                             found.ungrouped);
  for (std::size_t i = 0; i < std::min<std::size_t>(found.earlier.size(), 3); ++i) {
    const auto& one = found.earlier[i];
    std::cout << fmt::format("Before: opened {}, {}, {}.\n", time(one.opened_at), to_text(one.level),
                             one.retrospective ? std::string{"in retrospect"}
                             : one.closed_at   ? "closed " + time(*one.closed_at)
                                               : std::string{"still open"});
  }
}

json::object as_json(const tuning::why_not& found, const rules::rule& by, const series_key& series, instant at) {
  json::array records;
  for (const auto& one : found.records)
    records.push_back({{"record", one.key.str()},
                       {"occurred_at", format_rfc3339(one.occurred_at)},
                       {"received_at", format_rfc3339(one.received_at)},
                       {"fate", to_words(one.fate)},
                       {"why", one.why}});
  json::object other, own;
  for (const auto& [kind, count] : found.other_kinds) other[kind] = count;
  for (const auto& [field, value] : series) own[field] = value;
  json::array notes;
  for (const auto& one : found.notes) notes.emplace_back(one);
  json::object out{{"rule", by.id.str()},
                   {"sentence", by.sentence},
                   {"series", std::move(own)},
                   {"at", format_rfc3339(at)},
                   {"window", format_duration(found.window)},
                   {"count", found.count},
                   {"best", json::object{{"count", found.best.count}, {"to", format_rfc3339(found.best.end)}}},
                   {"open", found.open.has_value()},
                   {"records", std::move(records)},
                   {"not_observed", std::move(other)},
                   {"ungrouped", found.ungrouped},
                   {"notes", std::move(notes)}};
  out["missing"] = nullptr;
  if (found.period) {
    json::array steps;
    for (const auto& step : found.period->ahead())
      steps.push_back({{"level", to_text(step.level)}, {"from", step.from}});
    out["steps"] = std::move(steps);
  }
  if (found.missing)
    out["missing"] = json::object{
        {"more", found.missing->more}, {"bound", found.missing->bound}, {"level", to_text(found.missing->level)}};
  return out;
}

// It did find something, and people were told later or not at all: a mute, quiet hours, a budget.
std::vector<std::string> kept_back(const stored& from, const signal_id& id, instant at) {
  std::vector<std::string> out;
  for (const auto& one : from.reader->waiting_notices_of(id)) {
    if (one.since > at) continue;
    out.push_back(fmt::format(
        "Its notice waited since {}: {}; {}.", from.time(one.since),
        alerting::spell_wait(one.why, one.by, one.until, zone::named(from.settings.zone_name).value_or(zone::utc())),
        one.ended_at ? one.how + " (" + from.time(*one.ended_at) + ")" : "it waits still"));
  }
  const auto told = from.reader->told(id);
  if (told && told->first_at <= at)
    out.push_back(fmt::format("On-call was told of it on {}.", from.time(told->first_at)));
  return out;
}

outcome explain_silence(const context& shared, const asked& these) {
  const std::vector<std::string> named = these.rules.empty() ? std::vector<std::string>{} : std::vector{these.rules};
  auto known = find_reference(shared, named, reading_for::past);
  const auto rules = rules_from(known, these.rules);
  if (!rules) return outcome::failed;
  const auto* by = rule_named(*rules, these.why_not);
  if (by == nullptr) return outcome::failed;
  const auto series = read_series(these.series, *known.data);
  std::optional<instant> at;
  if (!series || !read_option_time("--at", these.at, known.data->local_zone, at)) return outcome::usage;
  const auto past = past_records(shared, these.observations);
  if (!past) return outcome::failed;
  if (!at)
    for (const auto& one : past->taken) at = std::max(at.value_or(one.received_at), one.received_at);
  auto found = tuning::look_into(*by, known.data, past->taken, past->turns, *series, *at, past->purged);
  if (!found) {
    std::cerr << "forewarn explain: " << found.error() << '\n';
    return outcome::usage;
  }
  if (these.observations.empty() && found->open)
    if (const auto from = open_stored(shared))
      for (auto& one : kept_back(*from, found->open->id, *at)) found->notes.push_back(std::move(one));
  if (shared.output == "json")
    std::cout << json::serialize(as_json(*found, *by, *series, *at)) << '\n';
  else
    say(*found, *by, *series, *at, *known.data);
  return outcome::done;
}

outcome run(const context& shared, const asked& these) {
  if (!these.why_not.empty() && these.what.empty()) return explain_silence(shared, these);
  if (these.why_not.empty() && !these.what.empty()) return explain_signal(shared, these);
  std::cerr << "forewarn explain: name a signal or an alert, or ask --why-not RULE\n";
  return outcome::usage;
}

} // namespace

void add_explain(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("explain", "what a signal rests on and who was told; or why a rule said nothing");
  const auto these = std::make_shared<asked>();
  verb->add_option("ID", these->what, "a signal, an alert's or an assessment's reference");
  verb->add_option("--as-of", these->as_of, "as it was known then")->type_name("TIME");
  verb->add_option("--why-not", these->why_not, "a rule that said nothing")->type_name("RULE");
  verb->add_option("--series", these->series, "with --why-not: FIELD=VALUE for what the rule groups by")
      ->type_name("FIELD=VALUE")
      ->allow_extra_args(false);
  verb->add_option("--at", these->at, "with --why-not: the moment; default: the last record's arrival")
      ->type_name("TIME");
  verb->add_option("--rules", these->rules, "with --why-not: rule files; default: CONFIG/rules.d")->type_name("PATH");
  verb->add_option("--observations", these->observations, "with --why-not: NDJSON; default: the store")
      ->type_name("FILE");
  verb->footer("Examples:\n"
               "  forewarn explain S-4f1k2m9q0zab\n"
               "  forewarn explain FW-2026-0007 --as-of 2026-03-01T14:00\n"
               "  forewarn explain --why-not opioid-callouts-ward --series ward=Armley --at 2026-03-01T14:00");
  verb->fallthrough();
  verb->callback([&shared, these] { shared.result = run(shared, *these); });
}

} // namespace forewarn::commands
