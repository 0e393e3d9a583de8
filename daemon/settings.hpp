// SPDX-License-Identifier: Apache-2.0
// forewarn.yaml: one row per setting, each with its default; and the whole configuration folder, read and checked
// together, so that a reload either takes all of it or none.
#pragma once

#include "connectors/feed.hpp"
#include "daemon/alerting/digest_times.hpp"
#include "daemon/alerting/services.hpp"
#include "daemon/alerting/words.hpp"
#include "forewarn/problem.hpp"
#include "forewarn/reference.hpp"
#include "forewarn/sensitive.hpp"
#include "rules/plan.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace forewarn {

namespace panel {
struct policy;
}

struct smtp_settings {
  std::string url; // smtp://host:587 or smtps://host:465; empty = no e-mail
  std::string from = "forewarn@localhost";
  std::string username;
  std::string password_file; // or "credential:NAME"
  std::string ca_file;
  bool require_tls = true;
  duration timeout = std::chrono::minutes{1}; // of one mail, from the connection to the answer after its content
};

struct settings {
  std::filesystem::path config_dir;
  std::filesystem::path state_dir; // forewarn.db, quarantine.db, lock, socket
  std::filesystem::path inbox_dir; // feeds' folders lie here
  std::string zone_name = "Europe/London";
  std::string root_area;               // "E08000035"
  std::string reference_prefix = "FW"; // of alert references: FW-2026-0007
  std::string listen_address = "127.0.0.1";
  unsigned short listen_port = 8080;              // 0 = any free one, printed in the log
  std::string tls_certificate_file, tls_key_file; // both empty: plain HTTP
  std::string api_token_file;                     // bearer token for /v1 beyond feeds; empty: Unix socket only
  std::string pseudonym_key_file;  // or "credential:NAME"; empty: STATE/pseudonym.key, created on first start
  std::string quarantine_key_file; // or "credential:NAME"; empty: STATE/quarantine.key, created on first start
  duration quarantine_retention = std::chrono::hours{24 * 30}; // of refused rows as they came
  std::string raw_files_key_file;                              // empty: taken files are not kept
  duration raw_files_retention = std::chrono::hours{24 * 14};
  smtp_settings smtp;
  std::string log_level = "info";
  std::size_t largest_body = 16U << 20U; // bytes of a pushed body
  duration folder_scan = std::chrono::seconds{2};
  std::string all_well_at = "08:00"; // local; of the daily mail to operators; empty: none
  std::string digest_at = "08:00";   // local; of what waited to be told: stale, late, over budget
  std::string weekly_digest_on = "mon";
  duration outage_after = std::chrono::minutes{30}; // away for longer: what arises next is told together
  std::string purge_at = "03:30";                   // local; of the daily purge; empty: only `forewarn purge`
  std::string heartbeat_url;                        // asked with GET while the daemon is healthy; empty: not
  duration heartbeat_every = std::chrono::minutes{5};
  std::string public_url; // where people reach this listener: links in messages begin with it; empty: none
  std::string notify_callback_token_file; // the bearer token that GOV.UK Notify sends with its receipts; empty: refused
  std::string canary_at = "06:30"; // local; of the daily canary through every feed's folder and channel; empty: none
};

// Everything the configuration folder holds, checked. `found` may hold warnings where all is usable.
struct configuration {
  forewarn::settings settings;
  std::shared_ptr<const reference_data> reference;
  std::shared_ptr<const rules::rule_set> rules;
  std::vector<connectors::feed> feeds;
  std::shared_ptr<const alerting::service_book> services;
  std::shared_ptr<const alerting::word_book> words;
  std::shared_ptr<const panel::policy> panel; // grading matrices and clocks
  sensitive<std::string> quarantine_key;      // empty when only looked at
  sensitive<std::string> raw_files_key;       // empty: taken files are not kept
  problems found;
  std::vector<source_text> sources; // for rendering problems
  [[nodiscard]] bool usable() const { return !has_errors(found); }
};

// What a configuration is loaded for. To look (check, show, dry runs) touches nothing and does without the pseudonym
// key where there is none. To run creates the key on the first start; whoever writes to the store loads it so.
enum class load_for : std::uint8_t {
  look,
  run
};

[[nodiscard]] configuration load_configuration(const std::filesystem::path& config_dir, load_for what = load_for::look);

// Only forewarn.yaml, checked; every problem of it at once. Defaults stand where a key is absent.
[[nodiscard]] settings load_settings(const std::filesystem::path& config_dir, problems& found,
                                     std::vector<source_text>& sources);

// One line per setting, "key: value  # what it is", secrets that stand in URLs redacted: what `config show` prints.
struct shown_setting {
  std::string key;   // "smtp.url"
  std::string value; // "" where not set
  std::string help;
};
[[nodiscard]] std::vector<shown_setting> show_settings(const settings& these);

// Only vocabulary, areas, sites and zone: what feeds are read with.
[[nodiscard]] std::shared_ptr<const reference_data> load_reference(const std::filesystem::path& config_dir,
                                                                   problems& found, std::vector<source_text>& sources);

// The reference data with the feeds, attributes and advice that rules may name: the same as in `load_configuration`,
// for `check`, `backtest` and friends, who need no settings and no services.
[[nodiscard]] std::shared_ptr<const reference_data>
load_rule_reference(const std::filesystem::path& config_dir, problems& found, std::vector<source_text>& sources);

// A secret from a file, or from systemd's credentials folder for "credential:NAME"; trailing white space dropped.
[[nodiscard]] result<sensitive<std::string>, std::string> read_secret(const std::string& where,
                                                                      const std::filesystem::path& relative_to);

// The key for pseudonyms. Created (0600, 32 random bytes as hex) where it lies in the state folder and is not there
// yet.
[[nodiscard]] result<sensitive<std::string>, std::string> pseudonym_key(const settings& these, load_for what);

// The key under which refused rows are kept; made like the one for pseudonyms.
[[nodiscard]] result<sensitive<std::string>, std::string> quarantine_key(const settings& these, load_for what);

// When what waited is told, for the alert process.
[[nodiscard]] alerting::digest_times digest_times_of(const settings& these);

// A path from forewarn.yaml: relative ones start at the configuration folder.
[[nodiscard]] std::filesystem::path resolve(const settings& these, const std::string& path);

// `sites: [{id, name, ward, ...}]` in any number of files.
[[nodiscard]] std::vector<site> parse_sites(const std::vector<source_text>& files, const area_table& areas,
                                            problems& found);

// All files of a folder with that ending, sorted by path; for a file itself, that file.
[[nodiscard]] std::vector<source_text> read_files(const std::filesystem::path& folder_or_file,
                                                  const std::vector<std::string>& endings, problems& found);

} // namespace forewarn
