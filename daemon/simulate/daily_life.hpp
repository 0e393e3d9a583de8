// SPDX-License-Identifier: Apache-2.0
// An ordinary day: incidents and samples by chance, with the rhythms of hour and weekday. A day depends on the seed and
// its date alone, so that a longer past holds a shorter one. Nothing here is drawn from a real person.
#pragma once

#include "daemon/simulate/incident.hpp"
#include "daemon/simulate/landscape.hpp"

namespace forewarn::simulate {

class daily_life {
public:
  // `land` must outlive it.
  daily_life(const landscape& land, std::uint64_t seed, double scale, const zone& local);

  // In order of time, serial numbers given.
  [[nodiscard]] one_day day(civil_time midnight) const;

private:
  struct regular {
    person who;
    std::size_t place = 0;
    std::optional<std::size_t> hostel;
  };
  void ordinary_incidents(dice& luck, one_day& to) const;
  void in_prisons(dice& luck, one_day& to) const;
  void in_custody(dice& luck, one_day& to) const;
  void samples(dice& luck, one_day& to) const;
  void who_and_where(dice& luck, incident& out) const;
  [[nodiscard]] civil_time some_time(dice& luck, civil_time midnight) const;
  [[nodiscard]] double expected(double per_million, civil_time midnight) const;

  const landscape& land_;
  std::uint64_t seed_;
  double scale_;
  const zone& local_;
  wheel hours_;
  wheel mixes_;
  wheel settings_;
  std::vector<regular> regulars_;
};

[[nodiscard]] person somebody(dice& luck);
// What follows from an incident that a partner could have seen: naloxone, its end, who was called, who treats.
void what_follows(dice& luck, incident& out);

} // namespace forewarn::simulate
