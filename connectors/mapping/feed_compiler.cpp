// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/feed_compiler.hpp"

#include "connectors/mapping/privacy.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

// What people write where they have nothing to say; a feed's own `absent` replaces it.
const std::vector<std::string> usual_absent{"n/a", "na", "null", "nan", "not stated", "not known", "-"};

bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

} // namespace

void feed_compiler::complain(const yaml::node& at, std::string code, std::string message) {
  found_.push_back({path_, at.at, severity::error, std::move(code), subject_ + std::move(message)});
}

std::size_t feed_compiler::slot_of(std::string_view column, bool optional) {
  auto& columns = plan_->columns;
  const auto it =
      std::find_if(columns.begin(), columns.end(), [&](const wanted_column& c) { return c.name == column; });
  if (it != columns.end()) {
    it->optional = it->optional && optional;
    return static_cast<std::size_t>(it - columns.begin());
  }
  columns.push_back({std::string{column}, optional});
  return columns.size() - 1;
}

std::vector<std::string> feed_compiler::absent_words(yaml::mapping_reader& keys) {
  auto out = absent_;
  for (const auto* n : keys.optional_list("absent")) out.push_back(ascii_lower(trim(n->text)));
  return out;
}

void feed_compiler::read_columns(yaml::mapping_reader& keys, value_source& out) {
  auto columns = keys.optional_list("column");
  const auto several = keys.optional_list("columns");
  columns.insert(columns.end(), several.begin(), several.end());
  const bool optional = keys.optional_bool("optional").value_or(false);
  if (columns.empty()) keys.complain(keys.where().at, "missing-key", "'column' is required");
  for (const auto* n : columns) {
    out.columns.push_back(slot_of(n->text, optional));
    out.shown += (out.shown.empty() ? "" : " + ") + n->text;
  }
  if (const auto* join = keys.optional("join"); join != nullptr && join->is_scalar()) out.joined_by = join->text;
}

void feed_compiler::read_values(yaml::mapping_reader& keys, value_source& out, const field_type* checked_by) {
  const auto check = [&](const yaml::node& at, const std::string& text) {
    if (checked_by == nullptr || !checked_by->check) return;
    if (const auto wrong = checked_by->check(text))
      complain(at,
               checked_by->shape == field_shape::substances ? "unknown-substance"
               : checked_by->shape == field_shape::area     ? "unknown-area"
                                                            : "bad-value",
               *wrong);
  };
  const auto* table = keys.optional("values");
  if (table != nullptr && !table->is_mapping())
    complain(*table, "wrong-type",
             fmt::format("'values' is a mapping of their words to ours, found {}", yaml::describe(*table)));
  if (table != nullptr)
    for (const auto& e : table->entries) {
      auto& meaning = out.values[ascii_lower(trim(e.key))];
      if (e.value.is_null() || (e.value.is_scalar() && !e.value.quoted && e.value.text == "absent")) continue;
      std::string text = e.value.text;
      for (const auto& item : e.value.items) text += (text.empty() ? "" : std::string(1, list_mark)) + item.text;
      check(e.value, text);
      meaning = text;
    }
  if (const auto* otherwise = keys.optional("default")) {
    check(*otherwise, otherwise->text);
    out.otherwise = otherwise->text;
  }
  if (const auto what = keys.optional_text("unknown")) {
    if (*what == "quarantine")
      out.unknown = unknown_value::quarantine;
    else if (*what != "absent")
      complain(keys.where().find("unknown")->value, "bad-value",
               fmt::format("'{}' is not known; use absent or quarantine", *what));
  }
}

value_source feed_compiler::source_of(const yaml::node& written, yaml::mapping_reader* keys,
                                      const field_type* checked_by) {
  value_source out;
  if (keys == nullptr) {
    out.absent = absent_;
    if (!written.is_scalar() || written.text.empty()) {
      complain(written, "wrong-type",
               fmt::format("expected a column, or a mapping with `column`, found {}", yaml::describe(written)));
      return out;
    }
    out.columns.push_back(slot_of(written.text));
    out.shown = written.text;
    return out;
  }
  read_columns(*keys, out);
  out.absent = absent_words(*keys);
  read_values(*keys, out, checked_by);
  if (const auto pattern = keys->optional_text("extract")) {
    auto compiled = std::make_shared<const RE2>(*pattern, RE2::Quiet);
    if (compiled->ok())
      out.extract = compiled;
    else
      complain(written.find("extract")->value, "bad-value",
               fmt::format("not a regular expression: {}", compiled->error()));
  }
  return out;
}

