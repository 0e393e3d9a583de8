// SPDX-License-Identifier: Apache-2.0
// Each field of an observation as a type: how a text is checked when the feed's file is loaded, and how it is set
// when a row comes. What a text may not say, the feed's file says beforehand.
#pragma once

#include "connectors/mapping/substance_words.hpp"
#include "connectors/mapping/value_source.hpp"
#include "forewarn/reference.hpp"
#include "forewarn/sensitive.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace forewarn::connectors {

enum class field_shape : std::uint8_t {
  time,
  area,
  site,
  word,
  truth,
  number,
  age,
  substances,
  person
};

struct field_type {
  std::string_view name;
  field_shape shape = field_shape::word;
  // What is wrong with a text written in the feed's file (`values`, `default`, `always`); nothing where it is right.
  std::function<std::optional<std::string>(const std::string& text)> check;
  // Sets the field, or says through the pass that it could not.
  std::function<void(const value_source& from, const std::string& text, mapping_pass& pass)> set;
};

// All fields but times, places, ages, persons and substances, whose reading takes more than a text. Nothing for an
// unknown name.
[[nodiscard]] std::optional<field_type> simple_field(std::string_view name);
[[nodiscard]] field_type area_field(std::string_view name, const reference_data& reference, bool by_postcode,
                                    std::optional<area_index> within);
[[nodiscard]] std::vector<std::string> all_field_names();
[[nodiscard]] std::optional<field_shape> shape_of_field(std::string_view name);

[[nodiscard]] std::optional<double> parse_number(std::string_view text);
[[nodiscard]] std::optional<bool> parse_truth(std::string_view text);

} // namespace forewarn::connectors
