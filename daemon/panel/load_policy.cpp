// SPDX-License-Identifier: Apache-2.0
// grading/*.yaml. Complains of everything at once; a matrix with a gap is an error, for a grading by it would be one.
#include "daemon/content_hash.hpp"
#include "daemon/panel/policy.hpp"
#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace forewarn::panel {
namespace {

constexpr std::int64_t largest_score = 1'000;

template <class Enum> std::optional<Enum> word_of(yaml::mapping_reader& keys, const char* key) {
  const auto* at = keys.optional(key);
  if (at == nullptr) return {};
  const auto known = at->is_scalar() ? from_text<Enum>(at->text) : std::nullopt;
  if (!known)
    keys.complain(at->at, "bad-value",
                  fmt::format("'{}' cannot be {}; one of {}", key,
                              at->is_scalar() ? "'" + at->text + "'" : std::string{yaml::describe(*at)},
                              join_or(all_spellings<Enum>())));
  return known;
}

// The items of a list of mappings under `key`; complains where it is missing, empty or something else.
template <class Take> void each_of(yaml::mapping_reader& keys, const char* key, const Take& take) {
  const auto* list = keys.required(key);
  if (list == nullptr) return;
  if (!list->is_sequence() || list->items.empty())
    return keys.complain(list->at, "wrong-type", fmt::format("'{}' must be a list with at least one item", key));
  for (const auto& item : list->items) take(item);
}

struct matrix_reader {
  const std::string& path;
  std::string subject;
  problems& found;

  axis_answer answer(const yaml::node& row) const {
    yaml::mapping_reader keys{row, path, subject, found};
    axis_answer out;
    out.id = keys.required_text("id").value_or("");
    out.text = keys.required_text("text").value_or("");
    if (keys.required("score") != nullptr)
      out.score = keys.optional_integer("score", -largest_score, largest_score).value_or(0);
    out.at_most = word_of<panel_outcome>(keys, "at_most");
    keys.finish();
    return out;
  }

  axis one_axis(const yaml::node& row) const {
    yaml::mapping_reader keys{row, path, subject, found};
    axis out;
    out.id = keys.required_text("id").value_or("");
    out.title = keys.required_text("title").value_or("");
    out.question = keys.required_text("question").value_or("");
    each_of(keys, "answers", [&](const yaml::node& item) {
      auto next = answer(item);
      if (out.find(next.id) != nullptr)
        keys.complain(item.at, "duplicate-id", fmt::format("axis '{}' has the answer '{}' twice", out.id, next.id));
      out.answers.push_back(std::move(next));
    });
    if (out.answers.size() == 1)
      keys.complain(row.at, "bad-value", fmt::format("axis '{}' has one answer only: it decides nothing", out.id));
    keys.finish();
    return out;
  }

  cut_off one_cut_off(const yaml::node& row) const {
    yaml::mapping_reader keys{row, path, subject, found};
    cut_off out;
    if (keys.required("at_least") != nullptr)
      out.at_least = keys.optional_integer("at_least", -largest_score, largest_score).value_or(0);
    if (keys.required("outcome") != nullptr)
      out.outcome = word_of<panel_outcome>(keys, "outcome").value_or(panel_outcome::no_further_action);
    out.level = word_of<level>(keys, "level").value_or(level::info);
    keys.finish();
    return out;
  }

  // Every score that answers can add up to must have an outcome, and a higher one none that is lower.
  void check(const matrix& one, const location& at) const {
    std::int64_t least = 0;
    for (const auto& axis : one.axes) {
      if (axis.answers.empty()) return;
      least += std::min_element(axis.answers.begin(), axis.answers.end(), [](const auto& a, const auto& b) {
                 return a.score < b.score;
               })->score;
    }
    if (one.cut_offs.empty()) return;
    if (one.cut_offs.back().at_least > least)
      complain(at, fmt::format("a score of {} is possible and has no outcome: the lowest outcome begins at {}", least,
                               one.cut_offs.back().at_least));
    for (std::size_t i = 1; i < one.cut_offs.size(); ++i) {
      const auto& high = one.cut_offs[i - 1];
      const auto& low = one.cut_offs[i];
      if (high.at_least == low.at_least)
        complain(at, fmt::format("two outcomes begin at {}", high.at_least));
      else if (high.outcome < low.outcome || (high.outcome == low.outcome && high.level < low.level))
        complain(at, fmt::format("{} points come to less than {} points", high.at_least, low.at_least));
    }
  }