void feed_compiler::read_head(yaml::mapping_reader& keys) {
  (void)keys.optional("version");
  if (const auto id = keys.required_text("id")) {
    subject_ = fmt::format("feed '{}': ", *id);
    keys.set_subject(subject_);
    if (!is_id(*id))
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

void feed_compiler::read_records_keys(yaml::mapping_reader& keys) {
  auto& read = plan_->read;
  if (const auto* at = keys.optional("records"); at != nullptr) {
    if (!at->is_scalar() || (!at->text.empty() && at->text.front() != '/'))
      complain(*at, "bad-value", "'records' is a JSON pointer to the list, such as /data/items");
    read.records = at->text == "/" ? "" : at->text;
  }
  read.keyed = keys.optional_bool("keyed").value_or(false);
}

void feed_compiler::read_format_keys(const yaml::node& written) {
  auto& read = plan_->read;
  yaml::mapping_reader keys{written, path_, subject_, found_};
  if (const auto name = keys.optional_text("encoding")) {
    const auto word = ascii_lower(*name);
    if (word == "windows-1252" || word == "cp1252")
      read.encoding = text_encoding::windows_1252;
    else if (word == "latin-1" || word == "iso-8859-1")
      read.encoding = text_encoding::latin_1;
    else if (word != "utf-8" && word != "utf-16")
      complain(written.find("encoding")->value, "bad-value",
               fmt::format("no encoding '{}'; one of utf-8, utf-16, windows-1252, latin-1", *name));
  }
  if (read.format == file_format::csv) {
    if (const auto* mark = keys.optional("delimiter")) {
      if (mark->text == "tab" || mark->text == "\\t")
        read.delimiter = '\t';
      else if (mark->text.size() == 1 && mark->text != "\"")
        read.delimiter = mark->text.front();
      else
        complain(*mark, "bad-value", "'delimiter' is one character, or the word tab");
    }
    for (const auto* n : keys.optional_list("header")) read.header.push_back(n->text);
    read.skip_lines = static_cast<int>(keys.optional_integer("skip_lines", 0, 1'000).value_or(0));
  } else {
    read_records_keys(keys);
  }
  keys.finish();
}

void feed_compiler::read_format(yaml::mapping_reader& keys) {
  const auto* written = keys.required("read");
  if (written == nullptr) return;
  const auto by_name = [&](std::string_view name, const yaml::node& at) {
    if (name == "csv")
      plan_->read.format = file_format::csv;
    else if (name == "json")
      plan_->read.format = file_format::json;
    else if (name == "ndjson")
      plan_->read.format = file_format::ndjson;
    else
      complain(at, "bad-value", fmt::format("no format '{}'; one of csv, json, ndjson", name));
  };
  if (written->is_scalar()) return by_name(written->text, *written);
  if (!written->is_mapping() || written->entries.size() != 1)
    return complain(*written, "wrong-type",
                    "'read' is one format, such as `read: csv` or `read: {csv: {delimiter: \";\"}}`");
  const auto& one = written->entries.front();
  by_name(one.key, *written);
  if (!one.value.is_null()) read_format_keys(one.value);
}

void feed_compiler::read_select(yaml::mapping_reader& keys) {
  if (const auto* written = keys.optional("select"))
    plan_->select = compile_condition(
        *written, path_, subject_, [this](std::string_view c) { return slot_of(c); }, found_);
}

void feed_compiler::read_identity(yaml::mapping_reader& keys) {
  const auto* written = keys.required("identity");
  if (written == nullptr) return;
  auto& who = plan_->identity;
  yaml::mapping_reader inner{*written, path_, subject_, found_};
  auto columns = inner.optional_list("id");
  if (const auto together = inner.optional_list("fingerprint"); !together.empty()) {
    if (!columns.empty())
      complain(written->find("fingerprint")->value, "bad-value",
               "'id' and 'fingerprint' stand together; a fingerprint is for records that have no id");
    who.fingerprint = true;
    columns = together;
  }
  if (columns.empty())
    inner.complain(written->at, "missing-key",
                   "'id' is required: the column, or columns, that tell records apart; where records have none, "
                   "'fingerprint' lists the columns that do so together");
  for (const auto* n : columns) {
    who.columns.push_back(slot_of(n->text));
    who.shown += (who.shown.empty() ? "" : " + ") + n->text;
  }
  who.absent = absent_;
  if (const auto rule = inner.optional_text("same_id")) {
    if (*rule == "first wins")
      feed_.conflict = conflict_rule::first_wins;
    else if (*rule == "completes")
      feed_.conflict = conflict_rule::completes;
    else if (*rule != "latest wins")
      complain(written->find("same_id")->value, "bad-value",
               fmt::format("'{}' is not known; use latest wins, first wins or completes", *rule));
  }
  if (const auto column = inner.optional_text("revision")) {
    who.revision = slot_of(*column);
    who.revision_shown = *column;
  }
  if (const auto* condition = inner.optional("withdrawn"))
    who.withdrawn = compile_condition(
        *condition, path_, subject_, [this](std::string_view c) { return slot_of(c); }, found_);
  inner.finish();
}

void feed_compiler::read_incident(yaml::mapping_reader& keys) {
  const auto* written = keys.optional("incident");
  if (written == nullptr) return;
  value_source from;
  std::string scope = feed_.partner;
  from.absent = absent_;
  from.joined_by = "|";
  const auto take = [&](const yaml::node& n) {
    if (!n.is_scalar() || n.text.empty()) return complain(n, "wrong-type", "expected a column");
    from.columns.push_back(slot_of(n.text));
    from.shown += (from.shown.empty() ? "" : " + ") + n.text;
  };
  if (written->is_sequence()) {
    for (const auto& n : written->items) take(n);
  } else if (written->is_mapping()) {
    yaml::mapping_reader inner{*written, path_, subject_, found_};
    from = source_of(*written, &inner, nullptr);
    scope = inner.optional_text("numbers").value_or(scope);
    inner.finish();
  } else {
    take(*written);
  }
  plan_->steps.push_back([from, scope, key = shared_.pseudonym_key](mapping_pass& pass) {
    const auto text = read_text(from, pass);
    if (text && !trim(*text).empty()) pass.out.incident = incident_id{pseudonym(key, "i:", scope, *text)};
  });
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

void feed_compiler::read_attributes(yaml::mapping_reader& keys) {
  const auto* written = keys.optional("attributes");
  if (written == nullptr) return;
  if (!written->is_mapping()) return complain(*written, "wrong-type", "'attributes' is a mapping of names to columns");
  constexpr std::size_t longest = 200;
  for (const auto& e : written->entries) {
    if (!is_id(e.key))
      complain(e.value, "bad-value", "an attribute's name has small letters, digits, hyphens and underscores only");
    feed_.attribute_names.push_back(e.key);
    value_source from;
    if (e.value.is_mapping()) {
      yaml::mapping_reader inner{e.value, path_, subject_, found_};
      from = source_of(e.value, &inner, nullptr);
      inner.finish();
    } else {
      from = source_of(e.value, nullptr, nullptr);
    }
    plan_->steps.push_back([from, name = e.key](mapping_pass& pass) {
      if (const auto text = read_text(from, pass))
        pass.out.attributes[name] = shortened(without_full_postcodes(trim(*text)), longest);
    });
  }
}

std::optional<feed> feed_compiler::compile(const yaml::node& document) {
  const auto errors_before = found_.size();
  feed_.path = path_;
  yaml::mapping_reader keys{document, path_, subject_, found_};
  read_head(keys);
  read_fetch(keys);
  read_format(keys);
  read_select(keys);
  read_identity(keys);
  read_incident(keys);
  read_map(keys);
  read_always(keys);
  read_attributes(keys);
  keys.finish();
  plan_->feed = feed_.id;
  plan_->kind = feed_.kind;
  plan_->pseudonym_key = shared_.pseudonym_key;
  plan_->reference = shared_.reference;
  feed_.plan = plan_;
  if (found_.size() != errors_before) return {};
  return feed_;
}

} // namespace forewarn::connectors
