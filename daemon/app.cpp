// SPDX-License-Identifier: Apache-2.0
#include "daemon/app.hpp"

#include "daemon/alerting/process.hpp"
#include "daemon/alerting/week_told.hpp"
#include "daemon/audit/note.hpp"
#include "daemon/canary.hpp"
#include "daemon/delivery/outbox.hpp"
#include "daemon/engine_memory.hpp"
#include "daemon/engine_snapshot.hpp"
#include "daemon/folder_watch.hpp"
#include "daemon/http/api.hpp"
#include "daemon/http/server.hpp"
#include "daemon/log.hpp"
#include "daemon/notify.hpp"
#include "daemon/onward_clock.hpp"
#include "daemon/operator_notices.hpp"
#include "daemon/quarantine/keeper.hpp"
#include "daemon/rule_versions.hpp"
#include "daemon/store/open.hpp"
#include "daemon/upkeep/clockwork.hpp"
#include "daemon/upkeep/reload.hpp"
#include "daemon/waiting.hpp"
#include "forewarn/text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdlib>

namespace forewarn {
namespace {

namespace net = boost::asio;

constexpr auto with_error = net::as_tuple(net::use_awaitable);
constexpr std::size_t worker_threads = 2;
constexpr duration grace_for_requests = std::chrono::seconds{10};
constexpr duration grace_for_deliveries = std::chrono::seconds{5};

http::limits limits_of(const settings& how) {
  http::limits out;
  out.body_bytes = how.largest_body;
  return out;
}

std::unique_ptr<store_reader> reader_or_throw(const std::filesystem::path& state_dir) {
  auto out = open_reader(state_dir);
  if (!out) throw store_error{out.error()};
  return std::move(*out);
}

// Refused rows without their raw form are better than no daemon.
std::unique_ptr<raw_vault> vault_of(const configuration& all) {
  auto opened = raw_vault::open(all.settings.state_dir, all.quarantine_key);
  if (opened) return std::move(*opened);
  spdlog::error("event=quarantine_closed error={} do=\"mend it and restart; until then refused rows cannot be tried "
                "again\"",
                log_value(opened.error()));
  return nullptr;
}

std::optional<raw_files> kept_files_of(const configuration& all) {
  if (all.raw_files_key.empty()) return {};
  return raw_files{all.settings.state_dir, all.raw_files_key};
}

constexpr const char* reload_notice = "reload.failed";

operator_notice reload_refused(const std::string& wrong) {
  operator_notice out;
  out.key = out.type = reload_notice;
  out.subject = "Forewarn did not take the new configuration";
  out.text = fmt::format("The old configuration stays in force, whole. Mend this and reload again:\n\n{}", wrong);
  return out;
}

} // namespace

// In the order in which they are built; destroyed in reverse.
struct app::parts {
  onward_clock time;
  net::io_context io{1};
  net::thread_pool workers{worker_threads};
  metrics numbers;
  configuration_in_force current;
  std::unique_ptr<store> ledger;
  alerting::process process;
  std::unique_ptr<raw_vault> raw_rows; // none where its file cannot be opened: refused rows are then not kept
  std::optional<raw_files> kept;       // none without a key
  engine_snapshot snapshot;
  desk state;
  operator_notices notices;
  arrival::header_watch headers;
  reader_pool readers;
  outbox::sender sender;
  folder_watch folders;
  reloader reloads;
  clockwork upkeep;
  http::api_parts api;
  http::server server;
  net::signal_set signals;
  net::steady_timer watchdog;
  unsigned short port = 0;
  bool started = false;
  bool stopping = false;
  instant started_at;
  instant reloaded_at;
  bool reload_good = true;

