// SPDX-License-Identifier: Apache-2.0
// Which words for review a person may see.
#include "daemon/commands/feed_words.hpp"

#include <doctest/doctest.h>

using namespace forewarn;

namespace {

review_item item(const char* feed, const char* word, std::int64_t records) {
  return {feed_id{feed}, "Notes", word, records, {}, {}};
}

} // namespace

TEST_CASE("words met in fewer than three records stay hidden, save a laboratory's") {
  const std::vector<review_item> all{item("ambulance", "florbitane", 5), item("ambulance", "somebody", 2),
                                     item("ambulance", "vendicaine", 3), item("lab", "newazolam", 1)};
  const auto words = [&](const std::string& feed, const std::vector<feed_id>& laboratories) {
    std::string out;
    for (const auto& one : commands::words_to_show(all, feed, laboratories)) out += one.word + " ";
    return out;
  };
  CHECK(words("", {feed_id{"lab"}}) == "florbitane vendicaine newazolam ");
  CHECK(words("ambulance", {feed_id{"lab"}}) == "florbitane vendicaine ");
  CHECK(words("lab", {feed_id{"lab"}}) == "newazolam ");
  CHECK(words("lab", {}).empty()); // a feed that cannot be read is no laboratory
  CHECK(words("nobody", {}).empty());
  CHECK(commands::words_of(all, "ambulance") == 3);
  CHECK(commands::words_of(all, "") == 4);
}
