// SPDX-License-Identifier: Apache-2.0
// A feed from YAML and rows from text, for tests of connectors: small reference data of known content.
#pragma once

#include "connectors/feed.hpp"
#include "forewarn/area.hpp"
#include "forewarn/vocabulary.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace forewarn::connectors::testing {

inline std::shared_ptr<const reference_data> small_reference() {
  static const auto held = [] {
    auto out = std::make_shared<reference_data>();
    problems found;
    out->substances = parse_vocabulary({{"substances.yaml", R"(
classes:
  - {id: opioid, synonyms: [opioids, opiates]}
  - {id: nitazene, parent: opioid, stems: [nitazene]}
  - {id: benzodiazepine, stems: [azolam]}
  - {id: stimulant}
  - {id: other}
substances:
  - {id: heroin, class: opioid, synonyms: [diamorphine, smack]}
  - {id: fentanyl, class: opioid}
  - {id: isotonitazene, class: nitazene}
  - {id: n-desethyl-isotonitazene, class: nitazene}
  - {id: bromazolam, class: benzodiazepine}
  - {id: cocaine, class: stimulant, synonyms: [crack cocaine, crack]}
  - {id: dnp, name: "2,4-Dinitrophenol", class: other}
  - {id: gbl, name: "gamma-Butyrolactone, technical", class: other}
results:
  - {id: no-active-component, name: No Active Component Identified}
)"}},
                                       found);
    out->kinds = parse_kinds({{"kinds.yaml", R"(
kinds:
  - {id: ambulance, title: Ambulance call-outs, one: call-out, many: call-outs}
  - {id: drug_test, title: Drug tests, one: test, many: tests}
)"}},
                             found);
    out->areas = parse_areas({{"areas.yaml", R"(
areas:
  - {code: E92000001, name: England, level: nation}
  - {code: W92000004, name: Wales, level: nation}
  - {code: E08000035, name: Leeds, level: lad, parent: E92000001}
  - {code: E08000032, name: Bradford, level: lad, parent: E92000001}
  - {code: E05011387, name: Armley, level: ward, parent: E08000035}
  - {code: E05000001, name: City, level: ward, parent: E08000035}
  - {code: E05000002, name: City, level: ward, parent: E08000032}
postcodes: {LS: E92000001, CF: W92000004, CH: E92000001, CH5: W92000004}
)"}},
                             found);
    out->codes = parse_code_systems({{"codes/icd10.yaml", R"(
system: {id: icd10, title: ICD-10, match: prefix, shapes: ["A99*"]}
codes:
  - {code: T40.1, title: Heroin, event: poisoning, substances: [heroin]}
  - {code: T40.6, title: Other narcotics, event: poisoning, substances: [opioid]}
  - {code: F14, title: Cocaine, event: use, substances: [cocaine]}
  - {code: X62, title: Intentional, event: poisoning, intent: self_harm}
  - {code: NAL, title: Naloxone given, event: naloxone}
)"}},
                                    out->substances, found);
    CHECK(render(found, {}) == "");
    out->sites = {
        {site_id{"infirmary"}, "City Infirmary", area_code{"E05000001"}, {"LS9 7TF", "CI"}, setting::hospital},
        {site_id{"hostel-1"}, "Mill Lane Hostel", area_code{"E05011387"}, {"Mill Ln"}, setting::hostel},
        {site_id{"hmp-moor"}, "HMP Moor", std::nullopt, {"Moor prison"}, setting::prison, true}};
    out->local_zone = *zone::named("Europe/London");
    return std::shared_ptr<const reference_data>{out};
  }();
  return held;
}

inline loaded_feeds load(const std::string& yaml, std::shared_ptr<const reference_data> reference = small_reference()) {
  return load_feeds({{"feed.yaml", yaml}}, std::move(reference), {sensitive<std::string>{"a key for tests"}});
}

inline feed load_good(const std::string& yaml, std::shared_ptr<const reference_data> reference = small_reference()) {
  auto loaded = load(yaml, std::move(reference));
  REQUIRE_MESSAGE(loaded.feeds.size() == 1, render(loaded.found, {{"feed.yaml", yaml}}));
  return loaded.feeds.front();
}

struct read_result {
  std::vector<taken_row> rows;
  std::optional<rejected> broken;
  std::int64_t broken_line = 0;

  [[nodiscard]] std::vector<observation> observations() const {
    std::vector<observation> out;
    for (const auto& row : rows)
      if (const auto* one = std::get_if<observation>(&row.what)) out.push_back(*one);
    return out;
  }
  // "accepted", "unselected" or the code, each with its line: "2 accepted, 3 bad-time".
  [[nodiscard]] std::string results() const {
    std::string out;
    for (const auto& row : rows) {
      const auto* why = std::get_if<rejected>(&row.what);
      out += (out.empty() ? "" : ", ") + std::to_string(row.line) + ' ' +
             (why != nullptr                                 ? why->code
              : std::holds_alternative<unselected>(row.what) ? "unselected"
                                                             : "accepted");
    }
    if (broken) out += (out.empty() ? "broken " : "; broken ") + broken->code;
    return out;
  }
};

inline read_result read_all(const feed& from, byte_source bytes) {
  read_result out;
  const auto stream = read_rows(from, std::move(bytes));
  while (stream->next(out.rows, 100)) {
  }
  out.broken = stream->broken();
  out.broken_line = stream->broken_line();
  return out;
}
inline read_result read_all(const feed& from, std::string text) {
  return read_all(from, from_text(std::move(text)));
}

// The head every test feed needs, with its own parts appended.
inline std::string feed_yaml(const std::string& rest, const std::string& kind = "ambulance") {
  return "id: test\npartner: A partner\nkind: " + kind +
         "\npurpose: testing\nlawful_basis: none needed\nretention: 30d\n" + rest;
}

} // namespace forewarn::connectors::testing
