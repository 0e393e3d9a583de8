// SPDX-License-Identifier: Apache-2.0
#include "daemon/feed_spec.hpp"

#include "connectors/formats/raw_row.hpp"
#include "connectors/mapping/feed_plan.hpp"
#include "connectors/mapping/field_types.hpp"
#include "daemon/arrival/contract.hpp"
#include "daemon/example_record.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn {
namespace {

using connectors::feed;
using connectors::field_note;
using connectors::field_shape;
using connectors::file_format;

struct told_column {
  std::string name;
  bool needed = true; // the column must be in the file
  std::vector<std::string> what;
};

std::string values_of(const field_note& note) {
  constexpr std::size_t most = 12;
  std::vector<std::string> shown(note.values.begin(),
                                 note.values.begin() + static_cast<std::ptrdiff_t>(std::min(most, note.values.size())));
  std::string out = "one of: " + join(shown, ", ");
  if (note.values.size() > most) out += fmt::format(" and {} more", note.values.size() - most);
  out += note.refuses_unknown ? "; any other value refuses the record" : "; any other value counts as not given";
  return out;
}

std::string time_told(const field_note& note) {
  std::vector<std::string> forms;
  for (const auto& f : note.formats) forms.push_back(example_time(f));
  return fmt::format("written like {}; wall-clock time in {} unless it names an offset", join_or(forms), note.zone);
}

std::string field_told(const field_note& note) {
  if (note.field.starts_with("attributes.")) return "kept as it is (postcodes cut to their first half)";
  if (note.field == "incident") return "which calls belong together; kept as a keyed pseudonym only";
  if (!note.codes.empty()) return fmt::format("codes of {}, several with commas between them", note.codes);
  const auto shape = connectors::shape_of_field(note.field);
  if (!shape) return "";
  switch (*shape) {
  case field_shape::time:
    return (note.field == "occurred_at" ? "when it happened: " : "when you sent it: ") + time_told(note);
  case field_shape::area: return "the place: a code or a name";
  case field_shape::site: return "the site: its name as agreed";
  case field_shape::age: return "an age, a birth date or a band; only the age band is kept";
  case field_shape::person: return "who it was; kept as a keyed pseudonym only, never as you send it";
  case field_shape::substances:
    return note.free_text ? "free text: read for names of drugs, then dropped" : "drugs, with commas between them";
  case field_shape::truth: return note.values.empty() ? "yes or no" : "";
  case field_shape::number: return "a number of 0 or more";
  case field_shape::word: return "";
  }
  return "";
}

std::string heading_of(const std::string& field) {
  if (field.starts_with("attributes.")) return field.substr(std::string_view{"attributes."}.size());
  std::string out = field;
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

class specification {
public:
  explicit specification(const feed& of) : of_{of}, plan_{*of.plan} { collect(); }

  std::string text() const {
    return head() + how_to_send() + the_file() + the_columns() + identity() + afterwards() + example();
  }

private:
  told_column& column(const std::string& name) {
    const auto it = std::find_if(columns_.begin(), columns_.end(), [&](const auto& c) { return c.name == name; });
    if (it != columns_.end()) return *it;
    columns_.push_back({name, true, {}});
    return columns_.back();
  }

  void collect() {
    for (const auto slot : plan_.identity.columns) {
      auto& one = column(plan_.columns.at(slot).name);
      one.what.emplace_back(plan_.identity.fingerprint ? "tells records apart" : "the record's number; never empty");
    }
    if (plan_.identity.revision) {
      auto& one = column(plan_.columns.at(*plan_.identity.revision).name);
      one.what.emplace_back("the revision: a whole number that grows with every correction");
    }
    for (const auto& note : plan_.notes)
      for (const auto& name : note.columns) {
        auto& one = column(name);
        auto told = field_told(note);
        if (!note.values.empty()) told += (told.empty() ? "" : "; ") + values_of(note);
        one.what.push_back(heading_of(note.field) + (told.empty() ? "" : ": " + told));
      }
    for (const auto& wanted : plan_.columns) {
      auto& one = column(wanted.name);
      one.needed = !wanted.optional;
      if (one.what.empty()) one.what.emplace_back("says which records matter, or that one is taken back");
    }
  }

  std::string head() const {
    return fmt::format("# What to send: feed `{}`\n\n"
                       "For the data people of {}.\n\n"
                       "- What it is for: {}\n- Lawful basis: {}\n- Kept for: {}\n- A record is one of kind `{}`\n",
                       of_.id.str(), of_.partner, of_.purpose, of_.lawful_basis,
                       of_.retention ? spell_duration(*of_.retention) : "not said", of_.kind.str());
  }

  std::string how_to_send() const {
    std::string out = "\n## How\n\n";
    if (of_.folder)
      out += fmt::format(
          "- As files named `{}`, into the folder that was agreed. Write under another name (`NAME.part`) and rename, "
          "so "
          "that no half file is read; or put an empty `NAME.done` beside it when it is whole. Gzip is fine.\n"
          "- Beside it you then find `NAME.receipt.csv`: what became of every line.\n",
          of_.folder->pattern);
    if (of_.push)
      out +=
          fmt::format("- Or by HTTPS: `POST /v1/feeds/{0}/records` with `Content-Type: {1}` and `Authorization: Bearer "
                      "TOKEN`. The answer comes when the records are safe and counts each result; "
                      "`?dry_run=1` only says what would happen. Not sure whether it arrived? Send the same body "
                      "again: it counts once. After 429 or 503 wait as `Retry-After` says.\n",
                      of_.id.str(), content_type());
    if (!of_.folder && !of_.push) out += "- Hand the file to the operator, who takes it in.\n";
    if (of_.expect)
      out += fmt::format("- When: {} ({}). If nothing comes by then we ask you whether something is wrong: until rows "
                         "arrive, nobody can tell silence from good news.\n",
                         arrival::spell(*of_.expect), plan_.local.name());
    return out;
  }

  std::string content_type() const {
    switch (plan_.read.format) {
    case file_format::csv: return "text/csv";
    case file_format::json: return "application/json";
    case file_format::ndjson: return "application/x-ndjson";
    }
    return "";
  }

  std::string the_file() const {
    std::string out = "\n## The file\n\n";
    const auto encoding = plan_.read.encoding == connectors::text_encoding::utf8      ? "UTF-8"
                          : plan_.read.encoding == connectors::text_encoding::latin_1 ? "ISO 8859-1"
                                                                                      : "Windows-1252";
    if (plan_.read.format == file_format::csv) {
      out += fmt::format("- CSV as RFC 4180 has it, {}, {} between the fields", encoding,
                         plan_.read.delimiter == '\t' ? "a tab" : fmt::format("`{}`", plan_.read.delimiter));
      if (!plan_.read.header.empty())
        out += fmt::format("; no header, the columns are: {}", join(plan_.read.header, ", "));
      else
        out += "; the first line names the columns, in any order";
      if (plan_.read.skip_lines > 0) out += fmt::format("; {} lines above it are skipped", plan_.read.skip_lines);
      out += ".\n- A column that is renamed or missing stops the file: tell us before you change it.\n";
    } else if (plan_.read.format == file_format::json) {
      out += fmt::format("- JSON, {}: the records are {}.\n", encoding,
                         plan_.read.records.empty() ? std::string{"the list that is the document"}
                                                    : fmt::format("the list at `{}`", plan_.read.records));
    } else {
      out += fmt::format("- NDJSON, {}: one record, one line.\n", encoding);
    }
    if (!plan_.absent.empty())
      out += fmt::format("- Leave empty what is not known; these mean the same: {}.\n", join(quoted_absent(), ", "));
    if (!plan_.select_shown.empty())
      out +=
          fmt::format("- Only records with `{}` are kept; others may be sent and are left out.\n", plan_.select_shown);
    return out;
  }

  std::vector<std::string> quoted_absent() const {
    std::vector<std::string> out;
    for (const auto& word : plan_.absent)
      if (!word.empty()) out.push_back('`' + word + '`');
    return out;
  }

  std::string the_columns() const {
    std::string out = "\n## The columns\n\nWhat is not listed here is not read: please leave it out.\n\n"
                      "| column | must be there | what it is |\n|---|---|---|\n";
    for (const auto& one : columns_)
      out += fmt::format("| `{}` | {} | {} |\n", one.name, one.needed ? "yes" : "no", join(one.what, "; "));
    return out;
  }

  std::string identity() const {
    std::string out = "\n## Corrections\n\n";
    if (plan_.identity.fingerprint)
      out +=
          "- Records have no number: the columns that tell them apart must not change when a record is sent again.\n";
    else
      out += fmt::format("- A record is known by {}: the same number is the same record, for ever.\n",
                         plan_.identity.shown);
    if (plan_.identity.revision)
      out += "- A higher revision replaces a lower one; a lower one that comes later is left out.\n";
    else if (of_.conflict == connectors::conflict_rule::latest_wins)
      out += "- Sent again with other content, the later one counts.\n";
    else
      out += "- Sent again with other content, the first one counts.\n";
    out += "- The same record sent again changes nothing: when in doubt, send it.\n";
    if (!plan_.identity.withdrawn_shown.empty())
      out += fmt::format("- To take a record back, send it again with `{}`.\n", plan_.identity.withdrawn_shown);
    return out;
  }

  static std::string afterwards() {
    return "\n## What becomes of a bad record\n\n"
           "A record that cannot be used is refused alone, with its line, column and reason; all others are taken. The "
           "commonest reasons: `bad-time` (no such date, or another form), `missing-id`, `wrong-columns` (a delimiter "
           "too "
           "many or too few), `future` (more than ten minutes ahead of our clock). Mend it and send it again.\n"
           "In the hour that the end of summer time repeats, a time without an offset counts as the earlier one; in "
           "the "
           "hour that its beginning skips, as the moment of the change.\n";
  }

  std::string example() const { return "\n## An example (made up)\n\n```\n" + example_file(of_) + "```\n"; }

  const feed& of_;
  const connectors::feed_plan& plan_;
  std::vector<told_column> columns_; // in the order of their meaning
};

} // namespace

std::string feed_spec(const feed& of) {
  return specification{of}.text();
}

} // namespace forewarn
