// SPDX-License-Identifier: Apache-2.0
#include "daemon/audit/entry.hpp"

#include "daemon/content_hash.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::audit {

std::string hashed_text(const entry& one) {
  boost::json::array subjects;
  for (const auto& subject : one.subjects) subjects.emplace_back(subject);
  const boost::json::array line{one.seq,   format_rfc3339(one.at), one.who, one.what, std::move(subjects), one.why,
                                one.detail};
  return one.previous + '\n' + boost::json::serialize(line);
}

std::string hash_of(const entry& one) {
  return content_hash(hashed_text(one));
}

entry chained(entry one, const head& last) {
  one.seq = last.seq + 1;
  one.previous = last.hash;
  one.hash = hash_of(one);
  return one;
}

bool verifier::take(const entry& one) {
  if (one.seq != last_.seq + 1)
    broken_ = one.seq <= last_.seq       ? fmt::format("line {} stands where line {} should", one.seq, last_.seq + 1)
              : one.seq == last_.seq + 2 ? fmt::format("line {} is missing", last_.seq + 1)
                                         : fmt::format("lines {} to {} are missing", last_.seq + 1, one.seq - 1);
  else if (one.previous != last_.hash)
    broken_ = fmt::format("line {} ({}, {}) does not follow from line {}: one of the two was changed or put in",
                          one.seq, one.what, format_rfc3339(one.at), last_.seq);
  else if (one.hash != hash_of(one))
    broken_ = fmt::format("line {} ({}, {}) is not what was written then: its content was changed", one.seq, one.what,
                          format_rfc3339(one.at));
  if (!broken_.empty()) return false;
  last_ = {one.seq, one.hash};
  return true;
}

bool verifier::ends_at(const head& said) {
  if (said == last_) return true;
  if (said.seq > last_.seq)
    broken_ =
        fmt::format("the chain ends with line {}, but line {} was written: the end was cut off", last_.seq, said.seq);
  else if (said.seq < last_.seq)
    broken_ = fmt::format("the chain goes on to line {}, but line {} was the last one written", last_.seq, said.seq);
  else
    broken_ = fmt::format("line {} was written with another hash ({})", said.seq, said.hash);
  return false;
}

} // namespace forewarn::audit
