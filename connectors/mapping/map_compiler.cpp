// SPDX-License-Identifier: Apache-2.0
// The `map` of a feed: one step per field, each built from where its text comes from and what the field takes.
#include "connectors/mapping/feed_compiler.hpp"
#include "connectors/mapping/privacy.hpp"
#include "connectors/mapping/time_format.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

constexpr char const* default_format = "iso";

struct time_plan {
  value_source source;
  std::vector<time_format> formats;
  zone local = zone::utc();

  [[nodiscard]] std::string wanted() const {
    std::vector<std::string> patterns;
    for (const auto& f : formats) patterns.push_back(f.pattern() == "iso" ? "YYYY-MM-DD HH:MM" : f.pattern());
    return join_or(patterns);
  }
};

std::optional<time_reading> read_time(const time_plan& plan, std::string_view text) {
  for (const auto& f : plan.formats)
    if (const auto read = f.read(text)) return read;
  return {};
}

// Nothing where no time is given, or where it is none: then the pass is refused.
std::optional<instant> time_of(const time_plan& plan, mapping_pass& pass) {
  const auto text = read_text(plan.source, pass);
  if (!text || pass.refused) return {};
  const auto read = read_time(plan, *text);
  if (!read) {
    pass.refuse(plan.source, "bad-time",
                fmt::format("'{}' is not a date of the form {}", redacted(*text), plan.wanted()), *text);
    return {};
  }
  if (read->offset) return instant{read->wall.time_since_epoch() - *read->offset};
  const auto resolved = plan.local.to_instant(read->wall);
  pass.odd_civil_time = pass.odd_civil_time || resolved.how != civil_resolution::unique;
  return resolved.at;
}

std::vector<time_format> read_formats(yaml::mapping_reader* keys) {
  std::vector<time_format> out;
  if (keys != nullptr)
    for (const auto* n : keys->optional_list("formats")) {
      auto format = time_format::compile(n->text);
      if (format)
        out.push_back(std::move(*format));
      else
        keys->complain(n->at, "bad-value", format.error());
    }
  if (out.empty()) out.push_back(*time_format::compile(default_format));
  return out;
}

void sort_unique(std::vector<substance_id>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

void set_age(const value_source& from, double years, const std::vector<int>& edges, bool keep, mapping_pass& pass,
             std::string_view text) {
  const auto band = age_band_of(years, edges);
  if (!band) return pass.not_understood(from, "bad-number", fmt::format("'{}' is no age", redacted(text)), text);
  pass.out.age_band = band;
  if (keep) pass.out.age = years;
}

enum class substance_form : std::uint8_t {
  name,
  list,
  text
};

struct substance_plan {
  value_source source;
  substance_form form = substance_form::list;
  std::vector<std::string> separators{",", ";"};
  unlisted_name unlisted = unlisted_name::by_stem;
  bool refuse_unlisted = false;
  std::vector<substance_id> observation::*member = &observation::substances;
};

void take_substances(const substance_plan& plan, const substance_words& words, mapping_pass& pass) {
  const auto text = read_text(plan.source, pass);
  if (!text || pass.refused) return;
  substance_findings found;
  switch (plan.form) {
  case substance_form::name: words.read_name(*text, plan.unlisted, found); break;
  case substance_form::list: words.read_list(*text, plan.separators, plan.unlisted, plan.source.absent, found); break;
  case substance_form::text: words.read_text(*text, found); break;
  }
  if (plan.refuse_unlisted && !found.unlisted.empty())
    return pass.refuse(plan.source, "unknown-substance",
                       fmt::format("'{}' is in no vocabulary file", redacted(found.unlisted.front())),
                       found.unlisted.front());
  for (auto& word : found.unlisted) pass.unknown.push_back({plan.source.shown, std::move(word)});
  auto& into = pass.out.*plan.member;
  into.insert(into.end(), found.found.begin(), found.found.end());
  sort_unique(into);
  if (plan.member != &observation::confirmed) return;
  auto& all = pass.out.substances; // what a laboratory confirmed was there
  all.insert(all.end(), found.found.begin(), found.found.end());
  sort_unique(all);
}

} // namespace

