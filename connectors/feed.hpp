// SPDX-License-Identifier: Apache-2.0
// A feed as configured in feeds.d/, and what reading one of its files or bodies yields. No database, no sockets, no
// clock: the desk stamps the time.
#pragma once

#include "forewarn/observation.hpp"
#include "forewarn/problem.hpp"
#include "forewarn/reference.hpp"
#include "forewarn/sensitive.hpp"
#include "forewarn/zone.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace forewarn::connectors {

// Why a row cannot be used, in the partner's terms.
struct rejected {
  std::string column; // header or JSON pointer; may be empty
  std::string code;   // stable: "bad-time", "missing-id", "unknown-value", "wrong-columns", "not-utf8", ...
  std::string reason; // "'31/02/2026' is not a date of the form %d/%m/%Y"
  std::string shown;  // the value, shortened and redacted
};
struct unselected {}; // the feed's `select` says that this row does not matter

struct unknown_word {
  std::string column;
  std::string word;
  std::string code; // what kind: "unknown-value", "unknown-code", "unknown-area", "unknown-substance"
};

// Calls from one place within a short time are one incident: which place, how short, and the incident's id should this
// call be its first. The desk, which sees them all, decides.
struct near_calls {
  std::string place; // a pseudonym
  duration within{};
  incident_id begins;
};

struct taken_row {
  std::int64_t line = 0; // of the row's first character; for JSON the record's number
  std::variant<observation, unselected, rejected> what;
  bool withdraws_only = false;       // the observation carries identity and withdrawal, nothing else
  std::vector<unknown_word> unknown; // for the vocabulary's keeper
  std::optional<near_calls> near;    // set where the record has no incident of its own
  std::string partner_reference{};   // sealed for the partner; empty where the feed keeps none
  bool odd_civil_time = false;       // repeated or missing hour, resolved by the stated rule
  sensitive<std::string> raw;        // the record as it came; only where it may have to be read again
};

// Which of two records with one identity counts, where their revision numbers do not say.
enum class conflict_rule : std::uint8_t {
  latest_wins,
  first_wins,
  completes, // each row tells a part of the record
};

// A day that is sent again takes back what it lacks; see daemon/resent_days.
struct absence_rule {
  std::int64_t min_rows = 0; // of one day: fewer are no whole day
  zone days_of = zone::utc();
};

class feed_plan; // the compiled mapping; see connectors/mapping

struct fetch_folder {
  std::string path;    // relative to the daemon's inbox folder unless absolute
  std::string pattern; // glob: "*.csv"
};
struct fetch_push {
  std::string token_file; // bearer token; or "credential:NAME"
};

// What the partner promised: how often rows come. See daemon/arrival for what is made of it.
struct arrival_contract {
  duration every{};                       // from one arrival to the next at most; with `by` whole days
  std::optional<std::chrono::minutes> by; // time of day, in the feed's zone
  std::int64_t min_rows = 0;              // usable rows that make an arrival; 0: an empty file is one too
  friend bool operator==(const arrival_contract&, const arrival_contract&) = default;
};

struct feed {
  feed_id id;
  std::string partner;
  kind_id kind;
  std::string purpose;
  std::string lawful_basis;
  std::optional<fetch_folder> folder;
  std::optional<fetch_push> push;
  std::optional<arrival_contract> expect;   // absent: whenever they come
  std::optional<duration> retention;        // how long observations of this feed may be kept
  std::vector<std::string> attribute_names; // the allow-list: what rules may ask for as attributes.NAME
  conflict_rule conflict = conflict_rule::latest_wins;
  std::optional<absence_rule> absence; // absent: what a file lacks stands
  std::shared_ptr<const feed_plan> plan;
  std::string path; // of its YAML
};

struct loaded_feeds {
  std::vector<feed> feeds; // those without errors
  problems found;
};

// `pseudonym_key` keys the HMAC-SHA-256 that replaces identifiers; empty only in a dry run.
struct mapping_secrets {
  sensitive<std::string> pseudonym_key;
};

[[nodiscard]] loaded_feeds load_feeds(const std::vector<source_text>& files,
                                      const std::shared_ptr<const reference_data>& reference,
                                      const mapping_secrets& secrets);

// Pulls bytes: fills `buffer`, answers how many; 0 at the end. Throws std::system_error on a read error.
using byte_source = std::function<std::size_t(char* buffer, std::size_t size)>;

// A file's bytes, gunzipped where its first two bytes say so.
[[nodiscard]] byte_source open_file(const std::filesystem::path& path);
[[nodiscard]] byte_source from_text(std::string text);

// Rows of one file or body in order, in bounded memory. A defect that makes the rest unreadable (a changed header,
// a broken gzip) ends the stream with `broken()`; rows before it stand.
class row_stream {
public:
  virtual ~row_stream() = default;
  // Appends up to `most` rows; false once there are no more.
  [[nodiscard]] virtual bool next(std::vector<taken_row>& out, std::size_t most) = 0;
  [[nodiscard]] virtual const std::optional<rejected>& broken() const = 0;
  [[nodiscard]] virtual std::int64_t broken_line() const = 0;
  // The column names as the file gives them, once it was looked at; empty where the format has none.
  [[nodiscard]] virtual const std::vector<std::string>& header() const = 0;
};

struct read_options {
  std::string_view content_type; // may be empty; see below
  // Refused records are handed out as they came, and so are those that occurred later than this: a wrong clock.
  std::optional<instant> keep_raw_after;
};

// `content_type` (may be empty) overrides the feed's configured format for a pushed body: text/csv,
// application/json, application/x-ndjson.
[[nodiscard]] std::unique_ptr<row_stream> read_rows(const feed& from, byte_source bytes,
                                                    std::string_view content_type = {});
[[nodiscard]] std::unique_ptr<row_stream> read_rows(const feed& from, byte_source bytes, const read_options& how);

// One record that was handed out as `taken_row::raw`, through the mapping of today.
[[nodiscard]] std::unique_ptr<row_stream> read_raw(const feed& from, const sensitive<std::string>& raw);

} // namespace forewarn::connectors
