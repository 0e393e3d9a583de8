// SPDX-License-Identifier: Apache-2.0
#include "daemon/series/plain_series.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace forewarn;
using namespace forewarn::series_file;

namespace {

// The rows as "period=count;", then the first complaint.
std::string read(const std::string& text, bool wants_population = false) {
  plain_series rows{connectors::from_text(text), "calls.csv", wants_population};
  std::string out;
  while (true) {
    const auto row = rows.next();
    if (!row) return out + row.error();
    if (!*row) return out;
    out += (*row)->period + '=' + (std::isnan((*row)->count) ? "-" : std::to_string(std::lround((*row)->count))) + ';';
  }
}

} // namespace

TEST_CASE("a plain series is read row by row") {
  struct row {
    const char* name;
    const char* text;
    const char* read;
  };
  const row rows[] = {
      {"dates", "period,count\n2026-01-30,3\n2026-01-31,0\n2026-02-01,2\n", "2026-01-30=3;2026-01-31=0;2026-02-01=2;"},
      {"weeks, columns in another order, a column of their own, CRLF",
       "area,count,period\r\nx,1,2026-01-05\r\nx,2,2026-01-12\r\n", "2026-01-05=1;2026-01-12=2;"},
      {"periods that are no dates", "period,count\n1,3\n2,4\n", "1=3;2=4;"},
      {"not counted", "period,count\na,\nb,NA\nc,NaN\nd,1\n", "a=-;b=-;c=-;d=1;"},
      {"months", "period,count\n2026-01-01,3\n2026-02-01,4\n2026-03-01,1\n", "2026-01-01=3;2026-02-01=4;2026-03-01=1;"},
      {"no row", "period,count\n", ""},
      {"nothing", "", "calls.csv: is empty; its first line is the header: period,count[,population]"},
      {"no column", "day,count\n1,1\n",
       "calls.csv:1:1: the header has no column 'period'; it is "
       "period,count[,population]"},
      {"negative", "period,count\n1,2\n2,-1\n",
       "1=2;calls.csv:3:3: '-1' is no count: a number from 0, or empty where "
       "none was taken"},
      {"infinite", "period,count\n1,inf\n",
       "calls.csv:2:3: 'inf' is no count: a number from 0, or empty where none was "
       "taken"},
      {"a day missing", "period,count\n2026-01-01,1\n2026-01-02,1\n2026-01-04,1\n",
       "2026-01-01=1;2026-01-02=1;calls.csv:4:1: '2026-01-04' follows '2026-01-02', but 2026-01-03 should: write each "
       "period, with an empty count where none was taken"},
      {"backwards", "period,count\n2026-01-02,1\n2026-01-01,1\n",
       "2026-01-02=1;calls.csv:3:1: '2026-01-01' does not come after '2026-01-02'"},
      {"a date among others", "period,count\n2026-01-02,1\nthen,1\n",
       "2026-01-02=1;calls.csv:3:1: 'then' is not a date, unlike the periods before"},
      {"too few fields", "period,count\n1\n", "calls.csv:2:1: 1 fields, where the header has 2"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(read(r.text) == r.read);
  }
}

TEST_CASE("a method that needs a population gets one, or a complaint") {
  CHECK(read("period,count,population\n1,2,10\n", true) == "1=2;");
  CHECK(read("period,count\n1,2\n", true) ==
        "calls.csv:1:1: the header has no column 'population', which this method needs");
  CHECK(read("period,count,population\n1,2,\n", true) == "calls.csv:2:5: '' is no population: a number from 0");
  CHECK(read("period,count,population\n1,2,\n") == "1=2;");
}
