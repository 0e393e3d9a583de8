// SPDX-License-Identifier: Apache-2.0
#include "daemon/wording/poster.hpp"

#include "daemon/alerting/alert_view.hpp"
#include "forewarn/text.hpp"

#include <fmt/format.h>

namespace forewarn::wording {
namespace {

constexpr const char* layout = "poster.html.mustache";

void take_item(std::vector<std::string>& out, std::string_view text) {
  std::string item{trim(text)};
  while (!item.empty() && (item.back() == '.' || item.back() == ';')) item.pop_back();
  if (item.empty()) return;
  if (item.front() >= 'a' && item.front() <= 'z') item.front() = static_cast<char>(item.front() - 'a' + 'A');
  out.push_back(std::move(item));
}

// The clauses and sentences of approved words, one a line: a poster is read standing.
std::vector<std::string> as_list(std::string_view text) {
  std::vector<std::string> out;
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool sentence = text[at] == '.' && (at + 1 == text.size() || text[at + 1] == ' ');
    // "If you do: this; that": the words before a list of clauses.
    const bool introduces = text.substr(at, 2) == ": " && text.find(';', at) < text.find(". ", at);
    if (text[at] != ';' && !sentence && !introduces) continue;
    if (!introduces) take_item(out, text.substr(from, at - from));
    from = at + 1;
  }
  take_item(out, text.substr(std::min(from, text.size())));
  return out;
}

} // namespace

std::optional<std::string> not_for_posters(const alert& about) {
  if (about.audience != audience::people_who_use_drugs)
    return fmt::format("a poster is for people who use drugs, and this alert is written for {}: the panel releases one "
                       "for them",
                       to_text(about.audience));
  if (about.decided_by.empty() || about.decided_by == "automatic")
    return std::string{"a poster needs a panel's release, and no person released this alert"};
  if (about.state == alert_state::held || about.state == alert_state::stopped)
    return fmt::format("a poster needs a panel's release, and this alert is {}", to_text(about.state));
  if (about.state == alert_state::stood_down || about.state == alert_state::retracted)
    return std::string{"this alert is over: take its posters down"};
  return {};
}

result<std::string, std::string> poster(const alert& about, const alerting::word_book& words,
                                        const reference_data& reference) {
  if (auto wrong = not_for_posters(about)) return failure(std::move(*wrong));
  if (auto wrong = alerting::what_it_lacks(about)) return failure(std::move(*wrong));
  auto shown = alerting::view_of(about, words, reference);
  alerting::set(shown, "overdose_sign_list", as_list(about.content.overdose_signs));
  alerting::set(shown, "harm_reduction_list", as_list(about.content.harm_reduction));
  alerting::set(shown, "issuer", words.blocks.at("issuer"));
  return alerting::fill_html(words.templates.at(layout), shown);
}

} // namespace forewarn::wording
