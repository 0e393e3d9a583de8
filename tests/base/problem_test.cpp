// SPDX-License-Identifier: Apache-2.0
#include "forewarn/problem.hpp"

#include <doctest/doctest.h>

using namespace forewarn;

TEST_CASE("a problem is shown with its line and an underline, as the contract prints it") {
  const source_text file{"etc/rules.d/opioids.yaml", "one\n    where: {substances: opiod}\n"};
  const problem wrong{file.path,
                      {2, 25, 5},
                      severity::error,
                      "unknown-substance",
                      "rule 'opioid-callouts-ward': no substance 'opiod'; did you mean 'opioid'?"};
  CHECK(render(wrong, {file}) ==
        "etc/rules.d/opioids.yaml:2:25: error[unknown-substance]: rule 'opioid-callouts-ward': no substance 'opiod'; "
        "did you mean 'opioid'?\n"
        "   2 |     where: {substances: opiod}\n"
        "     |                         ^^^^^");
}

TEST_CASE("problems come in the order of the files, and a position outside the file does no harm") {
  const source_text a{"a.yaml", "x: 1\n"};
  const problems found{{"b.yaml", {1, 1, 1}, severity::warning, "w", "second"},
                       {"a.yaml", {99, 7, 3}, severity::error, "e", "first"}};
  CHECK(render(found, {a}) == "a.yaml:99:7: error[e]: first\nb.yaml:1:1: warning[w]: second\n");
}
