// SPDX-License-Identifier: Apache-2.0
// What truly happened, before any partner wrote it down. Several partners write about one incident, each in words and
// with delays of its own.
#pragma once

#include "daemon/simulate/words.hpp"
#include "forewarn/zone.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::simulate {

struct person {
  std::uint32_t number = 0; // of which partners make their references; 0: nobody asked
  int age = 0;
  std::string_view sex; // M, F; empty: not asked
};

enum class ending : std::uint8_t {
  conveyed,
  treated,
  refused,
  died,
  cancelled // no patient was found
};

struct incident {
  civil_time at;
  std::uint64_t serial = 0; // within its day, from 1
  std::uint64_t luck = 0;   // the seed of whatever else is drawn about it
  std::size_t place = 0;
  std::optional<std::size_t> site;
  std::string_view setting; // of the rule language; empty: nobody noted it
  const words::mix* drugs = nullptr;
  std::string_view crew_words; // instead of the mix's own; empty: those
  std::string toxicology;      // instead of the mix's own; empty: those
  person who;
  std::string_view intent; // accidental, self_harm
  int naloxone_doses = 0;
  ending end = ending::treated;
  int callers = 0;                     // 0: no ambulance was called
  bool attends = false;                // at an emergency department
  bool admitted = false;               // to a ward of the hospital
  bool kit = false;                    // naloxone from a service's kit
  bool in_custody = false;             // the record of a custody suite or a prison
  std::optional<std::size_t> outbreak; // which of the known events
};

// A sample at a drug-checking laboratory.
struct sample {
  civil_time received;
  std::uint64_t serial = 0;
  std::uint64_t luck = 0;
  std::size_t place = 0;
  std::string_view sold_as;
  std::string_view form;
  std::vector<std::string> found;
  bool urgent = false; // the result is there the same day
  std::optional<std::size_t> outbreak;
};

struct one_day {
  civil_time midnight;
  std::vector<incident> incidents; // in order of time
  std::vector<sample> samples;
};

} // namespace forewarn::simulate
