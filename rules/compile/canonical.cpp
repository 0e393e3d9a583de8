// SPDX-License-Identifier: Apache-2.0
#include "rules/compile/canonical.hpp"

#include "rules/detect/detector_kind.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace forewarn::rules {
namespace {

// Text whose end cannot be mistaken, whatever stands in it.
std::string framed(std::string_view text) {
  return fmt::format("{}:{}", text.size(), text);
}

std::string sorted_list(std::vector<std::string> parts) {
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  return "(" + forewarn::join(parts, " ") + ")";
}

class writer {
public:
  explicit writer(const reference_data& reference) : reference_{reference} {}

  [[nodiscard]] std::string text(const condition& one) const { return std::visit(*this, one.what); }

  std::string operator()(const all_parts& all) const {
    std::vector<std::string> parts;
    flatten(all, parts);
    return parts.size() == 1 ? parts.front() : "and" + sorted_list(std::move(parts));
  }
  std::string operator()(const any_part& any) const {
    std::vector<std::string> parts;
    for (const auto& part : any.parts) parts.push_back(text(part));
    return parts.size() == 1 ? parts.front() : "or" + sorted_list(std::move(parts));
  }
  std::string operator()(const negated& denied) const { return "not(" + text(denied.inner.front()) + ")"; }
  std::string operator()(const test& leaf) const {
    auto out =
        framed(to_text(leaf.what)) + std::visit([this](const auto& is) { return this->predicate_text(is); }, leaf.is);
    if (leaf.what.field == field::calendar)
      if (const auto* named = std::get_if<one_of_texts>(&leaf.is)) out += days_of(named->values);
    return out;
  }

private:
  void flatten(const all_parts& all, std::vector<std::string>& out) const {
    for (const auto& part : all.parts) {
      if (const auto* inner = std::get_if<all_parts>(&part.what))
        flatten(*inner, out);
      else
        out.push_back(text(part));
    }
  }
  [[nodiscard]] std::string days_of(const std::vector<std::string>& calendars) const {
    std::string out;
    for (const auto& one : reference_.calendars) {
      if (std::find(calendars.begin(), calendars.end(), one.id) == calendars.end()) continue;
      out += ' ';
      for (const bool wanted : one.weekdays) out += wanted ? '#' : '.';
      for (const auto day : one.days) out += fmt::format(",{}", day.time_since_epoch().count());
    }
    return out;
  }
  [[nodiscard]] std::string covered(const substance_value& value) const {
    std::vector<std::string> ids;
    for (const auto i : value.covers) ids.push_back(framed(reference_.substances.row(i).id.str()));
    return sorted_list(std::move(ids));
  }
  [[nodiscard]] std::string covered(const std::vector<area_index>& areas) const {
    std::vector<std::string> codes;
    for (const auto i : areas) codes.push_back(framed(reference_.areas.row(i).code.str()));
    return sorted_list(std::move(codes));
  }
  template <class Value> std::string list(const std::vector<Value>& values) const {
    std::vector<std::string> parts;
    for (const auto& value : values) {
      if constexpr (std::is_same_v<Value, std::string>)
        parts.push_back(framed(value));
      else if constexpr (std::is_same_v<Value, area_value>)
        parts.push_back(covered(value.covers));
      else
        parts.push_back(covered(value));
    }
    return sorted_list(std::move(parts));
  }

  [[nodiscard]] std::string predicate_text(const one_of_texts& is) const { return "=" + list(is.values); }
  [[nodiscard]] std::string predicate_text(const one_of_substances& is) const { return "=" + list(is.values); }
  [[nodiscard]] std::string predicate_text(const one_of_areas& is) const { return "=" + list(is.values); }
  [[nodiscard]] std::string predicate_text(const all_of_substances& is) const { return "&" + list(is.values); }
  [[nodiscard]] static std::string predicate_text(const truth& is) { return is.value ? "true" : "false"; }
  [[nodiscard]] static std::string predicate_text(const exists& is) { return is.wanted ? "exists" : "missing"; }
  [[nodiscard]] static std::string predicate_text(const number_range& is) {
    std::string out;
    if (is.least) out += (is.above_least ? ">" : ">=") + canonical_number(*is.least);
    if (is.most) out += (is.below_most ? "<" : "<=") + canonical_number(*is.most);
    return out;
  }
  [[nodiscard]] static std::string predicate_text(const one_of_hours& is) {
    std::string day(24, '.');
    for (const auto& range : is.ranges)
      for (int h = 0; h < 24; ++h)
        if (range.from <= range.to ? h >= range.from && h < range.to : h >= range.from || h < range.to)
          day[static_cast<std::size_t>(h)] = '#';
    return day;
  }
  [[nodiscard]] std::string predicate_text(const matches& is) const {
    return "~" + framed(is.pattern) + (is.areas.empty() ? std::string{} : covered(is.areas));
  }

  const reference_data& reference_;
};

// What a substance's class is, and what adjoins a ward, decide which series an observation joins.
std::string grouping_text(const grouping& by, const reference_data& reference) {
  std::string out = framed(to_text(by.by));
  if (by.unknown_too) out += "+unknown";
  if (by.by_class) {
    std::vector<std::string> classes;
    const auto& words = reference.substances;
    for (std::size_t i = 0; i < words.rows().size(); ++i) {
      const auto index = static_cast<substance_index>(i);
      if (const auto in = words.class_of(index))
        classes.push_back(framed(words.row(index).id.str()) + ">" + words.row(*in).id.str());
    }
    out += "+class" + sorted_list(std::move(classes));
  }
  if (by.with_neighbours) {
    std::vector<std::string> pairs;
    const auto& table = reference.areas;
    for (area_index i = 0; i < table.rows().size(); ++i)
      for (const auto n : table.neighbours(i)) pairs.push_back(table.row(i).code.str() + "-" + table.row(n).code.str());
    out += "+neighbours" + sorted_list(std::move(pairs));
  }
  return out;
}

template <class Id> std::string ids(const std::vector<Id>& list) {
  std::vector<std::string> words;
  for (const auto& id : list) words.push_back(framed(id.str()));
  return sorted_list(std::move(words));
}

} // namespace

std::string canonical_number(double value) {
  return fmt::format("{}", value);
}

std::string canonical_text(const condition& wanted, const reference_data& reference) {
  return writer{reference}.text(wanted);
}

std::string canonical_text(const rule& one, const reference_data& reference) {
  std::string out = "rule 1\n";
  out += "kinds " + ids(one.observe.kinds) + "\nfeeds " + ids(one.observe.feeds) + '\n';
  out += "where " + canonical_text(one.where, reference) + '\n';
  for (const auto& by : one.for_each) out += "each " + grouping_text(by, reference) + '\n';
  out += "detect " + kind_of(one.detector).canonical(one, reference) + '\n';
  out += fmt::format("clear {}\n", one.clear_after.count());
  if (one.max_delay) out += fmt::format("late {}\n", one.max_delay->count());
  return out;
}

std::string hash_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error{"OpenSSL cannot compute SHA-256"};
  std::string out = "sha256:";
  for (unsigned int i = 0; i < size; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

} // namespace forewarn::rules
