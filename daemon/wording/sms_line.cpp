// SPDX-License-Identifier: Apache-2.0
#include "daemon/wording/sms_line.hpp"

#include "daemon/alerting/alert_view.hpp"
#include "daemon/wording/gsm7.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::wording {
namespace {

constexpr const char* sms_layout = "alert.sms.mustache";
// Of the headline: less says nothing.
constexpr std::size_t least_headline = 24;

constexpr std::size_t most_drugs = 3;
// That one character may become in the alphabet: a Greek letter, spelled out.
constexpr std::size_t most_septets_of_one = 6;

std::string drugs_line(std::vector<std::string> drugs) {
  if (drugs.empty()) return "not confirmed";
  if (drugs.size() <= most_drugs) return join(drugs, ", ");
  const auto more = drugs.size() - most_drugs;
  drugs.resize(most_drugs);
  return fmt::format("{} and {} more", join(drugs, ", "), more);
}

std::string fill(alerting::view shown, const std::string& headline, const alerting::word_book& words) {
  alerting::set(shown, "headline", headline);
  return to_gsm7(alerting::fill_text(words.templates.at(sms_layout), shown));
}

} // namespace

result<std::string, std::string> sms_line(const alert& about, const alerting::word_book& words,
                                          const reference_data& reference) {
  if (auto wrong = alerting::what_it_lacks(about)) return failure(std::move(*wrong));
  auto shown = alerting::view_of(about, words, reference);
  alerting::set(shown, "drugs_line", drugs_line(about.content.drugs));
  alerting::set(shown, "sms_advice", words.blocks.at("sms-advice"));
  const auto& headline = about.content.headline;
  auto whole = fill(shown, headline, words);
  for (auto length = utf8_length(headline); segments(whole) > most_segments;) {
    const auto over = septets(whole) - std::min(septets(whole), most_segments * septets_in_part);
    length -= std::min(length, 1 + over / most_septets_of_one);
    if (length < least_headline)
      return failure(
          fmt::format("a text message has room for {} characters, and the approved words leave none for what "
                      "happened: shorten 'sms-advice' in templates/blocks, or templates/{}",
                      most_segments * septets_in_part, sms_layout));
    whole = fill(shown, alerting::shorten(headline, length), words);
  }
  return whole;
}

} // namespace forewarn::wording
