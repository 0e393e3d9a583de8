// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/paging.hpp"

#include "daemon/alerting/receipts.hpp"
#include "daemon/rota/rota.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

namespace json = boost::json;

// The few notices that wait to be read, as one mark of the store: written in the transaction that sends them.
constexpr const char* unread_mark = "on-call.unread";

const service* person_on_duty(const setup& with, instant now) {
  if (!with.services->rota) return nullptr;
  const auto now_on = on_call::on_duty(*with.services->rota, now);
  return now_on ? with.services->find(now_on->who) : nullptr;
}

std::string name_of(const service& to, const channel& by) {
  return to.id.str() + '/' + by.name;
}

void save(const std::vector<unread_notice>& all, store& ledger) {
  json::array out;
  for (const auto& one : all) {
    json::array signals, asked;
    for (const auto& id : one.signals) signals.emplace_back(id.str());
    for (const auto& name : one.asked) asked.emplace_back(name);
    out.push_back(json::object{{"key", one.key},
                               {"signals", std::move(signals)},
                               {"subject", one.subject},
                               {"first", one.first.str()},
                               {"asked", std::move(asked)},
                               {"next_at", format_rfc3339(one.next_at)}});
  }
  ledger.set_mark(unread_mark, json::serialize(out));
}

std::string text_of(const json::object& from, const char* key) {
  return std::string{from.at(key).as_string()};
}

bool is_over(const signal_id& id, const store_reader& ledger) {
  const auto state = ledger.signal_by_id(id);
  if (!state || state->closed_at) return true;
  if (const auto work = ledger.assessment_of(id))
    return work->acknowledged_at || work->state != assessment_state::received;
  const auto written = ledger.alert_of(id);
  return written && written->state == alert_state::stopped;
}

// The next channel that was not tried: of the person on duty, then of those whose turns come next.
std::optional<std::pair<const service*, const channel*>> next_channel(const unread_notice& one, const setup& with,
                                                                      instant now) {
  if (!with.services->rota) return {};
  for (const auto& id : on_call::chain(*with.services->rota, now)) {
    const auto* person = with.services->find(id);
    if (person == nullptr) continue;
    for (const auto& by : person->channels)
      if (std::find(one.asked.begin(), one.asked.end(), name_of(*person, by)) == one.asked.end())
        return std::pair{person, &by};
  }
  return {};
}

message_id send_by(const message& what, const std::string& key, const service& to, const channel& by, store& ledger,
                   instant now) {
  auto only = to;
  only.channels = {by};
  send(what, key, {&only}, ledger, now);
  return delivery_id(key, to.id, by.name);
}

// True where it is to be asked after again.
bool ask_next(unread_notice& one, const setup& with, store& ledger, instant now) {
  const auto began = ledger.delivery_by_id(one.first);
  const auto next = next_channel(one, with, now);
  if (began && next) {
    const auto& [person, by] = *next;
    delivery row;
    row.id = delivery_id(one.key, person->id, by->name);
    row.message = began->row.message;
    row.service = person->id;
    row.channel = by->name;
    row.kind = by->kind;
    row.created_at = row.due_at = now;
    if (!ledger.delivery_by_id(row.id)) {
      ledger.enqueue(row);
      ask_for_receipt(began->message, one.key, row, *person, ledger);
    }
    one.asked.push_back(name_of(*person, *by));
    one.next_at = now + with.services->rota->unread_after.value_or(std::chrono::minutes{15});
    return true;
  }
  tell_of_fault("on_call.unread", fmt::format("on_call.unread|{}", one.key), "NOBODY ON CALL HAS READ: " + one.subject,
                fmt::format("Everyone of the rota was sent this by every channel, and nobody has said that they read "
                            "it:\n\n{}\n\nRing somebody now. Sent so far: {}.\n\nTo say that you have it: forewarn "
                            "on-call read {} --who \"YOUR NAME\"",
                            one.subject, join(one.asked, ", "),
                            one.signals.empty() ? one.key : one.signals.front().str()),
                with, ledger, now);
  return false;
}

} // namespace

std::vector<const service*> on_call_now(const setup& with, instant now) {
  auto out = services_that(with, [](const service& s) { return s.on_call; });
  if (const auto* person = person_on_duty(with, now)) out.push_back(person);
  return out;
}

