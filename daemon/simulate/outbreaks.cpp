// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/outbreaks.hpp"

#include "daemon/simulate/civil_text.hpp"
#include "daemon/simulate/daily_life.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

// Spread over the span with some unevenness, the first at its beginning.
std::vector<civil_time> times_of_cases(dice& luck, const outbreak& of, int cases, const zone& local) {
  const auto span = std::chrono::duration_cast<minutes>(of.until - of.from);
  const auto slot = static_cast<int>(span.count()) / cases;
  std::vector<civil_time> out;
  for (int i = 0; i < cases; ++i) {
    auto at = of.from + minutes{i * slot + (i == 0 ? 0 : luck.between(0, std::max(0, slot - 1)))};
    if (local.to_instant(at).how == civil_resolution::missing) at += 1h;
    out.push_back(at);
  }
  return out;
}

incident adult_case(dice& luck, const outbreak& of, std::size_t index, const words::mix& drugs) {
  incident one;
  one.luck = luck.next();
  one.outbreak = index;
  one.place = of.place;
  one.site = of.site;
  one.drugs = &drugs;
  one.toxicology = of.drug;
  one.who = somebody(luck);
  one.who.age = luck.between(19, 58);
  one.intent = "accidental";
  one.naloxone_doses = luck.chance(drugs.naloxone) ? luck.between(1, 4) : 0;
  one.end = ending::conveyed;
  one.callers = 1;
  one.attends = true;
  one.admitted = luck.chance(0.3);
  one.kit = drugs.opioid && luck.chance(0.2);
  return one;
}

sample urgent_sample(dice& luck, const outbreak& of, std::size_t index, civil_time received, std::string_view sold_as,
                     std::string_view form, std::vector<std::string> found) {
  sample one;
  one.luck = luck.next();
  one.outbreak = index;
  one.received = midnight(received);
  one.place = of.place;
  one.sold_as = sold_as;
  one.form = form;
  one.found = std::move(found);
  one.urgent = true;
  return one;
}

using builder = void (*)(dice&, outbreak&, std::size_t, const std::vector<civil_time>&, const landscape&);

void strong_batch(dice& luck, outbreak& of, std::size_t index, const std::vector<civil_time>& times, const landscape&) {
  for (const auto at : times) {
    auto one = adult_case(luck, of, index, words::strong_heroin);
    one.at = at;
    one.setting = luck.chance(0.6) ? "street" : "home";
    one.crew_words = luck.any_of(std::span<const std::string_view>{words::strong_heroin_words});
    one.toxicology = "Morphine; 6-MAM; " + of.drug;
    if (at == times.back()) one.end = ending::died;
    of.incidents.push_back(std::move(one));
  }
  of.samples.push_back(
      urgent_sample(luck, of, index, times.back(), "Heroin", "Powder", {"Heroin", "Caffeine", of.drug}));
}

// Pills travel: half of the cases are in the ward, the others anywhere.
void counterfeit(dice& luck, outbreak& of, std::size_t index, const std::vector<civil_time>& times,
                 const landscape& land) {
  for (std::size_t i = 0; i < times.size(); ++i) {
    auto one = adult_case(luck, of, index, words::false_diazepam);
    one.at = times[i];
    one.setting = "home";
    one.who.age = luck.between(16, 34);
    if (luck.chance(0.5)) one.place = land.harm.draw(luck);
    if (i % 4 == 3) one.end = ending::died;
    of.incidents.push_back(std::move(one));
    if (i % 3 != 0) continue;
    const bool xanax = luck.chance(0.5);
    of.samples.push_back(urgent_sample(luck, of, index, times[i], xanax ? "Xanax" : "Diazepam", "Tablet", {of.drug}));
  }
}

void site_cluster(dice& luck, outbreak& of, std::size_t index, const std::vector<civil_time>& times, const landscape&) {
  for (const auto at : times) {
    auto one = adult_case(luck, of, index, words::strong_heroin);
    one.at = at;
    one.setting = "hostel";
    one.crew_words = "heroin";
    one.toxicology.clear();
    of.incidents.push_back(std::move(one));
  }
}

void festival(dice& luck, outbreak& of, std::size_t index, const std::vector<civil_time>& times, const landscape&) {
  for (const auto at : times) {
    auto one = adult_case(luck, of, index, words::strong_mdma);
    one.at = at;
    one.setting = "event";
    one.who.age = luck.between(17, 30);
    one.callers = luck.chance(0.7) ? 1 : 0;
    of.incidents.push_back(std::move(one));
  }
  of.samples.push_back(urgent_sample(luck, of, index, times[times.size() / 2], "MDMA", "Tablet", {of.drug}));
}

void prison(dice& luck, outbreak& of, std::size_t index, const std::vector<civil_time>& times, const landscape&) {
  for (const auto at : times) {
    auto one = adult_case(luck, of, index, words::wing_spice);
    one.at = at;
    one.setting = "prison";
    one.callers = luck.chance(0.5) ? 1 : 0;
    one.attends = one.callers > 0;
    one.admitted = false;
    one.end = one.attends ? ending::conveyed : ending::treated;
    one.in_custody = true;
    of.incidents.push_back(std::move(one));
  }
}

