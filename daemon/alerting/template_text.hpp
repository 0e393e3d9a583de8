// SPDX-License-Identifier: Apache-2.0
// Mustache, and the only place that knows it. Text is filled in as it is, HTML always escaped: a template that asks
// for unescaped output is refused when it is loaded.
#pragma once

#include "forewarn/alert.hpp"
#include "forewarn/problem.hpp"

#include <string>
#include <string_view>

#include <kainjow/mustache.hpp>

namespace forewarn::alerting {

using view = kainjow::mustache::data;

// Broken syntax, a tag that no message fills (with what was meant), unescaped tags in an HTML template.
[[nodiscard]] problems check_template(const source_text& file);

[[nodiscard]] std::string fill_text(const std::string& layout, const view& with);
[[nodiscard]] std::string fill_html(const std::string& layout, const view& with);

// An empty word counts as absent, so that {{#part}}...{{/part}} leaves out what there is none of.
void set(view& into, const char* name, const std::string& word);
void set(view& into, const char* name, const std::vector<std::string>& words);

// What every message begins with: what and where; how many, people, sites, repeats; how complete the data is. Also the
// evidence behind it, source by source.
void set_first_lines(view& into, const alert_content& content);

// One line of at most `most` characters, cut between words and marked as cut.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t most);
// A subject: like `shorten`, but how long was counted (" in 24 hours,") goes first, it ends with a whole part (", ", ":
// ", "; ", " in ") where one fits, and the place is kept whole even where that makes it longer than `most`.
[[nodiscard]] std::string shorten_subject(std::string_view text, std::string_view place, std::size_t most);

} // namespace forewarn::alerting
