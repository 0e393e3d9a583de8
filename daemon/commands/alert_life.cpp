// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/alert_life.hpp"

#include "daemon/alerting/alert_json.hpp"
#include "daemon/commands/decide.hpp"
#include "daemon/commands/panel_words.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/panel/fields.hpp"
#include "daemon/panel/ledger.hpp"

#include <fmt/format.h>

#include <iostream>
#include <map>
#include <memory>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct wishes {
  std::string ref, into, reason;
  std::int64_t version = 0;
  std::string level, review_by, expires;
  typed_parts parts;
  bool refresh = false, correction = false, widen = false, break_glass = false;
  std::string service, answer, note;
  std::int64_t action = 0;
  std::string reach, feedback, indicator, unintended, lesson;
};

void put(json::object& body, const char* key, const std::string& text) {
  if (!text.empty()) body[key] = text;
}

outcome take(const wishes& these, const context& shared, const char* step, json::object body, const std::string& said) {
  put_seen(body, these.version);
  const auto answer = decide(shared, "/v1/alerts/" + these.ref + "/" + step, these.reason, std::move(body));
  if (!answer) return answer.error();
  if (shared.output != "json") std::cout << said << '\n';
  return outcome::done;
}

outcome update(const wishes& these, const context& shared) {
  auto parts = parts_of(these.parts);
  if (!parts) return parts.error();
  json::object body{{"refresh", these.refresh},
                    {"correction", these.correction},
                    {"widen", these.widen},
                    {"break_glass", these.break_glass}};
  put(body, "level", these.level);
  put(body, "review_by", these.review_by);
  put(body, "expires", these.expires);
  if (!parts->empty()) body["content"] = std::move(*parts);
  return take(these, shared, "update", std::move(body),
              fmt::format("{} has a new version; it goes to everyone who received it. To see it: forewarn alerts show "
                          "{}",
                          these.ref, these.ref));
}

outcome print_actions(const alert& one, const panel::ledger_reader& kept, const stored& from) {
  if (one.content.actions.empty()) std::cout << "The alert asks for no action.\n";
  for (std::size_t i = 0; i < one.content.actions.size(); ++i)
    std::cout << fmt::format("{}. {}\n", i + 1, one.content.actions[i]);
  std::map<std::pair<std::string, std::string>, panel::action_answer> newest; // service and action
  for (auto& answer : kept.action_answers(one.ref))
    newest.insert_or_assign({answer.service.str(), answer.action}, std::move(answer));
  std::map<std::string, bool> services;
  for (const auto& to : kept.receivers(one.ref)) services[to.service.str()] = true;
  std::vector<std::vector<std::string>> cells;
  for (const auto& [service, sent] : services)
    for (std::size_t i = 0; i < one.content.actions.size(); ++i) {
      const auto found = newest.find({service, one.content.actions[i]});
      if (found == newest.end())
        cells.push_back({service, std::to_string(i + 1), "no answer", "-", "-", ""});
      else
        cells.push_back({service, std::to_string(i + 1), std::string{to_text(found->second.answer)}, found->second.who,
                         from.time(found->second.at), found->second.note});
    }
  std::cout << '\n' << as_table({"SERVICE", "ACTION", "ANSWER", "WHO", "WHEN", "NOTE"}, cells);
  return outcome::done;
}

std::optional<alert> known(const wishes& these, const stored& from) {
  auto one = from.reader->alert_by_ref(alert_ref{these.ref});
  if (!one) std::cerr << fmt::format("forewarn: no alert '{}'; `forewarn alerts list --all` shows all\n", these.ref);
  return one;
}

outcome actions(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto one = known(these, *from);
  if (!one) return outcome::failed;
  const auto& kept = panel::of(*from->reader);
  if (shared.output != "json") return print_actions(*one, kept, *from);
  json::array list;
  for (const auto& action : one->content.actions) list.emplace_back(action);
  std::cout << json::serialize(json::object{{"reference", one->ref.str()},
                                            {"version", one->version},
                                            {"actions", std::move(list)},
                                            {"sent_to", panel::detail::written(kept.receivers(one->ref))},
                                            {"answers", panel::detail::written(kept.action_answers(one->ref))},
                                            {"evaluations", panel::detail::written(kept.evaluations(one->ref))}})
            << '\n';
  return outcome::done;
}

outcome versions(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from || !known(these, *from)) return outcome::failed;
  const auto all = panel::of(*from->reader).alert_versions(alert_ref{these.ref});
  if (shared.output == "json") {
    json::array out;
    for (const auto& one : all) out.push_back(alerting::as_json(one));
    std::cout << json::serialize(out) << '\n';
    return outcome::done;
  }
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : all)
    cells.push_back({std::to_string(one.version), std::string{to_text(one.state)}, std::string{to_text(one.level)},
                     one.decided_by, one.reason, one.content.headline});
  std::cout << as_table({"VERSION", "STATE", "LEVEL", "WHO", "WHY", "WHAT"}, cells);
  return outcome::done;
}

class parts_adder {
public:
  parts_adder(CLI::App& verb, context& shared, std::shared_ptr<wishes> these)
      : verb_{verb}, shared_{shared}, these_{std::move(these)} {}

