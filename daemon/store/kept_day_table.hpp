// SPDX-License-Identifier: Apache-2.0
// What days counted whose records are purged, in SQL, and the seam over a connection that the rest of the store holds.
#pragma once

#include "daemon/retention/kept_days.hpp"
#include "daemon/store/connection.hpp"

namespace forewarn::sqlite {

void each_kept_day(connection& db, const std::function<void(const kept_day&)>& take);
void each_standing(connection& db, const feed_id& feed, instant from, instant to, instant received,
                   const std::function<void(const observation&)>& take); // observation_table.cpp
void add(connection& db, const kept_day& more);

// `Seam` is kept_days_reader or kept_days.
template <class Seam> class kept_day_reading : public Seam {
public:
  void each_kept_day(const std::function<void(const kept_day&)>& take) const override {
    sqlite::each_kept_day(kept_day_db(), take);
  }
  void each_standing(const feed_id& feed, instant from, instant to, instant received,
                     const std::function<void(const observation&)>& take) const override {
    sqlite::each_standing(kept_day_db(), feed, from, to, received, take);
  }

protected:
  [[nodiscard]] virtual connection& kept_day_db() const = 0;
};

class kept_day_writing : public kept_day_reading<retention::kept_days> {
public:
  void add(const kept_day& more) override { sqlite::add(kept_day_db(), more); }
};

} // namespace forewarn::sqlite
