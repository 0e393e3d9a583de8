// SPDX-License-Identifier: Apache-2.0
#include "daemon/upkeep/checkup.hpp"

#include "daemon/canary.hpp"
#include "daemon/upkeep/certificates.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

namespace forewarn::checkup {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint64_t large_wal = 256ULL << 20U;
constexpr duration clock_tolerance = minutes{2};

finding good(std::string what, std::string text) {
  return {verdict::good, std::move(what), std::move(text)};
}
finding look(std::string what, std::string text) {
  return {verdict::look, std::move(what), std::move(text)};
}
finding wrong(std::string what, std::string text) {
  return {verdict::wrong, std::move(what), std::move(text)};
}

// The files that hold secrets, as the configuration names them.
std::set<std::string> secret_files(const configuration& all) {
  const auto& how = all.settings;
  std::set<std::string> out{how.tls_key_file, how.api_token_file, how.smtp.password_file,
                            how.pseudonym_key_file.empty() ? (how.state_dir / "pseudonym.key").string()
                                                           : how.pseudonym_key_file};
  for (const auto& one : all.feeds)
    if (one.push) out.insert(one.push->token_file);
  if (all.services)
    for (const auto& service : all.services->services)
      for (const auto& by : service.channels) out.insert(by.secret_files.begin(), by.secret_files.end());
  out.erase("");
  return out;
}

std::optional<finding> on_secret(const std::string& named, const settings& how) {
  // systemd hands credentials over to the daemon alone: whoever asks here does not see them.
  if (named.starts_with("credential:")) {
    if (std::getenv("CREDENTIALS_DIRECTORY") == nullptr) return {}; // NOLINT(concurrency-mt-unsafe)
    const auto read = read_secret(named, how.config_dir);
    if (read) return {};
    return wrong("secret " + named, read.error());
  }
  const auto path = resolve(how, named);
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    if (path.filename() == "pseudonym.key")
      return look("secret " + path.string(), "not there yet; it is made when the daemon first starts");
    return wrong("secret " + path.string(), "not there; give the file, or take the setting out");
  }
  if ((found.st_mode & S_IRWXO) != 0)
    return wrong("secret " + path.string(),
                 fmt::format("everybody on this machine may use it: chmod o= {}", path.string()));
  if ((found.st_mode & S_IWGRP) != 0)
    return look("secret " + path.string(), fmt::format("its group may write to it: chmod g-w {}", path.string()));
  return {};
}

} // namespace

findings on_configuration(const configuration& all) {
  const auto count = [&](severity how) {
    return std::count_if(all.found.begin(), all.found.end(), [&](const problem& one) { return one.how == how; });
  };
  if (const auto errors = count(severity::error); errors > 0)
    return {wrong("configuration", fmt::format("{} error{}; to see all: forewarnd --check --config {}", errors,
                                               errors == 1 ? "" : "s", all.settings.config_dir.string()))};
  const auto text = fmt::format("{} rules, {} feeds, {} services", all.rules ? all.rules->rules.size() : 0,
                                all.feeds.size(), all.services ? all.services->services.size() : 0);
  if (const auto warnings = count(severity::warning); warnings > 0)
    return {look("configuration",
                 fmt::format("{}; {} warning{}: forewarnd --check", text, warnings, warnings == 1 ? "" : "s"))};
  return {good("configuration", text)};
}