  CLI::App* add(const char* name, const char* what, const char* example,
                outcome (*act)(const wishes&, const context&)) {
    auto* out = verb_.add_subcommand(name, what);
    out->footer(std::string{"Example: "} + example);
    out->fallthrough();
    out->add_option("REF", these_->ref, "reference, as in the list")->required();
    out->callback([act, these = these_, &shared = shared_] { shared.result = act(*these, shared); });
    return out;
  }
  // One that decides.
  CLI::App* step(const char* name, const char* what, const char* example,
                 outcome (*act)(const wishes&, const context&)) {
    auto* out = add(name, what, example, act);
    add_reason(*out, these_->reason);
    add_seen(*out, these_->version);
    return out;
  }

private:
  CLI::App& verb_;
  context& shared_;
  std::shared_ptr<wishes> these_;
};

outcome stand_down(const wishes& these, const context& shared) {
  return take(these, shared, "stand-down", {},
              fmt::format("{} is stood down; everyone who received it is told.", these.ref));
}
outcome retract(const wishes& these, const context& shared) {
  return take(these, shared, "retract", {},
              fmt::format("{} is retracted; everyone who received it is told.", these.ref));
}
outcome merge(const wishes& these, const context& shared) {
  return take(these, shared, "merge", {{"into", these.into}},
              fmt::format("{} goes on as {}; everyone who received either is told.", these.ref, these.into));
}
outcome review(const wishes& these, const context& shared) {
  json::object body;
  put(body, "review_by", these.review_by);
  return take(these, shared, "review", std::move(body), fmt::format("{} was reviewed and stands.", these.ref));
}
outcome answer(const wishes& these, const context& shared) {
  json::object body{{"service", these.service}, {"answer", these.answer}, {"action", these.action}};
  put(body, "note", these.note);
  return take(these, shared, "answer", std::move(body), fmt::format("Written down for {}.", these.service));
}
outcome evaluate(const wishes& these, const context& shared) {
  json::object body;
  put(body, "reach", these.reach);
  put(body, "feedback", these.feedback);
  put(body, "indicator", these.indicator);
  put(body, "unintended", these.unintended);
  put(body, "lesson", these.lesson);
  return take(these, shared, "evaluate", std::move(body), fmt::format("Written down about {}.", these.ref));
}

} // namespace

void add_alert_life(CLI::App& alerts, context& shared) {
  const auto these = std::make_shared<wishes>();
  parts_adder parts{alerts, shared, these};

  auto* changing = parts.step("update", "a new version, to everyone who received the one before",
                              "forewarn alerts update FW-2026-0007 --version 1 --set drugs=protonitazene --correction "
                              "--why 'the laboratory mistyped it'",
                              update);
  add_parts(*changing, these->parts);
  changing->add_option("--level", these->level, "info, amber or red")->check(CLI::IsMember(all_spellings<level>()));
  changing->add_flag("--refresh", these->refresh, "write it again from what the records say now, before any --set");
  changing->add_flag("--correction", these->correction, "what was said was wrong: the message says so");
  changing->add_flag("--widen", these->widen, "also to services that take it now and had nothing before");
  changing->add_flag("--break-glass", these->break_glass,
                     "red and for the public, without a second person: one reviews it within a day");
  changing->add_option("--review-by", these->review_by, "a time, or a length such as 7d")->type_name("WHEN");
  changing->add_option("--expires", these->expires, "a time, or a length such as 28d")->type_name("WHEN");

  parts.step("stand-down", "it is over: everyone who received it hears so, and why",
             "forewarn alerts stand-down FW-2026-0007 --why 'no case for four weeks, batch seized'", stand_down);
  parts.step("retract", "it was wrong: everyone who received it hears so, and why",
             "forewarn alerts retract FW-2026-0007 --why 'the test was of another sample'", retract);
  parts
      .step("merge", "two alerts about one batch: the first ends and says that it goes on as the second",
            "forewarn alerts merge FW-2026-0007 --into FW-2026-0009 --why 'one batch, says the laboratory'", merge)
      ->add_option("--into", these->into, "the alert that goes on")
      ->required()
      ->type_name("REF");
  parts
      .step("review", "a person looked again and it stands; the second person's word where one released it alone",
            "forewarn alerts review FW-2026-0007 --why 'two more cases this week' --review-by 7d", review)
      ->add_option("--review-by", these->review_by, "when next: a time, or a length such as 7d")
      ->type_name("WHEN");

  parts.add("actions", "what services answered to what the alert asks of them", "forewarn alerts actions FW-2026-0007",
            actions);
  auto* answering = parts.add("answer", "writes down what a service answers to one action, or to all",
                              "forewarn alerts answer FW-2026-0007 --service duty-desk --action 2 --says done", answer);
  answering->add_option("--service", these->service, "who answers")->required();
  answering->add_option("--action", these->action, "its number in `alerts actions`; left out: all")
      ->check(CLI::Range(0, 1'000));
  answering->add_option("--says", these->answer, "done, not_applicable or cannot")
      ->required()
      ->check(CLI::IsMember(all_spellings<panel::action_answer_word>()));
  answering->add_option("--note", these->note, "in a few words; what stands in the way of 'cannot'");

  auto* after = parts.add("evaluate", "writes down what came of an alert",
                          "forewarn alerts evaluate FW-2026-0007 --reach '14 of 15 services' --lesson 'send to night "
                          "shelters as well'",
                          evaluate);
  after->add_option("--reach", these->reach, "whom it reached");
  after->add_option("--feedback", these->feedback, "what they said");
  after->add_option("--indicator", these->indicator, "what changed in the numbers");
  after->add_option("--unintended", these->unintended, "what nobody had wanted");
  after->add_option("--lesson", these->lesson, "what to do otherwise");

  parts.add("versions", "every version: who, why, what", "forewarn alerts versions FW-2026-0007", versions);
}

} // namespace forewarn::commands
