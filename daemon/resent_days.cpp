// SPDX-License-Identifier: Apache-2.0
#include "daemon/resent_days.hpp"

#include <fmt/format.h>

namespace forewarn {

std::string to_text(std::chrono::local_days day) {
  const std::chrono::year_month_day civil{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(civil.year()), static_cast<unsigned>(civil.month()),
                     static_cast<unsigned>(civil.day()));
}

resent_days::resent_days(const connectors::feed& of) : of_{of} {}

void resent_days::add(const connectors::taken_row& row) {
  if (!of_.absence) return;
  if (const auto* seen = std::get_if<observation>(&row.what)) {
    ids_.insert(seen->key.id);
    if (row.withdraws_only) return; // it may lack its time, and says itself what becomes of it
    const auto day = std::chrono::floor<std::chrono::days>(of_.absence->days_of.to_civil(seen->occurred_at));
    days_[day].insert(seen->key.id);
  } else if (std::holds_alternative<connectors::rejected>(row.what)) {
    ++refused_;
  }
}

std::vector<absent_records> resent_days::compare(const store_reader& stored) const {
  std::vector<absent_records> out;
  if (!of_.absence) return out;
  for (const auto& [day, rows] : days_) {
    if (static_cast<std::int64_t>(rows.size()) < of_.absence->min_rows) continue;
    const auto from = of_.absence->days_of.to_instant(day).at;
    const auto to = of_.absence->days_of.to_instant(day + std::chrono::days{1}).at;
    absent_records one{day, 0, {}};
    for (const auto& id : stored.standing_records(of_.id, from, to)) {
      ++one.stored;
      if (ids_.count(id) == 0) one.keys.push_back({of_.id, id});
    }
    if (!one.keys.empty()) out.push_back(std::move(one));
  }
  return out;
}

row_batch withdrawals(const connectors::feed& of, const std::vector<absent_records>& absent,
                      const std::string& source) {
  row_batch out{of.id, source, of.conflict, {}, {}};
  out.counted_before = true; // they are no rows of the file
  for (const auto& day : absent)
    for (const auto& key : day.keys) {
      observation gone;
      gone.key = key;
      gone.kind = of.kind;
      gone.withdrawn = true;
      gone.has_own_received_at = false;
      connectors::taken_row row;
      row.what = std::move(gone);
      row.withdraws_only = true;
      out.rows.push_back(std::move(row));
    }
  return out;
}

operator_notice ask_about(const connectors::feed& of, const std::string& file,
                          const std::vector<absent_records>& absent, bool all_read) {
  operator_notice out;
  out.key = "feed.absent:" + of.id.str();
  out.type = "feed.absent";
  out.about = of.id.str();
  out.level = level::amber;
  out.subject = fmt::format("Feed {}: a day was sent again with rows missing", of.id.str());
  out.text = fmt::format("{} sends days again that are known already, and lacks records that stand:\n\n", file);
  for (const auto& day : absent)
    out.text += fmt::format("- {}: {} of {} records\n", to_text(day.day), day.keys.size(), day.stored);
  out.text += all_read ? "\nThat is one in twenty or more, so nothing was taken back. "
                       : "\nSome rows of the file could not be used, so nothing was taken back: these may be they. ";
  out.text += fmt::format("Ask {} whether the records are to be taken back. If they are:\n\n"
                          "forewarn ingest --feed {} --absent-withdrawn FILE",
                          of.partner, of.id.str());
  return out;
}

} // namespace forewarn
