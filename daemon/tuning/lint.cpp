// SPDX-License-Identifier: Apache-2.0
#include "daemon/tuning/lint.hpp"

#include "daemon/tuning/nearness.hpp"
#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"
#include "rules/activity.hpp"
#include "rules/detect/periodic.hpp"
#include "rules/detectors/method.hpp"
#include "rules/field_values.hpp"
#include "rules/held_rules.hpp"
#include "rules/kept_counts.hpp"
#include "rules/look_back.hpp"
#include "rules/periodic/periods.hpp"
#include "rules/scan/area_layout.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

namespace forewarn::tuning {
namespace {

using rules::rule;

constexpr std::size_t most_of_a_mixture = 3; // classes: a longer list can only mean any of them
constexpr std::size_t few_records = 20;      // of a feed: fewer say nothing about what it fills
constexpr double few_days = 28;              // of a past: fewer say nothing about a year
constexpr double most_of_the_time = 0.5;     // a signal that is open that long says nothing any more
constexpr double days_in_a_year = 365.25;

problem advice(const rule& about, const location& at, std::string code, std::string message) {
  return {about.path, at, severity::advice, std::move(code), fmt::format("rule '{}': {}", about.id.str(), message)};
}

// ---- the text

bool is_set_key(std::string_view key) {
  return key == "substances" || key == "confirmed" || key == "sold_as";
}

void find_class_lists(const rule& about, const yaml::node& in, const vocabulary& words, problems& out) {
  for (const auto& item : in.items) find_class_lists(about, item, words, out);
  for (const auto& entry : in.entries) {
    if (entry.key == "not") continue;
    if (is_set_key(entry.key) && entry.value.is_sequence()) {
      std::vector<std::string> classes;
      for (const auto& item : entry.value.items)
        if (const auto found = words.named(item.text); found && words.row(*found).is_class)
          classes.push_back(item.text);
      if (classes.size() >= 2 && classes.size() <= most_of_a_mixture)
        out.push_back(advice(about, entry.value.at, "either-of-classes",
                             fmt::format("'{}: [{}]' takes what has either of them. Where both together are meant, "
                                         "write {{all_of: [{}]}}; where either is, write {{any_of: [{}]}}, and this "
                                         "advice goes away",
                                         entry.key, join(classes, ", "), join(classes, ", "), join(classes, ", "))));
    } else if (!is_set_key(entry.key)) {
      find_class_lists(about, entry.value, words, out);
    }
  }
}

const yaml::node* rule_node(const yaml::node& file, const rule& wanted) {
  const auto* list = file.find("rules");
  if (list == nullptr || !list->value.is_sequence()) return nullptr;
  for (const auto& one : list->value.items) {
    const auto* id = one.find("id");
    if (id != nullptr && id->value.text == wanted.id.str() && one.at.line == wanted.at.line) return &one;
  }
  return nullptr;
}

void names_tested(const yaml::node& in, std::set<std::string>& out) {
  for (const auto& item : in.items) names_tested(item, out);
  for (const auto& entry : in.entries) {
    if (entry.key == "rule" && entry.value.is_scalar()) out.insert(entry.value.text);
    names_tested(entry.value, out);
  }
}

// ---- the past

void positive_tests(const rules::condition& tree, std::vector<const rules::test*>& out) {
  if (const auto* all = std::get_if<rules::all_parts>(&tree.what)) {
    for (const auto& part : all->parts) positive_tests(part, out);
  } else if (const auto* any = std::get_if<rules::any_part>(&tree.what)) {
    for (const auto& part : any->parts) positive_tests(part, out);
  } else if (const auto* leaf = std::get_if<rules::test>(&tree.what)) {
    out.push_back(leaf);
  }
}

void all_fields(const rules::condition& tree, std::vector<rules::field_name>& out) {
  if (const auto* all = std::get_if<rules::all_parts>(&tree.what)) {
    for (const auto& part : all->parts) all_fields(part, out);
  } else if (const auto* any = std::get_if<rules::any_part>(&tree.what)) {
    for (const auto& part : any->parts) all_fields(part, out);
  } else if (const auto* denied = std::get_if<rules::negated>(&tree.what)) {
    all_fields(denied->inner.front(), out);
  } else {
    const auto& leaf = std::get<rules::test>(tree.what);
    if (!std::holds_alternative<rules::exists>(leaf.is)) out.push_back(leaf.what);
  }
}

class past_reader {
public:
  past_reader(const std::shared_ptr<const rules::rule_set>& all, const std::vector<observation>& revisions,
              const std::vector<feed_turn>& turns)
      : reference_{all->reference}, revisions_{revisions}, records_{rules::standing(revisions)} {
    options_.turns = turns;
    facts_.reserve(records_.size());
    for (const auto* one : records_)
      facts_.push_back(rules::make_fact(std::shared_ptr<const observation>{std::shared_ptr<void>{}, one}, *reference_));
  }

