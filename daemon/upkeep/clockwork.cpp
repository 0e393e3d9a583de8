// SPDX-License-Identifier: Apache-2.0
#include "daemon/upkeep/clockwork.hpp"

#include "daemon/alerting/late_messages.hpp"
#include "daemon/alerting/process.hpp"
#include "daemon/arrival/intake_news.hpp"
#include "daemon/arrival/look.hpp"
#include "daemon/log.hpp"
#include "daemon/panel/forgetting.hpp"
#include "daemon/retention/purge.hpp"
#include "daemon/upkeep/all_well.hpp"
#include "daemon/upkeep/canary_round.hpp"
#include "daemon/upkeep/certificates.hpp"
#include "daemon/upkeep/elsewhere_watch.hpp"
#include "daemon/upkeep/grouping_watch.hpp"
#include "daemon/upkeep/heartbeat.hpp"
#include "daemon/upkeep/room.hpp"
#include "daemon/upkeep/urgent.hpp"
#include "daemon/waiting.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace forewarn {
namespace {

namespace net = boost::asio;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto by_tuple = net::as_tuple(net::use_awaitable);
constexpr auto look_every = 1s;
constexpr auto urgent_again_after = 1min;
constexpr duration late_delivery = 30min;
constexpr duration early_enough = 5min;
constexpr duration clock_apart = 1min;
constexpr duration certificate_warning = std::chrono::hours{24 * 21};

operator_notice notice(const char* type, std::string subject, std::string text, level how = level::amber) {
  operator_notice out;
  out.key = out.type = type;
  out.subject = std::move(subject);
  out.text = std::move(text);
  out.level = how;
  return out;
}

// "2026-03-01" and the time since midnight, in the configured zone.
struct local_now {
  std::string day;
  duration since_midnight{};
};

local_now local_time(const zone& local, instant now) {
  const auto wall = local.to_civil(now);
  return {local.format(now).substr(0, 10), wall - std::chrono::floor<std::chrono::days>(wall)};
}

bool is_due(const std::string& setting, const local_now& now) {
  const auto at = parse_time_of_day(setting);
  return at && now.since_midnight >= *at;
}

// Once a day: true where this day's turn has not been taken. On the first day ever there is nothing to say yet.
bool take_turn(store& ledger, const std::string& name, const std::string& day) {
  const auto before = ledger.mark(name);
  if (before == day) return false;
  ledger.set_mark(name, day);
  return before.has_value();
}

} // namespace

struct clockwork::state : std::enable_shared_from_this<state> {
  surroundings with;
  net::thread_pool worker{1};
  net::thread_pool outward{1}; // for what waits on the machines of others, and must hold up nothing here
  net::steady_timer timer, ended;
  std::atomic<bool> stopping{false};
  bool running = false;

  struct fault {
    instant since;
    bool told = false;
    steady::time_point tried;
  };
  std::optional<fault> unwritable;
  steady::time_point next_minute{}, next_heartbeat{};
  std::string mailed_day, purged_day;
  bool heartbeat_failed = false;
  grouping_watch grouping;
  canary_round canaries;
  elsewhere_watch elsewhere;
  const instant started_at;
  bool asking = false;                              // elsewhere, on a thread of its own
  bool looking = false;                             // at arrivals, on the desk's thread
  std::shared_ptr<const in_force> nothing_expected; // the configuration under which there is nothing to look at

  explicit state(const surroundings& in)
      : with{in}, timer{in.io}, ended{in.io, steady::time_point::max()}, started_at{in.time.now()} {}

  [[nodiscard]] const settings& how() const { return now_in_force->all.settings; }
  std::shared_ptr<const in_force> now_in_force;

  net::awaitable<void> run();
  net::awaitable<void> look_at_writes();
  net::awaitable<void> by_the_minute();
  net::awaitable<void> ask_elsewhere();
  void look_at_arrivals();
  void look_at_room();
  void look_at_outbox();
  void look_at_certificates();
  void look_at_clock();
  void look_at_grouping();
  void mail_when_due();
  net::awaitable<void> purge_when_due();
  net::awaitable<void> beat_when_due();
  purge_answer purge_on_worker();
};

