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

TEST_CASE("a row is too long at the same byte however the bytes are cut") {
  constexpr std::size_t most = 20;
  struct row {
    const char* name;
    std::string text;
    bool taken;
  };
  const row rows[] = {{"just fits, LF", std::string(most, 'x') + "\nafter\n", true},
                      {"just fits, CRLF", std::string(most, 'x') + "\r\nafter\n", true},
                      {"just fits, CR", std::string(most, 'x') + "\rafter\r", true},
                      {"just fits, end of file", std::string(most, 'x'), true},
                      {"just fits, quoted", '"' + std::string(most - 2, 'x') + "\"\r\nafter\n", true},
                      {"one too many, LF", std::string(most + 1, 'x') + "\nafter\n", false},
                      {"one too many, CRLF", std::string(most + 1, 'x') + "\r\nafter\n", false},
                      {"one too many, end of file", std::string(most + 1, 'x'), false},
                      {"one too many, two fields", "a,\"" + std::string(most - 3, 'x') + "\"\nafter\n", false}};
  for (const auto& one : rows) {
    CAPTURE(one.name);
    for (const auto& sizes : std::vector<std::vector<int>>{{}, {0}, {1, 2}, {4}}) {
      CAPTURE(sizes.size());
      csv_tokenizer tokens{in_pieces(one.text, sizes), {',', most}};
      csv_record record;
      REQUIRE(tokens.next(record));
      CHECK((record.defect == csv_defect::none) == one.taken);
      const bool more = one.text.find("after") != std::string::npos;
      REQUIRE(tokens.next(record) == more);
      if (more) CHECK(record.fields.front() == "after");
    }
  }
}

TEST_CASE("CSV: any bytes give the same records however they are cut") {
  CHECK(rc::check([] {
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string{"ab,\"\"\"\r\n\n"}));
    const auto sizes = *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<int>>());
    RC_ASSERT(read(in_pieces(text, {})) == read(in_pieces(text, sizes)));
  }));
}
