// SPDX-License-Identifier: Apache-2.0
// What happens to personal data at the door: pseudonyms, age bands, outward postcodes, redacted values. Whatever
// passes a mapping passes through here first.
#pragma once

#include "forewarn/sensitive.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::connectors {

// HMAC-SHA-256 under the deployment's key, 128 bits as hex behind `prefix`. Spaces, punctuation, letter case and
// accents do not matter, so that "944 930 5552" and "9449305552", "José" and "JOSE" are one person. Equal `scope` lets
// two feeds meet. Several parts stay parts: "Ann" + "Elm" is not "An" + "nelm".
[[nodiscard]] std::string pseudonym(const sensitive<std::string>& key, std::string_view prefix, std::string_view scope,
                                    std::span<const std::string> parts);
[[nodiscard]] std::string pseudonym(const sensitive<std::string>& key, std::string_view prefix, std::string_view scope,
                                    std::string_view identifier);
// The form in which identifiers are compared. It must never change: earlier pseudonyms would no longer meet later ones.
[[nodiscard]] std::string normalised_identifier(std::string_view text);

// Every full UK postcode in a text cut to its outward half: "LS9 7TF" -> "LS9".
[[nodiscard]] std::string without_full_postcodes(std::string_view text);
[[nodiscard]] bool has_full_postcode(std::string_view text);

// "26-34"; edges ascending, the first 0. Nothing outside 0 to 130.
[[nodiscard]] std::optional<std::string> age_band_of(double years, const std::vector<int>& edges);
// The text as one of the bands of these edges: "26-34", "65+", also "26 to 34" and "under 16".
[[nodiscard]] std::optional<std::string> known_age_band(std::string_view text, const std::vector<int>& edges);
[[nodiscard]] int age_on(std::chrono::year_month_day birth, std::chrono::year_month_day day);

// A value fit for a receipt or a log: postcodes cut, long runs of digits masked, at most 40 characters.
[[nodiscard]] std::string redacted(std::string_view value);

// At most `most` bytes, never half a character; "..." marks the cut.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t most);

} // namespace forewarn::connectors
