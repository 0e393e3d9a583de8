// SPDX-License-Identifier: Apache-2.0
// What the configured feeds make of a simulated past: the observations a daemon would have taken from its files, each
// received when its file was handed over. So a backtest of the simulated past knows how late records came.
#pragma once

#include "daemon/simulate/past.hpp"

#include "connectors/feed.hpp"
#include "forewarn/observation.hpp"

#include <functional>

namespace forewarn::simulate {

class observer {
public:
  // `feeds` are those of the configuration, read with a reference that knows the invented sites.
  observer(std::vector<connectors::feed> feeds, const zone& local, std::function<void(const observation&)> each);
  void read(const sent_file& file);

  // A file's feed is not configured, or could not be read to its end: sentences, each once.
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
  [[nodiscard]] std::int64_t refused() const { return refused_; }

private:
  std::vector<connectors::feed> feeds_;
  const zone& local_;
  std::function<void(const observation&)> each_;
  std::vector<std::string> complaints_;
  std::int64_t refused_ = 0;
};

} // namespace forewarn::simulate
