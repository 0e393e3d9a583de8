// SPDX-License-Identifier: Apache-2.0
#include "daemon/upkeep/all_well.hpp"

#include "daemon/panel/ledger.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn {
namespace {

constexpr std::size_t everything = 100'000;

feed_totals difference(const feed_totals& now, const feed_totals& before) {
  feed_totals out = now;
  out.rows -= before.rows;
  out.accepted -= before.accepted;
  out.revised -= before.revised;
  out.withdrawn -= before.withdrawn;
  out.duplicate -= before.duplicate;
  out.stale -= before.stale;
  out.unselected -= before.unselected;
  out.quarantined -= before.quarantined;
  return out;
}

std::string feed_line(const feed_totals& one, const zone& local) {
  return fmt::format("  {}: {} rows, {} accepted, {} refused; last arrival {}\n", one.feed.str(), one.rows,
                     one.accepted, one.quarantined,
                     one.last_arrival ? local.format(*one.last_arrival) : std::string{"never"});
}

} // namespace

all_well_facts read_all_well(const store_reader& from, const std::vector<feed_id>& configured,
                             std::map<std::string, feed_totals>& totals_before, instant since, instant now,
                             std::optional<disk_room> room) {
  all_well_facts out;
  out.since = since;
  out.now = now;
  std::map<std::string, feed_totals> today;
  for (auto& one : from.totals()) today.emplace(one.feed.str(), one);
  for (const auto& id : configured) today.try_emplace(id.str()).first->second.feed = id;
  for (const auto& [id, one] : today) out.feeds.push_back(difference(one, totals_before[id]));
  totals_before = std::move(today);
  out.standing = from.operator_notices();
  out.figures = from.figures(since);
  out.signals_open = static_cast<std::int64_t>(from.signals(true, {.limit = everything}).size());
  out.assessments_open = static_cast<std::int64_t>(from.assessments(true, {.limit = everything}).size());
  out.deliveries_pending = from.deliveries_pending();
  out.notices_waiting = static_cast<std::int64_t>(from.waiting_notices(instant::max()).size());
  out.mutes = from.mutes(true);
  out.room = room;
  out.audit = panel::of(from).audit_head();
  return out;
}

operator_notice write_all_well(const all_well_facts& facts, const zone& local) {
  const auto day = local.format(facts.now).substr(0, 10);
  operator_notice out;
  out.key = out.type = "operator.all_well";
  out.level = level::info;
  out.subject = facts.standing.empty()
                    ? "All well with Forewarn, " + day
                    : fmt::format("NOT all well with Forewarn, {}: {}", day, facts.standing.front().subject);
  std::string text;
  for (const auto& one : facts.standing)
    text += fmt::format("- {} (since {})\n", one.subject, local.format(one.raised_at));
  if (facts.standing.empty()) text += "Nothing is wrong that Forewarn knows of.\n";
  text += fmt::format("\nSince {}:\n", local.format(facts.since));
  for (const auto& one : facts.feeds) text += feed_line(one, local);
  const auto& done = facts.figures;
  text += fmt::format("  signals: {} opened, {} open now\n  assessments: {} wait for a decision\n  alerts: {} issued\n",
                      done.signals_opened, facts.signals_open, facts.assessments_open, done.alerts_issued);
  text += fmt::format("  messages: {} delivered, {} lost, {} on their way\n", done.delivered, done.lost,
                      facts.deliveries_pending);
  if (facts.notices_waiting > 0)
    text += fmt::format("  notices about signals that wait to be told: {} (forewarn signals list says why)\n",
                        facts.notices_waiting);
  for (const auto& one : facts.mutes)
    text += fmt::format("  muted: {} until {}, by {}: {}\n", one.what, local.format(one.until), one.by, one.why);
  if (facts.room)
    text += fmt::format("  disk: {} of {} free\n", spell_bytes(facts.room->free), spell_bytes(facts.room->total));
  if (facts.audit.seq > 0)
    text += fmt::format("  audit: forewarn audit verify --holds {}:{}\n", facts.audit.seq, facts.audit.hash);
  text += "\nThis mail comes every day. If it does not, look at the daemon: forewarn doctor";
  out.text = std::move(text);
  return out;
}

std::string totals_to_text(const std::map<std::string, feed_totals>& totals) {
  boost::json::object out;
  for (const auto& [id, one] : totals) out[id] = {one.rows, one.accepted, one.quarantined};
  return boost::json::serialize(out);
}

std::map<std::string, feed_totals> totals_from_text(const std::string& text) {
  std::map<std::string, feed_totals> out;
  boost::system::error_code error;
  const auto read = boost::json::parse(text, error);
  if (error || !read.is_object()) return out;
  for (const auto& [id, row] : read.get_object()) {
    const auto* numbers = row.if_array();
    if (numbers == nullptr || numbers->size() != 3) continue;
    auto& one = out[std::string{id}];
    one.feed = feed_id{std::string{id}};
    one.rows = numbers->at(0).to_number<std::int64_t>(error);
    one.accepted = numbers->at(1).to_number<std::int64_t>(error);
    one.quarantined = numbers->at(2).to_number<std::int64_t>(error);
  }
  return out;
}

} // namespace forewarn
