// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/template_text.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

using kainjow::mustache::mustache;

// Every name that some view fills. A name of another kind of message stays empty and its section is left out.
const std::vector<std::string> known_names{".",
                                           "text",
                                           "source",
                                           "mark",
                                           "headline",
                                           "first_line",
                                           "second_line",
                                           "third_line",
                                           "reference",
                                           "version",
                                           "formal",
                                           "information_only",
                                           "level",
                                           "level_upper",
                                           "red",
                                           "audience",
                                           "drugs",
                                           "drugs_line",
                                           "sold_as_line",
                                           "certainty",
                                           "risk",
                                           "where",
                                           "when",
                                           "evidence",
                                           "data_complete_to",
                                           "instigator",
                                           "actions",
                                           "harm_reduction",
                                           "naloxone",
                                           "overdose_signs",
                                           "local_services",
                                           "has_local_services",
                                           "report_more",
                                           "issued",
                                           "review_by",
                                           "expires",
                                           "supersedes",
                                           "reason",
                                           "rule",
                                           "rule_title",
                                           "engine",
                                           "association",
                                           "what",
                                           "explanation",
                                           "not_an_all_clear",
                                           "next_steps",
                                           "signal",
                                           "assessment",
                                           "opened",
                                           "closed",
                                           "automatic",
                                           "held",
                                           "lead",
                                           "not_for_forwarding",
                                           "for_on_call",
                                           "signals",
                                           "notes",
                                           "chart",
                                           "chart_text",
                                           "sms_advice",
                                           "overdose_sign_list",
                                           "harm_reduction_list",
                                           "issuer"};

location place_of(std::string_view text, std::size_t offset, std::size_t length) {
  location at;
  const auto before = text.substr(0, offset);
  const auto line_start = before.rfind('\n');
  at.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  at.column =
      1 + static_cast<int>(utf8_length(line_start == std::string_view::npos ? before : before.substr(line_start + 1)));
  at.length = static_cast<int>(length);
  return at;
}

void check_tag(const source_text& file, std::size_t open, std::string_view tag, problems& found) {
  const auto complain = [&](std::string code, std::string message) {
    found.push_back(
        {file.path, place_of(file.text, open, tag.size() + 4), severity::error, std::move(code), std::move(message)});
  };
  if (tag.empty()) return complain("bad-value", "an empty tag: write {{name}}");
  const char sigil = tag.front();
  if (sigil == '!') return;
  if (sigil == '=' || sigil == '>')
    return complain("bad-value", "partials and other delimiters are not available here");
  if ((sigil == '{' || sigil == '&') && file.path.ends_with(".html.mustache"))
    return complain("bad-value", "an HTML template must not switch escaping off: write {{name}}");
  const bool marked = std::string_view{"#^/&{"}.find(sigil) != std::string_view::npos;
  const std::string name{trim(marked ? tag.substr(1) : tag)};
  if (std::find(known_names.begin(), known_names.end(), name) == known_names.end())
    complain("unknown-field", fmt::format("no message has a part '{}'{}", name, suggestion(name, known_names)));
}

std::string as_it_is(const std::string& text) {
  return text;
}

std::string fill(mustache layout, const view& with) {
  if (!layout.is_valid())
    throw std::logic_error("a template passed its check and is broken: " + layout.error_message());
  return layout.render(with);
}

std::string one_line(std::string_view text) {
  std::string line{trim(text)};
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return line;
}

// How many bytes the first `characters` take.
std::size_t bytes_of(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (begins && characters-- == 0) break;
  }
  return at;
}

std::string without_stop(std::string line) {
  while (!line.empty() && (line.back() == ',' || line.back() == ';' || line.back() == ':')) line.pop_back();
  return line;
}

} // namespace

