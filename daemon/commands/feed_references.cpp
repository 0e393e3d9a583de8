// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/feed_references.hpp"

#include "connectors/mapping/sealing.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace forewarn::commands {
namespace {

outcome complain(const std::string& what) {
  std::cerr << "forewarn: " << what << '\n';
  return outcome::failed;
}

// Never over a key that is there: what was sealed for it could not be read any more.
outcome new_key(const std::string& path) {
  const auto pair = connectors::new_sealing_pair();
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0)
    return complain(fmt::format("{}: {}", path,
                                errno == EEXIST ? "is there already; a key is never written over"
                                                : std::generic_category().message(errno)));
  const auto text = pair.unseals.reveal() + '\n';
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!written) {
    ::unlink(path.c_str());
    return complain(path + ": could not be written");
  }
  std::cout << pair.seals << '\n';
  std::cerr << fmt::format("forewarn: {} reads what the key above seals; keep it, and give it to nobody. The key above "
                           "goes into the feed's file as `sealed_for`\n",
                           path);
  return outcome::done;
}

outcome unseal(const std::string& path, std::vector<std::string> boxes) {
  std::ifstream in{path, std::ios::binary};
  if (!in) return complain(path + ": cannot be read");
  const sensitive<std::string> key{std::string{std::istreambuf_iterator<char>{in}, {}}};
  for (std::string line; boxes.empty() && std::getline(std::cin, line);)
    if (line.find_first_not_of(" \t\r") != std::string::npos) boxes.push_back(line);
  bool all = true;
  for (const auto& box : boxes) {
    const auto plain = connectors::unsealed(key, box);
    if (plain)
      std::cout << plain->reveal() << '\n';
    else
      std::cerr << fmt::format("forewarn: {}: {}\n", box, plain.error());
    all = all && plain.has_value();
  }
  return all ? outcome::done : outcome::failed;
}

} // namespace

void add_feed_references(CLI::App& feeds, context& shared) {
  const auto path = std::make_shared<std::string>();
  auto* made = feeds.add_subcommand("new-key", "for a partner: a key that seals its own references to records");
  made->add_option("FILE", *path, "where the partner's secret half goes; the public half is printed")->required();
  made->footer("The public half goes into the feed's file, `partner_reference: {column: ..., sealed_for: KEY}`. From\n"
               "then on each record carries the partner's reference in a form that only the partner can read.\n\n"
               "Example: forewarn feeds new-key ambulance.key");
  made->fallthrough();
  made->callback([path, &shared] { shared.result = new_key(*path); });

  const auto boxes = std::make_shared<std::vector<std::string>>();
  auto* read = feeds.add_subcommand("unseal", "for a partner: reads references that were sealed for its key");
  read->add_option("--key", *path, "the file that `feeds new-key` wrote")->required()->type_name("FILE");
  read->add_option("SEALED", *boxes, "as `signals show --references` prints them; left out: lines of standard input");
  read->footer("Example: forewarn feeds unseal --key ambulance.key < references.txt");
  read->fallthrough();
  read->callback([path, boxes, &shared] { shared.result = unseal(*path, *boxes); });
}

} // namespace forewarn::commands
