// SPDX-License-Identifier: Apache-2.0
// The closed sets of the domain, each as an enum with its fixed spelling. Kinds and substances are data, not here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn {

enum class setting : std::uint8_t {
  street,
  home,
  hostel,
  supported_housing,
  prison,
  custody,
  hospital,
  drug_service,
  licensed_premises,
  event,
  school,
  workplace,
  other
};
enum class certainty : std::uint8_t {
  unconfirmed,
  suspected,
  confirmed
};
enum class intent : std::uint8_t {
  accidental,
  self_harm,
  assault,
  undetermined
};
enum class sex : std::uint8_t {
  female,
  male,
  other
};
enum class outcome : std::uint8_t {
  died,
  conveyed,
  admitted,
  treated_on_scene,
  discharged,
  refused,
  other
};
enum class naloxone_by : std::uint8_t {
  ambulance,
  police,
  public_,
  service,
  self,
  other
};
enum class level : std::uint8_t {
  info,
  amber,
  red
}; // ordered: red is highest
enum class release : std::uint8_t {
  panel,
  automatic
};
enum class audience : std::uint8_t {
  on_call,
  panel,
  professionals,
  services,
  people_who_use_drugs,
  public_
};
enum class row_result : std::uint8_t {
  accepted,
  duplicate,
  stale,
  unselected,
  quarantined
};
enum class area_level : std::uint8_t {
  nation,
  region,
  county,
  lad,
  ward,
  msoa,
  lsoa,
  place
};

// Fixed spellings, in the order of the enumerators.
template <class Enum> struct spelling_of;
#define FOREWARN_SPELL(type, ...)                                                                                      \
  template <> struct spelling_of<type> {                                                                               \
    static constexpr std::array words = std::to_array<std::string_view>({__VA_ARGS__});                                \
  }
FOREWARN_SPELL(setting, "street", "home", "hostel", "supported_housing", "prison", "custody", "hospital",
               "drug_service", "licensed_premises", "event", "school", "workplace", "other");
FOREWARN_SPELL(certainty, "unconfirmed", "suspected", "confirmed");
FOREWARN_SPELL(intent, "accidental", "self_harm", "assault", "undetermined");
FOREWARN_SPELL(sex, "F", "M", "X");
FOREWARN_SPELL(outcome, "died", "conveyed", "admitted", "treated_on_scene", "discharged", "refused", "other");
FOREWARN_SPELL(naloxone_by, "ambulance", "police", "public", "service", "self", "other");
FOREWARN_SPELL(level, "info", "amber", "red");
FOREWARN_SPELL(release, "panel", "automatic");
FOREWARN_SPELL(audience, "on_call", "panel", "professionals", "services", "people_who_use_drugs", "public");
FOREWARN_SPELL(row_result, "accepted", "duplicate", "stale", "unselected", "quarantined");
FOREWARN_SPELL(area_level, "nation", "region", "county", "lad", "ward", "msoa", "lsoa", "place");
#undef FOREWARN_SPELL

template <class Enum>
[[nodiscard]] constexpr std::string_view to_text(Enum value)
  requires requires { spelling_of<Enum>::words; }
{
  return spelling_of<Enum>::words.at(static_cast<std::size_t>(value));
}

// Exact spelling only; mapping a partner's words is the feed's value table's work.
template <class Enum>
[[nodiscard]] constexpr std::optional<Enum> from_text(std::string_view text)
  requires requires { spelling_of<Enum>::words; }
{
  for (std::size_t i = 0; i < spelling_of<Enum>::words.size(); ++i)
    if (spelling_of<Enum>::words[i] == text) return static_cast<Enum>(i);
  return {};
}

// All spellings, for "did you mean" and for schemas.
template <class Enum> [[nodiscard]] std::vector<std::string> all_spellings() {
  return {spelling_of<Enum>::words.begin(), spelling_of<Enum>::words.end()};
}

} // namespace forewarn
