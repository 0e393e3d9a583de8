// SPDX-License-Identifier: Apache-2.0
// `forewarn feeds`: which feeds are configured and how they keep their contracts, and what one would make of a file.
// Reads the configuration folder and the file, `list` the store as well where there is one, so it may be tried anywhere
// and at any time. Only `reread` writes.
#include "daemon/commands/client.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/feed_references.hpp"
#include "daemon/commands/feed_tables.hpp"
#include "daemon/commands/feed_words.hpp"
#include "daemon/commands/observation_file.hpp"
#include "daemon/commands/own_desk.hpp"
#include "daemon/feed_spec.hpp"
#include "daemon/feed_trial.hpp"
#include "daemon/quarantine/wishes.hpp"
#include "daemon/settings.hpp"
#include "daemon/store/open.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <openssl/rand.h>

namespace forewarn::commands {
namespace {

struct found_feeds {
  std::vector<connectors::feed> feeds;
  bool broken = false; // some file has errors; they are on stderr
};

// Rules, services and the rest may be half-written: feeds are looked at on their own.
found_feeds load_all(const context& shared, const std::filesystem::path& folder_or_file,
                     const connectors::mapping_secrets& secrets = {}) {
  problems found;
  std::vector<source_text> sources;
  const auto reference = load_reference(shared.config_dir, found, sources);
  const auto files = read_files(folder_or_file, {".yaml", ".yml"}, found);
  sources.insert(sources.end(), files.begin(), files.end());
  auto loaded = connectors::load_feeds(files, reference, secrets);
  found.insert(found.end(), loaded.found.begin(), loaded.found.end());
  std::cerr << render(found, sources);
  return {std::move(loaded.feeds), has_errors(found)};
}

bool names_a_file(const std::string& feed) {
  return feed.ends_with(".yaml") || feed.ends_with(".yml");
}

// By id, or by the path of a file that is not in the folder yet.
std::optional<connectors::feed> find_feed(const context& shared, const std::string& wanted,
                                          const connectors::mapping_secrets& secrets = {}) {
  const auto where = names_a_file(wanted) ? std::filesystem::path{wanted} : shared.config_dir / "feeds.d";
  auto all = load_all(shared, where, secrets);
  std::vector<std::string> ids;
  for (auto& one : all.feeds) {
    if (names_a_file(wanted) || one.id.str() == wanted) return std::move(one);
    ids.push_back(one.id.str());
  }
  if (all.broken)
    std::cerr << "forewarn: mend the errors above first\n";
  else if (ids.empty())
    std::cerr << fmt::format("forewarn: no feeds are configured in {}\n", where.string());
  else
    std::cerr << fmt::format("forewarn: no feed '{}' in {}{}; there are {}\n", wanted, where.string(),
                             suggestion(wanted, ids), join_and(ids));
  return {};
}

outcome list(const context& shared) {
  const auto all = load_all(shared, shared.config_dir / "feeds.d");
  problems found;
  std::vector<source_text> sources;
  const auto how = load_settings(shared.config_dir, found, sources); // its mistakes are another verb's business
  const auto stored = open_reader(how.state_dir);
  const auto known = stored ? standings(**stored) : feed_standings{};
  std::cout << (shared.output == "json"
                    ? feeds_as_json(all.feeds, known)
                    : feeds_as_table(all.feeds, known, zone::named(how.zone_name).value_or(zone::utc())));
  return all.broken ? outcome::failed : outcome::done;
}

outcome show(const context& shared, const std::string& wanted) {
  const auto one = find_feed(shared, wanted);
  if (!one) return outcome::failed;
  std::cout << (shared.output == "json" ? feed_as_json(*one) : feed_as_text(*one));
  return outcome::done;
}

outcome spec(const context& shared, const std::string& wanted) {
  const auto one = find_feed(shared, wanted);
  if (!one) return outcome::failed;
  const auto text = feed_spec(*one);
  if (shared.output == "json")
    std::cout << boost::json::serialize(boost::json::object{{"feed", one->id.str()}, {"markdown", text}}) << '\n';
  else
    std::cout << text;
  return outcome::done;
}

outcome tell_reread(const boost::json::object& told, const context& shared) {
  if (shared.output == "json") {
    std::cout << boost::json::serialize(told) << '\n';
    return outcome::done;
  }
  const auto number = [&](const char* key) { return told.at(key).to_number<std::int64_t>(); };
  std::cout << fmt::format(
      "{} files, {} rows, {} records: {} differ now and were taken ({} of them revisions), {} are as "
      "they were, {} stale; {} rows left out, {} refused\n",
      number("files"), number("rows"), number("records"), number("accepted"), number("revised"), number("duplicate"),
      number("stale"), number("unselected"), number("refused"));
  if (const auto broken = number("broken_files"); broken > 0)
    std::cout << fmt::format("{} files could not be read to their end\n", broken);
  for (const auto& why : told.at("unreadable_files").as_array())
    std::cerr << "forewarn: " << std::string{why.as_string()} << '\n';
  return told.at("unreadable_files").as_array().empty() ? outcome::done : outcome::failed;
}

outcome reread_kept(const context& shared, const std::string& wanted) {
  if (daemon_runs(shared)) {
    const auto answer = ask_or_complain(shared, {"POST", "/v1/feeds/" + wanted + "/reread", "", ""});
    if (!answer) return outcome::failed;
    return tell_reread(boost::json::parse(*answer).as_object(), shared);
  }
  const auto all = load_configuration(shared.config_dir, load_for::run);
  if (!all.usable()) {
    std::cerr << render(all.found, all.sources);
    return outcome::failed;
  }
  const auto of =
      std::find_if(all.feeds.begin(), all.feeds.end(), [&](const auto& feed) { return feed.id.str() == wanted; });
  std::string wrong;
  if (of == all.feeds.end())
    wrong = fmt::format("no feed '{}' in feeds.d; `forewarn feeds list` shows those there are", wanted);
  else if (all.raw_files_key.empty())
    wrong = no_files_kept();
  result<std::unique_ptr<own_desk>, std::string> into = failure(wrong);
  if (wrong.empty()) into = own_desk::open(all);
  if (!into) {
    std::cerr << "forewarn: " << into.error() << '\n';
    return outcome::failed;
  }
  const raw_files kept{all.settings.state_dir, all.raw_files_key};
  return tell_reread(view(reread(*of, kept, [&](row_batch batch) { return (*into)->take(std::move(batch)); })), shared);
}

struct test_wishes {
  std::string feed;
  std::string file;
  std::string out; // every observation as NDJSON
  trial_limits shown;
};

// Nobody keeps it, so a pseudonym made with it leads back to nobody.
sensitive<std::string> passing_key() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error{"the system gives no random bytes"};
  return sensitive<std::string>{{bytes.begin(), bytes.end()}};
}

// With --out, what goes into the file is what the report counts.
result<feed_trial, std::string> run_trial(const connectors::feed& from, const test_wishes& these) {
  if (these.out.empty()) return try_feed(from, connectors::open_file(these.file), these.shown);
  feed_trial done;
  const auto written = write_observations(these.out, [&](const observation_writer& write) {
    done = try_feed(from, connectors::open_file(these.file), these.shown, {}, write);
  });
  if (!written) return failure(written.error());
  std::cerr << fmt::format("forewarn: {} observations written to {}\n", *written, these.out);
  return done;
}

outcome test(const context& shared, const test_wishes& these) {
  const auto one = find_feed(shared, these.feed, {these.out.empty() ? sensitive<std::string>{} : passing_key()});
  if (!one) return outcome::failed;
  if (std::filesystem::is_directory(these.file)) {
    std::cerr << fmt::format("forewarn: {} is a folder; name one file\n", these.file);
    return outcome::failed;
  }
  try {
    const auto trial = run_trial(*one, these);
    if (!trial) {
      std::cerr << "forewarn: " << trial.error() << '\n';
      return outcome::failed;
    }
    std::cout << (shared.output == "json" ? trial_as_json(*trial) : trial_as_text(*trial, one->id, these.file));
    return trial->usable() ? outcome::done : outcome::failed;
  } catch (const std::system_error& why) {
    std::cerr << "forewarn: " << why.what() << '\n';
    return outcome::failed;
  }
}

void add_trial(CLI::App& feeds, context& shared) {
  const auto wishes = std::make_shared<test_wishes>();
  auto* verb = feeds.add_subcommand("test", "what a feed would make of a file; nothing is taken");
  verb->add_option("FEED", wishes->feed, "the feed's id, or a feed's YAML file")->required();
  verb->add_option("FILE", wishes->file, "a file as the partner sends it, gzipped or not")
      ->required()
      ->check(CLI::ExistingPath);
  verb->add_option("--observations", wishes->shown.observations, "how many observations to show")
      ->capture_default_str();
  verb->add_option("--out", wishes->out, "file to write every observation to, as NDJSON that backtest reads")
      ->type_name("NDJSON");
  verb->add_option("--refused", wishes->shown.refusals, "how many refused rows to show")->capture_default_str();
  verb->footer(
      "Rows are judged against each other, not against what the daemon holds. Pseudonyms are made with an empty\n"
      "key, so they differ from the daemon's; in a file written by --out, with a key that is thrown away, so\n"
      "that they meet within that file only. Exit code 1 when the file cannot be read to its end or no row can\n"
      "be used.\n\n"
      "Example: forewarn feeds test ambulance calls.csv\n"
      "         forewarn feeds test ambulance last-year.csv.gz --out last-year.ndjson\n"
      "         forewarn feeds test new-feed.yaml sample.json -o json");
  verb->fallthrough();
  verb->callback([wishes, &shared] { shared.result = test(shared, *wishes); });
}

} // namespace

