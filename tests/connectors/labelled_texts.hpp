// SPDX-License-Identifier: Apache-2.0
// Texts of the real public input that a person has read and labelled with the substances they name. The texts are not
// in the project: a label carries the file, the column and a hash of the text, and the text is found where it lies.
#pragma once

#include "connectors/formats/bytes.hpp"
#include "connectors/formats/csv.hpp"
#include "connectors/formats/json.hpp"
#include "forewarn/text.hpp"
#include "support/shared_data.hpp"

#include <doctest/doctest.h>

#include <openssl/sha.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace forewarn::connectors::testing {

struct labelled_text {
  std::string file, column, hash;
  std::string half;               // "open": looked at while the extractor was mended; "held"; "fresh"
  std::set<std::string> expected; // "=unknown" for a result that names no drug
  std::string text;               // empty until it is found
};

inline std::string short_hash(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  static constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    out += hex[digest[i] >> 4U];
    out += hex[digest[i] & 15U];
  }
  return out;
}

inline std::vector<labelled_text> read_labels() {
  std::vector<labelled_text> out;
  std::ifstream in{std::filesystem::path{FOREWARN_SOURCE_DIR} / "tests" / "connectors" / "labelled_texts.csv"};
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    labelled_text one;
    std::istringstream cells{line};
    std::string expected;
    std::getline(cells, one.file, ',');
    std::getline(cells, one.column, ',');
    std::getline(cells, one.hash, ',');
    std::getline(cells, one.half, ',');
    std::getline(cells, expected);
    std::istringstream words{expected};
    for (std::string word; words >> word;) one.expected.insert(word);
    out.push_back(std::move(one));
  }
  REQUIRE(out.size() >= 400);
  return out;
}

// The reader refers to `wanted`.
inline std::unique_ptr<raw_reader> open_columns(const std::filesystem::path& path,
                                                const std::vector<wanted_column>& wanted) {
  auto text = as_utf8(open_file(path), text_encoding::utf8);
  if (path.string().find(".json") != std::string::npos) return read_json(std::move(text), {false, "", true}, wanted);
  return read_csv(std::move(text), {}, wanted);
}

// Joins each label with its text. False where the input is absent.
inline bool find_texts(std::vector<labelled_text>& labels) {
  std::map<std::pair<std::string, std::string>, std::map<std::string, labelled_text*>> wanted;
  for (auto& one : labels) wanted[{one.file, one.column}][one.hash] = &one;
  for (auto& [where, by_hash] : wanted) {
    const auto path = forewarn::testing::shared_data("data/" + where.first);
    if (!path) return false;
    const std::vector<wanted_column> columns{{where.second, false}};
    const auto rows = open_columns(*path, columns);
    raw_row row;
    while (rows->next(row)) {
      if (row.cells.empty() || !row.cells[0]) continue;
      if (const auto it = by_hash.find(short_hash(trim(*row.cells[0]))); it != by_hash.end())
        it->second->text = std::string{*row.cells[0]};
    }
  }
  for (const auto& one : labels) {
    CAPTURE(one.file);
    CAPTURE(one.hash);
    CHECK_FALSE(one.text.empty()); // every label has its text, or the input is another one
  }
  return true;
}

} // namespace forewarn::connectors::testing
