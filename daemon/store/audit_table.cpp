// SPDX-License-Identifier: Apache-2.0
// The audit's chain. The table refuses changes; `audit_head` says where it ended, so that a cut end shows.
#include "daemon/store/panel_tables.hpp"

#include <boost/json.hpp>

namespace forewarn::sqlite {
namespace {

std::string as_text(const std::vector<std::string>& subjects) {
  boost::json::array out;
  for (const auto& one : subjects) out.emplace_back(one);
  return boost::json::serialize(out);
}

// Whatever stands there is taken as it stands: it is the verifier that says it is wrong.
std::vector<std::string> as_subjects(const std::string& text) {
  boost::system::error_code error;
  const auto read = boost::json::parse(text, error);
  if (error || !read.is_array()) return {text};
  std::vector<std::string> out;
  for (const auto& one : read.get_array()) out.push_back(one.is_string() ? std::string{one.get_string()} : "");
  return out;
}

} // namespace

void each_entry(connection& db, std::int64_t after, const std::function<bool(const audit::entry&)>& take) {
  query rows{db,
             "SELECT seq, at, who, what, subjects, why, detail, previous, hash FROM audit WHERE seq > ? ORDER BY seq",
             after};
  while (rows.next()) {
    audit::entry one;
    std::string subjects;
    rows.into(one.seq, one.at, one.who, one.what, subjects, one.why, one.detail, one.previous, one.hash);
    one.subjects = as_subjects(subjects);
    if (!take(one)) return;
  }
}

audit::head audit_head(connection& db) {
  query row{db, "SELECT seq, hash FROM audit_head WHERE id = 1"};
  audit::head out;
  if (row.next()) row.into(out.seq, out.hash);
  return out;
}

void append(connection& db, audit::entry one) {
  one = audit::chained(std::move(one), audit_head(db));
  execute(db,
          "INSERT INTO audit (seq, at, who, what, subjects, why, detail, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, "
          "?, ?)",
          one.seq, one.at, one.who, one.what, as_text(one.subjects), one.why, one.detail, one.previous, one.hash);
  execute(db, "INSERT OR REPLACE INTO audit_head (id, seq, hash) VALUES (1, ?, ?)", one.seq, one.hash);
}

} // namespace forewarn::sqlite
