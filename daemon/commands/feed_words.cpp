// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/feed_words.hpp"

#include "connectors/feed.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

// Feeds that cannot be read are no laboratories: then their words stay hidden.
std::vector<feed_id> laboratories(const context& shared) {
  problems found;
  std::vector<source_text> sources;
  const auto reference = load_reference(shared.config_dir, found, sources);
  const auto loaded =
      connectors::load_feeds(read_files(shared.config_dir / "feeds.d", {".yaml", ".yml"}, found), reference, {});
  std::vector<feed_id> out;
  for (const auto& feed : loaded.feeds)
    if (feed.kind.str() == "drug_test") out.push_back(feed.id);
  return out;
}

outcome list_words(const context& shared, const std::string& feed) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto all = from->reader->review_items();
  const auto shown = words_to_show(all, feed, laboratories(shared));
  if (shared.output == "json") {
    boost::json::array out;
    for (const auto& item : shown)
      out.push_back({{"feed", item.feed.str()},
                     {"column", item.column},
                     {"word", item.word},
                     {"records", item.times},
                     {"first_seen", format_rfc3339(item.first_seen_at)},
                     {"last_seen", format_rfc3339(item.last_seen_at)}});
    std::cout << boost::json::serialize(out) << '\n';
    return outcome::done;
  }
  const auto hidden = words_of(all, feed) - shown.size();
  if (shown.empty()) {
    std::cout << "No words to review" << (feed.empty() ? "" : " from feed " + feed) << ".\n";
  } else {
    std::vector<std::vector<std::string>> cells;
    for (const auto& item : shown)
      cells.push_back({item.feed.str(), item.column, item.word, std::to_string(item.times),
                       from->time(item.first_seen_at), from->time(item.last_seen_at)});
    std::cout << as_table({"FEED", "COLUMN", "WORD", "RECORDS", "FIRST SEEN", "LAST SEEN"}, cells);
  }
  if (hidden > 0)
    std::cerr << fmt::format("forewarn: {} more {} in fewer than {} records each and are not shown: one might be a "
                             "person's name\n",
                             hidden, hidden == 1 ? "word was met" : "words were met", fewest_records);
  return outcome::done;
}

} // namespace

std::size_t words_of(const std::vector<review_item>& all, const std::string& feed) {
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const review_item& item) { return feed.empty() || item.feed.str() == feed; }));
}

std::vector<review_item> words_to_show(const std::vector<review_item>& all, const std::string& feed,
                                       const std::vector<feed_id>& laboratories) {
  std::vector<review_item> out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out), [&](const review_item& item) {
    if (!feed.empty() && item.feed.str() != feed) return false;
    const bool laboratory = std::find(laboratories.begin(), laboratories.end(), item.feed) != laboratories.end();
    return laboratory || item.times >= fewest_records;
  });
  return out;
}

void add_feed_words(CLI::App& feeds, context& shared) {
  const auto feed = std::make_shared<std::string>();
  auto* verb = feeds.add_subcommand("words", "words that feeds sent and no vocabulary file has");
  verb->add_option("FEED", *feed, "only this feed")->type_name("FEED");
  verb->footer(
      "For whoever keeps vocabulary/: add a word to a substance's synonyms, to ambiguous.yaml, or to the feed's own\n"
      "`values`, and it is understood from then on. A word met in fewer than three records is not shown, for it might\n"
      "be somebody's name; what laboratories call their samples is.\n\n"
      "Example: forewarn feeds words ambulance\n"
      "         forewarn feeds words -o json");
  verb->fallthrough();
  verb->callback([feed, &shared] { shared.result = list_words(shared, *feed); });
}

} // namespace forewarn::commands
