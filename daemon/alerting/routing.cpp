// SPDX-License-Identifier: Apache-2.0
// Who receives an alert, and why. Where a place or a drug is not known, a service is told rather than left out; where
// the audience is people who use drugs or the public, only services that ask for it by name are told.
#include "daemon/alerting/services.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

using maybe_why = std::optional<std::string>;

maybe_why by_audience(const service& to, const topic& about) {
  if (!to.audiences.empty()) {
    if (std::find(to.audiences.begin(), to.audiences.end(), about.to) == to.audiences.end()) return {};
    return fmt::format("takes audience {}", to_text(about.to));
  }
  switch (about.to) {
  case audience::professionals:
  case audience::services: return "takes what professionals and services may read";
  case audience::on_call:
  case audience::panel:
    if (to.on_call) return "is on call";
    return {};
  case audience::people_who_use_drugs:
  case audience::public_: return {};
  }
  return {};
}

maybe_why by_area(const service& to, const topic& about, const reference_data& reference) {
  if (to.areas.empty()) return "takes every area";
  if (about.areas.empty()) return "the place is not known";
  for (const auto& mine : to.areas)
    for (const auto& where : about.areas) {
      const auto outer = reference.areas.find(mine);
      const auto inner = reference.areas.find(where);
      if (!outer || !inner) continue;
      const auto name = reference.areas.name_of(where);
      if (*inner == *outer) return fmt::format("takes {}", name);
      if (reference.areas.is_or_within(*inner, *outer))
        return fmt::format("{} is in {}", name, reference.areas.name_of(mine));
      if (reference.areas.is_or_within(*outer, *inner))
        return fmt::format("it concerns all of {}, which holds {}", name, reference.areas.name_of(mine));
    }
  return {};
}

maybe_why by_substance(const service& to, const topic& about, const reference_data& reference) {
  if (to.substances.empty()) return "takes every substance";
  if (about.substances.empty()) return "the drug is not known";
  const auto& words = reference.substances;
  for (const auto& mine : to.substances)
    for (const auto& found : about.substances) {
      const auto wanted = words.find(mine);
      const auto seen = words.find(found);
      if (!wanted || !seen) continue;
      if (*seen == *wanted) return fmt::format("takes {}", words.name_of(found));
      if (words.is_or_within(*seen, *wanted))
        return fmt::format("{} is one of {}", words.name_of(found), words.name_of(mine));
      if (words.is_or_within(*wanted, *seen))
        return fmt::format("{} may be {}", words.name_of(found), words.name_of(mine));
    }
  return {};
}

maybe_why by_kind(const service& to, const topic& about, const reference_data& reference) {
  if (to.kinds.empty()) return "";
  if (about.kinds.empty()) return "what it rests on is not known; ";
  for (const auto& mine : to.kinds)
    if (std::find(about.kinds.begin(), about.kinds.end(), mine) != about.kinds.end()) {
      const auto* kind = reference.kind(mine);
      return fmt::format("rests on {}; ", kind == nullptr ? mine.str() : kind->many);
    }
  return {};
}

} // namespace

std::vector<routed> route(const service_book& book, const topic& about, const reference_data& reference) {
  std::vector<routed> out;
  for (const auto& to : book.services) {
    if (to.by_turns) continue; // hears as on-call, by the rota
    if (about.automatic && !to.duty_desk) continue;
    if (about.how < to.least_level) continue;
    const auto audience = by_audience(to, about);
    const auto area = by_area(to, about, reference);
    const auto substance = by_substance(to, about, reference);
    const auto kind = by_kind(to, about, reference);
    if (!audience || !area || !substance || !kind) continue;
    out.push_back({&to, fmt::format("{}{}; {}; {}; {}level {}", about.automatic ? "is a duty desk; " : "", *audience,
                                    *area, *substance, *kind, to_text(about.how))});
  }
  return out;
}

} // namespace forewarn::alerting
