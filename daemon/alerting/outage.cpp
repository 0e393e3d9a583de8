// SPDX-License-Identifier: Apache-2.0
// After an outage on-call gets digests, red first, instead of hundreds of single messages: of what arises while
// Forewarn catches up, and of what has waited in the outbox. Only notices about signals are put together: an alert is
// a document of its own, and its services get every one.
#include "daemon/alerting/news.hpp"

#include <algorithm>
#include <map>

#include <utility>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

constexpr const char* alive_mark = "daemon.alive";
constexpr duration noted_every = std::chrono::minutes{1};
// How long the first lot is collected: files that came meanwhile are read within seconds. Red waits no longer either.
constexpr duration first_wave = std::chrono::seconds{30};
constexpr std::size_t worth_a_digest = 2;

bool is_notice(const message& one) {
  return one.type == "signal.opened" || one.type == "signal.changed" || one.type == "signal.closed";
}

// The newest of several about one signal says how it stands; that it opened is the news where one of them says so.
std::vector<news_item> items_of(const std::vector<due_delivery>& waiting, const std::string& why, const setup& with,
                                const store_reader& ledger) {
  std::map<std::string, std::string> types;
  for (const auto& one : waiting) {
    auto& type = types[one.message.about];
    if (type != "signal.opened") type = one.message.type;
  }
  std::vector<news_item> out;
  for (const auto& [about, type] : types) {
    const auto state = ledger.signal_by_id(signal_id{about});
    if (!state) continue;
    auto facts = facts_of(*state, with, ledger);
    if (type == "signal.changed") facts.again = fmt::format("It changed; it is {} now.", to_text(state->level));
    out.push_back({type, {}, std::move(facts), ledger.assessment_of(state->id), why});
  }
  return out;
}

} // namespace

std::optional<instant> was_alive(const store_reader& ledger) {
  return parse_rfc3339(ledger.mark(alive_mark).value_or(""));
}

void note_alive(process::parts& all, store& ledger, instant now) {
  if (all.alive_noted != instant{} && now - all.alive_noted < noted_every) return;
  all.alive_noted = now;
  ledger.set_mark(alive_mark, format_rfc3339(now));
}

void look_for_outage(process::parts& all, store& ledger, instant now) {
  if (std::exchange(all.looked_for_outage, true)) return;
  const auto since = was_alive(ledger);
  if (!since || now - *since <= all.now.times.outage_after) return;
  all.wave = first_wave;
  all.catching_up_until = now + first_wave;
  for (const auto* to : services_that(all.now, [](const service& s) { return s.on_call || s.by_turns; }))
    for (const auto& by : to->channels) fold_waiting(*to, by, *since, true, all.now, ledger, now);
}

void fold_waiting(const service& to, const channel& by, instant since, bool leased_too, const setup& with,
                  store& ledger, instant now) {
  auto waiting = ledger.undelivered(to.id, by.name);
  std::erase_if(waiting, [&](const due_delivery& one) {
    return !is_notice(one.message) || (!leased_too && one.row.leased_until && *one.row.leased_until > now);
  });
  if (waiting.size() < worth_a_digest) return;
  const auto& local = with.reference().local_zone;
  auto items = items_of(waiting, fmt::format("Nothing could be sent from {} on.", local.format(since)), with, ledger);
  if (items.empty()) return;
  const auto headline = spell_levels(items) + " while nothing could be sent";
  const auto digest = render_digest(headline, {}, std::move(items), *with.words, with.reference(), now);
  auto only = to;
  only.channels = {by};
  const auto key = fmt::format("{}|{}/{}", digest.about, to.id.str(), by.name);
  if (send(digest, key, {&only}, ledger, now) == 0) return;
  for (auto& one : waiting) {
    one.row.state = delivery_state::in_digest;
    one.row.settled_at = now;
    one.row.leased_until.reset();
    one.row.last_result = "in the digest " + delivery_id(key, to.id, by.name).str();
    ledger.save(one.row);
  }
}

} // namespace forewarn::alerting
