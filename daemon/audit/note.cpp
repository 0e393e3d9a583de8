// SPDX-License-Identifier: Apache-2.0
#include "daemon/audit/note.hpp"

#include "daemon/panel/ledger.hpp"
#include "forewarn/text.hpp"

#include <boost/json.hpp>

namespace forewarn::audit {

void note(store& ledger, instant now, const deed& done) {
  entry line;
  line.at = now;
  line.who = std::string{trim(done.who)};
  line.what = done.what;
  line.subjects = done.subjects;
  line.why = std::string{trim(done.why)};
  if (!done.detail.empty()) line.detail = boost::json::serialize(done.detail);
  panel::of(ledger).append(std::move(line));
}

} // namespace forewarn::audit
