// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/receipts.hpp"

#include "daemon/alerting/paging.hpp"
#include "daemon/audit/note.hpp"
#include "daemon/panel/clocks.hpp"
#include "forewarn/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace forewarn::alerting {
namespace {

constexpr std::int64_t times_told = 2; // of one message that nobody confirms: louder the second time, then no more

std::string new_token() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("OpenSSL has no random bytes to give");
  std::string out;
  for (const auto byte : bytes) out += fmt::format("{:02x}", byte);
  return out;
}

// "FW-2026-0007" of "FW-2026-0007 v1": what the audit knows it by.
std::string subject_of(const std::string& about) {
  return about.substr(0, about.rfind(" v"));
}

bool asks_on_call(const message& what, const service& to) {
  return (to.on_call || to.by_turns) &&
         (what.type == "signal.opened" || what.type == "signal.changed" || what.type == "signal.digest");
}

const channel* next_fallback(const panel::receipt& one, const service& to, const store_reader& ledger) {
  for (const auto& by : to.channels)
    if (by.fallback && !ledger.delivery_by_id(delivery_id(one.key, to.id, by.name))) return &by;
  return nullptr;
}

bool has_arrived(const panel::receipt& one, const service& to, const store_reader& ledger) {
  return std::any_of(to.channels.begin(), to.channels.end(), [&](const channel& by) {
    const auto sent = ledger.delivery_by_id(delivery_id(one.key, to.id, by.name));
    return sent && (sent->row.state == delivery_state::delivered || sent->row.state == delivery_state::in_digest);
  });
}

void send_by_fallback(const panel::receipt& one, const service& to, const channel& by, store& ledger, instant now) {
  delivery row;
  row.id = delivery_id(one.key, to.id, by.name);
  row.message = one.message;
  row.service = to.id;
  row.channel = by.name;
  row.kind = by.kind;
  row.created_at = row.due_at = now;
  ledger.enqueue(row);
  audit::note(ledger, now,
              {audit::nobody, "delivery.fell_back", {subject_of(one.about), to.id.str()}, {}, {{"channel", by.name}}});
}

// The next of its ways; answers its name.
std::optional<std::string> use_fallback(panel::receipt& one, const service& to, store& ledger, instant now) {
  const auto* by = has_arrived(one, to, ledger) ? nullptr : next_fallback(one, to, ledger);
  if (by == nullptr) {
    one.fall_back_at.reset();
    return {};
  }
  send_by_fallback(one, to, *by, ledger, now);
  one.fall_back_at = now + to.fallback_after;
  return by->name;
}

std::optional<message> message_of(const panel::receipt& one, const service& to, const store_reader& ledger) {
  for (const auto& by : to.channels)
    if (auto sent = ledger.delivery_by_id(delivery_id(one.key, to.id, by.name))) return std::move(sent->message);
  return {};
}

// What was said since makes the question idle: a newer version was sent, and is asked after by itself.
bool is_superseded(const alert_version& sent, const store_reader& ledger) {
  const auto newest = ledger.alert_by_ref(sent.ref);
  return newest && newest->version > sent.version;
}

void escalate(panel::receipt& one, const service& to, const setup& with, store& ledger, instant now) {
  const auto wish = to.confirm.value_or(confirmation_wish{});
  const auto sent = message_of(one, to, ledger);
  const auto version = sent ? version_in(*sent) : std::nullopt;
  one.escalate_at.reset();
  if (!version || is_superseded(*version, ledger)) return;
  while (const auto* by = next_fallback(one, to, ledger)) send_by_fallback(one, to, *by, ledger, now);
  one.fall_back_at.reset();
  ++one.told;
  const bool drill = sent->type.starts_with("exercise.");
  panel::tell(
      {"alert.unconfirmed", fmt::format("alert.unconfirmed|{}|{}|{}", one.about, to.id.str(), one.told),
       fmt::format("NOT CONFIRMED by {}: {}", to.name, sent->subject),
       fmt::format("{} was sent this {} and nobody there has said that they have it{}.\n\n{}\n\n{}Ring them. When "
                   "somebody says that they have it: forewarn deliveries confirm {} --service {} --who \"THEIR NAME\"",
                   to.name, with.reference().local_zone.format(one.asked_at),
                   has_arrived(one, to, ledger) ? ", though it was delivered" : "; it has not been delivered",
                   sent->subject, one.told > 1 ? "This is said for the last time. " : "", version->ref.str(),
                   to.id.str()),
       version->ref.str(), one.told > 1 || sent->level >= level::red ? level::red : level::amber,
       drill ? alert_status::exercise : alert_status::actual, one.told > 1, wish.escalate_to},
      with, ledger, now);
  audit::note(ledger, now,
              {audit::nobody, "alert.unconfirmed", {version->ref.str(), to.id.str()}, {}, {{"time", one.told}}});
  if (one.told < times_told) one.escalate_at = now + wish.within;
}

