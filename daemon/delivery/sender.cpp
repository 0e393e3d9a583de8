// SPDX-License-Identifier: Apache-2.0
// The outbox at work: claim what is due through the desk, attempt it, settle it through the desk. What a transaction
// holds is bookkeeping.cpp's, when to try again schedule.cpp's, how attempts.cpp's.
#include "daemon/delivery/outbox.hpp"

#include "daemon/crash_point.hpp"
#include "daemon/delivery/attempts.hpp"
#include "daemon/delivery/bookkeeping.hpp"
#include "daemon/delivery/lane.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <random>

namespace forewarn::outbox {

namespace {

namespace net = boost::asio;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr std::size_t most_claimed = 64;       // per transaction
constexpr std::size_t most_held = 1024;        // claimed and not settled, over all destinations
constexpr steady::duration busy_pause = 100ms; // the desk's queue is full, or a commit failed
constexpr steady::duration shortest_look = 200ms;
constexpr steady::duration longest_look = 1min; // heals a clock that was set

void log(const delivery& row) {
  const auto how = row.state == delivery_state::dead || row.state == delivery_state::disabled ? spdlog::level::err
                   : row.state == delivery_state::due                                         ? spdlog::level::warn
                                                                                              : spdlog::level::info;
  spdlog::log(how, "delivery id={} service={} channel={} attempt={} state={} said=\"{}\"{}", row.id.str(),
              row.service.str(), row.channel, row.attempts, to_text(row.state), row.last_result,
              row.state == delivery_state::due ? " next=" + format_rfc3339(row.due_at) : "");
}

} // namespace

struct sender::state : std::enable_shared_from_this<sender::state> {
  state(net::io_context& io, desk& the_desk, const settings& how,
        std::shared_ptr<const alerting::service_book> the_services)
      : strand{net::make_strand(io)}, ledger{the_desk}, services{the_services},
        channels{std::make_shared<attempts>(how, std::move(the_services))} {}

  net::strand<net::io_context::executor_type> strand;
  desk& ledger;
  std::shared_ptr<const alerting::service_book> services;
  std::shared_ptr<attempts> channels;
  net::steady_timer look{strand};     // the next claim without a wake
  net::steady_timer progress{strand}; // cancelled whenever something ended, for `drain`
  steady::time_point look_at = steady::time_point::max();
  lanes waiting{{}};
  std::vector<unsettled> outcomes;
  const std::shared_ptr<bookkeeping> books = std::make_shared<bookkeeping>(); // the desk's thread alone uses it
  bool claiming = false, claim_again = false, settling = false, stopping = false, closed = false;
  bool leases_released = false;
  std::atomic<bool> woken{false};
  // For the desk's thread: whether it may claim for us, and how much we have. What it has handed over is counted there
  // until we take it.
  std::atomic<bool> open{false};
  std::atomic<std::size_t> held{0}, handed{0};
  std::mt19937_64 random{std::random_device{}()};
  mutable std::mutex counting;
  figures counts; // under counting

