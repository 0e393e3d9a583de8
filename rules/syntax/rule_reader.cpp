// SPDX-License-Identifier: Apache-2.0
#include "rules/syntax/rule_reader.hpp"

#include "rules/detect/detector_kind.hpp"
#include "rules/detect/parts.hpp"
#include "rules/syntax/grouping.hpp"
#include "rules/syntax/observed.hpp"
#include "rules/syntax/values.hpp"
#include "rules/syntax/where.hpp"

namespace forewarn::rules {
namespace {

constexpr duration usual_clear_after = std::chrono::hours{24 * 7};

std::optional<std::string> read_id(const reading& from, yaml::mapping_reader& keys) {
  auto id = keys.required_text("id");
  if (!id || is_identifier(*id)) return id;
  const auto& at = keys.where().find("id")->value.at;
  if (id->size() > largest::id)
    from.complain(at, "too-large", fmt::format("an id has at most {} characters", largest::id));
  else
    from.complain(at, "bad-value",
                  fmt::format("'{}' is no id; use small letters, digits and hyphens only", shown(*id)));
  return {};
}

std::vector<std::string> read_texts(const reading& from, yaml::mapping_reader& keys, std::string_view key) {
  std::vector<std::string> out;
  for (const auto* item : keys.optional_list(key)) {
    if (out.size() == largest::list || utf8_length(item->text) > largest::text) {
      from.complain(item->at, "too-large", fmt::format("'{}' holds more than is kept", key));
      break;
    }
    out.push_back(item->text);
  }
  return out;
}

void check_owner(const reading& from, yaml::mapping_reader& keys, rule& made) {
  if (auto owner = read_text(from, keys, "owner", false)) made.owner = std::move(*owner);
  if (keys.where().find("owner") != nullptr) return;
  const bool live = made.status == rule_status::live;
  from.complain(keys.where().at, "missing-key",
                live ? "'owner' is required of a live rule: who answers for it"
                     : "'owner' is missing: who answers for it once it is live",
                live ? severity::error : severity::advice);
}

void read_clear_after(const reading& from, yaml::mapping_reader& keys, bool detects, rule& made) {
  const auto given = read_duration(from, keys, "clear_after");
  const auto window = detects ? kind_of(made.detector).window(made.detector) : std::nullopt;
  made.clear_after = given.value_or(window.value_or(usual_clear_after));
  if (given && window && *given < *window)
    from.complain(
        keys.where().find("clear_after")->value.at, "clear-too-short",
        fmt::format("'clear_after' is {}, shorter than the window of {}; a signal would close while its window "
                    "still holds",
                    spell_duration(*given), spell_duration(*window)));
}

// A day's scan takes all that has arrived: what belongs to its last days must never be too late to open a signal.
void check_max_delay(const reading& from, const yaml::mapping_reader& keys, bool detects, const rule& made) {
  const auto* scan = detects ? std::get_if<scan_detector>(&made.detector) : nullptr;
  if (scan == nullptr || !made.max_delay) return;
  const auto least = static_cast<int>(scan->most_days + 1) * std::chrono::hours{24};
  if (*made.max_delay >= least) return;
  from.complain(keys.where().find("max_delay")->value.at, "bad-value",
                fmt::format("'max_delay' of this scan is {} or more: a cluster may be of its last {} days, and what "
                            "arrives within them always counts",
                            spell_duration(least), scan->most_days));
}

// Keys in the order of the contract, so that complaints about missing ones read in that order too.
void read_keys(const reading& from, yaml::mapping_reader& keys, read_rule_result& out) {
  rule& made = out.made;
  if (auto title = read_text(from, keys, "title", true)) made.title = std::move(*title);
  if (const auto status = read_word(from, keys, "status", {"live", "shadow", "off"}))
    made.status = static_cast<rule_status>(*status);
  check_owner(from, keys, made);
  if (auto why = read_text(from, keys, "why", false)) made.why = std::move(*why);
  made.references = read_texts(from, keys, "references");
  made.false_positives = read_texts(from, keys, "false_positives");
  const auto* detect = keys.optional("detect");
  made.observe = read_observed(from, keys, detect == nullptr || !observes_by_parts(*detect));
  made.where.what = all_parts{};
  if (const auto* where = keys.optional("where"))
    if (auto wanted = read_where(from, *where, made.observe)) made.where = std::move(*wanted);
  if (const auto* for_each = keys.optional("for_each"))
    if (auto groups = read_grouping(from, *for_each)) made.for_each = std::move(*groups);
  if (const auto level = read_enum<forewarn::level>(from, keys, "level")) made.level = *level;

  bool detects = false;
  if (detect == nullptr) detect = keys.required("detect");
  if (detect != nullptr)
    if (auto detector = read_detector(from, *detect, made)) {
      made.detector = std::move(*detector);
      observe_parts(made);
      detects = true;
    }
  read_clear_after(from, keys, detects, made);
  made.max_delay = read_duration(from, keys, "max_delay", true);
  check_max_delay(from, keys, detects, made);
  if (const auto* alert = keys.optional("alert")) {
    auto read = read_alert(from, *alert);
    made.alert = std::move(read.plan);
    out.mentions = std::move(read.mentions);
  }
}

} // namespace

read_rule_result read_rule(const yaml::node& one, std::size_t number, const std::string& path,
                           const reference_data& reference, problems& found) {
  read_rule_result out;
  out.made.path = path;
  out.made.at = one.at;
  out.id_at = one.at;
  reading from{reference, path, found};
  const auto* id_entry = one.find("id");
  const bool named = id_entry != nullptr && id_entry->value.is_scalar();
  from.set_subject(named ? fmt::format("rule '{}': ", shown(id_entry->value.text)) : fmt::format("rule {}: ", number));
  if (!one.is_mapping()) {
    from.complain(one.at, "wrong-type", fmt::format("expected a rule with its keys, found {}", yaml::describe(one)));
    return out;
  }
  auto keys = from.keys(one);
  if (const auto id = read_id(from, keys)) {
    out.made.id = rule_id{*id};
    out.has_id = true;
    out.id_at = id_entry->value.at;
  }
  read_keys(from, keys, out);
  keys.finish();
  return out;
}

} // namespace forewarn::rules