  void complain(const location& at, const std::string& what) const {
    found.push_back({path, at, severity::error, "bad-value", subject + what});
  }

  matrix one_matrix(const yaml::node& row) const {
    yaml::mapping_reader keys{row, path, subject, found};
    matrix out;
    out.id = keys.required_text("id").value_or("");
    out.title = keys.required_text("title").value_or("");
    out.note = keys.optional_text("note").value_or("");
    out.illustrative = keys.optional_bool("illustrative").value_or(false);
    const matrix_reader inner{path, fmt::format("matrix '{}': ", out.id), found};
    each_of(keys, "axes", [&](const yaml::node& item) {
      auto next = inner.one_axis(item);
      if (out.find(next.id) != nullptr)
        keys.complain(item.at, "duplicate-id", fmt::format("matrix '{}' has the axis '{}' twice", out.id, next.id));
      out.axes.push_back(std::move(next));
    });
    each_of(keys, "outcomes", [&](const yaml::node& item) { out.cut_offs.push_back(inner.one_cut_off(item)); });
    keys.finish();
    std::sort(out.cut_offs.begin(), out.cut_offs.end(),
              [](const cut_off& a, const cut_off& b) { return a.at_least > b.at_least; });
    inner.check(out, row.at);
    return out;
  }
};

void read_length(yaml::mapping_reader& keys, const char* key, duration& into) {
  const auto text = keys.optional_text(key);
  if (!text) return;
  const auto read = parse_duration(*text);
  if (read && *read > duration{0})
    into = *read;
  else
    keys.complain(keys.where().find(key)->value.at, "bad-duration",
                  fmt::format("'{}': '{}' is no duration such as 24h", key, *text));
}

void read_clocks(const yaml::node& row, const std::string& path, const reference_data& reference, clock_lengths& into,
                 problems& found) {
  yaml::mapping_reader keys{row, path, "clocks: ", found};
  read_length(keys, "assess", into.assess);
  read_length(keys, "risk_to_life", into.risk_to_life);
  read_length(keys, "reply", into.reply);
  read_length(keys, "second_review", into.second_review);
  read_length(keys, "again", into.again);
  read_length(keys, "again_at_risk", into.again_at_risk);
  into.for_signals = keys.optional_bool("for_signals").value_or(true);
  if (const auto name = keys.optional_text("holidays")) {
    into.holidays = *name;
    std::vector<std::string> known;
    for (const auto& one : reference.calendars) known.push_back(one.id);
    if (std::find(known.begin(), known.end(), *name) == known.end())
      keys.complain(row.find("holidays")->value.at, "bad-value",
                    fmt::format("no calendar '{}'{}", *name, suggestion(*name, known)));
  }
  for (const auto* one : keys.optional_list("escalate_to")) into.escalate_to.emplace_back(one->text);
  keys.finish();
}

elsewhere_source read_elsewhere(const yaml::node& row, const std::string& path, problems& found) {
  yaml::mapping_reader keys{row, path, "elsewhere: ", found};
  elsewhere_source out;
  out.name = keys.required_text("name").value_or("");
  if (const auto word = keys.required_text("from")) {
    const auto read = from_text<origin>(*word);
    if (!read || *read == origin::local)
      keys.complain(row.find("from")->value.at, "bad-value",
                    fmt::format("'from' is natpsa, ohid, neighbour or other, not '{}'", *word));
    else
      out.from = *read;
  }
  out.url = keys.optional_text("url").value_or("");
  out.maildir = keys.optional_text("maildir").value_or("");
  out.ca_file = keys.optional_text("ca_file").value_or("");
  read_length(keys, "every", out.every);
  for (const auto* one : keys.optional_list("senders")) out.senders.push_back(one->text);
  if (out.url.empty() == out.maildir.empty())
    keys.complain(row.at, "missing-key", "an alert from elsewhere comes by one of: url, maildir");
  else if (!out.url.empty() && !out.url.starts_with("https://"))
    keys.complain(row.find("url")->value.at, "bad-value",
                  "'url' must begin with https://: anybody could change it on its way");
  else if (!out.maildir.empty() && out.senders.empty())
    keys.complain(row.at, "missing-key",
                  "'senders' must name the addresses whose mails are alerts; others are left alone");
  if (out.every < std::chrono::minutes{1} && row.find("every") != nullptr)
    keys.complain(row.find("every")->value.at, "bad-duration", "'every' must be 1m or more");
  keys.finish();
  return out;
}

void read_words(const yaml::node& row, const std::string& path, std::map<std::string, std::string>& into,
                problems& found) {
  yaml::mapping_reader keys{row, path, "intelligence: ", found};
  for (const auto* part : {"source", "information", "handling"}) {
    const auto* words = keys.optional(part);
    if (words == nullptr) continue;
    if (!words->is_mapping()) {
      keys.complain(words->at, "wrong-type", fmt::format("'{}' must give each code its words", part));
      continue;
    }
    for (const auto& one : words->entries) into[std::string{part} + '.' + one.key] = one.value.text;
  }
  keys.finish();
}

} // namespace