  parts(const clock& clock_in, const std::shared_ptr<const in_force>& now, std::unique_ptr<store> opened)
      : time{clock_in, engine_time(*opened)}, current{now}, ledger{std::move(opened)},
        process{now->all.rules, now->all.services, now->all.words, now->all.settings.reference_prefix,
                digest_times_of(now->all.settings)},
        raw_rows{vault_of(now->all)}, kept{kept_files_of(now->all)}, snapshot{now->all.settings.state_dir},
        state{*ledger, time, now->all.rules, process, {.snapshot = &snapshot, .raw_rows = raw_rows.get()}},
        notices{state}, headers{state},
        readers{[folder = now->all.settings.state_dir] { return reader_or_throw(folder); }},
        sender{io, state, now->all.settings, now->all.services},
        folders{io, current, state, readers, numbers, time, kept ? &*kept : nullptr, &headers},
        reloads{current, state, readers}, upkeep{{io, current, state, readers, notices, reloads, time}},
        api{current,
            state,
            readers,
            workers,
            numbers,
            time,
            [this] { return started && !stopping; },
            [this] { return reload(); },
            [this] { return upkeep.purge(); },
            [this] { return status(); },
            kept ? &*kept : nullptr,
            &headers},
        server{io, http::make_api(api), limits_of(now->all.settings)}, signals{io}, watchdog{io} {
    process.keep(now->all.panel);
    numbers.reloaded(true, now->all.rules->hash);
    numbers.deliveries_from([this] { return sender.counted(); });
    numbers.canaries_by([this] {
      const auto with = current.load();
      return canary::ways(with->all.feeds, *with->all.services);
    });
    state.when_due([this](desk_view& view) { return sender.claim(view); });
  }
  ~parts() { workers.join(); }

