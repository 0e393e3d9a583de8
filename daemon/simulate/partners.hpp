// SPDX-License-Identifier: Apache-2.0
// Each partner's way of writing about an incident: its columns, words, codes and dates, as the shipped feeds read them.
// With what real exports bring: rows sent twice, days late, corrected later, and rows that nobody can use.
#pragma once

#include "daemon/simulate/incident.hpp"
#include "daemon/simulate/landscape.hpp"
#include "daemon/simulate/post_office.hpp"

namespace forewarn::simulate {

// All partners, in the order of feed_ids.
[[nodiscard]] std::vector<partner> all_partners(const plan& wanted);

// What the ambulance service, the hospital's emergency department and wards, custody, the drug services and the coroner
// write about one incident; each only where it has to do with it.
void write_ambulance(const incident& one, const landscape& land, post_office& to);
void write_attendance(const incident& one, const landscape& land, post_office& to);
void write_admission(const incident& one, const landscape& land, post_office& to);
void write_custody(const incident& one, const landscape& land, post_office& to);
void write_naloxone(const incident& one, const landscape& land, post_office& to);
void write_death(const incident& one, const landscape& land, post_office& to);
void write_drug_test(const sample& one, const landscape& land, post_office& to);

} // namespace forewarn::simulate
