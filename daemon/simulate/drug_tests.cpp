// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/drug_tests.hpp"

#include "daemon/simulate/civil_text.hpp"
#include "daemon/simulate/dice.hpp"

#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

namespace json = boost::json;

struct usual_sample {
  std::string_view sold_as;
  std::string_view form;
  std::string_view found; // parted by semicolons
};

constexpr std::array usual{
    usual_sample{"Diazepam", "Tablet", "Bromazolam"},
    usual_sample{"Diazepam", "Tablet", "Diazepam"},
    usual_sample{"Heroin", "Powder", "Heroin; 6-MAM; Noscapine; Paracetamol; Caffeine"},
    usual_sample{"Cocaine", "Powder", "Cocaine; Levamisole"},
    usual_sample{"MDMA", "Tablet", "MDMA"},
    usual_sample{"Ketamine", "Powder", "Ketamine"},
    usual_sample{"Xanax", "Tablet", "Bromazolam; Caffeine"},
    usual_sample{"THC vape", "Liquid", "MDMB-4en-PINACA; Nicotine"},
    usual_sample{"Pregabalin", "Capsule", "Pregabalin"},
    usual_sample{"2C-B", "Tablet", "2-bromo-4,5-dimethoxyphenethylamine"},
    usual_sample{"Cannabis", "Plant", "No active component identified"},
};

json::object sample(int number, civil_time received, std::string_view ward, const usual_sample& of) {
  json::array found;
  for (std::string_view rest = of.found; !rest.empty();) {
    const auto end = rest.find("; ");
    found.emplace_back(rest.substr(0, end));
    rest = end == rest.npos ? std::string_view{} : rest.substr(end + 2);
  }
  return {{"sample_id", fmt::format("T{:05}", number)},
          {"version", 1},
          {"status", "final"},
          {"received", iso_day(received)},
          {"ward", ward},
          {"sold_as", of.sold_as},
          {"form", of.form},
          {"found", std::move(found)}};
}

// A line per sample: two runs compare with diff, and a person can read it.
std::string pretty(const json::array& samples) {
  std::string out = "{\"service\": \"synthetic drug-checking service\",\n \"samples\": [";
  for (std::size_t i = 0; i < samples.size(); ++i) out += (i == 0 ? "\n  " : ",\n  ") + json::serialize(samples[i]);
  return out + "\n ]}\n";
}

} // namespace

drug_test_file drug_tests(const plan& wanted, const city& of, const area_table& areas) {
  dice luck{wanted.seed, "drug tests"};
  const auto last = midnight(wanted.until - std::chrono::seconds{1});
  drug_test_file out;
  out.name = fmt::format("drug-tests-{}.json", iso_day(last));
  json::array samples;
  for (auto day = midnight(wanted.from); day <= last; day += std::chrono::days{1})
    for (int left = luck.poisson(1.5); left > 0; --left) {
      const auto& ward = areas.row(of.wards[luck.weighted(of.weights)]).name;
      const auto& found = luck.any_of(std::span<const usual_sample>{usual});
      samples.push_back(sample(++out.samples, day, ward, found));
    }
  if (of.outbreak_ward) {
    const usual_sample found{"Heroin", "Powder", wanted.outbreak_drug};
    auto one = sample(++out.samples, last, areas.row(*of.outbreak_ward).name, found);
    one.at("found").as_array().insert(one.at("found").as_array().begin(), {"Heroin", "Caffeine"});
    out.outbreak_sample = one.at("sample_id").as_string();
    samples.push_back(std::move(one));
  }
  out.text = pretty(samples);
  return out;
}

} // namespace forewarn::simulate
