// SPDX-License-Identifier: Apache-2.0
// `forewarn quarantine`: the rows that could not be used, each with where it stood and why. Shows redacted values only.
#include "daemon/commands/command.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"

#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

struct wishes {
  std::string feed;
  std::int64_t after = 0;
  std::size_t limit = 100;
  std::int64_t id = 0;
};

boost::json::object as_json(const quarantined_row& row) {
  return {{"id", row.id},         {"feed", row.feed.str()}, {"source", row.source},
          {"line", row.line},     {"column", row.column},   {"code", row.code},
          {"reason", row.reason}, {"shown", row.shown},     {"at", format_rfc3339(row.at)}};
}

std::string place(const quarantined_row& row) {
  return row.line > 0 ? fmt::format("{}:{}", row.source, row.line) : row.source;
}

outcome list(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto feed = these.feed.empty() ? std::nullopt : std::optional{feed_id{these.feed}};
  const auto rows = from->reader->quarantined(feed, {.after = these.after, .limit = these.limit});
  if (shared.output == "json") {
    boost::json::array out;
    for (const auto& row : rows) out.push_back(as_json(row));
    std::cout << boost::json::serialize(out) << '\n';
    return outcome::done;
  }
  if (rows.empty()) {
    std::cout << "Nothing in quarantine" << (feed ? " from feed " + these.feed : "") << ".\n";
    return outcome::done;
  }
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : rows)
    cells.push_back({std::to_string(row.id), row.feed.str(), place(row), row.column, row.code, row.reason});
  std::cout << as_table({"ID", "FEED", "WHERE", "COLUMN", "CODE", "REASON"}, cells);
  if (rows.size() == these.limit)
    std::cerr << fmt::format("forewarn: these are the newest {}; older ones: --after {}\n", rows.size(),
                             rows.back().id);
  return outcome::done;
}

outcome show(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto rows = from->reader->quarantined({}, {.after = these.id + 1, .limit = 1});
  if (rows.empty() || rows.front().id != these.id) {
    std::cerr << fmt::format("forewarn: no row {} in quarantine; `forewarn quarantine list` shows those there are\n",
                             these.id);
    return outcome::failed;
  }
  const auto& row = rows.front();
  if (shared.output == "json") {
    std::cout << boost::json::serialize(as_json(row)) << '\n';
    return outcome::done;
  }
  std::cout << fmt::format("id      {}\nfeed    {}\nwhere   {}\ncolumn  {}\ncode    {}\nreason  {}\nvalue   {}\n"
                           "taken   {}\n",
                           row.id, row.feed.str(), place(row), row.column.empty() ? "-" : row.column, row.code,
                           row.reason, row.shown.empty() ? "-" : row.shown, from->time(row.at));
  return outcome::done;
}

} // namespace

void add_quarantine(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("quarantine", "rows that could not be used, each with place and reason");
  verb->footer("Examples:\n  forewarn quarantine list --feed ambulance\n  forewarn quarantine show 17");
  verb->require_subcommand(1);
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();

  auto* listing = verb->add_subcommand("list", "the newest first");
  listing->footer("Example: forewarn quarantine list --feed ambulance --limit 20 -o json");
  listing->fallthrough();
  listing->add_option("--feed", these->feed, "only this feed")->type_name("FEED");
  listing->add_option("--limit", these->limit, "at most so many")->capture_default_str();
  listing->add_option("--after", these->after, "go on after this id, towards older rows")->type_name("ID");
  listing->callback([these, &shared] { shared.result = list(*these, shared); });

  auto* showing = verb->add_subcommand("show", "one row; its value is redacted");
  showing->footer("Example: forewarn quarantine show 17");
  showing->fallthrough();
  showing->add_option("ID", these->id, "as in the list")->required();
  showing->callback([these, &shared] { shared.result = show(*these, shared); });
}

} // namespace forewarn::commands
