// SPDX-License-Identifier: Apache-2.0
// The house rules of docs/how-it-hangs-together.md, held against the code: dependencies point one way, and each
// library is known in one place.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct inclusion {
  std::string file; // from the project's root
  std::string included;
};

std::vector<inclusion> inclusions(std::string_view folder) {
  std::vector<inclusion> out;
  const fs::path root{FOREWARN_SOURCE_DIR};
  for (const auto& entry : fs::recursive_directory_iterator{root / folder}) {
    const auto ending = entry.path().extension();
    if (ending != ".cpp" && ending != ".hpp") continue;
    std::ifstream in{entry.path()};
    for (std::string line; std::getline(in, line);) {
      if (!line.starts_with("#include ") || line.size() < 12) continue;
      out.push_back({fs::relative(entry.path(), root).string(), line.substr(10, line.find_last_of(">\"") - 10)});
    }
  }
  REQUIRE_FALSE(out.empty());
  return out;
}

} // namespace

TEST_CASE("dependencies point one way: include <- rules, connectors <- daemon") {
  struct row {
    const char* folder;
    std::vector<std::string_view> never;
  };
  const row rows[] = {
      {"include", {"rules/", "connectors/", "daemon/"}},
      {"rules", {"connectors/", "daemon/"}},
      {"connectors", {"rules/", "daemon/"}},
  };
  for (const auto& r : rows)
    for (const auto& found : inclusions(r.folder))
      for (const auto never : r.never) {
        INFO(found.file, " includes ", found.included);
        CHECK_FALSE(found.included.starts_with(never));
      }
}

TEST_CASE("the rules library asks no clock, opens no file and no socket") {
  for (const auto& found : inclusions("rules"))
    for (const std::string_view never : {"fstream", "filesystem", "forewarn/clock.hpp", "forewarn/store.hpp", "thread",
                                         "mutex", "boost/asio", "spdlog", "sys/", "unistd.h"}) {
      INFO(found.file, " includes ", found.included);
      CHECK_FALSE(found.included.starts_with(never));
    }
}

TEST_CASE("each library is known in one place only") {
  struct row {
    std::string_view library;
    std::vector<std::string_view> homes;
  };
  const row rows[] = {
      {"yaml-cpp/", {"include/forewarn/yaml.cpp"}},
      {"SQLiteCpp/", {"daemon/store/"}},
      {"sqlite3.h", {"daemon/store/"}},
      {"boost/beast", {"daemon/http/", "daemon/delivery/", "daemon/commands/"}},
      {"curl/", {"daemon/delivery/", "daemon/upkeep/heartbeat"}},
      {"date/",
       {"include/forewarn/zone.cpp", "connectors/mapping/",
        "daemon/delivery/"}}, // mail and HTTP have dates of their own
      {"prometheus/", {"daemon/metrics", "daemon/metric_families"}},
      {"systemd/", {"daemon/notify"}},
      {"CLI/", {"daemon/commands/", "daemon/main.cpp"}},
      {"mustache", {"daemon/alerting/"}},
  };
  for (const std::string_view folder : {"include", "rules", "connectors", "daemon"})
    for (const auto& found : inclusions(folder))
      for (const auto& r : rows) {
        if (found.included.find(r.library) != 0 &&
            !(r.library == "mustache" && found.included.ends_with("mustache.hpp")))
          continue;
        INFO(found.file, " includes ", found.included);
        CHECK(std::any_of(r.homes.begin(), r.homes.end(),
                          [&](std::string_view home) { return found.file.starts_with(home); }));
      }
}
