// SPDX-License-Identifier: Apache-2.0
// `forewarn quarantine`: the rows that could not be used, each with where it stood and why. Shows redacted values only.
#include "daemon/commands/client.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/own_desk.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/quarantine/wishes.hpp"
#include "daemon/store/open.hpp"

#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

struct wishes {
  std::string code;
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
  const auto kept =
      row.raw.empty() ? "no: only sending it again helps" : "as it came, encrypted; `retry` takes it again";
  if (shared.output == "json") {
    std::cout << boost::json::serialize(as_json(row)) << '\n';
    return outcome::done;
  }
  std::cout << fmt::format("id      {}\nfeed    {}\nwhere   {}\ncolumn  {}\ncode    {}\nreason  {}\nvalue   {}\n"
                           "taken   {}\nkept    {}\n",
                           row.id, row.feed.str(), place(row), row.column.empty() ? "-" : row.column, row.code,
                           row.reason, row.shown.empty() ? "-" : row.shown, from->time(row.at), kept);
  return outcome::done;
}

// Through the daemon where it runs, else on the store itself.
quarantine_wish wish_of(const wishes& these) {
  quarantine_wish out;
  if (!these.feed.empty()) out.feed = feed_id{these.feed};
  if (these.id > 0) out.id = these.id;
  out.code = these.code;
  return out;
}

std::string as_query(const wishes& these) {
  std::string out;
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) out += fmt::format("{}{}={}", out.empty() ? "?" : "&", key, value);
  };
  add("feed", these.feed);
  add("id", these.id > 0 ? std::to_string(these.id) : "");
  add("code", these.code);
  return out;
}

std::int64_t number(const boost::json::object& from, std::string_view key) {
  const auto* value = from.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<std::int64_t>() : 0;
}

outcome tell_retried(const boost::json::object& told, const context& shared) {
  if (shared.output == "json") {
    std::cout << boost::json::serialize(told) << '\n';
    return outcome::done;
  }
  std::cout << fmt::format("{} rows tried: {} accepted, {} duplicate, {} stale, {} unselected, {} still refused\n",
                           number(told, "tried"), number(told, "accepted"), number(told, "duplicate"),
                           number(told, "stale"), number(told, "unselected"), number(told, "still_refused"));
  if (const auto lost = number(told, "not_kept"); lost > 0)
    std::cout << fmt::format("{} rows are kept no longer as they came: ask the partner to send them again\n", lost);
  if (const auto locked = number(told, "other_key"); locked > 0)
    std::cout << fmt::format("{} rows were kept under another key: give that one as quarantine_key_file\n", locked);
  if (const auto* unknown = told.if_contains("unknown_feeds"))
    for (const auto& feed : unknown->as_array())
      std::cout << fmt::format("rows of feed '{}' stay: it is in feeds.d no longer\n", std::string{feed.as_string()});
  return outcome::done;
}

std::optional<configuration> loaded(const context& shared) {
  auto all = load_configuration(shared.config_dir, load_for::run);
  if (all.usable()) return all;
  std::cerr << render(all.found, all.sources);
  return {};
}

outcome retry(const wishes& these, const context& shared) {
  if (daemon_runs(shared)) {
    const auto answer = ask_or_complain(shared, {"POST", "/v1/quarantine/retry" + as_query(these), "", ""});
    if (!answer) return outcome::failed;
    return tell_retried(boost::json::parse(*answer).as_object(), shared);
  }
  const auto all = loaded(shared);
  if (!all) return outcome::failed;
  const auto into = own_desk::open(*all);
  if (!into) {
    std::cerr << "forewarn: " << into.error() << '\n';
    return outcome::failed;
  }
  reader_pool readers{[&] {
    auto reader = open_reader(all->settings.state_dir);
    if (!reader) throw store_error{reader.error()};
    return std::move(*reader);
  }};
  const auto done = retry_wished(
      *all, readers, [&](row_batch batch) { return (*into)->take(std::move(batch)); }, wish_of(these));
  if (!done) {
    std::cerr << "forewarn: " << done.error() << '\n';
    return outcome::failed;
  }
  return tell_retried(view(*done), shared);
}

outcome tell_discarded(std::int64_t count, const context& shared) {
  if (shared.output == "json")
    std::cout << boost::json::serialize(boost::json::object{{"discarded", count}}) << '\n';
  else
    std::cout << fmt::format("{} rows discarded; they are gone for good\n", count);
  return outcome::done;
}

outcome discard(const wishes& these, const context& shared) {
  if (daemon_runs(shared)) {
    const auto answer =
        ask_or_complain(shared, {"POST", "/v1/quarantine/discard" + as_query(these),
                                 boost::json::serialize(boost::json::object{{"who", shared.who}}), "application/json"});
    if (!answer) return outcome::failed;
    return tell_discarded(number(boost::json::parse(*answer).as_object(), "discarded"), shared);
  }
  const auto all = loaded(shared);
  if (!all) return outcome::failed;
  const auto into = own_desk::open(*all);
  if (!into) {
    std::cerr << "forewarn: " << into.error() << '\n';
    return outcome::failed;
  }
  std::vector<quarantined_row> rows;
  (*into)->run([&](desk_view& at) {
    rows = wished_rows(at.ledger, wish_of(these));
    release_rows(rows, at.ledger);
  });
  forget_raw(*all, rows);
  return tell_discarded(static_cast<std::int64_t>(rows.size()), shared);
}

void add_choice(CLI::App& verb, wishes& these) {
  auto* id = verb.add_option("ID", these.id, "one row, as in the list");
  auto* feed = verb.add_option("--feed", these.feed, "all rows of this feed")->type_name("FEED");
  verb.add_option("--code", these.code, "of these, only those with this code, such as bad-time")->needs(feed);
  id->excludes(feed);
}

bool chosen(const wishes& these) {
  if (these.id > 0 || !these.feed.empty()) return true;
  std::cerr << "forewarn: which rows? give one ID, or --feed FEED for all of a feed\n";
  return false;
}

} // namespace

void add_quarantine(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("quarantine", "rows that could not be used, each with place and reason");
  verb->footer("Examples:\n  forewarn quarantine list --feed ambulance\n  forewarn quarantine show 17\n"
               "  forewarn quarantine retry --feed ambulance --code bad-time");
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

  auto* retrying = verb->add_subcommand("retry", "through the mapping of today: for when it has been mended");
  retrying->footer(
      "What is used now leaves quarantine; what is refused again stays, with today's reason. The raw rows\n"
      "lie encrypted in quarantine.db for as long as quarantine_retention says.\n\n"
      "Example: forewarn quarantine retry --feed ambulance --code bad-time");
  retrying->fallthrough();
  add_choice(*retrying, *these);
  retrying->callback([these, &shared] { shared.result = chosen(*these) ? retry(*these, shared) : outcome::usage; });

  auto* discarding = verb->add_subcommand("discard", "give rows up; they are gone for good");
  discarding->footer("Example: forewarn quarantine discard 17");
  discarding->fallthrough();
  add_choice(*discarding, *these);
  discarding->callback([these, &shared] { shared.result = chosen(*these) ? discard(*these, shared) : outcome::usage; });
}

} // namespace forewarn::commands
