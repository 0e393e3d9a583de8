// SPDX-License-Identifier: Apache-2.0
// Words held against words: what was dealt with already, and what must not leave the panel.
#include "daemon/panel/reports.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace forewarn::panel {
namespace {

constexpr std::size_t shortest_telling = 3;    // letters of a word that tells something
constexpr std::size_t shortest_confidence = 4; // of a name: "Ali" would be found in "quality"
constexpr std::size_t words_in_a_row = 5;
constexpr double least_alike = 0.5;
constexpr std::size_t most_looked_at = 10'000;

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out(1);
  for (const char c : fold(text)) {
    const bool part = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (part)
      out.back() += c;
    else if (!out.back().empty())
      out.emplace_back();
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

std::set<std::string> telling_words(std::string_view text) {
  static constexpr auto common = std::to_array<std::string_view>(
      {"and", "the", "for",  "with",  "from",  "that",   "this",  "has",    "have", "was", "were",
       "are", "not", "drug", "drugs", "alert", "report", "hours", "people", "been", "said"});
  std::set<std::string> out;
  for (auto& word : words_of(text))
    if (word.size() >= shortest_telling && std::find(common.begin(), common.end(), word) == common.end())
      out.insert(std::move(word));
  return out;
}

double shared(const std::set<std::string>& wanted, std::string_view text) {
  if (wanted.empty()) return 0;
  const auto there = telling_words(text);
  const auto hits = std::count_if(wanted.begin(), wanted.end(), [&](const auto& word) { return there.contains(word); });
  return static_cast<double>(hits) / static_cast<double>(wanted.size());
}

std::string all_words(const report& one) {
  auto out = one.title + ' ' + one.text + ' ' + one.outside_ref;
  for (const auto& id : one.substances) out += ' ' + id.str();
  for (const auto& more : one.later) out += ' ' + more.text;
  return out;
}

std::string all_words(const alert& one) {
  return one.content.headline + ' ' + join(one.content.drugs, " ") + ' ' + join(one.content.sold_as, " ") + ' ' +
         join(one.content.substances, " ") + ' ' + one.content.where;
}

bool holds_in_a_row(const std::vector<std::string>& text, std::vector<std::string>::const_iterator from) {
  const auto end = from + static_cast<std::ptrdiff_t>(words_in_a_row);
  return std::search(text.begin(), text.end(), from, end) != text.end();
}

bool shares_a_row(const std::vector<std::string>& outgoing, const std::string& kept) {
  const auto words = words_of(kept);
  if (words.size() < words_in_a_row) return false;
  for (auto from = words.begin(); words.end() - from >= static_cast<std::ptrdiff_t>(words_in_a_row); ++from)
    if (holds_in_a_row(outgoing, from)) return true;
  return false;
}

} // namespace

std::vector<resemblance> like(const std::string& text, const store_reader& ledger) {
  const auto wanted = telling_words(text);
  std::vector<resemblance> out;
  for (const auto& one : of(ledger).reports(false, {.limit = most_looked_at}))
    if (const auto alike = shared(wanted, all_words(one)); alike >= least_alike)
      out.push_back(
          {one.ref.str(), without_confidences(one).title, std::string{to_text(one.state)}, one.received_at, alike});
  for (const auto& one : ledger.alerts(false, {.limit = most_looked_at}))
    if (const auto alike = shared(wanted, all_words(one)); alike >= least_alike)
      out.push_back({one.ref.str(), one.content.headline, std::string{to_text(one.state)},
                     one.issued_at.value_or(one.created_at), alike});
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.alike != b.alike ? a.alike > b.alike : a.at > b.at; });
  return out;
}

std::optional<std::string> leak(const report& one, const std::string& outgoing) {
  const auto words = words_of(outgoing);
  const auto flat = ' ' + join(words, " ") + ' ';
  for (const auto* name : {&one.source, &one.contact}) {
    const auto kept = join(words_of(*name), " ");
    if (kept.size() >= shortest_confidence && flat.find(' ' + kept + ' ') != std::string::npos)
      return "it names who the report is from";
  }
  if (one.may_be_shared == handling::permitted) return {};
  if (shares_a_row(words, one.title) || shares_a_row(words, one.text) || shares_a_row(words, one.conditions))
    return "it repeats five words in a row of a report with handling conditions";
  for (const auto& more : one.later)
    if (shares_a_row(words, more.text)) return "it repeats five words in a row of a report with handling conditions";
  return {};
}

} // namespace forewarn::panel
