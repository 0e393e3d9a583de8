// SPDX-License-Identifier: Apache-2.0
#include "rules/remembering.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

enum class answer : std::uint8_t {
  no,
  maybe,
  yes
};

bool is_kept(field what) {
  switch (what) {
  case field::kind:
  case field::feed:
  case field::substances:
  case field::confirmed:
  case field::area:
  case field::ward:
  case field::lad: return true;
  default: return false;
  }
}

answer ask(const condition& wanted, const fact& past);

struct asking {
  const fact& past;

  answer operator()(const all_parts& all) const {
    auto out = answer::yes;
    for (const auto& part : all.parts) out = std::min(out, ask(part, past));
    return out;
  }
  answer operator()(const any_part& any) const {
    auto out = answer::no;
    for (const auto& part : any.parts) out = std::max(out, ask(part, past));
    return out;
  }
  answer operator()(const negated& none) const {
    const auto inner = ask(none.inner.front(), past);
    if (inner == answer::maybe) return inner;
    return inner == answer::yes ? answer::no : answer::yes;
  }
  // Each remembered fact carries one substance: a test of another may have held of the same record.
  answer operator()(const test& one) const {
    if (!is_kept(one.what.field)) return answer::maybe;
    if (holds({one}, past)) return answer::yes;
    return std::holds_alternative<all_of_substances>(one.is) ? answer::maybe : answer::no;
  }
};

answer ask(const condition& wanted, const fact& past) {
  return std::visit(asking{past}, wanted.what);
}

} // namespace

bool may_have_held(const condition& wanted, const fact& past) {
  return ask(wanted, past) != answer::no;
}

} // namespace forewarn::rules
