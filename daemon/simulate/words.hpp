// SPDX-License-Identifier: Apache-2.0
// What ambulance crews of the synthetic city type. Real exports look like this: several drugs in one cell, street
// names, question marks, denials.
#pragma once

#include <array>
#include <string_view>

namespace forewarn::simulate::words {

struct weighted_word {
  std::string_view text;
  double weight;
};

// About a quarter of the calls name an opioid.
inline constexpr std::array drugs{
    weighted_word{"alcohol, cocaine", 14},
    weighted_word{"Spice", 10},
    weighted_word{"heroin", 12},
    weighted_word{"Heroin, crack", 6},
    weighted_word{"?heroin + street valium", 5},
    weighted_word{"unknown tablets", 9},
    weighted_word{"diazepam (street), alcohol", 8},
    weighted_word{"Pregabalin and zopiclone", 7},
    weighted_word{"Cocaine", 8},
    weighted_word{"ketamine", 6},
    weighted_word{"MDMA", 3},
    weighted_word{"cannabis", 5},
    weighted_word{"methadone", 4},
    weighted_word{"Paracetamol overdose. No opioids taken", 6},
    weighted_word{"denies heroin; bromazolam found", 3},
    weighted_word{"GHB", 2},
    weighted_word{"", 4},
};

inline constexpr std::array<std::string_view, 5> outbreak_drugs{"heroin, stronger than usual per bystander", "Heroin",
                                                                "?heroin", "heroin + diazepam",
                                                                "Heroin; collapsed within a minute"};

inline constexpr std::array settings{
    weighted_word{"Private home", 45},
    weighted_word{"Street or public place", 28},
    weighted_word{"Hostel", 9},
    weighted_word{"Supported housing", 6},
    weighted_word{"Pub or club", 7},
    weighted_word{"Police custody", 2},
    weighted_word{"", 3},
};

inline constexpr std::array outcomes{
    weighted_word{"Conveyed to hospital", 66},
    weighted_word{"Treated on scene", 17},
    weighted_word{"Refused", 10},
    weighted_word{"Died", 1},
    weighted_word{"Cancelled", 6},
};

// Hour by hour; evenings are six times as busy as the hours before dawn.
inline constexpr std::array<double, 24> hours{4.6, 4.0, 3.4, 2.6, 1.6, 1.0, 1.0, 1.4, 2.2, 2.8, 3.2, 3.6,
                                              3.8, 4.0, 4.1, 4.3, 4.5, 4.8, 5.2, 5.6, 6.0, 6.2, 6.0, 5.4};

inline constexpr std::array<double, 7> weekdays{1.12, 0.92, 0.92, 0.93, 0.97, 1.14, 1.25}; // Sunday first

} // namespace forewarn::simulate::words