void tell_that_it_is_confirmed(const panel::receipt& one, const service* to, const setup& with, store& ledger,
                               instant now) {
  const auto sent = to == nullptr ? std::nullopt : message_of(one, *to, ledger);
  const auto version = sent ? version_in(*sent) : std::nullopt;
  if (!version) return;
  panel::tell({"alert.confirmed", fmt::format("alert.confirmed|{}|{}", one.about, one.service.str()),
               fmt::format("Confirmed by {}: {}", to->name, sent->subject),
               fmt::format("{} of {} has it now.", one.confirmed_by, to->name), version->ref.str(), level::info,
               sent->type.starts_with("exercise.") ? alert_status::exercise : alert_status::actual},
              with, ledger, now);
}

} // namespace

std::optional<alert_version> version_in(const message& what) {
  const auto end = what.about.rfind(" v");
  if ((!what.type.starts_with("alert.") && !what.type.starts_with("exercise.alert")) || end == std::string::npos ||
      what.about.starts_with("alert."))
    return {};
  alert_version out{alert_ref{what.about.substr(0, end)}, 0};
  const auto* last = what.about.data() + what.about.size();
  const auto [stop, wrong] = std::from_chars(what.about.data() + end + 2, last, out.version);
  if (wrong != std::errc{} || stop != last) return {};
  return out;
}

void ask_for_receipt(const message& what, const std::string& key, const delivery& row, const service& to,
                     store& ledger) {
  const bool falls_back =
      std::any_of(to.channels.begin(), to.channels.end(), [](const channel& by) { return by.fallback; });
  const bool answers = to.confirm && what.level >= to.confirm->from_level && version_in(what);
  if (!falls_back && !answers && !asks_on_call(what, to)) return;
  auto& kept = panel::of(ledger);
  if (kept.receipt_of(row.message, to.id)) return; // by another channel of the same service
  panel::receipt one;
  one.token = new_token();
  one.message = row.message;
  one.service = to.id;
  one.about = what.about;
  one.key = key;
  one.asked_at = row.not_before.value_or(row.created_at);
  if (falls_back && what.type != "exercise.test") one.fall_back_at = one.asked_at + to.fallback_after;
  if (answers) one.confirm_by = one.escalate_at = one.asked_at + to.confirm->within;
  kept.save(one);
}

void follow_up(const setup& with, store& ledger, instant now) {
  for (auto& one : panel::of(ledger).receipts_due(now)) {
    const auto* to = with.services->find(one.service);
    if (to == nullptr) {
      one.fall_back_at.reset();
      one.escalate_at.reset();
    }
    if (one.fall_back_at && *one.fall_back_at <= now) (void)use_fallback(one, *to, ledger, now);
    if (one.escalate_at && *one.escalate_at <= now) escalate(one, *to, with, ledger, now);
    panel::of(ledger).save(one);
  }
}

std::optional<std::string> fall_back(const due_delivery& lost, const setup& with, store& ledger, instant now) {
  auto one = panel::of(ledger).receipt_of(lost.row.message, lost.row.service);
  const auto* to = with.services->find(lost.row.service);
  if (!one || to == nullptr || one->confirmed_at) return {};
  auto used = use_fallback(*one, *to, ledger, now);
  panel::of(ledger).save(*one);
  return used;
}

result<panel::receipt, std::string> confirm(const std::string& token, const decision& by, process& work, store& ledger,
                                            instant now) {
  if (auto wrong = not_a_decision(by)) return failure(std::move(*wrong));
  auto one = panel::of(ledger).receipt_by_token(token);
  if (!one) return failure(std::string{"no message has this link"});
  if (one->confirmed_at) return *one;
  one->confirmed_at = now;
  one->confirmed_by = trim(by.who);
  one->fall_back_at.reset();
  one->escalate_at.reset();
  panel::of(ledger).save(*one);
  audit::note(ledger, now,
              {one->confirmed_by, "message.confirmed", {subject_of(one->about), one->service.str()}, by.reason, {}});
  // A notice of on-call's: reading it is having it. What was read or decided meanwhile needs no word more.
  if (work.have_read(one->about, by, ledger, now)) (void)note_read(one->key, ledger);
  if (one->told > 0)
    tell_that_it_is_confirmed(*one, work.in_force().services->find(one->service), work.in_force(), ledger, now);
  return *one;
}

result<panel::receipt, std::string> confirm(const service_id& to, const std::string& about, const decision& by,
                                            process& work, store& ledger, instant now) {
  const auto newest = ledger.alert_by_ref(alert_ref{about});
  if (!newest) return failure(fmt::format("there is no alert '{}'", about));
  for (const auto& one : panel::of(ledger).receipts_about(fmt::format("{} v{}", about, newest->version)))
    if (one.service == to) return confirm(one.token, by, work, ledger, now);
  return failure(fmt::format("{} was not asked to confirm version {} of {}: only services with `confirm` in services.d "
                             "are, and for what was sent to them",
                             to.str(), newest->version, about));
}

} // namespace forewarn::alerting
