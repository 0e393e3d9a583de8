// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/feed_compiler.hpp"

#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

// What people write where they have nothing to say; a feed's own `absent` replaces it.
const std::vector<std::string> usual_absent{"n/a", "na", "null", "nan", "not stated", "not known", "-"};

} // namespace

bool is_plain_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

void feed_compiler::complain(const yaml::node& at, std::string code, std::string message) {
  found_.push_back({path_, at.at, severity::error, std::move(code), subject_ + std::move(message)});
}

void feed_compiler::read_head(yaml::mapping_reader& keys) {
  (void)keys.optional("version");
  if (const auto id = keys.required_text("id")) {
    subject_ = fmt::format("feed '{}': ", *id);
    keys.set_subject(subject_);
    if (!is_plain_id(*id))
      complain(keys.where().find("id")->value, "bad-value", "an id has small letters, digits and hyphens only");
    feed_.id = feed_id{*id};
  }
  feed_.partner = keys.required_text("partner").value_or("");
  feed_.purpose = keys.required_text("purpose").value_or("");
  feed_.lawful_basis = keys.required_text("lawful_basis").value_or("");
  if (const auto kind = keys.required_text("kind")) {
    feed_.kind = kind_id{*kind};
    std::vector<std::string> kinds;
    for (const auto& row : shared_.reference->kinds) kinds.push_back(row.id.str());
    if (shared_.reference->kind(feed_.kind) == nullptr)
      complain(keys.where().find("kind")->value, "unknown-kind",
               fmt::format("no kind '{}'; one of {}{}", *kind, join_or(kinds), suggestion(*kind, kinds)));
  }
  if (const auto length = keys.required_text("retention")) {
    feed_.retention = parse_duration(*length);
    if (!feed_.retention)
      complain(keys.where().find("retention")->value, "bad-duration",
               fmt::format("'{}' is no length of time; write 400d or 52w", *length));
  }
  zone_ = shared_.reference->local_zone;
  if (const auto name = keys.optional_text("zone")) {
    if (const auto named = zone::named(*name))
      zone_ = *named;
    else
      complain(keys.where().find("zone")->value, "bad-value",
               fmt::format("no time zone '{}'; write it like Europe/London", *name));
  }
  absent_ = usual_absent;
  if (keys.where().find("absent") != nullptr) absent_.clear();
  for (const auto* n : keys.optional_list("absent")) absent_.push_back(ascii_lower(trim(n->text)));
}

void feed_compiler::read_fetch(yaml::mapping_reader& keys) {
  const auto* written = keys.optional("fetch");
  if (written == nullptr) return;
  yaml::mapping_reader ways{*written, path_, subject_, found_};
  if (const auto* folder = ways.optional("folder")) {
    yaml::mapping_reader inner{*folder, path_, subject_, found_};
    fetch_folder out;
    out.path = inner.optional_text("path").value_or(feed_.id.str());
    out.pattern = inner.optional_text("pattern").value_or("*");
    inner.finish();
    feed_.folder = std::move(out);
  }
  if (const auto* push = ways.optional("push")) {
    yaml::mapping_reader inner{*push, path_, subject_, found_};
    fetch_push out;
    out.token_file = inner.required_text("token_file").value_or("");
    inner.finish();
    feed_.push = std::move(out);
  }
  ways.finish();
}

void feed_compiler::read_codes_section(yaml::mapping_reader& keys) {
  if (const auto* written = keys.optional("codes"))
    own_codes_ = compile_own_codes(*written, path_, subject_, shared_.reference->substances, found_);
}

void feed_compiler::read_map(yaml::mapping_reader& keys) {
  const auto* written = keys.required("map");
  if (written == nullptr) return;
  if (!written->is_mapping())
    return complain(*written, "wrong-type", "'map' is a mapping of our fields to their columns");
  for (const auto& e : written->entries) map_field(e);
  if (written->find("occurred_at") == nullptr)
    return complain(*written, "missing-key", "'occurred_at' is required: no record without its time");
  time_steps_.push_back([columns = written->find("occurred_at")->value](mapping_pass& pass) {
    if (pass.refused || pass.out.occurred_at != instant{}) return;
    const auto* name = columns.is_scalar() ? &columns : nullptr;
    if (const auto* inner = columns.find("column")) name = &inner->value;
    pass.refused = rejected{name != nullptr ? name->text : "", "missing-time", "no time is given", ""};
  });
  plan_->steps.insert(plan_->steps.begin(), time_steps_.begin(), time_steps_.end());
}

void feed_compiler::read_always(yaml::mapping_reader& keys) {
  const auto* written = keys.optional("always");
  if (written == nullptr) return;
  if (!written->is_mapping()) return complain(*written, "wrong-type", "'always' is a mapping of fields to values");
  for (const auto& e : written->entries) add_constant(e);
}

std::optional<feed> feed_compiler::compile(const yaml::node& document) {
  const auto errors_before = found_.size();
  feed_.path = path_;
  yaml::mapping_reader keys{document, path_, subject_, found_};
  read_head(keys);
  read_fetch(keys);
  read_expect(keys);
  read_format(keys);
  read_codes_section(keys);
  read_select(keys);
  read_identity(keys);
  read_partner_reference(keys);
  read_incident(keys);
  read_map(keys);
  read_always(keys);
  read_attributes(keys);
  keys.finish();
  plan_->steps.emplace_back(settle_place);
  plan_->local = zone_;
  plan_->absent = absent_;
  plan_->feed = feed_.id;
  plan_->kind = feed_.kind;
  plan_->pseudonym_key = shared_.pseudonym_key;
  plan_->reference = shared_.reference;
  feed_.plan = plan_;
  if (found_.size() != errors_before) return {};
  return feed_;
}

} // namespace forewarn::connectors
