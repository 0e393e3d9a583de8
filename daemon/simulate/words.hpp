// SPDX-License-Identifier: Apache-2.0
// What the synthetic world's partners write. Real exports look like this: several drugs in one cell, street names,
// question marks, denials; each partner in its own words and codes.
#pragma once

#include <array>
#include <string_view>

namespace forewarn::simulate::words {

// One thing that people take, as each partner puts it.
struct mix {
  std::string_view crew;       // free text, as an ambulance crew types it
  std::string_view hospital;   // as an emergency department notes it
  std::string_view codes;      // ICD-10, parted by semicolons
  std::string_view toxicology; // what a laboratory would find, parted by semicolons
  double weight;               // among incidents
  double naloxone;             // chance that a crew gives it
  double deadly;               // chance of death
  bool opioid;
};

// About a quarter of the incidents name an opioid.
inline constexpr std::array mixes{
    mix{"alcohol, cocaine", "Cocaine and alcohol", "T40.5;T51.0", "Cocaine; Cocaethylene", 14, 0.02, 0.003, false},
    mix{"Spice", "Synthetic cannabinoid", "T40.7", "MDMB-4en-PINACA", 10, 0.02, 0.002, false},
    mix{"heroin", "Heroin", "T40.1", "Morphine; 6-MAM", 12, 0.45, 0.016, true},
    mix{"Heroin, crack", "Heroin, crack cocaine", "T40.1;T40.5", "Morphine; Cocaine", 6, 0.45, 0.02, true},
    mix{"?heroin + street valium", "?heroin, ?benzodiazepine", "T40.1;T42.4", "Morphine; Bromazolam", 5, 0.45, 0.03,
        true},
    mix{"unknown tablets", "Unknown tablets", "T50.9", "Bromazolam", 9, 0.12, 0.004, false},
    mix{"diazepam (street), alcohol", "Diazepam and alcohol", "T42.4;T51.0", "Bromazolam", 8, 0.02, 0.004, false},
    mix{"Pregabalin and zopiclone", "Pregabalin, zopiclone", "T42.6", "Pregabalin; Zopiclone", 7, 0.02, 0.004, false},
    mix{"Cocaine", "Cocaine", "T40.5", "Cocaine", 8, 0.02, 0.004, false},
    mix{"ketamine", "Ketamine", "T41.2", "Ketamine", 6, 0.02, 0.001, false},
    mix{"MDMA", "MDMA", "T43.6", "MDMA", 3, 0.02, 0.003, false},
    mix{"cannabis", "Cannabis", "T40.7", "Cannabis", 5, 0.02, 0, false},
    mix{"methadone", "Methadone", "T40.3", "Methadone", 4, 0.45, 0.02, true},
    mix{"Paracetamol overdose. No opioids taken", "Paracetamol overdose", "T39.1", "Paracetamol", 6, 0.02, 0.001,
        false},
    mix{"denies heroin; bromazolam found", "Bromazolam", "T42.4", "Bromazolam", 3, 0.02, 0.002, false},
    mix{"GHB", "GHB", "T41.2", "GHB", 2, 0.02, 0.004, false},
    mix{"", "Substance not stated", "T50.9", "", 4, 0.02, 0.001, false},
};

// In the outbreaks.
inline constexpr mix strong_heroin{
    "heroin, stronger than usual per bystander", "Heroin", "T40.1", "Morphine; 6-MAM", 1, 0.9, 0.1, true};
inline constexpr mix false_diazepam{"street valium, 2 tabs, ?opioid, pinpoint pupils",
                                    "Diazepam (street), ?opioid",
                                    "T42.4;T40.6",
                                    "",
                                    1,
                                    0.8,
                                    0.1,
                                    true};
inline constexpr mix strong_mdma{"MDMA pill, hot and agitated", "MDMA", "T43.6", "MDMA", 1, 0.02, 0.03, false};
inline constexpr mix wing_spice{"Spice", "Synthetic cannabinoid", "T40.7", "", 1, 0.1, 0.01, false};
inline constexpr mix street_tablets{
    "diazepam (street), hard to wake", "Diazepam (street)", "T42.4", "", 1, 0.1, 0.02, false};
inline constexpr mix school_vape{"collapsed after a vape, ?spice", "?spice vape", "T40.7", "", 1, 0.05, 0, false};

inline constexpr std::array<std::string_view, 5> strong_heroin_words{"heroin, stronger than usual per bystander",
                                                                     "Heroin", "?heroin", "heroin + diazepam",
                                                                     "Heroin; collapsed within a minute"};

// Where, as the ambulance service writes it.
struct setting_row {
  std::string_view word; // of the rule language
  std::string_view ambulance;
  double weight; // among incidents; 0 where only sites have it
};
inline constexpr std::array settings{
    setting_row{"home", "Private home", 45},
    setting_row{"street", "Street or public place", 28},
    setting_row{"hostel", "Hostel", 9},
    setting_row{"supported_housing", "Supported housing", 6},
    setting_row{"licensed_premises", "Pub or club", 7},
    setting_row{"custody", "Police custody", 2},
    setting_row{"", "", 3},
    setting_row{"prison", "Prison", 0},
    setting_row{"event", "Event", 0},
    setting_row{"school", "School", 0},
};

// Sold as what, in which form, and what was in it.
struct usual_sample {
  std::string_view sold_as;
  std::string_view form;
  std::string_view found;
  double weight;
};
inline constexpr std::array samples{
    usual_sample{"Diazepam", "Tablet", "Bromazolam", 9},
    usual_sample{"Diazepam", "Tablet", "Diazepam", 8},
    usual_sample{"Diazepam", "Tablet", "Etizolam; Caffeine", 2},
    usual_sample{"Heroin", "Powder", "Heroin; 6-MAM; Noscapine; Paracetamol; Caffeine", 12},
    usual_sample{"Cocaine", "Powder", "Cocaine; Levamisole", 14},
    usual_sample{"MDMA", "Tablet", "MDMA", 14},
    usual_sample{"MDMA", "Crystal", "MDMA; Caffeine", 5},
    usual_sample{"Ketamine", "Powder", "Ketamine", 12},
    usual_sample{"Xanax", "Tablet", "Bromazolam; Caffeine", 8},
    usual_sample{"THC vape", "Liquid", "MDMB-4en-PINACA; Nicotine", 6},
    usual_sample{"Pregabalin", "Capsule", "Pregabalin", 7},
    usual_sample{"2C-B", "Tablet", "2-bromo-4,5-dimethoxyphenethylamine", 4},
    usual_sample{"Cannabis", "Plant", "No active component identified", 4},
};

} // namespace forewarn::simulate::words