loaded_policy load_policy(const std::vector<source_text>& files, const reference_data& reference) {
  loaded_policy out;
  for (const auto& file : files) {
    auto document = yaml::parse(file);
    if (!document) {
      out.found.insert(out.found.end(), document.error().begin(), document.error().end());
      continue;
    }
    if (document->is_null()) continue;
    yaml::mapping_reader keys{*document, file.path, {}, out.found};
    (void)keys.optional("version");
    if (keys.optional("matrices") != nullptr)
      each_of(keys, "matrices", [&](const yaml::node& row) {
        auto one = matrix_reader{file.path, {}, out.found}.one_matrix(row);
        one.hash = content_hash(file.text);
        if (out.how.find(one.id) != nullptr)
          keys.complain(row.at, "duplicate-id", fmt::format("there is another matrix '{}'", one.id));
        out.how.matrices.push_back(std::move(one));
      });
    if (const auto* row = keys.optional("clocks"); row != nullptr)
      read_clocks(*row, file.path, reference, out.how.clocks, out.found);
    if (keys.optional("elsewhere") != nullptr)
      each_of(keys, "elsewhere", [&](const yaml::node& row) {
        auto one = read_elsewhere(row, file.path, out.found);
        for (const auto& other : out.how.elsewhere)
          if (other.name == one.name)
            keys.complain(row.at, "duplicate-id", fmt::format("'{}' is looked at already", one.name));
        out.how.elsewhere.push_back(std::move(one));
      });
    if (const auto text = keys.optional_text("out_of_hours")) {
      out.how.professionals_alone_out_of_hours = *text == "professionals";
      if (*text != "professionals" && *text != "services")
        keys.complain(document->find("out_of_hours")->value.at, "bad-value",
                      fmt::format("'out_of_hours' must be professionals or services, not '{}'", *text));
    }
    if (const auto* row = keys.optional("reports"); row != nullptr) {
      yaml::mapping_reader inner{*row, file.path, "reports: ", out.found};
      duration kept{};
      read_length(inner, "retention", kept);
      if (kept > duration{0}) out.how.report_retention = kept;
      inner.finish();
    }
    if (const auto* row = keys.optional("intelligence"); row != nullptr)
      read_words(*row, file.path, out.how.intelligence_words, out.found);
    keys.finish();
  }
  return out;
}

} // namespace forewarn::panel
