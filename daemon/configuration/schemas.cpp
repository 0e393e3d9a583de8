// SPDX-License-Identifier: Apache-2.0
#include "daemon/configuration/schemas.hpp"

#include "daemon/panel/nouns.hpp"
#include "daemon/settings.hpp"
#include "forewarn/closed_sets.hpp"
#include "forewarn/signal.hpp"
#include "rules/condition.hpp"
#include "rules/detect/detector_kind.hpp"
#include "rules/detectors/method.hpp"

#include <boost/json.hpp>

#include <initializer_list>
#include <utility>

namespace forewarn::schemas {
namespace {

namespace json = boost::json;
using json::object;

using properties = std::initializer_list<std::pair<std::string_view, object>>;

object said(object what, std::string_view description) {
  what["description"] = description;
  return what;
}
object text() {
  return {{"type", "string"}};
}
object text(std::string_view description) {
  return said(text(), description);
}
object word() { // what YAML reads as a number or a truth may be a word as well
  return {{"type", json::array{"string", "number", "boolean"}}};
}
object truth() {
  return {{"type", "boolean"}};
}
object number() {
  return {{"type", "number"}};
}
object whole(std::int64_t least) {
  return {{"type", "integer"}, {"minimum", least}};
}
object duration_text() {
  return {{"type", "string"}, {"pattern", "^[0-9]+[smhdw]$"}};
}
object duration_text(std::string_view description) {
  return said(duration_text(), description);
}
object percentage() {
  return {{"type", "string"}, {"pattern", "^[0-9.]+%$"}};
}
object refer(std::string_view definition) {
  return {{"$ref", "#/definitions/" + std::string{definition}}};
}
object list_of(object item) {
  return {{"type", "array"}, {"items", std::move(item)}};
}
object either(std::initializer_list<object> all) {
  json::array out;
  for (const auto& one : all) out.push_back(one);
  return {{"anyOf", std::move(out)}};
}
object one_or_more(const object& item) {
  return either({item, list_of(item)});
}
object one_of(const std::vector<std::string>& words) {
  return {{"enum", json::array(words.begin(), words.end())}};
}
template <class Enum> object spelled() {
  return one_of(all_spellings<Enum>());
}
object map_of(object value) {
  return {{"type", "object"}, {"additionalProperties", std::move(value)}};
}
object mapping(const properties& all, std::initializer_list<std::string_view> required = {}) {
  object own;
  for (const auto& [key, value] : all) own[key] = value;
  object out{{"type", "object"}, {"properties", std::move(own)}, {"additionalProperties", false}};
  if (required.size() > 0) out["required"] = json::array(required.begin(), required.end());
  return out;
}
object exactly_one_key(object of) {
  of["minProperties"] = 1;
  of["maxProperties"] = 1;
  return of;
}
object version() {
  return said({{"const", 1}}, "of this form of file");
}

// ---- rules

object where_schema() {
  auto out = mapping({{"all", list_of(refer("where"))}, {"any", list_of(refer("where"))}, {"not", refer("where")}});
  auto& own = out["properties"].as_object();
  for (const auto& field : rules::all_field_words()) own[field] = refer("test");
  out["patternProperties"] = object{{"^attributes\\.", refer("test")}};
  return out;
}

object test_schema() {
  const auto values = one_or_more(word());
  return either({word(), list_of(word()),
                 mapping({{"not", refer("test")},
                          {"at_least", number()},
                          {"more_than", number()},
                          {"at_most", number()},
                          {"less_than", number()},
                          {"exists", truth()},
                          {"matches", text("a regular expression (RE2), anywhere in the text")},
                          {"any_of", values},
                          {"all_of", values}})});
}

object by_level(const object& value) {
  return either({value, mapping({{"info", value}, {"amber", value}, {"red", value}})});
}

object part_schema() {
  return mapping({{"observe", one_or_more(text())},
                  {"feeds", one_or_more(text())},
                  {"where", refer("where")},
                  {"count", whole(1)}});
}

// What each detector takes; one that is not listed here takes anything.
object detector_schema(std::string_view name) {
  const auto within = duration_text("the window");
  const auto measure = either({one_of({"incidents", "people", "sites", "observations"}), mapping({{"sum", text()}})});
  const auto least = number();
  if (name == "every_record") return mapping({});
  if (name == "count")
    return mapping({{"within", within}, {"at_least", by_level(number())}, {"measure", measure}},
                   {"within", "at_least"});
  if (name == "rate")
    return mapping({{"within", within},
                    {"at_least", by_level(number())},
                    {"per", number()},
                    {"min_count", least},
                    {"measure", measure}},
                   {"within", "at_least"});
  if (name == "share")
    return mapping({{"of", refer("where")},
                    {"within", within},
                    {"at_least", by_level(percentage())},
                    {"min_count", least},
                    {"measure", measure}},
                   {"of", "within", "at_least"});
  if (name == "spike")
    return mapping({{"within", within},
                    {"baseline", duration_text()},
                    {"times", by_level(number())},
                    {"min_count", least},
                    {"measure", measure}},
                   {"within", "baseline", "times"});
  if (name == "unusual")
    return mapping({{"within", within},
                    {"baseline", duration_text()},
                    {"guard", duration_text()},
                    {"p", by_level(number())},
                    {"min_count", least},
                    {"model", one_of({"gamma_poisson", "poisson"})},
                    {"measure", measure}},
                   {"within"});
  if (name == "first_seen")
    return mapping({{"of", either({text(), list_of(text())})},
                    {"not_seen_for", duration_text("absent: ever")},
                    {"scope", one_of({"series", "all"})},
                    {"min_history", duration_text()},
                    {"certainty", one_of({"any"})}},
                   {"of"});
  if (name == "together")
    return mapping(
        {{"within", within}, {"at_least", by_level(number())}, {"of", map_of(part_schema())}, {"measure", measure}},
        {"within", "at_least", "of"});
  if (name == "scan")
    return mapping({{"areas", one_of({"ward", "msoa", "lsoa", "lad"})},
                    {"max_days", whole(1)},
                    {"baseline", duration_text("whole days; default 365d")},
                    {"model", one_of({"permutation", "poisson"})},
                    {"recurrence", by_level(duration_text("chance alone shows as much once in so many days"))},
                    {"min_count", least},
                    {"share", percentage()},
                    {"radius", said(number(), "of a cluster, in kilometres")},
                    {"min_history", whole(1)},
                    {"replicates", whole(99)},
                    {"seed", whole(0)},
                    {"measure", measure}},
                   {"areas"});
  if (name == "sequence") return mapping({{"within", within}, {"of", list_of(part_schema())}}, {"within", "of"});
  return {{"type", "object"}};
}

// Common keys, and the method's own options with what they say of themselves.
object periodic_schema(const std::string& method) {
  const auto measure = either({one_of({"incidents", "people", "sites", "observations"}), mapping({{"sum", text()}})});
  const auto day = text("a day such as 2026-12-25");
  const auto excluded = either({day, mapping({{"from", day}, {"to", day}}, {"from", "to"})});
  auto out = mapping({{"every", one_of({"day", "week"})},
                      {"min_count", number()},
                      {"min_history", whole(0)},
                      {"since", day},
                      {"exclude", either({excluded, list_of(excluded)})},
                      {"late", one_of({"scaled"})},
                      {"measure", measure}});
  auto& own = out["properties"].as_object();
  if (method == "beta_binomial") own["of"] = refer("where");
  for (const auto& one : detectors::options_of(method))
    if (!own.contains(one.name)) own[one.name] = one.name == "alpha" ? by_level(number()) : said(object{}, one.help);
  return out;
}

object detect_schema() {
  object own;
  for (const auto* kind : rules::detector_kinds())
    if (kind->read != nullptr) own[kind->name] = detector_schema(kind->name);
  for (const auto& method : detectors::all_methods()) own[method.name] = periodic_schema(method.name);
  return exactly_one_key({{"type", "object"}, {"properties", std::move(own)}, {"additionalProperties", false}});
}

object alert_schema() {
  const auto days = list_of(one_of({"mon", "tue", "wed", "thu", "fri", "sat", "sun"}));
  const auto quiet =
      mapping({{"from", text()}, {"to", text()}, {"days", days}, {"zone", text("a zone such as Europe/London")}},
              {"from", "to"});
  return mapping(
      {{"release", said(spelled<release>(), "panel: services hear after a decision; automatic: after `hold`")},
       {"hold", duration_text("in which on-call can stop an automatic alert")},
       {"audience", spelled<audience>()},
       {"advice", text("id of an approved block of templates/blocks/")},
       {"remind", mapping({{"after", duration_text()}, {"or_grows_by", percentage()}})},
       {"stale_after", duration_text()},
       {"budget", mapping({{"per", duration_text()}, {"at_most", whole(1)}}, {"per", "at_most"})},
       {"inhibit", one_or_more(text("a rule's id"))},
       {"quiet", one_or_more(quiet)}});
}

object grouping_schema() {
  const auto options =
      mapping({{"by", one_of({"class"})}, {"with_neighbours", truth()}, {"missing", one_of({"unknown"})}});
  auto named = mapping({{"missing", one_of({"unknown"})}});
  auto& own = named["properties"].as_object();
  for (const auto& field : rules::all_field_words()) own[field] = options;
  return list_of(either({text("a field"), std::move(named)}));
}

object rules_schema() {
  auto rule = mapping(
      {{"id", said({{"type", "string"}, {"pattern", "^[a-z0-9-]{1,64}$"}}, "unique over all files; never changes")},
       {"title", text("shown to people")},
       {"status", said(one_of({"live", "shadow", "off"}), "shadow: evaluated, and nobody is told")},
       {"owner", text("who answers for it; required when live")},
       {"why", text("one sentence on what this is meant to catch")},
       {"references", one_or_more(text())},
       {"false_positives", one_or_more(text())},
       {"observe", one_or_more(text("a kind of vocabulary/kinds.yaml"))},
       {"feeds", one_or_more(text("a feed's id"))},
       {"where", refer("where")},
       {"for_each", grouping_schema()},
       {"detect", detect_schema()},
       {"level", spelled<level>()},
       {"clear_after", duration_text("a signal closes when it has not held for so long")},
       {"max_delay", duration_text("what comes later than this opens no signal")},
       {"alert", alert_schema()}},
      {"id", "title", "detect"});
  auto change = rule; // what is different here: any of a rule's keys, and which rule
  change.erase("required");
  change["properties"].as_object()["rule"] = text("the id of a rule that stands elsewhere");
  change["required"] = json::array{"rule"};
  auto out = mapping({{"version", version()},
                      {"let", said({{"type", "object"}}, "names for conditions and lists, written $NAME in rules")},
                      {"change", list_of(std::move(change))},
                      {"rules", list_of(std::move(rule))}},
                     {"version"});
  out["definitions"] = object{{"where", where_schema()}, {"test", test_schema()}};
  return out;
}

// ---- feeds

object format_schema() {
  const auto encoding = one_of({"utf-8", "utf-16", "windows-1252", "latin-1"});
  const auto csv = mapping({{"encoding", encoding},
                            {"delimiter", text("one character, or tab")},
                            {"header", list_of(text())},
                            {"skip_lines", whole(0)}});
  const auto tree = mapping(
      {{"encoding", encoding}, {"records", text("pointer to the list of records, /data/items")}, {"keyed", truth()}});
  return either(
      {one_of({"csv", "json", "ndjson"}), exactly_one_key(mapping({{"csv", csv}, {"json", tree}, {"ndjson", tree}}))});
}

object source_schema() {
  const auto column = text("a column of theirs");
  return either({column, mapping({{"column", column},
                                  {"columns", list_of(text())},
                                  {"join", text()},
                                  {"absent", one_or_more(word())},
                                  {"extract", text("a regular expression; its first group is read")},
                                  {"values", map_of(word())},
                                  {"default", word()},
                                  {"unknown", one_of({"absent", "quarantine"})},
                                  {"optional", truth()},
                                  {"formats", one_or_more(text("iso, unix, unix-ms, or %d/%m/%Y %H:%M"))},
                                  {"zone", text()},
                                  {"within", text("an area that tells places of one name apart")},
                                  {"as", one_of({"list", "name", "text", "postcode"})},
                                  {"separators", one_or_more(text())},
                                  {"unlisted", one_of({"keep", "class", "quarantine"})},
                                  {"codes", text("a code system")},
                                  {"place_of", one_of({"incident", "home", "facility"})},
                                  {"birth_date", text()},
                                  {"numbers", text()}})});
}

object map_schema() {
  object own;
  for (const auto* field : {"occurred_at",
                            "sent_at",
                            "ward",
                            "msoa",
                            "lsoa",
                            "lad",
                            "area",
                            "site",
                            "setting",
                            "certainty",
                            "intent",
                            "outcome",
                            "fatal",
                            "naloxone",
                            "naloxone_doses",
                            "naloxone_by",
                            "days_since_release",
                            "age",
                            "age_band",
                            "sex",
                            "weight",
                            "substances",
                            "confirmed",
                            "sold_as",
                            "person"})
    own[field] = one_or_more(refer("source"));
  return {{"type", "object"},
          {"properties", std::move(own)},
          {"additionalProperties", false},
          {"required", json::array{"occurred_at"}}};
}

object feeds_schema() {
  auto out = mapping(
      {{"version", version()},
       {"id", text("small letters, digits, hyphens; never changes")},
       {"partner", text()},
       {"kind", text("of vocabulary/kinds.yaml")},
       {"purpose", text()},
       {"lawful_basis", text()},
       {"retention", duration_text("how long its observations may be kept")},
       {"fetch", mapping({{"folder", mapping({{"path", text()}, {"pattern", text("*.csv")}}, {"path"})},
                          {"push", mapping({{"token_file", text("or credential:NAME")}}, {"token_file"})}})},
       {"expect",
        mapping({{"every", duration_text()}, {"by", text("a local time such as \"09:00\"")}, {"min_rows", whole(0)}})},
       {"read", format_schema()},
       {"zone", text("a zone such as Europe/London")},
       {"absent", one_or_more(word())},
       {"select", said({{"type", "object"}}, "their columns, with conditions: which rows matter")},
       {"identity",
        said({{"type", "object"}}, "id or fingerprint, same_id, revision, withdrawn, withdrawn_by_absence")},
       {"partner_reference", mapping({{"column", text()}, {"sealed_for", text()}}, {"column", "sealed_for"})},
       {"codes", said({{"type", "object"}}, "code systems of this partner's own")},
       {"incident",
        either({text(), mapping({{"column", text()}, {"same", one_or_more(text())}, {"within", duration_text()}})})},
       {"map", map_schema()},
       {"always", said({{"type", "object"}}, "the same for every record")},
       {"attributes", said({{"type", "object"}}, "names that rules can use, and their columns")}},
      {"version", "id", "partner", "kind", "read", "identity", "map"});
  out["definitions"] = object{{"source", source_schema()}};
  return out;
}

// ---- services, settings, tests

object services_schema() {
  const auto to = one_or_more(text("an address"));
  const auto kind_of = [](object settings) {
    auto& own = settings["properties"].as_object();
    own["name"] = text("where a service has two of one kind");
    own["fallback"] = said(truth(), "used only where the others did not reach the service");
    return settings;
  };
  auto channel = kind_of(mapping({{"webhook", mapping({{"url", text("https://...")},
                                                       {"secret_file", one_or_more(text("or credential:NAME"))},
                                                       {"ca_file", text()},
                                                       {"private_address", truth()}},
                                                      {"url", "secret_file"})},
                                  {"email", mapping({{"to", to}}, {"to"})},
                                  {"maildir", mapping({{"folder", text()}, {"to", to}}, {"folder"})},
                                  {"notify", mapping({{"sms", one_or_more(text("a number such as +447700900123"))},
                                                      {"email", to},
                                                      {"template", text("the template's id")},
                                                      {"key_file", text("or credential:NAME")},
                                                      {"url", text("https://... of another installation")},
                                                      {"ca_file", text()},
                                                      {"private_address", truth()}},
                                                     {"template", "key_file"})}}));
  json::array one_kind;
  for (const char* kind : {"webhook", "email", "maildir", "notify"})
    one_kind.push_back(object{{"required", json::array{kind}}});
  channel["oneOf"] = std::move(one_kind);
  const auto days = list_of(one_of({"mon", "tue", "wed", "thu", "fri", "sat", "sun"}));
  const auto service = mapping({{"id", text("small letters, digits and '-'")},
                                {"name", text()},
                                {"roles", list_of(one_of({"on_call", "duty_desk", "operators", "rota", "exercise"}))},
                                {"takes", mapping({{"areas", one_or_more(text())},
                                                   {"substances", one_or_more(text())},
                                                   {"kinds", one_or_more(text("a kind of record"))},
                                                   {"level", spelled<level>()},
                                                   {"audience", one_or_more(spelled<audience>())}})},
                                {"channels", list_of(channel)},
                                {"fallback_after", duration_text("how long the other channels have")},
                                {"confirm", mapping({{"within", duration_text()},
                                                     {"level", spelled<level>()},
                                                     {"escalate_to", one_or_more(text("a service's or group's id"))}},
                                                    {"within"})},
                                {"hours", mapping({{"from", text()}, {"to", text()}, {"days", days}}, {"from", "to"})}},
                               {"id", "name", "channels"});
  const auto order = one_or_more(text("ids of services whose role is rota"));
  const auto turns = mapping({{"first", text("the day on which the first of the order begins: 2026-11-02")},
                              {"hand_over", text("09:00, in the zone")},
                              {"days", said({{"type", "integer"}}, "of one turn; default 7")},
                              {"order", order}},
                             {"first", "hand_over", "order"});
  const auto swap = mapping({{"from", text("2026-12-24 09:00")}, {"until", text()}, {"who", text()}, {"why", text()}},
                            {"from", "until", "who", "why"});
  const auto rota = mapping(
      {{"zone", text("default: the daemon's")},
       {"turns", turns},
       {"holidays", mapping({{"calendar", text("an id of calendars/")}, {"order", order}}, {"calendar", "order"})},
       {"swaps", list_of(swap)},
       {"unread_after", text("a duration such as 15m")}},
      {"turns"});
  return mapping({{"version", version()},
                  {"services", list_of(service)},
                  {"groups", said({{"type", "object"}}, "names under which several services are meant")},
                  {"rota", rota}});
}

object settings_schema() {
  object out{{"type", "object"}, {"properties", object{}}, {"additionalProperties", false}};
  auto& own = out["properties"].as_object();
  for (const auto& one : show_settings({})) {
    const auto dot = one.key.find('.');
    if (dot == std::string::npos) {
      own[one.key] = said(word(), one.help);
      continue;
    }
    const auto section = one.key.substr(0, dot);
    if (!own.contains(section)) own[section] = mapping({});
    own[section].as_object()["properties"].as_object()[one.key.substr(dot + 1)] = said(word(), one.help);
  }
  return out;
}

object tests_schema() {
  const object observation{{"type", "object"},
                           {"required", json::array{"kind", "at"}},
                           {"description", "fields of an observation, with at, received, repeat and every"}};
  const auto expectation = mapping({{"rule", text("a rule's id")},
                                    {"series", map_of(word())},
                                    {"opens", text()},
                                    {"level", spelled<level>()},
                                    {"becomes", spelled<level>()},
                                    {"at", text()},
                                    {"closes", text()},
                                    {"because", spelled<close_reason>()},
                                    {"retrospective", truth()},
                                    {"to", text("a service's id")},
                                    {"by", text("a channel, or its kind")},
                                    {"says", one_or_more(text())},
                                    {"says_not", one_or_more(text())}});
  const auto test = mapping(
      {{"name", text()},
       {"observations", list_of(observation)},
       {"expect", list_of(expectation)},
       {"expect_none",
        list_of(either({text("a rule's id"), mapping({{"to", text("a service's id")}, {"by", text()}}, {"to"})}))}},
      {"name", "observations"});
  return mapping({{"version", version()},
                  {"rules", one_or_more(text("a path from this file"))},
                  {"services", one_or_more(text("a path from this file; default: services.d"))},
                  {"tests", list_of(test)}},
                 {"rules", "tests"});
}

object grading_schema() {
  const auto answer =
      mapping({{"id", word()},
               {"text", text("what the panel reads")},
               {"score", number()},
               {"at_most", said(spelled<panel::panel_outcome>(), "caps the outcome, whatever the score")}},
              {"id", "text", "score"});
  const auto axis = mapping({{"id", word()}, {"title", text()}, {"question", text()}, {"answers", list_of(answer)}},
                            {"id", "title", "question", "answers"});
  const auto cut_off =
      mapping({{"at_least", number()}, {"outcome", spelled<panel::panel_outcome>()}, {"level", spelled<level>()}},
              {"at_least", "outcome"});
  const auto matrix = mapping({{"id", word()},
                               {"title", text()},
                               {"note", text("shown with the questions")},
                               {"illustrative", truth()},
                               {"axes", list_of(axis)},
                               {"outcomes", list_of(cut_off)}},
                              {"id", "title", "axes", "outcomes"});
  const auto clocks = mapping({{"assess", duration_text("working days; default 24h")},
                               {"risk_to_life", duration_text("round the clock; default 4h")},
                               {"reply", duration_text("working days; default 48h")},
                               {"second_review", duration_text("round the clock; default 24h")},
                               {"again", duration_text("how often what is overdue speaks; default 4h")},
                               {"again_at_risk", duration_text("at risk to life; default 1h")},
                               {"for_signals", truth()},
                               {"holidays", text("a calendar's id; default bank-holiday")},
                               {"escalate_to", one_or_more(text("a service's id"))}});
  const auto words =
      mapping({{"source", map_of(text())}, {"information", map_of(text())}, {"handling", map_of(text())}});
  const auto elsewhere = mapping({{"name", text()},
                                  {"from", one_of({"natpsa", "ohid", "neighbour", "other"})},
                                  {"url", text("https://... of an Atom feed or a CAP alert")},
                                  {"ca_file", text()},
                                  {"every", duration_text("default 15m")},
                                  {"maildir", text("a mail folder; relative ones start at the state folder")},
                                  {"senders", one_or_more(text("an address whose mails are alerts"))}},
                                 {"name", "from"});
  const auto reports =
      mapping({{"retention", duration_text("of what reports say, from when they came; default: kept")}});
  return mapping({{"version", version()},
                  {"matrices", list_of(matrix)},
                  {"clocks", clocks},
                  {"elsewhere", list_of(elsewhere)},
                  {"out_of_hours", text("professionals, or services: who hears then what the panel has not graded")},
                  {"reports", reports},
                  {"intelligence", words}});
}

struct named_schema {
  std::string_view name, title;
  object (*make)();
};
constexpr named_schema all[] = {
    {"rules", "rules.d/*.yaml: rules", rules_schema},
    {"feeds", "feeds.d/*.yaml: one partner's feed", feeds_schema},
    {"services", "services.d/*.yaml: who is told, and how", services_schema},
    {"settings", "forewarn.yaml: the daemon's settings", settings_schema},
    {"grading", "grading/*.yaml: the panel's matrices and clocks", grading_schema},
    {"tests", "tests/*.yaml: tests of rules", tests_schema},
};

} // namespace

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& one : all) out.emplace_back(one.name);
  return out;
}

object schema_of(std::string_view name) {
  for (const auto& one : all)
    if (one.name == name) {
      object out{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", one.title}};
      for (auto& entry : one.make()) out[entry.key()] = entry.value();
      return out;
    }
  return {};
}

} // namespace forewarn::schemas
