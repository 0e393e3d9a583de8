// SPDX-License-Identifier: Apache-2.0
// Alerts that others published, read from an Atom feed, a CAP 1.2 document or a mail, as reports for the panel. Pure:
// it fetches nothing. What it reads is anybody's text: it is shortened and cleaned, never believed; the panel decides.
#pragma once

#include "daemon/panel/nouns.hpp"
#include "daemon/panel/policy.hpp"
#include "forewarn/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace forewarn::panel {

// Of an Atom feed its entries, of CAP the one alert. Tests and exercises say so in their status. `why not` where it is
// neither.
[[nodiscard]] result<std::vector<report>, std::string> read_published(const std::string& document,
                                                                      const elsewhere_source& by);

struct mailed {
  std::string sender; // the address alone, lower case
  report what;
};
// A mail as it lies in a mail folder: its subject and its plain text.
[[nodiscard]] result<mailed, std::string> read_mailed(const std::string& mail, const elsewhere_source& by);

} // namespace forewarn::panel
