// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/read_ahead.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace forewarn::commands {
namespace {

constexpr std::size_t lot_size = 2'000;
constexpr std::size_t most_lots = 8; // read and not yet taken

using lot = std::vector<observation>;
struct given_up {}; // the taker will take no more

class lots {
public:
  void put(lot more) {
    std::unique_lock held{guard_};
    changed_.wait(held, [&] { return waiting_.size() < most_lots || abandoned_; });
    if (abandoned_) throw given_up{};
    waiting_.push_back(std::move(more));
    changed_.notify_all();
  }
  void end(std::exception_ptr why) {
    const std::lock_guard held{guard_};
    ended_ = true;
    failed_ = std::move(why);
    changed_.notify_all();
  }
  void abandon() {
    const std::lock_guard held{guard_};
    abandoned_ = true;
    changed_.notify_all();
  }
  // Nothing after the last.
  [[nodiscard]] std::optional<lot> next() {
    std::unique_lock held{guard_};
    changed_.wait(held, [&] { return !waiting_.empty() || ended_; });
    if (waiting_.empty()) {
      if (failed_) std::rethrow_exception(failed_);
      return {};
    }
    auto out = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.notify_all();
    return out;
  }

private:
  std::mutex guard_;
  std::condition_variable changed_;
  std::deque<lot> waiting_;
  bool ended_ = false, abandoned_ = false;
  std::exception_ptr failed_;
};

void read_all(const store_reader& from, lots& into) {
  std::exception_ptr failed;
  try {
    lot next;
    from.each_revision([&](const observation& one) {
      next.push_back(one);
      if (next.size() == lot_size) into.put(std::exchange(next, {}));
    });
    into.put(std::move(next));
  } catch (const given_up&) {
    failed = nullptr; // the taker has an exception of its own
  } catch (...) {
    failed = std::current_exception();
  }
  into.end(std::move(failed));
}

} // namespace

void each_revision_ahead(const store_reader& from, const std::function<void(const observation&)>& take) {
  lots between;
  std::jthread reader{[&] { read_all(from, between); }};
  try {
    while (const auto more = between.next())
      for (const auto& one : *more) take(one);
  } catch (...) {
    between.abandon();
    throw;
  }
}

} // namespace forewarn::commands