findings on_disk(const std::filesystem::path& state_dir, const std::optional<disk_room>& room) {
  std::error_code error;
  const bool there = std::filesystem::exists(state_dir, error);
  if (!there && !error)
    return {
        look("disk", fmt::format("{} is not there yet; the daemon makes it when it first starts", state_dir.string()))};
  if (!there || !room)
    return {wrong("disk",
                  fmt::format("{} is not yours to see; ask as root, or as the daemon's own user", state_dir.string()))};
  findings out;
  const auto text =
      fmt::format("{} of {} free at {}", spell_bytes(room->free), spell_bytes(room->total), state_dir.string());
  if (room->read_only)
    out.push_back(wrong("disk", state_dir.string() + " is mounted read-only: nothing can be taken"));
  else if (room->low())
    out.push_back(wrong("disk", text + "; make room before it is full"));
  else
    out.push_back(good("disk", text));
  struct stat found {};
  if (::stat(state_dir.c_str(), &found) == 0 && (found.st_mode & S_IRWXO) != 0)
    out.push_back(wrong("state folder",
                        fmt::format("everybody on this machine may look into it: chmod o= {}", state_dir.string())));
  return out;
}

findings on_database(const result<database_health, std::string>& found) {
  if (!found) return {wrong("database", found.error())};
  if (!found->made) return {look("database", "not there yet; the daemon makes it when it first starts")};
  findings out;
  if (found->integrity == "ok")
    out.push_back(good("database", fmt::format("whole, {}", spell_bytes(found->bytes))));
  else
    out.push_back(
        wrong("database",
              fmt::format("damaged ({}): stop the daemon, keep the files, restore the last backup", found->integrity)));
  if (found->wal_bytes > large_wal)
    out.push_back(look("write-ahead log", fmt::format("{}: something has read the database for a long time; if it does "
                                                      "not shrink, restart the daemon",
                                                      spell_bytes(found->wal_bytes))));
  else
    out.push_back(good("write-ahead log", spell_bytes(found->wal_bytes)));
  return out;
}

findings on_clock(instant now, std::optional<instant> last_received_at, std::optional<bool> synchronised,
                  const zone& local) {
  findings out;
  const auto text = fmt::format("{} ({})", local.format(now), local.name());
  if (last_received_at && *last_received_at > now + clock_tolerance)
    out.push_back(wrong("clock", fmt::format("it is {}, but a record was received at {}: the clock was set back", text,
                                             local.format(*last_received_at))));
  else if (synchronised == false)
    out.push_back(look("clock", text + "; the system says that it follows no time server"));
  else
    out.push_back(good("clock", text));
  return out;
}

findings on_feeds(const std::vector<connectors::feed>& feeds, const std::vector<feed_totals>& totals,
                  const std::vector<feed_watch>& watches, const zone& local) {
  findings out;
  for (const auto& one : feeds) {
    const auto of_it = [&](const auto& all) {
      return std::find_if(all.begin(), all.end(), [&](const auto& row) { return row.feed == one.id; });
    };
    const auto rows = of_it(totals);
    const auto watch = of_it(watches);
    const auto name = "feed " + one.id.str();
    const bool came = rows != totals.end() && rows->last_arrival;
    const auto last =
        came ? "last arrival " + local.format(*rows->last_arrival) : std::string{"nothing has arrived yet"};
    if (one.expect && watch != watches.end() && watch->overdue_since)
      out.push_back(
          wrong(name, fmt::format("overdue since {}; {}: ask the partner", local.format(*watch->overdue_since), last)));
    else if (!came)
      out.push_back(look(name, last));
    else
      out.push_back(good(name, fmt::format("{}; {} rows, {} refused", last, rows->rows, rows->quarantined)));
  }
  return out;
}

findings on_outbox(std::int64_t pending, std::optional<instant> oldest, std::int64_t lost_lately, instant now) {
  findings out;
  const auto age = oldest ? now - *oldest : duration{};
  const auto text = pending == 0 ? std::string{"nothing waits"}
                                 : fmt::format("{} on their way, the oldest for {}", pending,
                                               spell_duration(std::chrono::duration_cast<minutes>(age)));
  if (age > hours{1})
    out.push_back(wrong("messages", text + ": forewarn deliveries list"));
  else if (age > minutes{15})
    out.push_back(look("messages", text + ": forewarn deliveries list"));
  else
    out.push_back(good("messages", text));
  if (lost_lately > 0)
    out.push_back(wrong("messages lost", fmt::format("{} in the last day did not arrive and are not tried again: "
                                                     "forewarn deliveries list",
                                                     lost_lately)));
  return out;
}

