// SPDX-License-Identifier: Apache-2.0
// libcurl's multi interface would be the natural tool, but its SMTP waits for the answer after DATA, and for that to
// QUIT, without giving the thread back: one hanging mail would stop all. So: a few workers, each with a handle and a
// connection of its own.
#include "daemon/delivery/mailer.hpp"

#include "daemon/delivery/smtp_transfer.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

namespace forewarn::outbox {

namespace {

constexpr std::size_t workers = 4; // mails under way, and connections, at most

struct global_curl {
  global_curl() {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error{"libcurl cannot start"};
  }
};

struct close_handle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

} // namespace

struct mailer::state {
  struct waiting {
    mail_server by;
    mail what;
    done tell;
  };

  std::mutex guard;
  std::condition_variable changed;
  std::deque<waiting> queue;                            // under guard
  std::map<message_id, std::set<std::string>> taken_by; // under guard: mails that some have and others not yet
  std::atomic<bool> stopping{false};
  std::vector<std::thread> threads;

  attempt attempt_one(CURL* handle, const mail_server& by, const mail& what);
  std::set<std::string> have_it(const message_id& id);
  void remember(const message_id& id, const smtp_outcome& outcome);
  void run();
};

std::set<std::string> mailer::state::have_it(const message_id& id) {
  const std::lock_guard lock{guard};
  const auto known = taken_by.find(id);
  return known == taken_by.end() ? std::set<std::string>{} : known->second;
}

void mailer::state::remember(const message_id& id, const smtp_outcome& outcome) {
  const std::lock_guard lock{guard};
  if (outcome.came.result != attempt_result::again)
    taken_by.erase(id);
  else if (!outcome.taken_by.empty())
    taken_by[id].insert(outcome.taken_by.begin(), outcome.taken_by.end());
}

attempt mailer::state::attempt_one(CURL* handle, const mail_server& by, const mail& what) {
  const auto done_before = have_it(what.id);
  std::vector<std::string> addresses;
  for (const auto& mailbox : what.to) {
    const auto address = address_of(mailbox);
    if (address.empty()) return {attempt_result::refused, "'" + mailbox + "' is not an e-mail address", {}};
    const bool named_before = std::ranges::find(addresses, address) != addresses.end();
    if (!done_before.contains(address) && !named_before) addresses.push_back(address);
  }
  if (addresses.empty() && done_before.empty())
    return {attempt_result::refused, "the channel names nobody under `to`", {}};
  if (addresses.empty()) return {attempt_result::delivered, "SMTP: everyone has it", {}};
  smtp_transfer transfer{handle, by, what, std::move(addresses), stopping};
  auto outcome = transfer.perform();
  remember(what.id, outcome);
  return std::move(outcome.came);
}

void mailer::state::run() {
  const std::unique_ptr<CURL, close_handle> handle{curl_easy_init()};
  for (;;) {
    waiting next;
    {
      std::unique_lock lock{guard};
      changed.wait(lock, [this] { return stopping || !queue.empty(); });
      if (queue.empty()) return;
      next = std::move(queue.front());
      queue.pop_front();
    }
    if (stopping)
      next.tell({attempt_result::again, "not sent: the daemon was stopping", {}});
    else if (!handle)
      next.tell({attempt_result::again, "SMTP: libcurl gives no handle", {}});
    else
      next.tell(attempt_one(handle.get(), next.by, next.what));
  }
}

mailer::mailer() {
  static const global_curl once;
  state_ = std::make_unique<state>();
  for (std::size_t i = 0; i < workers; ++i) state_->threads.emplace_back([this] { state_->run(); });
}

mailer::~mailer() {
  {
    const std::lock_guard lock{state_->guard};
    state_->stopping = true;
  }
  state_->changed.notify_all();
  for (auto& thread : state_->threads) thread.join();
}

void mailer::send(mail_server by, mail what, done tell) {
  {
    const std::lock_guard lock{state_->guard};
    state_->queue.push_back({std::move(by), std::move(what), std::move(tell)});
  }
  state_->changed.notify_one();
}

} // namespace forewarn::outbox
