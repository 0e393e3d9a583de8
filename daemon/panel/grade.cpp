// SPDX-License-Identifier: Apache-2.0
#include "daemon/panel/policy.hpp"

#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::panel {
namespace {

template <class Items> auto* with_id(const Items& items, const std::string& id) {
  const auto it = std::find_if(items.begin(), items.end(), [&](const auto& one) { return one.id == id; });
  return it == items.end() ? nullptr : &*it;
}

template <class Items> std::vector<std::string> ids_of(const Items& items) {
  std::vector<std::string> out;
  for (const auto& one : items) out.push_back(one.id);
  return out;
}

std::vector<std::string> what_is_wrong(const matrix& by, const std::map<std::string, std::string>& answers) {
  std::vector<std::string> out;
  for (const auto& one : by.axes) {
    const auto given = answers.find(one.id);
    if (given == answers.end())
      out.push_back(
          fmt::format("'{}' is not answered ({}); one of {}", one.id, one.question, join_or(ids_of(one.answers))));
    else if (one.find(given->second) == nullptr)
      out.push_back(fmt::format("'{}' cannot be '{}'; one of {}{}", one.id, given->second, join_or(ids_of(one.answers)),
                                suggestion(given->second, ids_of(one.answers))));
  }
  for (const auto& [axis, answer] : answers)
    if (by.find(axis) == nullptr)
      out.push_back(fmt::format("matrix '{}' has no axis '{}'{}", by.id, axis, suggestion(axis, ids_of(by.axes))));
  return out;
}

} // namespace

const axis_answer* axis::find(const std::string& wanted) const {
  return with_id(answers, wanted);
}
const axis* matrix::find(const std::string& wanted) const {
  return with_id(axes, wanted);
}
const matrix* policy::find(const std::string& wanted) const {
  return with_id(matrices, wanted);
}

result<verdict, std::string> grade(const matrix& by, const std::map<std::string, std::string>& answers) {
  if (const auto wrong = what_is_wrong(by, answers); !wrong.empty()) return failure(join(wrong, "; "));
  verdict out;
  for (const auto& one : by.axes) out.score += one.find(answers.at(one.id))->score;
  const auto reached = std::find_if(by.cut_offs.begin(), by.cut_offs.end(),
                                    [&](const cut_off& one) { return out.score >= one.at_least; });
  if (reached != by.cut_offs.end()) {
    out.outcome = reached->outcome;
    out.level = reached->level;
    out.because = fmt::format("{} points; {} or more: {}", out.score, reached->at_least, to_text(out.outcome));
  } else {
    out.because = fmt::format("{} points; fewer than any outcome asks for", out.score);
  }
  for (const auto& one : by.axes) {
    const auto* answer = one.find(answers.at(one.id));
    if (!answer->at_most || *answer->at_most >= out.outcome) continue;
    out.outcome = *answer->at_most;
    out.because += fmt::format("; but '{}' allows at most {}", answer->text, to_text(out.outcome));
  }
  if (out.outcome == panel_outcome::no_further_action) out.level = level::info;
  return out;
}

} // namespace forewarn::panel
