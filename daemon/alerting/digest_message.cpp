// SPDX-License-Identifier: Apache-2.0
// One message about several signals. The e-mail holds every one; the webhook body holds as many as fit and says how
// many it leaves out.
#include "daemon/alerting/compose.hpp"
#include "daemon/alerting/envelope.hpp"
#include "daemon/alerting/news.hpp"
#include "daemon/alerting/template_text.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

namespace json = boost::json;

constexpr const char* type = "signal.digest";
// Beyond this many, each signal is a line or two: what to do about one stands in its own page.
constexpr std::size_t most_in_full = 20;
// Left for what surrounds the list of signals.
constexpr std::size_t room_for_frame = 4'000;

bool before(const news_item& a, const news_item& b) {
  const auto& x = a.facts.state;
  const auto& y = b.facts.state;
  if (x.level != y.level) return x.level > y.level;
  if (x.opened_at != y.opened_at) return x.opened_at < y.opened_at;
  return x.id < y.id;
}

// One entry per signal: its opening, where that is among what is told, else the last thing that happened to it.
std::vector<news_item> once_each(std::vector<news_item> items) {
  std::vector<news_item> out;
  for (auto& one : items) {
    const auto same = std::find_if(out.begin(), out.end(),
                                   [&](const news_item& other) { return other.facts.state.id == one.facts.state.id; });
    if (same == out.end())
      out.push_back(std::move(one));
    else if (same->type != "signal.opened")
      *same = std::move(one);
  }
  std::sort(out.begin(), out.end(), before);
  return out;
}

struct entry {
  const news_item& from;
  alert_content content;
  std::string explanation;
};

std::string explain(const news_item& one) {
  auto out = what_happened(one.type, one.facts);
  if (one.type != "signal.closed" && one.facts.state.closed_at && !one.facts.state.retrospective)
    out += ' ' + what_happened("signal.closed", [&] {
             auto ended = one.facts;
             ended.change = signal_change::closed;
             ended.again.clear();
             return ended;
           }());
  if (!one.waited.empty()) out += ' ' + one.waited;
  return out;
}

json::object as_json(const entry& one) {
  const auto& state = one.from.facts.state;
  const auto& change = one.from.facts.change;
  json::object out{{"signal", state.id.str()},
                   {"level", to_text(state.level)},
                   {"change", change ? json::value(to_text(*change)) : json::value("reminder")},
                   {"rule", state.rule.str()},
                   {"headline", shorten(one.content.headline, 200)},
                   {"explanation", shorten(one.explanation, 400)},
                   {"opened_at", format_rfc3339(state.opened_at)}};
  out["closed_at"] = state.closed_at ? json::value(format_rfc3339(*state.closed_at)) : json::value(nullptr);
  out["assessment"] = one.from.work ? json::value(one.from.work->ref.str()) : json::value(nullptr);
  out["alert"] = one.from.facts.written ? json::value(one.from.facts.written->ref.str()) : json::value(nullptr);
  return out;
}

std::string body(const std::string& headline, const std::vector<std::string>& notes, level how,
                 const std::vector<entry>& entries, instant now) {
  json::array listed;
  std::size_t size = room_for_frame;
  for (const auto& one : entries) {
    auto next = as_json(one);
    size += json::serialize(next).size() + 1;
    if (size >= largest_webhook_body) break;
    listed.push_back(std::move(next));
  }
  json::array said;
  for (const auto& note : notes) said.emplace_back(shorten(note, 400));
  if (said.size() > 5) said.resize(5);
  const auto left_out = entries.size() - listed.size();
  json::object data{{"kind", "digest"},      {"status", "actual"},      {"headline", headline},
                    {"level", to_text(how)}, {"count", entries.size()}, {"notes", std::move(said)}};
  data["signals"] = std::move(listed);
  data["left_out"] = left_out; // of the list: the e-mail has them, and GET /v1/signals
  return envelope(type, now, data);
}

view as_view(const entry& one, bool in_full, const reference_data& reference) {
  const auto& state = one.from.facts.state;
  view out;
  set(out, "lead", lead_of(one.from.type, one.from.facts));
  set(out, "headline", one.content.headline);
  set(out, "explanation", one.explanation);
  out.set("red", view{state.level == level::red});
  set(out, "signal", state.id.str());
  set(out, "opened", reference.local_zone.format(state.opened_at));
  set(out, "closed", state.closed_at ? reference.local_zone.format(*state.closed_at) : std::string{});
  set(out, "assessment", one.from.work ? one.from.work->ref.str() : std::string{});
  set(out, "next_steps",
      in_full ? next_steps(one.from.type, one.from.facts, one.from.work, reference) : std::vector<std::string>{});
  return out;
}

view whole_view(const std::string& headline, const std::vector<std::string>& notes, level how,
                const std::vector<entry>& entries, const word_book& words, const reference_data& reference) {
  view signals{view::type::list};
  for (const auto& one : entries) signals.push_back(as_view(one, entries.size() <= most_in_full, reference));
  view out;
  set(out, "lead", how == level::red ? "Digest, RED" : "Digest");
  set(out, "headline", headline);
  out.set("red", view{how == level::red});
  set(out, "notes", notes);
  out.set("signals", signals);
  set(out, "association", words.blocks.at("association"));
  set(out, "not_an_all_clear", words.blocks.at("not-an-all-clear"));
  return out;
}

} // namespace

std::string spell_levels(const std::vector<news_item>& items) {
  std::set<signal_id> seen;
  std::map<level, std::size_t> counts;
  for (const auto& one : items)
    if (seen.insert(one.facts.state.id).second) ++counts[one.facts.state.level];
  std::vector<std::string> parts;
  for (const auto how : {level::red, level::amber, level::info})
    if (counts.contains(how)) parts.push_back(fmt::format("{} {}", counts[how], to_text(how)));
  return fmt::format("{} signal{}", join_and(parts), seen.size() == 1 ? "" : "s");
}

message render_digest(const std::string& headline, const std::vector<std::string>& notes, std::vector<news_item> items,
                      const word_book& words, const reference_data& reference, instant now) {
  const auto told = once_each(std::move(items));
  std::vector<entry> entries;
  for (const auto& one : told)
    entries.push_back({one, compose_for(one.facts, audience::on_call, words, reference), explain(one)});
  const auto how = told.empty() ? level::info : told.front().facts.state.level;
  const auto shown = whole_view(headline, notes, how, entries, words, reference);
  message out;
  out.type = type;
  out.about = "digest " + format_rfc3339(now);
  out.thread = out.about;
  out.level = how;
  out.created_at = now;
  out.subject = shorten(fill_text(words.templates.at("digest.subject.mustache"), shown), longest_subject);
  out.text = fill_text(words.templates.at("digest.txt.mustache"), shown);
  out.html = fill_html(words.templates.at("digest.html.mustache"), shown);
  out.json = body(headline, notes, how, entries, now);
  return out;
}

} // namespace forewarn::alerting
