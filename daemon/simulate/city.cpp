// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/city.hpp"

#include "daemon/simulate/dice.hpp"
#include "daemon/simulate/words.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

using namespace std::chrono_literals;
using days_of = std::chrono::days;

template <std::size_t Count> std::string draw(dice& luck, const std::array<words::weighted_word, Count>& from) {
  std::array<double, Count> weights{};
  std::transform(from.begin(), from.end(), weights.begin(), [](const auto& word) { return word.weight; });
  return std::string{from[luck.weighted(weights)].text};
}

bool names_opioid(std::string_view drugs) {
  if (drugs.find("denies") != drugs.npos) return false;
  return drugs.find("eroin") != drugs.npos || drugs.find("methadone") != drugs.npos;
}

// People who are called for again and again, most in one ward each.
struct regular {
  std::string patient;
  area_index ward;
  int age;
  std::string sex;
};

std::string patient_reference(dice& luck) {
  return fmt::format("PT{:07}", luck.below(10'000'000));
}
std::string some_sex(dice& luck) {
  return luck.chance(0.68) ? "Male" : luck.chance(0.96) ? "Female" : "Unknown";
}
int some_age(dice& luck) {
  return luck.chance(0.03) ? luck.between(11, 17) : luck.between(18, 45) + luck.between(0, 24);
}

std::vector<regular> make_regulars(dice& luck, const city& of) {
  std::vector<regular> out;
  for (int i = 0; i < 60; ++i)
    out.push_back({patient_reference(luck), of.wards[luck.weighted(of.weights)], some_age(luck), some_sex(luck)});
  return out;
}

void give_naloxone(dice& luck, call& to, double probability, int most) {
  const bool given = luck.chance(probability);
  to.naloxone_given = given ? "Y" : luck.chance(0.8) ? "N" : "";
  to.naloxone_doses = given ? luck.between(1, most) : 0;
}

call ordinary_call(dice& luck, const city& of, const std::vector<regular>& regulars, civil_time day) {
  call out;
  const auto hour = static_cast<int>(luck.weighted(words::hours));
  out.at = day + std::chrono::hours{hour} + std::chrono::minutes{luck.between(0, 59)};
  if (luck.chance(0.15)) {
    const auto& known = regulars[luck.below(regulars.size())];
    out.patient = known.patient;
    out.ward = luck.chance(0.8) ? known.ward : of.wards[luck.weighted(of.weights)];
    out.age = known.age;
    out.sex = known.sex;
  } else {
    out.patient = luck.chance(0.9) ? patient_reference(luck) : "";
    out.ward = of.wards[luck.weighted(of.weights)];
    out.age = some_age(luck);
    out.sex = some_sex(luck);
  }
  out.setting = draw(luck, words::settings);
  out.drugs = draw(luck, words::drugs);
  out.outcome = draw(luck, words::outcomes);
  give_naloxone(luck, out, names_opioid(out.drugs) ? 0.45 : out.drugs == "unknown tablets" ? 0.12 : 0.02, 2);
  return out;
}

void add_ordinary_calls(const plan& wanted, city& to) {
  dice luck{wanted.seed, "calls"};
  const auto regulars = make_regulars(luck, to);
  for (auto day = wanted.from; day < wanted.until; day += days_of{1}) {
    const std::chrono::weekday weekday{std::chrono::time_point_cast<days_of>(day)};
    const auto calls = luck.poisson(wanted.calls_per_day * words::weekdays[weekday.c_encoding()]);
    for (int i = 0; i < calls; ++i) {
      auto one = ordinary_call(luck, to, regulars, day);
      // One emergency, two callers: two rows, one incident. The partner's incident number says so.
      if (luck.chance(0.06)) {
        auto again = one;
        again.at += std::chrono::minutes{luck.between(1, 4)};
        again.incident = one.incident = -static_cast<int>(to.calls.size()) - 1;
        to.calls.push_back(std::move(again));
      }
      to.calls.push_back(std::move(one));
    }
  }
}

