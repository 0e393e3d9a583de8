// SPDX-License-Identifier: Apache-2.0
// From bytes to a tree of nodes. The only file that knows the YAML library.
#include "forewarn/yaml.hpp"

#include "forewarn/text.hpp"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
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

} // namespace forewarn::yaml
