// SPDX-License-Identifier: Apache-2.0
// What a person gets wrong in a rule, and what they are told: the code, the word underlined, and what to do.
#include "rules/small_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace forewarn;
using namespace forewarn::test;

namespace {

struct row {
  std::string name;
  const char* lines; // of one rule; "~key" leaves a usual key out
  const char* code;
  const char* word; // what is underlined; empty: not looked at
  const char* says;
};

const row broken[] = {
    {"unknown key", "titel: x", "unknown-key", "titel", "did you mean 'title'?"},
    {"no title", "~title", "missing-key", "", "'title' is required"},
    {"no id", "~id", "missing-key", "", "rule 1: 'id' is required"},
    {"id with capitals", "id: Opioids", "bad-value", "Opioids", "small letters, digits and hyphens"},
    {"id too long", "id: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "too-large", "", "64"},
    {"empty title", "title:", "wrong-type", "", "'title' must be text, found nothing"},
    {"title a list", "title: [a]", "wrong-type", "[", "found a list"},
    {"no owner on a live rule", "~owner", "missing-key", "", "required of a live rule"},
    {"unknown status", "status: lvie", "bad-value", "lvie", "did you mean 'live'?"},
    {"nothing observed", "~observe", "missing-key", "", "what it looks at"},
    {"observes an empty list", "observe: []", "impossible-condition", "[", "observes nothing"},
    {"observes nothing at all", "observe:", "wrong-type", "", "found nothing"},
    {"unknown kind", "observe: [ambulence]", "unknown-kind", "ambulence", "did you mean 'ambulance'?"},
    {"unknown feed", "feeds: [yass]", "unknown-feed", "yass", "did you mean 'yas'?"},
    {"unknown feed in where", "where: {feed: wedino}", "unknown-feed", "wedino", "did you mean 'wedinos'?"},
    {"no detector", "~detect", "missing-key", "", "'detect' is required"},
    {"empty detect", "detect: {}", "wrong-type", "{", "names one detector"},
    {"detect as a word", "detect: count", "wrong-type", "count", "names one detector"},
    {"unknown detector", "detect: {cuont: {within: 1d, at_least: 3}}", "unknown-key", "cuont", "did you mean 'count'?"},
    {"rate where a population is missing", "detect: {rate: {within: 7d, at_least: 20}}\nfor_each: [ward]",
     "no-population", "", "City has none in areas/"},
    {"rate of no area", "detect: {rate: {within: 7d, at_least: 20}}", "no-population", "", "set 'root_area'"},
    {"share without of", "detect: {share: {within: 1d, at_least: 30%}}", "missing-key", "", "'of' is required"},
    {"share as a number", "detect: {share: {of: {naloxone: true}, within: 1d, at_least: 30}}", "bad-value", "30",
     "write 30%"},
    {"share of what cannot be", "detect: {share: {of: {kind: death}, within: 1d, at_least: 30%}}",
     "impossible-condition", "", ""},
    {"spike without baseline", "detect: {spike: {within: 1d, times: 3}}", "missing-key", "", "'baseline' is required"},
    {"a baseline shorter than the window", "detect: {spike: {within: 7d, baseline: 3d, times: 3}}", "bad-value", "3d",
     "not one window fits"},
    {"a baseline of a million windows", "detect: {spike: {within: 1m, baseline: 900d, times: 3}}", "too-large", "900d",
     "at most 10000"},
    {"chances upside down", "detect: {unusual: {within: 1d, p: {amber: 0.001, red: 0.01}}}", "bad-value", "0.01",
     "a smaller chance than amber"},
    {"a chance above one", "detect: {unusual: {within: 1d, p: 3}}", "bad-value", "3", "between 0 and 1"},
    {"an unknown model", "detect: {unusual: {within: 1d, model: poison}}", "bad-value", "poison",
     "did you mean 'poisson'?"},
    {"together without parts", "detect: {together: {within: 1d, at_least: 2}}\n~observe", "missing-key", "",
     "'of' is required"},
    {"together of one", "detect: {together: {within: 1d, at_least: 1, of: {a: {observe: [death]}}}}", "bad-value", "{",
     "has 1 parts; write 2 to 20"},
    {"more parts than there are",
     "detect: {together: {within: 1d, at_least: 3, of: {a: {observe: [death]}, b: {observe: [ambulance]}}}}",
     "bad-value", "3", "there are 2"},
    {"a part that observes nothing",
     "detect: {together: {within: 1d, at_least: 2, of: {a: {observe: [death]}, b: {count: 2}}}}\n~observe",
     "missing-key", "{", "what it looks at"},
    {"a misspelt key in a part",
     "detect: {sequence: {within: 1d, of: [{observe: [death]}, {observe: [ambulance], wher: {}}]}}", "unknown-key",
     "wher", "did you mean 'where'?"},
    {"a sequence as names", "detect: {sequence: {within: 1d, of: {a: {observe: [death]}}}}", "wrong-type", "{",
     "a list of what happens, in order"},
    {"a scan of no areas", "detect: {scan: {}}", "missing-key", "", "'areas' is required"},
    {"a scan of what is no level", "detect: {scan: {areas: wrad}}", "bad-value", "wrad", "did you mean 'ward'?"},
    {"a scan of areas that nobody listed", "detect: {scan: {areas: msoa}}", "no-places", "msoa", "hold 0 of level"},
    {"a scan of areas that do not adjoin", "detect: {scan: {areas: lad}}", "no-places", "lad",
     "neither 'latitude' and 'longitude' nor 'neighbours'"},
    {"a scan against residents that are not known", "detect: {scan: {areas: ward, model: poisson}}", "no-population",
     "poisson", "the permutation model needs none"},
    {"a circle without coordinates", "detect: {scan: {areas: ward, radius: 5}}", "no-places", "5", "leave it out"},
    {"a scan in each ward", "detect: {scan: {areas: ward}}\nfor_each: [ward]", "bad-value", "",
     "'for_each' has ward, and the scan itself says where"},
    {"a scan at each site", "detect: {scan: {areas: ward}}\nfor_each: [site]", "bad-value", "", "is no place"},
    {"a scan of sites", "detect: {scan: {areas: ward, measure: sites}}", "bad-value", "sites",
     "neither sites nor sums"},
    {"a scan of sums", "detect: {scan: {areas: ward, measure: {sum: naloxone_doses}}}", "bad-value", "{",
     "incidents, people or observations"},
    {"recurrences upside down", "detect: {scan: {areas: ward, recurrence: {amber: 365d, red: 100d}}}", "bad-value",
     "100d", "red must ask for more than amber"},
    {"a recurrence of hours", "detect: {scan: {areas: ward, recurrence: 36h}}", "bad-duration", "36h",
     "whole days such as 100d"},
    {"a recurrence as a number", "detect: {scan: {areas: ward, recurrence: 100}}", "bad-duration", "100", "100d"},
    {"a recurrence of every day", "detect: {scan: {areas: ward, recurrence: 1d}}", "bad-value", "1d", "from 2d"},
    {"a recurrence of ages", "detect: {scan: {areas: ward, recurrence: 36501d}}", "too-large", "36501d", ""},
    {"a cluster of months", "detect: {scan: {areas: ward, max_days: 90}}", "bad-value", "90", "64"},
    {"a scan with hardly a past", "detect: {scan: {areas: ward, max_days: 14, baseline: 20d}}", "bad-value", "20d",
     "whole days, 28 at least"},
    {"a cluster of one", "detect: {scan: {areas: ward, min_count: 1}}", "bad-value", "1", "one case is no cluster"},
    {"a scan by chance", "detect: {scan: {areas: ward, alpha: 0.01}}", "unknown-key", "alpha", "no key 'alpha'"},
    {"a misspelt option of a scan", "detect: {scan: {areas: ward, recurence: 100d}}", "unknown-key", "recurence",
     "did you mean 'recurrence'?"},
    {"a scan that half a day clears", "detect: {scan: {areas: ward}}\nclear_after: 12h", "clear-too-short", "12h", ""},
    {"a scan for which all is late", "detect: {scan: {areas: ward}}\nmax_delay: 2d", "bad-value", "2d",
     "8 days or more"},
    {"a periodic detector misspelt", "detect: {nb_multiwindows: {}}", "unknown-key", "nb_multiwindows",
     "did you mean 'nb_multiwindow'?"},
    {"a method's option misspelt", "detect: {ears: {basline: 28}}", "unknown-key", "basline",
     "did you mean 'baseline'?"},
    {"a method's option out of its limits", "detect: {ears: {baseline: 1}}", "bad-value", "1", "from 2 to"},
    {"a method's choice", "detect: {essence: {method: switsh}}", "bad-value", "switsh", "switch"},
    {"a chance where there is none", "detect: {cusum: {alpha: 0.01}}", "bad-value", "alpha",
     "set by its own options: transform, k, h"},
    {"chances upside down", "detect: {nb_multiwindow: {alpha: {amber: 0.001, red: 0.01}}}", "bad-value", "0.01",
     "smaller chance"},
    {"a chance no method takes", "detect: {ears: {alpha: 0.9}}", "bad-value", "0.9", "from 1e-12 to 0.5"},
    {"periods of a month", "detect: {ears: {every: month}}", "bad-value", "month", "one of day or week"},
    {"no day", "detect: {ears: {since: 2026-02-30}}", "bad-value", "2026-02-30", "a day such as 2026-12-25"},
    {"days upside down", "detect: {ears: {exclude: [{from: 2026-02-03, to: 2026-02-01}]}}", "bad-value", "2026-02-01",
     "on or after"},
    {"lateness of another sort", "detect: {ears: {late: ignored}}", "bad-value", "ignored", "scaled"},
    {"a share of nothing", "detect: {beta_binomial: {}}", "missing-key", "", "'of' is required"},
    {"a share where none is", "detect: {ears: {of: {substances: heroin}}}", "bad-value", "{",
     "belongs to beta_binomial"},
    {"a period cleared too soon", "detect: {ears: {every: week}}\nclear_after: 3d", "clear-too-short", "3d",
     "shorter than the window of 7 days"},
    {"two detectors", "detect: {every_record: {}, count: {within: 1d, at_least: 3}}", "bad-value", "count",
     "exactly one detector"},
    {"option of every_record", "detect: {every_record: {within: 1d}}", "unknown-key", "within", "no key 'within'"},
    {"count without within", "detect: {count: {at_least: 3}}", "missing-key", "", "'within' is required"},
    {"count without at_least", "detect: {count: {within: 24h}}", "missing-key", "", "'at_least' is required"},
    {"duration in words", "detect: {count: {within: a day, at_least: 3}}", "bad-duration", "a day", "such as 24h"},
    {"duration without unit", "detect: {count: {within: 24, at_least: 3}}", "bad-duration", "24", "s, m, h, d or w"},
    {"duration with a fraction", "detect: {count: {within: 1.5h, at_least: 3}}", "bad-duration", "1.5h",
     "whole number"},
    {"no time at all", "detect: {count: {within: 0h, at_least: 3}}", "bad-duration", "0h", "longer than nothing"},
    {"a window of decades", "detect: {count: {within: 9999d, at_least: 3}}", "too-large", "9999d", "longer than"},
    {"duration a list", "detect: {count: {within: [1d], at_least: 3}}", "wrong-type", "[", "found a list"},
    {"threshold zero", "detect: {count: {within: 1d, at_least: 0}}", "bad-value", "0", "more than 0"},
    {"threshold quoted", "detect: {count: {within: 1d, at_least: \"3\"}}", "wrong-type", "\"3\"",
     "leave the quotes out"},
    {"threshold with leading zero", "detect: {count: {within: 1d, at_least: 010}}", "wrong-type", "010",
     "leading zero"},
    {"threshold a word", "detect: {count: {within: 1d, at_least: no}}", "wrong-type", "no", "takes a number"},
    {"threshold absurd", "detect: {count: {within: 1d, at_least: 1e12}}", "too-large", "1e12", "sensible"},
    {"level misspelt", "detect: {count: {within: 1d, at_least: {ambre: 3}}}", "unknown-key", "ambre",
     "did you mean 'amber'?"},
    {"levels upside down", "detect: {count: {within: 1d, at_least: {amber: 5, red: 3}}}", "bad-value", "3",
     "red must ask for more than amber"},
    {"no levels", "detect: {count: {within: 1d, at_least: {}}}", "missing-key", "{", "names no level"},
    {"unknown measure", "detect: {count: {within: 1d, at_least: 3, measure: peple}}", "bad-value", "peple",
     "did you mean 'people'?"},
    {"sum of a word", "detect: {count: {within: 1d, at_least: 3, measure: {sum: setting}}}", "bad-value", "setting",
     "cannot be added up"},
    {"first_seen of nothing", "detect: {first_seen: {}}", "missing-key", "", "'of' is required"},
    {"first_seen of two fields", "detect: {first_seen: {of: [substances, site]}}", "bad-value", "[",
     "the same one twice"},
    {"first_seen of an hour", "detect: {first_seen: {of: hour}}", "bad-value", "hour", "no values that can be new"},
    {"unknown scope", "detect: {first_seen: {of: substances, scope: serie}}", "bad-value", "serie",
     "did you mean 'series'?"},
    {"unknown level", "level: orange", "bad-value", "orange", "info, amber or red"},
    {"clears within the window", "detect: {count: {within: 24h, at_least: 3}}\nclear_after: 12h", "clear-too-short",
     "12h", "shorter than the window of 24 hours"},
    {"where a word", "where: opioid", "wrong-type", "opioid", "such as {substances: opioid}"},
    {"where nothing", "where:", "wrong-type", "", "found nothing"},
    {"unknown field", "where: {substance: opioid}", "unknown-field", "substance", "did you mean 'substances'?"},
    {"unknown substance", "where: {substances: opiod}", "unknown-substance", "opiod", "did you mean 'opioid'?"},
    {"unknown substance in a list", "where: {substances: [heroin, herion]}", "unknown-substance", "herion", "heroin"},
    {"unknown substance in not", "where: {substances: {not: metonitazine}}", "unknown-substance", "metonitazine",
     "metonitazene"},
    {"unknown area", "where: {ward: Armly}", "unknown-area", "Armly", "did you mean 'Armley'?"},
    {"a name of two areas", "where: {ward: City}", "unknown-area", "City", "E05016460 and E05099999"},
    {"area of the wrong level", "where: {lad: Armley}", "unknown-area", "Armley", "is of level ward"},
    {"unknown setting", "where: {setting: prision}", "bad-value", "prision", "did you mean 'prison'?"},
    {"unknown weekday", "where: {weekday: monday}", "bad-value", "monday", "mon, tue"},
    {"unknown outcome", "where: {outcome: died_}", "bad-value", "died_", "did you mean 'died'?"},
    {"no as a setting", "where: {setting: no}", "bad-value", "no", "no setting 'no'"},
    {"naloxone a number", "where: {naloxone: 1}", "wrong-type", "1", "true or false"},
    {"naloxone quoted", "where: {naloxone: \"true\"}", "wrong-type", "\"true\"", "leave the quotes out"},
    {"unknown operator", "where: {naloxone_doses: {atleast: 2}}", "unknown-key", "atleast", "did you mean 'at_least'?"},
    {"limit on a word", "where: {setting: {at_least: 2}}", "wrong-type", "at_least", "it is not a number"},
    {"limit a word", "where: {naloxone_doses: {at_least: two}}", "wrong-type", "two", "takes a number"},
    {"limit with leading zero", "where: {naloxone_doses: {at_least: 010}}", "wrong-type", "010", "leading zero"},
    {"pattern broken", "where: {site: {matches: \"hub(\"}}", "bad-value", "\"hub(\"", "no regular expression"},
    {"pattern on a number", "where: {weight: {matches: \"2\"}}", "wrong-type", "matches", "no text to match"},
    {"pattern that no area matches", "where: {ward: {matches: \"^Zz\"}}", "impossible-condition", "", "matches '^Zz'"},
    {"exists maybe", "where: {setting: {exists: maybe}}", "wrong-type", "maybe", "true or false"},
    {"age cuts a band", "where: {age: {at_least: 20}}", "bad-value", "20", "use 18 or 26"},
    {"age cuts a band from above", "where: {age: {at_most: 18}}", "bad-value", "18", "use 17 or 25"},
    {"age in years", "where: {age: 30}", "bad-value", "30", "age bands"},
    {"unknown band", "where: {age_band: 20-30}", "bad-value", "20-30", "26-34"},
    {"no such hour", "where: {hour: 25}", "impossible-condition", "25", "never hour 25"},
    {"hour in words", "where: {hour: night}", "bad-value", "night", "22-04"},
    {"empty hours", "where: {hour: 04-04}", "impossible-condition", "04-04", "is empty"},
    {"calendar", "where: {calendar: bank_holiday}", "unknown-calendar", "bank_holiday", "did you mean 'bank-holiday'?"},
    {"attributes without a name", "where: {attributes: x}", "unknown-field", "attributes", "attributes.NAME"},
    {"all of one", "where: {all: {setting: home}}", "wrong-type", "{", "takes a list of conditions"},
    {"any of none", "where: {any: []}", "impossible-condition", "[", "no conditions"},
    {"a null value", "where: {setting: ~}", "wrong-type", "~", "{exists: true}"},
    {"a list in a list", "where: {setting: [[home]]}", "wrong-type", "[", "plain value"},
    {"empty list", "where: {substances: []}", "impossible-condition", "[", "an empty list"},
    {"group by a number", "for_each: [age]", "bad-value", "age", "use age_band"},
    {"group twice", "for_each: [ward, ward]", "bad-value", "ward", "stands here twice"},
    {"group by what is not there", "for_each: [wards]", "unknown-field", "wards", "did you mean 'ward'?"},
    {"group by an unknown option", "for_each: [{ward: {neighbours: true}}]", "unknown-key", "neighbours", ""},
    {"group by something else than class", "for_each: [{substances: {by: clas}}]", "bad-value", "clas", "`class`"},
    {"group with neighbours where there are none", "for_each: [{lad: {with_neighbours: true}}]", "unknown-key",
     "with_neighbours", "no key"},
    {"missing something else", "for_each: [{ward: {missing: skip}}]", "bad-value", "skip", "`unknown`"},
    {"unknown release", "alert: {release: auto}", "bad-value", "auto", "panel or automatic"},
    {"unknown audience", "alert: {audience: everyone}", "bad-value", "everyone", "professionals"},
    {"automatic to the public", "alert: {release: automatic, audience: public}", "bad-value", "public",
     "never goes to"},
    {"unknown advice", "alert: {advice: opioid-overdos}", "unknown-advice", "opioid-overdos",
     "did you mean 'opioid-overdose'?"},
    {"unknown alert key", "alert: {holdd: 5m}", "unknown-key", "holdd", "did you mean 'hold'?"},
    {"growth without percent", "alert: {remind: {after: 24h, or_grows_by: 50}}", "bad-value", "50", "such as 50%"},
    {"budget of none", "alert: {budget: {per: 30d, at_most: 0}}", "bad-value", "0", "between 1 and"},
    {"inhibited by no rule", "alert: {inhibit: [rr]}", "unknown-rule", "rr", "no rule 'rr'; did you mean 'r'?"},
    {"inhibits itself", "alert: {inhibit: [r]}", "bad-value", "r", "cannot inhibit itself"},
    {"quiet at no time", "alert: {quiet: {from: 10pm, to: \"07:00\"}}", "bad-value", "10pm", "such as 22:00"},
    {"quiet in no zone", "alert: {quiet: {from: \"22:00\", to: \"07:00\", zone: Europe/Leeds}}", "bad-value",
     "Europe/Leeds", "no time zone"},
    // What nothing can satisfy.
    {"at least above at most", "where: {naloxone_doses: {at_least: 3, at_most: 2}}", "impossible-condition", "2",
     "no value of 'naloxone_doses' is left"},
    {"two settings at once", "where: {all: [{setting: home}, {setting: prison}]}", "impossible-condition", "",
     "no value of 'setting' is left"},
    {"a value and its not", "where: {setting: home, not: {setting: home}}", "impossible-condition", "not",
     "no value of 'setting' is left"},
    {"a class barred", "where: {substances: protonitazene, not: {substances: opioid}}", "impossible-condition", "not",
     "no value of 'substances' is left"},
    {"a kind that is not observed", "where: {kind: death}", "impossible-condition", "death", "what the rule observes"},
    {"every branch dead", "where: {setting: home, any: [{setting: prison}, {setting: hostel}]}", "impossible-condition",
     "any", "no value of 'setting' is left"},
    {"recorded and not", "where: {site: {exists: false, matches: hub}}", "impossible-condition", "", "'site'"},
    {"two wards at once", "where: {ward: Armley, all: [{ward: Headingley}]}", "impossible-condition", "all", "'ward'"},
    {"a ward of another district", "where: {ward: Armley, lad: Bradford}", "impossible-condition", "", "nothing can"},
    {"a ward barred by its district", "where: {ward: Armley, not: {area: Leeds}}", "impossible-condition", "",
     "nothing"},
    {"all of two settings", "where: {setting: {all_of: [home, prison]}}", "impossible-condition", "", "'setting'"},
    {"every weekday barred", "where: {weekday: {not: [mon, tue, wed, thu, fri, sat, sun]}}", "impossible-condition", "",
     "'weekday'"},
    {"hours apart", "where: {all: [{hour: 1-3}, {hour: 5-7}]}", "impossible-condition", "", "'hour'"},
    {"weight below nothing", "where: {weight: {less_than: 0}}", "impossible-condition", "", "'weight'"},
    {"true and false", "where: {naloxone: true, not: {naloxone: true}}", "impossible-condition", "", "'naloxone'"},
    {"ages apart", "where: {age: {at_least: 26, less_than: 18}}", "impossible-condition", "18", "'age'"},
    {"the whole of it negated", "where: {setting: home, any: [{not: {setting: home}}]}", "impossible-condition", "any",
     ""},
    {"pattern that no setting matches", "where: {setting: {matches: zzz}}", "impossible-condition", "", "'setting'"},
};

// Conditions that look odd and can hold.
const row fine[] = {
    {"two substances at once", "where: {all: [{substances: heroin}, {substances: diazepam}]}", "", "", ""},
    {"a class without one of its members", "where: {substances: {any_of: [opioid], not: heroin}}", "", "", ""},
    {"a dead branch beside a living one", "where: {setting: home, any: [{setting: prison}, {naloxone: true}]}", "", "",
     ""},
    {"a ward and its district", "where: {ward: Armley, lad: Leeds}", "", "", ""},
    {"a district's wards", "where: {ward: E08000035}", "", "", ""},
    {"not one ward of a district", "where: {lad: Leeds, ward: {not: Armley}}", "", "", ""},
    {"ages in between", "where: {age: {at_least: 18, not: {at_least: 26}}}", "", "", ""},
    {"neither low nor high, since absent",
     "where: {naloxone_doses: {not: {at_least: 2}}, not: {naloxone_doses: {less_than: 2}}}", "", "", ""},
    {"round midnight", "where: {hour: 22-04}", "", "", ""},
    {"an attribute nobody declared", "where: {attributes.ampds: {matches: ^23}}", "", "", ""},
    {"all seven settings but one", "where: {setting: {not: [street, home, hostel]}}", "", "", ""},
    {"level beside levels", "level: amber\ndetect: {count: {within: 24h, at_least: {amber: 3, red: 5}}}", "", "", ""},
    {"shadow without owner", "status: shadow\n~owner", "", "", ""},
    {"feeds alone", "~observe\nfeeds: [yas]", "", "", ""},
    {"pairs", "detect: {first_seen: {of: [substances, substances], not_seen_for: 90d}}", "", "", ""},
    {"grouped with options", "for_each: [{ward: {with_neighbours: true, missing: unknown}}, {substances: {by: class}}]",
     "", "", ""},
    {"all of the alert",
     "alert: {release: automatic, audience: services, hold: 0m, advice: young-people, stale_after: 12h, "
     "remind: {after: 24h, or_grows_by: 50%}, budget: {per: 30d, at_most: 4}, quiet: [{from: 22:00, to: 07:00, days: "
     "[sat, sun], zone: Europe/London}]}",
     "", "", ""},
};

} // namespace

TEST_CASE("each mistake is told by its code, at its word, with what to do") {
  for (const auto& r : broken) {
    CAPTURE(r.name);
    const auto text = file_with(r.lines);
    const auto loaded = load(text);
    CAPTURE(render(loaded.found, {{"rules.yaml", text}}));
    const auto it = std::find_if(loaded.found.begin(), loaded.found.end(), [&](const problem& p) {
      return p.how == severity::error && p.code == r.code && p.message.find(r.says) != std::string::npos &&
             (*r.word == '\0' || underlined(p, text) == r.word);
    });
    CHECK(it != loaded.found.end());
    CHECK(loaded.rules->rules.empty());
  }
}

TEST_CASE("what is odd but can hold is no error") {
  for (const auto& r : fine) {
    CAPTURE(r.name);
    const auto text = file_with(r.lines);
    const auto loaded = load(text);
    CAPTURE(render(loaded.found, {{"rules.yaml", text}}));
    CHECK_FALSE(has_errors(loaded.found));
    CHECK(loaded.rules->rules.size() == 1);
  }
}

TEST_CASE("files as wholes") {
  struct file_row {
    std::string name;
    std::string text;
    const char* says; // of the rendered problems
  };
  const file_row rows[] = {
      {"an unknown version", "version: 2\nrules: []\n", "rules.yaml:1:10: error[bad-value]"},
      {"no version", "rules: []\n", "rules.yaml:1:1: warning[missing-key]"},
      {"an unknown key at the top", "version: 1\nrule: []\n",
       "rules.yaml:2:1: error[unknown-key]: no key 'rule' here; did you mean 'rules'?"},
      {"no rules", "version: 1\n", "rules.yaml:1:1: error[missing-key]: 'rules' is required"},
      {"rules a mapping", "version: 1\nrules: {a: b}\n", "rules.yaml:2:8: error[wrong-type]"},
      {"a rule that is a word", "version: 1\nrules: [x]\n",
       "rules.yaml:2:9: error[wrong-type]: rule 1: expected a rule"},
      {"a tab", "version: 1\nrules:\n\t- id: x\n", "rules.yaml:3:1: error[yaml-syntax]: a tab"},
      {"an unclosed list", "version: 1\nrules: [\n", "error[yaml-syntax]"},
      {"a key twice", "version: 1\nversion: 1\nrules: []\n", "rules.yaml:2:1: error[duplicate-key]"},
      {"a tag", "version: !!int 1\nrules: []\n", "error[yaml-syntax]: tags"},
      {"a list of lists of lists", "version: 1\nrules: " + std::string(100, '[') + std::string(100, ']') + "\n",
       "error[too-large]"},
      {"a bomb of aliases",
       "version: 1\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c "
       "[*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: "
       "&d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\nrules: "
       "[]\n",
       "error[too-large]"},
      {"a megabyte of title", file_with("title: " + std::string(1'000'000, 'x')),
       "error[too-large]: rule 'r': 'title' has 1000000"},
      {"a megabyte of substance", file_with("where: {substances: " + std::string(1'000'000, 'x') + "}"),
       "error[unknown-substance]"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto loaded = load(r.text);
    const auto shown = render(loaded.found, {{"rules.yaml", r.text}});
    CAPTURE(shown.substr(0, 2'000));
    CHECK(shown.find(r.says) != std::string::npos);
    CHECK(shown.size() < 20'000);
  }
}

TEST_CASE("an empty file, or one of comments, holds no rules and no problems") {
  CHECK(load("").found.empty());
  CHECK(load("# nothing yet\n").found.empty());
}

TEST_CASE("one id in two files: the later one is told where the first is, and the first stays") {
  const auto loaded = rules::load_rules({{"a.yaml", file_with("title: first")}, {"b.yaml", file_with("title: second")}},
                                        small_reference());
  REQUIRE(loaded.found.size() == 1);
  CHECK(loaded.found[0].code == "duplicate-id");
  CHECK(loaded.found[0].path == "b.yaml");
  CHECK(loaded.found[0].message.find("a.yaml:4:9") != std::string::npos);
  REQUIRE(loaded.rules->rules.size() == 1);
  CHECK(loaded.rules->rules[0].title == "first");
}

TEST_CASE("every problem of a rule comes in one run, in the order of the lines") {
  const auto loaded =
      load(file_with("titel: x\nstatus: lvie\nwhere: {substances: opiod, ward: Armly, hour: 25}\n"
                     "for_each: [wards]\ndetect: {count: {within: 1x, at_least: none}}\nclear_after: 5\n"
                     "alert: {audience: all}\n~title"));
  std::vector<std::string> codes;
  for (const auto& p : loaded.found) codes.push_back(p.code);
  CHECK(codes == std::vector<std::string>{"missing-key", "unknown-key", "bad-value", "unknown-substance",
                                          "unknown-area", "impossible-condition", "unknown-field", "bad-duration",
                                          "wrong-type", "bad-duration", "bad-value"});
}

TEST_CASE("without feeds loaded an unknown feed is a warning") {
  auto world = small_world();
  world.feeds.reset();
  const auto loaded = load(file_with("feeds: [nowhere]"), std::make_shared<const reference_data>(std::move(world)));
  REQUIRE(loaded.found.size() == 1);
  CHECK(loaded.found[0].how == severity::warning);
  CHECK(loaded.found[0].code == "unknown-feed");
  CHECK(loaded.rules->rules.size() == 1);
}
