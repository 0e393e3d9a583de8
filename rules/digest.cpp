// SPDX-License-Identifier: Apache-2.0
#include "rules/digest.hpp"

#include <bit>

namespace forewarn::rules {
namespace {

constexpr std::int64_t absent = -0x7eadbeef;

template <class Id> void add_id(digest& sum, const std::optional<Id>& id) {
  if (id)
    sum.add(std::string_view{id->str()});
  else
    sum.add(absent);
}
template <class Enum> void add_word(digest& sum, const std::optional<Enum>& word) {
  sum.add(word ? static_cast<std::int64_t>(*word) : absent);
}
void add_number(digest& sum, const std::optional<double>& number) {
  if (number)
    sum.add(*number);
  else
    sum.add(absent);
}
void add_list(digest& sum, const std::vector<substance_id>& list) {
  sum.add(static_cast<std::int64_t>(list.size()));
  for (const auto& one : list) sum.add(std::string_view{one.str()});
}

} // namespace

void digest::add_bytes(const char* first, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    sum_ ^= static_cast<unsigned char>(first[i]);
    sum_ *= 1099511628211ULL;
  }
}

void digest::add(std::string_view text) {
  add(static_cast<std::int64_t>(text.size()));
  add_bytes(text.data(), text.size());
}

void digest::add(std::int64_t number) {
  auto rest = static_cast<std::uint64_t>(number);
  for (int i = 0; i < 8; ++i, rest >>= 8U) {
    sum_ ^= rest & 0xffU;
    sum_ *= 1099511628211ULL;
  }
}

void digest::add(double number) {
  add(std::bit_cast<std::int64_t>(number == 0 ? 0.0 : number));
}

std::uint64_t digest::value() const {
  auto mixed = sum_;
  mixed = (mixed ^ (mixed >> 33U)) * 0xff51afd7ed558ccdULL;
  mixed = (mixed ^ (mixed >> 33U)) * 0xc4ceb9fe1a85ec53ULL;
  return mixed ^ (mixed >> 33U);
}

std::uint64_t content_digest(const observation& one) {
  digest sum;
  sum.add(std::string_view{one.kind.str()});
  sum.add(std::int64_t{one.occurred_at.time_since_epoch().count()});
  for (const auto* code : {&one.ward, &one.msoa, &one.lsoa, &one.lad, &one.area}) add_id(sum, *code);
  add_id(sum, one.site);
  add_word(sum, one.setting);
  for (const auto* list : {&one.substances, &one.confirmed, &one.sold_as}) add_list(sum, *list);
  add_word(sum, one.certainty);
  add_word(sum, one.intent);
  add_word(sum, one.outcome);
  add_word(sum, one.fatal);
  add_word(sum, one.naloxone);
  add_number(sum, one.naloxone_doses);
  add_word(sum, one.naloxone_by);
  add_number(sum, one.days_since_release);
  add_number(sum, one.age);
  if (one.age_band)
    sum.add(std::string_view{*one.age_band});
  else
    sum.add(absent);
  add_word(sum, one.sex);
  add_id(sum, one.person);
  add_id(sum, one.incident);
  sum.add(one.weight);
  sum.add(one.withdrawn);
  for (const auto& [name, value] : one.attributes) {
    sum.add(std::string_view{name});
    sum.add(std::string_view{value});
  }
  return sum.value();
}

} // namespace forewarn::rules
