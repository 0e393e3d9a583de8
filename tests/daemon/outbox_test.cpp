// SPDX-License-Identifier: Apache-2.0
// The outbox whole: a real store and desk, the real sender, receivers on real sockets that fail. Time is the test's:
// it jumps ahead instead of waiting for the next attempt.
#include "daemon/delivery/lane.hpp"
#include "daemon/delivery/outbox.hpp"
#include "daemon/delivery/replay.hpp"
#include "daemon/delivery/stuck.hpp"
#include "daemon/desk_fixture.hpp"
#include "support/certificates.hpp"
#include "support/scripted_receiver.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <doctest/doctest.h>

#include <condition_variable>
#include <fstream>
#include <future>
#include <map>
#include <set>
#include <thread>

using namespace forewarn;
using namespace forewarn::outbox;
using namespace forewarn::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* fine = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr const char* broken = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n";
constexpr const char* gone = "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n";

alerting::channel webhook(const std::string& name, const scripted_receiver& to) {
  alerting::channel out;
  out.name = name;
  out.url = "http://127.0.0.1:" + to.port() + "/";
  out.secret_files = {"key"};
  out.private_address = true;
  return out;
}

// The daemon's outbox, from start to stop, on a store that may outlive it.
class running {
public:
  running(store& ledger, std::vector<alerting::channel> channels) : work_{ledger, time_, count_rule(1e9), {}, false} {
    std::ofstream{folder_.path() / "key"} << "sixteen bytes or more";
    settings how;
    how.config_dir = how.state_dir = folder_.path();
    how.smtp.from = "forewarn@example.org";
    book_ = book_of(std::move(channels));
    sender_ = std::make_unique<sender>(io_, work_.state, how, book_);
    work_.state.when_due([this](desk_view& view) {
      return [this, sends = sender_->claim(view)] {
        sends();
        const std::lock_guard lock{guard_};
        changed_.notify_all();
      };
    });
    work_.state.start();
    network_ = std::thread{[this] { io_.run(); }};
    sender_->start();
  }
  ~running() {
    std::promise<void> stopped;
    boost::asio::co_spawn(io_, sender_->stop(5s), [&](const std::exception_ptr&) { stopped.set_value(); });
    stopped.get_future().wait();
    guard_work_.reset();
    io_.stop();
    network_.join();
    sender_.reset();
    work_.state.stop();
  }

  void enqueue(const std::string& channel, int count, const std::string& type = "alert.issued",
               channel_kind kind = channel_kind::webhook) {
    work_.state.run([&](desk_view& view) {
      message content;
      content.type = type;
      content.created_at = view.now;
      content.subject = "subject";
      content.text = "text\n";
      content.json = R"({"type":"alert.issued","timestamp":"2026-03-01T12:00:00Z","data":{}})";
      for (int i = 0; i < count; ++i) {
        delivery row;
        row.id = message_id{"msg_" + channel + "_" + std::to_string(next_++)};
        row.message = view.ledger.add_message(content);
        row.service = service_id{"desk"};
        row.channel = channel;
        row.kind = kind;
        row.created_at = row.due_at = view.now;
        view.ledger.enqueue(row);
      }
    });
    sender_->wake();
  }

  // The configuration is mended.
  void mend(std::vector<alerting::channel> channels) {
    book_ = book_of(std::move(channels));
    sender_->replace(book_);
  }
  [[nodiscard]] std::vector<stuck_destination> what_hangs() {
    stuck found;
    work_.state.run([&](desk_view& view) { found = what_is_stuck(*book_, view.ledger); });
    return found.destinations;
  }

  // Jumps ahead over the gaps between attempts until the store says `so`; false when it never does.
  template <class Condition> bool until(Condition so) {
    for (int i = 0; i < 3'000; ++i) {
      bool yes = false;
      work_.state.run([&](desk_view& view) { yes = so(view.ledger); });
      if (yes) return true;
      time_.move(10s);
      sender_->wake();
      std::unique_lock lock{guard_};
      changed_.wait_for(lock, 10ms); // paces the jumps; nothing depends on its length
    }
    return false;
  }
  bool until_pending(std::int64_t count) {
    return until([&](store& ledger) { return ledger.deliveries_pending() == count; });
  }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  void move(duration by) { time_.move(by); }
  [[nodiscard]] instant now() const { return time_.now(); }
  [[nodiscard]] figures counted() const { return sender_->counted(); }
  desk& state() { return work_.state; }

private:
  static std::shared_ptr<const alerting::service_book> book_of(std::vector<alerting::channel> channels) {
    auto book = std::make_shared<alerting::service_book>();
    alerting::service one;
    one.id = service_id{"desk"};
    one.channels = std::move(channels);
    book->services.push_back(std::move(one));
    return book;
  }