void feed_compiler::map_time(const yaml::entry& written, const yaml::node& source) {
  time_plan plan;
  plan.local = zone_;
  if (source.is_mapping()) {
    yaml::mapping_reader keys{source, path_, subject_, found_};
    plan.source = source_of(source, &keys, nullptr);
    plan.formats = read_formats(&keys);
    if (const auto name = keys.optional_text("zone")) {
      if (const auto named = zone::named(*name))
        plan.local = *named;
      else
        keys.complain(source.find("zone")->value.at, "bad-value",
                      fmt::format("no time zone '{}'; write it like Europe/London", *name));
    }
    keys.finish();
  } else {
    plan.source = source_of(source, nullptr, nullptr);
    plan.formats = read_formats(nullptr);
  }
  if (written.key == "sent_at") {
    plan_->steps.push_back([plan](mapping_pass& pass) {
      if (const auto at = time_of(plan, pass)) pass.out.sent_at = at;
    });
    return;
  }
  time_steps_.push_back([plan](mapping_pass& pass) {
    if (pass.out.occurred_at != instant{}) return; // an earlier column gave it
    if (const auto at = time_of(plan, pass)) pass.out.occurred_at = *at;
  });
}

void feed_compiler::map_area(const yaml::entry& written, const yaml::node& source) {
  std::optional<area_index> within;
  bool by_postcode = false;
  if (!source.is_mapping())
    return add_step(area_field(written.key, *shared_.reference, false, {}), source_of(source, nullptr, nullptr));
  yaml::mapping_reader keys{source, path_, subject_, found_};
  if (const auto how = keys.optional_text("as")) {
    by_postcode = *how == "postcode";
    if (!by_postcode && *how != "name")
      keys.complain(source.find("as")->value.at, "bad-value",
                    fmt::format("'{}' is not a way to name an area; use name or postcode", *how));
  }
  if (const auto outer = keys.optional_text("within")) {
    const auto named = shared_.reference->areas.named(*outer);
    if (named.size() == 1)
      within = named.front();
    else
      keys.complain(source.find("within")->value.at, "unknown-area",
                    fmt::format("no single area is called '{}'{}", *outer,
                                suggestion(*outer, shared_.reference->areas.all_words())));
  }
  const auto type = area_field(written.key, *shared_.reference, by_postcode, within);
  auto from = source_of(source, &keys, &type);
  keys.finish();
  add_step(type, std::move(from));
}

void feed_compiler::map_age(const yaml::entry& written, const yaml::node& source) {
  const auto& edges = shared_.reference->age_edges;
  const bool keep = written.key == "age";
  field_type type;
  type.name = keep ? "age" : "age_band";
  type.shape = field_shape::age;
  type.check = [&edges](const std::string& text) -> std::optional<std::string> {
    if (parse_number(text) || known_age_band(text, edges)) return {};
    return fmt::format("'{}' is neither an age nor a band such as {}", text, *age_band_of(edges.back(), edges));
  };
  if (source.is_mapping() && source.find("birth_date") != nullptr) {
    yaml::mapping_reader keys{source, path_, subject_, found_};
    time_plan plan;
    if (const auto column = keys.required_text("birth_date")) {
      plan.source.columns = {slot_of(*column)};
      plan.source.shown = *column;
    }
    plan.source.absent = absent_words(keys);
    plan.formats = read_formats(&keys);
    keys.finish();
    plan_->steps.push_back([plan, &edges, keep, local = zone_](mapping_pass& pass) {
      const auto text = read_text(plan.source, pass);
      if (!text) return;
      const auto read = read_time(plan, *text);
      if (!read)
        return pass.not_understood(plan.source, "bad-time", "the birth date is not of the form " + plan.wanted(), "");
      const std::chrono::year_month_day birth{std::chrono::floor<std::chrono::days>(read->wall)};
      const std::chrono::year_month_day day{
          std::chrono::floor<std::chrono::days>(local.to_civil(pass.out.occurred_at))};
      set_age(plan.source, age_on(birth, day), edges, keep, pass, "");
    });
    return;
  }
  type.set = [&edges, keep](const value_source& from, const std::string& text, mapping_pass& pass) {
    if (const auto years = parse_number(text)) return set_age(from, *years, edges, keep, pass, text);
    if (const auto band = known_age_band(text, edges))
      pass.out.age_band = band;
    else
      pass.not_understood(from, "unknown-value",
                          fmt::format("'{}' is neither an age nor one of the bands kept", redacted(text)), text);
  };
  if (!source.is_mapping()) return add_step(type, source_of(source, nullptr, &type));
  yaml::mapping_reader keys{source, path_, subject_, found_};
  auto from = source_of(source, &keys, &type);
  keys.finish();
  add_step(type, std::move(from));
}

