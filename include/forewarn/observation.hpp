// SPDX-License-Identifier: Apache-2.0
// An observation: the normalised, pseudonymised form of one record. What, when, where, which substances.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"
#include "forewarn/result.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn {

// Identity over the whole system: no two feeds share a record.
struct observation_key {
  feed_id feed;
  record_id id;

  friend bool operator==(const observation_key&, const observation_key&) = default;
  friend auto operator<=>(const observation_key&, const observation_key&) = default;
  [[nodiscard]] std::string str() const { return feed.str() + '/' + id.str(); } // "yas/119"
};

// What is absent is unknown, never a default: a rule's positive test fails on it and its `not` holds.
struct observation {
  observation_key key;
  kind_id kind;
  instant occurred_at;
  instant received_at;             // the desk's stamp; strictly increasing when live
  bool has_own_received_at = true; // false where a file gave none and occurred_at stands in
  std::optional<instant> sent_at;  // the partner's own idea of when it was sent

  std::optional<area_code> ward;
  std::optional<area_code> msoa;
  std::optional<area_code> lsoa;
  std::optional<area_code> lad;
  std::optional<area_code> area; // any other level: a nation, a county, a local place
  std::optional<site_id> site;
  std::optional<forewarn::setting> setting;

  std::vector<substance_id> substances; // as recorded, sorted, unique; may name what the vocabulary lacks
  std::vector<substance_id> confirmed;  // the part that a laboratory confirmed
  std::vector<substance_id> sold_as;
  std::optional<forewarn::certainty> certainty;
  std::optional<forewarn::intent> intent;

  std::optional<forewarn::outcome> outcome;
  std::optional<bool> fatal;
  std::optional<bool> naloxone;
  std::optional<double> naloxone_doses;
  std::optional<forewarn::naloxone_by> naloxone_by;
  std::optional<double> days_since_release; // from prison or custody

  std::optional<double> age;           // only where a feed's lawful basis lets it stay
  std::optional<std::string> age_band; // "26-34", "65+", "0-15"
  std::optional<forewarn::sex> sex;

  std::optional<person_id> person;
  std::optional<incident_id> incident;
  double weight = 1;

  bool withdrawn = false;
  std::int64_t revision = 1;
  std::map<std::string, std::string> attributes; // only names on the feed's allow-list

  friend bool operator==(const observation&, const observation&) = default;
};

// Same meaning: everything but when it was received and its revision number.
[[nodiscard]] bool same_content(const observation& a, const observation& b);

// One line of NDJSON as in the rule language's section 10. Unknown keys and wrong types are errors that name the key.
[[nodiscard]] result<observation, std::string> parse_observation(std::string_view json);

// The same, written: keys in the contract's order, absent ones left out, no newline.
[[nodiscard]] std::string to_json(const observation& one);

} // namespace forewarn