void add_feeds(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("feeds", "the partners' feeds: list, show, test a file, spec, reread");
  verb->require_subcommand(1);
  verb->footer("Example: forewarn feeds test ambulance calls.csv");
  verb->fallthrough();
  auto* all = verb->add_subcommand(
      "list", "every configured feed: when rows came last, when they are due, since when they are not");
  all->footer("Example: forewarn feeds list --config etc");
  all->fallthrough();
  all->callback([&shared] { shared.result = list(shared); });
  add_feed_words(*verb, shared);
  add_feed_references(*verb, shared);
  const auto wanted = std::make_shared<std::string>();
  auto* one = verb->add_subcommand("show", "one feed: who sends it, why, and which columns it reads");
  one->add_option("FEED", *wanted, "the feed's id, or a feed's YAML file")->required();
  one->footer("Example: forewarn feeds show ambulance");
  one->fallthrough();
  one->callback([wanted, &shared] { shared.result = show(shared, *wanted); });
  add_trial(*verb, shared);

  auto* page = verb->add_subcommand("spec", "a page to send to the partner: what to send, how, and what becomes of it");
  page->add_option("FEED", *wanted, "the feed's id, or a feed's YAML file")->required();
  page->footer("Example: forewarn feeds spec ambulance > ambulance-specification.md");
  page->fallthrough();
  page->callback([wanted, &shared] { shared.result = spec(shared, *wanted); });

  auto* again = verb->add_subcommand("reread", "the kept files once more, through a mended mapping or vocabulary");
  again->add_option("FEED", *wanted, "the feed's id")->required();
  again->footer("What reads differently now becomes a revision; what does not changes nothing. Files are kept,\n"
                "encrypted, where raw_files_key_file is set, for as long as raw_files_retention says.\n\n"
                "Example: forewarn feeds reread ambulance");
  again->fallthrough();
  again->callback([wanted, &shared] { shared.result = reread_kept(shared, *wanted); });
}

} // namespace forewarn::commands