void feed_compiler::map_substances(const yaml::entry& written, const yaml::node& source) {
  substance_plan plan;
  plan.member = written.key == "confirmed" ? &observation::confirmed
                : written.key == "sold_as" ? &observation::sold_as
                                           : &observation::substances;
  // A laboratory's finding is news under its own name, even one that no vocabulary has yet.
  const bool laboratory =
      written.key == "confirmed" || (feed_.kind.str() == "drug_test" && written.key == "substances");
  plan.unlisted = laboratory ? unlisted_name::own_value : unlisted_name::by_stem;
  field_type type;
  type.name = written.key;
  type.shape = field_shape::substances;
  type.check = [this](const std::string& text) -> std::optional<std::string> {
    const auto& words = shared_.reference->substances;
    for (std::size_t at = 0; at <= text.size();) {
      const auto end = std::min(text.size(), text.find(list_mark, at));
      const auto one = text.substr(at, end - at);
      if (!words.named(one)) return fmt::format("no substance '{}'{}", one, suggestion(one, words.all_words()));
      at = end + 1;
    }
    return {};
  };
  if (!source.is_mapping()) {
    plan.source = source_of(source, nullptr, &type);
  } else {
    yaml::mapping_reader keys{source, path_, subject_, found_};
    plan.source = source_of(source, &keys, &type);
    if (const auto how = keys.optional_text("as")) {
      if (*how == "name")
        plan.form = substance_form::name;
      else if (*how == "text")
        plan.form = substance_form::text;
      else if (*how != "list")
        keys.complain(source.find("as")->value.at, "bad-value",
                      fmt::format("'{}' is not a way to read substances; use name, list or text", *how));
    }
    if (const auto separators = keys.optional_list("separators"); !separators.empty()) {
      plan.separators.clear();
      for (const auto* n : separators)
        if (!n->text.empty()) plan.separators.push_back(n->text);
    }
    if (const auto what = keys.optional_text("unlisted")) {
      plan.refuse_unlisted = *what == "quarantine";
      if (*what == "keep")
        plan.unlisted = unlisted_name::own_value;
      else if (*what == "class")
        plan.unlisted = unlisted_name::by_stem;
      else if (!plan.refuse_unlisted)
        keys.complain(source.find("unlisted")->value.at, "bad-value",
                      fmt::format("'{}' is not known; use keep, class or quarantine", *what));
    }
    keys.finish();
  }
  plan.source.words_beside_values = true;
  plan.separators.emplace_back(1, list_mark);
  plan_->steps.push_back([plan, words = shared_.words](mapping_pass& pass) { take_substances(plan, *words, pass); });
}

void feed_compiler::map_person(const yaml::entry&, const yaml::node& source) {
  value_source from;
  std::string scope = feed_.partner;
  if (source.is_mapping()) {
    yaml::mapping_reader keys{source, path_, subject_, found_};
    from = source_of(source, &keys, nullptr);
    scope = keys.optional_text("numbers").value_or(scope);
    keys.finish();
  } else {
    from = source_of(source, nullptr, nullptr);
  }
  plan_->steps.push_back([from, scope, key = shared_.pseudonym_key](mapping_pass& pass) {
    const auto text = read_text(from, pass);
    if (text && !trim(*text).empty()) pass.out.person = person_id{pseudonym(key, "p:", scope, *text)};
  });
}

