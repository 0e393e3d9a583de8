// SPDX-License-Identifier: Apache-2.0
#include "daemon/example_record.hpp"

#include "connectors/formats/csv.hpp"
#include "connectors/formats/raw_row.hpp"
#include "connectors/mapping/feed_plan.hpp"
#include "connectors/mapping/field_types.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <map>

#include <boost/json.hpp>

namespace forewarn {
namespace {

namespace json = boost::json;
using connectors::feed_plan;
using connectors::field_note;
using connectors::field_shape;
using connectors::file_format;

std::string example_of(const field_note& note) {
  const auto shape = connectors::shape_of_field(note.field);
  if (!note.formats.empty()) return example_time(note.formats.front(), shape == field_shape::age ? "1985" : "2026");
  if (!note.values.empty()) return note.values.front();
  if (note.field == "incident") return "7701";
  if (!note.codes.empty() || !shape) return "";
  switch (*shape) {
  case field_shape::age: return "31";
  case field_shape::person: return "P-1001";
  case field_shape::substances: return note.free_text ? "found drowsy, heroin nearby" : "heroin, cocaine";
  case field_shape::truth: return "Y";
  case field_shape::number: return "1";
  default: return "";
  }
}

// A date and its time in two columns are written with a space between them.
std::vector<std::string> over_columns(const std::string& example, std::size_t columns) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= example.size();) {
    const auto space = std::min(example.find(' ', from), example.size());
    parts.push_back(example.substr(from, space - from));
    from = space + 1;
  }
  if (columns > 1 && parts.size() == columns) return parts;
  return std::vector<std::string>(columns, example);
}

std::map<std::string, std::string> filled(const feed_plan& plan, const std::string& id) {
  std::map<std::string, std::string> out;
  const auto fill = [&](const std::string& column, const std::string& text) {
    auto& cell = out[column];
    if (cell.empty()) cell = text;
  };
  if (!plan.identity.fingerprint)
    for (const auto slot : plan.identity.columns) fill(plan.columns.at(slot).name, id);
  if (plan.identity.revision) fill(plan.columns.at(*plan.identity.revision).name, "1");
  for (const auto& [column, text] : plan.select_example) fill(column, text);
  for (const auto& note : plan.notes) {
    const auto parts = over_columns(example_of(note), note.columns.size());
    for (std::size_t i = 0; i < note.columns.size(); ++i) fill(note.columns[i], parts[i]);
  }
  for (const auto slot : plan.identity.columns) fill(plan.columns.at(slot).name, id);
  return out;
}

std::string as_csv(const feed_plan& plan, const std::vector<std::pair<std::string, std::string>>& record) {
  std::string out;
  for (int i = 0; i < plan.read.skip_lines; ++i) out += "a line that is skipped\n";
  std::vector<std::string> names, cells;
  if (plan.read.header.empty()) {
    for (const auto& [name, text] : record) {
      names.push_back(name);
      cells.push_back(text);
    }
    out += connectors::write_csv_record(names, plan.read.delimiter) + '\n';
  } else {
    const std::map<std::string, std::string> by_name{record.begin(), record.end()};
    for (const auto& name : plan.read.header) {
      const auto it = by_name.find(name);
      cells.push_back(it == by_name.end() ? std::string{} : it->second);
    }
  }
  return out + connectors::write_csv_record(cells, plan.read.delimiter) + '\n';
}

// RFC 6901; a token of digits is a place in a list.
void put_at(json::value& into, std::string_view pointer, json::value what) {
  if (pointer.empty()) {
    into = std::move(what);
    return;
  }
  const auto end = std::min(pointer.find('/', 1), pointer.size());
  std::string token{pointer.substr(1, end - 1)};
  const bool place = !token.empty() && token.find_first_not_of("0123456789") == std::string::npos && token.size() < 3;
  if (place) {
    if (!into.is_array()) into = json::array{};
    const auto at = static_cast<std::size_t>(std::stoul(token));
    auto& list = into.as_array();
    if (list.size() <= at) list.resize(at + 1);
    put_at(list[at], pointer.substr(end), std::move(what));
    return;
  }
  for (const auto& [written, meant] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}})
    for (auto at = token.find(written); at != std::string::npos; at = token.find(written, at + 1))
      token.replace(at, 2, meant);
  if (!into.is_object()) into = json::object{};
  put_at(into.as_object()[token], pointer.substr(end), std::move(what));
}

json::value as_object(const std::vector<std::pair<std::string, std::string>>& record) {
  json::value out = json::object{};
  for (const auto& [name, text] : record) {
    if (text.empty() || name == "$key") continue;
    if (name.front() == '/')
      put_at(out, name, json::value(text));
    else
      out.as_object()[name] = text;
  }
  return out;
}

json::value as_document(const feed_plan& plan, const std::string& id, json::value record) {
  json::value list = json::array{record};
  if (plan.read.keyed) list = json::object{{id, std::move(record)}};
  if (plan.read.records.empty()) return list;
  json::value out = json::object{};
  put_at(out, plan.read.records, std::move(list));
  return out;
}

} // namespace

std::string example_time(const std::string& pattern, const std::string& year) {
  if (pattern == "iso") return year + "-03-01 22:15";
  if (pattern == "unix") return "1772403300";
  if (pattern == "unix-ms") return "1772403300000";
  const std::map<char, std::string> letters{
      {'d', "01"},    {'m', "03"},    {'Y', year},       {'y', year.substr(2)}, {'b', "Mar"},
      {'B', "March"}, {'H', "22"},    {'I', "10"},       {'p', "PM"},           {'M', "15"},
      {'S', "00"},    {'f', "000"},   {'z', "+0000"},    {'a', "Sun"},          {'e', "1"},
      {'%', "%"},     {'R', "22:15"}, {'T', "22:15:00"}, {'F', year + "-03-01"}};
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto it = pattern[i] == '%' && i + 1 < pattern.size() ? letters.find(pattern[i + 1]) : letters.end();
    if (it == letters.end()) {
      out += pattern[i];
      continue;
    }
    out += it->second;
    ++i;
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> example_record(const connectors::feed& of, const std::string& id) {
  const auto cells = filled(*of.plan, id);
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& one : of.plan->columns) {
    const auto it = cells.find(one.name);
    out.emplace_back(one.name, it == cells.end() ? std::string{} : it->second);
  }
  return out;
}

std::string example_file(const connectors::feed& of, const std::string& id) {
  const auto record = example_record(of, id);
  switch (of.plan->read.format) {
  case file_format::csv: return as_csv(*of.plan, record);
  case file_format::json: return json::serialize(as_document(*of.plan, id, as_object(record))) + '\n';
  case file_format::ndjson: return json::serialize(as_object(record)) + '\n';
  }
  return {};
}

} // namespace forewarn
