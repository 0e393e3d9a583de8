// SPDX-License-Identifier: Apache-2.0
// first_seen: a value that nobody has seen for a while, or ever. Windows are known by record: each sighting is asked
// for itself whether it was news.
#include "rules/machines/first_seen.hpp"

#include "rules/machines/sightings.hpp"
#include "rules/machines/values_seen.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace forewarn::rules {
namespace {

// What an observation shows, and where: kept once for all that show the same, so that a revision can take it back.
struct shown {
  value_index value = 0;
  series_index series = 0;
  bool confirmed = false;
  friend auto operator<=>(const shown&, const shown&) = default;
};
using all_shown = std::vector<shown>;
using values_in_series = std::vector<std::pair<value_index, sighting>>;

using touched_windows = std::map<std::pair<series_index, value_index>, std::map<window_id, looked_at>>;

class first_seen_machine final : public machine {
public:
  explicit first_seen_machine(const surroundings& where)
      : by_{where.by}, detector_{std::get<first_seen_detector>(where.by.detector)}, reference_{where.reference},
        names_{where.names}, series_{where}, life_{where.by, where.index, where.names, where.deadlines} {}

  void take(const arrival& what, events& out) override {
    const auto old = series_.replace(what);
    const auto form = series_.form_of(what);
    const auto gone = take_back(what.who, old);
    values_in_series come;
    if (form) come = put_in(what, *form);

    touched_windows touched;
    for (const auto& [value, one] : gone) look_at_lost(value, one, touched);
    for (const auto& [value, one] : come) look_at(value, one, occasion::arrived, what.now, touched);
    if (old) {
      for (const auto& [value, one] : gone) look_at_next(value, one, what.now, touched);
      for (const auto& [value, one] : come) look_at_next(value, one, what.now, touched);
    }
    tell_all(touched, old.has_value(), what.now, out);
  }

  // Known from before: it is never news itself, and what comes later is none by it.
  void remember(const fact& past) override {
    const held_form form{past.source->occurred_at, series_.series_for(past)};
    scope_times(form, true);
    for (const auto one : form.series)
      for (const auto& seen : values_seen(by_, detector_, past, series_.values(one), *reference_))
        scope_of(one).add(number_of(seen.text), {form.at, 0, remembered, one, seen.confirmed});
  }

  void forget(const forgetting& gone) override {
    held_.erase_if([&](observation_index who) { return names_.is_gone(gone, who); });
    series_.forget(gone, names_);
    for (auto& [series, scope] : scopes_) scope.forget(gone);
    life_.forget(gone);
  }

