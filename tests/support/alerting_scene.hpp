// SPDX-License-Identifier: Apache-2.0
// What tests of the alert process stand on: the shipped reference data, words and templates, and three rules as a
// district would have them (a count by ward, a first find, a single child at hospital).
#pragma once

#include "daemon/alerting/services.hpp"
#include "daemon/alerting/words.hpp"
#include "forewarn/signal.hpp"
#include "forewarn/vocabulary_files.hpp"
#include "rules/plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace forewarn::test {

[[nodiscard]] inline instant at(const char* rfc3339);

// Files of the shipped etc/ with these endings, by path.
[[nodiscard]] inline std::vector<source_text> shipped_files(const std::string& folder,
                                                            const std::vector<std::string>& endings);
[[nodiscard]] inline std::shared_ptr<const reference_data> shipped_reference();
[[nodiscard]] inline alerting::word_book shipped_words();

// In every ward: 3 opioid call-outs within 24 hours amber, 5 red; panel.
[[nodiscard]] inline rules::rule opioid_callouts(const reference_data& reference);
// A nitazene not seen before in a drug test; panel.
[[nodiscard]] inline rules::rule nitazene_first_seen(const reference_data& reference);
// Each hospital attendance of a child; automatic, held for 15 minutes, for services.
[[nodiscard]] inline rules::rule child_attendance();
[[nodiscard]] inline std::shared_ptr<const rules::rule_set> rule_set_of(std::shared_ptr<const reference_data> reference,
                                                                        std::vector<rules::rule> rules);

// An ambulance call-out in Armley with heroin recorded, at a person's flat or a hostel.
[[nodiscard]] inline observation call_out(const std::string& id, const char* when, const char* person,
                                          const char* site);
[[nodiscard]] inline observation drug_test(const std::string& id, const char* when);
[[nodiscard]] inline observation attendance_of_child(const std::string& id, const char* when);

// A signal of the rule over the evidence, as the engine would write it down.
[[nodiscard]] inline signal signal_over(const rules::rule& rule, series_key series,
                                        const std::vector<observation>& evidence);

namespace scene {

inline rules::condition about_class(const reference_data& reference, const char* id) {
  rules::substance_value value;
  value.word = substance_id{id};
  const auto index = reference.substances.find(value.word);
  REQUIRE(index);
  value.covers = reference.substances.within(*index);
  std::sort(value.covers.begin(), value.covers.end());
  return {rules::test{{rules::field::substances, {}}, rules::one_of_substances{{value}}}};
}

inline observation base(const char* feed, const std::string& id, const char* kind, const char* when) {
  observation one;
  one.key = {feed_id{feed}, record_id{id}};
  one.kind = kind_id{kind};
  one.occurred_at = at(when);
  one.received_at = one.occurred_at + std::chrono::minutes{2};
  one.lad = area_code{"E08000035"};
  return one;
}

} // namespace scene

// Throws on text that is no time: it serves constants, which no test case encloses.
inline instant at(const char* rfc3339) {
  return parse_rfc3339(rfc3339).value();
}

inline std::vector<source_text> shipped_files(const std::string& folder, const std::vector<std::string>& endings) {
  std::vector<source_text> out;
  const auto root = std::filesystem::path{FOREWARN_SOURCE_DIR} / "etc" / folder;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{root}) {
    const auto ending = entry.path().extension().string();
    if (std::find(endings.begin(), endings.end(), ending) == endings.end()) continue;
    std::ostringstream text;
    text << std::ifstream{entry.path()}.rdbuf();
    out.push_back({"etc/" + folder + "/" + std::filesystem::relative(entry.path(), root).string(), text.str()});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  REQUIRE_FALSE(out.empty());
  return out;
}

inline std::shared_ptr<const reference_data> shipped_reference() {
  auto out = std::make_shared<reference_data>();
  problems found;
  const auto words = sorted_vocabulary(shipped_files("vocabulary", {".yaml"}));
  out->kinds = parse_kinds(words.kinds, found);
  out->substances = parse_vocabulary(words.substances, found);
  out->settings = parse_settings(words.settings, found);
  out->codes = parse_code_systems(words.codes, out->substances, found);
  out->areas = parse_areas(shipped_files("areas", {".yaml"}), found);
  out->local_zone = zone::named("Europe/London").value();
  out->root_area = area_code{"E08000035"};
  out->sites.push_back({site_id{"hostel-1"}, "Example hostel", area_code{"E05011385"}});
  for (const auto& p : found) FAIL(p.path << ":" << p.at.line << ": " << p.message);
  return out;
}

