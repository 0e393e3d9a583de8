// SPDX-License-Identifier: Apache-2.0
#include "forewarn/yaml.hpp"

#include "forewarn/text.hpp"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <sstream>

#include <fmt/format.h>

namespace forewarn::yaml {
namespace {

// Thrown inside this file only, to leave the library's callbacks.
struct refused {
  location at;
  std::string code;
  std::string message;
};

int characters_before(std::string_view line, int bytes) {
  return static_cast<int>(utf8_length(line.substr(0, static_cast<std::size_t>(std::max(bytes, 0)))));
}

// The library counts lines and columns from 0 and columns in bytes.
class line_index {
public:
  explicit line_index(std::string_view text) : text_{text} {
    starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') starts_.push_back(i + 1);
  }
  [[nodiscard]] location locate(const YAML::Mark& mark) const {
    if (mark.is_null() || mark.line < 0) return {};
    const auto row = std::min(static_cast<std::size_t>(mark.line), starts_.size() - 1);
    return {static_cast<int>(row) + 1, characters_before(text_.substr(starts_[row]), mark.column) + 1, 1};
  }

private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

class tree_builder final : public YAML::EventHandler {
public:
  tree_builder(const source_text& file, const limits& allowed)
      : index_{file.text}, path_{file.path}, allowed_{allowed} {}

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    node made;
    made.at = index_.locate(mark);
    put(std::move(made), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end())
      throw refused{index_.locate(mark), "yaml-syntax", "this alias stands inside the thing it names"};
    node copy = known->second;
    count_ += weight(copy);
    check_size(index_.locate(mark));
    copy.at = index_.locate(mark);
    place(std::move(copy));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    node made;
    made.at = index_.locate(mark);
    check_tag(tag, made.at);
    made.quoted = tag == "!";
    made.text = value;
    made.at.length = static_cast<int>(std::min<std::size_t>(utf8_length(value) + (made.quoted ? 2 : 0), 10'000));
    if (made.at.length == 0) made.at.length = 1;
    made.form = shape::scalar;
    if (!made.quoted && (value.empty() || value == "~" || value == "null")) made.form = shape::null;
    put(std::move(made), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, shape::sequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, shape::mapping);
  }
  void OnMapEnd() override { close(); }

  node root;
  problems duplicates;

private:
  struct frame {
    node made;
    YAML::anchor_t anchor;
    std::optional<entry> pending; // a mapping's key that waits for its value
    bool duplicate = false;
  };

  static std::size_t weight(const node& n) {
    std::size_t total = 1;
    for (const auto& item : n.items) total += weight(item);
    for (const auto& e : n.entries) total += 1 + weight(e.value);
    return total;
  }
  void check_size(const location& at) const {
    if (count_ > allowed_.nodes)
      throw refused{at, "too-large", fmt::format("more than {} values once aliases are expanded", allowed_.nodes)};
  }
  static void check_tag(const std::string& tag, const location& at) {
    if (!tag.empty() && tag != "?" && tag != "!")
      throw refused{at, "yaml-syntax", fmt::format("tags such as '{}' are not used here; write the plain value", tag)};
  }
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, shape form) {
    node made;
    made.at = index_.locate(mark);
    made.form = form;
    check_tag(tag, made.at);
    if (static_cast<int>(stack_.size()) >= allowed_.depth)
      throw refused{made.at, "too-large", fmt::format("nested more than {} levels deep", allowed_.depth)};
    stack_.push_back({std::move(made), anchor, {}});
  }
  void close() {
    frame done = std::move(stack_.back());
    stack_.pop_back();
    put(std::move(done.made), done.anchor);
  }
  void put(node made, YAML::anchor_t anchor) {
    ++count_;
    check_size(made.at);
    if (anchor != 0) anchors_[anchor] = made;
    place(std::move(made));
  }
  void place(node made) {
    if (stack_.empty()) {
      root = std::move(made);
      return;
    }
    frame& top = stack_.back();
    if (top.made.form == shape::sequence) {
      top.made.items.push_back(std::move(made));
      return;
    }
    if (!top.pending) {
      begin_entry(top, made);
      return;
    }
    if (!top.duplicate) {
      top.pending->value = std::move(made);
      top.made.entries.push_back(std::move(*top.pending));
    }
    top.pending.reset();
  }
  void begin_entry(frame& top, const node& key) {
    if (key.form == shape::sequence || key.form == shape::mapping)
      throw refused{key.at, "yaml-syntax", "a key must be plain text"};
    top.duplicate = top.made.find(key.text) != nullptr;
    if (top.duplicate) {
      const auto* first = top.made.find(key.text);
      duplicates.push_back(
          {path_, key.at, severity::error, "duplicate-key",
           fmt::format("'{}' was already given at line {}; keep one of the two", key.text, first->key_at.line)});
    }
    top.pending = entry{key.text, key.at, {}};
  }