std::vector<unread_notice> unread_notices(const store_reader& ledger) {
  std::vector<unread_notice> out;
  const auto text = ledger.mark(unread_mark);
  if (!text || text->empty()) return out;
  const auto kept = json::parse(*text);
  for (const auto& item : kept.as_array()) {
    const auto& from = item.as_object();
    unread_notice one;
    one.key = text_of(from, "key");
    for (const auto& id : from.at("signals").as_array()) one.signals.emplace_back(std::string{id.as_string()});
    one.subject = text_of(from, "subject");
    one.first = message_id{text_of(from, "first")};
    for (const auto& name : from.at("asked").as_array()) one.asked.emplace_back(name.as_string());
    one.next_at = parse_rfc3339(text_of(from, "next_at")).value_or(instant{});
    out.push_back(std::move(one));
  }
  return out;
}

void give_to_on_call(const message& what, const std::string& key, std::vector<signal_id> about, bool to_be_read,
                     const setup& with, store& ledger, instant now) {
  auto to = services_that(with, [](const service& s) { return s.on_call; });
  const auto* person = person_on_duty(with, now);
  const bool asked_after = person != nullptr && to_be_read && with.services->rota->unread_after.has_value();
  if (person != nullptr && !asked_after) to.push_back(person);
  send(what, key, to, ledger, now);
  if (!asked_after) return;
  const auto& first = person->channels.front();
  unread_notice one;
  one.key = key;
  one.signals = std::move(about);
  one.subject = what.subject;
  one.first = send_by(what, key, *person, first, ledger, now);
  one.asked = {name_of(*person, first)};
  one.next_at = now + *with.services->rota->unread_after;
  auto all = unread_notices(ledger);
  // The newest notice about a signal says all that an older one said.
  std::erase_if(all, [&](const unread_notice& old) { return old.key == key || old.signals == one.signals; });
  all.push_back(std::move(one));
  save(all, ledger);
}

void escalate_unread(const setup& with, store& ledger, instant now) {
  const auto before = unread_notices(ledger);
  std::vector<unread_notice> stay;
  bool changed = false;
  for (auto one : before) {
    if (one.next_at > now) {
      stay.push_back(std::move(one));
      continue;
    }
    changed = true;
    const bool over =
        std::all_of(one.signals.begin(), one.signals.end(), [&](const signal_id& id) { return is_over(id, ledger); });
    if (!over && ask_next(one, with, ledger, now)) stay.push_back(std::move(one));
  }
  if (changed) save(stay, ledger);
}

std::optional<instant> next_escalation(const store_reader& ledger) {
  std::optional<instant> out;
  for (const auto& one : unread_notices(ledger))
    if (!out || one.next_at < *out) out = one.next_at;
  return out;
}

std::size_t note_read(const std::string& what, store& ledger) {
  auto all = unread_notices(ledger);
  const auto is_about = [&](const signal_id& id) {
    if (id.str() == what) return true;
    if (const auto work = ledger.assessment_of(id); work && work->ref.str() == what) return true;
    const auto written = ledger.alert_of(id);
    return written && written->ref.str() == what;
  };
  const auto gone = std::erase_if(all, [&](const unread_notice& one) {
    return one.key == what || std::any_of(one.signals.begin(), one.signals.end(), is_about);
  });
  if (gone > 0) save(all, ledger);
  return gone;
}

std::optional<std::string> process::have_read(const std::string& what, const decision& by, store& ledger, instant now) {
  if (auto wrong = not_a_decision(by)) return wrong;
  const auto notices = note_read(what, ledger);
  std::optional<assessment> work = ledger.assessment_by_ref(assessment_ref{what});
  if (!work) work = ledger.assessment_of(signal_id{what});
  if (work && work->state == assessment_state::received && !work->acknowledged_at) {
    const auto done = acknowledge(work->ref, by, ledger, now);
    if (!done) return done.error();
    return {};
  }
  if (notices > 0) return {};
  return fmt::format("no notice about '{}' waits to be read; `forewarn on-call unread` lists those that do", what);
}

} // namespace forewarn::alerting
