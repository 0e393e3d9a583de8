// SPDX-License-Identifier: Apache-2.0
// What is left of one field after some tests of it: the words allowed, the range of numbers, the hours, the members a
// set must and must not have, and whether the field may be absent.
#pragma once

#include "rules/condition.hpp"

#include "forewarn/reference.hpp"

#include <bitset>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::rules {

struct interval {
  std::optional<double> least, most;
  bool above_least = false, below_most = false;
  void narrow(const interval& by);
  [[nodiscard]] bool empty() const;
};

class field_domain {
public:
  explicit field_domain(const field_name& what);

  // Each narrows; `negated` says that the test must fail. A negated number test has several ways to fail: see `ways`.
  void require(const predicate& is, bool negated, const reference_data& reference);
  void require_words(const std::vector<std::string>& allowed);
  void be_absent();
  void be_present() { may_be_absent_ = false; }
  void narrow_low(const interval& by) { low_.narrow(by); }
  void narrow_high(const interval& by) { high_.narrow(by); }

  [[nodiscard]] bool empty() const;
  // The area tests that must hold of this field, for the comparison between levels.
  [[nodiscard]] const std::vector<std::vector<area_value>>& places() const noexcept { return places_; }
  [[nodiscard]] const std::vector<area_index>& barred_places() const noexcept { return barred_places_; }

private:
  void keep_words(const std::vector<std::string>& words, bool negated);
  void keep_matching(const matches& pattern, bool negated);
  void keep_areas(std::vector<area_value> values, bool negated);

  field_name what_;
  bool may_be_absent_ = true;
  bool may_be_present_ = true;
  std::optional<std::vector<std::string>> words_; // nothing = any
  std::vector<std::string> barred_words_;
  interval low_, high_; // of a number, or of the ends of an age band
  std::bitset<24> hours_;
  std::vector<std::vector<substance_index>> needed_;
  std::vector<substance_index> barred_;
  std::vector<std::vector<area_value>> places_;
  std::vector<area_index> barred_places_;
};

} // namespace forewarn::rules
