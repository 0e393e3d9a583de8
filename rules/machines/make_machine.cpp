// SPDX-License-Identifier: Apache-2.0
// Detector to machine: the one list of them.
#include "rules/machines/count.hpp"
#include "rules/machines/every_record.hpp"
#include "rules/machines/first_seen.hpp"

#include <variant>

namespace forewarn::rules {
namespace {

struct maker {
  const surroundings& where;
  std::unique_ptr<machine> operator()(const every_record_detector&) const { return make_every_record(where); }
  std::unique_ptr<machine> operator()(const count_detector&) const { return make_count(where); }
  std::unique_ptr<machine> operator()(const first_seen_detector&) const { return make_first_seen(where); }
};

} // namespace

std::unique_ptr<machine> make_machine(const surroundings& where) {
  return std::visit(maker{where}, where.by.detector);
}

} // namespace forewarn::rules
