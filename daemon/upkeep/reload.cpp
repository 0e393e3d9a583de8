// SPDX-License-Identifier: Apache-2.0
#include "daemon/upkeep/reload.hpp"

#include "daemon/alerting/process.hpp"
#include "daemon/audit/note.hpp"
#include "daemon/rule_versions.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace forewarn {
namespace {

// Fewer revisions than this are left to the desk: it reads them in a moment.
constexpr std::size_t few_revisions = 2'000;

// Settings that the running process looks up each time it needs them.
constexpr auto followed = std::to_array<std::string_view>(
    {"folder_scan", "api_token_file", "inbox_dir", "all_well_at", "purge_at", "heartbeat_url", "heartbeat_every",
     "digest_at", "weekly_digest_on", "outage_after", "canary_at", "notify_callback_token_file"});

// What a running process cannot change: said in the log, so that nobody waits for it.
void tell_what_needs_a_restart(const settings& before, const settings& after) {
  const auto old_rows = show_settings(before);
  const auto new_rows = show_settings(after);
  for (std::size_t i = 0; i < old_rows.size(); ++i) {
    const auto& key = old_rows[i].key;
    if (old_rows[i].value == new_rows[i].value || std::find(followed.begin(), followed.end(), key) != followed.end())
      continue;
    spdlog::warn("event=setting_needs_restart setting={} do=\"restart the daemon: systemctl restart forewarnd\"", key);
  }
}

std::size_t rules_gone(const rules::rule_set& before, const rules::rule_set& after) {
  return static_cast<std::size_t>(std::count_if(before.rules.begin(), before.rules.end(), [&](const rules::rule& old) {
    return std::none_of(after.rules.begin(), after.rules.end(),
                        [&](const rules::rule& one) { return one.id == old.id; });
  }));
}

reload_answer refused(std::string why) {
  return {false, std::move(why), {}};
}

// What stands in the way: who is woken by a refused reload has no use for the advice beside it.
problems errors_of(const problems& found) {
  problems out;
  std::copy_if(found.begin(), found.end(), std::back_inserter(out),
               [](const problem& one) { return one.how == severity::error; });
  return out;
}

// The files' places and codes, never their text: it may hold a secret. A disk that takes nothing is told by the desk.
void note_refusal(desk& at, const rules::rule_set& in_force, const std::string& first, std::size_t errors) {
  try {
    at.run([&](desk_view& view) {
      audit::note(view.ledger, view.now,
                  {audit::nobody, "rules.reload_refused", {in_force.hash}, {}, {{"first", first}, {"errors", errors}}});
    });
  } catch (const std::exception& error) {
    spdlog::error("event=reload_refusal_not_noted error=\"{}\" do=\"look at the disk\"", error.what());
  }
}

} // namespace

reloader::outcome reloader::reload() {
  const std::lock_guard hold{one_at_a_time_};
  auto read = load_configuration(current_.load()->all.settings.config_dir, load_for::run);
  const auto sources = read.sources;
  auto next = put_in_force(std::move(read));
  if (next->all.usable()) return change(std::move(next));
  const auto errors = errors_of(next->all.found);
  note_refusal(desk_, *current_.load()->all.rules,
               errors.empty()
                   ? std::string{}
                   : fmt::format("{}:{}: {}", errors.front().path, errors.front().at.line, errors.front().code),
               errors.size());
  return {{false, render(errors, sources), next->all.found}, {}};
}

reloader::outcome reloader::change(std::shared_ptr<const in_force> next) {
  const auto before = current_.load();
  rule_change rules{next->all.rules, before->all.rules.get()};
  alerting::process* process = nullptr; // the desk's, on its thread alone
  rule_differences found;
  try {
    readers_.with([&](const store_reader& stored) {
      while (rules.read(stored) > few_revisions) {
      }
      return 0;
    });
    found = desk_.replace_rules(
        rules,
        [&](desk_view& view) {
          process = &view.process;
          process->replace(next->all.rules, next->all.services, next->all.words);
          const auto changed = note_rule_versions(*next->all.rules, view.ledger, view.now);
          process->keep(digest_times_of(next->all.settings));
          process->keep(next->all.panel);
          audit::note(view.ledger, view.now,
                      {audit::nobody,
                       "rules.reloaded",
                       {next->all.rules->hash},
                       {},
                       {{"before", before->all.rules->hash}, {"rules_changed", changed}}});
        },
        [&] {
          if (process == nullptr) return;
          process->replace(before->all.rules, before->all.services, before->all.words);
          process->keep(digest_times_of(before->all.settings));
          process->keep(before->all.panel);
        });
  } catch (const std::exception& error) {
    note_refusal(desk_, *before->all.rules, "not put in force", 1);
    return {refused(fmt::format("the rules could not be put in force: {}\n", error.what())), {}};
  }
  current_.store(next);
  tell_what_needs_a_restart(before->all.settings, next->all.settings);
  const auto text =
      fmt::format("reloaded: {} rules ({} new or changed, {} gone), {} feeds, {} services; closes {}, opens {}\n",
                  next->all.rules->rules.size(), rules.fresh_rules()->rules.size(),
                  rules_gone(*before->all.rules, *next->all.rules), next->all.feeds.size(),
                  next->all.services->services.size(), found.closed, found.opened);
  return {{true, text, next->all.found}, std::move(next)};
}

void reloader::rebuild() {
  const std::lock_guard hold{one_at_a_time_};
  rule_change all{current_.load()->all.rules, nullptr};
  readers_.with([&](const store_reader& stored) {
    while (all.read(stored) > few_revisions) {
    }
    return 0;
  });
  (void)desk_.replace_rules(all, {}, {});
}

} // namespace forewarn
