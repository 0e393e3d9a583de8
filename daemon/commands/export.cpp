// SPDX-License-Identifier: Apache-2.0
// `forewarn export observations`: every revision and withdrawal in the order taken, as NDJSON that `backtest` and
// `ingest --format observation` read; between them, when feeds fell silent and came back.
#include "daemon/commands/command.hpp"
#include "daemon/commands/observation_file.hpp"
#include "daemon/commands/stored.hpp"

#include <iostream>
#include <memory>

#include <fmt/format.h>

namespace forewarn::commands {
namespace {

// Answers how many observations there were.
std::size_t each_line(const store_reader& from, const line_writer& write) {
  std::size_t count = 0;
  from.at_one_moment([&] {
    const auto turns = from.feed_turns(instant::min());
    auto turn = turns.begin();
    from.each_revision([&](const observation& one) {
      for (; turn != turns.end() && turn->at < one.received_at; ++turn) write(to_json(*turn));
      write(to_json(one));
      ++count;
    });
    for (; turn != turns.end(); ++turn) write(to_json(*turn));
  });
  return count;
}

outcome to_file(const store_reader& from, const std::filesystem::path& file) {
  std::size_t count = 0;
  const auto written = write_lines(file, [&](const line_writer& write) { count = each_line(from, write); });
  if (!written) {
    std::cerr << "forewarn: " << written.error() << '\n';
    return outcome::failed;
  }
  std::cerr << fmt::format("forewarn: {} observations written to {}\n", count, file.string());
  return outcome::done;
}

outcome observations(const std::string& file, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  if (!file.empty() && file != "-") return to_file(*from->reader, file);
  (void)each_line(*from->reader, [](const std::string& line) { std::cout << line << '\n'; });
  std::cout.flush();
  if (std::cout) return outcome::done;
  std::cerr << "forewarn: the output was closed before everything was written\n";
  return outcome::failed;
}

} // namespace

void add_export(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("export", "data out of the store");
  verb->footer("Example: forewarn export observations --out taken.ndjson");
  verb->require_subcommand(1);
  verb->fallthrough();
  const auto file = std::make_shared<std::string>();
  auto* inner = verb->add_subcommand("observations", "every revision and withdrawal, in the order taken, as NDJSON");
  inner->footer("Example: forewarn export observations --out taken.ndjson\n"
                "         forewarn backtest --rules etc/rules.d --observations taken.ndjson");
  inner->fallthrough();
  inner->add_option("--out", *file, "file to write; without it, or with -, standard output")->type_name("FILE");
  inner->callback([file, &shared] { shared.result = observations(*file, shared); });
}

} // namespace forewarn::commands
