// SPDX-License-Identifier: Apache-2.0
// `forewarn listen`: a webhook receiver that verifies and prints, for people who integrate a service. It stores
// nothing but the log it is asked for.
#include "daemon/commands/command.hpp"

#include "daemon/delivery/receiver.hpp"
#include "daemon/http/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>

namespace forewarn::commands {

namespace {

namespace net = boost::asio;

struct listen_options {
  std::string address = "127.0.0.1";
  unsigned short port = 0;
  std::vector<std::string> secrets, secret_files;
  std::string certificate, key;
  std::size_t once = 0; // 0: until interrupted
  double fail_rate = 0;
  std::uint64_t seed = 1;
  std::string log;
};

result<std::string, std::string> whole_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) return failure(fmt::format("{}: cannot be read", path));
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

result<std::vector<outbox::signing_key>, std::string> read_keys(const listen_options& how) {
  auto texts = how.secrets;
  for (const auto& path : how.secret_files) {
    auto text = whole_file(path);
    if (!text) return failure(text.error());
    texts.push_back(std::move(*text));
  }
  if (texts.empty())
    return failure(std::string{"give the secret that the sender signs with: --secret-file FILE or --secret WORD"});
  std::vector<outbox::signing_key> keys;
  for (const auto& text : texts) {
    auto key = outbox::parse_signing_key(text);
    if (!key) return failure(key.error());
    keys.push_back(std::move(*key));
  }
  return keys;
}

result<std::optional<net::ssl::context>, std::string> read_tls(const listen_options& how) {
  if (how.certificate.empty() != how.key.empty())
    return failure(std::string{"--tls-cert and --tls-key belong together: give both or neither"});
  if (how.certificate.empty()) return std::optional<net::ssl::context>{};
  auto key = whole_file(how.key);
  if (!key) return failure(key.error());
  auto made = http::make_tls(how.certificate, *key);
  if (!made) return failure(made.error());
  return std::optional<net::ssl::context>{std::move(*made)};
}

// One run of the verb: everything the server's callbacks share.
class listener {
public:
  listener(const listen_options& how, std::vector<outbox::signing_key> keys)
      : how_{how}, receiver_{std::move(keys), how.fail_rate, how.seed} {
    if (!how.log.empty()) log_.open(how.log, std::ios::app);
  }

  [[nodiscard]] bool log_broken() const { return !how_.log.empty() && !log_; }

  outcome run(std::optional<net::ssl::context> tls) {
    const bool secure = tls.has_value();
    http::server door{io_,
                      {.admit = [](const http::head& head) { return admit(head); },
                       .answer = [this](http::request asked) { return answer(std::move(asked)); }},
                      {.body_bytes = 1U << 20U, .head_time = std::chrono::seconds{65}}};
    const auto port = door.listen(how_.address, how_.port, std::move(tls));
    if (!port) {
      std::cerr << "forewarn listen: " << port.error() << '\n';
      return outcome::failed;
    }
    const auto host = how_.address.find(':') == std::string::npos ? how_.address : "[" + how_.address + "]";
    std::cout << fmt::format("listening on {}://{}:{}/ (any path); Ctrl-C ends it", secure ? "https" : "http", host,
                             *port)
              << std::endl;
    net::signal_set interrupted{io_, SIGINT, SIGTERM};
    interrupted.async_wait([this](boost::system::error_code, int) { io_.stop(); });
    io_.run();
    if (how_.once > 0 && settled_ < how_.once) return outcome::failed; // interrupted before they came
    return outcome::done;
  }

private:
  static std::optional<http::response> admit(const http::head& head) {
    if (head.method == "POST") return {};
    return http::problem(405, "method-not-allowed", "this is a webhook receiver: POST a signed message");
  }

  net::awaitable<http::response> answer(http::request asked) {
    const auto now = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
    const auto& head = asked.head;
    const auto said = receiver_.take({head.field("webhook-id"), head.field("webhook-timestamp"),
                                      head.field("webhook-signature"), std::move(asked.body)},
                                     now);
    std::cout << said.shown << std::flush;
    if (log_.is_open()) log_ << said.log_line << '\n' << std::flush;
    if (said.settled_now && ++settled_ == how_.once) end_soon();
    if (said.status == 200) co_return http::response{200, "application/json", R"({"received":true})", {}};
    co_return http::problem(said.status, said.status == 500 ? "failed-on-purpose" : "not-accepted",
                            said.why.empty() ? "failed on purpose to try out retries" : said.why);
  }

  // The last answer still has to leave.
  void end_soon() {
    last_moment_.expires_after(std::chrono::milliseconds{200});
    last_moment_.async_wait([this](boost::system::error_code) { io_.stop(); });
  }

  const listen_options& how_;
  net::io_context io_{1};
  net::steady_timer last_moment_{io_};
  outbox::receiver receiver_;
  std::ofstream log_;
  std::size_t settled_ = 0;
};

outcome listen(const listen_options& how) {
  auto keys = read_keys(how);
  if (!keys) {
    std::cerr << "forewarn listen: " << keys.error() << '\n';
    return outcome::usage;
  }
  auto tls = read_tls(how);
  if (!tls) {
    std::cerr << "forewarn listen: " << tls.error() << '\n';
    return outcome::usage;
  }
  listener here{how, std::move(*keys)};
  if (here.log_broken()) {
    std::cerr << fmt::format("forewarn listen: {}: cannot be written\n", how.log);
    return outcome::failed;
  }
  return here.run(std::move(*tls));
}

} // namespace

void add_listen(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("listen", "a webhook receiver that verifies and prints, for trying out a service");
  auto how = std::make_shared<listen_options>();
  verb->add_option("--port", how->port, "TCP port; 0 takes a free one and prints it")->required();
  verb->add_option("--address", how->address, "address to listen on")->capture_default_str();
  verb->add_option("--secret", how->secrets, "secret that messages are signed with (whsec_...); several while rotating")
      ->type_name("WORD");
  verb->add_option("--secret-file", how->secret_files, "the same, from a file")->type_name("FILE");
  verb->add_option("--tls-cert", how->certificate, "serve HTTPS with this certificate chain (PEM)")->type_name("FILE");
  verb->add_option("--tls-key", how->key, "and its key (PEM)")->type_name("FILE");
  verb->add_option("--once", how->once, "end after N different messages were verified and accepted (default 1)")
      ->expected(0, 1)
      ->default_str("1")
      ->type_name("N");
  verb->add_option("--fail-rate", how->fail_rate, "answer this share of verified messages with 500: 0.33")
      ->check(CLI::Range(0.0, 1.0));
  verb->add_option("--seed", how->seed, "which ones fail: the same seed, the same ones")->capture_default_str();
  verb->add_option("--log", how->log, "also append one JSON object per request to this file")->type_name("FILE.ndjson");
  verb->footer("Answers 200 to a verified message, 401 with the reason to one that is not.\n"
               "Examples:\n"
               "  forewarn listen --port 8099 --secret-file secrets/duty-desk.key\n"
               "  forewarn listen --port 0 --secret-file k --once 1 --fail-rate 0.33 --log received.ndjson");
  verb->callback([how, &shared] { shared.result = listen(*how); });
}

} // namespace forewarn::commands
