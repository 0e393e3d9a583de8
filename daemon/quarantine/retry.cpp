// SPDX-License-Identifier: Apache-2.0
#include "daemon/quarantine/retry.hpp"

#include "daemon/row_ingest.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <unordered_map>

namespace forewarn {
namespace {

constexpr std::size_t rows_at_once = 500;

// What the raw text says under the mapping of today: one row, whatever it is.
connectors::taken_row read_one(const connectors::feed& of, const sensitive<std::string>& raw) {
  const auto stream = connectors::read_raw(of, raw);
  std::vector<connectors::taken_row> rows;
  while (stream->next(rows, 2)) {
  }
  if (rows.size() == 1) return std::move(rows.front());
  connectors::taken_row out;
  if (stream->broken())
    out.what = *stream->broken();
  else
    out.what = connectors::rejected{"", "not-a-record", "it does not read as one record", ""};
  return out;
}

class last_words {
public:
  explicit last_words(connectors::conflict_rule conflict) : conflict_{conflict} {}

  void take(connectors::taken_row row) {
    const auto* seen = std::get_if<observation>(&row.what);
    if (seen == nullptr) return;
    const auto [at, fresh] = by_id_.emplace(seen->key.id, rows_.size());
    if (fresh) return rows_.push_back(std::move(row));
    auto& before = rows_[at->second];
    const auto& stored = std::get<observation>(before.what);
    auto arrived = arrived_form(stored, row, *seen, conflict_);
    if (judge(stored, arrived, conflict_).result != row_result::accepted) return;
    before.near = row.near;
    before.what = std::move(arrived);
  }
  [[nodiscard]] std::vector<connectors::taken_row>& rows() { return rows_; }

private:
  connectors::conflict_rule conflict_;
  std::vector<connectors::taken_row> rows_; // in the order of first appearance
  std::unordered_map<record_id, std::size_t> by_id_;
};

void read_file(const connectors::feed& of, const raw_files& kept, const raw_file& file, last_words& into,
               reread_files& out) {
  const auto stream = connectors::read_rows(of, kept.open(file), file.content_type);
  std::vector<connectors::taken_row> rows;
  for (bool more = true; more;) {
    rows.clear();
    more = stream->next(rows, rows_at_once);
    for (auto& row : rows) {
      ++out.rows;
      if (std::holds_alternative<connectors::rejected>(row.what)) ++out.quarantined;
      if (std::holds_alternative<connectors::unselected>(row.what)) ++out.unselected;
      into.take(std::move(row));
    }
  }
  if (stream->broken()) ++out.broken;
  ++out.files;
}

} // namespace

retried_rows retry_rows(const connectors::feed& of, std::vector<quarantined_row> rows, raw_vault& raw,
                        const take_batch& take) {
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  retried_rows out;
  row_batch batch;
  const auto flush = [&] {
    if (!batch.rows.empty()) add(out.sum, take(std::exchange(batch, {})));
  };
  for (const auto& one : rows) {
    auto held = raw.find(one.raw);
    if (!held) {
      ++out.locked;
      continue;
    }
    if (!*held) {
      ++out.lost;
      continue;
    }
    if (batch.source != one.source || batch.rows.size() >= rows_at_once) flush();
    batch.feed = of.id;
    batch.source = one.source;
    batch.conflict = of.conflict;
    batch.rows.push_back(read_one(of, **held));
    batch.rows.back().line = one.line;
    batch.retries.push_back(one.id);
  }
  flush();
  return out;
}

reread_files reread(const connectors::feed& of, const raw_files& kept, const take_batch& take) {
  reread_files out;
  last_words words{of.conflict};
  for (const auto& file : kept.kept(of.id)) {
    try {
      read_file(of, kept, file, words, out);
    } catch (const std::runtime_error& why) {
      out.unreadable.emplace_back(why.what());
    }
  }
  auto& rows = words.rows();
  for (std::size_t at = 0; at < rows.size(); at += rows_at_once) {
    row_batch batch;
    batch.feed = of.id;
    batch.source = "reread";
    // Which row of these files wins was settled above; parts told in files of before are not taken away.
    batch.conflict =
        of.conflict == connectors::conflict_rule::completes ? of.conflict : connectors::conflict_rule::latest_wins;
    batch.counted_before = true;
    const auto end = std::min(at + rows_at_once, rows.size());
    for (auto i = at; i < end; ++i) batch.rows.push_back(std::move(rows[i]));
    add(out.changed, take(std::move(batch)));
  }
  return out;
}

} // namespace forewarn
