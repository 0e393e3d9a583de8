// SPDX-License-Identifier: Apache-2.0
// Vocabulary, kinds, areas, sites and zone of a configuration folder. A missing folder is an empty table: a folder
// that holds only rules can still be checked, and what a rule names then says that it is unknown.
#include "daemon/configuration/reference.hpp"

#include "forewarn/vocabulary_files.hpp"
#include "forewarn/yaml.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn {
namespace {

namespace fs = std::filesystem;

std::vector<source_text> files_if_there(const fs::path& folder, problems& found, std::vector<source_text>& sources) {
  std::error_code error;
  if (!fs::exists(folder, error)) return {};
  auto files = read_files(folder, {".yaml", ".yml"}, found);
  sources.insert(sources.end(), files.begin(), files.end());
  return files;
}

void check_root_area(const settings& these, const area_table& areas, problems& found) {
  if (these.root_area.empty() || !areas.named(these.root_area).empty()) return;
  found.push_back({(these.config_dir / "forewarn.yaml").string(),
                   {},
                   severity::error,
                   "unknown-area",
                   fmt::format("'root_area': no area '{}' in areas/", these.root_area)});
}

} // namespace

reference_data read_reference(const settings& these, problems& found, std::vector<source_text>& sources) {
  reference_data out;
  const auto words = sorted_vocabulary(files_if_there(these.config_dir / "vocabulary", found, sources));
  out.substances = parse_vocabulary(words.substances, found);
  out.kinds = parse_kinds(words.kinds, found);
  out.settings = parse_settings(words.settings, found);
  out.codes = parse_code_systems(words.codes, out.substances, found);
  out.areas = parse_areas(files_if_there(these.config_dir / "areas", found, sources), found);
  out.sites = parse_sites(files_if_there(these.config_dir / "sites", found, sources), out.areas, found);
  out.calendars = parse_calendars(files_if_there(these.config_dir / "calendars", found, sources), found);
  if (const auto local = zone::named(these.zone_name)) out.local_zone = *local;
  check_root_area(these, out.areas, found);
  if (!these.root_area.empty())
    if (const auto rows = out.areas.named(these.root_area); !rows.empty())
      out.root_area = out.areas.row(rows.front()).code;
  return out;
}

std::shared_ptr<const reference_data> load_reference(const fs::path& config_dir, problems& found,
                                                     std::vector<source_text>& sources) {
  std::error_code error;
  settings these;
  these.config_dir = config_dir;
  if (fs::exists(config_dir / "forewarn.yaml", error)) these = load_settings(config_dir, found, sources);
  return std::make_shared<const reference_data>(read_reference(these, found, sources));
}

} // namespace forewarn
