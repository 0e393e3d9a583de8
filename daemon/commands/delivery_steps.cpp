// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/delivery_steps.hpp"

#include "daemon/commands/decide.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/delivery/signature.hpp"
#include "daemon/delivery/stuck.hpp"
#include "daemon/settings.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct wishes {
  std::string about, service, file, reason = "has it";
};

std::string state_of(const outbox::stuck_destination& one, const stored& from) {
  if (one.said_gone) return "said 410: nothing is sent";
  if (one.down_since) return "down since " + from.time(*one.down_since);
  return "tried again";
}

using rows = std::vector<std::vector<std::string>>;

// A line for each destination of which there is more to say than the result itself.
std::string why_of(const service_id& to, const std::string& channel, const std::string& last_result) {
  const auto words = outbox::in_plain_words(last_result);
  return words.empty() ? words : fmt::format("{} by {}: {}.\n", to.str(), channel, words);
}

void print_destinations(const outbox::stuck& found, const stored& from) {
  rows cells;
  std::string why;
  for (const auto& one : found.destinations) {
    cells.push_back({one.service.str(), one.channel, std::to_string(one.waiting), std::to_string(one.red),
                     one.oldest ? from.time(*one.oldest) : "-", state_of(one, from),
                     one.next_try ? from.time(*one.next_try) : "-", one.last_result});
    why += why_of(one.service, one.channel, one.last_result);
  }
  if (cells.empty()) return;
  std::cout << "Waiting:\n"
            << as_table({"SERVICE", "CHANNEL", "WAIT", "RED", "OLDEST", "STATE", "NEXT TRY", "LAST RESULT"}, cells)
            << why << '\n';
}

void print_lost(const outbox::stuck& found, const stored& from) {
  rows cells;
  std::string why;
  for (const auto& [row, message] : found.lost) {
    why += why_of(row.service, row.channel, row.last_result);
    cells.push_back({row.settled_at ? from.time(*row.settled_at) : "-", row.service.str(), row.channel,
                     std::string{to_text(message.level)}, message.subject, row.last_result, row.id.str()});
  }
  if (cells.empty()) return;
  std::cout
      << "Lost in the last three days, and not tried any more. Tell them another way; once it is mended, `forewarn "
         "deliveries replay ID` sends it again:\n"
      << as_table({"GIVEN UP", "SERVICE", "CHANNEL", "LEVEL", "MESSAGE", "LAST RESULT", "ID"}, cells) << why << '\n';
}

void print_unconfirmed(const outbox::stuck& found, const stored& from) {
  rows cells;
  for (const auto& one : found.unconfirmed)
    cells.push_back({one.about, one.service.str(), from.time(one.asked_at),
                     one.confirm_by ? from.time(*one.confirm_by) : "-", std::to_string(one.told)});
  if (!cells.empty())
    std::cout << "Not confirmed:\n" << as_table({"ALERT", "SERVICE", "SENT", "EXPECTED BY", "TIMES TOLD"}, cells);
}

outcome show_stuck(const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto all = load_configuration(shared.config_dir);
  if (!all.services || has_errors(all.found)) {
    std::cerr << render(all.found, all.sources);
    return outcome::failed;
  }
  const auto now = std::chrono::floor<duration>(std::chrono::system_clock::now());
  const auto found = outbox::what_is_stuck(*all.services, *from->reader, now);
  const bool nothing = found.destinations.empty() && found.lost.empty() && found.unconfirmed.empty();
  if (shared.output == "json") {
    std::cout << json::serialize(outbox::as_json(found)) << '\n';
    return nothing ? outcome::done : outcome::failed;
  }
  if (nothing) {
    std::cout
        << "Nothing is stuck: what was sent has arrived or is on its way, and is confirmed where that was asked.\n";
    return outcome::done;
  }
  print_destinations(found, *from);
  print_lost(found, *from);
  print_unconfirmed(found, *from);
  return outcome::failed;
}

outcome confirm(const wishes& these, const context& shared) {
  const auto answer =
      decide(shared, "/v1/services/" + these.service + "/confirm", these.reason, {{"what", these.about}});
  if (!answer) return answer.error();
  if (shared.output != "json")
    std::cout << fmt::format("Noted: {} of {} has {}. Nobody asks for it any more.\n", shared.who, these.service,
                             these.about);
  return outcome::done;
}

