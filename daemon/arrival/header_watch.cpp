// SPDX-License-Identifier: Apache-2.0
#include "daemon/arrival/header_watch.hpp"

#include "connectors/mapping/feed_plan.hpp"
#include "connectors/mapping/privacy.hpp"
#include "daemon/alerting/process.hpp"
#include "daemon/log.hpp"
#include "forewarn/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <mutex>

namespace forewarn::arrival {
namespace {

using words = std::vector<std::string>;

constexpr const char* type = "feed.changed";
constexpr std::size_t longest_list = 20; // columns named in a notice

std::string mark_of(const feed_id& feed) {
  return "feed.header|" + feed.str();
}

std::string as_text(const words& header) {
  boost::json::array out;
  for (const auto& one : header) out.emplace_back(one);
  return boost::json::serialize(out);
}

std::optional<words> from_text(const std::optional<std::string>& text) {
  if (!text) return {};
  boost::system::error_code error;
  const auto read = boost::json::parse(*text, error);
  if (error || !read.is_array()) return {};
  words out;
  for (const auto& one : read.get_array())
    if (one.is_string()) out.emplace_back(one.get_string());
  return out;
}

std::string named(const words& columns) {
  words out;
  for (const auto& one : columns) {
    if (out.size() == longest_list) {
      out.push_back(fmt::format("{} more", columns.size() - longest_list));
      break;
    }
    out.push_back(fmt::format("'{}'", connectors::redacted(one)));
  }
  return join_and(out);
}

// What is missing and the mapping would read, where it is there.
words wanted_of(const connectors::feed& of, const words& gone) {
  words out;
  for (const auto& column : of.plan->columns)
    if (std::find(gone.begin(), gone.end(), column.name) != gone.end()) out.push_back(column.name);
  return out;
}

std::string differences(const header_change& change) {
  std::string out;
  if (!change.gone.empty()) out += fmt::format("Gone: {}.", named(change.gone));
  if (!change.fresh.empty()) out += fmt::format("{}New: {}.", out.empty() ? "" : " ", named(change.fresh));
  for (const auto& one : change.gone)
    if (const auto other = did_you_mean(one, change.fresh))
      out += fmt::format(" '{}' may be '{}' now.", connectors::redacted(one), connectors::redacted(*other));
  return out;
}

operator_notice notice(const connectors::feed& of, std::string subject, std::string text) {
  operator_notice out;
  out.key = fmt::format("{}|{}", type, of.id.str());
  out.type = type;
  out.about = of.id.str();
  out.subject = std::move(subject);
  out.text = std::move(text);
  return out;
}

// One header, looked at on the desk's thread.
struct looked_at {
  connectors::feed of;
  std::string source;
  words header;
  std::optional<connectors::rejected> broken; // it lacks what the mapping needs: nothing was read

  void operator()(desk_view& view) const {
    const auto before = from_text(view.ledger.mark(mark_of(of.id)));
    // Of a first line that is mostly strange nothing is quoted: it may be a row of data.
    auto change = before ? compare(*before, header) : header_change{};
    if (broken && before && change.gone.size() * 2 > before->size()) change.fresh.clear();
    if (broken) return refuse(view, change);
    const auto lost = wanted_of(of, change.gone);
    if (!lost.empty()) return complain(view, change, lost);
    (void)view.process.clear(fmt::format("{}|{}", type, of.id.str()),
                             fmt::format("{} has every column again that the feed's mapping reads.", source),
                             view.ledger, view.now);
    if (change.any())
      view.process.inform(
          notice(
              of, fmt::format("Feed {} has other columns than before", of.id.str()),
              fmt::format("The header of {} differs from the one before. {}\n\nNothing that the mapping reads is "
                          "touched, and every row was read. A new column may be worth reading: forewarn feeds show {}",
                          source, differences(change), of.id.str())),
          view.ledger, view.now);
    if (!before || *before != header) view.ledger.set_mark(mark_of(of.id), as_text(header));
  }

private:
  void refuse(desk_view& view, const header_change& change) const {
    (void)view.process.raise(
        notice(
            of, fmt::format("Feed {}: the header has changed and nothing can be read", of.id.str()),
            fmt::format("{}: {}. {}\n\nNo row of it was taken, so that none is read wrongly. Ask the partner whether "
                        "the export has changed, then mend the column names in {}, reload, and hand the file in "
                        "again (it lies in failed/). This notice ends by itself with the next file that reads.",
                        source, broken->reason, differences(change), of.path)),
        view.ledger, view.now);
  }

  // The columns are optional to the mapping: the rows are taken, and say less than they did.
  void complain(desk_view& view, const header_change& change, const words& lost) const {
    (void)view.process.raise(
        notice(
            of, fmt::format("Feed {} no longer sends {}", of.id.str(), named(lost)),
            fmt::format("The header of {} differs from the one before. {}\n\nThe feed's mapping reads {}, where "
                        "there: its rows were taken without. Ask the partner whether the export has changed, or take "
                        "the column out of {}. This notice ends by itself when the column is back.",
                        source, differences(change), named(lost), of.path)),
        view.ledger, view.now);
  }
};

} // namespace

header_change compare(const words& before, const words& now) {
  header_change out;
  const auto lacks = [](const words& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) == all.end();
  };
  std::copy_if(before.begin(), before.end(), std::back_inserter(out.gone),
               [&](const auto& one) { return lacks(now, one); });
  std::copy_if(now.begin(), now.end(), std::back_inserter(out.fresh),
               [&](const auto& one) { return lacks(before, one); });
  return out;
}

struct header_watch::state {
  desk& at;
  std::mutex guard;
  std::map<feed_id, std::string> settled; // what was last looked at, under which mapping

  explicit state(desk& to) : at{to} {}
};

header_watch::header_watch(desk& at) : state_{std::make_shared<state>(at)} {}
header_watch::~header_watch() = default;

void header_watch::seen(const connectors::feed& of, const std::string& source, const connectors::row_stream& rows) {
  looked_at job{of, source, rows.header(), {}};
  if (rows.broken() && rows.broken()->code == "changed-header") job.broken = rows.broken();
  if (job.header.empty() && !job.broken) return;
  auto name = fmt::format("{} {} {}", fmt::ptr(of.plan.get()), job.broken.has_value(), as_text(job.header));
  {
    const std::lock_guard hold{state_->guard};
    const auto known = state_->settled.find(of.id);
    if (known != state_->settled.end() && known->second == name) return;
  }
  if (job.broken)
    spdlog::warn("event=header_changed feed={} source={} problem={} do=\"ask the partner, or mend the feed's mapping\"",
                 of.id.str(), log_value(source), log_value(job.broken->reason));
  // Not settled where the desk is full or cannot write: the next file's header is looked at again.
  (void)state_->at.submit(std::move(job),
                          [self = state_, id = of.id, name = std::move(name)](const std::exception_ptr& failed) {
                            const std::lock_guard hold{self->guard};
                            if (!failed) self->settled.insert_or_assign(id, name);
                          });
}

} // namespace forewarn::arrival
