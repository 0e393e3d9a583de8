// SPDX-License-Identifier: Apache-2.0
#include "daemon/arrival/intake_news.hpp"

#include "connectors/mapping/privacy.hpp"
#include "daemon/alerting/process.hpp"
#include "forewarn/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace forewarn::arrival {
namespace {

constexpr std::size_t most_words = 5; // of one column, in one notice
constexpr duration quiet_codes = std::chrono::hours{24};
constexpr duration quiet_clock = std::chrono::hours{1};
constexpr std::size_t most_looked_at = 1'000;

constexpr const char* unknown_type = "feed.unknown_code";
constexpr const char* future_type = "feed.future";

operator_notice notice(const char* type, const feed_id& feed, const std::string& column) {
  operator_notice out;
  out.key = fmt::format("{}|{}{}{}", type, feed.str(), column.empty() ? "" : "|", column);
  out.type = type;
  out.about = feed.str();
  return out;
}

operator_notice unknown_notice(const feed_id& feed, const std::string& source, const std::string& column,
                               const std::vector<unknown_code>& words) {
  auto out = notice(unknown_type, feed, column);
  out.subject = fmt::format("Feed {}: a code that nobody knows in column {}", feed.str(), column);
  std::vector<std::string> shown;
  for (const auto& one : words) shown.push_back(fmt::format("'{}' (line {})", one.word, one.line));
  const bool refused = std::any_of(words.begin(), words.end(), [](const unknown_code& one) { return one.refused; });
  out.text = fmt::format(
      "In {} the column {} holds {}, which neither the feed's value table nor its code system knows. {}\n\nAsk the "
      "partner whether their vocabulary has changed. Then add the code to the feed's file in feeds.d or to "
      "vocabulary/codes, reload, and {} This notice ends by itself once no unknown code came in this column for a day; "
      "all words not understood: forewarn feeds words.",
      source, column, join_and(shown),
      refused ? "The record is in quarantine." : "The record was taken, without what this column would have said.",
      refused ? "let the refused rows in: forewarn quarantine retry."
              : fmt::format("read the kept files once more: forewarn feeds reread {}.", feed.str()));
  return out;
}

// When one of them came last; the notice's own time where none can be seen.
instant last_unknown(const operator_notice& standing, const store_reader& from) {
  const auto column = standing.key.substr(std::min(standing.key.rfind('|') + 1, standing.key.size()));
  auto out = standing.raised_at;
  for (const auto& one : from.review_items())
    if (one.feed.str() == standing.about && one.column == column) out = std::max(out, one.last_seen_at);
  for (const auto& one : from.quarantined(feed_id{standing.about}, {.limit = most_looked_at}))
    if (one.column == column && is_unknown_code(one.code)) out = std::max(out, one.at);
  return out;
}

instant last_future(const operator_notice& standing, const store_reader& from) {
  auto out = standing.raised_at;
  for (const auto& one : from.quarantined_due(instant::max(), most_looked_at))
    if (one.feed.str() == standing.about) out = std::max(out, one.at);
  return out;
}

std::optional<instant> last_arrival(const std::string& feed, const store_reader& from) {
  for (const auto& one : from.totals())
    if (one.feed.str() == feed) return one.last_arrival;
  return {};
}

} // namespace

bool is_unknown_code(std::string_view code) {
  return code == "unknown-value" || code == "unknown-code";
}

void intake_news::unknown(const std::string& column, std::string_view word, std::int64_t line, bool refused) {
  auto& words = unknown_[column];
  if (words.size() < most_words) words.push_back({connectors::redacted(word), line, refused});
}

void intake_news::future(std::int64_t line, instant occurred_at) {
  if (future_++ > 0) return;
  future_line_ = line;
  future_at_ = occurred_at;
}

void intake_news::tell(const feed_id& feed, const std::string& source, alerting::process& process, store& ledger,
                       instant now) const {
  for (const auto& [column, words] : unknown_)
    (void)process.raise(unknown_notice(feed, source, column, words), ledger, now);
  if (future_ == 0) return;
  auto out = notice(future_type, feed, "");
  out.subject = fmt::format("Feed {} sends records of the future", feed.str());
  out.text = fmt::format(
      "{} of {} {} more than 10 minutes ahead of this machine's clock: the first, line {}, says {}, and it is {} "
      "now.\n\nA clock or a time zone has changed, at the partner's or here. Check this machine's clock (forewarn "
      "doctor), ask the partner, and compare `zone` in the feed's file. The records wait in quarantine and are taken "
      "by themselves when their time has come. This notice ends an hour after the last of them, once rows come with "
      "the right time.",
      future_ == 1 ? "1 record" : fmt::format("{} records", future_), source, future_ == 1 ? "lies" : "lie",
      future_line_, format_rfc3339(future_at_), format_rfc3339(std::chrono::floor<std::chrono::seconds>(now)));
  (void)process.raise(out, ledger, now);
}

void settle_intake_notices(alerting::process& process, store& ledger, instant now) {
  for (const auto& one : ledger.operator_notices()) {
    if (one.type == unknown_type && now - last_unknown(one, ledger) >= quiet_codes)
      (void)process.clear(one.key, "For a day no code came in this column that nobody knows.", ledger, now);
    if (one.type != future_type) continue;
    const auto last = last_future(one, ledger);
    if (const auto rows = last_arrival(one.about, ledger); rows && *rows > last && now - last >= quiet_clock)
      (void)process.clear(one.key, "For an hour rows have come with times that are right.", ledger, now);
  }
}

} // namespace forewarn::arrival
