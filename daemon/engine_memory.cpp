// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine_memory.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <tuple>

namespace forewarn {
namespace {

constexpr const char* time_mark = "engine.time";
constexpr std::size_t all_open_signals = 1'000'000;

void make_evidence_agree(store& ledger, const signal_id& id, const std::vector<observation_key>& wanted) {
  const auto stored = ledger.evidence(id);
  const std::set<observation_key> have{stored.begin(), stored.end()};
  const std::set<observation_key> want{wanted.begin(), wanted.end()};
  std::vector<observation_key> extra;
  std::vector<observation_key> missing;
  std::copy_if(stored.begin(), stored.end(), std::back_inserter(extra),
               [&](const auto& k) { return !want.contains(k); });
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(missing),
               [&](const auto& k) { return !have.contains(k); });
  ledger.remove_evidence(id, extra);
  ledger.add_evidence(id, missing);
}

} // namespace

std::optional<instant> engine_time(const store& ledger) {
  auto reached = ledger.last_received_at();
  if (const auto text = ledger.mark(time_mark)) {
    std::int64_t microseconds = 0;
    std::from_chars(text->data(), text->data() + text->size(), microseconds);
    const instant marked{duration{microseconds}};
    if (!reached || marked > *reached) reached = marked;
  }
  return reached;
}

engine_memory::engine_memory(std::shared_ptr<const rules::rule_set> rules)
    : engine_{std::make_unique<rules::engine>(std::move(rules))} {}

rule_differences engine_memory::rebuild(const std::shared_ptr<const rules::rule_set>& rules, store& ledger, instant now,
                                        const engine_snapshot* from) {
  auto kept = from == nullptr ? std::nullopt : from->read(rules, ledger);
  auto all =
      kept ? rule_change{std::move(kept->engine), rules, kept->read_to, kept->heard_to} : rule_change{rules, nullptr};
  return adopt(all, ledger, now);
}

rule_differences engine_memory::adopt(rule_change& change, store& ledger, instant now) {
  change.read(ledger);
  const auto until = engine_time(ledger);
  if (until) change.advance(*until);
  const bool some_fresh = !change.fresh_rules()->rules.empty();
  // Records were purged since this engine read them, or a rule looks further back than any did: the two cannot be
  // joined.
  const bool apart = change.fresh().trail() != engine_->trail() || change.fresh().forgotten() < engine_->forgotten();
  if (!change.whole() && some_fresh && apart) return rebuild(change.to(), ledger, now);
  const auto found = agree(change, ledger, now);
  if (!change.whole()) {
    engine_->adopt(change.to(), std::move(change.fresh()));
    return found;
  }
  engine_ = std::make_unique<rules::engine>(std::move(change.fresh()));
  time_ = saved_time_ = until;
  replayed_ = change.taken();
  return found;
}

rule_differences engine_memory::agree(rule_change& change, store& ledger, instant now) {
  std::set<rule_id> unchanged;
  if (!change.whole())
    for (const auto& one : change.to()->rules) unchanged.insert(one.id);
  for (const auto& one : change.fresh_rules()->rules) unchanged.erase(one.id);

  rule_differences found;
  std::map<signal_id, signal> stored;
  for (auto& one : ledger.signals(true, {.limit = all_open_signals}))
    if (!unchanged.contains(one.rule)) stored.emplace(one.id, std::move(one));
  if (change.whole()) names_.clear();
  const auto folded = change.fresh().open_signals();
  const std::set<signal_id> folded_ids = [&] {
    std::set<signal_id> ids;
    for (const auto& one : folded) ids.insert(one.id);
    return ids;
  }();
  for (auto one : folded) {
    const auto folded_id = one.id;
    auto known = stored.find(one.id);
    if (known == stored.end()) {
      known = std::find_if(stored.begin(), stored.end(), [&](const auto& s) {
        return s.second.rule == one.rule && s.second.series == one.series && !folded_ids.contains(s.first);
      });
      if (known != stored.end()) {
        const auto& was = known->second;
        names_.insert_or_assign(one.id, known_as{was.id, was.opened_at, was.rule_hash});
        std::tie(one.id, one.opened_at, one.rule_hash) = std::tuple{was.id, was.opened_at, was.rule_hash};
      }
    }
    if (known == stored.end()) {
      ++found.opened;
      ledger.save(one);
      ledger.add_evidence(one.id, change.fresh().evidence(folded_id));
      continue;
    }
    if (known->second != one) {
      ++found.changed;
      ledger.save(one);
      make_evidence_agree(ledger, one.id, change.fresh().evidence(folded_id));
    }
    stored.erase(known);
  }
  for (auto& [id, gone] : stored) {
    ++found.closed;
    gone.closed_at = now;
    gone.close_reason = close_reason::rule_changed;
    ledger.save(gone);
  }
  return found;
}

void engine_memory::rename(std::vector<signal_event>& events, std::size_t from) const {
  if (names_.empty()) return;
  for (auto i = from; i < events.size(); ++i) {
    auto& state = events[i].now;
    if (const auto name = names_.find(state.id); name != names_.end())
      std::tie(state.id, state.opened_at, state.rule_hash) =
          std::tie(name->second.id, name->second.opened_at, name->second.rule_hash);
  }
}

void engine_memory::observe(const observation& seen, const store_reader& ledger, std::vector<signal_event>& out) {
  const auto before = out.size();
  engine_->observe(seen, out, corrects_forgotten(*engine_, seen, ledger));
  rename(out, before);
}

void engine_memory::hear(const feed_turn& turn, std::vector<signal_event>& out) {
  const auto before = out.size();
  time_ = turn.at; // deadlines up to there are handled
  engine_->hear(turn, out);
  rename(out, before);
}

void engine_memory::advance(instant to, std::vector<signal_event>& out) {
  const auto before = out.size();
  time_ = to;
  engine_->advance(to, out);
  rename(out, before);
}

void engine_memory::save_time(store& ledger) {
  if (!time_ || time_ == saved_time_) return;
  ledger.set_mark(time_mark, std::to_string(time_->time_since_epoch().count()));
  saved_time_ = time_;
}

} // namespace forewarn
