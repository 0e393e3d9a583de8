// SPDX-License-Identifier: Apache-2.0
// Where things happen: the smallest areas under a root, each with its share of all harm, and invented sites in them. No
// real address, hostel or prison is ever named.
#pragma once

#include "daemon/simulate/dice.hpp"
#include "forewarn/area.hpp"
#include "forewarn/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace forewarn::simulate {

enum class site_kind : std::uint8_t {
  hostel,
  club,
  hospital,
  custody_suite,
  prison,
  event
};

struct invented_site {
  std::string id;   // sim-hostel-3
  std::string name; // Hostel 3 (simulated)
  site_kind kind = site_kind::hostel;
  std::size_t neighbourhood = 0;
};

// A ward; where the table has none below the root, a district.
struct neighbourhood {
  area_index area = 0;
  double population = 0;
  std::string ward;     // as a partner writes it: the name, or the code where others share the name; empty: no wards
  std::string district; // the same, of the district round it
};

struct landscape {
  std::vector<neighbourhood> places;
  wheel harm; // incidents fall on places in this proportion
  std::vector<invented_site> sites;
  double population = 0;

  [[nodiscard]] std::vector<std::size_t> sites_of(site_kind kind) const;
  // The site of a kind that serves a place: people of one place go to one hospital.
  [[nodiscard]] std::optional<std::size_t> serving(site_kind kind, std::size_t place) const;
  [[nodiscard]] const std::vector<std::size_t>& hostels_at(std::size_t place) const { return hostels_[place]; }
  std::size_t add_site(site_kind kind, std::size_t place); // answers its index

private:
  friend result<landscape, std::string> survey(const area_table&, const std::optional<area_code>&, std::uint64_t);
  std::vector<std::vector<std::size_t>> hostels_; // by place
  std::vector<std::vector<std::size_t>> of_kind_;
};

// A place whose population the table lacks has an even share of what its district's other places leave. An error is a
// sentence: no such root, nothing below it with a population.
[[nodiscard]] result<landscape, std::string> survey(const area_table& areas, const std::optional<area_code>& root,
                                                    std::uint64_t seed);

// The sites as a file of `sites/`.
[[nodiscard]] std::string sites_as_yaml(const landscape& land, const area_table& areas);

[[nodiscard]] std::string_view setting_word(site_kind kind); // of the rule language: "hostel"

} // namespace forewarn::simulate
