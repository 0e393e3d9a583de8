// SPDX-License-Identifier: Apache-2.0
// `forewarn report`: what a partner or a person knows, or an alert from elsewhere, into the panel's hands. Prints the
// reference that the reporter quotes from then on.
#include "daemon/commands/command.hpp"
#include "daemon/commands/decide.hpp"
#include "daemon/panel/nouns.hpp"
#include "forewarn/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <iostream>
#include <iterator>
#include <memory>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct wishes {
  std::string title, text, source, organisation, contact, source_grade, information, handling, conditions;
  std::string from, outside_ref, outside_issued, occurred, level, site, status, to, like;
  std::vector<std::string> substances, areas, criteria;
  bool risk_to_life = false;
};

void put(json::object& body, const char* key, const std::string& text) {
  if (!text.empty()) body[key] = text;
}
void put(json::object& body, const char* key, const std::vector<std::string>& words) {
  if (words.empty()) return;
  json::array out;
  for (const auto& word : words) out.emplace_back(word);
  body[key] = std::move(out);
}

std::string text_of(const wishes& these) {
  if (these.text != "-") return these.text;
  return {std::istreambuf_iterator<char>{std::cin}, {}};
}

json::object body_of(const wishes& these) {
  json::object body{{"kind", these.from.empty() ? "intelligence" : "alert"}, {"risk_to_life", these.risk_to_life}};
  put(body, "title", these.title);
  put(body, "text", text_of(these));
  put(body, "source", these.source);
  put(body, "organisation", these.organisation);
  put(body, "contact", these.contact);
  put(body, "source_grade", these.source_grade);
  put(body, "information_grade", these.information);
  // What a national body or a neighbour has published may be shared; of anything else a person says so.
  put(body, "handling", these.handling.empty() && !these.from.empty() ? std::string{"P"} : these.handling);
  put(body, "conditions", these.conditions);
  put(body, "from", these.from);
  put(body, "outside_reference", these.outside_ref);
  put(body, "outside_issued", these.outside_issued);
  put(body, "occurred_at", these.occurred);
  put(body, "level", these.level);
  put(body, "site", these.site);
  put(body, "status", these.status);
  put(body, "substances", these.substances);
  put(body, "areas", these.areas);
  put(body, "criteria", these.criteria);
  return body;
}

std::string text_in(const json::object& of, const char* key) {
  const auto* value = of.if_contains(key);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

outcome add_to(const wishes& these, const context& shared) {
  const auto came = decide(shared, "/v1/reports/" + these.to + "/add", "-", {{"text", text_of(these)}});
  if (!came) return came.error();
  if (shared.output != "json") std::cout << fmt::format("Added to {}.\n", these.to);
  return outcome::done;
}

outcome enter(const wishes& these, const context& shared) {
  if (!these.to.empty()) return add_to(these, shared);
  if (these.title.empty()) {
    std::cerr << "forewarn: say in one line what it is about: --title TEXT\n";
    return outcome::usage;
  }
  const auto came = decide(shared, "/v1/reports", "-", body_of(these));
  if (!came) return came.error();
  if (shared.output == "json") return outcome::done;
  std::cout << fmt::format("{}\n", text_in(*came, "reference"));
  std::cerr << fmt::format("The panel has it as {}. Give the reporter the reference {}; more of the same: forewarn "
                           "report --to {} --text ...\n",
                           text_in(*came, "assessment"), text_in(*came, "reference"), text_in(*came, "reference"));
  if (const auto* like = came->if_contains("like"); like != nullptr && like->is_array() && !like->get_array().empty()) {
    std::vector<std::string> alike;
    for (const auto& one : like->get_array())
      if (one.is_string()) alike.emplace_back(one.get_string());
    std::cerr << fmt::format("It resembles what is there already: {}. To see one: forewarn reports show {}\n",
                             join_and(alike), alike.empty() ? "REF" : alike.front());
  }
  return outcome::done;
}

} // namespace

void add_report(CLI::App& root, context& shared) {
  auto* verb =
      root.add_subcommand("report", "enters what a partner knows, or an alert from elsewhere; prints its reference");
  verb->footer("Examples:\n"
               "  forewarn report --title 'Yellow tablets sold as diazepam' --text 'Two people unrousable after one' "
               "--substance bromazolam --area Leeds --organisation 'an outreach team' --contact 'the team desk' "
               "--handling P --criterion misleading\n"
               "  forewarn report --title 'Potent opioids linked to overdoses' --from natpsa --outside-ref "
               "NatPSA/2023/007/OHID --text - < alert.txt\n"
               "  forewarn report --to R-2026-0003 --text 'a third person since'\n\n"
               "Source, contact, grades and handling code stay with the panel. Without --handling P a report has "
               "conditions (C): none of its words leaves the panel.");
  const auto these = std::make_shared<wishes>();
  verb->add_option("--title", these->title, "one line: what it is about");
  verb->add_option("--text", these->text, "all of it; - reads standard input");
  verb->add_option("--to", these->to, "adds the text to a report that is there")->type_name("REF");
  verb->add_option("--source", these->source, "who knows it; for the panel alone");
  verb->add_option("--organisation", these->organisation, "who reports it");
  verb->add_option("--contact", these->contact, "where they hear back, within 48 hours of working days");
  verb->add_option("--source-grade", these->source_grade, "3x5x2: 1 to 3; default 2")
      ->check(CLI::IsMember(all_spellings<panel::source_grade>()));
  verb->add_option("--information", these->information, "3x5x2: A to E; default D")
      ->check(CLI::IsMember(all_spellings<panel::information_grade>()));
  verb->add_option("--handling", these->handling, "3x5x2: P may be shared, C with conditions; default C")
      ->check(CLI::IsMember(all_spellings<panel::handling>()));
  verb->add_option("--conditions", these->conditions, "which");
  verb->add_option("--from", these->from, "an alert from elsewhere: natpsa, ohid, neighbour or other")
      ->check(CLI::IsMember({"natpsa", "ohid", "neighbour", "other"}));
  verb->add_option("--outside-ref", these->outside_ref, "its reference there");
  verb->add_option("--outside-issued", these->outside_issued, "when it was issued there")->type_name("TIME");
  verb->add_option("--occurred", these->occurred, "when what it tells of happened; default: now")->type_name("TIME");
  verb->add_option("--level", these->level, "info, amber or red; default amber")
      ->check(CLI::IsMember(all_spellings<level>()));
  verb->add_flag("--risk-to-life", these->risk_to_life, "the panel's answer is due within hours");
  verb->add_option("--substance", these->substances, "id or name; again for more")->expected(1)->take_all();
  verb->add_option("--area", these->areas, "code or name; again for more")->expected(1)->take_all();
  verb->add_option("--site", these->site, "id or name of a site");
  verb->add_option("--criterion", these->criteria,
                   "admission criterion that it meets: harm, potency, misleading, trend")
      ->check(CLI::IsMember(all_spellings<panel::admission>()))
      ->expected(1)
      ->take_all();
  verb->add_option("--status", these->status, "exercise or test: nothing of it reaches a real recipient")
      ->check(CLI::IsMember(all_spellings<alert_status>()));
  verb->callback([these, &shared] { shared.result = enter(*these, shared); });
}

} // namespace forewarn::commands
