// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/time_plan.hpp"

#include "connectors/mapping/privacy.hpp"
#include "forewarn/text.hpp"

#include <fmt/format.h>

namespace forewarn::connectors {

std::string time_plan::wanted() const {
  std::vector<std::string> patterns;
  for (const auto& f : formats) patterns.push_back(f.pattern() == "iso" ? "YYYY-MM-DD HH:MM" : f.pattern());
  return join_or(patterns);
}

std::optional<time_reading> time_plan::read(std::string_view text) const {
  for (const auto& f : formats)
    if (const auto one = f.read(text)) return one;
  return {};
}

std::optional<instant> time_of(const time_plan& plan, mapping_pass& pass) {
  const auto text = read_text(plan.source, pass);
  if (!text || pass.refused) return {};
  const auto read = plan.read(*text);
  if (!read) {
    pass.refuse(plan.source, "bad-time",
                fmt::format("'{}' is not a date of the form {}", redacted(*text), plan.wanted()), *text);
    return {};
  }
  if (read->offset) return instant{read->wall.time_since_epoch() - *read->offset};
  const auto resolved = plan.local.to_instant(read->wall);
  pass.odd_civil_time = pass.odd_civil_time || resolved.how != civil_resolution::unique;
  return resolved.at;
}

std::vector<time_format> read_formats(yaml::mapping_reader* keys) {
  constexpr const char* default_format = "iso";
  std::vector<time_format> out;
  if (keys != nullptr)
    for (const auto* n : keys->optional_list("formats")) {
      auto format = time_format::compile(n->text);
      if (format)
        out.push_back(std::move(*format));
      else
        keys->complain(n->at, "bad-value", format.error());
    }
  if (out.empty()) out.push_back(*time_format::compile(default_format));
  return out;
}

std::chrono::year_month_day day_of(const time_reading& read) {
  return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(read.wall)};
}

} // namespace forewarn::connectors