// The last nine hours: close enough together that a day's window holds all, late enough to be news.
void add_outbreak(const plan& wanted, city& to) {
  dice luck{wanted.seed, "outbreak"};
  const auto minutes = 8 * 60 + 30;
  for (int i = 0; i < wanted.outbreak_cases; ++i) {
    call one;
    const auto slot = minutes / wanted.outbreak_cases;
    one.at = std::chrono::time_point_cast<std::chrono::minutes>(wanted.until) - 9h +
             std::chrono::minutes{i * slot + luck.between(0, std::max(0, slot - 1))};
    one.ward = *to.outbreak_ward;
    one.setting = luck.chance(0.6) ? "Street or public place" : "Hostel";
    one.drugs = luck.any_of(std::span<const std::string_view>{words::outbreak_drugs});
    give_naloxone(luck, one, 0.9, 4);
    one.age = luck.between(24, 58);
    one.sex = some_sex(luck);
    one.patient = patient_reference(luck);
    one.outcome = i + 1 == wanted.outbreak_cases ? "Died" : "Conveyed to hospital";
    one.in_outbreak = true;
    to.calls.push_back(std::move(one));
  }
}

void number_incidents(city& of) {
  std::vector<std::pair<int, int>> shared; // what both calls of one incident were marked with, and its number
  int next = 0;
  for (auto& one : of.calls) {
    const auto known = std::find_if(shared.begin(), shared.end(),
                                    [&](const auto& pair) { return one.incident < 0 && pair.first == one.incident; });
    if (known != shared.end()) {
      one.incident = known->second;
      continue;
    }
    if (one.incident < 0)
      shared.emplace_back(one.incident, ++next);
    else
      ++next;
    one.incident = next;
  }
}

result<void, std::string> settle_wards(const plan& wanted, const area_table& areas,
                                       const std::optional<area_code>& root, city& to) {
  dice luck{wanted.seed, "wards"};
  const auto root_index = root ? areas.find(*root) : std::nullopt;
  for (area_index i = 0; i < areas.rows().size(); ++i) {
    const auto& row = areas.row(i);
    if (row.level != area_level::ward || !row.population || *row.population <= 0) continue;
    if (root_index && !areas.is_or_within(i, *root_index)) continue;
    to.wards.push_back(i);
    // Drug harm is far from even: between a third and three times what the population alone would give.
    to.weights.push_back(static_cast<double>(*row.population) * std::exp((luck.fraction() - 0.5) * 2.2));
  }
  if (to.wards.empty())
    return failure(std::string{"no ward with a population in the root area: simulate needs areas/ with populations"});
  if (!wanted.outbreak) return {};
  if (wanted.outbreak_ward.empty()) {
    to.outbreak_ward = to.wards[luck.weighted(to.weights)];
    return {};
  }
  const auto named = areas.named(wanted.outbreak_ward, area_level::ward);
  if (named.empty()) {
    std::vector<std::string> names;
    for (const auto ward : to.wards) names.push_back(areas.row(ward).name);
    return failure(
        fmt::format("no ward is called '{}'{}", wanted.outbreak_ward, suggestion(wanted.outbreak_ward, names)));
  }
  if (named.size() > 1)
    return failure(fmt::format("several wards are called '{}': give the code of one", wanted.outbreak_ward));
  to.outbreak_ward = named.front();
  return {};
}

} // namespace

result<city, std::string> build_city(const plan& wanted, const area_table& areas, const std::optional<area_code>& root,
                                     const zone& local) {
  city out;
  if (const auto settled = settle_wards(wanted, areas, root, out); !settled) return failure(settled.error());
  add_ordinary_calls(wanted, out);
  if (wanted.outbreak) add_outbreak(wanted, out);
  std::erase_if(out.calls, [&](const call& one) { return one.at < wanted.from || one.at >= wanted.until; });
  for (auto& one : out.calls) // the hour that no clock showed when summer time began
    if (local.to_instant(one.at).how == civil_resolution::missing) one.at += 1h;
  std::stable_sort(out.calls.begin(), out.calls.end(), [](const call& a, const call& b) { return a.at < b.at; });
  number_incidents(out);
  return out;
}

} // namespace forewarn::simulate
