// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/after_signal.hpp"

#include "daemon/alerting/civil_hours.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

// An inhibited notice is looked at when a signal closes; this often as well, for a signal may end without a word (its
// rule was changed).
constexpr duration look_again = std::chrono::hours{1};

bool is_first_detection(const rules::rule& rule) {
  return std::holds_alternative<rules::first_seen_detector>(rule.detector);
}

bool rises(signal_change what) {
  return what == signal_change::raised || what == signal_change::reopened || what == signal_change::fresh_crossing;
}

// What quiet hours, a budget and other signals never hold back.
bool is_urgent(const question& about) {
  if (about.facts.state.level == level::red || is_first_detection(*about.facts.rule)) return true;
  // Of a signal nobody has heard of, a fresh crossing is the same news once more; a higher level is not.
  return about.first ? about.what == signal_change::raised || about.what == signal_change::reopened : rises(about.what);
}

const std::string* in_series(const signal& one, std::string_view field) {
  for (const auto& [name, value] : one.series)
    if (name == field) return &value;
  return nullptr;
}

std::optional<area_code> area_of(const signal& one) {
  for (const auto* field : {"lsoa", "msoa", "ward", "lad", "area"})
    if (const auto* code = in_series(one, field)) return area_code{*code};
  return {};
}

std::optional<area_code> ward_of_site(const std::string& id, const reference_data& reference) {
  for (const auto& one : reference.sites)
    if (one.id.str() == id) return one.ward;
  return {};
}

// Whether `outer` is about the same place as `inner` or about one around it. A signal of no place is about the whole.
bool is_around(const signal& outer, const signal& inner, const reference_data& reference) {
  const auto* inner_site = in_series(inner, "site");
  if (const auto* outer_site = in_series(outer, "site")) return inner_site != nullptr && *inner_site == *outer_site;
  const auto around = area_of(outer);
  if (!around) return true;
  auto within = area_of(inner);
  if (!within && inner_site != nullptr) within = ward_of_site(*inner_site, reference);
  if (!within) return false;
  if (*within == *around) return true;
  const auto in = reference.areas.find(*within);
  const auto out = reference.areas.find(*around);
  return in && out && reference.areas.is_or_within(*in, *out);
}

// Two rules that list each other must not both be silent.
bool waits_for(const signal& one, const signal& other, const store_reader& ledger) {
  const auto rows = ledger.waiting_notices_of(one.id);
  return !rows.empty() && !rows.back().ended_at && rows.back().why == wait_reason::inhibited &&
         rows.back().by == other.id.str();
}

std::optional<wait> inhibited(const question& about, const setup& with, const store_reader& ledger, instant now) {
  const auto& state = about.facts.state;
  for (const auto& id : about.facts.rule->alert.inhibit) {
    const auto* rule = with.rule(id);
    if (rule == nullptr || rule->status != rules::rule_status::live) continue; // nobody hears of its signals
    for (const auto& one : ledger.open_signals_of(id))
      if (one.id != state.id && one.level >= state.level && is_around(one, state, with.reference()) &&
          !waits_for(one, state, ledger))
        return wait{wait_reason::inhibited, one.id.str(), {}, now + look_again};
  }
  return {};
}

std::optional<wait> muted(const question& about, const store_reader& ledger, instant now) {
  const auto by = muted_by(about.facts, ledger, now);
  if (!by) return {};
  return wait{wait_reason::muted, by->ref, by->until, by->until};
}

std::optional<wait> stale(const question& about, const setup& with, instant now) {
  const auto& limit = about.facts.rule->alert.stale_after;
  if (!limit || about.facts.state.level == level::red || about.facts.evidence.empty()) return {};
  if (!about.first && !rises(about.what)) return {};
  instant newest = instant::min();
  for (const auto& one : about.facts.evidence) newest = std::max(newest, one.occurred_at);
  if (about.arrived - newest <= *limit) return {};
  const auto morning = next_morning(with, now);
  return wait{wait_reason::stale, {}, morning, morning};
}

std::optional<wait> quiet(const question& about, instant now) {
  const auto until = quiet_until(about.facts.rule->alert.quiet, now);
  if (!until) return {};
  return wait{wait_reason::quiet, {}, until, *until};
}

