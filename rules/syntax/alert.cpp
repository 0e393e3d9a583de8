// SPDX-License-Identifier: Apache-2.0
#include "rules/syntax/alert.hpp"

#include "rules/syntax/values.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

void read_audience(const reading& from, yaml::mapping_reader& keys, alert_plan& plan) {
  if (const auto how = read_enum<release>(from, keys, "release")) plan.release = *how;
  if (const auto to = read_enum<audience>(from, keys, "audience")) plan.audience = *to;
  const bool for_everybody = plan.audience == audience::people_who_use_drugs || plan.audience == audience::public_;
  if (plan.release == release::automatic && for_everybody)
    from.complain(keys.where().find("audience")->value.at, "bad-value",
                  fmt::format("an automatic alert never goes to '{}'; let a panel release it, or choose professionals",
                              to_text(plan.audience)));
}

void read_advice(const reading& from, yaml::mapping_reader& keys, alert_plan& plan) {
  const auto id = keys.optional_text("advice");
  if (!id) return;
  plan.advice = *id;
  const auto& known = from.reference().advice;
  if (!known.empty() && std::find(known.begin(), known.end(), *id) == known.end())
    from.complain(keys.where().find("advice")->value.at, "unknown-advice",
                  fmt::format("no approved advice '{}'{}", shown(*id), suggestion(*id, known)));
}

void read_remind(const reading& from, const yaml::node& remind, alert_plan& plan) {
  auto keys = from.keys(remind);
  plan.remind_after = read_duration(from, keys, "after");
  plan.remind_growth = read_percentage(from, keys, "or_grows_by", 10);
  keys.finish();
  if (remind.is_mapping() && remind.entries.empty())
    from.complain(remind.at, "missing-key", "'remind' says neither `after` nor `or_grows_by`");
}

void read_budget(const reading& from, const yaml::node& budget, alert_plan& plan) {
  auto keys = from.keys(budget);
  const auto per = require_duration(from, keys, "per");
  const bool given = keys.required("at_most") != nullptr;
  const auto at_most = given ? keys.optional_integer("at_most", 1, 100'000) : std::nullopt;
  keys.finish();
  if (per && at_most) plan.budget = alert_plan::notice_budget{*per, static_cast<int>(*at_most)};
}

std::optional<std::chrono::minutes> read_time_of_day(const reading& from, yaml::mapping_reader& keys,
                                                     std::string_view key) {
  const auto* value = keys.required(key);
  if (value == nullptr) return {};
  const auto digit = [&](std::size_t i) { return value->text[i] >= '0' && value->text[i] <= '9'; };
  if (value->is_scalar() && value->text.size() == 5 && value->text[2] == ':' && digit(0) && digit(1) && digit(3) &&
      digit(4)) {
    const int hour = (value->text[0] - '0') * 10 + (value->text[1] - '0');
    const int minute = (value->text[3] - '0') * 10 + (value->text[4] - '0');
    if (hour < 24 && minute < 60) return std::chrono::minutes{hour * 60 + minute};
  }
  from.complain(value->at, "bad-value", fmt::format("'{}' must be a time of day such as 22:00", key));
  return {};
}

void read_days(const reading& from, yaml::mapping_reader& keys, std::vector<unsigned>& out) {
  const auto words = *closed_words(field::weekday);
  for (const auto* day : keys.optional_list("days")) {
    const auto it = std::find(words.begin(), words.end(), day->text);
    if (it != words.end())
      out.push_back(static_cast<unsigned>(it - words.begin()));
    else
      from.complain(day->at, "bad-value",
                    fmt::format("no weekday '{}'; it is one of {}{}", shown(day->text), join_or(words),
                                suggestion(day->text, words)));
  }
}

void read_quiet(const reading& from, const yaml::node& quiet, alert_plan& plan) {
  alert_plan::quiet_window window;
  auto keys = from.keys(quiet);
  const auto first = read_time_of_day(from, keys, "from");
  const auto last = read_time_of_day(from, keys, "to");
  read_days(from, keys, window.weekdays);
  window.zone_name = keys.optional_text("zone").value_or(from.reference().local_zone.name());
  keys.finish();
  if (const auto* zone_entry = quiet.find("zone"); zone_entry != nullptr && !zone::named(window.zone_name))
    from.complain(zone_entry->value.at, "bad-value",
                  fmt::format("no time zone '{}'; write one such as Europe/London", shown(window.zone_name)));
  if (!first || !last) return;
  if (*first == *last)
    from.complain(quiet.find("to")->value.at, "bad-value", "the quiet time ends when it begins; write two times");
  window.from = *first;
  window.to = *last;
  plan.quiet.push_back(std::move(window));
}

} // namespace

read_alert_plan read_alert(const reading& from, const yaml::node& alert) {
  read_alert_plan out;
  auto& plan = out.plan;
  auto keys = from.keys(alert);
  read_audience(from, keys, plan);
  read_advice(from, keys, plan);
  if (const auto hold = read_duration(from, keys, "hold", true)) plan.hold = *hold;
  if (const auto* remind = keys.optional("remind")) read_remind(from, *remind, plan);
  if (const auto* budget = keys.optional("budget")) read_budget(from, *budget, plan);
  for (const auto* rule : keys.optional_list("inhibit")) {
    out.mentions.push_back({rule_id{rule->text}, rule->at});
    plan.inhibit.emplace_back(rule->text);
  }
  if (const auto* quiet = keys.optional("quiet")) {
    if (quiet->is_sequence())
      for (const auto& window : quiet->items) read_quiet(from, window, plan);
    else
      read_quiet(from, *quiet, plan);
  }
  plan.stale_after = read_duration(from, keys, "stale_after");
  keys.finish();
  return out;
}

} // namespace forewarn::rules
