// SPDX-License-Identifier: Apache-2.0
// Operator notices inside the desk's transaction: what stands and who was told are durable together.
#include "daemon/alerting/envelope.hpp"
#include "daemon/alerting/outgoing.hpp"
#include "daemon/alerting/paging.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

constexpr duration told_again_after = std::chrono::hours{24};

std::vector<const service*> operators(const setup& with, instant now) {
  auto to = services_that(with, [](const service& s) { return s.operators; });
  if (to.empty()) to = on_call_now(with, now);
  return to;
}

void tell(const operator_notice& what, const std::string& type, const setup& with, store& ledger, instant now) {
  auto written = render_operator_notice(type, what.subject, what.text, now);
  written.about = what.about.empty() ? what.key : what.about;
  written.json = envelope(type, now,
                          {{"status", "actual"},
                           {"headline", what.subject},
                           {"text", what.text},
                           {"about", what.about},
                           {"level", to_text(what.level)}});
  written.thread = fmt::format("{}|{}", what.key, format_rfc3339(what.raised_at));
  written.level = what.level;
  send(written, fmt::format("{}|{}|{}", type, what.key, format_rfc3339(now)), operators(with, now), ledger, now);
}

std::optional<operator_notice> standing_under(const std::string& key, const store_reader& ledger) {
  const auto all = ledger.operator_notices();
  const auto it = std::find_if(all.begin(), all.end(), [&](const operator_notice& one) { return one.key == key; });
  return it == all.end() ? std::nullopt : std::optional{*it};
}

} // namespace

bool process::raise(operator_notice what, store& ledger, instant now) {
  const auto before = standing_under(what.key, ledger);
  const bool speaks = !before || what.level > before->level || now - before->told_at >= told_again_after;
  what.raised_at = before ? before->raised_at : now;
  what.told_at = speaks ? now : before->told_at;
  what.times = before ? before->times + 1 : 1;
  ledger.save(what);
  if (speaks) tell(what, what.type, parts_->now, ledger, now);
  return speaks;
}

bool process::clear(const std::string& key, const std::string& text, store& ledger, instant now) {
  auto before = standing_under(key, ledger);
  if (!before) return false;
  ledger.remove_operator_notice(key);
  before->subject = "Over: " + before->subject;
  before->text = fmt::format("{}\n\nIt was raised {} and stands no more.", text,
                             parts_->now.reference().local_zone.format(before->raised_at));
  before->level = level::info;
  tell(*before, before->type + ".cleared", parts_->now, ledger, now);
  return true;
}

void process::inform(const operator_notice& what, store& ledger, instant now) {
  auto once = what;
  once.raised_at = now;
  tell(once, once.type, parts_->now, ledger, now);
}

} // namespace forewarn::alerting
