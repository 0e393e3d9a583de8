// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/plan.hpp"

#include "daemon/simulate/civil_text.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

using setter = std::function<std::string(const std::string&)>; // answers what is wrong, or nothing
using setters = std::map<std::string, setter>;

setter text_into(std::string& out) {
  return [&out](const std::string& text) {
    out = text;
    return std::string{};
  };
}

setter number_into(int& out, int most) {
  return [&out, most](const std::string& text) {
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), out);
    const bool fits = bad == std::errc{} && end == text.data() + text.size() && out >= 1 && out <= most;
    return fits ? std::string{} : fmt::format("'{}' is not a number from 1 to {}", text, most);
  };
}

template <class Time> setter time_into(Time& out) {
  return [&out](const std::string& text) {
    const auto at = read_day_or_time(text);
    if (!at) return fmt::format("'{}' is not a time such as 2026-03-01T14:00", text);
    out = *at;
    return std::string{};
  };
}

std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find(',', from), text.size());
    out.emplace_back(trim(std::string_view{text}.substr(from, end - from)));
    from = end + 1;
  }
  return out;
}

// "WORD,key=value,...": hands the values to their setters and answers WORD.
result<std::string, std::string> read_wish(const std::string& option, const std::string& text, const setters& known) {
  const auto parts = parts_of(text);
  for (auto part = parts.begin() + 1; part != parts.end(); ++part) {
    const auto equals = part->find('=');
    const auto key = part->substr(0, equals);
    const auto found = known.find(key);
    if (equals == part->npos || found == known.end()) {
      std::vector<std::string> keys;
      for (const auto& [name, unused] : known) keys.push_back(name);
      return failure(
          fmt::format("{} '{}': '{}' is none of {}=...{}", option, text, *part, join_and(keys), suggestion(key, keys)));
    }
    if (const auto wrong = found->second(part->substr(equals + 1)); !wrong.empty())
      return failure(fmt::format("{} '{}': {}: {}", option, text, key, wrong));
  }
  return parts.front();
}

} // namespace

const outbreak_kind* find_outbreak_kind(std::string_view name) {
  const auto found = std::find_if(outbreak_kinds.begin(), outbreak_kinds.end(),
                                  [&](const outbreak_kind& one) { return one.name == name; });
  return found == outbreak_kinds.end() ? nullptr : &*found;
}

bool plan::writes(std::string_view feed) const {
  return feeds.empty() || std::find(feeds.begin(), feeds.end(), feed) != feeds.end();
}

result<outbreak_wish, std::string> read_outbreak(const std::string& text) {
  outbreak_wish out;
  const auto kind = read_wish("--outbreak", text,
                              {{"area", text_into(out.area)},
                               {"drug", text_into(out.drug)},
                               {"at", time_into(out.at)},
                               {"cases", number_into(out.cases, 500)},
                               {"hours", number_into(out.hours, 24 * 366)}});
  if (!kind) return failure(kind.error());
  out.kind = *kind;
  if (find_outbreak_kind(out.kind) != nullptr) return out;
  std::vector<std::string> kinds;
  for (const auto& one : outbreak_kinds) kinds.emplace_back(one.name);
  return failure(fmt::format("no outbreak is called '{}'{}; there are {}", out.kind, suggestion(out.kind, kinds),
                             join_and(kinds)));
}

result<outage, std::string> read_outage(const std::string& text) {
  outage out;
  std::optional<civil_time> from, until;
  const auto feed = read_wish("--outage", text, {{"from", time_into(from)}, {"until", time_into(until)}});
  if (!feed) return failure(feed.error());
  if (!from || !until || *from >= *until)
    return failure(fmt::format("--outage '{}' needs from=TIME and a later until=TIME", text));
  const std::vector<std::string> known{feed_ids.begin(), feed_ids.end()};
  if (std::find(known.begin(), known.end(), *feed) == known.end())
    return failure(fmt::format("--outage: no simulated feed is called '{}'{}; there are {}", *feed,
                               suggestion(*feed, known), join_and(known)));
  return outage{*feed, *from, *until};
}

} // namespace forewarn::simulate
