// SPDX-License-Identifier: Apache-2.0
#include "daemon/arrival/look.hpp"

#include "connectors/mapping/feed_plan.hpp"
#include "daemon/alerting/process.hpp"
#include "daemon/arrival/contract.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <set>

namespace forewarn::arrival {
namespace {

// After a start, what came while nobody listened is read first.
constexpr duration longest_grace = std::chrono::minutes{2};
constexpr duration told_again_after = std::chrono::hours{24};

std::string key_of(const feed_id& feed) {
  return "feed.overdue|" + feed.str();
}

std::size_t signals_held(const store_reader& from) {
  const auto open = from.signals(true, {.limit = 100'000});
  return static_cast<std::size_t>(std::count_if(open.begin(), open.end(), [](const signal& one) { return one.held; }));
}

std::string held_words(std::size_t count) {
  if (count == 0) return "No open signal is held.";
  return fmt::format("{} held: {} not close while data may be missing.",
                     count == 1 ? "1 open signal is" : fmt::format("{} open signals are", count),
                     count == 1 ? "it does" : "they do");
}

std::string last_words(const feed_watch& now, const counted_rows& rows, const zone& local) {
  if (!rows.last) return fmt::format("Nothing has come since Forewarn watches it, {}", local.format(now.kept_at));
  if (*rows.last <= now.kept_at) return fmt::format("The last arrival was {}", local.format(now.kept_at));
  return fmt::format("The last full arrival was {}; since then {} usable row{} came, too few, the last {}",
                     local.format(now.kept_at), rows.usable - now.rows_before,
                     rows.usable - now.rows_before == 1 ? "" : "s", local.format(*rows.last));
}

operator_notice overdue_notice(const connectors::feed& of, const feed_watch& now, const counted_rows& rows,
                               const store_reader& from, const zone& local) {
  operator_notice out;
  out.key = key_of(of.id);
  out.type = "feed.overdue";
  out.about = of.id.str();
  out.subject = fmt::format("Feed {} is overdue", of.id.str());
  out.text = fmt::format(
      "{} ({}) promised rows {}. {}; the next was due {}.\n\nData complete to: {} {}. {} Silence is not an all-clear."
      "\n\nAsk the partner whether they still send, and look at the feed's folder and at the log. To see every feed: "
      "forewarn feeds list. This notice ends by itself when rows arrive.",
      of.id.str(), of.partner, spell(*of.expect), last_words(now, rows, local), local.format(now.due_at), of.id.str(),
      rows.last ? local.format(*rows.last) : "never", held_words(signals_held(from)));
  return out;
}

class looking {
public:
  looking(desk_view& view, const zone& local, instant started_at)
      : view_{view}, local_{local}, started_at_{started_at} {
    for (auto& one : view_.ledger.feed_watches()) watches_.emplace(one.feed, std::move(one));
    for (const auto& one : view_.ledger.totals()) rows_.emplace(one.feed, counted(one));
    for (auto& one : view_.ledger.operator_notices()) told_.emplace(one.key, one.told_at);
  }

  looked run(const std::vector<connectors::feed>& feeds) {
    std::set<feed_id> configured;
    for (const auto& feed : feeds) {
      configured.insert(feed.id);
      if (feed.expect)
        look_at(feed);
      else
        expect_no_more(feed);
    }
    for (const auto& [id, watch] : watches_)
      if (!configured.contains(id)) retire(watch);
    return out_;
  }

private:
  void look_at(const connectors::feed& feed) {
    ++out_.watched;
    const auto& zone_of_feed = feed.plan ? feed.plan->local : local_;
    const auto& rows = rows_[feed.id];
    const auto known = watches_.find(feed.id);
    const auto before = known != watches_.end() ? known->second : begun(feed, rows);
    auto now = after_arrivals(*feed.expect, zone_of_feed, before, rows);
    now.kind = feed.kind;
    const bool due = view_.now > std::max(now.due_at, started_at_ + std::min(feed.expect->every, longest_grace));
    const bool came = now.kept_at != before.kept_at;
    if (!before.overdue_since && due) {
      now.overdue_since = now.due_at;
      fall_silent(feed, now, rows);
    } else if (before.overdue_since && (came || now.due_at > view_.now)) {
      now.overdue_since.reset();
      come_back(feed, came ? fmt::format("Rows arrived {}.", local_.format(now.kept_at))
                           : std::string{"By its new contract the next arrival is not due yet."});
    } else if (now.overdue_since) {
      remind(feed, now, rows);
    }
    if (now.overdue_since) ++out_.overdue;
    if (known == watches_.end() || now != before) view_.ledger.save(now);
  }

  // Never watched before: what came last counts, where it came at all.
  [[nodiscard]] feed_watch begun(const connectors::feed& feed, const counted_rows& rows) const {
    return {feed.id, feed.kind, rows.last.value_or(view_.now), rows.usable, view_.now, {}};
  }

  void fall_silent(const connectors::feed& feed, const feed_watch& now, const counted_rows& rows) {
    view_.turn(feed.id, feed.kind, feed_state::overdue);
    raise(feed, now, rows);
    spdlog::warn("event=feed_overdue feed={} due={} last={} do=\"ask the partner; forewarn feeds list\"", feed.id.str(),
                 format_rfc3339(now.due_at), format_rfc3339(now.kept_at));
  }

  void raise(const connectors::feed& feed, const feed_watch& now, const counted_rows& rows) {
    (void)view_.process.raise(overdue_notice(feed, now, rows, view_.ledger, local_), view_.ledger, view_.now);
  }

  // What stands is told again after a day; not written anew at every look.
  void remind(const connectors::feed& feed, const feed_watch& now, const counted_rows& rows) {
    const auto told = told_.find(key_of(feed.id));
    if (told == told_.end() || view_.now - told->second >= told_again_after) raise(feed, now, rows);
  }

  void come_back(const connectors::feed& feed, const std::string& why) {
    const auto held = signals_held(view_.ledger);
    view_.turn(feed.id, feed.kind, feed_state::current);
    const auto free = held - signals_held(view_.ledger);
    (void)view_.process.clear(
        key_of(feed.id),
        fmt::format("{} {}", why,
                    free == 0 ? "No signal was held for it."
                              : fmt::format("{} held for it {} on from where {} stood.",
                                            free == 1 ? "The 1 signal" : fmt::format("{} signals", free),
                                            free == 1 ? "goes" : "go", free == 1 ? "it" : "they")),
        view_.ledger, view_.now);
    spdlog::info("event=feed_current feed={}", feed.id.str());
  }

  void expect_no_more(const connectors::feed& feed) {
    const auto known = watches_.find(feed.id);
    if (known == watches_.end()) return;
    if (known->second.overdue_since) come_back(feed, "Nothing is expected of it any more: `expect` was taken out.");
    view_.ledger.remove_feed_watch(feed.id);
  }

  void retire(const feed_watch& gone) {
    if (gone.overdue_since) {
      view_.turn(gone.feed, gone.kind, feed_state::retired);
      (void)view_.process.clear(
          key_of(gone.feed),
          "The feed was retired: it is no longer in feeds.d. Signals that were held for it closed as "
          "feed_lost, without an all-clear.",
          view_.ledger, view_.now);
      spdlog::warn("event=feed_retired feed={} do=\"nothing, where that was meant\"", gone.feed.str());
    }
    view_.ledger.remove_feed_watch(gone.feed);
  }

  desk_view& view_;
  const zone& local_;
  const instant started_at_;
  std::map<feed_id, feed_watch> watches_;
  std::map<feed_id, counted_rows> rows_;
  std::map<std::string, instant> told_; // notices that stand, by key
  looked out_;
};

} // namespace

looked look(desk_view& view, const std::vector<connectors::feed>& feeds, const zone& local, instant started_at) {
  return looking{view, local, started_at}.run(feeds);
}

} // namespace forewarn::arrival
