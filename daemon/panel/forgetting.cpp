// SPDX-License-Identifier: Apache-2.0
#include "daemon/panel/forgetting.hpp"

#include "daemon/audit/note.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::panel {
namespace {

constexpr const char* forgotten = "Beyond its retention";

bool has_words(const report& one) {
  return one.title != forgotten;
}

} // namespace

std::vector<connectors::feed> with_reports(std::vector<connectors::feed> feeds, const policy& how) {
  if (!how.report_retention) return feeds;
  connectors::feed reports;
  reports.id = feed_id{"reports"};
  reports.kind = kind_id{"report"};
  reports.retention = how.report_retention;
  feeds.push_back(std::move(reports));
  return feeds;
}

std::size_t forget_reports(const policy& how, store& ledger, instant now) {
  if (!how.report_retention) return 0;
  const auto before = now - *how.report_retention;
  std::size_t count = 0;
  for (auto& one : of(ledger).reports(false, {.limit = 1'000'000})) {
    if (one.received_at >= before || one.state == report_state::received || !has_words(one)) continue;
    one.title = forgotten;
    for (auto* text : {&one.text, &one.source, &one.organisation, &one.contact, &one.conditions, &one.reply,
                       &one.outside_ref, &one.entered_by, &one.replied_by})
      text->clear();
    one.later.clear();
    ++one.version;
    of(ledger).save(one);
    of(ledger).stop_clock(clock_kind::reply, one.ref.str());
    audit::note(ledger, now, {audit::nobody, "report.forgotten", {one.ref.str()}, "beyond its retention", {}});
    ++count;
  }
  return count;
}

} // namespace forewarn::panel