// As the file before it: a key that root puts in place stays the daemon's to read.
std::error_code like_before(const std::filesystem::path& file, const struct ::stat& before) {
  if (::chown(file.c_str(), before.st_uid, before.st_gid) != 0 && before.st_uid != ::geteuid())
    return {errno, std::generic_category()};
  if (::chmod(file.c_str(), before.st_mode & 07777U) != 0) return {errno, std::generic_category()};
  return {};
}

// The old one beside it first, so that no moment is without a key that receivers know.
std::optional<std::string> rotate(const std::filesystem::path& file) {
  const auto old = std::filesystem::path{file.string() + ".old"};
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error))
    return fmt::format("{}: there is no such file; a systemd credential is replaced where it is kept", file.string());
  if (std::filesystem::exists(old, error))
    return fmt::format(
        "{} is still there: a rotation is under way. Once the receiver has the new secret, take that file "
        "out of secret_file, reload, and delete it",
        old.string());
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return "OpenSSL has no random bytes to give";
  std::string raw;
  for (const auto byte : bytes) raw.push_back(static_cast<char>(byte));
  const auto fresh = std::filesystem::path{file.string() + ".new"};
  std::filesystem::remove(fresh, error);
  struct ::stat before {};
  if (::stat(file.c_str(), &before) != 0) return fmt::format("{}: cannot be looked at", file.string());
  {
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const auto text = "whsec_" + outbox::to_base64(raw) + "\n";
    const bool written = descriptor >= 0 &&
                         ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                         ::fsync(descriptor) == 0;
    if (descriptor >= 0) ::close(descriptor);
    if (!written) return fmt::format("{}: cannot be written", fresh.string());
  }
  std::filesystem::copy_file(file, old, error);
  if (!error) error = like_before(old, before);
  if (!error) error = like_before(fresh, before);
  if (!error) std::filesystem::rename(fresh, file, error);
  if (error) return fmt::format("{}: {}", file.string(), error.message());
  return {};
}

outcome rotate_key(const wishes& these, const context& shared) {
  const std::filesystem::path named{these.file};
  const auto file = named.is_absolute() ? named : std::filesystem::path{shared.config_dir} / named;
  if (const auto wrong = rotate(file)) {
    std::cerr << fmt::format("forewarn deliveries rotate-key: {}\n", *wrong);
    return outcome::failed;
  }
  std::cout << fmt::format("A new secret is in {0}; the old one is in {0}.old. Next:\n"
                           "  1. in services.d, let the channel sign with both: secret_file: [{1}, {1}.old]\n"
                           "     then: systemctl reload forewarnd\n"
                           "  2. give the new secret to whoever runs the receiver\n"
                           "  3. once they use it, take {1}.old out of secret_file, reload, and delete the file\n",
                           file.string(), these.file);
  return outcome::done;
}

} // namespace

void add_delivery_steps(CLI::App& deliveries, context& shared) {
  const auto these = std::make_shared<wishes>();

  auto* stuck =
      deliveries.add_subcommand("stuck", "what does not get through and why, what was given up, who has not confirmed");
  stuck->footer("Example: forewarn deliveries stuck\nEnds with 1 where something is.");
  stuck->fallthrough();
  stuck->callback([&shared] { shared.result = show_stuck(shared); });

  auto* word = deliveries.add_subcommand("confirm", "says that a person of a service has an alert");
  word->footer("Example: forewarn deliveries confirm FW-2026-0007 --service duty-desk --who 'the team leader'");
  word->fallthrough();
  word->add_option("ALERT", these->about, "its reference")->required();
  word->add_option("--service", these->service, "whose person it is")->required()->type_name("SERVICE");
  word->add_option("--reason,--why", these->reason, "how you know")->capture_default_str()->type_name("TEXT");
  word->callback([these, &shared] { shared.result = confirm(*these, shared); });

  auto* key = deliveries.add_subcommand("rotate-key", "makes a webhook's new secret and keeps the old one beside it");
  key->footer(
      "Example: forewarn deliveries rotate-key secrets/duty-desk.key\nNothing is sent; it says what to do next.");
  key->fallthrough();
  key->add_option("FILE", these->file, "as secret_file names it: relative paths start at the configuration folder")
      ->required();
  key->callback([these, &shared] { shared.result = rotate_key(*these, shared); });
}

} // namespace forewarn::commands
