// SPDX-License-Identifier: Apache-2.0
// An alert as JSON: one shape, for the `data` of an `alert.*` webhook, the API, the command line and the input of
// `templates render`. Keys are stable and documented in docs/messages.md.
#pragma once

#include "forewarn/alert.hpp"
#include "forewarn/result.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace forewarn::alerting {

[[nodiscard]] boost::json::object as_json(const alert& one);
// The same as text, one line.
[[nodiscard]] std::string to_json(const alert& one);

// Reads what `to_json` writes, or a whole webhook body around it. Absent keys keep their defaults, so that a person
// can write a short file; a wrong value is an error that names its key.
[[nodiscard]] result<alert, std::string> parse_alert(std::string_view json);

} // namespace forewarn::alerting
