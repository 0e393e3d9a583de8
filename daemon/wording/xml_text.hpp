// SPDX-License-Identifier: Apache-2.0
// What CAP and Atom share: elements with text that XML 1.0 allows, and times as both write them.
#pragma once

#include "forewarn/instant.hpp"
#include "forewarn/zone.hpp"

#include <string>
#include <string_view>

#include <pugixml.hpp>

namespace forewarn::wording {

// Without the control characters that no XML document may hold; those of a line become spaces.
[[nodiscard]] std::string xml_text(std::string_view text);

// Adds <name>text</name>; nothing where the text is empty.
void add(pugi::xml_node& to, const char* name, std::string_view text);

// "2026-03-01T12:05:00+00:00": whole seconds and a numeric offset, as CAP 1.2 demands; "Z" is not allowed there.
[[nodiscard]] std::string xml_time(instant at, const zone& local);

[[nodiscard]] std::string serialized(const pugi::xml_document& document);

} // namespace forewarn::wording