  line_index index_;
  std::string path_;
  limits allowed_;
  std::vector<frame> stack_;
  std::map<YAML::anchor_t, node> anchors_;
  std::size_t count_ = 0;
};

problems one_problem(const source_text& file, location at, std::string code, std::string message) {
  return {{file.path, at, severity::error, std::move(code), std::move(message)}};
}

bool has_forbidden_tab(std::string_view text, location& at) {
  int line = 1;
  for (std::size_t start = 0; start <= text.size(); ++line) {
    const auto end = std::min(text.find('\n', start), text.size());
    const auto row = text.substr(start, end - start);
    const auto first = row.find_first_not_of(' ');
    if (first != std::string_view::npos && row[first] == '\t' && !trim(row).empty() && !trim(row).starts_with('#')) {
      at = {line, static_cast<int>(first) + 1, 1};
      return true;
    }
    start = end + 1;
  }
  return false;
}

} // namespace

const entry* node::find(std::string_view key) const noexcept {
  const auto it = std::find_if(entries.begin(), entries.end(), [&](const entry& e) { return e.key == key; });
  return it == entries.end() ? nullptr : &*it;
}

std::optional<bool> as_bool(const node& scalar) {
  if (!scalar.is_scalar() || scalar.quoted) return {};
  const auto word = ascii_lower(scalar.text);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  return {};
}

std::optional<std::int64_t> as_integer(const node& scalar) {
  if (!scalar.is_scalar() || scalar.quoted) return {};
  const auto& t = scalar.text;
  const std::size_t first = t.starts_with('-') ? 1 : 0;
  if (t.size() > first + 1 && t[first] == '0') return {}; // 010 is eight to some readers and ten to others
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(t.data(), t.data() + t.size(), value);
  if (error != std::errc{} || end != t.data() + t.size()) return {};
  return value;
}

std::optional<double> as_number(const node& scalar) {
  if (!scalar.is_scalar() || scalar.quoted) return {};
  double value = 0;
  const auto& t = scalar.text;
  const auto [end, error] = std::from_chars(t.data(), t.data() + t.size(), value);
  if (error != std::errc{} || end != t.data() + t.size() || !std::isfinite(value)) return {};
  return value;
}

std::string_view describe(const node& found) {
  switch (found.form) {
  case shape::null: return "nothing";
  case shape::scalar: return as_number(found) ? "a number" : "text";
  case shape::sequence: return "a list";
  case shape::mapping: return "a mapping";
  }
  return "nothing";
}

result<node, problems> parse(const source_text& file, const limits& allowed) {
  if (file.text.size() > allowed.bytes)
    return failure(
        one_problem(file, {}, "too-large",
                    fmt::format("the file has {} bytes; at most {} are read", file.text.size(), allowed.bytes)));
  if (!is_valid_utf8(file.text))
    return failure(one_problem(file, {}, "yaml-syntax", "the file is not UTF-8 text; save it as UTF-8"));
  if (file.text.find('\0') != std::string::npos)
    return failure(one_problem(file, {}, "yaml-syntax", "the file holds a NUL byte; it is not a text file"));
  if (location at; has_forbidden_tab(file.text, at))
    return failure(one_problem(file, at, "yaml-syntax", "a tab is used for indentation; YAML wants spaces"));

  tree_builder builder{file, allowed};
  try {
    std::istringstream stream{file.text};
    YAML::Parser parser{stream};
    if (!parser.HandleNextDocument(builder)) return node{};
    tree_builder rest{file, allowed};
    if (parser.HandleNextDocument(rest) && !rest.root.is_null())
      return failure(one_problem(file, rest.root.at, "yaml-syntax",
                                 "a second document begins here; put it into a file of its own"));
  } catch (const refused& why) {
    return failure(one_problem(file, why.at, why.code, why.message));
  } catch (const YAML::DeepRecursion& why) {
    return failure(one_problem(file, line_index{file.text}.locate(why.mark), "too-large", "nested too deeply"));
  } catch (const YAML::Exception& why) {
    return failure(one_problem(file, line_index{file.text}.locate(why.mark), "yaml-syntax", why.msg));
  }
  if (!builder.duplicates.empty()) return failure(std::move(builder.duplicates));
  return std::move(builder.root);
}

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
