// SPDX-License-Identifier: Apache-2.0
// `forewarn backup` and `forewarn restore`: a whole copy of what is stored, while the daemon writes; and back again.
#include "daemon/commands/command.hpp"

#include "daemon/commands/client.hpp"
#include "daemon/settings.hpp"
#include "daemon/store/backup.hpp"
#include "daemon/upkeep/room.hpp"

#include <iostream>
#include <memory>

#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace fs = std::filesystem;

// What lies in the state folder beside the database and belongs to a backup. Keys only where they are asked for.
struct companion {
  const char* name;
  bool is_key;
  const char* without_it;
};
constexpr companion companions[] = {
    {"quarantine.db", false, "the rows that could not be used"},
    {"pseudonym.key", true, "earlier and later records of one person no longer meet"},
    {"quarantine.key", true, "rows in quarantine can no longer be read"},
};

struct wishes {
  std::string file;
  bool with_keys = false;
};

std::optional<settings> settings_of(const context& shared) {
  problems found;
  std::vector<source_text> sources;
  auto these = load_settings(shared.config_dir, found, sources);
  std::cerr << render(found, sources);
  if (has_errors(found)) return {};
  return these;
}

outcome complain(const std::string& why) {
  std::cerr << "forewarn: " << why << '\n';
  return outcome::failed;
}

// FILE -> FILE.pseudonym.key
fs::path beside(const fs::path& file, const companion& one) {
  auto out = file;
  out += std::string{"."} + one.name;
  return out;
}

bool copy_private(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (!fs::copy_file(from, to, fs::copy_options::none, error)) {
    (void)complain(
        fmt::format("{}: cannot be copied: {}", from.string(), error ? error.message() : "it is there already"));
    return false;
  }
  fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, error);
  return true;
}

outcome back_up_all(const wishes& these, const context& shared) {
  const auto how = settings_of(shared);
  if (!how) return outcome::failed;
  const auto size = back_up(how->state_dir, these.file);
  if (!size) return complain(size.error());
  std::error_code error;
  for (const auto& one : companions) {
    const auto from = how->state_dir / one.name;
    if (!fs::exists(from, error)) continue;
    if (one.is_key && !these.with_keys) {
      std::cerr << fmt::format("forewarn: {} is not in the backup. Keep a copy of it in another place: without it, {}. "
                               "(--with-keys puts it beside the backup)\n",
                               from.string(), one.without_it);
      continue;
    }
    if (!copy_private(from, beside(these.file, one))) return outcome::failed;
    std::cout << beside(these.file, one).string() << '\n';
  }
  std::cout << these.file << '\n';
  std::cerr << fmt::format("forewarn: {} in {}, checked. To put it back: forewarn restore {}\n", spell_bytes(*size),
                           these.file, these.file);
  return outcome::done;
}

outcome put_back(const wishes& these, const context& shared) {
  const auto how = settings_of(shared);
  if (!how) return outcome::failed;
  if (daemon_runs(shared)) return complain("the daemon runs on this state folder; stop it first");
  if (const auto done = restore(these.file, how->state_dir); !done) return complain(done.error());
  std::error_code error;
  for (const auto& one : companions) {
    const auto from = beside(these.file, one);
    const auto to = how->state_dir / one.name;
    if (fs::exists(to, error)) continue;
    if (fs::exists(from, error)) {
      if (!copy_private(from, to)) return outcome::failed;
    } else if (one.is_key) {
      std::cerr << fmt::format("forewarn: {} is not beside the backup. Put your copy at {} before the daemon starts: "
                               "without it, {}\n",
                               from.string(), to.string(), one.without_it);
    }
  }
  std::cerr << fmt::format(
      "forewarn: restored to {}. Its files belong to you; hand them to the daemon's user (chown -R "
      "forewarn: {}), then start the daemon\n",
      how->state_dir.string(), how->state_dir.string());
  return outcome::done;
}

} // namespace

void add_backup(CLI::App& root, context& shared) {
  const auto these = std::make_shared<wishes>();
  auto* verb = root.add_subcommand("backup", "a checked copy of the database, while the daemon goes on writing");
  verb->add_option("FILE", these->file, "file to write; must not be there yet")->required();
  verb->add_flag("--with-keys", these->with_keys,
                 "put the daemon's own keys beside it: then keep it as secret as they");
  verb->footer("Example: forewarn backup /var/backups/forewarn-$(date +%F).db\n"
               "Everything that was acknowledged before it began is in it. Keys are not, unless asked for.");
  verb->fallthrough();
  verb->callback([these, &shared] { shared.result = back_up_all(*these, shared); });

  const auto back = std::make_shared<wishes>();
  auto* other = root.add_subcommand("restore", "puts a backup into an empty state folder; the daemon must not run");
  other->add_option("FILE", back->file, "what `forewarn backup` wrote")->required();
  other->footer("Example: systemctl stop forewarnd && mv /var/lib/forewarn /var/lib/forewarn.old &&\n"
                "         forewarn restore /var/backups/forewarn-2026-03-01.db");
  other->fallthrough();
  other->callback([back, &shared] { shared.result = put_back(*back, shared); });
}

} // namespace forewarn::commands