  std::shared_ptr<const alerting::service_book> book_;
  temp_dir folder_;
  manual_clock time_{noon()};
  std::mutex guard_;
  std::condition_variable changed_;
  running_desk work_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_work_ = make_work_guard(io_);
  std::unique_ptr<sender> sender_;
  std::thread network_;
  int next_ = 0;
};

std::string body_of(const std::string& request) {
  return request.substr(request.find("\r\n\r\n"));
}

std::string id_of(const std::string& request) {
  const auto at = request.find("webhook-id: ") + 12;
  return request.substr(at, request.find('\r', at) - at);
}

} // namespace

TEST_CASE("a receiver that fails a third of the time gets every message, each under its own id") {
  const scripted_receiver receiver{
      [](const auto&, int number) { return scripted_receiver::reply{number % 3 == 0 ? broken : fine}; }};
  const auto ledger = memory_store();
  running box{*ledger, {webhook("hook", receiver)}};
  box.enqueue("hook", 40);
  REQUIRE(box.until_pending(0));
  std::map<std::string, int> times;
  for (const auto& request : receiver.requests()) ++times[id_of(request)];
  CHECK(times.size() == 40);
  CHECK(receiver.requests().size() > 40);
  CHECK(receiver.connections() <= 8); // kept, not opened anew for each
  box.state().run([&](desk_view& view) {
    for (const auto& one : view.ledger.deliveries({}, {.limit = 100})) {
      CHECK(one.row.state == delivery_state::delivered);
      CHECK(one.row.attempts == times[one.row.id.str()]);
    }
  });
}