  result<void, std::string> listen();
  net::awaitable<reload_answer> reload();
  boost::json::object status() const;
  void tell_ready() const;
  net::awaitable<void> heed();
  net::awaitable<void> stop();
  net::awaitable<void> keep_alive(duration period);
};

result<void, std::string> app::parts::listen() {
  const auto& how = current.load()->all.settings;
  std::optional<net::ssl::context> tls;
  if (!how.tls_certificate_file.empty()) {
    const auto key = read_secret(how.tls_key_file, how.config_dir);
    if (!key) return failure("tls_key_file: " + key.error());
    auto made = http::make_tls(resolve(how, how.tls_certificate_file), key->reveal());
    if (!made) return failure(made.error());
    tls = std::move(*made);
  }
  const bool encrypted = tls.has_value();
  const auto taken = server.listen(how.listen_address, how.listen_port, std::move(tls));
  if (!taken) return failure(taken.error());
  port = *taken;
  const auto socket = how.state_dir / "forewarn.sock";
  if (auto local = server.listen_local(socket); !local) return failure(local.error());
  spdlog::info("event=listening address={} port={} tls={} socket={}", how.listen_address, port, encrypted,
               log_value(socket.string()));
  return {};
}

net::awaitable<reload_answer> app::parts::reload() {
  notify::reloading();
  reloader::outcome came;
  try {
    came = co_await on_pool(workers, [this] { return reloads.reload(); });
  } catch (const std::exception& error) {
    came.answer.text = fmt::format("{}\n", error.what());
  }
  tell_ready();
  reloaded_at = time.now();
  reload_good = came.answer.good;
  const auto now = current.load();
  numbers.reloaded(came.answer.good, now->all.rules->hash);
  if (!came.answer.good) {
    spdlog::error("event=reload_refused problems={} do=\"mend them and reload; the old configuration stays in force\"",
                  log_value(came.answer.text));
    notices.raise(reload_refused(came.answer.text));
    co_return came.answer;
  }
  notices.clear(reload_notice, "The configuration was read again and is in force.");
  sender.replace(now->all.services);
  folders.start();
  spdlog::info("event=reloaded said={}", log_value(trim(came.answer.text)));
  co_return came.answer;
}

void app::parts::tell_ready() const {
  const auto now = current.load();
  notify::ready(fmt::format("{} rules, {} feeds, port {}", now->all.rules->rules.size(), now->all.feeds.size(), port));
}

boost::json::object app::parts::status() const {
  const auto now = current.load();
  const auto watchdog_period = notify::watchdog_period();
  return {{"version", FOREWARN_VERSION},
          {"started_at", format_rfc3339(started_at)},
          {"ready", started && !stopping && state.healthy()},
          {"trouble", state.trouble()},
          {"rules", now->all.rules->rules.size()},
          {"feeds", now->all.feeds.size()},
          {"config_hash", now->all.rules->hash},
          {"last_reload", reloaded_at == instant{} ? std::string{} : format_rfc3339(reloaded_at)},
          {"last_reload_good", reload_good},
          {"notices_unwritten", notices.waiting()},
          {"tells_systemd", notify::is_heard()},
          {"watchdog_seconds",
           watchdog_period ? std::chrono::duration_cast<std::chrono::seconds>(*watchdog_period).count() : 0}};
}

net::awaitable<void> app::parts::heed() {
  for (;;) {
    const auto [error, which] = co_await signals.async_wait(with_error);
    if (error) co_return;
    if (which == SIGHUP) {
      if (!stopping) (void)co_await reload();
    } else if (stopping) {
      spdlog::warn("event=ended_at_once do=\"nothing; what was not written is sent again\"");
      std::_Exit(EXIT_FAILURE);
    } else {
      net::co_spawn(io, stop(), net::detached);
    }
  }
}

// Intake closes, what was taken is written down, deliveries under way get seconds.
net::awaitable<void> app::parts::stop() {
  if (std::exchange(stopping, true)) co_return;
  spdlog::info("event=stopping");
  notify::stopping();
  co_await upkeep.stop();
  co_await folders.stop();
  co_await server.stop(grace_for_requests);
  co_await sender.stop(grace_for_deliveries);
  co_await on_pool(workers, [this] {
    state.stop();
    return true;
  });
  spdlog::info("event=stopped");
  io.stop();
}

// The ping means: the I/O thread runs, and the desk finished a job since the last one.
net::awaitable<void> app::parts::keep_alive(duration period) {
  auto answered = std::make_shared<std::atomic<bool>>(true);
  for (;;) {
    if (answered->exchange(false)) {
      notify::alive();
      desk::job nothing = [](desk_view&) {};
      if (!state.submit(std::move(nothing), [answered](const std::exception_ptr&) { *answered = true; }))
        *answered = true;
    }
    watchdog.expires_after(period / 3);
    const auto [error] = co_await watchdog.async_wait(with_error);
    if (error) co_return;
  }
}

app::app(std::unique_ptr<parts> all) : parts_{std::move(all)} {}
app::~app() = default;

result<std::unique_ptr<app>, std::string> app::start(configuration config, const clock& time) {
  const auto sources = config.sources;
  const auto now = put_in_force(std::move(config));
  if (!now->all.usable()) return failure(render(now->all.found, sources));
  auto opened = open_store(now->all.settings.state_dir);
  if (!opened) return failure(opened.error());
  auto all = std::make_unique<parts>(time, now, std::move(*opened));
  if (auto listening = all->listen(); !listening) return failure(listening.error());
  all->state.start();
  desk::job note_rules = [rules = now->all.rules](desk_view& view) {
    alerting::plan_week(view.process.in_force(), view.ledger, view.now);
    if (const auto changed = note_rule_versions(*rules, view.ledger, view.now); changed > 0)
      audit::note(view.ledger, view.now,
                  {audit::nobody, "rules.in_force", {rules->hash}, {}, {{"rules_changed", changed}}});
  };
  // A disk that takes nothing is told by the desk; the next start or reload writes it down.
  (void)all->state.submit(std::move(note_rules), [](const std::exception_ptr&) {});
  all->sender.start();
  all->folders.start();
  all->upkeep.start();
  all->started_at = time.now();
  net::co_spawn(all->io,
                keep_quarantine({all->current, all->state, all->readers, all->time}, all->kept ? &*all->kept : nullptr,
                                all->workers),
                net::detached);
  all->started = true;
  return std::unique_ptr<app>{new app{std::move(all)}};
}

void app::heed_signals() {
  std::signal(SIGPIPE, SIG_IGN); // a receiver that closes is an error code, not the end
  std::signal(SIGXFSZ, SIG_IGN); // a file that may not grow is a failed write, as on a full disk
  for (const int one : {SIGTERM, SIGINT, SIGHUP}) parts_->signals.add(one);
  net::co_spawn(parts_->io, parts_->heed(), net::detached);
}

void app::run() {
  const auto now = parts_->current.load();
  if (const auto period = notify::watchdog_period())
    net::co_spawn(parts_->io, parts_->keep_alive(*period), net::detached);
  parts_->tell_ready();
  spdlog::info("event=ready version={} rules={} feeds={} services={}", FOREWARN_VERSION, now->all.rules->rules.size(),
               now->all.feeds.size(), now->all.services->services.size());
  parts_->io.run();
}

void app::stop() {
  net::post(parts_->io, [all = parts_.get()] { net::co_spawn(all->io, all->stop(), net::detached); });
}

unsigned short app::port() const noexcept {
  return parts_->port;
}

} // namespace forewarn
