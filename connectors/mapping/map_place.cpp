// SPDX-License-Identifier: Apache-2.0
// Areas and sites. A hospital's address is where people are taken, and "no fixed abode" is no address: neither ever
// becomes the ward of an incident.
#include "connectors/mapping/feed_compiler.hpp"
#include "connectors/mapping/privacy.hpp"
#include "forewarn/text.hpp"

#include <array>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

std::optional<place_role> role_named(std::string_view word) {
  if (word == "incident") return place_role::incident;
  if (word == "home") return place_role::home;
  if (word == "facility") return place_role::facility;
  return {};
}

bool is_hospital(const site* one) {
  return one != nullptr && one->setting == setting::hospital;
}

void forget_ward(observation& of) {
  of.ward.reset();
  of.msoa.reset();
  of.lsoa.reset();
}

} // namespace

std::optional<place_role> feed_compiler::role_of(yaml::mapping_reader& keys) {
  const auto word = keys.optional_text("place_of");
  if (!word) return place_role::incident;
  const auto role = role_named(*word);
  if (!role)
    keys.complain(keys.where().find("place_of")->value.at, "bad-value",
                  fmt::format("'{}' is not known; use incident, home or facility", *word));
  return role;
}

void feed_compiler::map_area(const yaml::entry& written, const yaml::node& source) {
  std::optional<area_index> within;
  bool by_postcode = false;
  auto role = std::optional{place_role::incident};
  const auto make_step = [&](const field_type& type, value_source from) {
    plan_->steps.push_back([set = type.set, from = std::move(from), sites = shared_.sites,
                            role = role.value_or(place_role::incident),
                            close = type.name != "lad" && type.name != "area"](mapping_pass& pass) {
      const auto text = read_text(from, pass);
      if (!text || pass.refused || is_no_fixed_abode(*text) || is_hospital(sites->named(*text))) return;
      set(from, *text, pass);
      if (close) pass.ward_is_home = role == place_role::home;
    });
  };
  if (!source.is_mapping())
    return make_step(area_field(written.key, *shared_.reference, false, {}), source_of(source, nullptr, nullptr));
  yaml::mapping_reader keys{source, path_, subject_, found_};
  if (const auto how = keys.optional_text("as")) {
    by_postcode = *how == "postcode";
    if (!by_postcode && *how != "name")
      keys.complain(source.find("as")->value.at, "bad-value",
                    fmt::format("'{}' is not a way to name an area; use name or postcode", *how));
  }
  role = role_of(keys);
  if (role == place_role::facility)
    keys.complain(source.find("place_of")->value.at, "impossible-condition",
                  "where somebody was treated says nothing of where it happened; map `site` with place_of: facility "
                  "instead");
  if (const auto outer = keys.optional_text("within")) {
    const auto named = shared_.reference->areas.named(*outer);
    if (named.size() == 1)
      within = named.front();
    else
      keys.complain(source.find("within")->value.at, "unknown-area",
                    fmt::format("no single area is called '{}'{}", *outer,
                                suggestion(*outer, shared_.reference->areas.all_words())));
  }
  const auto type = area_field(written.key, *shared_.reference, by_postcode, within);
  auto from = source_of(source, &keys, &type);
  keys.finish();
  make_step(type, std::move(from));
}

void feed_compiler::map_site(const yaml::entry& written, const yaml::node& source) {
  const auto type = site_type();
  if (!source.is_mapping()) return add_site_step(source_of(source, nullptr, &type), place_role::incident);
  yaml::mapping_reader keys{source, path_, subject_, found_};
  const auto role = role_of(keys).value_or(place_role::incident);
  auto from = source_of(source, &keys, &type);
  keys.finish();
  (void)written;
  add_site_step(std::move(from), role);
}

field_type feed_compiler::site_type() const {
  field_type out;
  out.name = "site";
  out.shape = field_shape::site;
  out.check = [sites = shared_.sites](const std::string& text) -> std::optional<std::string> {
    if (sites->named(text) != nullptr) return {};
    return fmt::format("no site is called '{}'{}", redacted(text), suggestion(text, sites->all_words()));
  };
  return out;
}

void feed_compiler::add_site_step(value_source from, place_role role) {
  plan_->steps.push_back([from = std::move(from), sites = shared_.sites, role](mapping_pass& pass) {
    const auto text = read_text(from, pass);
    if (!text || pass.refused || is_no_fixed_abode(*text)) return;
    const auto* found = sites->named(*text);
    if (found == nullptr)
      return pass.not_understood(from, "unknown-site", fmt::format("no site is called '{}'", redacted(*text)), *text);
    if (role == place_role::home) {
      pass.home = found;
      return;
    }
    pass.out.site = found->id;
    pass.at = role == place_role::incident ? found : nullptr;
  });
}

// Once every column is read: what the site itself says of the place.
void settle_place(mapping_pass& pass) {
  auto& out = pass.out;
  const auto* at = pass.at;
  if (at != nullptr) {
    if (!out.setting) out.setting = at->setting;
    if (is_hospital(at)) return forget_ward(out);
    if (pass.ward_is_home && (at->ward || at->outside)) forget_ward(out);
    if (!out.ward && at->ward) out.ward = at->ward;
    if (at->ward || at->outside) return;
  }
  if (!out.ward && pass.home != nullptr && !is_hospital(pass.home)) out.ward = pass.home->ward;
}

} // namespace forewarn::connectors
