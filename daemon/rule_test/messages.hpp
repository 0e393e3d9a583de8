// SPDX-License-Identifier: Apache-2.0
// Who would be told of a test's signals, by which channel, in which words: the alert process that runs live, over a
// store in memory. Nothing is sent.
#pragma once

#include "daemon/alerting/services.hpp"
#include "daemon/alerting/words.hpp"
#include "daemon/rule_test/rule_test.hpp"
#include "forewarn/delivery.hpp"
#include "rules/plan.hpp"

#include <memory>
#include <vector>

namespace forewarn::rule_test {

// Those who may be told, and the words there are.
struct telling {
  std::shared_ptr<const alerting::service_book> services;
  std::shared_ptr<const alerting::word_book> words;
  std::string reference_prefix = "FW";
};

struct told_message {
  service_id to;
  std::string channel;
  channel_kind by = channel_kind::webhook;
  instant at;
  forewarn::message what;
};

// All that the process would have sent up to `until`; the oldest first.
[[nodiscard]] std::vector<told_message> messages_of(const test_case& test,
                                                    const std::shared_ptr<const rules::rule_set>& rules,
                                                    const telling& with, instant until);

} // namespace forewarn::rule_test
