// SPDX-License-Identifier: Apache-2.0
// Who is on call when, over changes of clocks, holidays and swaps; and what becomes of a notice that nobody reads.
#include "daemon/alerting/paging.hpp"
#include "daemon/alerting/process.hpp"
#include "daemon/rota/rota.hpp"
#include "daemon/store/open.hpp"
#include "support/alerting_scene.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

using namespace forewarn;
using std::chrono::hours;
using std::chrono::minutes;
using test::at;

namespace {

const std::string people = R"(services:
  - id: north
    name: First manager
    roles: [rota]
    channels:
      - {name: phone, maildir: {folder: mail/north-phone, to: north@localhost}}
      - email: {to: north@example.org}
  - id: south
    name: Second manager
    roles: [rota]
    channels:
      - maildir: {folder: mail/south, to: south@localhost}
  - id: west
    name: Consultant
    roles: [rota]
    channels:
      - maildir: {folder: mail/west, to: west@localhost}
  - id: desk
    name: Duty desk
    roles: [operators, duty_desk]
    channels:
      - maildir: {folder: mail/desk, to: desk@localhost}
)";

const std::string turns = R"(rota:
  zone: Europe/London
  turns: {first: 2026-01-05, hand_over: "09:00", order: [north, south]}
  holidays: {calendar: bank-holiday, order: [west, north]}
  swaps:
    - {from: 2026-02-18 09:00, until: 2026-02-19 09:00, who: west, why: a course}
  unread_after: 15m
)";

std::shared_ptr<const reference_data> reference_with_holidays() {
  auto out = std::make_shared<reference_data>(*test::shipped_reference());
  problems found;
  out->calendars = parse_calendars(test::shipped_files("calendars", {".yaml"}), found);
  REQUIRE(found.empty());
  return out;
}
const std::shared_ptr<const reference_data>& the_reference() {
  static const auto one = reference_with_holidays();
  return one;
}

alerting::loaded_services load(const std::string& text) {
  return alerting::load_services({{"s.yaml", text}}, *the_reference());
}

const on_call::rota& the_rota() {
  static const auto book = [] {
    auto loaded = load(people + turns);
    for (const auto& p : loaded.found) FAIL(p.message);
    return std::move(loaded.book);
  }();
  return *book.rota;
}

} // namespace

