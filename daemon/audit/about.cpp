// SPDX-License-Identifier: Apache-2.0
#include "daemon/audit/about.hpp"

#include <algorithm>

namespace forewarn::audit {
namespace {

void add(std::set<std::string>& out, const alert& one, const store_reader& stored) {
  if (!out.insert(one.ref.str()).second) return;
  if (!one.signal.empty()) out.insert(one.signal.str());
  if (!one.assessment) return;
  out.insert(one.assessment->str());
  if (const auto work = panel::of(stored).case_of(*one.assessment); work && work->report)
    out.insert(work->report->str());
}

} // namespace

std::set<std::string> behind(const alert& one, const store_reader& stored) {
  std::set<std::string> out;
  add(out, one, stored);
  std::set<std::string> merged;
  panel::of(stored).each_entry(0, [&](const entry& line) {
    const bool ours = line.what == "alert.merged" &&
                      std::find(line.subjects.begin(), line.subjects.end(), one.ref.str()) != line.subjects.end();
    if (ours) merged.insert(line.subjects.begin(), line.subjects.end());
    return true;
  });
  for (const auto& ref : merged)
    if (const auto other = stored.alert_by_ref(alert_ref{ref})) add(out, *other, stored);
  return out;
}

std::vector<entry> lines_about(const std::set<std::string>& subjects, const store_reader& stored) {
  std::vector<entry> out;
  panel::of(stored).each_entry(0, [&](const entry& line) {
    if (std::any_of(line.subjects.begin(), line.subjects.end(),
                    [&](const std::string& subject) { return subjects.contains(subject); }))
      out.push_back(line);
    return true;
  });
  return out;
}

} // namespace forewarn::audit
