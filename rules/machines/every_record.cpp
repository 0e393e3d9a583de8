// SPDX-License-Identifier: Apache-2.0
// every_record: each observation the rule observes is a signal of its own.
#include "rules/machines/every_record.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

class every_record_machine final : public machine {
public:
  explicit every_record_machine(const surroundings& where)
      : by_{where.by}, names_{where.names}, series_{where}, life_{where.by, where.index, where.names, where.deadlines} {
  }

  void take(const arrival& what, events& out) override {
    const auto old = series_.replace(what);
    const auto form = series_.form_of(what);
    series_list touched;
    if (old) touched = old->series;
    if (form)
      for (const auto one : form->series)
        if (std::find(touched.begin(), touched.end(), one) == touched.end()) touched.push_back(one);
    std::sort(touched.begin(), touched.end(),
              [&](series_index a, series_index b) { return series_.values(a) < series_.values(b); });
    for (const auto one : touched) reconsider(one, old, form, what, out);
  }

  void forget(const forgetting& gone) override {
    series_.forget(gone, names_);
    life_.forget(gone);
    boost::unordered::erase_if(subjects_, [&](const auto& one) {
      return names_.is_gone(gone, static_cast<observation_index>(one.first)) && life_.drop_subject(one.second);
    });
  }

  [[nodiscard]] bool holds_form_of(observation_index who) const override { return series_.holds(who); }
  [[nodiscard]] rule_counters counters() const override { return series_.counters(life_); }
  [[nodiscard]] life& signals() override { return life_; }
  void save(snapshot_writer& to) const override { fields(to, *this); }
  void restore(snapshot_reader& from) override { fields(from, *this); }

private:
  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.series_, me.life_, me.subjects_);
  }

  void reconsider(series_index where, const std::optional<held_form>& old, const std::optional<held_form>& form,
                  const arrival& what, events& out) {
    const auto in = [where](const series_list& list) {
      return std::find(list.begin(), list.end(), where) != list.end();
    };
    const bool was = old && in(old->series);
    const bool is = form && in(form->series);
    reconsideration seen{what.now, was, {}, {}};
    if (was && (!is || old->at != form->at)) {
      looked_at lost{{old->at, what.who}, {old->at, old->at}};
      lost.why = occasion::checked;
      lost.opener = what.who;
      seen.windows.push_back(lost);
    }
    if (is) {
      looked_at found{{form->at, what.who}, {form->at, form->at}, verdict{by_.level, 1, 1, 1}};
      found.late = series_.is_late(form->at, what.now);
      found.opener = what.who;
      seen.windows.push_back(found);
    }
    std::sort(seen.windows.begin(), seen.windows.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    life_.reconsider(
        subject_of(where, what.who), seen,
        [](const window_id& id, const time_window&, instant, auto& who) { who.push_back(id.record); }, out);
  }

  subject_index subject_of(series_index where, observation_index who) {
    const auto key = (std::uint64_t{where} << 32U) | who;
    const auto it = subjects_.find(key);
    if (it != subjects_.end()) return it->second;
    return subjects_.emplace(key, life_.add_subject(series_.key(where))).first->second;
  }

  const rule& by_;
  const observation_names& names_;
  series_book series_;
  life life_;
  boost::unordered_flat_map<std::uint64_t, subject_index> subjects_;
};

} // namespace

std::unique_ptr<machine> make_every_record(const surroundings& where) {
  return std::make_unique<every_record_machine>(where);
}

} // namespace forewarn::rules