  void look_at(const rule& one, problems& out) {
    mine_.clear();
    for (const auto& seen : facts_)
      if (rules::observes(one, seen.source->key.feed, seen.source->kind)) mine_.push_back(&seen);
    if (mine_.empty()) {
      out.push_back(advice(one, one.at, "never-observed", "no record of the kinds and feeds it observes is there"));
      return;
    }
    look_at_words(one, out);
    look_at_fields(one, out);
    if (!look_at_method(one, out)) return; // it would find nothing, and that is why
    look_at_signals(one, out);
  }

private:
  // Whether this past can feed a periodic method; and whether its counts suit it.
  bool look_at_method(const rule& one, problems& out) const {
    if (const auto* scan = std::get_if<rules::scan_detector>(&one.detector)) return look_at_scan(one, *scan, out);
    const auto* made = std::get_if<rules::periodic_detector>(&one.detector);
    if (made == nullptr) return true;
    const auto earlier = [](const auto* a, const auto* b) { return a->source->occurred_at < b->source->occurred_at; };
    const auto [first, last] = std::minmax_element(mine_.begin(), mine_.end(), earlier);
    const rules::periods calendar{made->every, reference_->local_zone};
    const auto known = static_cast<std::size_t>(calendar.of((*last)->source->occurred_at) -
                                                calendar.of((*first)->source->occurred_at));
    const auto unit = made->every == rules::period_length::day ? "days" : "weeks";
    const auto needed = rules::least_periods(*made);
    if (known < needed) {
      out.push_back({one.path, one.at, severity::warning, "history-too-short",
                     fmt::format("rule '{}': {} needs {} {} of history, and there are {}: it would say nothing yet. {}",
                                 one.id.str(), made->method, needed, unit, known, methods_for(known, unit))});
      return false;
    }
    std::vector<const observation*> sources;
    for (const auto* seen : mine_) sources.push_back(seen->source.get());
    const auto activity = rules::activity_of(one, sources, *reference_);
    if (activity.series.empty()) return true;
    const auto mean = static_cast<double>(activity.matched) / (static_cast<double>(activity.series.size()) *
                                                               static_cast<double>(std::max<std::size_t>(known, 1)));
    static constexpr std::array spread{"ears", "mean_ksd", "essence", "holt_winters"};
    if (mean < 1 && std::find(spread.begin(), spread.end(), made->method) != spread.end())
      out.push_back(advice(one, one.at, "counts-too-small",
                           fmt::format("a series counts {:.2g} in one of its {} on average; {} measures in standard "
                                       "deviations, which mean little below 1, and alarms too often. nb_multiwindow "
                                       "and gamma_poisson are made for such counts",
                                       mean, unit, made->method)));
    return true;
  }

  // Whether there are places, cases and days enough for a circle to stand out.
  bool look_at_scan(const rule& one, const rules::scan_detector& made, problems& out) const {
    constexpr double few_cases = 30;
    if (const auto layout = rules::lay_out(rules::by_area(one, made.areas), *reference_);
        layout && !layout->alone.empty())
      out.push_back(advice(one, one.at, "no-places",
                           fmt::format("{} of the {} areas have neither 'latitude' and 'longitude' nor 'neighbours': "
                                       "each is scanned for itself, and no cluster spreads over it",
                                       layout->alone.size(), layout->areas.size())));
    const rules::periods calendar{rules::period_length::day, reference_->local_zone};
    const auto earlier = [](const auto* a, const auto* b) { return a->source->occurred_at < b->source->occurred_at; };
    const auto [first, last] = std::minmax_element(mine_.begin(), mine_.end(), earlier);
    const auto days = static_cast<std::size_t>(calendar.of((*last)->source->occurred_at) -
                                               calendar.of((*first)->source->occurred_at));
    if (days < made.min_history) {
      out.push_back({one.path, one.at, severity::warning, "history-too-short",
                     fmt::format("rule '{}': the scan needs {} days of history, and there are {}: it would say nothing "
                                 "yet. `count` and `first_seen` need none",
                                 one.id.str(), made.min_history, days)});
      return false;
    }
    std::vector<const observation*> sources;
    for (const auto* seen : mine_) sources.push_back(seen->source.get());
    const auto activity = rules::activity_of(one, sources, *reference_);
    if (activity.series.empty()) return true;
    const auto share = std::min(1.0, static_cast<double>(made.baseline_days) / static_cast<double>(days + 1));
    const auto cases = static_cast<double>(activity.matched) / static_cast<double>(activity.series.size()) * share;
    if (cases < few_cases)
      out.push_back(advice(one, one.at, "counts-too-small",
                           fmt::format("a series has about {:.0f} cases in the {} days that the scan compares with; "
                                       "with fewer than {:.0f} hardly any circle stands out from chance. Take a longer "
                                       "'baseline', a wider 'where', or `unusual` over a larger area",
                                       cases, made.baseline_days, few_cases)));
    return true;
  }

