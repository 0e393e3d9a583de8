// SPDX-License-Identifier: Apache-2.0
// What would become of rows if they were sent now: a dry run against what is stored. Writes nothing; the rules are
// not asked.
#pragma once

#include "daemon/desk.hpp"
#include "daemon/incident_joining.hpp"

#include <map>

namespace forewarn {

class preview {
public:
  preview(connectors::conflict_rule conflict, instant now) : conflict_{conflict}, now_{now} {}

  void take(const connectors::taken_row& row, const store_reader& stored);
  [[nodiscard]] const batch_outcome& outcome() const noexcept { return outcome_; }

private:
  void take_observation(const connectors::taken_row& row, const observation& seen, const store_reader& stored);
  void refuse(std::int64_t line, const std::string& column, const std::string& code, const std::string& reason);

  connectors::conflict_rule conflict_;
  instant now_;
  batch_outcome outcome_;
  std::map<observation_key, observation> taken_; // by earlier rows of the same dry run
  begun_in_memory begun_;
};

} // namespace forewarn
