// SPDX-License-Identifier: Apache-2.0
// Years of records that look like a region's, one after the other, and the starter rules to put them through.
#pragma once

#include "rules/plan.hpp"
#include "support/alerting_scene.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

namespace forewarn::bench {

inline std::shared_ptr<const rules::rule_set> starter_rules(const std::shared_ptr<const reference_data>& reference) {
  std::vector<source_text> files;
  for (const auto& one : std::filesystem::directory_iterator{std::string{FOREWARN_SOURCE_DIR} + "/etc/rules.d"}) {
    if (one.path().extension() != ".yaml") continue;
    std::ifstream in{one.path()};
    files.push_back({one.path().filename().string(), {std::istreambuf_iterator<char>{in}, {}}});
  }
  auto loaded = rules::load_rules(files, reference);
  for (const auto& wrong : loaded.found)
    if (wrong.how == severity::error) throw std::runtime_error{wrong.message};
  return loaded.rules;
}

// Call-outs and what goes with them, over all wards of the table: one in thirty up to a week late, one in fifty a
// correction of one of the hundred before it.
class years {
public:
  // So many records over so many years, evenly.
  years(const reference_data& reference, std::int64_t records, double over_years = 1)
      : between_{static_cast<std::int64_t>(over_years * 365 * 24 * 3600 * 1e6 / static_cast<double>(records))} {
    for (const auto& one : reference.areas.rows())
      if (one.level == area_level::ward) wards_.push_back(one.code);
  }

  [[nodiscard]] observation operator()() {
    static constexpr std::array kinds{"ambulance", "ambulance", "ambulance", "attendance", "naloxone", "drug_test"};
    static constexpr std::array drugs{"heroin", "cocaine", "alcohol", "diazepam", "pregabalin", "bromazolam"};
    static constexpr std::array settings{"street", "home", "hostel"};
    static constexpr instant begin{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}};
    const auto* kind = kinds[dice_() % kinds.size()];
    const bool corrects = count_ > 100 && dice_() % 50 == 0;
    const auto number = corrects ? count_ - static_cast<std::int64_t>(dice_() % 100) : count_;
    observation one;
    one.key = {feed_id{kind}, record_id{std::to_string(number)}};
    one.kind = kind_id{kind};
    one.revision = corrects ? 2 : 1;
    one.received_at = begin + duration{count_ * between_};
    one.has_own_received_at = true;
    one.occurred_at = one.received_at - std::chrono::minutes{dice_() % 30 == 0 ? dice_() % 10'000 : dice_() % 60};
    one.ward = wards_[dice_() % wards_.size()];
    one.substances = {substance_id{drugs[dice_() % drugs.size()]}};
    one.setting = setting_id{settings[dice_() % settings.size()]};
    one.person = person_id{"p:" + std::to_string(dice_() % 300'000)};
    if (dice_() % 3 == 0) one.incident = incident_id{"i:" + std::to_string(count_ / 2)};
    ++count_;
    return one;
  }

private:
  std::int64_t between_ = 0; // microseconds
  std::int64_t count_ = 0;
  std::vector<area_code> wards_;
  std::mt19937 dice_{7};
};

} // namespace forewarn::bench