net::awaitable<void> clockwork::state::run() {
  const auto self = shared_from_this();
  while (!stopping) {
    now_in_force = with.current.load();
    try {
      co_await look_at_writes();
      look_at_arrivals();
      if (with.state.healthy() && with.notices.waiting() > 0) with.notices.retry();
      if (steady::now() >= next_minute) {
        next_minute = steady::now() + 1min;
        co_await by_the_minute();
      }
      co_await beat_when_due();
    } catch (const std::exception& broken) {
      spdlog::warn("event=upkeep_failed error={} do=\"look at the disk of the state folder; it is tried again\"",
                   log_value(broken.what()));
    }
    if (stopping) break;
    timer.expires_after(look_every);
    (void)co_await timer.async_wait(by_tuple);
  }
  running = false;
  ended.cancel();
}

// At every tick, for a contract may be of seconds; one look at a time.
void clockwork::state::look_at_arrivals() {
  if (looking || !with.state.healthy() || now_in_force == nothing_expected) return;
  looking = true;
  auto found = std::make_shared<arrival::looked>();
  desk::job look = [self = shared_from_this(), now = now_in_force, found](desk_view& view) {
    *found = arrival::look(view, now->all.feeds, now->all.reference->local_zone, self->started_at);
  };
  auto tell = [self = shared_from_this(), now = now_in_force, found](const std::exception_ptr& failed) {
    net::post(self->with.io, [self, now, nothing = !failed && found->watched == 0] {
      self->looking = false;
      if (nothing) self->nothing_expected = now;
    });
  };
  if (!with.state.submit(std::move(look), std::move(tell))) looking = false;
}

// Nothing can be written: the operators hear of it by mail or webhook at once, past the disk.
net::awaitable<void> clockwork::state::look_at_writes() {
  const auto now = with.time.now();
  if (with.state.healthy()) {
    if (!unwritable) co_return;
    const auto& local = now_in_force->all.reference->local_zone;
    const auto text =
        fmt::format("From {} to {} nothing could be written to {}. What was acknowledged is there; what partners sent "
                    "meanwhile was refused with 503 or waits in its folder, and is taken now.",
                    local.format(unwritable->since), local.format(now), how().state_dir.string());
    unwritable.reset();
    spdlog::info("event=disk_recovered");
    desk::job tell = [text](desk_view& view) {
      view.process.inform(notice("disk.recovered", "Forewarn can write to its disk again", text), view.ledger,
                          view.now);
    };
    (void)with.state.submit(std::move(tell), {});
    co_return;
  }
  if (!unwritable) unwritable = fault{now, false, steady::now() - urgent_again_after};
  if (unwritable->told || steady::now() - unwritable->tried < urgent_again_after) co_return;
  unwritable->tried = steady::now();
  const auto room = room_at(how().state_dir);
  auto what =
      notice("disk.failed", "Forewarn cannot write: nothing is taken until its disk is mended",
             fmt::format(
                 "The state folder is {}. {}{}\n\nRecords are refused (503) or wait in their folders; no signal is "
                 "raised and no alert is sent meanwhile. Make room, or mount the disk for writing: Forewarn goes on by "
                 "itself, and nothing that was acknowledged is lost.\n\n{}",
                 how().state_dir.string(),
                 room ? fmt::format("{} of {} are free. ", spell_bytes(room->free), spell_bytes(room->total)) : "",
                 room && room->read_only ? "It is mounted read-only. " : "", with.state.trouble()),
             level::red);
  what.raised_at = unwritable->since;
  spdlog::critical("event=disk_failed state_dir={} error={} do=\"make room on the disk or mount it for writing\"",
                   log_value(how().state_dir.string()), log_value(with.state.trouble()));
  const auto taken = co_await send_urgently(now_in_force, std::move(what), now);
  if (unwritable) unwritable->told = taken > 0;
}

net::awaitable<void> clockwork::state::by_the_minute() {
  co_await on_pool(worker, [this] {
    look_at_room();
    look_at_outbox();
    look_at_certificates();
    look_at_clock();
    look_at_grouping();
    canaries.look(*now_in_force, with.state, with.time.now());
    return true;
  });
  if (!std::exchange(asking, true)) net::co_spawn(with.io, ask_elsewhere(), net::detached);
  desk::job settle = [](desk_view& view) { arrival::settle_intake_notices(view.process, view.ledger, view.now); };
  (void)with.state.submit(std::move(settle), {});
  mail_when_due();
  co_await purge_when_due();
}

