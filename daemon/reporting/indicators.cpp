// SPDX-License-Identifier: Apache-2.0
#include "daemon/reporting/indicators.hpp"

#include "daemon/content_hash.hpp"
#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"
#include "rules/syntax/where.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

namespace forewarn::reporting {
namespace {

struct book_reader {
  const rules::reading& from;

  template <class Enum> std::optional<Enum> word(yaml::mapping_reader& keys, const char* key) const {
    return rules::read_enum<Enum>(from, keys, key);
  }

  // A rule that nobody loads: its observe and where are those of rules.
  std::optional<rules::rule> question(yaml::mapping_reader& keys) const {
    rules::rule out;
    out.id = rule_id{"indicator"};
    out.where = {rules::all_parts{}};
    out.detector = rules::count_detector{std::chrono::hours{1}, {{level::amber, 1}}, {}};
    for (const auto* kind : keys.optional_list("observe")) {
      if (from.reference().kind(kind_id{kind->text}) == nullptr) {
        std::vector<std::string> known;
        for (const auto& row : from.reference().kinds) known.push_back(row.id.str());
        from.complain(kind->at, "unknown-kind",
                      fmt::format("no kind '{}'{}", kind->text, suggestion(kind->text, known)));
        return {};
      }
      out.observe.kinds.emplace_back(kind->text);
    }
    if (out.observe.kinds.empty()) {
      from.complain(keys.where().at, "missing-key", "'observe' must name at least one kind of record");
      return {};
    }
    if (const auto* where = keys.optional("where")) {
      auto wanted = rules::read_where(from, *where, out.observe);
      if (!wanted) return {};
      out.where = std::move(*wanted);
    }
    return out;
  }

  std::optional<of_records> of_those(const yaml::node& at, bool share) const {
    auto keys = from.keys(at);
    auto all = question(keys);
    std::optional<rules::rule> part;
    if (share) {
      const auto* of = keys.required("of");
      auto wanted = of == nullptr || !all ? std::nullopt : rules::read_where(from, *of, all->observe);
      if (!wanted) return {};
      part = *all;
      part->where = std::move(*wanted);
    }
    keys.finish();
    if (!all) return {};
    return of_records{std::move(*all), std::move(part)};
  }

  void read_source(yaml::mapping_reader& keys, indicator& out) const {
    int given = 0;
    if (const auto* at = keys.optional("count"); at != nullptr && ++given > 0)
      if (auto one = of_those(*at, false)) out.from = std::move(*one);
    if (const auto* at = keys.optional("share"); at != nullptr && ++given > 0)
      if (auto one = of_those(*at, true)) out.from = std::move(*one);
    if (keys.optional("process") != nullptr && ++given > 0)
      if (const auto which = word<process_figure>(keys, "process")) out.from = of_process{*which};
    if (keys.optional_bool("by_hand").value_or(false)) ++given;
    if (given != 1)
      from.complain(keys.where().at, given == 0 ? "missing-key" : "bad-value",
                    "an indicator has exactly one of 'count', 'share', 'process' and 'by_hand: true'");
  }

  indicator one(const yaml::node& row) const {
    auto keys = from.keys(row);
    indicator out;
    out.id = keys.required_text("id").value_or("");
    if (!rules::is_identifier(out.id))
      from.complain(row.at, "bad-value", fmt::format("'{}' is no id: use a to z, 0 to 9 and hyphens", out.id));
    out.title = keys.required_text("title").value_or("");
    out.why = keys.optional_text("why").value_or("");
    out.unit = keys.optional_text("unit").value_or("");
    out.target = keys.optional_number("target");
    if (keys.required("better") != nullptr) out.direction = word<better>(keys, "better").value_or(better::lower);
    read_source(keys, out);
    keys.finish();
    return out;
  }
};

} // namespace

const indicator* indicator_book::find(const std::string& id) const {
  const auto it = std::find_if(all.begin(), all.end(), [&](const indicator& one) { return one.id == id; });
  return it == all.end() ? nullptr : &*it;
}

indicator_book indicators_among(const std::vector<source_text>& files, const reference_data& reference) {
  for (const auto& file : files)
    if (std::filesystem::path{file.path}.filename() == indicators_file) return load_indicators(file, reference).book;
  return {};
}

loaded_indicators load_indicators(const source_text& file, const reference_data& reference) {
  loaded_indicators out;
  const auto document = yaml::parse(file);
  if (!document) {
    out.found = document.error();
    return out;
  }
  out.book.hash = content_hash(file.text);
  if (document->is_null()) return out;
  rules::reading from{reference, file.path, out.found};
  auto keys = from.keys(*document);
  (void)keys.optional("version");
  out.book.edition = keys.required_text("edition").value_or("");
  out.book.note = keys.optional_text("note").value_or("");
  if (const auto* list = keys.required("indicators")) {
    if (!list->is_sequence())
      keys.complain(list->at, "wrong-type", fmt::format("'indicators' must be a list, not {}", yaml::describe(*list)));
    for (const auto& row : list->items) {
      const auto* id = row.find("id");
      from.set_subject(id == nullptr ? std::string{} : fmt::format("indicator '{}': ", id->value.text));
      auto next = book_reader{from}.one(row);
      if (out.book.find(next.id) != nullptr)
        from.complain(row.at, "duplicate-id", "there is another indicator of this id");
      out.book.all.push_back(std::move(next));
    }
  }
  keys.finish();
  return out;
}

} // namespace forewarn::reporting
