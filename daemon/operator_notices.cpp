// SPDX-License-Identifier: Apache-2.0
#include "daemon/operator_notices.hpp"

#include "daemon/alerting/process.hpp"
#include "daemon/log.hpp"

#include <spdlog/spdlog.h>

#include <map>
#include <mutex>
#include <set>
#include <variant>

namespace forewarn {
namespace {

struct cleared {
  std::string text;
};
using wish = std::variant<operator_notice, cleared>;

struct numbered_wish {
  wish what;
  std::uint64_t number = 0; // later wishes have higher ones
};

// Raising what stands is handed to the desk this often, so that it can be told again after a day.
constexpr auto handed_in_again = std::chrono::minutes{10};

} // namespace

struct operator_notices::state : std::enable_shared_from_this<state> {
  desk& at;
  mutable std::mutex guard;
  std::map<std::string, numbered_wish> unwritten;                             // the newest wish by key
  std::map<std::string, std::chrono::steady_clock::time_point> raised_lately; // by key and level
  std::set<std::string> clear;                                                // keys under which nothing stands
  std::uint64_t wishes = 0;

  explicit state(desk& to) : at{to} {}

  void hand_in(const std::string& key, const wish& what) {
    std::uint64_t number = 0;
    {
      const std::lock_guard hold{guard};
      number = ++wishes;
      unwritten.insert_or_assign(key, numbered_wish{what, number});
    }
    desk::job work = [key, what](desk_view& view) {
      if (const auto* raised = std::get_if<operator_notice>(&what))
        (void)view.process.raise(*raised, view.ledger, view.now);
      else
        (void)view.process.clear(key, std::get<cleared>(what).text, view.ledger, view.now);
    };
    (void)at.submit(std::move(work), [self = shared_from_this(), key, number](const std::exception_ptr& error) {
      if (!error) self->written(key, number);
    });
  }

  void written(const std::string& key, std::uint64_t number) {
    const std::lock_guard hold{guard};
    const auto it = unwritten.find(key);
    if (it != unwritten.end() && it->second.number == number) unwritten.erase(it);
  }
};

operator_notices::operator_notices(desk& at) : state_{std::make_shared<state>(at)} {}
operator_notices::~operator_notices() = default;

void operator_notices::raise(operator_notice what) {
  const auto key = what.key;
  const auto lately = key + '|' + std::string{to_text(what.level)};
  {
    const std::lock_guard hold{state_->guard};
    const auto now = std::chrono::steady_clock::now();
    const auto [it, fresh] = state_->raised_lately.try_emplace(lately, now);
    if (!fresh && now - it->second < handed_in_again) return;
    it->second = now;
    state_->clear.erase(key);
    if (fresh)
      spdlog::warn("event=notice_raised key={} level={} subject={} do={}", log_value(key), to_text(what.level),
                   log_value(what.subject), log_value(what.text));
  }
  state_->hand_in(key, std::move(what));
}

void operator_notices::clear(const std::string& key, const std::string& text) {
  {
    const std::lock_guard hold{state_->guard};
    if (!state_->clear.insert(key).second) return;
    const auto from = state_->raised_lately.lower_bound(key + '|');
    auto to = from;
    while (to != state_->raised_lately.end() && to->first.starts_with(key + '|')) ++to;
    if (from != to) spdlog::info("event=notice_cleared key={} why={}", log_value(key), log_value(text));
    state_->raised_lately.erase(from, to);
  }
  state_->hand_in(key, cleared{text});
}

void operator_notices::retry() {
  std::map<std::string, numbered_wish> again;
  {
    const std::lock_guard hold{state_->guard};
    again = state_->unwritten;
  }
  for (const auto& [key, one] : again) state_->hand_in(key, one.what);
}

std::size_t operator_notices::waiting() const {
  const std::lock_guard hold{state_->guard};
  return state_->unwritten.size();
}

} // namespace forewarn