TEST_CASE("the person on duty, at the edges of turns, holidays, swaps and changes of clocks") {
  struct row {
    const char* name;
    const char* when;
    const char* who; // empty: nobody
    const char* why;
  };
  const row rows[] = {
      {"before the first turn", "2026-01-05T08:59:59Z", "", ""},
      {"the first turn begins", "2026-01-05T09:00:00Z", "north", "turn that began on 2026-01-05"},
      {"until the last second", "2026-01-12T08:59:59Z", "north", "turn that began on 2026-01-05"},
      {"the second", "2026-01-12T09:00:00Z", "south", "turn that began on 2026-01-12"},
      {"and round again", "2026-01-19T09:00:00Z", "north", "turn that began on 2026-01-19"},
      {"a swap", "2026-02-18T09:00:00Z", "west", "swap: a course"},
      {"ends when it says", "2026-02-19T09:00:00Z", "north", "turn that began on 2026-02-16"},
      {"in winter time, the Sunday before clocks go forward", "2026-03-29T00:30:00Z", "south", "2026-03-23"},
      {"09:00 in summer time is 08:00 UTC", "2026-03-30T07:59:59Z", "south", "turn that began on 2026-03-23"},
      {"and not an hour later", "2026-03-30T08:00:00Z", "north", "turn that began on 2026-03-30"},
      {"Good Friday is the first holiday of the rota", "2026-04-03T08:00:00Z", "west", "a bank holiday, 2026-04-03"},
      {"its night too", "2026-04-04T07:59:59Z", "west", "a bank holiday, 2026-04-03"},
      {"the day after is an ordinary one", "2026-04-04T08:00:00Z", "north", "turn that began on 2026-03-30"},
      {"Easter Monday is the second: another's", "2026-04-06T12:00:00Z", "north", "a bank holiday, 2026-04-06"},
      {"the hour that comes twice", "2026-10-25T01:30:00Z", "south", "turn that began on 2026-10-19"},
      {"09:00 in winter time again", "2026-10-26T08:59:59Z", "south", "turn that began on 2026-10-19"},
      {"is 09:00 UTC", "2026-10-26T09:00:00Z", "north", "turn that began on 2026-10-26"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto now = on_call::on_duty(the_rota(), at(r.when));
    CHECK((now ? now->who.str() : "") == r.who);
    if (!now) continue;
    CHECK(now->why.find(r.why) != std::string::npos);
    CHECK(now->from <= at(r.when));
    CHECK(at(r.when) < now->until);
  }
  const auto length = [](const char* when) {
    const auto one = on_call::on_duty(the_rota(), at(when));
    return one->until - one->from;
  };
  CHECK(length("2026-01-06T00:00:00Z") == hours{168});
  CHECK(length("2026-03-25T00:00:00Z") == hours{167}); // a week with a day of 23 hours
  CHECK(length("2026-10-20T00:00:00Z") == hours{169}); // and of 25
}

TEST_CASE("at every moment after the first turn exactly one person is on duty") {
  rc::check([&] {
    auto rota = the_rota();
    rota.days_each = *rc::gen::inRange(1, 15);
    rota.hand_over = minutes{*rc::gen::inRange(0, 24 * 60)};
    const auto begin = at("2026-01-10T00:00:00Z");
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
      const auto from = begin + minutes{*rc::gen::inRange(0, 300 * 24 * 60)};
      rota.swaps.push_back({from, from + minutes{*rc::gen::inRange(1, 20 * 24 * 60)}, service_id{"west"}, "agreed"});
    }
    const auto from = begin + minutes{*rc::gen::inRange(0, 300 * 24 * 60)};
    const auto until = from + hours{24 * 30};
    const auto rows = on_call::duties(rota, from, until);
    RC_ASSERT_FALSE(rows.empty());
    RC_ASSERT(rows.front().from <= from);
    RC_ASSERT(rows.back().until >= until);
    for (std::size_t i = 1; i < rows.size(); ++i) {
      RC_ASSERT(rows[i].from == rows[i - 1].until);
      RC_ASSERT((rows[i].who != rows[i - 1].who || rows[i].why != rows[i - 1].why));
    }
    // What a duty says of itself holds at any moment of it.
    for (const auto& row : rows) {
      const auto spread = (row.until - row.from).count() - 1;
      const auto then = row.from + duration{*rc::gen::inRange<std::int64_t>(0, spread + 1)};
      const auto one = on_call::on_duty(rota, then);
      RC_ASSERT(one.has_value());
      RC_ASSERT(one->who == row.who);
      RC_ASSERT(one->from == row.from);
      RC_ASSERT(one->until == row.until);
    }
    const auto chain = on_call::chain(rota, from);
    RC_ASSERT(chain.front() == rows.front().who);
    RC_ASSERT(std::set(chain.begin(), chain.end()).size() == chain.size());
  });
}

TEST_CASE("a time as a person says it") {
  const auto zone = zone::named("Europe/London").value();
  const auto now = at("2026-11-24T10:00:00Z"); // a Tuesday
  struct row {
    const char* said;
    const char* means; // empty: nothing
  };
  const row rows[] = {{"now", "2026-11-24T10:00:00Z"},
                      {"Sunday 03:00", "2026-11-29T03:00:00Z"},
                      {"sun 03:00", "2026-11-29T03:00:00Z"},
                      {"tuesday 09:00", "2026-12-01T09:00:00Z"},
                      {"03:00", "2026-11-25T03:00:00Z"},
                      {"2026-07-01 03:00", "2026-07-01T02:00:00Z"},
                      {"2026-07-01T03:00", "2026-07-01T02:00:00Z"},
                      {"2026-07-01", "2026-06-30T23:00:00Z"},
                      {"2026-07-01T03:00:00Z", "2026-07-01T03:00:00Z"},
                      {"2026-02-30", ""},
                      {"su 03:00", ""},
                      {"sunday", ""},
                      {"", ""}};
  for (const auto& r : rows) {
    CAPTURE(r.said);
    const auto then = on_call::parse_when(r.said, zone, now);
    CHECK((then ? format_rfc3339(*then) : "") == r.means);
  }
}

