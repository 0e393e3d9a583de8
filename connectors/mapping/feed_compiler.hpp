// SPDX-License-Identifier: Apache-2.0
// Compiles one feed's YAML into its plan. Every mistake of the file is a problem at its place; nothing is guessed.
#pragma once

#include "connectors/mapping/code_reading.hpp"
#include "connectors/mapping/feed_plan.hpp"
#include "connectors/mapping/field_types.hpp"
#include "connectors/mapping/site_words.hpp"
#include "connectors/mapping/substance_words.hpp"
#include "forewarn/yaml.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::connectors {

// What all feeds of one load share.
struct shared_reference {
  std::shared_ptr<const reference_data> reference;
  std::shared_ptr<const substance_words> words;
  std::shared_ptr<const site_words> sites;
  sensitive<std::string> pseudonym_key;
};

// Small letters, digits, hyphens, underscores.
[[nodiscard]] bool is_plain_id(std::string_view text);

class feed_compiler {
public:
  feed_compiler(const shared_reference& shared, std::string path, problems& found)
      : shared_{shared}, path_{std::move(path)}, found_{found} {}

  [[nodiscard]] std::optional<feed> compile(const yaml::node& document);

private:
  // The file's parts, in the order they stand in it.
  void read_head(yaml::mapping_reader& keys);
  void read_fetch(yaml::mapping_reader& keys);
  void read_expect(yaml::mapping_reader& keys);
  void read_format(yaml::mapping_reader& keys);
  void read_format_keys(const yaml::node& written);
  void read_records_keys(yaml::mapping_reader& keys);
  void read_codes_section(yaml::mapping_reader& keys);
  void read_select(yaml::mapping_reader& keys);
  void read_identity(yaml::mapping_reader& keys);
  void read_absence(yaml::mapping_reader& keys);
  void read_partner_reference(yaml::mapping_reader& keys);
  void read_incident(yaml::mapping_reader& keys);
  void read_nearness(yaml::mapping_reader& keys, const std::string& scope);
  void add_incident_step(value_source from, const std::string& scope);
  [[nodiscard]] row_condition condition_of(const yaml::node& written);
  [[nodiscard]] row_condition withdrawal_of(const yaml::node& written);
  void read_map(yaml::mapping_reader& keys);
  void read_always(yaml::mapping_reader& keys);
  void read_attributes(yaml::mapping_reader& keys);

  // One field of `map`: each makes a step. See map_*.cpp.
  void map_field(const yaml::entry& written);
  void map_time(const yaml::entry& written, const yaml::node& source);
  void map_area(const yaml::entry& written, const yaml::node& source);
  void map_age(const yaml::entry& written, const yaml::node& source);
  void map_substances(const yaml::entry& written, const yaml::node& source);
  void map_person(const yaml::entry& written, const yaml::node& source);
  void map_site(const yaml::entry& written, const yaml::node& source);
  void map_coded(const yaml::entry& written, value_source from, code_plan codes);
  void map_simple(const yaml::entry& written, const yaml::node& source);
  void add_constant(const yaml::entry& written);
  void add_constant_substances(const yaml::entry& written, value_source from);
  void add_site_step(value_source from, place_role role);
  [[nodiscard]] field_type site_type() const;
  [[nodiscard]] std::optional<place_role> role_of(yaml::mapping_reader& keys);
  void add_step(const field_type& type, value_source source);

  // `COLUMN`, or {column: ..., ...}; the caller asks for its own keys and finishes the reader.
  [[nodiscard]] value_source source_of(const yaml::node& written, yaml::mapping_reader* keys,
                                       const field_type* checked_by);
  void read_columns(yaml::mapping_reader& keys, value_source& out);
  void read_values(yaml::mapping_reader& keys, value_source& out, const field_type* checked_by);
  [[nodiscard]] std::vector<std::string> absent_words(yaml::mapping_reader& keys);
  [[nodiscard]] std::size_t slot_of(std::string_view column, bool optional = false);
  [[nodiscard]] code_plan codes_of(yaml::mapping_reader& keys);
  [[nodiscard]] std::shared_ptr<const code_system> find_codes(const yaml::node& name);
  void note(const value_source& from);
  [[nodiscard]] field_note& noted();
  void complain(const yaml::node& at, std::string code, std::string message);

  const shared_reference& shared_;
  std::string path_;
  std::string subject_ = "feed: ";
  problems& found_;
  feed feed_;
  std::shared_ptr<feed_plan> plan_ = std::make_shared<feed_plan>();
  std::vector<std::string> absent_; // feed-wide, lower case
  zone zone_ = zone::utc();
  std::vector<std::string> mapped_; // fields seen, to refuse `always` for the same
  std::string field_;               // under the pen, for the notes
  std::vector<std::shared_ptr<const code_system>> own_codes_;
  std::vector<mapping_step> time_steps_;
};

} // namespace forewarn::connectors
