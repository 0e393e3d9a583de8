// SPDX-License-Identifier: Apache-2.0
// forewarn.yaml. A setting is one row of the table below; reading, showing and documenting all go over that table.
#include "daemon/settings.hpp"

#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include <fmt/format.h>

namespace forewarn {
namespace {

using place = std::variant<std::string settings::*, unsigned short settings::*, std::size_t settings::*,
                           duration settings::*, std::filesystem::path settings::*, std::string smtp_settings::*,
                           bool smtp_settings::*, duration smtp_settings::*>;

struct row {
  std::string_view section; // "" or "smtp"
  std::string_view key;
  place where;
  std::string_view help;
};

const std::array rows = std::to_array<row>({
    {"", "state_dir", &settings::state_dir, "database, lock, socket and keys; relative paths start at this folder"},
    {"", "inbox_dir", &settings::inbox_dir, "feeds' folders lie here; default STATE/inbox"},
    {"", "zone", &settings::zone_name, "named zone of hours, weekdays and times in messages"},
    {"", "root_area", &settings::root_area, "code of the whole service area"},
    {"", "reference_prefix", &settings::reference_prefix, "start of alert references: FW-2026-0007"},
    {"", "listen_address", &settings::listen_address, "address of the HTTP listener"},
    {"", "listen_port", &settings::listen_port, "port of the HTTP listener; 0 takes a free one"},
    {"", "tls_certificate_file", &settings::tls_certificate_file, "PEM chain; empty means plain HTTP"},
    {"", "tls_key_file", &settings::tls_key_file, "PEM private key, or credential:NAME"},
    {"", "api_token_file", &settings::api_token_file, "bearer token for /v1 beyond feeds; empty: local socket only"},
    {"", "pseudonym_key_file", &settings::pseudonym_key_file, "key that replaces identifiers, or credential:NAME"},
    {"", "quarantine_key_file", &settings::quarantine_key_file,
     "key that refused rows are kept under, or credential:NAME"},
    {"", "quarantine_retention", &settings::quarantine_retention, "how long refused rows are kept as they came"},
    {"", "raw_files_key_file", &settings::raw_files_key_file, "key that taken files are kept under; empty: not kept"},
    {"", "raw_files_retention", &settings::raw_files_retention, "how long taken files are kept"},
    {"", "log_level", &settings::log_level, "debug, info, warning or error"},
    {"", "largest_body", &settings::largest_body, "bytes of a pushed body at most"},
    {"", "folder_scan", &settings::folder_scan, "how often folders are looked through, 1s to 1h"},
    {"", "all_well_at", &settings::all_well_at, "local time of the daily all-well mail to operators; empty: none"},
    {"", "digest_at", &settings::digest_at, "local time of the digest of what waited for the morning"},
    {"", "weekly_digest_on", &settings::weekly_digest_on, "weekday on which it holds the week's as well: mon to sun"},
    {"", "outage_after", &settings::outage_after,
     "away, or unable to send, for longer: what waited is told in digests; 1s to 1h"},
    {"", "purge_at", &settings::purge_at, "local time of the daily purge by the feeds' retention; empty: by hand"},
    {"", "heartbeat_url", &settings::heartbeat_url, "asked with GET while all is well, for a watcher outside"},
    {"", "heartbeat_every", &settings::heartbeat_every, "how often, 1s to 1h"},
    {"", "public_url", &settings::public_url,
     "where people reach this listener, such as https://alerts.example.org; empty: messages hold no links"},
    {"", "notify_callback_token_file", &settings::notify_callback_token_file,
     "bearer token of GOV.UK Notify's delivery receipts, or credential:NAME; empty: none are taken"},
    {"", "canary_at", &settings::canary_at, "local time of the daily canary; empty: none"},
    {"smtp", "url", &smtp_settings::url, "smtp://host:587 or smtps://host:465; empty means no e-mail"},
    {"smtp", "from", &smtp_settings::from, "sender address"},
    {"smtp", "username", &smtp_settings::username, "account at the mail server"},
    {"smtp", "password_file", &smtp_settings::password_file, "its password, or credential:NAME"},
    {"smtp", "ca_file", &smtp_settings::ca_file, "trust only this authority; empty means the system's"},
    {"smtp", "require_tls", &smtp_settings::require_tls, "refuse to send without TLS"},
    {"smtp", "timeout", &smtp_settings::timeout, "how long one mail may take; then it is tried again"},
});

const std::array weekdays = std::to_array<std::string>({"mon", "tue", "wed", "thu", "fri", "sat", "sun"});
constexpr std::int64_t smallest_body = 1024;
constexpr std::int64_t largest_body = std::int64_t{1} << 30U;

void read_duration(yaml::mapping_reader& keys, std::string_view key, duration& into) {
  const auto* node = keys.optional(key);
  if (node == nullptr) return;
  const auto read = node->is_scalar() ? parse_duration(node->text) : std::nullopt;
  if (key.ends_with("_retention")) {
    if (read && *read >= std::chrono::hours{1} && *read <= std::chrono::hours{24 * 3650})
      into = *read;
    else
      keys.complain(node->at, "bad-duration",
                    fmt::format("'{}' must be a duration from 1h to 3650d, such as 14d", key));
    return;
  }
  if (!read || *read < std::chrono::seconds{1} || *read > std::chrono::hours{1})
    keys.complain(node->at, "bad-duration",
                  fmt::format("'{}' must be a duration from 1s to 1h, such as 2s or 5m", key));
  else
    into = *read;
}

// An empty value is how a person switches a setting off.
void read_text(yaml::mapping_reader& keys, std::string_view key, std::string& into) {
  const auto* node = keys.optional(key);
  if (node == nullptr) return;
  if (node->is_null())
    into.clear();
  else if (node->is_scalar())
    into = node->text;
  else
    keys.complain(node->at, "wrong-type", fmt::format("'{}' must be text, found {}", key, yaml::describe(*node)));
}

struct reading {
  yaml::mapping_reader& keys;
  settings& into;
  std::string_view key;