  [[nodiscard]] bool holds_form_of(observation_index who) const override { return series_.holds(who); }
  [[nodiscard]] rule_counters counters() const override { return series_.counters(life_); }
  [[nodiscard]] life& signals() override { return life_; }
  void save(snapshot_writer& to) const override { fields(to, *this); }
  void restore(snapshot_reader& from) override { fields(from, *this); }

private:
  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.series_, me.life_, me.scopes_, me.held_, me.lists_, me.list_numbers_, me.subjects_, me.numbers_, me.texts_,
       me.arrivals_);
  }

  [[nodiscard]] sightings& scope_of(series_index one) { return scopes_[detector_.scope_all ? 0 : one]; }

  void scope_times(const held_form& form, bool enters) {
    const auto note = [&](series_index one) {
      if (enters)
        scope_of(one).enter(form.at);
      else
        scope_of(one).leave(form.at);
    };
    if (detector_.scope_all && !form.series.empty())
      note(form.series.front());
    else
      for (const auto one : form.series) note(one);
  }

  values_in_series take_back(observation_index who, const std::optional<held_form>& old) {
    values_in_series gone;
    if (!old) return gone;
    scope_times(*old, false);
    const auto held = held_.find(who);
    if (!held) return gone;
    for (const auto& one : lists_[*held])
      if (const auto was = scope_of(one.series).remove(one.value, old->at, who, one.series))
        gone.emplace_back(one.value, *was);
    held_.erase(who);
    return gone;
  }

  values_in_series put_in(const arrival& what, const held_form& form) {
    values_in_series come;
    all_shown list;
    ++arrivals_;
    scope_times(form, true);
    for (const auto one : form.series)
      for (const auto& seen : values_seen(by_, detector_, *what.form, series_.values(one), *reference_)) {
        const auto value = number_of(seen.text);
        const sighting here{form.at, arrivals_, what.who, one, seen.confirmed};
        come.emplace_back(value, here);
        list.push_back({value, one, seen.confirmed});
        scope_of(one).add(value, here);
      }
    if (!list.empty()) held_.put(what.who, number_of(std::move(list)));
    return come;
  }

  // The window in which it is news; none where the value was known, or the scope has too little history.
  std::optional<time_window> news(value_index value, const sighting& one) {
    auto& scope = scope_of(one.series);
    const auto first = scope.first().value_or(one.at);
    if (one.at - first < detector_.min_history) return {};
    const bool only_confirmed = one.confirmed && !detector_.any_certainty;
    const auto* known = scope.before(value, one, only_confirmed);
    if (!detector_.not_seen_for)
      return known == nullptr ? std::optional{time_window{std::min(first, one.at), one.at}} : std::nullopt;
    const time_window looked{one.at - *detector_.not_seen_for, one.at};
    if (known != nullptr && known->at > looked.from) return {};
    return looked;
  }

  void look_at_lost(value_index value, const sighting& one, touched_windows& touched) {
    looked_at lost{{one.at, one.who}, {one.at, one.at}};
    lost.why = occasion::checked;
    lost.opener = one.who;
    touched[{one.series, value}].insert_or_assign(lost.id, lost);
  }

  void look_at(value_index value, const sighting& one, occasion why, instant now, touched_windows& touched) {
    looked_at window{{one.at, one.who}, {one.at, one.at}};
    window.why = why;
    window.late = series_.is_late(one.at, now);
    window.opener = one.who;
    if (const auto looked = news(value, one)) {
      window.span = *looked;
      window.found = verdict{by_.level, 1, 1, 1};
    } else {
      window.joins = true;
    }
    touched[{one.series, value}].insert_or_assign(window.id, window);
  }

  // The sightings whose predecessor this one is, or was.
  void look_at_next(value_index value, const sighting& one, instant now, touched_windows& touched) {
    std::vector<sighting> next;
    scope_of(one.series).after(value, one, false, next);
    scope_of(one.series).after(value, one, true, next);
    for (const auto& other : next)
      if (other.who != one.who && other.who != remembered) look_at(value, other, occasion::revived, now, touched);
  }

  void tell_all(const touched_windows& touched, bool corrected, instant now, events& out) {
    std::vector<const touched_windows::value_type*> ordered;
    for (const auto& one : touched) ordered.push_back(&one);
    std::sort(ordered.begin(), ordered.end(), [&](const auto* a, const auto* b) {
      const auto key = [&](const auto* one) {
        return std::tie(series_.values(one->first.first), texts_[one->first.second]);
      };
      return key(a) < key(b);
    });
    for (const auto* one : ordered) {
      reconsideration seen{now, corrected, {}};
      for (const auto& [id, window] : one->second) seen.windows.push_back(window);
      const auto subject = subject_for(one->first, seen);
      if (!subject) continue;
      life_.reconsider(
          *subject, seen, [](const window_id& id, const time_window&, instant, auto& who) { who.push_back(id.record); },
          out);
    }
  }

  // A value that was never news has no subject: most never are.
  std::optional<subject_index> subject_for(std::pair<series_index, value_index> which, const reconsideration& seen) {
    const auto key = (std::uint64_t{which.first} << 32U) | which.second;
    if (const auto it = subjects_.find(key); it != subjects_.end()) return it->second;
    if (std::none_of(seen.windows.begin(), seen.windows.end(), [](const auto& w) { return w.found.has_value(); }))
      return {};
    auto series = series_.key(which.first);
    add_value(series, by_, detector_, texts_[which.second]);
    return subjects_.emplace(key, life_.add_subject(std::move(series))).first->second;
  }

  value_index number_of(const std::string& text) {
    const auto [it, fresh] = numbers_.try_emplace(text, static_cast<value_index>(texts_.size()));
    if (fresh) texts_.push_back(text);
    return it->second;
  }

  std::uint32_t number_of(all_shown list) {
    const auto [it, fresh] = list_numbers_.try_emplace(std::move(list), static_cast<std::uint32_t>(lists_.size()));
    if (fresh) lists_.push_back(it->first);
    return it->second;
  }

  const rule& by_;
  const first_seen_detector& detector_;
  const shared_reference& reference_;
  const observation_names& names_;
  series_book series_;
  life life_;
  std::unordered_map<series_index, sightings> scopes_;
  by_observation held_; // places in `lists_`
  std::vector<all_shown> lists_;
  std::map<all_shown, std::uint32_t> list_numbers_;
  boost::unordered_flat_map<std::uint64_t, subject_index> subjects_;
  std::unordered_map<std::string, value_index> numbers_;
  std::vector<std::string> texts_;
  std::uint32_t arrivals_ = 0;
};

} // namespace

std::unique_ptr<machine> make_first_seen(const surroundings& where) {
  return std::make_unique<first_seen_machine>(where);
}

} // namespace forewarn::rules
