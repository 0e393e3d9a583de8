// SPDX-License-Identifier: Apache-2.0
#include "daemon/wording/linter.hpp"

#include "daemon/wording/disclosure.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <re2/re2.h>

namespace forewarn::wording {
namespace {

struct pattern {
  const char* code;
  const char* words; // RE2; the first group, where there is one, is what is shown
  const char* why;
  const char* instead;
  bool of_persons = false; // not asked where names are meant
};

constexpr const char* not_cause = "records show what was recorded together, not what caused it";
constexpr const char* not_advert = "praise of a drug is read as an advertisement for it";
constexpr const char* not_person = "a message must not let anyone be recognised";

const pattern patterns[] = {
    {"lint-cause",
     R"((?i)\b(caused\s+by|is\s+causing|are\s+causing|has\s+caused|have\s+caused|because\s+of|due\s+to|as\s+a\s+result\s+of|result(?:ed|ing)\s+(?:from|in)|led\s+to|leading\s+to|responsible\s+for|to\s+blame\s+for|blamed\s+(?:on|for)|attribut(?:ed|able)\s+to|killed\s+by|is\s+killing|are\s+killing|has\s+killed|have\s+killed)\b)",
     not_cause, "'recorded together with', 'after taking', or 'may be linked to'"},
    {"lint-postcode", R"((?i)\b([A-Z]{1,2}[0-9][A-Z0-9]?[ \x{A0}]?[0-9][ABD-HJLNP-UW-Z]{2})\b)",
     "a full postcode is a handful of homes", "the ward or the district by name"},
    {"lint-person", R"(\b((?:Mr|Mrs|Ms|Miss|Mx)\.?\s+[A-Z][a-z]+))", not_person, "what happened, without the name",
     true},
    {"lint-person", R"((?i)\b(date\s+of\s+birth|d\.o\.b\.?|dob|born\s+on)\b)", not_person,
     "an age band such as 18 to 25"},
    {"lint-person", R"((?i)\b([0-9]{1,2}[- ]years?[- ]olds?|aged?\s+[0-9]{1,2})\b)", not_person,
     "an age band such as 18 to 25, or 'a young person'"},
    {"lint-person",
     R"(\b([0-9]{1,4}[a-z]?\s+(?:[A-Z][a-z]+\s+){1,3}(?:Road|Street|Avenue|Lane|Close|Drive|Court|Terrace|Crescent|Grove|Way|Mount|View))\b)",
     "an address is a home", "the ward or the district by name", true},
    {"lint-person", R"(\b(07[0-9]{3}\s?[0-9]{3}\s?[0-9]{3})\b)", not_person, "the service's own number", true},
    {"lint-person", R"(\b([pi]:[0-9a-f]{6,})\b)", "a pseudonym still points at one person", "nothing in its place"},
    {"lint-advertising",
     R"((?i)\b((?:super|extra|really|very|extremely|insanely)[- ]?(?:strong|potent|pure)|strongest|purest|high[- ]quality|top[- ]quality|best\s+(?:gear|stuff|batch|quality)|(?:good|great)\s+(?:gear|stuff|quality)|hits\s+hard|value\s+for\s+money)\b)",
     not_advert, "what was found, by name: 'contains protonitazene'"},
    {"lint-advertising", R"((?i)(£\s?[0-9]+(?:\.[0-9]+)?\s*(?:a|per|for|each)\b|[0-9]+\s+for\s+£\s?[0-9]+))",
     "a price helps whoever sells", "nothing in its place"},
    {"lint-advertising",
     R"((?i)\b(on\s+sale\s+(?:at|from|in)|available\s+(?:to\s+buy|from\s+dealers)|where\s+to\s+buy)\b)",
     "where to get a drug is what its seller would say", "where it was found, by district"},
};

constexpr const char* small_count =
    R"((?i)\b(([0-9]+|one|two|three|four|five|six|seven)\s+(?:[a-z][a-z-]*\s+){0,2}?(?:people|persons?|patients?|deaths?|died|call-?outs?|attendances?|admissions?|overdoses?|cases?|incidents?|records?|men|man|women|woman|child|children|residents?|casualties))\b)";

std::size_t start_of(std::string_view text, const re2::StringPiece& part) {
  return static_cast<std::size_t>(part.data() - text.data());
}

template <class Take> void each_match(std::string_view text, const RE2& of, Take take) {
  const re2::StringPiece whole{text.data(), text.size()};
  re2::StringPiece groups[3];
  const int wanted = std::min(of.NumberOfCapturingGroups() + 1, 3);
  std::size_t from = 0;
  while (from <= text.size() && of.Match(whole, from, text.size(), RE2::UNANCHORED, groups, wanted)) {
    take(groups);
    from = std::max(start_of(text, groups[0]) + groups[0].size(), from + 1);
  }
}

const RE2& compiled(const char* words) {
  static std::vector<std::pair<const char*, std::unique_ptr<const RE2>>> all = [] {
    std::vector<std::pair<const char*, std::unique_ptr<const RE2>>> out;
    for (const auto& one : patterns) out.emplace_back(one.words, std::make_unique<const RE2>(one.words));
    out.emplace_back(small_count, std::make_unique<const RE2>(small_count));
    return out;
  }();
  for (const auto& [text, one] : all)
    if (text == words) return *one;
  throw std::logic_error("no such pattern");
}

double number_of(const re2::StringPiece& said) {
  static const std::vector<std::string> words{"zero", "one", "two", "three", "four", "five", "six", "seven"};
  const auto text = ascii_lower({said.data(), said.size()});
  const auto known = std::find(words.begin(), words.end(), text);
  if (known != words.end()) return static_cast<double>(known - words.begin());
  return text.size() > 6 ? 1e6 : std::stod(text);
}

void look_for_small_counts(std::string_view text, double floor, std::vector<finding>& out) {
  each_match(text, compiled(small_count), [&](const re2::StringPiece* groups) {
    const auto count = number_of(groups[2]);
    if (count <= 0 || count >= floor) return;
    out.push_back({"lint-small-count", start_of(text, groups[1]), groups[1].size(),
                   std::string{groups[1].data(), groups[1].size()},
                   fmt::format("these readers must not be told a count below {:g}", floor),
                   fmt::format("'fewer than {:g}'", floor)});
  });
}

// Ten digits whose last one is the check digit of the others: an NHS number.
void look_for_nhs_numbers(std::string_view text, std::vector<finding>& out) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto is_digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
    if (!is_digit(at) || (at > 0 && is_digit(at - 1))) continue;
    std::string digits;
    std::size_t end = at;
    for (; end < text.size() && digits.size() <= 10; ++end) {
      const bool gap = (text[end] == ' ' || text[end] == '-') && (digits.size() == 3 || digits.size() == 6);
      if (is_digit(end))
        digits += text[end];
      else if (!gap)
        break;
    }
    if (digits.size() != 10) continue;
    int sum = 0;
    for (int i = 0; i < 9; ++i) sum += (digits[static_cast<std::size_t>(i)] - '0') * (10 - i);
    const int check = (11 - sum % 11) % 11;
    if (check == 10 || check != digits[9] - '0') continue;
    out.push_back({"lint-person", at, end - at, std::string{text.substr(at, end - at)}, "this is an NHS number",
                   "nothing in its place"});
  }
}

