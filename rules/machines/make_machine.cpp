// SPDX-License-Identifier: Apache-2.0
// Detector to machine: the one list of them.
#include "rules/machines/every_record.hpp"
#include "rules/machines/first_seen.hpp"
#include "rules/machines/periodic.hpp"
#include "rules/machines/scan.hpp"
#include "rules/machines/windowed_detectors.hpp"

#include <variant>

namespace forewarn::rules {
namespace {

struct maker {
  const surroundings& where;
  std::unique_ptr<machine> operator()(const every_record_detector&) const { return make_every_record(where); }
  std::unique_ptr<machine> operator()(const count_detector&) const { return make_count(where); }
  std::unique_ptr<machine> operator()(const rate_detector&) const { return make_rate(where); }
  std::unique_ptr<machine> operator()(const share_detector&) const { return make_share(where); }
  std::unique_ptr<machine> operator()(const spike_detector&) const { return make_spike(where); }
  std::unique_ptr<machine> operator()(const unusual_detector&) const { return make_unusual(where); }
  std::unique_ptr<machine> operator()(const together_detector&) const { return make_together(where); }
  std::unique_ptr<machine> operator()(const sequence_detector&) const { return make_sequence(where); }
  std::unique_ptr<machine> operator()(const first_seen_detector&) const { return make_first_seen(where); }
  std::unique_ptr<machine> operator()(const periodic_detector&) const { return make_periodic(where); }
  std::unique_ptr<machine> operator()(const scan_detector&) const { return make_scan(where); }
};

} // namespace

std::unique_ptr<machine> make_machine(const surroundings& where) {
  return std::visit(maker{where}, where.by.detector);
}

} // namespace forewarn::rules
