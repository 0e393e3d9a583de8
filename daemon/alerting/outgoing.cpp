// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/outgoing.hpp"

#include "daemon/alerting/compose.hpp"
#include "daemon/alerting/history.hpp"
#include "daemon/alerting/paging.hpp"
#include "daemon/alerting/receipts.hpp"
#include "daemon/audit/note.hpp"
#include "daemon/wording/linter.hpp"
#include "forewarn/text.hpp"
#include "rules/held_rules.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace forewarn::alerting {
namespace {

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available from the system's OpenSSL");
  std::string out;
  for (unsigned int i = 0; i < size; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

// The feeds whose silence would change the finding: those the rule names, and those that gave evidence.
std::vector<feed_id> feeds_behind(const signal_facts& facts) {
  std::vector<feed_id> out;
  if (facts.rule != nullptr) out = facts.rule->observe.feeds;
  for (const auto& one : facts.evidence) out.push_back(one.key.feed);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// Those that it observes by their kind as well: of them the silence is the news.
std::map<feed_id, instant> overdue_feeds(const signal_facts& facts, const store_reader& ledger) {
  std::map<feed_id, instant> out;
  for (const auto& one : ledger.feed_watches())
    if (one.overdue_since && facts.rule != nullptr && rules::observes(*facts.rule, one.feed, one.kind))
      out.emplace(one.feed, *one.overdue_since);
  return out;
}

// A feed's totals are counted at the end of a batch; its records in hand may be newer.
std::vector<std::pair<feed_id, instant>> newest_arrivals(const signal_facts& facts, const store_reader& ledger) {
  std::map<feed_id, instant> newest;
  auto feeds = feeds_behind(facts);
  for (const auto& [feed, since] : facts.overdue) feeds.push_back(feed);
  std::sort(feeds.begin(), feeds.end());
  for (const auto& row : ledger.totals())
    if (row.last_arrival && std::binary_search(feeds.begin(), feeds.end(), row.feed))
      newest[row.feed] = *row.last_arrival;
  for (const auto& one : facts.evidence) {
    auto& at = newest.try_emplace(one.key.feed, one.received_at).first->second;
    at = std::max(at, one.received_at);
  }
  return {newest.begin(), newest.end()};
}

duration length_of(const word_book& words, const std::string& name, duration otherwise) {
  const auto it = words.blocks.find(name);
  if (it == words.blocks.end()) return otherwise;
  return parse_duration(it->second).value_or(otherwise);
}

} // namespace

const rules::rule* setup::rule(const rule_id& id) const {
  const auto it =
      std::find_if(rules->rules.begin(), rules->rules.end(), [&](const rules::rule& r) { return r.id == id; });
  return it == rules->rules.end() ? nullptr : &*it;
}

message_id delivery_id(const std::string& key, const service_id& to, const std::string& channel) {
  return message_id{"msg_" + sha256_hex(key + '|' + to.str() + '|' + channel).substr(0, 32)};
}

std::string next_reference(const std::string& prefix, const reference_data& reference, store& ledger, instant now) {
  const auto named = prefix + '-' + reference.local_zone.format(now).substr(0, 4);
  return fmt::format("{}-{:04}", named, ledger.next_number(named));
}

signal_facts facts_of(const signal& state, const setup& with, const store_reader& ledger) {
  signal_facts out;
  out.state = state;
  out.rule = with.rule(state.rule);
  for (const auto& key : ledger.evidence(state.id))
    if (auto one = ledger.latest(key); one && !one->withdrawn) out.evidence.push_back(std::move(*one));
  out.overdue = overdue_feeds(out, ledger);
  out.complete_to = newest_arrivals(out, ledger);
  out.written = ledger.alert_of(state.id);
  return out;
}

std::vector<const service*> services_that(const setup& with, const service_test& fit) {
  std::vector<const service*> out;
  for (const auto& one : with.services->services)
    if (fit(one)) out.push_back(&one);
  return out;
}

bool was_told(const std::string& key, const service& to, const store_reader& ledger) {
  return std::any_of(to.channels.begin(), to.channels.end(), [&](const channel& by) {
    return ledger.delivery_by_id(delivery_id(key, to.id, by.name)).has_value();
  });
}

namespace {

// What tries the ways themselves.
bool goes_by_every_channel(const message& what) {
  return what.type == "exercise.test";
}

// Whether the service is closed now, and until when: red is for any hour, and so is what tries the way.
std::optional<instant> waits_for_opening(const service& to, const message& what, instant now) {
  if (!to.hours || what.level >= level::red || goes_by_every_channel(what)) return {};
  const auto opens = next_opening(*to.hours, now);
  return opens > now ? std::optional{opens} : std::nullopt;
}

} // namespace

bool may_reach(const service& to, const std::string& type) {
  return type == "exercise.test" || type.starts_with("exercise.") == to.exercise;
}

std::size_t send_by(const message& what, const std::string& key, const std::vector<addressee>& to, store& ledger,
                    instant now) {
  struct addressed {
    delivery row;
    const service* to;
  };
  std::vector<addressed> fresh;
  for (const auto& [service, by] : to) {
    if (!may_reach(*service, what.type)) continue;
    delivery row;
    row.id = delivery_id(key, service->id, by->name);
    row.service = service->id;
    row.channel = by->name;
    row.kind = by->kind;
    row.created_at = now;
    row.not_before = waits_for_opening(*service, what, now);
    row.due_at = row.not_before.value_or(now);
    if (!ledger.delivery_by_id(row.id)) fresh.push_back({std::move(row), service});
  }
  if (fresh.empty()) return 0;
  const auto stored = ledger.add_message(what);
  for (auto& [row, service] : fresh) {
    row.message = stored;
    ledger.enqueue(row);
    ask_for_receipt(what, key, row, *service, ledger);
  }
  return fresh.size();
}

std::size_t send(const message& what, const std::string& key, const std::vector<const service*>& to, store& ledger,
                 instant now, const std::string& not_by) {
  std::vector<addressee> all;
  for (const auto* service : to) {
    // Where its own channels are those that do not work, its fallbacks are what is left.
    bool by_own = false;
    for (const auto& by : service->channels) { // the fallbacks stand last
      if (service->id.str() + '/' + by.name == not_by || to_text(by.kind) == not_by) continue;
      if (by.fallback && by_own && !goes_by_every_channel(what)) continue;
      all.push_back({service, &by});
      by_own = by_own || !by.fallback;
    }
  }
  return send_by(what, key, all, ledger, now);
}

std::string opened_key(const signal_id& id) {
  return "signal.opened|" + id.str();
}
std::string issued_key(const alert& one) {
  return fmt::format("alert.issued|{} v{}", one.ref.str(), one.version);
}

void tell_on_call(const std::string& type, const std::string& key, const signal_facts& facts,
                  const std::optional<assessment>& work, const setup& with, store& ledger, instant now) {
  auto known = facts;
  if (!known.usual && type != "signal.closed") add_usual(known, with, ledger);
  const auto notice = render_notice(type, known, work, *with.words, with.reference(), now);
  if (!notice) {
    tell_of_fault("notice.failed", key, "A signal notice could not be written: " + facts.state.id.str(),
                  notice.error() + "\n\nSee the signal: forewarn signals show " + facts.state.id.str(), with, ledger,
                  now);
    return;
  }
  give_to_on_call(*notice, key, {facts.state.id}, type != "signal.closed", with, ledger, now);
}

void tell_of_fault(const std::string& type, const std::string& key, const std::string& subject, const std::string& text,
                   const setup& with, store& ledger, instant now, const std::string& not_by) {
  auto notice = render_operator_notice(type, subject, text, now);
  notice.about = key;
  notice.thread = key;
  notice.level = level::red; // goes out before whatever may be piling up behind the fault
  auto to = on_call_now(with, now);
  for (const auto* one : services_that(with, [](const service& s) { return s.operators && !s.on_call; }))
    if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
  send(notice, key, to, ledger, now, not_by);
}

void write_alert(alert& one, const signal_facts& facts, const setup& with, instant now) {
  using std::chrono::hours;
  one.content = compose_for(facts, one.audience, *with.words, with.reference());
  one.level = facts.state.level;
  one.rule_hash = facts.state.rule_hash;
  one.engine_version = FOREWARN_VERSION;
  one.review_by = now + length_of(*with.words, "review_after", hours{24 * 7});
  one.expires_at = now + length_of(*with.words, "expires_after", hours{24 * 28});
}

std::vector<const service*> recipients(const alert& one, bool automatic, const setup& with) {
  topic about;
  about.how = one.level;
  about.to = one.audience;
  about.automatic = automatic;
  for (const auto& code : one.content.areas) about.areas.emplace_back(code);
  for (const auto& id : one.content.substances) about.substances.emplace_back(id);
  for (const auto& kind : one.content.kinds) about.kinds.emplace_back(kind);
  std::vector<const service*> out;
  const bool drill = one.status != alert_status::actual;
  for (const auto& hit : route(*with.services, about, with.reference()))
    if (hit.to->exercise == drill) out.push_back(hit.to);
  return out;
}

std::optional<std::string> obstacle(const alert& one, bool automatic, const setup& with, instant now) {
  if (const auto written = render_alert(one, *with.words, with.reference(), now); !written) return written.error();
  // Approved words were judged when they were loaded; what a person adds is judged now, while the person can mend it.
  if (!automatic)
    if (auto wrong = wording::objection(one, *with.words)) return wrong;
  if (!recipients(one, automatic, with).empty()) return {};
  return fmt::format("no {} takes it (level {}, audience {}, {}): see `forewarn services list`, and what each takes in "
                     "services.d",
                     automatic                            ? "service marked duty_desk"
                     : one.status == alert_status::actual ? "service"
                                                          : "service with the role exercise",
                     to_text(one.level), to_text(one.audience), one.content.where);
}

void release_alert(const alert& one, bool automatic, const setup& with, store& ledger, instant now) {
  const auto written = render_alert(one, *with.words, with.reference(), now);
  if (!written) throw std::logic_error("an alert was released past its obstacle: " + written.error());
  send(*written, issued_key(one), recipients(one, automatic, with), ledger, now);
}

} // namespace forewarn::alerting
