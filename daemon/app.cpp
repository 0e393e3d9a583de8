// SPDX-License-Identifier: Apache-2.0
#include "daemon/app.hpp"

#include "daemon/alerting/process.hpp"
#include "daemon/delivery/outbox.hpp"
#include "daemon/folder_watch.hpp"
#include "daemon/http/api.hpp"
#include "daemon/http/server.hpp"
#include "daemon/log.hpp"
#include "daemon/notify.hpp"
#include "daemon/operator_notices.hpp"
#include "daemon/store/open.hpp"
#include "daemon/waiting.hpp"

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

constexpr auto by_tuple = net::as_tuple(net::use_awaitable);
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

// What a running process cannot change: said in the log, so that nobody waits for it.
void tell_what_needs_a_restart(const settings& before, const settings& after) {
  const auto old_rows = show_settings(before);
  const auto new_rows = show_settings(after);
  for (std::size_t i = 0; i < old_rows.size(); ++i) {
    const auto& key = old_rows[i].key;
    if (old_rows[i].value == new_rows[i].value || key == "folder_scan" || key == "api_token_file" || key == "inbox_dir")
      continue;
    spdlog::warn("event=setting_needs_restart setting={} do=\"restart the daemon: systemctl restart forewarn\"", key);
  }
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
  const clock& time;
  net::io_context io{1};
  net::thread_pool workers{worker_threads};
  metrics numbers;
  configuration_in_force current;
  std::unique_ptr<store> ledger;
  alerting::process process;
  desk state;
  operator_notices notices;
  reader_pool readers;
  outbox::sender sender;
  folder_watch folders;
  http::api_parts api;
  http::server server;
  net::signal_set signals;
  net::steady_timer watchdog;
  unsigned short port = 0;
  bool started = false;
  bool stopping = false;
  bool reloading = false;

  parts(const clock& clock_in, std::shared_ptr<const in_force> now, std::unique_ptr<store> opened)
      : time{clock_in}, current{now}, ledger{std::move(opened)},
        process{now->all.rules, now->all.services, now->all.words, now->all.settings.reference_prefix},
        state{*ledger, time, now->all.rules, process, {}}, notices{state},
        readers{[folder = now->all.settings.state_dir] { return reader_or_throw(folder); }},
        sender{io, state, now->all.settings, now->all.services}, folders{io, current, state, readers, numbers},
        api{current,
            state,
            readers,
            workers,
            numbers,
            time,
            [this] { return started && !stopping; },
            [this] { return reload(); }},
        server{io, http::make_api(api), limits_of(now->all.settings)}, signals{io}, watchdog{io} {
    numbers.reloaded(true, now->all.rules->hash);
    numbers.deliveries_from([this] { return sender.counted(); });
    // Only for what is due now: the sender's own commits must not wake it again and again.
    state.after_commit([this] {
      if (const auto due = ledger->next_due(); due && *due <= time.now()) sender.wake();
    });
  }
  ~parts() { workers.join(); }

  result<void, std::string> listen();
  net::awaitable<std::string> reload();
  std::string reload_on_worker();
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

// All of it or nothing. What was wrong comes back as text for whoever asked.
std::string app::parts::reload_on_worker() {
  const auto before = current.load();
  auto read = load_configuration(before->all.settings.config_dir, load_for::run);
  const auto sources = read.sources;
  const auto next = put_in_force(std::move(read));
  if (!next->all.usable()) return render(next->all.found, sources);
  const auto hand_over = [this](const in_force& to) {
    state.run([&to](desk_view& view) { view.process.replace(to.all.rules, to.all.services, to.all.words); });
  };
  hand_over(*next);
  try {
    state.replace_rules(next->all.rules);
  } catch (const std::exception& error) {
    hand_over(*before);
    return fmt::format("the rules could not be put in force: {}\n", error.what());
  }
  tell_what_needs_a_restart(before->all.settings, next->all.settings);
  current.store(next);
  return {};
}

net::awaitable<std::string> app::parts::reload() {
  if (std::exchange(reloading, true)) co_return "another reload is under way; try again in a moment\n";
  std::string wrong;
  try {
    wrong = co_await on_pool(workers, [this] { return reload_on_worker(); });
  } catch (const std::exception& error) {
    wrong = fmt::format("{}\n", error.what());
  }
  reloading = false;
  const auto now = current.load();
  numbers.reloaded(wrong.empty(), now->all.rules->hash);
  if (!wrong.empty()) {
    spdlog::error("event=reload_refused problems={} do=\"mend them and reload; the old configuration stays in force\"",
                  log_value(wrong));
    notices.raise(reload_refused(wrong));
    co_return wrong;
  }
  notices.clear(reload_notice, "The configuration was read again and is in force.");
  sender.replace(now->all.services);
  folders.start();
  spdlog::info("event=reloaded rules={} feeds={} services={}", now->all.rules->rules.size(), now->all.feeds.size(),
               now->all.services->services.size());
  co_return wrong;
}

net::awaitable<void> app::parts::heed() {
  for (;;) {
    const auto [error, which] = co_await signals.async_wait(by_tuple);
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
    const auto [error] = co_await watchdog.async_wait(by_tuple);
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
  all->sender.start();
  all->folders.start();
  all->started = true;
  return std::unique_ptr<app>{new app{std::move(all)}};
}

void app::heed_signals() {
  std::signal(SIGPIPE, SIG_IGN); // a receiver that closes is an error code, not the end
  for (const int one : {SIGTERM, SIGINT, SIGHUP}) parts_->signals.add(one);
  net::co_spawn(parts_->io, parts_->heed(), net::detached);
}

void app::run() {
  const auto now = parts_->current.load();
  if (const auto period = notify::watchdog_period())
    net::co_spawn(parts_->io, parts_->keep_alive(*period), net::detached);
  notify::ready(
      fmt::format("{} rules, {} feeds, port {}", now->all.rules->rules.size(), now->all.feeds.size(), parts_->port));
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
