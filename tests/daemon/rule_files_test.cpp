// SPDX-License-Identifier: Apache-2.0
// `check`, `backtest` and the daemon read one rule with one reference.
#include "daemon/commands/rule_files.hpp"

#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::commands;

namespace {

const std::filesystem::path etc = std::filesystem::path{FOREWARN_SOURCE_DIR} / "etc";

context with(const std::filesystem::path& config) {
  context out;
  out.config_dir = config;
  return out;
}

} // namespace

TEST_CASE("check names the feeds, attributes and advice that the daemon knows") {
  const auto daemon = load_configuration(etc);
  const auto known = find_reference(with(etc), {});
  REQUIRE(known.data);
  CHECK(known.data->feeds == daemon.reference->feeds);
  CHECK(known.data->attributes == daemon.reference->attributes);
  CHECK(known.data->attributes_known);
  CHECK(daemon.reference->attributes_known);
  CHECK_FALSE(known.data->advice.empty());
  CHECK(known.data->advice == daemon.reference->advice);
}

TEST_CASE("a past is replayed through rules from elsewhere without their feeds being configured") {
  const test::temp_dir folder;
  const auto known = find_reference(with(etc), {folder.path().string()}, reading_for::past);
  REQUIRE(known.data);
  CHECK_FALSE(known.data->feeds.has_value());
  CHECK_FALSE(known.data->attributes_known);
  const auto own = find_reference(with(etc), {(etc / "rules.d").string()}, reading_for::past);
  REQUIRE(own.data);
  CHECK(own.data->feeds.has_value());
}

TEST_CASE("without --config the reference data around the rules are taken") {
  const test::temp_dir nothing;
  const auto known = find_reference(with(nothing.path() / "absent"), {(etc / "rules.d").string()});
  CHECK(known.config == etc);
}
