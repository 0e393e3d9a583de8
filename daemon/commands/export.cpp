// SPDX-License-Identifier: Apache-2.0
// `forewarn export observations`: every revision and withdrawal in the order taken, as NDJSON that `backtest` and
// `ingest --format observation` read.
#include "daemon/commands/command.hpp"
#include "daemon/commands/observation_file.hpp"
#include "daemon/commands/stored.hpp"

#include <iostream>
#include <memory>

#include <fmt/format.h>

namespace forewarn::commands {
namespace {

outcome to_file(const store_reader& from, const std::filesystem::path& file) {
  const auto count = write_observations(file, [&](const auto& write) { from.each_revision(write); });
  if (!count) {
    std::cerr << "forewarn: " << count.error() << '\n';
    return outcome::failed;
  }
  std::cerr << fmt::format("forewarn: {} observations written to {}\n", *count, file.string());
  return outcome::done;
}

outcome observations(const std::string& file, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  if (!file.empty() && file != "-") return to_file(*from->reader, file);
  from->reader->each_revision([](const observation& one) { std::cout << to_json(one) << '\n'; });
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
