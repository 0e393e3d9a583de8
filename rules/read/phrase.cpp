// SPDX-License-Identifier: Apache-2.0
#include "rules/read/phrase.hpp"

#include "rules/compile/canonical.hpp"
#include "rules/read/names.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace forewarn::rules {
namespace {

constexpr std::size_t longest_list = 8; // values a sentence lists before it says "and 12 more"

std::string list_or(const std::vector<std::string>& words) {
  if (words.size() <= longest_list) return join_or(words);
  const std::vector<std::string> first{words.begin(), words.begin() + static_cast<std::ptrdiff_t>(longest_list)};
  return fmt::format("{} or one of {} more", forewarn::join(first, ", "), words.size() - longest_list);
}

std::vector<std::string> quoted(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (const auto& word : words) out.push_back("'" + word + "'");
  return out;
}

// What "not" can stand before; anything else is left out by "except those".
bool takes_not(std::string_view phrase) {
  constexpr std::array<std::string_view, 6> starts{"in ", "on ", "at ", "from ", "between ", "of someone "};
  return !phrase.starts_with("in which") &&
         std::any_of(starts.begin(), starts.end(), [&](std::string_view start) { return phrase.starts_with(start); });
}

class speaker {
public:
  speaker(const substance_verb& verb, const reference_data& reference) : verb_{verb}, reference_{reference} {}

  [[nodiscard]] std::string say(const condition& one) const {
    if (const auto* all = std::get_if<all_parts>(&one.what)) return both(*all);
    if (const auto* any = std::get_if<any_part>(&one.what)) return either(*any);
    if (const auto* denied = std::get_if<negated>(&one.what)) return deny(denied->inner.front());
    const auto& leaf = std::get<test>(one.what);
    return std::visit([&](const auto& is) { return phrase(leaf.what, is); }, leaf.is);
  }

private:
  [[nodiscard]] std::string both(const all_parts& all) const {
    std::vector<std::string> parts;
    for (const auto& part : all.parts) parts.push_back(say(part));
    if (parts.empty()) return "of any sort";
    return parts.size() == 1 ? parts.front() : "both " + join_and(parts);
  }
  [[nodiscard]] std::string either(const any_part& any) const {
    std::vector<std::string> parts;
    for (const auto& part : any.parts) parts.push_back(say(part));
    const bool long_parts = std::any_of(parts.begin(), parts.end(), [](const auto& part) {
      return part.find(',') != std::string::npos || part.find(" or ") != std::string::npos;
    });
    return "either " + (long_parts ? forewarn::join(parts, ", or ") : join_or(parts));
  }
  [[nodiscard]] std::string deny(const condition& inner) const {
    if (const auto* twice = std::get_if<negated>(&inner.what)) return say(twice->inner.front());
    const auto* leaf = std::get_if<test>(&inner.what);
    if (leaf == nullptr) return "except those " + say(inner);
    if (const auto* asked = std::get_if<exists>(&leaf->is)) return phrase(leaf->what, exists{!asked->wanted});
    const auto absent = absent_words(leaf->what);
    const auto or_absent = absent.empty() ? std::string{} : fmt::format(" (or {})", absent);
    const bool members = std::holds_alternative<one_of_substances>(leaf->is);
    if (members && leaf->what.field == field::substances) return verb_.does_not + ' ' + substances(*leaf) + or_absent;
    if (members && leaf->what.field == field::confirmed) return "in which no laboratory confirmed " + substances(*leaf);
    if (const auto* yes = std::get_if<truth>(&leaf->is)) return phrase(leaf->what, truth{!yes->value}) + or_absent;
    const auto text = say(inner);
    if (takes_not(text)) return "not " + text + or_absent;
    return "except those " + text + (absent.empty() ? std::string{} : fmt::format(" (those {} are kept)", absent));
  }

  [[nodiscard]] std::string substances(const test& leaf) const {
    return substances(std::get<one_of_substances>(leaf.is).values);
  }
  [[nodiscard]] std::string substances(const std::vector<substance_value>& values, bool all = false) const {
    std::vector<std::string> words;
    for (const auto& value : values) words.push_back(substance_words(value.word, reference_));
    return all ? join_and(words) : list_or(words);
  }
  [[nodiscard]] std::string about(const field_name& what, const std::string& which) const {
    if (what.field == field::confirmed) return "in which a laboratory confirmed " + which;
    if (what.field == field::sold_as) return "sold as " + which;
    return verb_.does + ' ' + which;
  }