TEST_CASE("a rota that would leave a night without a person is refused when it is loaded") {
  struct row {
    const char* name;
    const char* from;
    const char* to;
    const char* code;
    const char* says;
  };
  const row rows[] = {
      {"a person who is no service", "order: [north, south]", "order: [north, sooth]", "unknown-service",
       "no service 'sooth'; did you mean 'south'?"},
      {"a service that is no person", "order: [north, south]", "order: [north, desk]", "unknown-service",
       "give it 'roles: [rota]'"},
      {"nobody", "order: [north, south]", "order: []", "missing-key", "name at least one person"},
      {"no hand-over", "hand_over: \"09:00\", ", "", "missing-key", "hand_over"},
      {"no time of day", "\"09:00\"", "nine", "bad-value", "write it as 09:00"},
      {"no day", "2026-01-05", "2026-02-30", "bad-value", "is not a day"},
      {"no such zone", "Europe/London", "Europe/Leeds", "bad-value", "no zone"},
      {"no such calendar", "bank-holiday", "bank-holidays", "bad-value", "did you mean 'bank-holiday'?"},
      {"a swap that ends first", "until: 2026-02-19", "until: 2026-02-17", "bad-value", "ends before it begins"},
      {"a swap without a reason", ", why: a course", "", "missing-key", "why"},
      {"too short to read anything", "unread_after: 15m", "unread_after: 10s", "bad-duration", "at least a minute"},
      {"an unknown key", "unread_after", "unred_after", "unknown-key", "unread_after"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    auto text = turns;
    const auto found_at = text.find(r.from);
    REQUIRE(found_at != std::string::npos);
    text.replace(found_at, std::string_view{r.from}.size(), r.to);
    const auto found = load(people + text).found;
    const auto hit = std::find_if(found.begin(), found.end(), [&](const problem& p) { return p.code == r.code; });
    REQUIRE_MESSAGE(hit != found.end(), (found.empty() ? "nothing found" : found.front().message));
    CHECK(hit->message.find(r.says) != std::string::npos);
    CHECK(hit->at.line > 0);
  }
  CHECK(load(people + turns).found.empty());
}

namespace {

// A process whose on-call is the rota: signals in, deliveries out.
struct night {
  rules::rule rule = test::opioid_callouts(*the_reference());
  std::unique_ptr<store> ledger = memory_store();
  std::unique_ptr<alerting::process> work;

  explicit night(const std::string& services = people + turns) { restart(services); }
  void restart(const std::string& services = people + turns) {
    work = std::make_unique<alerting::process>(
        test::rule_set_of(the_reference(), {rule}), std::make_shared<const alerting::service_book>(load(services).book),
        std::make_shared<const alerting::word_book>(test::shipped_words()), "FW");
  }
  signal open(const char* when) {
    const auto now = at(when);
    const std::vector<observation> evidence{
        test::call_out("1", format_rfc3339(now - minutes{50}).c_str(), "p:a", nullptr),
        test::call_out("2", format_rfc3339(now - minutes{30}).c_str(), "p:b", nullptr),
        test::call_out("3", format_rfc3339(now - minutes{2}).c_str(), "p:c", nullptr)};
    const auto state = test::signal_over(rule, {{"ward", "E05011385"}}, evidence);
    signal_event event{signal_change::opened, now, state, {}, {}};
    ledger->begin();
    for (const auto& one : evidence) {
      ledger->append(one);
      event.evidence_added.push_back(one.key);
    }
    ledger->save(state);
    ledger->add_evidence(state.id, event.evidence_added);
    work->begin_job();
    work->take(event, *ledger, now);
    work->keep_current(*ledger, now);
    ledger->commit();
    return state;
  }
  void advance(instant now) {
    ledger->begin();
    work->begin_job();
    work->advance(*ledger, now);
    work->keep_current(*ledger, now);
    ledger->commit();
  }
  std::optional<std::string> read(const std::string& what, instant now) {
    ledger->begin();
    auto wrong = work->have_read(what, {"a manager", "has read it"}, *ledger, now);
    ledger->commit();
    return wrong;
  }
  // "service/channel type", what is new since the last look, in no order.
  std::multiset<std::string> told() {
    std::multiset<std::string> all, fresh;
    for (const auto& one : ledger->deliveries({}, {.limit = 1000}))
      all.insert(one.row.service.str() + "/" + one.row.channel + " " + one.message.type);
    std::set_difference(all.begin(), all.end(), before_.begin(), before_.end(), std::inserter(fresh, fresh.end()));
    before_ = all;
    return fresh;
  }

private:
  std::multiset<std::string> before_;
};

using told_list = std::multiset<std::string>;

} // namespace

TEST_CASE("a notice goes to the person on duty, and on and on until somebody has read it") {
  night one;
  const auto began = at("2026-01-11T03:00:00Z"); // a Sunday: the first manager's turn
  const auto state = one.open("2026-01-11T03:00:00Z");
  CHECK(one.told() == told_list{"north/phone signal.opened"});
  CHECK(one.work->next_deadline(*one.ledger) == began + minutes{15});
  one.advance(began + minutes{14});
  CHECK(one.told().empty());
  one.advance(began + minutes{15});
  CHECK(one.told() == told_list{"north/email signal.opened"});
  one.restart(); // what was asked is in the store
  one.advance(began + minutes{30});
  CHECK(one.told() == told_list{"south/maildir signal.opened"});
  REQUIRE(alerting::unread_notices(*one.ledger).size() == 1);

  SUBCASE("read: nobody else is asked, and the assessment is acknowledged") {
    const auto work = one.ledger->assessment_of(state.id);
    REQUIRE(work);
    CHECK_FALSE(one.read(work->ref.str(), began + minutes{31}));
    CHECK(one.ledger->assessment_of(state.id)->acknowledged_by == "a manager");
    CHECK(alerting::unread_notices(*one.ledger).empty());
    one.advance(began + hours{5});
    CHECK(one.told().empty());
    CHECK(one.read(work->ref.str(), began + hours{5})->find("no notice about") == 0);
  }
  SUBCASE("acting on it is reading it") {
    const auto work = one.ledger->assessment_of(state.id);
    one.ledger->begin();
    REQUIRE(one.work->dismiss(work->ref, {"a manager", "a drill of the hostel"}, *one.ledger, began + minutes{31}));
    one.ledger->commit();
    CHECK(alerting::unread_notices(*one.ledger).empty());
    one.advance(began + minutes{45});
    CHECK(one.told().empty());
  }
  SUBCASE("read by nobody: whoever runs it is told, once") {
    one.advance(began + minutes{45});
    const auto last = one.told();
    CHECK(last.contains("desk/maildir on_call.unread"));
    CHECK(last.contains("north/phone on_call.unread"));
    CHECK(alerting::unread_notices(*one.ledger).empty());
    one.advance(began + hours{5});
    CHECK(one.told().empty());
  }
}

TEST_CASE("at a hand-over whoever takes over is asked next") {
  night one;
  const auto began = at("2026-01-12T08:50:00Z");
  one.open("2026-01-12T08:50:00Z"); // ten minutes before the second manager's turn
  CHECK(one.told() == told_list{"north/phone signal.opened"});
  one.advance(began + minutes{15});
  CHECK(one.told() == told_list{"south/maildir signal.opened"});
}

TEST_CASE("without a time to read in, the person on duty is told by every channel at once") {
  auto text = people + turns;
  text.erase(text.find("  unread_after"));
  night one{text};
  one.open("2026-01-11T03:00:00Z");
  CHECK(one.told() == told_list{"north/email signal.opened", "north/phone signal.opened"});
  CHECK(alerting::unread_notices(*one.ledger).empty());
}

TEST_CASE("people of the rota get no alerts of their own, whatever an alert is about") {
  const auto book = load(people + turns).book;
  for (const auto& hit : alerting::route(book, {}, *the_reference())) CHECK_FALSE(hit.to->by_turns);
  CHECK(alerting::route(book, {}, *the_reference()).size() == 1);
}