void spice(dice& luck, outbreak& of, std::size_t index, const std::vector<civil_time>& times, const landscape&) {
  for (const auto at : times) {
    auto one = adult_case(luck, of, index, words::wing_spice);
    one.at = at;
    one.setting = "street";
    of.incidents.push_back(std::move(one));
  }
}

void tablets(dice& luck, outbreak& of, std::size_t index, const std::vector<civil_time>& times, const landscape& land) {
  for (const auto at : times) {
    auto one = adult_case(luck, of, index, words::street_tablets);
    one.at = at;
    one.setting = "home";
    one.place = land.harm.draw(luck);
    of.incidents.push_back(std::move(one));
    of.samples.push_back(urgent_sample(luck, of, index, at, "Diazepam", "Tablet", {of.drug}));
  }
}

void school(dice& luck, outbreak& of, std::size_t index, const std::vector<civil_time>& times, const landscape&) {
  for (const auto at : times) {
    auto one = adult_case(luck, of, index, words::school_vape);
    one.at = at;
    one.setting = "school";
    one.who.age = luck.between(12, 17);
    one.admitted = false;
    of.incidents.push_back(std::move(one));
  }
}

builder builder_of(std::string_view kind) {
  if (kind == "strong-batch") return strong_batch;
  if (kind == "counterfeit") return counterfeit;
  if (kind == "site-cluster") return site_cluster;
  if (kind == "festival") return festival;
  if (kind == "prison") return prison;
  if (kind == "spice") return spice;
  if (kind == "tablets") return tablets;
  return school;
}

result<std::size_t, std::string> place_of(const outbreak_wish& wish, dice& luck, const landscape& land,
                                          const area_table& areas) {
  if (wish.area.empty()) return land.harm.draw(luck);
  const auto meant = areas.named(wish.area);
  std::vector<std::size_t> named;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < land.places.size(); ++i) {
    if (std::find(meant.begin(), meant.end(), land.places[i].area) != meant.end()) named.push_back(i);
    words.push_back(areas.row(land.places[i].area).name);
  }
  if (named.empty()) return failure(fmt::format("no ward is called '{}'{}", wish.area, suggestion(wish.area, words)));
  if (named.size() > 1) return failure(fmt::format("several wards are called '{}': give the code of one", wish.area));
  return named.front();
}

void settle_site(outbreak& of, dice& luck, landscape& land) {
  if (of.kind == "festival") {
    of.site = land.add_site(site_kind::event, of.place);
  } else if (of.kind == "prison") {
    of.site = luck.any_of(land.sites_of(site_kind::prison));
    of.place = land.sites[*of.site].neighbourhood;
  } else if (of.kind == "site-cluster") {
    const auto& there = land.hostels_at(of.place);
    of.site = there.empty() ? land.add_site(site_kind::hostel, of.place) : luck.any_of(there);
  }
}

result<outbreak, std::string> settle(const outbreak_wish& wish, std::size_t index, const plan& wanted, landscape& land,
                                     const area_table& areas, const zone& local) {
  dice luck{wanted.seed, "outbreak", index};
  const auto& kind = *find_outbreak_kind(wish.kind);
  outbreak out;
  out.kind = wish.kind;
  out.drug = wish.drug.empty() ? std::string{kind.drug} : wish.drug;
  const auto place = place_of(wish, luck, land, areas);
  if (!place) return failure(place.error());
  out.place = *place;
  settle_site(out, luck, land);
  const auto hours = std::chrono::hours{wish.hours > 0 ? wish.hours : kind.hours};
  out.from = wish.at.value_or(std::chrono::floor<minutes>(wanted.until - hours));
  out.until = out.from + hours;
  if (out.from < wanted.from || out.until > wanted.until)
    return failure(fmt::format("the {} outbreak of {} hours does not lie between {} and {}", out.kind, hours.count(),
                               day_first(wanted.from), day_first(wanted.until)));
  const auto times = times_of_cases(luck, out, wish.cases > 0 ? wish.cases : kind.cases, local);
  builder_of(out.kind)(luck, out, index, times, land);
  return out;
}

} // namespace

result<std::vector<outbreak>, std::string> plan_outbreaks(const plan& wanted, landscape& land, const area_table& areas,
                                                          const zone& local) {
  std::vector<outbreak> out;
  for (std::size_t i = 0; i < wanted.outbreaks.size(); ++i) {
    auto one = settle(wanted.outbreaks[i], i, wanted, land, areas, local);
    if (!one) return failure(one.error());
    out.push_back(std::move(*one));
  }
  return out;
}

void add_to_day(const std::vector<outbreak>& all, one_day& day) {
  auto last = day.incidents.size();
  auto last_sample = day.samples.size();
  for (const auto& of : all) {
    for (const auto& one : of.incidents) {
      if (midnight(one.at) != day.midnight) continue;
      day.incidents.push_back(one);
      day.incidents.back().serial = ++last;
    }
    for (const auto& one : of.samples) {
      if (one.received != day.midnight) continue;
      day.samples.push_back(one);
      day.samples.back().serial = ++last_sample;
    }
  }
  std::stable_sort(day.incidents.begin(), day.incidents.end(),
                   [](const incident& a, const incident& b) { return a.at < b.at; });
}

} // namespace forewarn::simulate
