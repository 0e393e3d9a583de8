// SPDX-License-Identifier: Apache-2.0
// sites/*.yaml: hostels, prisons, services, hospitals. Two sites that partners could not tell apart are an error here,
// so that no record is ever given to the wrong one.
#include "daemon/settings.hpp"
#include "forewarn/text.hpp"
#include "forewarn/yaml_rows.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace forewarn {
namespace {

constexpr std::int64_t largest_capacity = 1'000'000;

class site_reader {
public:
  site_reader(const area_table& areas, problems& found) : areas_{areas}, found_{found} {}

  std::vector<site> out;

  void take(const yaml::node& row, const std::string& path) {
    yaml::mapping_reader keys{row, path, "site: ", found_};
    const auto id = keys.required_text("id");
    if (id) keys.set_subject(fmt::format("site '{}': ", *id));
    const auto name = keys.required_text("name");
    site one{site_id{id.value_or("")}, name.value_or("")};
    const auto aliases = keys.optional_list("aliases");
    for (const auto* alias : aliases) one.aliases.push_back(alias->text);
    read_ward(keys, one);
    read_setting(keys, one);
    one.capacity = keys.optional_integer("capacity", 0, largest_capacity);
    for (const auto* contact : keys.optional_list("contacts")) one.contacts.push_back(contact->text);
    keys.finish();
    if (!id || !name) return;
    if (std::any_of(out.begin(), out.end(), [&](const site& other) { return other.id == one.id; }))
      return keys.complain(row.at, "duplicate-id", fmt::format("site '{}' stands twice", *id));
    claim(keys, row.find("name")->value, one);
    for (const auto* alias : aliases) claim(keys, *alias, one);
    out.push_back(std::move(one));
  }

private:
  void read_ward(yaml::mapping_reader& keys, site& into) const {
    into.outside = keys.optional_bool("outside").value_or(false);
    const auto ward = keys.optional_text("ward");
    if (!ward) return;
    const auto& at = keys.where().find("ward")->value;
    if (into.outside)
      return keys.complain(at.at, "impossible-condition",
                           "a site outside the service area has no ward of it: drop one");
    const auto named = areas_.named(*ward, area_level::ward);
    if (named.size() == 1)
      into.ward = areas_.row(named.front()).code;
    else if (named.empty())
      keys.complain(at.at, "unknown-area",
                    fmt::format("no ward '{}' in areas/{}", *ward, suggestion(*ward, areas_.all_words())));
    else
      keys.complain(at.at, "unknown-area", fmt::format("several wards are called '{}'; give the code", *ward));
  }

  static void read_setting(yaml::mapping_reader& keys, site& into) {
    const auto text = keys.optional_text("setting");
    if (!text) return;
    into.setting = from_text<setting>(*text);
    const auto words = all_spellings<setting>();
    if (!into.setting)
      keys.complain(keys.where().find("setting")->value.at, "bad-value",
                    fmt::format("no setting '{}'; one of {}{}", *text, join_or(words), suggestion(*text, words)));
  }

  // One name, one site.
  void claim(yaml::mapping_reader& keys, const yaml::node& written, const site& by) {
    const auto [other, fresh] = names_.emplace(site_key(written.text), by.id);
    if (!fresh && other->second != by.id)
      keys.complain(written.at, "duplicate-id",
                    fmt::format("'{}' is a name of site '{}' as well; records could not be told apart", written.text,
                                other->second.str()));
  }

  const area_table& areas_;
  problems& found_;
  std::map<std::string, site_id> names_;
};

} // namespace

std::vector<site> parse_sites(const std::vector<source_text>& files, const area_table& areas, problems& found) {
  site_reader all{areas, found};
  yaml::each_row(files, "sites", found, [&](const yaml::node& row, const std::string& path) { all.take(row, path); });
  return std::move(all.out);
}

} // namespace forewarn
