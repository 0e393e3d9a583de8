// SPDX-License-Identifier: Apache-2.0
#include "rules/check/satisfiable.hpp"

#include "rules/check/field_domain.hpp"

#include <algorithm>
#include <map>

namespace forewarn::rules {
namespace {

constexpr int most_steps = 5'000; // past that the answer is "may be"

struct claim {
  const condition* what;
  bool negated;
};

using domains = std::map<std::string, field_domain>;

class search {
public:
  explicit search(const reference_data& reference) : reference_{reference} {}

  bool possible(std::vector<claim> todo, std::vector<claim> choices, domains known) {
    while (!todo.empty()) {
      if (++steps_ > most_steps) return true;
      const claim now = todo.back();
      todo.pop_back();
      if (!take(now, todo, choices, known)) return false;
    }
    return places_agree(known) && choose(std::move(choices), known);
  }

  std::string empty_field;

private:
  // Puts the parts of a conjunction on `todo`, a choice on `choices`, a test into its field. False: nothing is left.
  bool take(const claim& now, std::vector<claim>& todo, std::vector<claim>& choices, domains& known) {
    if (const auto* denied = std::get_if<negated>(&now.what->what)) {
      todo.push_back({&denied->inner.front(), !now.negated});
      return true;
    }
    if (const auto* all = std::get_if<all_parts>(&now.what->what)) {
      if (now.negated)
        choices.push_back(now);
      else
        for (const auto& part : all->parts) todo.push_back({&part, false});
      return true;
    }
    if (const auto* any = std::get_if<any_part>(&now.what->what)) {
      if (!now.negated)
        choices.push_back(now);
      else
        for (const auto& part : any->parts) todo.push_back({&part, true});
      return true;
    }
    const auto& leaf = std::get<test>(now.what->what);
    const bool number = std::holds_alternative<number_range>(leaf.is);
    if (number && now.negated) {
      choices.push_back(now);
      return true;
    }
    auto& field = domain_of(leaf.what, known);
    if (number)
      narrow(field, std::get<number_range>(leaf.is));
    else
      field.require(leaf.is, now.negated, reference_);
    return still_some(leaf.what, field);
  }

  static void narrow(field_domain& field, const number_range& range) {
    field.be_present();
    interval low, high;
    low.least = range.least;
    low.above_least = range.above_least;
    high.most = range.most;
    high.below_most = range.below_most;
    field.narrow_low(low);
    field.narrow_high(high);
  }

  bool choose(std::vector<claim> choices, const domains& known) {
    if (choices.empty()) return true;
    if (++steps_ > most_steps) return true;
    const claim next = choices.back();
    choices.pop_back();
    if (const auto* any = std::get_if<any_part>(&next.what->what))
      return std::any_of(any->parts.begin(), any->parts.end(), [&](const condition& part) {
        return possible({{&part, false}}, choices, known);
      });
    if (const auto* all = std::get_if<all_parts>(&next.what->what))
      return std::any_of(all->parts.begin(), all->parts.end(), [&](const condition& part) {
        return possible({{&part, true}}, choices, known);
      });
    return number_fails(std::get<test>(next.what->what), choices, known);
  }

  // The field is absent, or its lower end too low, or its upper end too high.
  bool number_fails(const test& leaf, const std::vector<claim>& choices, const domains& known) {
    const auto& range = std::get<number_range>(leaf.is);
    const auto with = [&](auto change) {
      domains next = known;
      auto& field = domain_of(leaf.what, next);
      change(field);
      return still_some(leaf.what, field) && possible({}, choices, std::move(next));
    };
    // Text that is no number fails too, so that an attribute or a band can be present and still not pass.
    const bool numbers_only = leaf.what.field == field::naloxone_doses ||
                              leaf.what.field == field::days_since_release || leaf.what.field == field::weight;
    if (!numbers_only) return possible({}, choices, known);
    if (with([](field_domain& field) { field.be_absent(); })) return true;
    interval under, over;
    under.most = range.least;
    under.below_most = !range.above_least;
    over.least = range.most;
    over.above_least = !range.below_most;
    return (range.least && with([&](field_domain& field) { field.be_present(), field.narrow_low(under); })) ||
           (range.most && with([&](field_domain& field) { field.be_present(), field.narrow_high(over); }));
  }

  static field_domain& domain_of(const field_name& what, domains& known) {
    return known.try_emplace(to_text(what), what).first->second;
  }

  bool still_some(const field_name& what, const field_domain& field) {
    if (!field.empty()) return true;
    empty_field = to_text(what);
    return false;
  }

  // Two areas that no place lies in both: at some level they lie in different ones. Local places may overlap anything.
  [[nodiscard]] bool exclusive(const area_value& a, const area_value& b) const {
    const auto& table = reference_.areas;
    const auto left = table.find(a.word);
    const auto right = table.find(b.word);
    if (!left || !right) return false;
    for (const auto level : {area_level::nation, area_level::region, area_level::county, area_level::lad,
                             area_level::ward, area_level::msoa, area_level::lsoa}) {
      const auto in = table.enclosing(*left, level);
      const auto other = table.enclosing(*right, level);
      // A nation may lie in a nation: different rows of one level are exclusive only where neither encloses the other.
      if (in && other && !table.is_or_within(*in, *other) && !table.is_or_within(*other, *in)) return true;
    }
    return false;
  }

  bool places_agree(const domains& known) {
    std::vector<std::pair<std::string, const std::vector<area_value>*>> all;
    const field_domain* anywhere = nullptr;
    for (const auto& [name, field] : known) {
      if (name == "area") anywhere = &field;
      for (const auto& values : field.places()) all.emplace_back(name, &values);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (anywhere != nullptr && barred(*all[i].second, anywhere->barred_places())) {
        empty_field = all[i].first;
        return false;
      }
      for (std::size_t k = 0; k < i; ++k) {
        if (all[i].second->size() * all[k].second->size() > 10'000) continue;
        const bool apart = std::all_of(all[i].second->begin(), all[i].second->end(), [&](const area_value& a) {
          return std::all_of(all[k].second->begin(), all[k].second->end(),
                             [&](const area_value& b) { return exclusive(a, b); });
        });
        if (apart) {
          empty_field = all[i].first;
          return false;
        }
      }
    }
    return true;
  }

  static bool barred(const std::vector<area_value>& values, const std::vector<area_index>& by) {
    return !by.empty() && std::all_of(values.begin(), values.end(), [&](const area_value& value) {
      return std::all_of(value.covers.begin(), value.covers.end(),
                         [&](area_index i) { return std::find(by.begin(), by.end(), i) != by.end(); });
    });
  }

  const reference_data& reference_;
  int steps_ = 0;
};

} // namespace

std::optional<std::string> field_left_empty(std::span<const condition* const> wanted, const observed& among,
                                            const reference_data& reference) {
  domains known;
  const auto among_words = [&](field of, const auto& ids) {
    if (ids.empty()) return;
    std::vector<std::string> words;
    for (const auto& id : ids) words.push_back(id.str());
    const field_name name{of, {}};
    known.try_emplace(to_text(name), name).first->second.require_words(words);
  };
  among_words(field::kind, among.kinds);
  among_words(field::feed, among.feeds);

  std::vector<claim> todo;
  for (const auto* one : wanted) todo.push_back({one, false});
  search look{reference};
  if (look.possible(std::move(todo), {}, std::move(known))) return {};
  return look.empty_field;
}

} // namespace forewarn::rules