std::optional<wait> over_budget(const question& about, const setup& with, const store_reader& ledger, instant now) {
  const auto& budget = about.facts.rule->alert.budget;
  if (!budget || !about.first) return {};
  if (ledger.told_at_once(about.facts.rule->id, now - budget->per) < budget->at_most) return {};
  const auto morning = next_morning(with, now);
  return wait{wait_reason::budget, {}, morning, morning};
}

// What may begin to hold at any time, and so is asked again when a wait is over.
std::optional<wait> asked_always(const question& about, const std::optional<instant>& catching_up_until,
                                 const setup& with, const store_reader& ledger, instant now) {
  if (auto by = muted(about, ledger, now)) return by;
  if (catching_up_until && now < *catching_up_until)
    return wait{wait_reason::outage, {}, catching_up_until, *catching_up_until};
  if (is_urgent(about)) return {};
  const bool news = about.first || about.what == signal_change::grew;
  if (news)
    if (auto by = inhibited(about, with, ledger, now)) return by;
  return quiet(about, now);
}

bool names(const mute& one, const signal_facts& facts) {
  const auto& state = facts.state;
  if (one.rule && *one.rule != state.rule) return false;
  if (one.site) {
    const auto* site = in_series(state, "site");
    const bool all_there =
        !facts.evidence.empty() && std::all_of(facts.evidence.begin(), facts.evidence.end(),
                                               [&](const observation& seen) { return seen.site == one.site; });
    if (!(site != nullptr && *site == one.site->str()) && !all_there) return false;
  }
  return std::all_of(one.series.begin(), one.series.end(), [&](const auto& pair) {
    return std::find(state.series.begin(), state.series.end(), pair) != state.series.end();
  });
}

} // namespace

instant next_morning(const setup& with, instant now) {
  return next_time_of_day(with.reference().local_zone, with.times.digest_at, now);
}

instant next_weekly(const setup& with, instant now) {
  return next_time_of_day(with.reference().local_zone, with.times.digest_at, now, with.times.weekly_on);
}

instant digest_for_late(const signal_facts& facts, const setup& with, instant now) {
  static const std::array soon{kind_id{"death"}, kind_id{"drug_test"}};
  const bool in_the_morning = std::any_of(facts.evidence.begin(), facts.evidence.end(), [](const observation& one) {
    return std::find(soon.begin(), soon.end(), one.kind) != soon.end();
  });
  return in_the_morning ? next_morning(with, now) : next_weekly(with, now);
}

std::optional<mute> muted_by(const signal_facts& facts, const store_reader& ledger, instant now) {
  std::optional<mute> out;
  for (auto& one : ledger.mutes(true))
    if (one.until > now && names(one, facts) && (!out || one.until > out->until)) out = std::move(one);
  return out;
}

std::optional<wait> reason_to_wait(const question& about, const std::optional<instant>& catching_up_until,
                                   const setup& with, const store_reader& ledger, instant now) {
  if (about.facts.rule == nullptr) return {};
  auto by = asked_always(about, catching_up_until, with, ledger, now);
  if (!by) by = stale(about, with, now);
  if (!by && !is_urgent(about)) by = over_budget(about, with, ledger, now);
  return by;
}

std::optional<wait> still_waits(const waiting_notice& row, const signal_facts& facts,
                                const std::optional<instant>& catching_up_until, const setup& with,
                                const store_reader& ledger, instant now) {
  if (facts.rule == nullptr) return {};
  const question about{facts, row.what, row.what == signal_change::opened, now};
  return asked_always(about, catching_up_until, with, ledger, now);
}

std::string spell_wait(wait_reason why, const std::string& by, const std::optional<instant>& until, const zone& local) {
  const auto end = until ? " until " + local.format(*until) : std::string{};
  switch (why) {
  case wait_reason::muted: return fmt::format("muted ({}){}", by, end);
  case wait_reason::outage: return "an outage is just over" + (end.empty() ? end : ": told together" + end);
  case wait_reason::inhibited: return fmt::format("while signal {} is open", by);
  case wait_reason::quiet: return "quiet hours" + end;
  case wait_reason::stale:
    return "its records were old when they came: in the digest" + (until ? " of " + local.format(*until) : "");
  case wait_reason::late: return "found by late records: in the digest" + (until ? " of " + local.format(*until) : "");
  case wait_reason::budget:
    return "beyond the budget of its rule: in the digest" + (until ? " of " + local.format(*until) : "");
  }
  return {};
}

} // namespace forewarn::alerting
