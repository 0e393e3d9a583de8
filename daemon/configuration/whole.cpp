// SPDX-License-Identifier: Apache-2.0
// The whole configuration folder, read in the order in which its parts need each other: settings, reference data,
// feeds, words, rules, services. Every problem of every part comes back in one run.
#include "daemon/configuration/reference.hpp"
#include "daemon/panel/forgetting.hpp"
#include "daemon/panel/policy.hpp"
#include "daemon/reporting/indicators.hpp"
#include "daemon/retention/look_back.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace forewarn {
namespace {

namespace fs = std::filesystem;

std::vector<source_text> part(configuration& all, const char* folder, const std::vector<std::string>& endings) {
  std::error_code error;
  const auto path = all.settings.config_dir / folder;
  if (!fs::exists(path, error)) return {};
  auto files = read_files(path, endings, all.found);
  all.sources.insert(all.sources.end(), files.begin(), files.end());
  return files;
}

void take(configuration& all, problems more) {
  all.found.insert(all.found.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

// Advice ids are the middles of "advice.ID.risk" and "advice.ID.actions".
std::vector<std::string> advice_ids(const alerting::word_book& words) {
  std::set<std::string> out;
  const auto note = [&](const std::string& key) {
    constexpr std::string_view prefix = "advice.";
    const auto end = key.rfind('.');
    if (key.starts_with(prefix) && end > prefix.size()) out.insert(key.substr(prefix.size(), end - prefix.size()));
  };
  for (const auto& [key, text] : words.blocks) note(key);
  for (const auto& [key, list] : words.lists) note(key);
  return {out.begin(), out.end()};
}

// What feeds and words let rules name. Without feeds.d nothing is known of feeds: a feed that a rule names is then only
// a warning, and any attribute is taken.
void let_rules_name(reference_data& reference, const fs::path& config_dir, const std::vector<connectors::feed>& feeds,
                    const alerting::word_book& words) {
  reference.advice = advice_ids(words);
  std::error_code error;
  if (!fs::exists(config_dir / "feeds.d", error)) return;
  reference.feeds.emplace();
  reference.attributes_known = true;
  std::set<std::string> attributes;
  for (const auto& one : feeds) {
    reference.feeds->push_back(one.id);
    attributes.insert(one.attribute_names.begin(), one.attribute_names.end());
  }
  reference.attributes.assign(attributes.begin(), attributes.end());
}

sensitive<std::string> or_complain(configuration& all, const char* setting,
                                   result<sensitive<std::string>, std::string> key) {
  if (key) return std::move(*key);
  all.found.push_back({(all.settings.config_dir / "forewarn.yaml").string(),
                       {},
                       severity::error,
                       "cannot-read",
                       fmt::format("'{}': {}", setting, key.error())});
  return {};
}

// Said when it is written, not on the day on which it is needed.
void warn_of_mail(configuration& all) {
  if (!all.settings.smtp.url.empty()) return;
  for (const auto& one : all.services->services)
    for (const auto& by : one.channels)
      if (by.kind == channel_kind::email)
        all.found.push_back(
            {one.path,
             {},
             severity::warning,
             "no-smtp",
             fmt::format("service '{}': nothing goes by its channel '{}' as long as forewarn.yaml names no "
                         "mail server; set smtp.url",
                         one.id.str(), by.name)});
}

} // namespace

configuration load_configuration(const fs::path& config_dir, load_for what) {
  configuration all;
  all.settings = load_settings(config_dir, all.found, all.sources);
  if (has_errors(all.found)) what = load_for::look; // a wrong state_dir must not be given a key

  auto reference = read_reference(all.settings, all.found, all.sources);
  const auto plain = std::make_shared<const reference_data>(reference);

  const auto& how = all.settings;
  const connectors::mapping_secrets secrets{or_complain(all, "pseudonym_key_file", pseudonym_key(how, what))};
  all.quarantine_key = or_complain(all, "quarantine_key_file", quarantine_key(how, what));
  if (!how.raw_files_key_file.empty())
    all.raw_files_key = or_complain(all, "raw_files_key_file", read_secret(how.raw_files_key_file, how.config_dir));
  auto feeds = connectors::load_feeds(part(all, "feeds.d", {".yaml", ".yml"}), plain, secrets);
  all.feeds = std::move(feeds.feeds);
  take(all, std::move(feeds.found));

  auto words = alerting::load_words(part(all, "templates", {".mustache", ".yaml", ".yml"}));
  let_rules_name(reference, config_dir, all.feeds, words.book);
  all.words = std::make_shared<const alerting::word_book>(std::move(words.book));
  take(all, std::move(words.found));

  all.reference = std::make_shared<const reference_data>(std::move(reference));
  auto rules = rules::load_rules(part(all, "rules.d", {".yaml", ".yml"}), all.reference);
  all.rules = std::move(rules.rules);
  take(all, std::move(rules.found));

  if (all.rules) take(all, retention::check(all.feeds, *all.rules));

  auto services = alerting::load_services(part(all, "services.d", {".yaml", ".yml"}), *all.reference);
  all.services = std::make_shared<const alerting::service_book>(std::move(services.book));
  take(all, std::move(services.found));
  warn_of_mail(all);

  auto panel = panel::load_policy(part(all, "grading", {".yaml", ".yml"}), *all.reference);
  for (const auto& id : panel.how.clocks.escalate_to)
    if (all.services->named(id).empty())
      all.found.push_back({(config_dir / "grading").string(),
                           {},
                           severity::error,
                           "bad-value",
                           fmt::format("clocks: escalate_to: no service or group '{}'", id.str())});
  all.panel = std::make_shared<const panel::policy>(std::move(panel.how));
  take(all, std::move(panel.found));
  if (all.rules) take(all, retention::check(panel::with_reports({}, *all.panel), *all.rules));

  reporting::loaded_indicators indicators;
  for (const auto& file : part(all, "indicators.yaml", {".yaml"}))
    indicators = reporting::load_indicators(file, *all.reference);
  take(all, std::move(indicators.found));
  return all;
}

std::shared_ptr<const reference_data> load_rule_reference(const fs::path& config_dir, problems& found,
                                                          std::vector<source_text>& sources) {
  const auto plain = load_reference(config_dir, found, sources);
  configuration around; // of feeds and words, only what would also stop the daemon is told
  around.settings.config_dir = config_dir;
  auto feeds = connectors::load_feeds(part(around, "feeds.d", {".yaml", ".yml"}), plain, {});
  take(around, std::move(feeds.found));
  auto words = alerting::load_words(part(around, "templates", {".mustache", ".yaml", ".yml"}));
  take(around, std::move(words.found));
  std::erase_if(around.found, [](const problem& one) { return one.how != severity::error; });
  found.insert(found.end(), around.found.begin(), around.found.end());
  sources.insert(sources.end(), around.sources.begin(), around.sources.end());
  auto out = std::make_shared<reference_data>(*plain);
  let_rules_name(*out, config_dir, feeds.feeds, words.book);
  return out;
}

} // namespace forewarn
