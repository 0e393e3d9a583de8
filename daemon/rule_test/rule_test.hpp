// SPDX-License-Identifier: Apache-2.0
// A test of rules, as people write it in YAML: records at instants, and the signals they should raise (rule language,
// section 9), who is told of them, and in which words. Reading only; running is run.hpp.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/observation.hpp"
#include "forewarn/problem.hpp"
#include "forewarn/reference.hpp"
#include "forewarn/signal.hpp"

#include <optional>
#include <string>
#include <vector>

namespace forewarn::rule_test {

// One line of `expect`: a signal of that rule, whose series holds these values.
struct expectation {
  location at;
  rule_id rule;
  series_key series; // what the line says of it, in codes and ids
  std::optional<instant> opens;
  std::optional<level> opens_at_level;
  std::optional<level> becomes; // with `when`
  std::optional<instant> when;
  std::optional<instant> closes;
  std::optional<close_reason> because;
  bool retrospective = false;
};

// One line of `expect` with `to`: a message to that service.
struct expected_message {
  location at;
  service_id to;
  std::string by;                    // a channel's name or kind; empty: any
  std::optional<instant> when;       // when it goes out; absent: at any time of the test
  std::vector<std::string> says;     // each stands in its subject or text
  std::vector<std::string> says_not; // none does
};

struct unexpected_rule {
  location at;
  rule_id rule;
};
struct unexpected_message {
  location at;
  service_id to;
  std::string by;
};

struct test_case {
  std::string name;
  location at;
  std::vector<observation> observations;
  std::vector<expectation> expect;
  std::vector<expected_message> messages;
  std::vector<unexpected_rule> expect_none;
  std::vector<unexpected_message> no_messages;
};

struct test_file {
  std::string path;
  std::vector<std::string> rules;    // paths as written, relative to the file
  std::vector<std::string> services; // the same; none: those of the configuration folder
  std::vector<test_case> tests;
};

// Times without an offset are in the reference's zone; areas, sites and substances go by name, code or id.
[[nodiscard]] test_file read_tests(const source_text& file, const reference_data& reference, problems& found);

} // namespace forewarn::rule_test
