// SPDX-License-Identifier: Apache-2.0
#include "rules/syntax/grouping.hpp"

#include "rules/syntax/values.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

class grouping_reader {
public:
  explicit grouping_reader(const reading& from) : from_{from} {}

  std::optional<std::vector<grouping>> read(const yaml::node& for_each) {
    if (for_each.is_scalar())
      take_field(for_each.text, for_each.at, nullptr);
    else if (for_each.is_mapping())
      take_entries(for_each);
    else if (for_each.is_sequence()) {
      for (const auto& item : for_each.items) {
        if (item.is_scalar())
          take_field(item.text, item.at, nullptr);
        else if (item.is_mapping() && !item.entries.empty())
          take_entries(item);
        else
          refuse(item.at, "wrong-type", fmt::format("expected the name of a field, found {}", yaml::describe(item)));
      }
    } else
      refuse(for_each.at, "wrong-type", "'for_each' is a list of fields, such as [ward]; leave it out for one series");
    if (made_.size() > largest::series_fields)
      refuse(for_each.at, "too-large", fmt::format("a series is made of at most {} fields", largest::series_fields));
    if (unknown_for_all_)
      for (auto& one : made_) one.unknown_too = true;
    if (!complete_) return {};
    return std::move(made_);
  }

private:
  void refuse(const location& at, std::string code, std::string message) {
    from_.complain(at, std::move(code), std::move(message));
    complete_ = false;
  }

  void take_entries(const yaml::node& fields) {
    for (const auto& entry : fields.entries) {
      // `missing: unknown` beside the fields speaks of all of them.
      if (entry.key == "missing")
        unknown_for_all_ = is_unknown(entry.value) || unknown_for_all_;
      else
        take_field(entry.key, entry.key_at, &entry.value);
    }
  }

  bool is_unknown(const yaml::node& value) {
    if (value.is_scalar() && value.text == "unknown") return true;
    refuse(value.at, "bad-value", "'missing' can only be `unknown`: a series for what lacks the field");
    return false;
  }

  void take_field(std::string_view text, const location& at, const yaml::node* options) {
    const auto name = read_field(from_, text, at);
    if (!name) {
      complete_ = false;
      return;
    }
    switch (name->field) {
    case field::naloxone_doses:
    case field::days_since_release:
    case field::age:
    case field::weight:
      refuse(at, "bad-value",
             fmt::format("'{}' is a number and makes no series{}", to_text(*name),
                         name->field == field::age ? "; use age_band" : ""));
      return;
    default: break;
    }
    if (std::any_of(made_.begin(), made_.end(), [&](const grouping& g) { return g.by == *name; })) {
      refuse(at, "bad-value", fmt::format("'{}' stands here twice", to_text(*name)));
      return;
    }
    grouping made;
    made.by = *name;
    if (options != nullptr && !options->is_null()) read_options(*options, made);
    made_.push_back(made);
  }

  void read_options(const yaml::node& options, grouping& made) {
    auto keys = from_.keys(options);
    if (!options.is_mapping()) complete_ = false;
    if (const auto* missing = keys.optional("missing")) made.unknown_too = is_unknown(*missing);
    if (is_set_field(made.by.field)) {
      if (const auto* by = keys.optional("by")) {
        made.by_class = by->is_scalar() && by->text == "class";
        if (!made.by_class) refuse(by->at, "bad-value", "'by' can only be `class`");
      }
    }
    if (made.by.field == field::ward) {
      const auto wanted = keys.optional_bool("with_neighbours");
      if (!wanted && options.find("with_neighbours") != nullptr) complete_ = false;
      made.with_neighbours = wanted.value_or(false);
    }
    keys.finish();
  }

  const reading& from_;
  std::vector<grouping> made_;
  bool unknown_for_all_ = false;
  bool complete_ = true;
};

} // namespace

std::optional<std::vector<grouping>> read_grouping(const reading& from, const yaml::node& for_each) {
  return grouping_reader{from}.read(for_each);
}

} // namespace forewarn::rules
