// SPDX-License-Identifier: Apache-2.0
#include "rules/detect/detector_kind.hpp"

#include "rules/detect/periodic.hpp"
#include "rules/detectors/method.hpp"

#include <algorithm>
#include <array>

namespace forewarn::rules {
namespace {

const std::array<const detector_kind*, 11> kinds{&every_record_kind, &count_kind,    &rate_kind,     &share_kind,
                                                 &spike_kind,        &unusual_kind,  &together_kind, &sequence_kind,
                                                 &first_seen_kind,   &periodic_kind, &scan_kind};
static_assert(kinds.size() == std::variant_size_v<detector>);

const detector_kind* named(std::string_view name) {
  if (is_periodic(name)) return &periodic_kind;
  const auto it = std::find_if(kinds.begin(), kinds.end(),
                               [&](const auto* kind) { return kind->name == name && kind->read != nullptr; });
  return it == kinds.end() ? nullptr : *it;
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto* kind : kinds)
    if (kind->read != nullptr) out.emplace_back(kind->name);
  for (const auto& method : detectors::all_methods()) out.push_back(method.name);
  return out;
}

template <class Detector> std::span<const rule_part> parts_in(const Detector& made) {
  if constexpr (requires { made.parts; })
    return made.parts;
  else
    return {};
}

} // namespace

std::span<const rule_part> parts_of(const detector& made) {
  return std::visit([](const auto& one) { return parts_in(one); }, made);
}

std::span<const detector_kind* const> detector_kinds() {
  return kinds;
}

const detector_kind& kind_of(const detector& made) {
  return *kinds.at(made.index());
}

std::optional<detector> read_detector(const reading& from, const yaml::node& detect, const rule& so_far) {
  if (!detect.is_mapping() || detect.entries.empty()) {
    from.complain(detect.at, "wrong-type",
                  fmt::format("'detect' names one detector with its options, such as {{count: {{within: 24h, at_least: "
                              "3}}}}; found {}",
                              detect.is_mapping() ? "none" : yaml::describe(detect)));
    return {};
  }
  std::optional<detector> out;
  const yaml::entry* first = nullptr;
  for (const auto& entry : detect.entries) {
    const auto* kind = named(entry.key);
    if (kind == nullptr) {
      const auto words = names();
      from.complain(entry.key_at, "unknown-key",
                    fmt::format("no detector '{}'; there are {}{}", shown(entry.key), join_and(words),
                                suggestion(entry.key, words)));
      continue;
    }
    if (first != nullptr) {
      from.complain(entry.key_at, "bad-value",
                    fmt::format("a rule has exactly one detector, and '{}' stands before this one; write a second rule",
                                first->key));
      continue;
    }
    first = &entry;
    if (kind == &periodic_kind)
      out = read_periodic(from, entry.key, entry.value, so_far);
    else
      out = kind->read(from, entry.value, so_far);
  }
  return out;
}

} // namespace forewarn::rules
