// SPDX-License-Identifier: Apache-2.0
#include "daemon/reporting/document.hpp"

#include "forewarn/markup.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::reporting {
namespace {

namespace json = boost::json;

// Colours on white and on black keep 4.5 to 1 and more for words, 3 to 1 for bars.
constexpr const char* style = R"(
:root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--soft:#595959;--rule:#8a8a8a;--bar:#1d5f9c;--line:#a4261d}
@media (prefers-color-scheme:dark){:root{--ink:#ececec;--paper:#161616;--soft:#b4b4b4;--rule:#7d7d7d;--bar:#6fb1e8;--line:#ff9d94}}
*{box-sizing:border-box}
body{font-family:sans-serif;font-size:16px;line-height:1.45;color:var(--ink);background:var(--paper);max-width:60em;margin:0 auto;padding:1em}
h1{font-size:1.5em;margin:0}h2{font-size:1.15em;margin:1.6em 0 .3em}
.covers{font-size:1.1em;margin:.2em 0 0}.soft{color:var(--soft)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3em .6em .3em 0;border-bottom:1px solid var(--rule)}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}
p{overflow-wrap:anywhere}th[scope=row]{overflow-wrap:anywhere;min-width:6em}
figure{margin:.8em 0}figcaption{font-size:.9em;color:var(--soft)}
svg{width:100%;height:auto;max-width:44em;display:block}
svg text{fill:var(--ink);font-size:11px;font-family:sans-serif}
@media print{:root{--ink:#000;--paper:#fff;--soft:#333;--rule:#777;--bar:#1d5f9c;--line:#a4261d}
@page{size:A4;margin:16mm}body{font-size:10.5pt;max-width:none;padding:0}
h2{break-after:avoid}figure{display:inline-block;width:49%;vertical-align:top}tr,figure{break-inside:avoid}thead{display:table-header-group}.wide{overflow:visible}}
)";

// As wide as a telephone, so that its words stay readable there.
constexpr double width = 360, height = 150, top = 18, foot = 24, left = 4;

// Words under the bars stand where there is room for them: the first, the last, and every so many.
std::size_t every(std::size_t bars) {
  return std::max<std::size_t>(1, (bars + 5) / 6);
}

std::string in_short(double value) {
  return value < 1000 ? fmt::format("{:.3g}", value) : fmt::format("{:.0f}", value);
}

// At the middle of its bar; beside the edge, where it would stand out over it.
std::string word_at(const std::string& label, double middle, double y) {
  constexpr double letter = 6; // at most, of 11 pixels
  const auto half = letter * static_cast<double>(utf8_length(label)) / 2;
  const auto* anchor = middle < half ? "start" : middle > width - half ? "end" : "middle";
  const auto x = middle < half ? 0 : middle > width - half ? width : middle;
  return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", x, y, anchor, escaped_markup(label));
}

std::string drawn(const bars& one) {
  double most = one.target.value_or(0);
  for (const auto& [label, value] : one.values) most = std::max(most, value);
  if (most <= 0) most = 1;
  const auto room = height - top - foot;
  const auto step = (width - 2 * left) / static_cast<double>(std::max<std::size_t>(one.values.size(), 1));
  const auto y_of = [&](double value) { return top + room - room * value / most; };
  auto out = fmt::format(R"(<figure><svg viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">)", width, height,
                         escaped_markup(one.title + "; the numbers stand in the table"));
  const auto named = every(one.values.size());
  // Where there is no room for every number, the first of the highest gives the scale.
  const auto highest =
      static_cast<std::size_t>(std::max_element(one.values.begin(), one.values.end(),
                                                [](const auto& a, const auto& b) { return a.second < b.second; }) -
                               one.values.begin());
  for (std::size_t i = 0; i < one.values.size(); ++i) {
    const auto& [label, value] = one.values[i];
    const auto x = left + step * static_cast<double>(i);
    const auto middle = x + step / 2;
    const auto y = y_of(std::max(value, 0.0));
    out += fmt::format(R"x(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="var(--bar)"/>)x",
                       x + step * 0.12, y, step * 0.76, top + room - y);
    if (one.values.size() <= 16 || i == highest) out += word_at(in_short(value), middle, y - 4);
    if (i % named == 0) out += word_at(label, middle, height - 8);
  }
  out += fmt::format(R"x(<line x1="{0:g}" x2="{1:g}" y1="{2:.1f}" y2="{2:.1f}" stroke="var(--rule)"/>)x", left,
                     width - left, top + room);
  if (one.target)
    out += fmt::format(
        R"x(<line x1="{0:g}" x2="{1:g}" y1="{2:.1f}" y2="{2:.1f}" stroke="var(--line)" stroke-dasharray="6 4"/>)x",
        left, width - left, y_of(*one.target));
  return out + fmt::format("</svg><figcaption>{}{}</figcaption></figure>\n", escaped_markup(one.title),
                           one.target ? fmt::format(" The dashed line is the target, {:.4g}.", *one.target) : "");
}

std::string tabled(const table& one, const std::string& title) {
  if (one.rows.empty()) return fmt::format("<p>{}</p>\n", escaped_markup(one.when_empty));
  // Wide ones scroll in their own box, which the keyboard can reach.
  auto out = fmt::format(R"(<div class="wide" role="region" tabindex="0" aria-label="{}"><table><thead><tr>)",
                         escaped_markup(title));
  for (const auto& head : one.columns)
    out += fmt::format("<th scope=\"col\"{}>{}</th>", head.number ? " class=\"n\"" : "", escaped_markup(head.title));
  out += "</tr></thead><tbody>\n";
  for (const auto& row : one.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size() && i < one.columns.size(); ++i)
      out += i == 0 ? fmt::format("<th scope=\"row\">{}</th>", escaped_markup(row[i]))
                    : fmt::format("<td{}>{}</td>", one.columns[i].number ? " class=\"n\"" : "", escaped_markup(row[i]));
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string quoted(const std::string& cell) {
  // What begins so is a formula to a spreadsheet; a plain negative number is none.
  auto text = cell;
  const bool formula = !cell.empty() && std::string_view{"=+-@\t\r"}.find(cell.front()) != std::string_view::npos;
  const bool number = cell.find_first_not_of("+-0123456789.") == std::string::npos;
  if (formula && !number) text.insert(0, 1, '\'');
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    out += c;
    if (c == '"') out += '"';
  }
  return out + '"';
}

template <class Cells, class Text> std::string line(const Cells& cells, const Text& text) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) out += (i == 0 ? "" : ",") + quoted(text(cells[i]));
  return out + "\r\n";
}

} // namespace