  void wake();
  void look_in(steady::duration wait);
  void claim_due();
  void on_claimed(const std::shared_ptr<claim_result>& got, const std::exception_ptr& failed);
  [[nodiscard]] std::function<void()> claim_within(desk_view& view);
  void take_in(claim_result& got);
  void start_attempts();
  net::awaitable<void> run_attempt(claimed what);
  void end_with(claimed what, std::optional<attempt> came);
  void settle_outcomes();
  void on_settled(const std::shared_ptr<std::vector<unsettled>>& batch,
                  const std::shared_ptr<std::vector<delivery>>& rows, instant now, const std::exception_ptr& failed);
  void count(const unsettled& one, const delivery& row);
  net::awaitable<void> drain(duration grace);
  [[nodiscard]] std::string url_of(const delivery& row) const;
};

void sender::state::look_in(steady::duration wait) {
  if (stopping || closed) return;
  const auto at = steady::now() + std::min(wait, longest_look);
  if (at >= look_at) return;
  look_at = at;
  look.expires_at(at);
  look.async_wait([self = shared_from_this()](boost::system::error_code cancelled) {
    if (cancelled) return;
    self->look_at = steady::time_point::max();
    self->claim_due();
  });
}

void sender::state::wake() {
  if (woken.exchange(true)) return;
  net::post(strand, [self = shared_from_this()] {
    self->woken = false;
    self->claim_due();
  });
}

void sender::state::claim_due() {
  if (stopping || closed) return;
  if (claiming || waiting.held() >= most_held) {
    claim_again = true; // asked for again when the present claim, or a settlement, is done
    return;
  }
  claiming = true;
  claim_again = false;
  auto got = std::make_shared<claim_result>();
  const bool taken = ledger.submit(
      [got, books = books, first = !leases_released](desk_view& view) {
        if (first) view.ledger.release_leases();
        books->claim(view, most_claimed, *got);
      },
      [self = shared_from_this(), got](const std::exception_ptr& failed) {
        net::post(self->strand, [self, got, failed] { self->on_claimed(got, failed); });
      });
  if (taken) return;
  claiming = false;
  look_in(busy_pause);
}

void sender::state::on_claimed(const std::shared_ptr<claim_result>& got, const std::exception_ptr& failed) {
  claiming = false;
  if (closed) return;
  if (failed) return look_in(busy_pause);
  leases_released = true;
  open = !stopping;
  take_in(*got);
}

void sender::state::take_in(claim_result& got) {
  crash_point("outbox.after-claim");
  if (stopping) return; // their leases are released at the next start
  for (auto& one : got.rows) {
    auto copy = one;
    if (waiting.put(std::move(one)) == lanes::taken::full) outcomes.push_back({std::move(copy), {}, {}, 0});
  }
  held = waiting.held();
  if (got.more || claim_again)
    claim_due();
  else
    look_in(got.next ? std::max<steady::duration>(*got.next - got.now, shortest_look) : longest_look);
  start_attempts();
  settle_outcomes();
}

// On the desk's thread.
std::function<void()> sender::state::claim_within(desk_view& view) {
  auto got = std::make_shared<claim_result>();
  if (open && held + handed < most_claimed) books->claim(view, most_claimed, *got);
  if (got->rows.empty()) return [self = shared_from_this()] { self->wake(); };
  return [self = shared_from_this(), got] {
    self->handed += got->rows.size();
    net::post(self->strand, [self, got, count = got->rows.size()] {
      if (!self->closed) self->take_in(*got);
      self->handed -= count;
    });
  };
}

void sender::state::start_attempts() {
  while (auto next = stopping ? std::nullopt : waiting.start())
    net::co_spawn(strand, run_attempt(std::move(*next)), net::detached);
}

net::awaitable<void> sender::state::run_attempt(claimed what) {
  const auto self = shared_from_this();
  const auto row = what.due.row;
  attempt came;
  try {
    const auto now = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
    came = co_await channels->make(what, now);
  } catch (const std::exception& broken) { // a bug or no memory: this attempt failed, the daemon goes on
    came = {attempt_result::again, std::string{"internal: "} + broken.what(), {}};
  }
  crash_point("outbox.after-send");
  waiting.ended(row);
  end_with(std::move(what), std::move(came));
  start_attempts();
}

void sender::state::end_with(claimed what, std::optional<attempt> came) {
  auto url = came && came->result == attempt_result::gone ? url_of(what.due.row) : std::string{};
  const auto spread = std::uniform_real_distribution<double>{0.0, 1.0}(random);
  outcomes.push_back({std::move(what), std::move(came), std::move(url), spread});
  settle_outcomes();
}

void sender::state::settle_outcomes() {
  if (settling || outcomes.empty() || closed) return;
  settling = true;
  auto batch = std::make_shared<std::vector<unsettled>>(std::exchange(outcomes, {}));
  auto rows = std::make_shared<std::vector<delivery>>();
  auto now = std::make_shared<instant>();
  const bool taken = ledger.submit(
      [batch, rows, now, books = books](desk_view& view) {
        rows->clear();
        *now = view.now;
        for (const auto& one : *batch) rows->push_back(books->write_down(view, one));
        crash_point("outbox.before-settled");
      },
      [self = shared_from_this(), batch, rows, now](const std::exception_ptr& failed) {
        net::post(self->strand, [self, batch, rows, now, failed] { self->on_settled(batch, rows, *now, failed); });
      });
  if (!taken) on_settled(batch, rows, {}, std::make_exception_ptr(std::runtime_error{"the desk is busy"}));
}

void sender::state::on_settled(const std::shared_ptr<std::vector<unsettled>>& batch,
                               const std::shared_ptr<std::vector<delivery>>& rows, instant now,
                               const std::exception_ptr& failed) {
  if (closed) return;
  if (failed) { // kept, and written down later: what arrived must not be sent again
    outcomes.insert(outcomes.begin(), std::make_move_iterator(batch->begin()), std::make_move_iterator(batch->end()));
    auto pause = std::make_shared<net::steady_timer>(strand, busy_pause);
    pause->async_wait([self = shared_from_this(), pause](boost::system::error_code) {
      self->settling = false;
      self->settle_outcomes();
    });
    return;
  }
  settling = false;
  bool look_again = claim_again;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const auto& row = rows->at(i);
    waiting.settled(row.id);
    held = waiting.held();
    if (row.state == delivery_state::due) look_in(std::max<steady::duration>(row.due_at - now, 0s));
    look_again = look_again || row.state == delivery_state::dead || row.state == delivery_state::disabled;
    if (!batch->at(i).came) continue;
    log(row);
    count(batch->at(i), row);
  }
  settle_outcomes();
  if (look_again) claim_due(); // a lost delivery makes notices of its own
  progress.cancel();
}