// A source that does not answer holds up neither the sign of life nor the look at the disk.
net::awaitable<void> clockwork::state::ask_elsewhere() {
  const auto self = shared_from_this();
  try {
    co_await on_pool(outward, [this, now = now_in_force] {
      elsewhere.look(*now, with.state, with.notices, with.time.now());
      return true;
    });
  } catch (const std::exception& broken) {
    spdlog::warn("event=elsewhere_failed error={} do=\"it is tried again in a minute\"", log_value(broken.what()));
  }
  asking = false;
}

void clockwork::state::look_at_room() {
  const auto room = room_at(how().state_dir);
  if (room && (room->low() || room->read_only))
    with.notices.raise(
        notice("disk.low", "The disk of Forewarn's state folder is nearly full",
               fmt::format("{} of {} are free on the disk of {}. Make room before it is full: "
                           "then nothing can be taken.",
                           spell_bytes(room->free), spell_bytes(room->total), how().state_dir.string())));
  else
    with.notices.clear("disk.low", "There is room again.");
}

void clockwork::state::look_at_outbox() {
  const auto oldest = with.readers.with([](const store_reader& stored) { return stored.oldest_pending(); });
  const auto now = with.time.now();
  const auto age = oldest ? now - *oldest : duration{};
  // What waited while Forewarn was away has its minutes from the start on.
  if (age >= alerting::urgent_within && now - started_at >= alerting::urgent_within) {
    desk::job tell = [](desk_view& view) {
      (void)alerting::tell_of_late(view.process.in_force(), view.ledger, view.now);
    };
    (void)with.state.submit(std::move(tell), {});
  }
  if (age > late_delivery)
    with.notices.raise(notice("outbox.behind", "Messages do not get through",
                              "The oldest message that has not arrived has waited for more than half an hour. To see "
                              "which, and why: forewarn deliveries list"));
  else if (age < early_enough)
    with.notices.clear("outbox.behind", "Messages arrive again.");
}

void clockwork::state::look_at_certificates() {
  const auto soon = certificates_that_end(*now_in_force, with.time.now() + certificate_warning);
  if (soon.empty()) return with.notices.clear("certificate.ends", "Every certificate is good for weeks.");
  std::string text;
  for (const auto& one : soon)
    text += fmt::format("{} is good until {}.\n", one.file.string(),
                        now_in_force->all.reference->local_zone.format(one.until));
  with.notices.raise(
      notice("certificate.ends", "A certificate of Forewarn ends soon", text + "Replace it, then restart the daemon."));
}

void clockwork::state::look_at_clock() {
  const auto ahead = with.time.ahead();
  if (ahead < clock_apart)
    return with.notices.clear("clock.set_back", "The machine's clock and Forewarn's agree again.");
  with.notices.raise(notice(
      "clock.set_back", "The machine's clock was set back",
      fmt::format("It now says {} less than Forewarn knows to have passed. Nothing is lost or taken twice: Forewarn "
                  "goes on at its own time, slower than usual, until both agree. If the earlier time was right, "
                  "set the clock right again. Check the machine's time server.",
                  spell_duration(std::chrono::round<std::chrono::minutes>(ahead)))));
}

void clockwork::state::look_at_grouping() {
  const auto losing = grouping.look(with.state.counters(), with.time.now());
  if (losing.empty())
    return with.notices.clear("rules.ungrouped", "Every rule groups nine in ten of its records again.");
  std::string text;
  for (const auto& one : losing)
    text += fmt::format("{}: {} of the {} records of the last day\n", one.rule.str(), one.ungrouped, one.observed);
  with.notices.raise(notice("rules.ungrouped", "Rules lose records that lack a field they group by",
                            text + "\nThese records lack a field that the rule's `for_each` names, so the rule did not "
                                   "look at them. Ask the partner for the field, see to the feed's mapping, or give "
                                   "such records a series of their own: `missing: unknown`."));
}