void feed_compiler::map_simple(const yaml::entry& written, const yaml::node& source) {
  const auto type = simple_field(written.key, *shared_.reference);
  if (!type) return;
  if (!source.is_mapping()) return add_step(*type, source_of(source, nullptr, &*type));
  yaml::mapping_reader keys{source, path_, subject_, found_};
  auto from = source_of(source, &keys, &*type);
  keys.finish();
  add_step(*type, std::move(from));
}

void feed_compiler::add_step(const field_type& type, value_source source) {
  plan_->steps.push_back([set = type.set, from = std::move(source)](mapping_pass& pass) {
    const auto text = read_text(from, pass);
    if (text && !pass.refused) set(from, *text, pass);
  });
}

void feed_compiler::map_field(const yaml::entry& written) {
  const auto shape = shape_of_field(written.key);
  if (!shape) {
    found_.push_back({path_, written.key_at, severity::error, "unknown-field",
                      fmt::format("{}no field '{}' in an observation{}", subject_, written.key,
                                  suggestion(written.key, all_field_names()))});
    return;
  }
  mapped_.push_back(written.key);
  const auto one = [&](const yaml::node& source) {
    switch (*shape) {
    case field_shape::time: return map_time(written, source);
    case field_shape::area: return map_area(written, source);
    case field_shape::age: return map_age(written, source);
    case field_shape::substances: return map_substances(written, source);
    case field_shape::person: return map_person(written, source);
    default: return map_simple(written, source);
    }
  };
  if (!written.value.is_sequence()) return one(written.value);
  // Several sources: substances are collected from all, any other field is taken from the first that has it. Steps
  // run backwards, so that the first has the last word.
  const bool first_wins = *shape != field_shape::substances && *shape != field_shape::time;
  const auto& items = written.value.items;
  for (std::size_t i = 0; i < items.size(); ++i) one(first_wins ? items[items.size() - 1 - i] : items[i]);
}

void feed_compiler::add_constant(const yaml::entry& written) {
  const auto shape = shape_of_field(written.key);
  if (!shape || *shape == field_shape::time || *shape == field_shape::person || *shape == field_shape::age) {
    found_.push_back({path_, written.key_at, severity::error, "unknown-field",
                      fmt::format("{}'{}' cannot be the same for every record{}", subject_, written.key,
                                  suggestion(written.key, all_field_names()))});
    return;
  }
  if (std::find(mapped_.begin(), mapped_.end(), written.key) != mapped_.end())
    complain(written.value, "bad-value",
             fmt::format("'{}' is mapped from a column as well; use `default` there", written.key));
  value_source from;
  from.shown = written.key;
  std::string text = written.value.text;
  for (const auto& item : written.value.items) text += (text.empty() ? "" : std::string(1, list_mark)) + item.text;
  from.otherwise = text;
  if (*shape == field_shape::substances) {
    if (!written.value.is_scalar() && !written.value.is_sequence())
      complain(written.value, "wrong-type", "expected a substance or a list of them");
    substance_plan plan;
    plan.source = std::move(from);
    plan.form = substance_form::list;
    plan.separators = {std::string(1, list_mark)};
    plan.member = written.key == "confirmed" ? &observation::confirmed
                  : written.key == "sold_as" ? &observation::sold_as
                                             : &observation::substances;
    substance_findings check;
    shared_.words->read_list(text, plan.separators, unlisted_name::by_stem, {}, check);
    for (const auto& word : check.unlisted)
      complain(written.value, "unknown-substance",
               fmt::format("no substance '{}'{}", word, suggestion(word, shared_.reference->substances.all_words())));
    plan_->steps.push_back([plan, words = shared_.words](mapping_pass& pass) { take_substances(plan, *words, pass); });
    return;
  }
  const auto type = *shape == field_shape::area ? std::optional{area_field(written.key, *shared_.reference, false, {})}
                                                : simple_field(written.key, *shared_.reference);
  if (const auto wrong = type->check(text))
    complain(written.value, *shape == field_shape::area ? "unknown-area" : "bad-value", *wrong);
  add_step(*type, std::move(from));
}

} // namespace forewarn::connectors