TEST_CASE(
    "however a receiver fails: nothing is lost, a double is recognised, and the operator sees what is stuck and why") {
  struct row {
    const char* name;
    scripted_receiver::reply fails;
    const char* said;
  };
  const row rows[] = {
      {"500", {broken}, "HTTP 500"},
      {"a redirect",
       {"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"},
       "redirects are not followed"},
      {"429 and when", {"HTTP/1.1 429 Too Many\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n"}, "HTTP 429"},
      {"503 and when", {"HTTP/1.1 503 Later\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n"}, "HTTP 503"},
      {"it takes the message and closes", {"", true}, "closed without an answer"},
      {"it takes the message and dies within its answer", {"HTTP/1.1 200 O", true}, "read: "},
      {"no HTTP", {"SSH-2.0-server\r\n\r\n", true}, "not HTTP"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    std::atomic<bool> back{false};
    const scripted_receiver receiver{[&](const auto&, int) { return back ? scripted_receiver::reply{fine} : r.fails; }};
    const auto ledger = memory_store();
    running box{*ledger, {webhook("hook", receiver)}};
    box.enqueue("hook", 4);
    const auto tried = [&](store& from) {
      return std::ranges::all_of(from.undelivered(service_id{"desk"}, "hook"),
                                 [](const due_delivery& one) { return one.row.attempts >= 2; });
    };
    REQUIRE(box.until(tried));
    const auto hangs = box.what_hangs();
    REQUIRE(hangs.size() == 1);
    CHECK(hangs.front().waiting == 4);
    CAPTURE(hangs.front().last_result);
    CHECK(hangs.front().last_result.find(r.said) != std::string::npos);
    back = true;
    REQUIRE(box.until_pending(0));
    CHECK(box.what_hangs().empty());
    std::map<std::string, std::set<std::string>> bodies;
    for (const auto& request : receiver.requests()) bodies[id_of(request)].insert(body_of(request));
    CHECK(bodies.size() == 4);
    for (const auto& [id, forms] : bodies) CHECK(forms.size() == 1);
  }
}

TEST_CASE("a certificate of another host: nothing is said to it, and all arrives once it is mended") {
  const certificates authority;
  const auto files = authority.issue("elsewhere", "DNS:elsewhere.example");
  const scripted_receiver wrong{[](const auto&, int) { return scripted_receiver::reply{fine}; },
                                scripted_receiver::tls_files{files.certificate, files.key}};
  const scripted_receiver right{[](const auto&, int) { return scripted_receiver::reply{fine}; }};
  auto channel = webhook("hook", wrong);
  channel.url = "https://localhost:" + wrong.port() + "/";
  channel.ca_file = authority.authority();
  const auto ledger = memory_store();
  running box{*ledger, {channel}};
  box.enqueue("hook", 3);
  REQUIRE(
      box.until([&](store& from) { return from.undelivered(service_id{"desk"}, "hook").front().row.attempts >= 2; }));
  CHECK(box.what_hangs().front().last_result.find("certificate refused") != std::string::npos);
  CHECK(wrong.requests().empty());
  box.mend({webhook("hook", right)});
  REQUIRE(box.until_pending(0));
  CHECK(right.requests().size() == 3);
}

TEST_CASE("a receiver that hangs holds up nobody else") {
  const scripted_receiver stuck{[](const auto&, int) { return scripted_receiver::reply{"", false, true}; }};
  const scripted_receiver quick{[](const auto&, int) { return scripted_receiver::reply{fine}; }};
  const auto ledger = memory_store();
  running box{*ledger, {webhook("stuck", stuck), webhook("quick", quick)}};
  box.enqueue("stuck", 100); // more than a lane takes
  box.enqueue("quick", 20);
  CHECK(box.until([](store& from) {
    std::size_t arrived = 0;
    for (const auto& one : from.deliveries({}, {.limit = 200})) arrived += one.row.state == delivery_state::delivered;
    return arrived == 20;
  }));
}

TEST_CASE("410 ends it, and later messages are not sent until an exercise arrives") {
  std::atomic<bool> back{false};
  const scripted_receiver receiver{[&](const auto&, int) { return scripted_receiver::reply{back ? fine : gone}; }};
  const auto ledger = memory_store();
  running box{*ledger, {webhook("hook", receiver)}};
  box.enqueue("hook", 1);
  REQUIRE(box.until_pending(0));
  box.enqueue("hook", 1);
  REQUIRE(box.until_pending(0));
  CHECK(receiver.requests().size() == 1);
  back = true;
  box.enqueue("hook", 1, "exercise.alert.issued");
  REQUIRE(box.until_pending(0));
  box.enqueue("hook", 1);
  REQUIRE(box.until_pending(0));
  CHECK(receiver.requests().size() == 3);
}

TEST_CASE("while a receiver is down its messages wait, longer than 72 hours, and all arrive when it is back") {
  std::atomic<bool> back{false};
  const scripted_receiver receiver{[&](const auto&, int) { return scripted_receiver::reply{back ? fine : broken}; }};
  const auto ledger = memory_store();
  running box{*ledger, {webhook("hook", receiver)}};
  box.enqueue("hook", 6);
  const auto is_down = [](store& from) { return !from.mark("delivery.down.desk/hook").value_or("").empty(); };
  REQUIRE(box.until(is_down));
  const auto before = receiver.requests().size();
  box.move(24h * 5);
  REQUIRE(box.until([&](store&) { return receiver.requests().size() > before + 3; }));
  box.state().run([&](desk_view& view) { CHECK(view.ledger.deliveries_pending() == 6); });
  CHECK(receiver.requests().size() < before + 12); // one at a time, not each by its own schedule
  back = true;
  REQUIRE(box.until_pending(0));
  box.state().run([&](desk_view& view) {
    CHECK_FALSE(is_down(view.ledger));
    std::size_t stood_still = 0;
    for (const auto& one : view.ledger.deliveries({}, {.limit = 100})) {
      CHECK(one.row.state == delivery_state::delivered);
      if (one.row.stood_still > 24h * 4) ++stood_still;
    }
    CHECK(stood_still >= 5); // all but, at times, the one whose try found it back
  });
}

TEST_CASE("a mail server that fails is one destination, whoever the mail is for") {
  alerting::channel first, second; // no mail server is configured: every attempt fails before it
  for (auto* one : {&first, &second}) {
    one->kind = channel_kind::email;
    one->to = {"desk@example.org"};
  }
  first.name = "day";
  second.name = "night";
  const auto ledger = memory_store();
  running box{*ledger, {first, second}};
  box.enqueue("day", 2, "alert.issued", channel_kind::email);
  box.enqueue("night", 2, "alert.issued", channel_kind::email);
  CHECK(box.until([](store& from) { return !from.mark("delivery.down.email").value_or("").empty(); }));
  box.state().run([](desk_view& view) { CHECK_FALSE(view.ledger.mark("delivery.down.desk/day")); });
}

TEST_CASE("a redirect is a failure, tried again at the same address") {
  constexpr const char* moved = "HTTP/1.1 307 Temporary Redirect\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n";
  const scripted_receiver receiver{
      [](const auto&, int number) { return scripted_receiver::reply{number == 1 ? moved : fine}; }};
  const auto ledger = memory_store();
  running box{*ledger, {webhook("hook", receiver)}};
  box.enqueue("hook", 1);
  REQUIRE(box.until_pending(0));
  REQUIRE(receiver.requests().size() == 2);
  for (const auto& request : receiver.requests()) CHECK(request.starts_with("POST / HTTP/1.1"));
  const auto times = [&](const char* result, const char* reason) {
    const auto attempts = box.counted().attempts;
    const auto found = attempts.find({"webhook", result, reason});
    return found == attempts.end() ? 0U : found->second;
  };
  // Counted once it is written down, which `until_pending` may see a moment earlier.
  CHECK(box.until([&](store&) { return times("delivered", "http_200") == 1; }));
  CHECK(times("again", "http_307") == 1);
}

TEST_CASE("sent again on a person's word: the same ids, to one service, from a moment on") {
  const scripted_receiver receiver{[](const auto&, int) { return scripted_receiver::reply{fine}; }};
  const auto ledger = memory_store();
  running box{*ledger, {webhook("hook", receiver), webhook("other", receiver)}};
  box.enqueue("hook", 1);
  REQUIRE(box.until_pending(0));
  box.move(1h);
  const auto since = box.now();
  box.enqueue("hook", 2);
  REQUIRE(box.until_pending(0));
  const auto ids = [&] {
    std::multiset<std::string> out;
    for (const auto& request : receiver.requests()) out.insert(id_of(request));
    return out;
  };
  REQUIRE(ids().size() == 3);
  const auto replay_from = [&](instant from, std::optional<delivery_state> only) {
    replayed done;
    box.state().run([&](desk_view& view) {
      done = replay({service_id{"desk"}, from, only}, {"an operator", "lost"}, view.ledger, view.now);
    });
    return done.again;
  };
  CHECK(replay_from(since, delivery_state::dead) == 0);
  CHECK(replay_from(since, {}) == 2);
  REQUIRE(box.until_pending(0));
  CHECK(ids() == std::multiset<std::string>{"msg_hook_0", "msg_hook_1", "msg_hook_1", "msg_hook_2", "msg_hook_2"});
  box.state().run([&](desk_view& view) {
    CHECK_FALSE(replay(message_id{"msg_none"}, {"an operator", "lost"}, view.ledger, view.now));
    CHECK(replay(message_id{"msg_hook_0"}, {"an operator", "lost"}, view.ledger, view.now)->last_result ==
          "asked for again by an operator (lost); before that delivered: HTTP 200 OK");
  });
}

TEST_CASE("what a dead process had claimed goes out at the next start, under the same id") {
  const scripted_receiver receiver{[](const auto&, int) { return scripted_receiver::reply{fine}; }};
  const auto ledger = memory_store();
  {
    running box{*ledger, {}};
    box.enqueue("later", 0);
  }
  ledger->begin();
  delivery row;
  row.id = message_id{"msg_claimed"};
  row.message = ledger->add_message({.type = "alert.issued", .created_at = noon(), .json = "{}"});
  row.service = service_id{"desk"};
  row.channel = "hook";
  row.created_at = row.due_at = noon() - 1h;
  ledger->enqueue(row);
  row.leased_until = noon() + 24h * 30;
  ledger->save(row);
  ledger->commit();
  running box{*ledger, {webhook("hook", receiver)}};
  REQUIRE(box.until_pending(0));
  CHECK(id_of(receiver.requests().at(0)) == "msg_claimed");
}

TEST_CASE("a channel that is configured no more is a dead letter; a maildir needs no network") {
  const auto ledger = memory_store();
  alerting::channel box_channel;
  box_channel.name = "mail";
  box_channel.kind = channel_kind::maildir;
  box_channel.folder = "mail";
  running box{*ledger, {box_channel}};
  box.enqueue("nowhere", 1);
  box.enqueue("mail", 3, "alert.issued", channel_kind::maildir);
  REQUIRE(box.until_pending(0));
  box.state().run([&](desk_view& view) {
    for (const auto& one : view.ledger.deliveries({}, {.limit = 100}))
      CHECK(one.row.state == (one.row.channel == "nowhere" ? delivery_state::dead : delivery_state::delivered));
  });
  const std::filesystem::directory_iterator files{box.folder() / "mail" / "new"};
  CHECK(std::distance(files, {}) == 3);
}