  void operator()(std::string settings::*at) const { read_text(keys, key, into.*at); }
  void operator()(std::string smtp_settings::*at) const { read_text(keys, key, into.smtp.*at); }
  void operator()(std::filesystem::path settings::*at) const {
    if (const auto text = keys.optional_text(key)) into.*at = *text;
  }
  void operator()(unsigned short settings::*at) const {
    if (const auto number = keys.optional_integer(key, 0, 65'535)) into.*at = static_cast<unsigned short>(*number);
  }
  void operator()(std::size_t settings::*at) const {
    if (const auto number = keys.optional_integer(key, smallest_body, largest_body))
      into.*at = static_cast<std::size_t>(*number);
  }
  void operator()(duration settings::*at) const { read_duration(keys, key, into.*at); }
  void operator()(duration smtp_settings::*at) const { read_duration(keys, key, into.smtp.*at); }
  void operator()(bool smtp_settings::*at) const {
    if (const auto yes = keys.optional_bool(key)) into.smtp.*at = *yes;
  }
};

void read_rows(yaml::mapping_reader& keys, std::string_view section, settings& into) {
  for (const auto& r : rows)
    if (r.section == section) std::visit(reading{keys, into, r.key}, r.where);
}

// "smtp://user:secret@host" -> "smtp://[redacted]@host".
std::string redacted(const std::string& text) {
  const auto scheme = text.find("://");
  if (scheme == std::string::npos) return text;
  const auto at = text.find('@', scheme);
  return at == std::string::npos ? text : text.substr(0, scheme + 3) + "[redacted]" + text.substr(at);
}

struct showing {
  const settings& from;

  std::string operator()(std::string settings::*at) const { return redacted(from.*at); }
  std::string operator()(std::string smtp_settings::*at) const { return redacted(from.smtp.*at); }
  std::string operator()(std::filesystem::path settings::*at) const { return (from.*at).string(); }
  std::string operator()(unsigned short settings::*at) const { return std::to_string(from.*at); }
  std::string operator()(std::size_t settings::*at) const { return std::to_string(from.*at); }
  std::string operator()(duration settings::*at) const { return format_duration(from.*at); }
  std::string operator()(duration smtp_settings::*at) const { return format_duration(from.smtp.*at); }
  std::string operator()(bool smtp_settings::*at) const { return from.smtp.*at ? "true" : "false"; }
};

// What no single row can say.
void check_together(const yaml::node& root, yaml::mapping_reader& keys, const settings& read) {
  const auto at = [&](std::string_view key) {
    const auto* e = root.find(key);
    return e == nullptr ? root.at : e->value.at;
  };
  if (!zone::named(read.zone_name))
    keys.complain(at("zone"), "bad-value",
                  fmt::format("no time zone '{}' on this system; write one such as Europe/London", read.zone_name));
  const std::array levels = std::to_array<std::string>({"debug", "info", "warning", "error"});
  if (std::find(levels.begin(), levels.end(), read.log_level) == levels.end())
    keys.complain(at("log_level"), "bad-value",
                  fmt::format("'log_level' must be {}, not '{}'", join_or(levels), read.log_level));
  const auto check_time = [&](const char* key, const std::string& text) {
    if (!text.empty() && !parse_time_of_day(text))
      keys.complain(at(key), "bad-value",
                    fmt::format("'{}' must be a time of day such as \"08:00\", or empty; not '{}'", key, text));
  };
  check_time("all_well_at", read.all_well_at);
  check_time("purge_at", read.purge_at);
  check_time("canary_at", read.canary_at);
  if (!parse_time_of_day(read.digest_at))
    keys.complain(at("digest_at"), "bad-value",
                  fmt::format("'digest_at' must be a time of day such as \"08:00\", not '{}'", read.digest_at));
  if (std::find(weekdays.begin(), weekdays.end(), read.weekly_digest_on) == weekdays.end())
    keys.complain(at("weekly_digest_on"), "bad-value",
                  fmt::format("'weekly_digest_on' must be {}, not '{}'", join_or(weekdays), read.weekly_digest_on));
  if (!read.heartbeat_url.empty() && !read.heartbeat_url.starts_with("https://") &&
      !read.heartbeat_url.starts_with("http://"))
    keys.complain(at("heartbeat_url"), "bad-value", "'heartbeat_url' must begin with https:// or http://");
  if (!read.public_url.empty() && (!read.public_url.starts_with("http") || read.public_url.ends_with('/') ||
                                   read.public_url.find("://") == std::string::npos))
    keys.complain(at("public_url"), "bad-value",
                  "'public_url' must be such as https://alerts.example.org, without a '/' at its end");
  if (read.tls_certificate_file.empty() != read.tls_key_file.empty())
    keys.complain(at(read.tls_key_file.empty() ? "tls_certificate_file" : "tls_key_file"), "missing-key",
                  "'tls_certificate_file' and 'tls_key_file' go together: set both, or neither for plain HTTP");
  if (!read.smtp.url.empty() && !read.smtp.url.starts_with("smtp://") && !read.smtp.url.starts_with("smtps://"))
    keys.complain(at("smtp"), "bad-value", "'smtp.url' must begin with smtp:// or smtps://");
  if (read.smtp.url.find('@') != std::string::npos)
    keys.complain(at("smtp"), "bad-value",
                  "'smtp.url' holds an account; put it into 'smtp.username' and 'smtp.password_file'");
}

void settle_folders(settings& read) {
  if (read.state_dir.empty()) read.state_dir = "/var/lib/forewarn";
  read.state_dir = resolve(read, read.state_dir.string());
  read.inbox_dir = read.inbox_dir.empty() ? read.state_dir / "inbox" : resolve(read, read.inbox_dir.string());
}

} // namespace

settings load_settings(const std::filesystem::path& config_dir, problems& found, std::vector<source_text>& sources) {
  settings read;
  read.config_dir = config_dir;
  const auto files = read_files(config_dir / "forewarn.yaml", {".yaml"}, found);
  if (!files.empty()) {
    sources.push_back(files.front());
    const auto root = yaml::parse(files.front());
    if (!root) {
      found.insert(found.end(), root.error().begin(), root.error().end());
    } else {
      yaml::mapping_reader keys{*root, files.front().path, "", found};
      if (const auto* version = keys.optional("version"); version != nullptr && yaml::as_integer(*version) != 1)
        keys.complain(version->at, "bad-value",
                      "'version' must be 1, the only version of this file that this Forewarn knows");
      read_rows(keys, "", read);
      if (const auto* smtp = keys.optional("smtp")) {
        yaml::mapping_reader inner{*smtp, files.front().path, "smtp: ", found};
        read_rows(inner, "smtp", read);
        inner.finish();
      }
      check_together(*root, keys, read);
      keys.finish();
    }
  }
  settle_folders(read);
  return read;
}

std::vector<shown_setting> show_settings(const settings& these) {
  std::vector<shown_setting> out;
  for (const auto& r : rows)
    out.push_back({r.section.empty() ? std::string{r.key} : fmt::format("{}.{}", r.section, r.key),
                   std::visit(showing{these}, r.where), std::string{r.help}});
  return out;
}

alerting::digest_times digest_times_of(const settings& these) {
  alerting::digest_times out;
  if (const auto at = parse_time_of_day(these.digest_at)) out.digest_at = *at;
  const auto day = std::find(weekdays.begin(), weekdays.end(), these.weekly_digest_on);
  if (day != weekdays.end()) out.weekly_on = static_cast<unsigned>(day - weekdays.begin());
  out.outage_after = these.outage_after;
  return out;
}

std::filesystem::path resolve(const settings& these, const std::string& path) {
  const std::filesystem::path written{path};
  return written.is_absolute() ? written : (these.config_dir / written).lexically_normal();
}

} // namespace forewarn
