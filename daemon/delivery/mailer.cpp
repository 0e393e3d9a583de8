// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/mailer.hpp"

#include "daemon/delivery/smtp_transfer.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <unordered_map>

namespace forewarn::outbox {

namespace {

constexpr long most_connections = 4;    // to one mail server
constexpr int longest_poll_ms = 60'000; // a new mail wakes it

struct global_curl {
  global_curl() {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error{"libcurl cannot start"};
  }
};

} // namespace

struct mailer::state {
  struct waiting {
    mail_server by;
    mail what;
    done tell;
  };
  struct close_multi {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
  };

  std::unique_ptr<CURLM, close_multi> multi{curl_multi_init()};
  std::mutex guard;
  std::deque<waiting> queue; // under guard
  bool stopping = false;     // under guard
  // The rest belongs to the thread.
  std::unordered_map<CURL*, std::unique_ptr<smtp_transfer>> under_way;
  std::map<message_id, std::set<std::string>> taken_by; // of mails that some recipients have and others not yet
  std::thread thread;

  bool accept_new();
  void begin(waiting next);
  void finish(CURL* handle, CURLcode code);
  void run();
};

void mailer::state::begin(waiting next) {
  std::vector<std::string> addresses;
  const auto& have_it = taken_by[next.what.id];
  for (const auto& mailbox : next.what.to) {
    const auto address = address_of(mailbox);
    if (address.empty()) {
      taken_by.erase(next.what.id);
      return next.tell({attempt_result::refused, "'" + mailbox + "' is not an e-mail address", {}});
    }
    const bool named_before = std::ranges::find(addresses, address) != addresses.end();
    if (!have_it.contains(address) && !named_before) addresses.push_back(address);
  }
  if (addresses.empty()) {
    const bool nobody = have_it.empty();
    taken_by.erase(next.what.id);
    return next.tell(nobody ? attempt{attempt_result::refused, "the channel names nobody under `to`", {}}
                            : attempt{attempt_result::delivered, "SMTP: everyone has it", {}});
  }
  auto transfer = std::make_unique<smtp_transfer>(std::move(next.by), std::move(next.what), std::move(addresses),
                                                  std::move(next.tell));
  auto* handle = transfer->handle();
  if (const auto failed = curl_multi_add_handle(multi.get(), handle); failed != CURLM_OK)
    return transfer->tell({attempt_result::again, std::string{"SMTP: "} + curl_multi_strerror(failed), {}});
  under_way.emplace(handle, std::move(transfer));
}

void mailer::state::finish(CURL* handle, CURLcode code) {
  curl_multi_remove_handle(multi.get(), handle);
  auto node = under_way.extract(handle);
  if (node.empty()) return;
  const auto& transfer = *node.mapped();
  auto outcome = transfer.finish(code);
  const auto& id = transfer.what().id;
  taken_by[id].insert(outcome.taken_by.begin(), outcome.taken_by.end());
  if (outcome.came.result != attempt_result::again || taken_by[id].empty()) taken_by.erase(id);
  transfer.tell(std::move(outcome.came));
}

bool mailer::state::accept_new() {
  std::deque<waiting> taken;
  {
    const std::lock_guard lock{guard};
    if (stopping) return false;
    taken.swap(queue);
  }
  for (auto& next : taken) begin(std::move(next));
  return true;
}

void mailer::state::run() {
  while (accept_new()) {
    int running = 0;
    curl_multi_perform(multi.get(), &running);
    int left = 0;
    while (const auto* ended = curl_multi_info_read(multi.get(), &left))
      if (ended->msg == CURLMSG_DONE) finish(ended->easy_handle, ended->data.result);
    curl_multi_poll(multi.get(), nullptr, 0, longest_poll_ms, nullptr); // curl shortens it for its own timeouts
  }
  for (auto& [handle, transfer] : under_way) {
    curl_multi_remove_handle(multi.get(), handle);
    transfer->tell({attempt_result::again, "given up: the daemon was stopping", {}});
  }
  under_way.clear();
  for (auto& next : queue) next.tell({attempt_result::again, "not sent: the daemon was stopping", {}});
}

mailer::mailer() {
  static const global_curl once;
  state_ = std::make_unique<state>();
  if (!state_->multi) throw std::runtime_error{"libcurl gives no handle"};
  curl_multi_setopt(state_->multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS, most_connections);
  state_->thread = std::thread{[this] { state_->run(); }};
}

mailer::~mailer() {
  {
    const std::lock_guard lock{state_->guard};
    state_->stopping = true;
  }
  curl_multi_wakeup(state_->multi.get());
  state_->thread.join();
}

void mailer::send(mail_server by, mail what, done tell) {
  {
    const std::lock_guard lock{state_->guard};
    if (!state_->stopping) {
      state_->queue.push_back({std::move(by), std::move(what), std::move(tell)});
      tell = nullptr;
    }
  }
  if (tell) return tell({attempt_result::again, "not sent: the daemon was stopping", {}});
  curl_multi_wakeup(state_->multi.get());
}

} // namespace forewarn::outbox
