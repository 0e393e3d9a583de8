// SPDX-License-Identifier: Apache-2.0
// What a batch of rows shows of its sender beyond the rows' results: codes nobody knows, and a clock that is ahead.
// Collected while the rows are taken; told to the operators in the same transaction.
#pragma once

#include "connectors/feed.hpp"
#include "forewarn/store.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn {
namespace alerting {
class process;
}

namespace arrival {

// A word of a closed set: a value table or a code system. Words of free text are for review, at leisure.
[[nodiscard]] bool is_unknown_code(std::string_view code);

struct unknown_code {
  std::string word; // redacted
  std::int64_t line = 0;
  bool refused = false; // the row was not taken for it
};

class intake_news {
public:
  void unknown(const std::string& column, std::string_view word, std::int64_t line, bool refused);
  void future(std::int64_t line, instant occurred_at);

  // Raises what there is. `source` is a file's name or "push".
  void tell(const feed_id& feed, const std::string& source, alerting::process& process, store& ledger,
            instant now) const;

private:
  std::map<std::string, std::vector<unknown_code>> unknown_; // by column
  std::size_t future_ = 0;
  std::int64_t future_line_ = 0;
  instant future_at_;
};

// What stands of these and has not come again for a while: cleared. Now and then, inside a transaction.
void settle_intake_notices(alerting::process& process, store& ledger, instant now);

} // namespace arrival
} // namespace forewarn
