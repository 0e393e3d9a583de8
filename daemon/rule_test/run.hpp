// SPDX-License-Identifier: Apache-2.0
// Runs a test's records through the engine that runs live, and says what was expected and did not come.
#pragma once

#include "daemon/rule_test/messages.hpp"
#include "daemon/rule_test/rule_test.hpp"
#include "rules/plan.hpp"

namespace forewarn::rule_test {

struct test_failure {
  location at;
  std::string expected;
  std::string got;
};

// `with` may be null: then nobody can be told, and a test that expects a message fails.
[[nodiscard]] std::vector<test_failure> run(const test_case& test, std::shared_ptr<const rules::rule_set> rules,
                                            const telling* with = nullptr);

} // namespace forewarn::rule_test