void clockwork::state::mail_when_due() {
  const auto& local = now_in_force->all.reference->local_zone;
  const auto today = local_time(local, with.time.now());
  if (!is_due(how().all_well_at, today) || mailed_day == today.day) return;
  std::vector<feed_id> configured;
  for (const auto& one : now_in_force->all.feeds) configured.push_back(one.id);
  desk::job write = [local, today, configured, room = room_at(how().state_dir)](desk_view& view) {
    auto totals = totals_from_text(view.ledger.mark("all_well.totals").value_or(""));
    const auto since = parse_rfc3339(view.ledger.mark("all_well.at").value_or("")).value_or(view.now - 24h);
    const bool speaks = take_turn(view.ledger, "all_well.day", today.day);
    const bool first_day = !view.ledger.mark("all_well.at");
    if (!speaks && !first_day) return;
    const auto facts = read_all_well(view.ledger, configured, totals, since, view.now, room);
    if (speaks) view.process.inform(write_all_well(facts, local), view.ledger, view.now);
    view.ledger.set_mark("all_well.totals", totals_to_text(totals));
    view.ledger.set_mark("all_well.at", format_rfc3339(view.now));
  };
  const auto self = shared_from_this();
  (void)with.state.submit(std::move(write), [self, today](const std::exception_ptr& failed) {
    if (!failed) net::post(self->with.io, [self, today] { self->mailed_day = today.day; });
  });
}

net::awaitable<void> clockwork::state::purge_when_due() {
  const auto today = local_time(now_in_force->all.reference->local_zone, with.time.now());
  if (!is_due(how().purge_at, today) || purged_day == today.day) co_return;
  purged_day = today.day;
  co_await on_pool(worker, [this, today] {
    bool turn = false;
    with.state.run([&](desk_view& view) { turn = take_turn(view.ledger, "purge.day", today.day); });
    if (turn) (void)purge_on_worker();
    return true;
  });
}

purge_answer clockwork::state::purge_on_worker() {
  purge_answer out;
  try {
    const auto now = with.current.load();
    const auto& local = now->all.reference->local_zone;
    out.records = with.readers.with([&](const store_reader& stored) {
      const auto what =
          retention::what_expired(panel::with_reports(now->all.feeds, *now->all.panel), stored, with.time.now());
      out.text = retention::to_text(what, local);
      return retention::purge(what, *now->all.reference, stored, [this](const std::function<void(store&)>& work) {
        if (stopping) throw std::runtime_error{"the daemon is stopping; the rest is purged after the next start"};
        with.state.run([&](desk_view& view) { work(view.ledger); });
      });
    });
    with.state.run([&](desk_view& view) { (void)panel::forget_reports(*now->all.panel, view.ledger, view.now); });
    if (out.records > 0) with.reloads.rebuild();
    spdlog::info("event=purged records={}", out.records);
  } catch (const std::exception& broken) {
    out.wrong = broken.what();
    spdlog::error("event=purge_failed error={} do=\"look at the disk; forewarn purge tries again\"",
                  log_value(out.wrong));
  }
  return out;
}

net::awaitable<void> clockwork::state::beat_when_due() {
  const auto url = how().heartbeat_url;
  if (url.empty() || unwritable || !with.state.healthy() || steady::now() < next_heartbeat) co_return;
  next_heartbeat = steady::now() + how().heartbeat_every;
  const auto wrong = co_await on_pool(worker, [url] { return send_heartbeat(url); });
  if (!wrong.empty() && !std::exchange(heartbeat_failed, true))
    spdlog::warn("event=heartbeat_failed said={} do=\"check heartbeat_url; the watcher will raise its alarm\"",
                 log_value(wrong));
  if (wrong.empty()) heartbeat_failed = false;
}

clockwork::clockwork(const surroundings& with) : state_{std::make_shared<state>(with)} {}

clockwork::~clockwork() {
  state_->stopping = true;
  state_->worker.join();
  state_->outward.join();
}

void clockwork::start() {
  state_->running = true;
  net::co_spawn(state_->with.io, state_->run(), net::detached);
}

net::awaitable<void> clockwork::stop() {
  const auto self = state_;
  self->stopping = true;
  self->timer.cancel();
  while (self->running) (void)co_await self->ended.async_wait(by_tuple);
}

net::awaitable<purge_answer> clockwork::purge() {
  const auto self = state_;
  co_return co_await on_pool(self->worker, [self] { return self->purge_on_worker(); });
}

} // namespace forewarn
