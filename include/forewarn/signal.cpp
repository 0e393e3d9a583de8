// SPDX-License-Identifier: Apache-2.0
#include "forewarn/signal.hpp"

#include <boost/json.hpp>

namespace forewarn {

std::string to_json(const series_key& series) {
  boost::json::object out;
  for (const auto& [field, value] : series) out[field] = value;
  return boost::json::serialize(out);
}

} // namespace forewarn
