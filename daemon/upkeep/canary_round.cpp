// SPDX-License-Identifier: Apache-2.0
#include "daemon/upkeep/canary_round.hpp"

#include "daemon/canary.hpp"
#include "daemon/delivery/fetch.hpp"
#include "daemon/log.hpp"

#include <spdlog/spdlog.h>

namespace forewarn {
namespace {

constexpr const char* day_mark = "canary.day";
constexpr const char* sent_mark = "canary.sent_at";
constexpr const char* judged_mark = "canary.judged";

} // namespace

void canary_round::send(const in_force& now, desk& state, const std::string& day) {
  state.run([&](desk_view& view) {
    if (view.ledger.mark(day_mark) == day) return; // before a restart
    view.ledger.set_mark(day_mark, day);
    view.ledger.set_mark(sent_mark, format_rfc3339(view.now));
    canary::send_messages(view.process.in_force(), day, view.ledger, view.now);
  });
  for (const auto& feed : canary::drop_files(now.all.settings, now.all.feeds, day))
    spdlog::warn("event=canary_not_dropped feed={} do=\"let the daemon's user write to the feed's folder\"", feed);
  for (const auto& one : now.all.feeds) {
    if (!one.push) continue;
    const auto said =
        outbox::ask_local(now.all.settings.state_dir / "forewarn.sock", "POST",
                          "/v1/feeds/" + one.id.str() + "/records?canary=1", canary::content_for(one, day));
    if (said != 200)
      spdlog::warn("event=canary_not_pushed feed={} status={} do=\"see the lines before\"", one.id.str(), said);
  }
}

void canary_round::look(const in_force& now, desk& state, instant at) {
  const auto hour = parse_time_of_day(now.all.settings.canary_at);
  if (!hour || !state.healthy()) return;
  const auto& local = now.all.reference->local_zone;
  const auto wall = local.to_civil(at);
  if (wall - std::chrono::floor<std::chrono::days>(wall) < *hour) return;
  const auto day = local.format(at).substr(0, 10);
  try {
    if (sent_day_ != day) {
      send(now, state, day);
      sent_day_ = day;
    }
    if (judged_day_ == day) return;
    state.run([&](desk_view& view) {
      const auto sent_at = parse_rfc3339(view.ledger.mark(sent_mark).value_or(""));
      if (!sent_at || view.now - *sent_at < canary::patience) return;
      if (view.ledger.mark(judged_mark) != day) {
        view.ledger.set_mark(judged_mark, day);
        canary::judge(canary::ways(now.all.feeds, *now.all.services), *sent_at, view.process, view.ledger, view.now);
      }
      judged_day_ = day;
    });
  } catch (
      const std::exception& broken) { // a disk that takes nothing is told of elsewhere; the next minute tries again
    spdlog::warn("event=canary_failed error={} do=\"nothing: it is tried again in a minute\"",
                 log_value(broken.what()));
  }
}

} // namespace forewarn