  // "There is enough for gamma_poisson (14) and ears (30)."
  static std::string methods_for(std::size_t known, std::string_view unit) {
    std::vector<std::string> out;
    for (const auto& each : detectors::all_methods()) {
      const auto ready = detectors::make_method(each.name, {});
      const auto needed = ready ? std::max<std::size_t>(ready->history, ready->start) : known + 1;
      if (needed <= known && each.name != "beta_binomial" && each.name != "exact_tail")
        out.push_back(fmt::format("{} ({})", each.name, needed));
    }
    if (out.empty())
      return fmt::format("No method works with so little; `count` does, and `since` says that nothing "
                         "happened in the {} before the first record",
                         unit);
    return fmt::format("There is enough for {}", join_and(out));
  }

  void look_at_words(const rule& one, problems& out) const {
    std::vector<const rules::test*> tests;
    positive_tests(one.where, tests);
    for (const auto* leaf : tests) {
      const auto check = [&](const auto& values, const auto& as_test, const auto& name) {
        std::vector<std::string> never;
        for (const auto& value : values) {
          const rules::condition only{rules::test{leaf->what, as_test(value)}};
          if (std::none_of(mine_.begin(), mine_.end(), [&](const auto* seen) { return rules::holds(only, *seen); }))
            never.push_back("'" + name(value) + "'");
        }
        if (!never.empty())
          out.push_back(advice(one, one.at, "never-observed",
                               fmt::format("none of the {} records it observes has {} in '{}'", mine_.size(),
                                           join_or(never), rules::to_text(leaf->what))));
      };
      if (const auto* texts = std::get_if<rules::one_of_texts>(&leaf->is))
        check(
            texts->values, [](const std::string& value) { return rules::one_of_texts{{value}}; },
            [](const std::string& value) { return value; });
      else if (const auto* drugs = std::get_if<rules::one_of_substances>(&leaf->is))
        check(
            drugs->values, [](const auto& value) { return rules::one_of_substances{{value}}; },
            [](const auto& value) { return value.word.str(); });
      else if (const auto* places = std::get_if<rules::one_of_areas>(&leaf->is))
        check(
            places->values, [](const auto& value) { return rules::one_of_areas{{value}}; },
            [](const auto& value) { return value.word.str(); });
    }
  }

  void look_at_fields(const rule& one, problems& out) const {
    std::vector<rules::field_name> fields;
    all_fields(one.where, fields);
    for (const auto& group : one.for_each) fields.push_back(group.by);
    std::set<std::string> told;
    std::map<std::string, std::vector<const rules::fact*>> feeds;
    for (const auto* seen : mine_) feeds[seen->source->key.feed.str()].push_back(seen);
    for (const auto& what : fields) {
      if (!told.insert(rules::to_text(what)).second) continue;
      for (const auto& [feed, seen] : feeds) {
        if (seen.size() < few_records) continue;
        const bool filled = std::any_of(seen.begin(), seen.end(),
                                        [&](const auto* each) { return rules::field_values{*each}.present(what); });
        if (!filled)
          out.push_back(advice(one, one.at, "field-never-filled",
                               fmt::format("feed '{}' never fills '{}' ({} records): a test of it fails on all of "
                                           "them, its `not` holds, and for_each leaves them out",
                                           feed, rules::to_text(what), seen.size())));
      }
    }
  }

