// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/feed_plan.hpp"
#include "connectors/mapping/privacy.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

constexpr std::size_t longest_id = 200;

// What a record without an id says of itself, as a pseudonym: it may hold a cause of death or an address. A part may be
// empty; each is told with its length, so that "A", "" and "", "A" are two records.
std::optional<std::string> read_fingerprint(const feed_plan& plan, const raw_row& row) {
  std::string told;
  bool any = false;
  for (const auto slot : plan.identity.columns) {
    const auto text = row.cells[slot] ? trim(*row.cells[slot]) : std::string_view{};
    any = any || !text.empty();
    told += fmt::format("{}x{}", text.size(), text);
  }
  if (!any) return {};
  return pseudonym(plan.pseudonym_key, "r:", plan.feed.str(), told);
}

// Nothing where any of the id's columns is empty: half an id would merge what is not the same.
std::optional<std::string> read_id(const feed_plan& plan, const raw_row& row) {
  if (plan.identity.fingerprint) return read_fingerprint(plan, row);
  const auto& who = plan.identity;
  std::string id;
  for (const auto slot : who.columns) {
    const auto text = row.cells[slot] ? trim(*row.cells[slot]) : std::string_view{};
    if (text.empty() || std::find(who.absent.begin(), who.absent.end(), ascii_lower(text)) != who.absent.end())
      return {};
    if (!id.empty()) id += '|';
    id += text;
  }
  // An id may be anything a partner numbers by; one that holds an address or would not fit is kept as its pseudonym.
  if (id.size() > longest_id || has_full_postcode(id)) return pseudonym(plan.pseudonym_key, "r:", plan.feed.str(), id);
  return id;
}

std::optional<rejected> read_revision(const feed_plan& plan, const raw_row& row, observation& out) {
  if (!plan.identity.revision) return {};
  const auto& cell = row.cells[*plan.identity.revision];
  const auto text = cell ? trim(*cell) : std::string_view{};
  if (text.empty()) return {};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.revision);
  if (error == std::errc{} && end == text.data() + text.size() && out.revision >= 0) return {};
  out.revision = 1;
  return rejected{plan.identity.revision_shown, "bad-revision",
                  fmt::format("'{}' is not a whole number of 0 or more", redacted(text)), redacted(text)};
}

// Nothing where the column is empty, or the feed keeps none.
std::string read_partner_reference(const feed_plan& plan, const raw_row& row) {
  if (!plan.reference_kept) return {};
  const auto& cell = row.cells[plan.reference_kept->column];
  const auto text = cell ? trim(*cell) : std::string_view{};
  if (text.empty() || text.size() > longest_id) return {};
  return sealed_for(plan.reference_kept->sealed_for, text);
}

} // namespace

taken_row map_row(const feed_plan& plan, const raw_row& row) {
  taken_row out;
  out.line = row.line;
  if (row.defect) {
    out.what = *row.defect;
    return out;
  }
  const bool withdrawn = !row.empty && plan.identity.withdrawn && (*plan.identity.withdrawn)(row);
  // A withdrawal matters whatever `select` says: the record may have been selected before.
  if (row.empty || (!withdrawn && plan.select && !(*plan.select)(row))) {
    out.what = unselected{};
    return out;
  }
  const auto id = read_id(plan, row);
  if (!id) {
    out.what =
        rejected{plan.identity.shown, "missing-id", "the record has no id, so it could never be told from others", ""};
    return out;
  }
  observation one;
  one.key = {plan.feed, record_id{*id}};
  one.kind = plan.kind;
  one.has_own_received_at = false;
  if (auto wrong = read_revision(plan, row, one)) {
    out.what = std::move(*wrong);
    return out;
  }
  one.withdrawn = withdrawn;
  mapping_pass pass{row, one, out.unknown};
  for (const auto& step : plan.steps) {
    step(pass);
    if (pass.refused) break;
  }
  if (one.withdrawn) {
    out.withdraws_only = true; // whatever else such a row says is no news
  } else if (pass.refused) {
    out.what = std::move(*pass.refused);
    return out;
  }
  out.partner_reference = read_partner_reference(plan, row);
  out.odd_civil_time = pass.odd_civil_time;
  out.near = std::move(pass.near);
  one.received_at = one.occurred_at;
  out.what = std::move(one);
  return out;
}

} // namespace forewarn::connectors