  [[nodiscard]] std::string phrase(const field_name& what, const one_of_substances& is) const {
    return about(what, substances(is.values));
  }
  [[nodiscard]] std::string phrase(const field_name& what, const all_of_substances& is) const {
    return about(what, is.values.size() > 1 ? "all of " + substances(is.values, true) : substances(is.values));
  }
  [[nodiscard]] std::string phrase(const field_name& /*what*/, const one_of_areas& is) const {
    std::vector<std::string> names;
    for (const auto& value : is.values) names.push_back(reference_.areas.name_of(value.word));
    return "in " + list_or(names);
  }
  [[nodiscard]] std::string phrase(const field_name& what, const one_of_texts& is) const {
    switch (what.field) {
    case field::kind: {
      std::vector<std::string> names;
      for (const auto& value : is.values) {
        const auto* kind = reference_.kind(kind_id{value});
        names.push_back(kind == nullptr ? value : kind->many);
      }
      return "counted as " + list_or(names);
    }
    case field::feed: return fmt::format("from the feed {}", list_or(quoted(is.values)));
    case field::site: {
      std::vector<std::string> names;
      for (const auto& value : is.values) names.push_back(site_name(value));
      return "at " + list_or(names);
    }
    case field::calendar: {
      std::vector<std::string> titles;
      for (const auto& one : reference_.calendars)
        if (std::find(is.values.begin(), is.values.end(), one.id) != is.values.end()) titles.push_back(one.title);
      return "on " + list_or(titles);
    }
    case field::attribute: return fmt::format("with {} {}", what.attribute, list_or(quoted(is.values)));
    default: return closed_phrase(what.field, is.values, reference_);
    }
  }
  [[nodiscard]] std::string site_name(const std::string& id) const {
    for (const auto& s : reference_.sites)
      if (s.id.str() == id) return s.name;
    return fmt::format("site '{}'", id);
  }
  [[nodiscard]] static std::string phrase(const field_name& what, const truth& is) {
    if (what.field == field::fatal) return is.value ? "with a fatal outcome" : "without a fatal outcome";
    return is.value ? "in which naloxone was given" : "in which naloxone was not given";
  }
  [[nodiscard]] static std::string phrase(const field_name& what, const exists& is) {
    if (is.wanted && absent_words(what).empty()) return "of any sort";
    if (!is.wanted) return absent_words(what);
    switch (what.field) {
    case field::fatal: return "with it recorded whether the outcome was fatal";
    case field::naloxone: return "with it recorded whether naloxone was given";
    case field::age_band: return "with an age recorded";
    default: {
      const auto noun = value_noun(what).one;
      return fmt::format("with {} {} recorded", article(noun), noun);
    }
    }
  }
  [[nodiscard]] static std::string phrase(const field_name& what, const matches& is) {
    const auto noun = value_noun(what).one;
    if (is_area_field(what.field))
      return fmt::format("in {} {} whose code or name matches '{}'", article(noun), noun, is.pattern);
    return fmt::format("with {} {} that matches '{}'", article(noun), noun, is.pattern);
  }
  [[nodiscard]] static std::string phrase(const field_name& /*hour*/, const one_of_hours& is) {
    std::vector<std::string> ranges;
    for (const auto& range : is.ranges) ranges.push_back(fmt::format("{:02}:00 and {:02}:00", range.from, range.to));
    return "between " + forewarn::join(ranges, ", or between ");
  }
  [[nodiscard]] static std::string phrase(const field_name& what, const number_range& is) {
    if (what.field == field::age || what.field == field::age_band) return aged(is);
    const auto amount = amount_of(is);
    switch (what.field) {
    case field::naloxone_doses:
      return fmt::format("with {} {} of naloxone", amount, amount == "exactly 1" ? "dose" : "doses");
    case field::days_since_release: return fmt::format("{} days after release", amount);
    case field::weight: return fmt::format("standing for {} incidents", amount);
    default: return fmt::format("with {} of {}", what.attribute, amount);
    }
  }
  [[nodiscard]] static std::string aged(const number_range& is) {
    // Limits lie on the edges of bands, so whole years are exact.
    const auto from = is.least ? *is.least + (is.above_least ? 1 : 0) : 0;
    if (!is.most) return fmt::format("of someone aged {} or over", from);
    const auto to = *is.most - (is.below_most ? 1 : 0);
    if (from <= 0) return fmt::format("of someone aged under {}", to + 1);
    return from == to ? fmt::format("of someone aged {}", from) : fmt::format("of someone aged {} to {}", from, to);
  }
  [[nodiscard]] static std::string amount_of(const number_range& is) {
    const auto least = is.least ? canonical_number(*is.least) : std::string{};
    const auto most = is.most ? canonical_number(*is.most) : std::string{};
    if (is.least && is.most) return least == most ? "exactly " + least : fmt::format("{} to {}", least, most);
    if (is.least) return is.above_least ? "more than " + least : least + " or more";
    return is.below_most ? "fewer than " + most : "at most " + most;
  }
  [[nodiscard]] static std::string article(std::string_view noun);

  const substance_verb& verb_;
  const reference_data& reference_;
};

std::string speaker::article(std::string_view noun) {
  const bool vowel = std::string_view{"aeio"}.find(noun.front()) != std::string_view::npos;
  return vowel || noun == "MSOA" || noun == "LSOA" ? "an" : "a";
}

void flatten(const condition& one, std::vector<const condition*>& out) {
  if (const auto* all = std::get_if<all_parts>(&one.what)) {
    for (const auto& part : all->parts) flatten(part, out);
  } else {
    out.push_back(&one);
  }
}

bool speaks_of_substances(const condition* one) {
  if (const auto* denied = std::get_if<negated>(&one->what)) return speaks_of_substances(&denied->inner.front());
  const auto* leaf = std::get_if<test>(&one->what);
  return leaf != nullptr && is_set_field(leaf->what.field);
}

bool is_positive(const condition* one) {
  return !std::holds_alternative<negated>(one->what);
}

} // namespace

std::vector<std::string> phrases_of(const condition& wanted, const substance_verb& verb,
                                    const reference_data& reference) {
  std::vector<const condition*> parts;
  flatten(wanted, parts);
  // What it is about comes first, whatever the order in the file.
  std::stable_sort(parts.begin(), parts.end(), [](const condition* a, const condition* b) {
    const auto rank = [](const condition* one) {
      return (speaks_of_substances(one) ? 0 : 2) + (is_positive(one) ? 0 : 1);
    };
    return rank(a) < rank(b);
  });
  const speaker say{verb, reference};
  std::vector<std::string> out;
  for (const auto* part : parts) out.push_back(say.say(*part));
  return out;
}

} // namespace forewarn::rules