  void look_at_signals(const rule& one, problems& out) const {
    const auto report = rules::run_backtest(alone(one, reference_), revisions_, options_);
    if (!report.first || !report.last) return;
    const auto span = std::chrono::duration<double, std::ratio<86400>>(*report.last - *report.first).count();
    if (span < few_days) return;
    std::size_t opened = 0;
    auto highest = level::info;
    std::map<series_key, double> open;
    for (const auto& each : report.signals) {
      if (each.state.retrospective) continue;
      ++opened;
      highest = std::max(highest, each.state.level);
      const auto until = std::min(each.state.closed_at.value_or(*report.last), *report.last);
      open[each.state.series] += std::chrono::duration<double, std::ratio<86400>>(until - each.state.opened_at).count();
    }
    if (opened == 0) {
      out.push_back(advice(one, one.at, "never-met",
                           fmt::format("in {:.0f} days it would never have opened a signal; `forewarn tune {}` shows "
                                       "lower bounds",
                                       span, one.id.str())));
      return;
    }
    never_reached(one, highest, span, out);
    const auto longest =
        std::max_element(open.begin(), open.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    if (longest->second > most_of_the_time * span)
      out.push_back(advice(one, one.at, "open-most",
                           fmt::format("{}: a signal would have been open on {:.0f} of {:.0f} days: the bound is met "
                                       "nearly always, so that it tells nothing",
                                       rules::series_text(longest->first, *reference_), longest->second, span)));
    const auto a_year = static_cast<double>(opened) * days_in_a_year / span;
    if (one.alert.budget) {
      const auto per = std::chrono::duration<double, std::ratio<86400>>(one.alert.budget->per).count();
      const auto allowed = one.alert.budget->at_most * days_in_a_year / per;
      if (a_year > allowed)
        out.push_back(advice(one, one.at, "over-budget",
                             fmt::format("{:.1f} signals a year, where its budget of {} in {} allows {:.1f}", a_year,
                                         one.alert.budget->at_most, spell_duration(one.alert.budget->per), allowed)));
    }
  }

  // Detectors with bounds by level say so by that name.
  static void never_reached(const rule& one, level highest, double span, problems& out) {
    std::visit(
        [&](const auto& made) {
          if constexpr (requires { made.at_least.back().level; }) {
            if (made.at_least.size() < 2 || made.at_least.back().level <= highest) return;
            out.push_back(advice(one, one.at, "never-met",
                                 fmt::format("in {:.0f} days it would never have reached {}; the highest was {}", span,
                                             to_text(made.at_least.back().level), to_text(highest))));
          }
        },
        one.detector);
  }

  std::shared_ptr<const reference_data> reference_;
  const std::vector<observation>& revisions_;
  std::vector<const observation*> records_;
  std::vector<rules::fact> facts_;
  std::vector<const rules::fact*> mine_; // that the rule at hand observes
  rules::backtest_options options_;
};

} // namespace

problems lint_text(const rules::rule_set& all, const std::vector<source_text>& sources,
                   const std::vector<source_text>& tests) {
  problems out;
  std::set<std::string> tested;
  for (const auto& file : tests)
    if (const auto tree = yaml::parse(file)) names_tested(*tree, tested);
  std::map<std::string, yaml::node> files;
  for (const auto& file : sources)
    if (auto tree = yaml::parse(file)) files.emplace(file.path, std::move(*tree));
  for (const auto& one : all.rules) {
    if (one.status == rules::rule_status::off) continue;
    const auto file = files.find(one.path);
    const auto* node = file == files.end() ? nullptr : rule_node(file->second, one);
    if (node != nullptr) find_class_lists(one, *node, all.reference->substances, out);
    if (const auto lacks = rules::not_in_counts(one, *all.reference); !lacks.empty())
      out.push_back(advice(one, one.at, "records-alone",
                           fmt::format("it looks back {}, and feeds that it observes must keep records for as long: of "
                                       "purged ones only what days counted by place and drug is known, and that does "
                                       "not tell {}",
                                       spell_duration(rules::look_back(one)), join_and(lacks))));
    if (tested.count(one.id.str()) == 0)
      out.push_back(advice(one, one.at, "no-test",
                           "no test file expects anything of it; docs/rules/testing.md shows how to write one"));
  }
  return out;
}

problems lint_past(const std::shared_ptr<const rules::rule_set>& all, const std::vector<observation>& revisions,
                   const std::vector<feed_turn>& turns, const std::function<void(std::size_t)>& progress) {
  problems out;
  past_reader reader{all, revisions, turns};
  std::size_t done = 0;
  for (const auto& one : all->rules) {
    if (one.status != rules::rule_status::off) reader.look_at(one, out);
    if (progress) progress(++done);
  }
  return out;
}

} // namespace forewarn::tuning