findings on_destinations(const outbox::stuck& found, instant now, const zone& local) {
  findings out;
  for (const auto& one : found.destinations) {
    const auto what = fmt::format("{} by {}", one.service.str(), one.channel);
    const auto waits = fmt::format("{} wait ({} red){}", one.waiting, one.red,
                                   one.last_result.empty() ? "" : ", the last try: " + one.last_result);
    if (one.said_gone)
      out.push_back(
          wrong(what, "its receiver said 410 and is sent nothing: ask its owner, then forewarn services test " +
                          one.service.str()));
    else if (one.down_since)
      out.push_back(wrong(what, fmt::format("down since {}; {}", local.format(*one.down_since), waits)));
    else
      out.push_back(look(what, waits));
  }
  for (const auto& one : found.unconfirmed)
    if (one.confirm_by && *one.confirm_by < now)
      out.push_back(wrong("not confirmed", fmt::format("{} has not said that it has {}; it was to by {}: ring them",
                                                       one.service.str(), one.about, local.format(*one.confirm_by))));
  return out;
}

findings on_canaries(const configuration& all, const store_reader& stored, instant now, const zone& local) {
  if (!all.services || all.settings.canary_at.empty()) return {};
  findings out;
  const auto ways = canary::ways(all.feeds, *all.services);
  const auto came = canary::last(ways, stored);
  if (came.empty()) return {look("canary", "none has come through yet; it goes out at " + all.settings.canary_at)};
  for (const auto& way : ways) {
    const auto it = came.find(way);
    if (it == came.end())
      out.push_back(look("canary", "none has come through yet by " + way));
    else if (now - it->second > hours{25})
      out.push_back(
          wrong("canary", fmt::format("by {} none has come through since {}", way, local.format(it->second))));
  }
  if (const auto kinds = canary::untried(*all.services); !kinds.empty())
    out.push_back(look("canary", fmt::format("none goes by {}: give a service with the role exercise such a channel",
                                             join_and(kinds))));
  for (const auto& [feed, why] : canary::unmappable(all.feeds))
    out.push_back(look("canary", fmt::format("none tries the mapping of feed {}, for no record can be made up that it "
                                             "takes: {}",
                                             feed.str(), why)));
  if (out.empty()) out.push_back(good("canary", fmt::format("came through by all {} ways", ways.size())));
  return out;
}

findings on_notices(const std::vector<operator_notice>& standing, const zone& local) {
  findings out;
  for (const auto& one : standing)
    out.push_back(wrong("notice", fmt::format("{} (since {})", one.subject, local.format(one.raised_at))));
  return out;
}

findings on_certificates(const configuration& all, instant now) {
  findings out;
  for (const auto& one : certificate_ends(all)) {
    const auto left = std::chrono::duration_cast<std::chrono::days>(one.until - now).count();
    const auto what = "certificate " + one.file.string();
    if (one.until <= now)
      out.push_back(wrong(what, "it has ended: replace it and restart the daemon"));
    else if (left < 21)
      out.push_back(look(what, fmt::format("it ends in {} days", left)));
    else
      out.push_back(good(what, fmt::format("good for {} days", left)));
  }
  return out;
}

findings on_secrets(const configuration& all) {
  findings out;
  const auto named = secret_files(all);
  for (const auto& one : named)
    if (auto found = on_secret(one, all.settings)) out.push_back(std::move(*found));
  if (out.empty()) out.push_back(good("secrets", fmt::format("{} named, none open to others", named.size())));
  return out;
}

std::optional<bool> clock_is_synchronised() {
  timex asked{};
  const int state = ::adjtimex(&asked);
  if (state < 0) return {};
  return state != TIME_ERROR && (static_cast<unsigned>(asked.status) & STA_UNSYNC) == 0;
}

} // namespace forewarn::checkup
