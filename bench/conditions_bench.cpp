// SPDX-License-Identifier: Apache-2.0
// Conditions alone: which rules does an event meet? The engine with every_record rules, which also keeps each event,
// opens a signal for each meeting, closes it and knows revisions, beside json-rules-engine, a well-known engine for
// node.js, which answers and forgets: the same events, the same conditions, in one run.
//   npm ci --prefix bench/json-rules-engine      once; without it only the engine's own figures are printed
#include "rules/engine.hpp"
#include "rules/engine_world.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include <boost/json.hpp>
#include <fmt/format.h>

using namespace forewarn;
using namespace forewarn::rules;
using namespace forewarn::rules::world;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::array drugs{"heroin", "methadone", "cocaine"};
constexpr std::array wards{"W1", "W2", "W3"};

struct wanted {
  std::string drug, ward;
  int doses = 0;
};

std::vector<wanted> all_wanted(std::size_t count) {
  std::vector<wanted> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back({drugs[i % drugs.size()], wards[i / drugs.size() % wards.size()], static_cast<int>(1 + i % 50)});
  return out;
}

std::vector<observation> events(std::size_t count) {
  std::mt19937 dice{7};
  std::vector<observation> out;
  for (std::size_t i = 0; i < count; ++i) {
    auto& one = out.emplace_back(seen(std::to_string(i), static_cast<double>(i) * 0.01));
    one.substances = {substance_id{drugs[dice() % drugs.size()]}};
    one.ward = area_code{wards[dice() % wards.size()]};
    one.naloxone_doses = static_cast<int>(dice() % 51);
  }
  return out;
}

std::shared_ptr<const rule_set> own_rules(const std::vector<wanted>& all) {
  std::string text = "version: 1\nrules:\n";
  for (std::size_t i = 0; i < all.size(); ++i)
    text += fmt::format("  - id: rule-{}\n    title: A rule\n    status: shadow\n    observe: [ambulance]\n"
                        "    where: {{substances: {}, ward: {}, naloxone_doses: {{at_least: {}}}}}\n"
                        "    detect: {{every_record: {{}}}}\n",
                        i, all[i].drug, all[i].ward, all[i].doses);
  auto loaded = load_rules({{"rules.yaml", text}}, reference());
  if (has_errors(loaded.found)) throw std::runtime_error{loaded.found.front().message};
  return loaded.rules;
}

json::array their_rules(const std::vector<wanted>& all) {
  const auto fact = [](const char* name, const char* how, const json::value& value) {
    return json::value{{"fact", name}, {"operator", how}, {"value", value}};
  };
  json::array out;
  for (std::size_t i = 0; i < all.size(); ++i)
    out.push_back({{"conditions",
                    {{"all", json::array{fact("kind", "equal", "ambulance"),
                                         fact("substances", "contains", json::value(all[i].drug)),
                                         fact("ward", "equal", json::value(all[i].ward)),
                                         fact("naloxone_doses", "greaterThanInclusive", all[i].doses)}}}},
                   {"event", {{"type", fmt::format("rule-{}", i)}}}});
  return out;
}

json::array their_events(const std::vector<observation>& all) {
  json::array out;
  for (const auto& one : all)
    out.push_back({{"kind", "ambulance"},
                   {"substances", json::array{one.substances.front().str()}},
                   {"ward", one.ward->str()},
                   {"naloxone_doses", *one.naloxone_doses}});
  return out;
}

struct figure {
  std::size_t matched = 0;
  double per_second = 0;
};

figure by_engine(const std::vector<wanted>& all, const std::vector<observation>& stream) {
  rules::engine running{own_rules(all)};
  std::vector<signal_event> out;
  figure found;
  const auto begun = std::chrono::steady_clock::now();
  for (const auto& one : stream) {
    running.observe(one, out);
    for (const auto& event : out)
      if (event.what == signal_change::opened) ++found.matched;
    out.clear();
  }
  const auto spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  found.per_second = static_cast<double>(stream.size()) / spent;
  return found;
}

std::optional<figure> by_node(const fs::path& program, const std::vector<wanted>& all,
                              const std::vector<observation>& stream) {
  if (!fs::exists(program / "node_modules")) return {};
  const auto folder = fs::temp_directory_path() / "forewarn-conditions-bench";
  fs::create_directories(folder);
  std::ofstream{folder / "rules.json"} << json::serialize(their_rules(all));
  std::ofstream{folder / "events.json"} << json::serialize(their_events(stream));
  const auto answer = folder / "answer.json";
  const auto command =
      fmt::format("node '{}' '{}' > '{}'", (program / "run.mjs").string(), folder.string(), answer.string());
  if (std::system(command.c_str()) != 0) return {}; // NOLINT(concurrency-mt-unsafe)
  std::ifstream in{answer};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  fs::remove_all(folder);
  const auto read = json::parse(text).as_object();
  return figure{read.at("matched").to_number<std::size_t>(), read.at("per_second").to_number<double>()};
}

} // namespace

int main() {
  const fs::path program = fs::path{FOREWARN_SOURCE_DIR} / "bench/json-rules-engine";
  fmt::print("{:>6} {:>8} {:>14} {:>24} {:>8}\n", "rules", "events", "Forewarn/s", "json-rules-engine/s", "ratio");
  for (const std::size_t count : {10U, 100U, 1'000U}) {
    const auto all = all_wanted(count);
    const auto stream = events(count >= 1'000 ? 2'000 : 20'000);
    const auto own = by_engine(all, stream);
    const auto theirs = by_node(program, all, stream);
    if (theirs && theirs->matched != own.matched) {
      std::cerr << fmt::format("with {} rules {} events matched here, {} there\n", count, own.matched, theirs->matched);
      return 1;
    }
    fmt::print("{:>6} {:>8} {:>14.0f} {:>24} {:>8}\n", count, stream.size(), own.per_second,
               theirs ? fmt::format("{:.0f}", theirs->per_second) : "not installed",
               theirs ? fmt::format("{:.0f}", own.per_second / theirs->per_second) : "");
  }
  return 0;
}
