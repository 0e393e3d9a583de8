// SPDX-License-Identifier: Apache-2.0
// Whatever is written as CSV is read back, however the bytes are cut; a slow reference agrees.
#include "connectors/formats/csv.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <memory>

using namespace forewarn::connectors;

namespace {

using table = std::vector<std::vector<std::string>>;

byte_source in_pieces(std::string text, std::vector<int> sizes) {
  struct state {
    std::string text;
    std::vector<int> sizes;
    std::size_t used = 0, turn = 0;
  };
  auto held = std::make_shared<state>(state{std::move(text), std::move(sizes)});
  return [held](char* buffer, std::size_t size) {
    std::size_t wanted = size;
    if (!held->sizes.empty())
      wanted = static_cast<std::size_t>(1 + std::abs(held->sizes[held->turn++ % held->sizes.size()]) % 5);
    const auto count = std::min({size, wanted, held->text.size() - held->used});
    std::copy_n(held->text.data() + held->used, count, buffer);
    held->used += count;
    return count;
  };
}

table read(byte_source bytes) {
  csv_tokenizer tokens{std::move(bytes), {}};
  csv_record record;
  table out;
  while (tokens.next(record)) {
    if (record.defect != csv_defect::none)
      out.push_back({"defect", std::to_string(static_cast<int>(record.defect))});
    else
      out.emplace_back(record.fields.begin(), record.fields.end());
  }
  return out;
}

// Well-formed CSV only, one character at a time.
table read_slowly(const std::string& text) {
  table out{{""}};
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto& field = out.back().back();
    if (quoted && text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"')
      field += text[++i];
    else if (text[i] == '"')
      quoted = !quoted;
    else if (quoted)
      field += text[i];
    else if (text[i] == ',')
      out.back().emplace_back();
    else if (text[i] == '\n')
      out.push_back({""});
    else if (text[i] != '\r')
      field += text[i];
  }
  out.pop_back();
  return out;
}

const auto field = rc::gen::container<std::string>(rc::gen::elementOf(std::string{"ab ,\"\"\r\n;\t\xC3\xA9"}));

} // namespace

TEST_CASE("CSV: what is written is read, however the bytes are cut") {
  CHECK(rc::check([] {
    const auto rows =
        *rc::gen::container<table>(rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(field)));
    const auto sizes = *rc::gen::arbitrary<std::vector<int>>();
    const std::string line_end = *rc::gen::element<std::string>("\n", "\r\n");
    std::string text;
    for (const auto& row : rows) text += write_csv_record(row) + line_end;
    RC_ASSERT(read(in_pieces(text, sizes)) == rows);
    RC_ASSERT(read_slowly(text) == rows);
  }));
}

TEST_CASE("CSV: any bytes give the same records however they are cut") {
  CHECK(rc::check([] {
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string{"ab,\"\"\"\r\n\n"}));
    const auto sizes = *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<int>>());
    RC_ASSERT(read(in_pieces(text, {})) == read(in_pieces(text, sizes)));
  }));
}
