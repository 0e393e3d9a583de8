// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/past_records.hpp"

#include "daemon/commands/stored.hpp"
#include "daemon/retention/kept_days.hpp"
#include "daemon/rule_test/observation_yaml.hpp"
#include "daemon/wall_clock.hpp"
#include "forewarn/text.hpp"
#include "rules/condition.hpp"

#include <iostream>

#include <fmt/format.h>

namespace forewarn::commands {
namespace {

constexpr std::size_t complaints_shown = 20;

std::optional<observations_read> of_file(const std::string& path) {
  std::size_t told = 0;
  auto read = read_observations(path, [&](const std::string& why) {
    if (++told <= complaints_shown) std::cerr << why << '\n';
  });
  if (!read) {
    std::cerr << "forewarn: " << read.error() << '\n';
    return {};
  }
  if (read->refused > complaints_shown)
    std::cerr << fmt::format("... and {} more lines\n", read->refused - complaints_shown);
  if (read->refused > 0)
    std::cerr << fmt::format("{} of {} lines could not be used\n", read->refused, read->refused + read->taken.size());
  if (read->taken.empty()) {
    std::cerr << fmt::format("forewarn: no observation could be read from {}\n", past_name(path));
    return {};
  }
  return std::move(*read);
}

std::optional<observations_read> of_store(const context& shared) {
  const auto from = open_stored(shared);
  if (!from) {
    std::cerr << "forewarn: to ask about a file instead: --observations FILE.ndjson\n";
    return {};
  }
  observations_read out;
  from->reader->at_one_moment([&] {
    from->reader->each_revision([&](const observation& one) { out.taken.push_back(one); });
    out.turns = from->reader->feed_turns(instant::min());
    out.purged = retention::purged_in(*from->reader);
  });
  if (!out.taken.empty()) return out;
  std::cerr << "forewarn: the store holds no record yet; to ask about a file instead: --observations FILE.ndjson\n";
  return {};
}

} // namespace

std::optional<observations_read> past_records(const context& shared, const std::string& path) {
  return path.empty() ? of_store(shared) : of_file(path);
}

std::string past_name(const std::string& path) {
  if (path.empty()) return "the store";
  return path == "-" ? "standard input" : path;
}

std::shared_ptr<const rules::rule_set> rules_from(const reference_at_hand& known, const std::string& where) {
  auto read = read_rule_files(known, where.empty() ? std::vector<std::string>{} : std::vector{where});
  std::erase_if(read.found, [](const problem& one) { return one.how == severity::advice; });
  if (!read.found.empty()) std::cerr << render(read.found, read.sources);
  return has_errors(read.found) ? nullptr : read.rules;
}

bool read_option_time(const char* option, const std::string& text, const zone& local, std::optional<instant>& out) {
  if (text.empty()) return true;
  out = read_time(text, local);
  if (!out)
    std::cerr << fmt::format("forewarn: {} '{}' is not a time such as 2026-03-01T10:00:00Z or 2026-03-01\n", option,
                             text);
  return out.has_value();
}

const rules::rule* rule_named(const rules::rule_set& all, const std::string& id) {
  std::vector<std::string> ids;
  for (const auto& one : all.rules) {
    if (one.id.str() == id) return &one;
    ids.push_back(one.id.str());
  }
  std::cerr << fmt::format("forewarn: no rule '{}'{}\n", id, suggestion(id, ids));
  return nullptr;
}

std::optional<series_key> read_series(const std::vector<std::string>& written, const reference_data& reference) {
  series_key out;
  for (const auto& one : written) {
    const auto sign = one.find('=');
    const auto field = std::string{trim(one.substr(0, sign))};
    if (sign == std::string::npos || !rules::field_from_text(field)) {
      const auto words = rules::all_field_words();
      std::cerr << fmt::format("forewarn: --series '{}' is not FIELD=VALUE, such as ward=Armley{}\n", one,
                               suggestion(field, words));
      return {};
    }
    const std::string value{trim(one.substr(sign + 1))};
    out.emplace_back(field, rule_test::resolved(field, value, reference));
    const bool known = !rules::is_area_field(rules::field_from_text(field)->field) || value == "unknown" ||
                       reference.areas.find(area_code{out.back().second});
    if (known) continue;
    const auto places = reference.areas.all_words();
    std::cerr << fmt::format("forewarn: --series {}: no {} '{}', or several of that name: use its code{}\n", one, field,
                             value, suggestion(value, places));
    return {};
  }
  return out;
}

} // namespace forewarn::commands
