// SPDX-License-Identifier: Apache-2.0
// An engine's memory as bytes and back, for the same program on the same machine: a start that need not read
// everything again. No format for exchange; whoever reads checks first that it wrote it (daemon/engine_snapshot).
//
// A class names its fields once, for both ways: `template <class Archive, class Self> static void fields(Archive&,
// Self&)`.
#pragma once

#include "forewarn/identifier.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

namespace forewarn::rules {

// The bytes are not those of a whole snapshot of this program.
struct snapshot_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class snapshot_writer {
public:
  static constexpr bool reads = false;
  using sink = std::function<void(const char* bytes, std::size_t count)>;

  explicit snapshot_writer(sink into);

  void bytes(const void* from, std::size_t count);
  void finish(); // what is buffered goes out, and the checksum of all

  template <class... Values> void operator()(const Values&... values) { (one(values), ...); }

private:
  void flush();
  void size(std::size_t count) { plain(static_cast<std::uint64_t>(count)); }
  template <class Plain> void plain(const Plain& value) { bytes(&value, sizeof value); }

  template <class Value> void one(const Value& value) {
    if constexpr (requires { Value::fields(*this, value); })
      Value::fields(*this, value);
    else {
      static_assert(std::is_trivially_copyable_v<Value>);
      plain(value);
    }
  }
  void one(const std::string& text) {
    size(text.size());
    bytes(text.data(), text.size());
  }
  template <class Tag> void one(const identifier<Tag>& id) { one(id.str()); }
  template <class Value> void one(const std::optional<Value>& value) {
    plain(value.has_value());
    if (value) one(*value);
  }
  template <class First, class Second> void one(const std::pair<First, Second>& both) {
    one(both.first);
    one(both.second);
  }
  template <class Value> void one(const std::vector<Value>& all) { row(all); }
  template <class Value> void one(const std::deque<Value>& all) { list(all); }
  template <class Value, std::size_t N> void one(const boost::container::small_vector<Value, N>& all) { row(all); }
  template <class Key, class Value> void one(const std::map<Key, Value>& all) { list(all); }
  template <class Key, class Value> void one(const std::unordered_map<Key, Value>& all) { list(all); }
  template <class Key, class Value> void one(const boost::unordered_flat_map<Key, Value>& all) { list(all); }

  template <class List> void list(const List& all) {
    size(all.size());
    for (const auto& value : all) one(value);
  }
  template <class Row> void row(const Row& all) {
    using value = typename Row::value_type;
    if constexpr (std::is_trivially_copyable_v<value> && !std::is_same_v<value, bool>) {
      size(all.size());
      bytes(all.data(), all.size() * sizeof(value));
    } else {
      list(all);
    }
  }

  sink into_;
  std::string buffer_;
  std::uint64_t sum_ = 0;
};

class snapshot_reader {
public:
  static constexpr bool reads = true;
  // What a writer wrote, which outlives this. Throws where it is not whole: nothing is read of what has decayed.
  explicit snapshot_reader(std::string_view all);

  void bytes(void* into, std::size_t count);
  void finish() const; // everything was read

  template <class... Values> void operator()(Values&... values) { (one(values), ...); }

private:
  [[nodiscard]] std::size_t size(std::size_t least_each);
  template <class Plain> void plain(Plain& value) { bytes(&value, sizeof value); }

  template <class Value> void one(Value& value) {
    if constexpr (requires { Value::fields(*this, value); })
      Value::fields(*this, value);
    else {
      static_assert(std::is_trivially_copyable_v<Value>);
      plain(value);
    }
  }
  void one(std::string& text) {
    text.resize(size(1));
    bytes(text.data(), text.size());
  }
  template <class Tag> void one(identifier<Tag>& id) {
    std::string text;
    one(text);
    id = identifier<Tag>{std::move(text)};
  }
  template <class Value> void one(std::optional<Value>& value) {
    bool has = false;
    plain(has);
    value.reset();
    if (has) one(value.emplace());
  }
  template <class First, class Second> void one(std::pair<First, Second>& both) {
    one(both.first);
    one(both.second);
  }
  template <class Value> void one(std::vector<Value>& all) { row(all); }
  template <class Value> void one(std::deque<Value>& all) {
    all.clear();
    for (auto count = size(1); count > 0; --count) one(all.emplace_back());
  }
  template <class Value, std::size_t N> void one(boost::container::small_vector<Value, N>& all) { row(all); }
  template <class Key, class Value> void one(std::map<Key, Value>& all) { keyed(all); }
  template <class Key, class Value> void one(std::unordered_map<Key, Value>& all) { keyed(all); }
  template <class Key, class Value> void one(boost::unordered_flat_map<Key, Value>& all) { keyed(all); }

  template <class Map> void keyed(Map& all) {
    all.clear();
    for (auto count = size(1); count > 0; --count) {
      typename Map::key_type key{};
      typename Map::mapped_type value{};
      one(key);
      one(value);
      all.emplace(std::move(key), std::move(value));
    }
  }
  template <class Row> void row(Row& all) {
    using value = typename Row::value_type;
    if constexpr (std::is_trivially_copyable_v<value> && !std::is_same_v<value, bool>) {
      const auto count = size(sizeof(value));
      all.resize(count);
      bytes(all.data(), count * sizeof(value));
    } else {
      all.clear();
      const auto count = size(1);
      all.reserve(count);
      for (std::size_t i = 0; i < count; ++i) one(all.emplace_back());
    }
  }

  std::string_view left_;
};

} // namespace forewarn::rules
