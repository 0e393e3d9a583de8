// SPDX-License-Identifier: Apache-2.0
// From what a person asked for to the report: which time, which readers.
#include "daemon/reporting/reports.hpp"

#include <fmt/format.h>

namespace forewarn::reporting {
namespace {

span_kind span_of(report_kind kind) {
  if (kind == report_kind::week) return span_kind::week;
  return kind == report_kind::bulletin ? span_kind::quarter : span_kind::month;
}

result<span, std::string> time_of(const wish& what, const sources& from) {
  const auto& local = from.with.reference().local_zone;
  const auto kind = span_of(what.kind);
  const bool days = !what.first_day.empty() || !what.last_day.empty();
  if (days && what.kind != report_kind::callouts)
    return failure(std::string{"only the call-out report takes a first and a last day"});
  if (days && !what.when.empty()) return failure(std::string{"say either a month, or a first and a last day"});
  if (days) return days_between(what.first_day, what.last_day, local);
  if (what.when.empty()) return last_whole(kind, from.now, local);
  auto out = span_named(kind, what.when, local);
  if (out && out->from > from.now) return failure(fmt::format("{} lies ahead", what.when));
  return out;
}

} // namespace

audience usual_readers(report_kind kind) {
  return kind == report_kind::board ? audience::services : audience::professionals;
}

result<document, std::string> make(const wish& what, const indicator_book& indicators, const sources& from) {
  const auto in = time_of(what, from);
  if (!in) return failure(in.error());
  const auto& reference = from.with.reference();
  const auto readers = what.readers.value_or(usual_readers(what.kind));
  const auto kind = what.of.value_or(kind_id{"ambulance"});
  if (reference.kind(kind) == nullptr) return failure(fmt::format("there is no kind '{}' of record", kind.str()));
  auto out = what.kind == report_kind::board      ? board_report(*in, indicators, readers, from)
             : what.kind == report_kind::week     ? week_report(*in, from)
             : what.kind == report_kind::callouts ? callout_report(*in, kind, readers, from)
                                                  : test_bulletin(*in, readers, from);
  out.made = fmt::format("{}Made {} by Forewarn {}.", out.made.empty() ? "" : out.made + " ",
                         reference.local_zone.format(from.now), FOREWARN_VERSION);
  return out;
}

} // namespace forewarn::reporting
