// SPDX-License-Identifier: Apache-2.0
#include "rules/check/field_domain.hpp"

#include "rules/syntax/values.hpp"

#include <algorithm>

#include <re2/re2.h>

namespace forewarn::rules {
namespace {

bool always_present(field what) {
  return what == field::kind || what == field::feed || what == field::hour || what == field::weekday ||
         what == field::weight;
}

template <class T> bool contains(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

template <class T> bool all_within(const std::vector<T>& inner, const std::vector<T>& outer) {
  return std::all_of(inner.begin(), inner.end(), [&](const T& value) { return contains(outer, value); });
}

} // namespace

void interval::narrow(const interval& by) {
  if (by.least && (!least || *by.least > *least || (*by.least == *least && by.above_least))) {
    least = by.least;
    above_least = by.above_least;
  }
  if (by.most && (!most || *by.most < *most || (*by.most == *most && by.below_most))) {
    most = by.most;
    below_most = by.below_most;
  }
}

bool interval::empty() const {
  return least && most && (*least > *most || (*least == *most && (above_least || below_most)));
}

field_domain::field_domain(const field_name& what) : what_{what}, may_be_absent_{!always_present(what.field)} {
  hours_.set();
  if (auto words = closed_words(what.field)) words_ = std::move(words);
  if (what.field != field::attribute) { // doses, days, weights and ages are never negative
    low_.least = 0;
    high_.least = 0;
  }
}

void field_domain::be_absent() {
  may_be_present_ = false;
}

void field_domain::require_words(const std::vector<std::string>& allowed) {
  keep_words(allowed, false);
}

void field_domain::keep_words(const std::vector<std::string>& words, bool negated) {
  if (!negated) {
    may_be_absent_ = false;
    if (!words_)
      words_ = words;
    else
      std::erase_if(*words_, [&](const auto& word) { return !contains(words, word); });
  } else if (words_) {
    std::erase_if(*words_, [&](const auto& word) { return contains(words, word); });
  } else {
    barred_words_.insert(barred_words_.end(), words.begin(), words.end());
  }
  if (words_) std::erase_if(*words_, [&](const auto& word) { return contains(barred_words_, word); });
}

void field_domain::keep_matching(const matches& pattern, bool negated) {
  if (!negated) may_be_absent_ = false;
  if (words_)
    std::erase_if(*words_, [&](const auto& word) { return RE2::PartialMatch(word, *pattern.compiled) == negated; });
}

void field_domain::keep_areas(std::vector<area_value> values, bool negated) {
  if (negated) {
    for (const auto& value : values)
      barred_places_.insert(barred_places_.end(), value.covers.begin(), value.covers.end());
    return;
  }
  may_be_absent_ = false;
  places_.push_back(std::move(values));
}

void field_domain::require(const predicate& is, bool negated, const reference_data& reference) {
  if (what_.field == field::calendar) return; // a day may lie in several: nothing follows for the others
  if (const auto* texts = std::get_if<one_of_texts>(&is)) {
    keep_words(texts->values, negated);
  } else if (const auto* members = std::get_if<one_of_substances>(&is)) {
    std::vector<substance_index> covered;
    for (const auto& value : members->values) covered.insert(covered.end(), value.covers.begin(), value.covers.end());
    if (negated) {
      barred_.insert(barred_.end(), covered.begin(), covered.end());
    } else {
      may_be_absent_ = false;
      needed_.push_back(std::move(covered));
    }
  } else if (const auto* all = std::get_if<all_of_substances>(&is)) {
    if (negated) return; // any one of them may be missing: not followed
    may_be_absent_ = false;
    for (const auto& value : all->values) needed_.push_back(value.covers);
  } else if (const auto* areas = std::get_if<one_of_areas>(&is)) {
    keep_areas(areas->values, negated);
  } else if (const auto* yes = std::get_if<truth>(&is)) {
    if (!words_) words_ = std::vector<std::string>{"false", "true"};
    keep_words({yes->value ? "true" : "false"}, negated);
  } else if (const auto* hours = std::get_if<one_of_hours>(&is)) {
    std::bitset<24> set;
    for (const auto& range : hours->ranges)
      for (int h = 0; h < 24; ++h)
        if (range.from <= range.to ? h >= range.from && h < range.to : h >= range.from || h < range.to)
          set.set(static_cast<std::size_t>(h));
    hours_ &= negated ? ~set : set;
  } else if (const auto* asked = std::get_if<exists>(&is)) {
    if (asked->wanted != negated)
      be_present();
    else
      be_absent();
  } else if (const auto* pattern = std::get_if<matches>(&is)) {
    if (!is_area_field(what_.field)) {
      keep_matching(*pattern, negated);
      return;
    }
    std::vector<area_value> values;
    for (const auto i : pattern->areas) values.push_back({reference.areas.row(i).code, reference.areas.within(i)});
    keep_areas(std::move(values), negated);
  }
  // A number range is narrowed by the caller, who follows each way in which a negated one can fail.
}

bool field_domain::empty() const {
  if (may_be_absent_) return false;
  if (!may_be_present_) return true;
  if (words_ && words_->empty()) return true;
  auto low = low_;
  auto high = high_;
  const bool ends_differ = what_.field == field::age || what_.field == field::age_band;
  if (!ends_differ)
    low.narrow(high);
  else { // low <= high
    interval below;
    below.most = high.most;
    below.below_most = high.below_most;
    low.narrow(below);
  }
  if (low.empty() || high.empty() || hours_.none()) return true;
  if (std::any_of(needed_.begin(), needed_.end(), [this](const auto& one) { return all_within(one, barred_); }))
    return true;
  return std::any_of(places_.begin(), places_.end(), [this](const auto& values) {
    return std::all_of(values.begin(), values.end(),
                       [this](const area_value& value) { return all_within(value.covers, barred_places_); });
  });
}

} // namespace forewarn::rules
