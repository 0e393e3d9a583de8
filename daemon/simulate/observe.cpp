// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/observe.hpp"

#include "daemon/feed_trial.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::simulate {

observer::observer(std::vector<connectors::feed> feeds, const zone& local, std::function<void(const observation&)> each)
    : feeds_{std::move(feeds)}, local_{local}, each_{std::move(each)} {}

void observer::read(const sent_file& file) {
  const auto complain = [&](std::string why) {
    if (std::find(complaints_.begin(), complaints_.end(), why) == complaints_.end())
      complaints_.push_back(std::move(why));
  };
  const auto feed =
      std::find_if(feeds_.begin(), feeds_.end(), [&](const auto& one) { return one.id.str() == file.feed; });
  if (feed == feeds_.end()) {
    complain(fmt::format("no feed '{}' in feeds.d: its files give no observations", file.feed));
    return;
  }
  const auto received = local_.to_instant(file.handed_over).at;
  const auto done = try_feed(*feed, connectors::from_text(file.text), {0, 0}, {}, [&](const observation& seen) {
    auto one = seen;
    one.received_at = received;
    one.has_own_received_at = true;
    each_(one);
  });
  refused_ += done.quarantined;
  if (done.broken) complain(fmt::format("feed '{}' cannot read {}: {}", file.feed, file.name, done.broken->reason));
}

} // namespace forewarn::simulate
