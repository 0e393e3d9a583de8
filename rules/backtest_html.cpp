// SPDX-License-Identifier: Apache-2.0
// A backtest as one page for a browser or a printer: no script, nothing fetched, colours that never stand alone.
#include "rules/activity.hpp"
#include "rules/backtest.hpp"

#include "forewarn/markup.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace forewarn::rules {
namespace {

constexpr std::size_t most_charts = 24;        // of one rule
constexpr std::size_t rows_shown_at_once = 40; // a longer list of differences opens on demand
constexpr double width = 760, height = 120, left = 34, bottom = 20, top = 14;

constexpr const char* style = R"css(
:root{--ground:#fff;--text:#1d2630;--faint:#5b6875;--line:#d5dce3;--bars:#7a8fa3;--info:#2367a8;--amber:#a85b00;--red:#b3202c;--card:#f6f8fa}
@media (prefers-color-scheme:dark){:root{--ground:#12171d;--text:#e3e9ef;--faint:#9aa8b5;--line:#303b46;--bars:#6d8296;--info:#7db4ea;--amber:#f0a848;--red:#ff7a80;--card:#1a222b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:56rem;padding:1.5rem;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:0 0 .3rem}h2{font-size:1.2rem;margin:2.4rem 0 .3rem;border-top:1px solid var(--line);padding-top:1.2rem}h3{font-size:1rem;margin:1.2rem 0 .2rem}
p{margin:.3rem 0}.faint{color:var(--faint);font-size:.9rem}
.says{background:var(--card);border-left:3px solid var(--bars);padding:.5rem .8rem;margin:.5rem 0}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.6rem 0}
th,td{text-align:left;padding:.25rem .7rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--faint);font-weight:600}
.n{text-align:right;font-variant-numeric:tabular-nums}a{color:inherit}
.info{color:var(--info)}.amber{color:var(--amber)}.red{color:var(--red)}.level{font-weight:600}
svg{display:block;width:100%;height:auto;margin:.2rem 0}svg text{font:11px system-ui,sans-serif;fill:var(--faint)}
.bars{fill:var(--bars)}.axis{stroke:var(--line)}svg .info{fill:var(--info)}svg .amber{fill:var(--amber)}svg .red{fill:var(--red)}.open{opacity:.18}
@media print{body{max-width:none;padding:0;font-size:11pt}h2,h3,svg,tr{break-inside:avoid}h2,h3{break-after:avoid}:root{--ground:#fff;--text:#000;--faint:#444;--line:#bbb;--bars:#777;--info:#15457a;--amber:#8a4a00;--red:#a00;--card:#fff}}
)css";

// Bars of an hour, a day or a week of the local calendar, so that a few hundred make a chart.
enum class bar : std::uint8_t {
  hour,
  day,
  week
};

class time_axis {
public:
  time_axis(instant from, instant to, const zone& local) : local_{local} {
    const auto days = std::chrono::duration<double, std::ratio<86400>>(to - from).count();
    bar_ = days <= 10 ? bar::hour : days <= 800 ? bar::day : bar::week;
    first_ = floor_of(from);
    last_ = floor_of(to);
  }

  [[nodiscard]] std::string_view noun() const { return bar_ == bar::hour ? "hour" : bar_ == bar::day ? "day" : "week"; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>((last_ - first_) / length()) + 1; }
  [[nodiscard]] std::size_t bar_of(instant at) const {
    const auto start = std::clamp(floor_of(at), first_, last_);
    return static_cast<std::size_t>((start - first_) / length());
  }
  [[nodiscard]] double x_of(std::size_t index) const {
    return left + (width - left) * static_cast<double>(index) / static_cast<double>(size());
  }
  [[nodiscard]] double x_of(instant at) const {
    const auto part = std::chrono::duration<double>(local_.to_civil(at) - first_) /
                      std::chrono::duration<double>(last_ + length() - first_);
    return left + (width - left) * std::clamp(part, 0.0, 1.0);
  }

  // Names of days, months or years, at most a dozen.
  [[nodiscard]] std::string ticks() const {
    std::string out;
    double free_from = 0;
    const auto days = std::chrono::duration<double, std::ratio<86400>>(last_ - first_).count();
    for (auto day = std::chrono::floor<std::chrono::days>(first_); day <= last_; day += std::chrono::days{1}) {
      const std::chrono::year_month_day date{std::chrono::local_days{day}};
      const bool month = date.day() == std::chrono::day{1};
      const bool year = month && date.month() == std::chrono::January;
      if (days > 45   ? !month
          : days > 14 ? std::chrono::weekday{std::chrono::local_days{day}} != std::chrono::Monday
                      : false)
        continue;
      if (days > 1500 && !year) continue;
      const auto text =
          fmt::format("{:04}-{:02}{}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                      days > 45 ? std::string{} : fmt::format("-{:02}", static_cast<unsigned>(date.day())));
      const auto part =
          std::chrono::duration<double>(day - first_) / std::chrono::duration<double>(last_ + length() - first_);
      const auto x = left + (width - left) * part;
      if (part < 0 || x < free_from || x > width - 46) continue;
      free_from = x + 68;
      out += fmt::format(R"(<line class="axis" x1="{0:.1f}" x2="{0:.1f}" y1="{1:.0f}" y2="{2:.0f}"/>)"
                         R"(<text x="{0:.1f}" y="{3:.0f}">{4}</text>)",
                         x, height - bottom, height - bottom + 4, height - 4, text);
    }
    return out;
  }

private:
  [[nodiscard]] duration length() const {
    return bar_ == bar::hour ? duration{std::chrono::hours{1}} : duration{std::chrono::days{bar_ == bar::day ? 1 : 7}};
  }
  [[nodiscard]] civil_time floor_of(instant at) const { return floor_of(local_.to_civil(at)); }
  [[nodiscard]] civil_time floor_of(civil_time wall) const {
    if (bar_ == bar::hour) return std::chrono::floor<std::chrono::hours>(wall);
    const auto day = std::chrono::floor<std::chrono::days>(wall);
    if (bar_ == bar::day) return day;
    return day - (std::chrono::weekday{std::chrono::local_days{day}} - std::chrono::Monday);
  }

  const zone& local_;
  bar bar_ = bar::day;
  civil_time first_, last_;
};

// A shape for each level, so that no colour stands alone: circle, triangle, square.
std::string marker(level how, double x) {
  switch (how) {
  case level::info: return fmt::format(R"(<circle class="info" cx="{:.1f}" cy="7" r="4"/>)", x);
  case level::amber: return fmt::format(R"(<path class="amber" d="M{:.1f} 2l5 9h-10z"/>)", x);
  case level::red: return fmt::format(R"(<rect class="red" x="{:.1f}" y="2.5" width="9" height="9"/>)", x - 4.5);
  }
  return {};
}

class page {
public:
  page(const backtest_report& report, const rule_set& rules, const std::vector<observation>& observations)
      : report_{report}, rules_{rules}, reference_{*rules.reference}, local_{reference_.local_zone},
        records_{standing(observations)},
        axis_{report.first.value_or(instant{}), report.last.value_or(instant{}), local_} {
    for (const auto& one : report.signals) by_rule_[one.state.rule].push_back(&one);
  }

  [[nodiscard]] std::string write(const std::optional<backtest_diff>& diff) const {
    auto out = fmt::format("<!doctype html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\">"
                           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                           "<meta name=\"color-scheme\" content=\"light dark\"><title>Backtest</title>"
                           "<style>{}</style></head><body>\n",
                           style);
    out += head();
    if (diff) out += differences(*diff);
    for (const auto& one : report_.rules) out += part_of(one);
    return out + "</body></html>\n";
  }

private:
  [[nodiscard]] std::string time(instant at) const { return local_.format(at).substr(0, 16); }

  [[nodiscard]] std::string head() const {
    std::string out = "<h1>What these rules would have found</h1>\n";
    if (report_.first && report_.last)
      out += fmt::format("<p class=\"faint\">{} records, replayed from {} to {}. Times are {}.</p>\n", records_.size(),
                         time(*report_.first), time(*report_.last), escaped_markup(local_.name()));
    if (!report_.lateness_known)
      out += "<p class=\"faint\">No record says when it was received, so each counts as known the moment it happened: "
             "the times are best cases; live, signals open later.</p>\n";
    out +=
        "<div class=\"table\"><table><tr><th>Rule<th class=\"n\">Records<th class=\"n\">Series<th class=\"n\">Signals"
        "<th class=\"n\">A year</tr>\n";
    for (const auto& one : report_.rules)
      out += fmt::format("<tr><td><a href=\"#{0}\">{0}</a><td class=\"n\">{1}<td class=\"n\">{2}<td class=\"n\">{3}"
                         "<td class=\"n\">{4:.1f}</tr>\n",
                         escaped_markup(one.counts.rule.str()), one.counts.observations, one.counts.series,
                         one.counts.signals, one.signals_per_year);
    return out + "</table></div>\n";
  }

  [[nodiscard]] std::string differences(const backtest_diff& diff) const {
    std::string out = "<h2>Against the old rules</h2>\n";
    for (const auto& one : diff.rules)
      out += fmt::format("<h3>{}</h3>\n<p class=\"says\"><b>Before:</b> {}<br><b>Now:</b> {}</p>\n",
                         escaped_markup(one.rule.str()),
                         escaped_markup(one.before.empty() ? "there was no such rule" : one.before),
                         escaped_markup(one.after.empty() ? "there is no such rule" : one.after));
    std::string rows;
    const auto list = [&](const char* what, const std::vector<compared_signal>& all) {
      for (const auto& one : all)
        rows += fmt::format("<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}</tr>\n", what, time(one.opened_at),
                            one.opened_before ? time(*one.opened_before) : std::string{}, level_words(one.level),
                            escaped_markup(one.rule.str()), escaped_markup(series_text(one.series, reference_)));
    };
    list("added", diff.added);
    list("removed", diff.removed);
    list("earlier", diff.earlier);
    list("later", diff.later);
    if (rows.empty()) return out + "<p>No signal differs.</p>\n";
    const auto all = diff.added.size() + diff.removed.size() + diff.earlier.size() + diff.later.size();
    return out + fmt::format("<details{}><summary>Signals: {} added, {} removed, {} earlier, {} later</summary>\n"
                             "<div class=\"table\"><table><tr><th>What<th>Opened<th>Before<th>Level<th>Rule<th>Series"
                             "</tr>\n{}</table></div></details>\n",
                             all <= rows_shown_at_once ? " open" : "", diff.added.size(), diff.removed.size(),
                             diff.earlier.size(), diff.later.size(), rows);
  }

  [[nodiscard]] static std::string level_words(level how) {
    return fmt::format("<span class=\"level {0}\">{0}</span>", to_text(how));
  }

  [[nodiscard]] std::string part_of(const rule_report& one) const {
    const auto meaning =
        std::find_if(rules_.rules.begin(), rules_.rules.end(), [&](const rule& r) { return r.id == one.counts.rule; });
    if (meaning == rules_.rules.end()) return {};
    auto out = fmt::format("<h2 id=\"{0}\">{1}</h2>\n<p class=\"faint\">{0}</p>\n<p class=\"says\">{2}</p>\n",
                           escaped_markup(meaning->id.str()), escaped_markup(meaning->title),
                           escaped_markup(meaning->sentence));
    const auto looked_at = activity_of(*meaning, records_, reference_);
    const auto found = by_rule_.find(meaning->id);
    const std::vector<const reported_signal*> none;
    const auto& signals = found == by_rule_.end() ? none : found->second;
    out += charts(*meaning, looked_at, signals);
    return out + table(signals);
  }

  // The series that a signal is about; of `first_seen` the value found stands beside it and is left out.
  [[nodiscard]] static series_key own_series(const rule& by, const series_key& all) {
    return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), by.for_each.size()))};
  }

