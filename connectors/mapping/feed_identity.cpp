// SPDX-License-Identifier: Apache-2.0
// Which rows matter, who a record is, when it is taken back, and which calls are one incident.
#include "connectors/mapping/feed_compiler.hpp"
#include "connectors/mapping/privacy.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

// "{Status: [Cancelled, Void]}".
std::string in_one_line(const yaml::node& written) {
  std::string out;
  const auto add = [&](const std::string& part) { out += (out.empty() ? "" : ", ") + part; };
  if (written.is_scalar()) return written.text;
  if (written.is_sequence()) {
    for (const auto& item : written.items) add(in_one_line(item));
    return '[' + out + ']';
  }
  for (const auto& e : written.entries) add(e.key + ": " + in_one_line(e.value));
  return '{' + out + '}';
}

} // namespace

// The rule language's simple conditions, on this feed's columns and codes.
row_condition feed_compiler::condition_of(const yaml::node& written) {
  const condition_context around{path_, subject_, [this](std::string_view c) { return slot_of(c); },
                                 [this](const yaml::node& name) { return find_codes(name); }, found_};
  return compile_condition(written, around);
}

void feed_compiler::read_select(yaml::mapping_reader& keys) {
  const auto* written = keys.optional("select");
  if (written == nullptr) return;
  plan_->select = condition_of(*written);
  plan_->select_shown = in_one_line(*written);
  for (const auto& one : written->entries) {
    const auto& value = one.value.is_sequence() && !one.value.items.empty() ? one.value.items.front() : one.value;
    if (value.is_scalar()) plan_->select_example.emplace_back(one.key, value.text);
  }
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
  if (const auto* condition = inner.optional("withdrawn")) {
    who.withdrawn = withdrawal_of(*condition);
    who.withdrawn_shown = in_one_line(*condition);
  }
  read_absence(inner);
  inner.finish();
}

// `withdrawn_by_absence: {min_rows: 20}`: a day of at least so many rows, sent again, takes back what it lacks.
void feed_compiler::read_absence(yaml::mapping_reader& keys) {
  const auto* written = keys.optional("withdrawn_by_absence");
  if (written == nullptr) return;
  yaml::mapping_reader inner{*written, path_, subject_, found_};
  absence_rule out;
  out.days_of = zone_;
  if (const auto text = inner.required_text("min_rows")) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), out.min_rows);
    if (error != std::errc{} || end != text->data() + text->size() || out.min_rows < 1)
      complain(written->find("min_rows")->value, "bad-value",
               fmt::format("'{}' is no number of rows from 1 on: how many rows of a day make it a whole day", *text));
  }
  inner.finish();
  if (plan_->identity.fingerprint)
    complain(*written, "bad-value", "a fingerprint changes with the record: absent rows can be withdrawn by 'id' only");
  feed_.absence = out;
}

// `partner_reference: {column: NHS number, sealed_for: KEY}`.
void feed_compiler::read_partner_reference(yaml::mapping_reader& keys) {
  const auto* written = keys.optional("partner_reference");
  if (written == nullptr) return;
  yaml::mapping_reader inner{*written, path_, subject_, found_};
  reference_plan out;
  if (const auto column = inner.required_text("column")) {
    out.column = slot_of(*column);
    out.shown = *column;
  }
  if (const auto text = inner.required_text("sealed_for")) {
    if (const auto key = parse_sealing_key(*text))
      out.sealed_for = *key;
    else
      complain(written->find("sealed_for")->value, "bad-value", key.error());
  }
  inner.finish();
  plan_->reference_kept = std::move(out);
}

// A condition, or a list of which any is enough.
row_condition feed_compiler::withdrawal_of(const yaml::node& written) {
  if (!written.is_sequence()) return condition_of(written);
  std::vector<row_condition> parts;
  for (const auto& item : written.items) parts.push_back(condition_of(item));
  if (parts.empty()) complain(written, "wrong-type", "'withdrawn' is a condition, or a list of conditions");
  return [held = std::move(parts)](const raw_row& row) {
    return std::any_of(held.begin(), held.end(), [&](const row_condition& c) { return c(row); });
  };
}

namespace {

struct near_plan {
  std::vector<value_source> same;
  duration within{};
  std::string scope;
};

// Nothing where one of the columns is empty: an unknown place is near to none.
std::optional<std::vector<std::string>> place_of(const near_plan& plan, mapping_pass& pass) {
  std::vector<std::string> out;
  for (const auto& column : plan.same) {
    const auto text = read_text(column, pass);
    if (!text || trim(*text).empty()) return {};
    out.push_back(*text);
  }
  return out;
}

} // namespace

void feed_compiler::read_nearness(yaml::mapping_reader& keys, const std::string& scope) {
  const auto columns = keys.optional_list("same");
  const auto length = keys.optional_text("within");
  if (columns.empty() && !length) return;
  if (columns.empty() || !length)
    return keys.complain(keys.where().at, "missing-key",
                         "'same' and 'within' go together: the columns that must be equal, and within what time");
  near_plan plan;
  plan.scope = scope;
  for (const auto* n : columns) {
    auto& one = plan.same.emplace_back();
    one.columns = {slot_of(n->text)};
    one.shown = n->text;
    one.absent = absent_;
    note(one);
  }
  const auto within = parse_duration(*length);
  constexpr auto longest = std::chrono::hours{24 * 7};
  if (!within || *within <= duration{} || *within > longest)
    return keys.complain(keys.where().find("within")->value.at, "bad-duration",
                         fmt::format("'{}' is no length of time up to 7d; write 2m or 1h", *length));
  plan.within = *within;
  plan_->steps.push_back([plan, key = shared_.pseudonym_key](mapping_pass& pass) {
    if (pass.out.incident) return; // its own number says more
    const auto place = place_of(plan, pass);
    if (!place) return;
    auto by_record = *place;
    by_record.push_back(pass.out.key.id.str());
    pass.near = near_calls{pseudonym(key, "n:", plan.scope, *place), plan.within,
                           incident_id{pseudonym(key, "i:", plan.scope, by_record)}};
  });
}

void feed_compiler::read_incident(yaml::mapping_reader& keys) {
  const auto* written = keys.optional("incident");
  if (written == nullptr) return;
  field_ = "incident";
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
    note(from);
  } else if (written->is_mapping()) {
    yaml::mapping_reader inner{*written, path_, subject_, found_};
    scope = inner.optional_text("numbers").value_or(scope);
    const bool numbered = written->find("column") != nullptr || written->find("columns") != nullptr;
    if (numbered) {
      from = source_of(*written, &inner, nullptr);
      add_incident_step(std::move(from), scope);
    }
    read_nearness(inner, scope);
    if (!numbered && written->find("same") == nullptr && written->find("within") == nullptr)
      inner.complain(written->at, "missing-key",
                     "say how calls belong together: `column` with the incident's number, or `same` and `within`");
    inner.finish();
    return;
  } else {
    take(*written);
    note(from);
  }
  add_incident_step(std::move(from), scope);
}

void feed_compiler::add_incident_step(value_source from, const std::string& scope) {
  plan_->steps.push_back([from = std::move(from), scope, key = shared_.pseudonym_key](mapping_pass& pass) {
    const auto text = read_text(from, pass);
    if (text && !trim(*text).empty()) pass.out.incident = incident_id{pseudonym(key, "i:", scope, *text)};
  });
}

} // namespace forewarn::connectors
