// SPDX-License-Identifier: Apache-2.0
// How often things happen in the simulated world, and how slowly partners say so. Orders of magnitude of a British
// city, so that a quiet year is as busy as a real one; no number here is an estimate of anything.
#pragma once

#include <array>
#include <string_view>

namespace forewarn::simulate::rates {

// Per million residents and day, before `scale`.
inline constexpr double incidents = 21.0;    // someone comes to harm from a drug
inline constexpr double prison_finds = 1.0;  // a collapse in a prison
inline constexpr double custody_notes = 1.2; // a detainee unwell after drugs, in a police custody suite
inline constexpr double samples = 1.9;       // handed to a drug-checking laboratory

// Of incidents.
inline constexpr double calls_an_ambulance = 0.80;
inline constexpr double second_caller = 0.06; // one emergency, two calls
inline constexpr double by_a_regular = 0.15;  // someone who is called for again and again
inline constexpr double of_a_child = 0.006;   // 11 to 15
inline constexpr double of_a_minor = 0.025;   // 16 and 17
inline constexpr double deliberate = 0.22;    // self-harm; of those at home
inline constexpr double conveyed_is_booked_in = 0.92;
inline constexpr double attendance_is_admitted = 0.12;
inline constexpr double kit_of_a_service = 0.07; // naloxone that a service, a friend or the police gave, and wrote down

inline constexpr double regulars = 75; // per million residents

// Sites per million residents.
inline constexpr double hostels = 40;
inline constexpr double clubs = 25;
inline constexpr double hospitals = 3;
inline constexpr double custody_suites = 3;
inline constexpr double prisons = 1.6;

// Hour by hour: evenings are six times as busy as the hours before dawn, as emergency calls for overdoses are.
inline constexpr std::array<double, 24> hours{4.6, 4.0, 3.4, 2.6, 1.6, 1.0, 1.0, 1.4, 2.2, 2.8, 3.2, 3.6,
                                              3.8, 4.0, 4.1, 4.3, 4.5, 4.8, 5.2, 5.6, 6.0, 6.2, 6.0, 5.4};
inline constexpr std::array<double, 7> weekdays{1.12, 0.92, 0.92, 0.93, 0.97, 1.14, 1.25}; // Sunday first

// How one partner's records reach us: shares of its rows, and days.
struct habits {
  std::string_view feed;
  int usual_first = 0, usual_last = 0; // days from the event to its file
  double late = 0;                     // comes later than usual:
  int late_first = 0, late_last = 0;   // this many days after the event
  double revised = 0;                  // is sent again with more known:
  int again_first = 0, again_last = 0; // this many days after it was first sent
  double twice = 0;                    // sent twice in one file
  double unusable = 0;                 // beside it stands a row that nobody can use
};

inline constexpr habits ambulance{"ambulance", 0, 0, 0.03, 2, 4, 0.04, 1, 1, 0.02, 0.02};
inline constexpr habits attendances{"attendances", 0, 1, 0.06, 2, 10, 0.10, 1, 5, 0.01, 0.01};
inline constexpr habits admissions{"admissions", 2, 12, 0.10, 13, 60, 0.05, 7, 30, 0.0, 0.01};
inline constexpr habits custody{"custody", 0, 0, 0.02, 1, 3, 0.0, 0, 0, 0.01, 0.01};
inline constexpr habits naloxone{"naloxone", 0, 3, 0.15, 4, 30, 0.0, 0, 0, 0.02, 0.01};
inline constexpr habits drug_tests{"drug-tests", 2, 9, 0.06, 10, 60, 0.04, 2, 14, 0.0, 0.01};
inline constexpr habits deaths{"deaths", 1, 6, 0.12, 10, 60, 0.85, 30, 150, 0.01, 0.01};

} // namespace forewarn::simulate::rates
