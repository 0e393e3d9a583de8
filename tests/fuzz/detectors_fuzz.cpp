// SPDX-License-Identifier: Apache-2.0
// Any series and any options through any detector: it ends, it answers for every period, no answer is a number that is
// none, and what was said of a period does not change when the series goes on.
//   byte 0: the method; then text `key=value` lines up to an empty line; then one count a byte, 255: not counted
#include "rules/detectors/method.hpp"

#include "fuzz/input.hpp"

#include <cmath>

using namespace forewarn;
using namespace forewarn::detectors;

namespace {

constexpr std::size_t most_periods = 1000; // beyond the two years that some wait for

std::vector<setting> read_settings(std::string_view& rest) {
  std::vector<setting> out;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) break;
    const auto equals = line.find('=');
    if (equals != std::string_view::npos)
      out.push_back({std::string{line.substr(0, equals)}, std::string{line.substr(equals + 1)}});
  }
  return out;
}

// Small counts as they are, large ones by leaps.
double count_of(unsigned char byte) {
  if (byte == 255) return not_counted;
  if (byte < 200) return byte;
  return std::pow(10, (byte - 199) / 5.0);
}

bool number_or_none(const std::optional<double>& value) {
  return !value || std::isfinite(*value);
}

bool same(const verdict& a, const verdict& b) {
  return a.expected == b.expected && a.bound == b.bound && a.score == b.score && a.alarm == b.alarm;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto& name = all_methods()[data[0] % all_methods().size()].name;
  const auto text = fuzz::text_of(data + 1, size - 1);
  std::string_view rest{text};
  auto settings = read_settings(rest);
  auto by = make_method(name, settings);
  if (!by) {
    fuzz::promise(!by.error().empty(), "a refusal says why");
    settings.clear();
    by = make_method(name, settings);
  }
  series of;
  for (const auto byte : rest.substr(0, most_periods)) {
    of.counts.push_back(count_of(static_cast<unsigned char>(byte)));
    of.population.push_back(std::isnan(of.counts.back()) ? 1 : std::floor(of.counts.back()) + 3);
    of.days.push_back(20'000 + static_cast<std::int32_t>(of.days.size()));
  }
  const auto all = judge_all(*by, of);
  for (std::size_t t = 0; t < all.size(); ++t) {
    fuzz::promise(number_or_none(all[t].expected), "expected is a number");
    fuzz::promise(number_or_none(all[t].bound), "bound is a number");
    fuzz::promise(number_or_none(all[t].score), "score is a number");
    fuzz::promise(!all[t].alarm || of.counted(t), "no alarm without a count");
  }
  auto shorter = of;
  for (auto* column : {&shorter.counts, &shorter.population}) column->resize(of.size() / 2);
  shorter.days.resize(of.size() / 2);
  auto again = make_method(name, settings);
  const auto first = judge_all(*again, shorter);
  for (std::size_t t = 0; t < first.size() && shorter.size() >= again->start; ++t)
    fuzz::promise(same(first[t], all[t]), "the past does not hang on the future");
  return 0;
}
