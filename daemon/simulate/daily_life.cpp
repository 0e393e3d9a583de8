// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/daily_life.hpp"

#include "daemon/simulate/rates.hpp"

#include <algorithm>

namespace forewarn::simulate {
namespace {

using namespace std::chrono_literals;

template <class Rows> wheel wheel_of(const Rows& rows) {
  std::vector<double> weights;
  for (const auto& row : rows) weights.push_back(row.weight);
  return wheel{weights};
}

std::vector<std::string> parts(std::string_view list) {
  std::vector<std::string> out;
  for (auto rest = list; !rest.empty();) {
    const auto end = rest.find("; ");
    out.emplace_back(rest.substr(0, end));
    rest = end == rest.npos ? std::string_view{} : rest.substr(end + 2);
  }
  return out;
}

int some_age(dice& luck) {
  const double at = luck.fraction();
  if (at < rates::of_a_child) return luck.between(11, 15);
  if (at < rates::of_a_child + rates::of_a_minor) return luck.between(16, 17);
  return luck.between(18, 45) + luck.between(0, 24);
}

bool at_home(const incident& one) {
  return one.setting == "home" || one.setting == "supported_housing";
}

} // namespace

person somebody(dice& luck) {
  person out;
  out.number = luck.chance(0.9) ? static_cast<std::uint32_t>(1 + luck.below(999'999'999)) : 0;
  out.age = some_age(luck);
  out.sex = luck.chance(0.68) ? "M" : luck.chance(0.96) ? "F" : "";
  return out;
}

void what_follows(dice& luck, incident& out) {
  const bool given = luck.chance(out.drugs->naloxone);
  out.naloxone_doses = given ? luck.between(1, luck.chance(0.15) ? 3 : 2) : 0;
  out.intent = at_home(out) && luck.chance(rates::deliberate) ? "self_harm" : "accidental";
  out.kit = out.drugs->opioid && luck.chance(rates::kit_of_a_service);
  const bool called = luck.chance(rates::calls_an_ambulance);
  const bool again = luck.chance(rates::second_caller);
  const double at = luck.fraction();
  out.callers = called ? (again ? 2 : 1) : 0;
  if (luck.chance(out.drugs->deadly))
    out.end = ending::died;
  else if (called && at < 0.06)
    out.end = ending::cancelled;
  else if (called && at < 0.16)
    out.end = ending::refused;
  else if (called && at < 0.33)
    out.end = ending::treated;
  else
    out.end = ending::conveyed;
  const bool booked_in = luck.chance(rates::conveyed_is_booked_in);
  const bool admitted = luck.chance(rates::attendance_is_admitted);
  out.attends = out.end == ending::conveyed && booked_in;
  out.admitted = out.attends && admitted;
}

daily_life::daily_life(const landscape& land, std::uint64_t seed, double scale, const zone& local)
    : land_{land}, seed_{seed}, scale_{scale}, local_{local}, hours_{rates::hours}, mixes_{wheel_of(words::mixes)},
      settings_{wheel_of(words::settings)} {
  dice luck{seed, "regulars"};
  const auto wanted = static_cast<std::size_t>(land.population * rates::regulars * scale / 1e6) + 1;
  for (std::size_t i = 0; i < wanted; ++i) {
    regular one{somebody(luck), land.harm.draw(luck), {}};
    one.who.number = static_cast<std::uint32_t>(1 + luck.below(999'999'999));
    if (one.who.age < 18) one.who.age += 18;
    if (const auto& hostels = land.hostels_at(one.place); !hostels.empty() && luck.chance(0.4))
      one.hostel = luck.any_of(hostels);
    regulars_.push_back(one);
  }
}

double daily_life::expected(double per_million, civil_time midnight) const {
  const std::chrono::weekday weekday{std::chrono::floor<std::chrono::days>(midnight)};
  return per_million * scale_ * land_.population / 1e6 * rates::weekdays.at(weekday.c_encoding());
}

civil_time daily_life::some_time(dice& luck, civil_time midnight) const {
  const auto hour = static_cast<int>(hours_.draw(luck));
  const auto at = midnight + std::chrono::hours{hour} + std::chrono::minutes{luck.between(0, 59)};
  // The hour that no clock showed when summer time began.
  return local_.to_instant(at).how == civil_resolution::missing ? at + 1h : at;
}

void daily_life::who_and_where(dice& luck, incident& out) const {
  out.setting = words::settings[settings_.draw(luck)].word;
  if (luck.chance(rates::by_a_regular)) {
    const auto& known = luck.any_of(regulars_);
    out.who = known.who;
    out.place = luck.chance(0.8) ? known.place : land_.harm.draw(luck);
    if (known.hostel && luck.chance(0.5)) {
      out.place = known.place;
      out.site = known.hostel;
    }
  } else {
    out.who = somebody(luck);
    out.place = land_.harm.draw(luck);
  }
  if (out.who.age < 16 && !at_home(out)) out.setting = "street";
  if (!out.site && out.setting == "hostel") {
    if (const auto& hostels = land_.hostels_at(out.place); !hostels.empty()) out.site = luck.any_of(hostels);
  } else if (!out.site && out.setting == "licensed_premises" && luck.chance(0.7)) {
    out.site = land_.serving(site_kind::club, out.place);
    if (out.site) out.place = land_.sites[*out.site].neighbourhood;
  } else if (out.site) {
    out.setting = "hostel";
  }
}

void daily_life::ordinary_incidents(dice& luck, one_day& to) const {
  for (int left = luck.poisson(expected(rates::incidents, to.midnight)); left > 0; --left) {
    incident one;
    one.luck = luck.next();
    dice own{one.luck};
    one.at = some_time(own, to.midnight);
    who_and_where(own, one);
    one.drugs = &words::mixes[mixes_.draw(own)];
    what_follows(own, one);
    to.incidents.push_back(std::move(one));
  }
}

void daily_life::in_prisons(dice& luck, one_day& to) const {
  const auto prisons = land_.sites_of(site_kind::prison);
  for (int left = luck.poisson(expected(rates::prison_finds, to.midnight)); left > 0; --left) {
    incident one;
    one.luck = luck.next();
    dice own{one.luck};
    one.at = some_time(own, to.midnight);
    one.site = own.any_of(prisons);
    one.place = land_.sites[*one.site].neighbourhood;
    one.setting = "prison";
    one.who = somebody(own);
    one.who.age = std::max(one.who.age, 21);
    one.drugs = own.chance(0.7) ? &words::wing_spice : &words::mixes[mixes_.draw(own)];
    what_follows(own, one);
    one.callers = own.chance(0.3) ? 1 : 0;
    if (one.callers == 0 && one.end == ending::conveyed) one.end = ending::treated;
    one.attends = one.attends && one.callers > 0;
    one.admitted = one.admitted && one.attends;
    one.kit = false;
    one.in_custody = true;
    to.incidents.push_back(std::move(one));
  }
}

void daily_life::in_custody(dice& luck, one_day& to) const {
  const auto suites = land_.sites_of(site_kind::custody_suite);
  for (int left = luck.poisson(expected(rates::custody_notes, to.midnight)); left > 0; --left) {
    incident one;
    one.luck = luck.next();
    dice own{one.luck};
    one.at = some_time(own, to.midnight);
    one.site = own.any_of(suites);
    one.place = land_.sites[*one.site].neighbourhood;
    one.setting = "custody";
    one.who = somebody(own);
    one.who.age = std::max(one.who.age, 18);
    one.drugs = &words::mixes[mixes_.draw(own)];
    one.intent = "accidental";
    one.end = ending::treated;
    one.naloxone_doses = own.chance(one.drugs->naloxone * 0.3) ? 1 : 0;
    one.in_custody = true;
    to.incidents.push_back(std::move(one));
  }
}

void daily_life::samples(dice& luck, one_day& to) const {
  static const auto usual = wheel_of(words::samples);
  for (int left = luck.poisson(expected(rates::samples, to.midnight)); left > 0; --left) {
    sample one;
    one.luck = luck.next();
    dice own{one.luck};
    one.received = to.midnight;
    one.place = land_.harm.draw(own);
    const auto& kind = words::samples[usual.draw(own)];
    one.sold_as = kind.sold_as;
    one.form = kind.form;
    one.found = parts(kind.found);
    to.samples.push_back(std::move(one));
  }
}

one_day daily_life::day(civil_time midnight) const {
  one_day out{midnight, {}, {}};
  const auto date = static_cast<std::uint64_t>(midnight.time_since_epoch() / std::chrono::hours{24});
  // A stream for each concern: more incidents never shift the samples.
  dice incidents{seed_, "incidents", date};
  dice prisons{seed_, "prisons", date};
  dice custody{seed_, "custody", date};
  dice tested{seed_, "samples", date};
  ordinary_incidents(incidents, out);
  in_prisons(prisons, out);
  in_custody(custody, out);
  samples(tested, out);
  std::stable_sort(out.incidents.begin(), out.incidents.end(),
                   [](const incident& a, const incident& b) { return a.at < b.at; });
  std::uint64_t serial = 0;
  for (auto& one : out.incidents) one.serial = ++serial;
  serial = 0;
  for (auto& one : out.samples) one.serial = ++serial;
  return out;
}

} // namespace forewarn::simulate