problems check_template(const source_text& file) {
  problems found;
  for (std::size_t open = file.text.find("{{"); open != std::string::npos; open = file.text.find("{{", open + 2)) {
    const auto close = file.text.find("}}", open);
    if (close == std::string::npos) {
      found.push_back(
          {file.path, place_of(file.text, open, 2), severity::error, "bad-value", "this tag is never closed"});
      return found;
    }
    check_tag(file, open, trim(std::string_view{file.text}.substr(open + 2, close - open - 2)), found);
  }
  if (!found.empty()) return found;
  if (const mustache layout{file.text}; !layout.is_valid())
    found.push_back({file.path, {}, severity::error, "bad-value", layout.error_message()});
  return found;
}

std::string fill_text(const std::string& layout, const view& with) {
  mustache one{layout};
  one.set_custom_escape(as_it_is);
  return fill(std::move(one), with);
}

std::string fill_html(const std::string& layout, const view& with) {
  return fill(mustache{layout}, with);
}

void set(view& into, const char* name, const std::string& word) {
  if (word.empty())
    into.set(name, view{view::type::bool_false});
  else
    into.set(name, word);
}

void set(view& into, const char* name, const std::vector<std::string>& words) {
  view list{view::type::list};
  for (const auto& word : words) list.push_back(view{word});
  into.set(name, list);
}

namespace {

std::string since(const alert_content& content) {
  return content.when.substr(0, content.when.find(" to "));
}

std::string how_sure(const alert_content& content) {
  if (content.certainty == "toxicology confirmed") return "drug confirmed by toxicology";
  if (content.certainty == "suspected" || content.certainty == "not confirmed") return "drug " + content.certainty;
  return "certainty: " + content.certainty;
}

} // namespace

void set_first_lines(view& into, const alert_content& content) {
  set(into, "headline", content.headline);
  set(into, "first_line", content.headline);
  std::vector<std::string> counted;
  view evidence{view::type::list};
  for (const auto& line : content.evidence) {
    view one;
    set(one, "source", line.source);
    set(one, "text", line.text);
    evidence.push_back(one);
    counted.push_back(line.text);
  }
  into.set("evidence", evidence);
  set(into, "second_line",
      counted.empty()
          ? std::string{"No records stand behind it any more."}
          : fmt::format("{}. Counted since {}; {}", join(counted, " | "), since(content), how_sure(content)));
  set(into, "third_line",
      "Data complete to: " +
          (content.data_complete_to.empty() ? std::string{"not known"} : join(content.data_complete_to, ", ")));
}

std::string shorten(std::string_view text, std::size_t most) {
  auto line = one_line(text);
  if (utf8_length(line) <= most) return line;
  auto end = bytes_of(line, most - 3);
  if (line[end] != ' ')
    if (const auto space = line.rfind(' ', end); space != std::string::npos) end = space;
  line.resize(end);
  return without_stop(std::move(line)) + "...";
}

std::string shorten_subject(std::string_view text, std::string_view place, std::size_t most) {
  auto line = one_line(text);
  if (utf8_length(line) <= most) return line;
  const auto at = place.empty() ? std::string::npos : line.find(place);
  const auto place_end = at == std::string::npos ? 0 : at + place.size();
  // The drug says more than how long was counted; the first line of the message has both.
  const auto span = line.find(" in ", place_end);
  if (const auto next = line.find(", ", std::min(span, line.size())); next != std::string::npos) {
    line.erase(span, next - span);
    if (utf8_length(line) <= most) return line;
  }
  auto cut = shorten(line, most);
  cut.resize(cut.size() - 3); // its three dots
  std::size_t part_end = 0;
  for (const std::string_view stop : {", ", ": ", "; ", " in "})
    if (const auto found = line.rfind(stop, cut.size()); found != std::string::npos)
      part_end = std::max(part_end, found);
  if (part_end > place_end || (part_end == place_end && part_end > 0)) return line.substr(0, part_end) + "...";
  if (cut.size() >= place_end) return cut + "...";
  const auto named = line.substr(0, place_end) + "...";
  return utf8_length(named) <= most ? named : cut + "..."; // a list of places: its beginning
}

} // namespace forewarn::alerting