// Comments say things about words that no message says.
std::string without_comments(std::string text, const std::string& path) {
  if (path.ends_with(".mustache")) return text;
  for (std::size_t line = 0; line < text.size();) {
    const auto end = std::min(text.find('\n', line), text.size());
    const auto first = text.find_first_not_of(' ', line);
    if (first < end && text[first] == '#')
      std::fill(text.begin() + static_cast<std::ptrdiff_t>(first), text.begin() + static_cast<std::ptrdiff_t>(end),
                ' ');
    line = end + 1;
  }
  return text;
}

location location_of(std::string_view text, std::size_t at, std::size_t length) {
  location out;
  const auto before = text.substr(0, at);
  const auto line_start = before.rfind('\n');
  out.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  out.column =
      1 + static_cast<int>(utf8_length(line_start == std::string_view::npos ? before : before.substr(line_start + 1)));
  out.length = static_cast<int>(utf8_length(text.substr(at, length)));
  return out;
}

struct part {
  const char* name;
  std::string text;
  bool names_are_public = false;
};

std::vector<part> parts_of(const alert& about) {
  const auto& content = about.content;
  std::string evidence;
  for (const auto& line : content.evidence) evidence += line.source + ": " + line.text + "\n";
  return {{"headline", content.headline},
          {"sold as", join(content.sold_as, "; ")},
          {"identified risk", content.risk},
          {"where", content.where, true}, // a hostel's name may be its address, and its readers may know it
          {"evidence", evidence},
          {"actions for staff", join(content.actions, "\n")},
          {"harm reduction", content.harm_reduction},
          {"naloxone", content.naloxone},
          {"overdose signs", content.overdose_signs},
          {"local services", join(content.local_services, "\n"), true},
          {"where to report more", content.report_more, true},
          {"instigator", content.instigator, true},
          {"reason", about.reason}};
}

} // namespace

std::vector<finding> lint_text(std::string_view text, const lint_limits& limits) {
  std::vector<finding> out;
  for (const auto& one : patterns) {
    if (one.of_persons && limits.names_are_public) continue;
    each_match(text, compiled(one.words), [&](const re2::StringPiece* groups) {
      out.push_back({one.code, start_of(text, groups[1]), groups[1].size(),
                     std::string{groups[1].data(), groups[1].size()}, one.why, one.instead});
    });
  }
  look_for_nhs_numbers(text, out);
  if (limits.count_floor > 0) look_for_small_counts(text, limits.count_floor, out);
  std::stable_sort(out.begin(), out.end(), [](const finding& a, const finding& b) { return a.at < b.at; });
  return out;
}

std::string spell(const finding& one) {
  const auto instead =
      one.instead == "nothing in its place" ? std::string{"leave it out"} : fmt::format("write {}", one.instead);
  return fmt::format("'{}': {}; {}", one.words, one.why, instead);
}

problems lint_file(const source_text& file) {
  problems out;
  const auto text = without_comments(file.text, file.path);
  // Approved words name services and their telephones on purpose; what they say of counts depends on the reader.
  for (const auto& one : lint_text(text, {.count_floor = 0, .names_are_public = true}))
    out.push_back({file.path, location_of(text, one.at, one.length), severity::error, one.code, spell(one)});
  return out;
}

std::vector<part_finding> lint(const alert& about, const alerting::word_book& words) {
  std::vector<part_finding> out;
  const auto floor = floor_of(profile_of(about.audience, words));
  for (const auto& one : parts_of(about))
    for (auto& found : lint_text(one.text, {.count_floor = floor, .names_are_public = one.names_are_public}))
      out.push_back({one.name, std::move(found)});
  return out;
}

std::optional<std::string> objection(const alert& about, const alerting::word_book& words) {
  constexpr std::size_t most_said = 3;
  const auto found = lint(about, words);
  if (found.empty()) return {};
  std::string out;
  for (std::size_t i = 0; i < std::min(found.size(), most_said); ++i)
    out += fmt::format("{}{}: {}", i == 0 ? "" : ". ", found[i].part, spell(found[i].what));
  if (found.size() > most_said) out += fmt::format(". And {} more", found.size() - most_said);
  return out;
}

} // namespace forewarn::wording
