// SPDX-License-Identifier: Apache-2.0
// A report as it is read: headed sections of sentences, a table, a bar chart. Written as one HTML page that needs
// nothing else and prints well, as CSV by table, and as JSON. Counts nothing and hides nothing: what must not be said
// is not in the page.
#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace forewarn::reporting {

struct column {
  std::string title;
  bool number = false; // set to the right
};

struct table {
  std::vector<column> columns;
  std::vector<std::vector<std::string>> rows; // as many cells as columns
  std::string when_empty = "None.";
};

// Upright bars in the order given, six of them with their words. Every value stands in the section's table or sentences
// as well: the picture is for the eye alone.
struct bars {
  std::string title; // what is drawn, and in which unit
  std::vector<std::pair<std::string, double>> values;
  std::optional<double> target; // a line across
};

struct section {
  std::string id; // "sites": what `--table` and `?table=` name
  std::string title;
  std::vector<std::string> says;
  std::optional<table> shown;
  std::vector<bars> drawn;
};

struct document {
  std::string kind; // "board"
  std::string title;
  std::string covers;             // "October 2026"
  std::vector<std::string> notes; // how to read it; above everything else
  std::vector<section> sections;
  std::string made; // "Made 2026-11-02 08:00 GMT by Forewarn 1.0"
};

[[nodiscard]] std::string as_html(const document& one);
// One section's table: a header and its rows, RFC 4180. A cell that a spreadsheet would take for a formula is quoted
// with an apostrophe.
[[nodiscard]] std::string as_csv(const table& one);
[[nodiscard]] boost::json::object as_json(const document& one);

// The section of that id; of an empty one, the first that has a table. Null where there is none.
[[nodiscard]] const section* table_named(const document& one, const std::string& id);
// The ids of the sections that have a table.
[[nodiscard]] std::vector<std::string> table_names(const document& one);

} // namespace forewarn::reporting
