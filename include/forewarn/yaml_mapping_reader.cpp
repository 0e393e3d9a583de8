// SPDX-License-Identifier: Apache-2.0
// One mapping of YAML, key by key, with a complaint for all that is not as it should be.
#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::yaml {

mapping_reader::mapping_reader(const node& mapping, std::string path, std::string subject, problems& found)
    : mapping_{mapping}, path_{std::move(path)}, subject_{std::move(subject)}, found_{found} {
  if (!mapping.is_mapping() && !mapping.is_null())
    complain(mapping.at, "wrong-type",
             fmt::format("expected a mapping of keys and values, found {}", describe(mapping)));
}

void mapping_reader::complain(const location& at, std::string code, std::string message) {
  found_.push_back({path_, at, severity::error, std::move(code), subject_ + std::move(message)});
}

const node* mapping_reader::optional(std::string_view key) {
  asked_.emplace_back(key);
  const auto* e = mapping_.find(key);
  return e == nullptr ? nullptr : &e->value;
}

const node* mapping_reader::required(std::string_view key) {
  const auto* value = optional(key);
  if (value == nullptr && (mapping_.is_mapping() || mapping_.is_null()))
    complain(mapping_.at, "missing-key", fmt::format("'{}' is required", key));
  return value;
}

std::optional<std::string> mapping_reader::optional_text(std::string_view key) {
  const auto* value = optional(key);
  if (value == nullptr) return {};
  if (!value->is_scalar() || trim(value->text).empty()) {
    complain(value->at, "wrong-type", fmt::format("'{}' must be text, found {}", key, describe(*value)));
    return {};
  }
  return value->text;
}

std::optional<std::string> mapping_reader::required_text(std::string_view key) {
  if (mapping_.find(key) == nullptr) {
    (void)required(key);
    return {};
  }
  return optional_text(key);
}

std::optional<bool> mapping_reader::optional_bool(std::string_view key) {
  const auto* value = optional(key);
  if (value == nullptr) return {};
  const auto read = as_bool(*value);
  if (!read)
    complain(value->at, "wrong-type", fmt::format("'{}' must be true or false, found {}", key, describe(*value)));
  return read;
}

std::optional<std::int64_t> mapping_reader::optional_integer(std::string_view key, std::int64_t least,
                                                             std::int64_t most) {
  const auto* value = optional(key);
  if (value == nullptr) return {};
  const auto read = as_integer(*value);
  if (!read) {
    complain(value->at, "wrong-type", fmt::format("'{}' must be a whole number, found {}", key, describe(*value)));
    return {};
  }
  if (*read < least || *read > most) {
    complain(value->at, "bad-value", fmt::format("'{}' must be between {} and {}", key, least, most));
    return {};
  }
  return read;
}

std::optional<double> mapping_reader::optional_number(std::string_view key) {
  const auto* value = optional(key);
  if (value == nullptr) return {};
  const auto read = as_number(*value);
  if (!read) complain(value->at, "wrong-type", fmt::format("'{}' must be a number, found {}", key, describe(*value)));
  return read;
}

std::vector<const node*> mapping_reader::optional_list(std::string_view key) {
  const auto* value = optional(key);
  std::vector<const node*> out;
  if (value == nullptr) return out;
  if (value->is_scalar()) return {value};
  if (!value->is_sequence()) {
    complain(value->at, "wrong-type", fmt::format("'{}' must be one value or a list, found {}", key, describe(*value)));
    return out;
  }
  for (const auto& item : value->items) {
    if (item.is_scalar())
      out.push_back(&item);
    else
      complain(item.at, "wrong-type", fmt::format("'{}' must hold plain values, found {}", key, describe(item)));
  }
  return out;
}

void mapping_reader::finish() {
  for (const auto& e : mapping_.entries) {
    if (std::find(asked_.begin(), asked_.end(), e.key) != asked_.end()) continue;
    complain(e.key_at, "unknown-key", fmt::format("no key '{}' here{}", e.key, suggestion(e.key, asked_)));
  }
}

} // namespace forewarn::yaml
