// SPDX-License-Identifier: Apache-2.0
#include "rules/reference_digest.hpp"

#include "rules/digest.hpp"

namespace forewarn::rules {
namespace {

void add(digest& sum, const std::vector<std::string>& words) {
  sum.add(static_cast<std::int64_t>(words.size()));
  for (const auto& word : words) sum.add(std::string_view{word});
}

void add(digest& sum, const area& one) {
  sum.add(std::string_view{one.code.str()});
  sum.add(static_cast<std::int64_t>(one.level));
  sum.add(std::string_view{one.parent ? one.parent->str() : std::string{}});
  for (const auto& other : one.neighbours) sum.add(std::string_view{other.str()});
}

void add(digest& sum, const substance& one) {
  sum.add(std::string_view{one.id.str()});
  sum.add(std::string_view{one.name});
  sum.add(std::string_view{one.parent ? one.parent->str() : std::string{}});
  sum.add(one.is_class);
  sum.add(one.is_result);
  add(sum, one.synonyms);
  add(sum, one.guarded);
  add(sum, one.stems);
  add(sum, one.beginnings);
}

} // namespace

std::uint64_t reference_digest(const reference_data& all) {
  digest sum;
  for (const auto& one : all.areas.rows()) add(sum, one);
  for (const auto& one : all.substances.rows()) add(sum, one);
  sum.add(std::string_view{all.local_zone.name()});
  for (const auto edge : all.age_edges) sum.add(static_cast<std::int64_t>(edge));
  return sum.value();
}

} // namespace forewarn::rules