std::string as_html(const document& one) {
  auto out =
      fmt::format("<!doctype html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                  "content=\"width=device-width, initial-scale=1\">\n<title>{0}: {1}</title>\n<style>{2}</style>"
                  "</head>\n<body>\n<header><h1>{0}</h1>\n<p class=\"covers\">{1}</p></header>\n<main>\n",
                  escaped_markup(one.title), escaped_markup(one.covers), style);
  for (const auto& note : one.notes) out += fmt::format("<p>{}</p>\n", escaped_markup(note));
  for (const auto& part : one.sections) {
    out += fmt::format("<section id=\"{}\"><h2>{}</h2>\n", escaped_markup(part.id), escaped_markup(part.title));
    for (const auto& sentence : part.says) out += fmt::format("<p>{}</p>\n", escaped_markup(sentence));
    for (const auto& picture : part.drawn) out += drawn(picture); // before its numbers, which may be long
    if (part.shown) out += tabled(*part.shown, part.title);
    out += "</section>\n";
  }
  return out +
         fmt::format("</main>\n<footer><p class=\"soft\">{}</p></footer>\n</body></html>\n", escaped_markup(one.made));
}

std::string as_csv(const table& one) {
  auto out = line(one.columns, [](const column& head) { return head.title; });
  for (const auto& row : one.rows) out += line(row, [](const std::string& cell) { return cell; });
  return out;
}

json::object as_json(const document& one) {
  json::array sections;
  for (const auto& part : one.sections) {
    json::object into{{"id", part.id}, {"title", part.title}};
    into["says"] = json::array(part.says.begin(), part.says.end());
    if (part.shown) {
      json::array columns, rows;
      for (const auto& head : part.shown->columns) columns.emplace_back(head.title);
      for (const auto& row : part.shown->rows) rows.push_back(json::array(row.begin(), row.end()));
      into["columns"] = std::move(columns);
      into["rows"] = std::move(rows);
    }
    sections.push_back(std::move(into));
  }
  json::object out{{"report", one.kind}, {"title", one.title}, {"covers", one.covers}, {"made", one.made}};
  out["notes"] = json::array(one.notes.begin(), one.notes.end());
  out["sections"] = std::move(sections);
  return out;
}

const section* table_named(const document& one, const std::string& id) {
  for (const auto& part : one.sections)
    if (part.shown && (id.empty() || part.id == id)) return &part;
  return nullptr;
}

std::vector<std::string> table_names(const document& one) {
  std::vector<std::string> out;
  for (const auto& part : one.sections)
    if (part.shown) out.push_back(part.id);
  return out;
}

} // namespace forewarn::reporting