  [[nodiscard]] std::string charts(const rule& by, const rule_activity& looked_at,
                                   const std::vector<const reported_signal*>& signals) const {
    if (looked_at.series.empty()) return "<p>No record met this rule.</p>\n";
    std::map<series_key, std::vector<const reported_signal*>> of;
    for (const auto* one : signals) of[own_series(by, one->state.series)].push_back(one);
    std::vector<const series_key*> order;
    for (const auto& [key, all] : looked_at.series)
      if (of.count(key) > 0) order.push_back(&key);
    std::string out;
    if (order.empty()) {
      const auto busiest =
          std::max_element(looked_at.series.begin(), looked_at.series.end(),
                           [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
      order.push_back(&busiest->first);
      out += "<p>No signal would have opened. The busiest series:</p>\n";
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](const auto* a, const auto* b) { return of[*a].size() > of[*b].size(); });
    for (std::size_t i = 0; i < std::min(order.size(), most_charts); ++i)
      out += chart(*order[i], looked_at.series.at(*order[i]), of[*order[i]]);
    if (order.size() > most_charts)
      out += fmt::format("<p class=\"faint\">{} more series had signals; they are in the table.</p>\n",
                         order.size() - most_charts);
    return out;
  }

  [[nodiscard]] std::string chart(const series_key& key, const std::vector<const observation*>& records,
                                  const std::vector<const reported_signal*>& signals) const {
    std::vector<double> counts(axis_.size(), 0);
    for (const auto* one : records)
      if (report_.first && one->occurred_at >= *report_.first) counts[axis_.bar_of(one->occurred_at)] += one->weight;
    const auto most = std::max(1.0, *std::max_element(counts.begin(), counts.end()));
    const auto name = series_text(key, reference_);
    auto out = fmt::format("<h3>{}</h3>\n<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}: records by {}, {} "
                           "signals\">",
                           escaped_markup(name), width, height, escaped_markup(name), axis_.noun(), signals.size());
    for (const auto* one : signals) {
      const auto from = axis_.x_of(one->state.opened_at);
      const auto to = std::max(axis_.x_of(one->state.closed_at.value_or(*report_.last)), from + 1);
      out += fmt::format(R"(<rect class="open {}" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>)",
                         to_text(one->state.level), from, top, to - from, height - bottom - top);
    }
    out += "<path class=\"bars\" d=\"";
    const auto wide = std::max(0.4, (width - left) / static_cast<double>(counts.size()) * 0.85);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] <= 0) continue;
      const auto high = (height - bottom - top) * counts[i] / most;
      out += fmt::format("M{:.1f} {:.0f}v-{:.1f}h{:.2f}v{:.1f}z", axis_.x_of(i), height - bottom, high, wide, high);
    }
    out += fmt::format(
        R"("/><line class="axis" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>)"
        R"(<text x="{3}" y="{4}" text-anchor="end">{5:g}</text><text x="{3}" y="{2}" text-anchor="end">0</text>)",
        left, width, height - bottom, left - 4, top + 8, most);
    out += axis_.ticks();
    for (const auto* one : signals)
      out += fmt::format("<g><title>{}: {}, {:g} of {:g}</title>{}</g>", time(one->state.opened_at),
                         to_text(one->state.level), one->state.value, one->state.bound,
                         marker(one->state.level, axis_.x_of(one->state.opened_at)));
    return out + fmt::format("</svg>\n<p class=\"faint\">Records by {}; shaded where a signal is open, marked where it "
                             "opened (circle info, triangle amber, square red).</p>\n",
                             axis_.noun());
  }

  [[nodiscard]] std::string table(const std::vector<const reported_signal*>& signals) const {
    if (signals.empty()) return {};
    std::string out =
        "<div class=\"table\"><table><tr><th>Opened<th>Series<th>Level<th class=\"n\">Value<th class=\"n\">"
        "Bound<th>Closed</tr>\n";
    for (const auto* one : signals) {
      const auto& state = one->state;
      const auto closed = state.retrospective ? std::string{"retrospective"}
                          : state.closed_at   ? time(*state.closed_at)
                                              : std::string{"still open"};
      out += fmt::format("<tr><td>{}<td>{}<td>{}<td class=\"n\">{:.6g}<td class=\"n\">{:.6g}<td>{}</tr>\n",
                         time(state.opened_at), escaped_markup(series_text(state.series, reference_)),
                         level_words(state.level), state.value, state.bound, closed);
    }
    return out + "</table></div>\n";
  }

  const backtest_report& report_;
  const rule_set& rules_;
  const reference_data& reference_;
  const zone& local_;
  std::vector<const observation*> records_;
  time_axis axis_;
  std::map<rule_id, std::vector<const reported_signal*>> by_rule_;
};

} // namespace

std::string to_html(const backtest_report& report, const rule_set& rules, const std::vector<observation>& observations,
                    const std::optional<backtest_diff>& diff) {
  return page{report, rules, observations}.write(diff);
}

} // namespace forewarn::rules