inline alerting::word_book shipped_words() {
  auto loaded = alerting::load_words(shipped_files("templates", {".mustache", ".yaml"}));
  for (const auto& p : loaded.found) FAIL(p.path << ":" << p.at.line << ": " << p.message);
  return std::move(loaded.book);
}

inline rules::rule opioid_callouts(const reference_data& reference) {
  rules::rule one;
  one.id = rule_id{"opioid-callouts-ward"};
  one.title = "Opioid call-outs in one ward";
  one.observe.kinds = {kind_id{"ambulance"}};
  one.where = scene::about_class(reference, "opioid");
  one.for_each = {{{rules::field::ward, {}}}};
  one.detector = rules::count_detector{std::chrono::hours{24}, {{level::amber, 3}, {level::red, 5}}, {}};
  one.clear_after = std::chrono::hours{72};
  one.alert.advice = "opioid-overdose";
  one.hash = "sha256:0123";
  return one;
}

inline rules::rule nitazene_first_seen(const reference_data& reference) {
  rules::rule one;
  one.id = rule_id{"nitazene-first-seen"};
  one.title = "A nitazene not seen here before";
  one.observe.kinds = {kind_id{"drug_test"}};
  one.where = scene::about_class(reference, "nitazene");
  rules::first_seen_detector detector;
  detector.of = {{rules::field::substances, {}}};
  detector.not_seen_for = std::chrono::hours{24 * 365};
  one.detector = detector;
  one.clear_after = std::chrono::hours{24 * 7};
  one.alert.advice = "potent-opioid";
  one.hash = "sha256:4567";
  return one;
}

inline rules::rule child_attendance() {
  rules::rule one;
  one.id = rule_id{"under-16-attendance"};
  one.title = "A child at hospital after taking drugs";
  one.observe.kinds = {kind_id{"attendance"}};
  one.where = {rules::all_parts{}};
  one.detector = rules::every_record_detector{};
  one.clear_after = std::chrono::hours{24 * 7};
  one.alert.release = release::automatic;
  one.alert.hold = std::chrono::minutes{15};
  one.alert.audience = audience::services;
  one.alert.advice = "young-people";
  one.hash = "sha256:89ab";
  return one;
}

inline std::shared_ptr<const rules::rule_set> rule_set_of(std::shared_ptr<const reference_data> reference,
                                                          std::vector<rules::rule> rules) {
  auto out = std::make_shared<rules::rule_set>();
  out->reference = std::move(reference);
  out->rules = std::move(rules);
  return out;
}

inline observation call_out(const std::string& id, const char* when, const char* person, const char* site) {
  auto one = scene::base("yas", id, "ambulance", when);
  one.ward = area_code{"E05011385"};
  one.substances = {substance_id{"alcohol"}, substance_id{"heroin"}};
  one.person = person_id{person};
  one.incident = incident_id{"i:" + id};
  if (site != nullptr) one.site = site_id{site};
  one.naloxone = true;
  return one;
}

inline observation drug_test(const std::string& id, const char* when) {
  auto one = scene::base("wedinos", id, "drug_test", when);
  one.substances = {substance_id{"bromazolam"}, substance_id{"protonitazene"}};
  one.confirmed = one.substances;
  one.sold_as = {substance_id{"diazepam"}};
  one.certainty = certainty::confirmed;
  return one;
}

inline observation attendance_of_child(const std::string& id, const char* when) {
  auto one = scene::base("ed", id, "attendance", when);
  one.ward = area_code{"E05011385"};
  one.substances = {substance_id{"mdma"}};
  one.certainty = certainty::suspected;
  one.age_band = "0-15";
  one.person = person_id{"p:child"};
  return one;
}

inline signal signal_over(const rules::rule& rule, series_key series, const std::vector<observation>& evidence) {
  REQUIRE_FALSE(evidence.empty());
  signal out;
  out.id = signal_id{"S-" + rule.id.str() + "-1"};
  out.rule = rule.id;
  out.rule_hash = rule.hash;
  out.series = std::move(series);
  const auto& last = evidence.back();
  out.opened_at = last.received_at;
  const bool counts = std::holds_alternative<rules::count_detector>(rule.detector);
  out.window = {last.occurred_at - (counts ? std::chrono::hours{24} : std::chrono::hours{0}), last.occurred_at};
  out.value = counts ? static_cast<double>(evidence.size()) : 1;
  out.bound = counts ? (evidence.size() >= 5 ? 5 : 3) : 1;
  out.level = counts && evidence.size() >= 5 ? level::red : level::amber;
  return out;
}

} // namespace forewarn::test