void sender::state::count(const unsettled& one, const delivery& row) {
  const char* result = one.came->result == attempt_result::delivered ? "delivered"
                       : row.state == delivery_state::due            ? "again"
                       : row.state == delivery_state::disabled       ? "gone"
                                                                     : "dead";
  const std::lock_guard lock{counting};
  ++counts.attempts[{std::string{to_text(row.kind)}, result, reason_of(*one.came)}];
  if (row.state != delivery_state::delivered || !row.settled_at) return;
  const auto since = [&](instant begun) { return std::chrono::duration<double>(*row.settled_at - begun).count(); };
  counts.delivery.observe(since(row.created_at));
  const auto& message = one.what.due.message; // a signal's notice is written at the instant of its record
  if (message.type == "signal.opened" || message.type == "signal.changed" || message.type == "signal.digest")
    counts.record_to_notice.observe(since(message.created_at));
}

std::string sender::state::url_of(const delivery& row) const {
  const auto* service = services->find(row.service);
  if (service == nullptr) return {};
  const auto found = std::ranges::find(service->channels, row.channel, &alerting::channel::name);
  return found == service->channels.end() ? std::string{} : found->url;
}

net::awaitable<void> sender::state::drain(duration grace) {
  stopping = true;
  open = false;
  look.cancel();
  waiting.drop_waiting();
  const auto deadline = steady::now() + grace;
  while ((waiting.under_way() > 0 || settling || !outcomes.empty()) && steady::now() < deadline) {
    progress.expires_at(std::min(deadline, steady::now() + busy_pause));
    co_await progress.async_wait(net::as_tuple(net::use_awaitable));
  }
  closed = true;
  channels->stop();
}

sender::sender(net::io_context& io, desk& ledger, const settings& how,
               std::shared_ptr<const alerting::service_book> services)
    : state_{std::make_shared<state>(io, ledger, how, std::move(services))} {}

sender::~sender() {
  state_->closed = true; // the context runs no more by now, or `stop` was awaited
}

void sender::start() {
  wake();
}

void sender::wake() {
  state_->wake();
}

std::function<void()> sender::claim(desk_view& view) {
  return state_->claim_within(view);
}

net::awaitable<void> sender::stop(duration grace) {
  co_await net::co_spawn(state_->strand, state_->drain(grace), net::use_awaitable);
}

void sender::replace(std::shared_ptr<const alerting::service_book> services) {
  net::post(state_->strand, [self = state_, services = std::move(services)] {
    self->services = services;
    self->channels->replace(services);
  });
}

figures sender::counted() const {
  const std::lock_guard lock{state_->counting};
  return state_->counts;
}

} // namespace forewarn::outbox
