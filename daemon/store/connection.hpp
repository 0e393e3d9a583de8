// SPDX-License-Identifier: Apache-2.0
// One SQLite connection: opened with the pragmas that make "committed" mean "on disk", statements prepared once, and
// the one place that binds values and reads columns. Knows no table.
//
// Every failure is a `store_error` that names the file and the statement. Used by one thread at a time.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"
#include "forewarn/store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace forewarn::sqlite {

enum class access : std::uint8_t {
  write, // WAL, synchronous=FULL; creates the file
  read,  // beside a writer in this or another process; never changes anything
};

class connection {
public:
  connection(const std::filesystem::path& file, access how);

  // SQL without parameters, possibly several statements. For the schema and for transactions.
  void run(const char* sql);
  void leave(const char* savepoint) noexcept; // after an error: the first one says why
  // The prepared form of a string literal: its address is the key, so every call site prepares once.
  [[nodiscard]] SQLite::Statement& prepared(const char* sql);
  // Integer value of "PRAGMA name".
  [[nodiscard]] std::int64_t pragma(const std::string& name);
  [[nodiscard]] std::int64_t last_row() { return database_.getLastInsertRowid(); }
  [[noreturn]] void fail(const char* what, const SQLite::Exception& why) const;

private:
  std::string name_;
  SQLite::Database database_;
  std::unordered_map<const void*, SQLite::Statement> statements_;
};

template <class Enum> concept spelled = requires { spelling_of<Enum>::words; };

// How a value of the domain is kept: text, whole numbers (instants in microseconds since 1970), reals.
inline std::int64_t kept(instant at) {
  return at.time_since_epoch().count();
}
inline std::int64_t kept(duration length) {
  return length.count();
}
inline std::int64_t kept(std::int64_t value) {
  return value;
}
inline std::int64_t kept(int value) {
  return value;
}
inline std::int64_t kept(bool value) {
  return value ? 1 : 0;
}
inline double kept(double value) {
  return value;
}
inline const std::string& kept(const std::string& value) {
  return value;
}
template <class Tag> const std::string& kept(const identifier<Tag>& value) {
  return value.str();
}
template <spelled Enum> std::string kept(Enum value) {
  return std::string{to_text(value)};
}

// SQLite may keep a pointer to what is bound without copying, and a temporary is gone before the step; so borrowed
// binding is for lvalues that outlive the step, and this is the only file that calls it.
inline void bind_borrowed(SQLite::Statement& to, int at, const std::string& value) {
  to.bindNoCopy(at, value);
}
inline void bind_borrowed(SQLite::Statement& to, int at, std::string&& value) {
  to.bind(at, value);
}
inline void bind_borrowed(SQLite::Statement& to, int at, std::int64_t value) {
  to.bind(at, value);
}
inline void bind_borrowed(SQLite::Statement& to, int at, double value) {
  to.bind(at, value);
}

inline void bind_copied(SQLite::Statement& to, int at, const std::string& value) {
  to.bind(at, value);
}
inline void bind_copied(SQLite::Statement& to, int at, std::int64_t value) {
  to.bind(at, value);
}
inline void bind_copied(SQLite::Statement& to, int at, double value) {
  to.bind(at, value);
}

template <class Value> void bind_kept(SQLite::Statement& to, int at, const Value& value) {
  bind_borrowed(to, at, kept(value));
}
template <class Value> void bind_kept(SQLite::Statement& to, int at, const std::optional<Value>& value) {
  if (value)
    bind_borrowed(to, at, kept(*value));
  else
    to.bind(at);
}

// Runs a statement that answers no rows; the values need live only as long as this call.
// Answers how many rows it changed.
template <class... Values> int execute(connection& db, const char* sql, const Values&... values) {
  auto& statement = db.prepared(sql);
  try {
    int at = 0;
    (bind_kept(statement, ++at, values), ...);
    const int changed = statement.exec();
    statement.reset();
    return changed;
  } catch (const SQLite::Exception& why) {
    (void)statement.tryReset();
    db.fail(sql, why);
  }
}

// A statement that answers rows, in a loop: `query rows{...}; while (rows.next()) rows.into(a, b, c);`
class query {
public:
  template <class... Values>
  query(connection& db, const char* sql, const Values&... values) : db_{db}, sql_{sql}, statement_{db.prepared(sql)} {
    try {
      int at = 0;
      (bind(++at, values), ...);
    } catch (const SQLite::Exception& why) {
      db_.fail(sql_, why);
    }
  }
  query(const query&) = delete;
  query& operator=(const query&) = delete;
  ~query() { (void)statement_.tryReset(); }

  [[nodiscard]] bool next() {
    column_ = 0;
    try {
      return statement_.executeStep();
    } catch (const SQLite::Exception& why) {
      db_.fail(sql_, why);
    }
  }

  // The next columns of the row, in order.
  template <class... Values> void into(Values&... values) { (take(values), ...); }

private:
  template <class Value> void bind(int at, const Value& value) { bind_copied(statement_, at, kept(value)); }
  template <class Value> void bind(int at, const std::optional<Value>& value) {
    if (value)
      bind_copied(statement_, at, kept(*value));
    else
      statement_.bind(at);
  }

  [[nodiscard]] SQLite::Column column() { return statement_.getColumn(column_++); }
  void take(std::int64_t& value) { value = column().getInt64(); }
  void take(int& value) { value = column().getInt(); }
  void take(bool& value) { value = column().getInt64() != 0; }
  void take(double& value) { value = column().getDouble(); }
  void take(std::string& value) { value = column().getString(); }
  void take(duration& value) { value = duration{column().getInt64()}; }
  void take(instant& value) { value = instant{duration{column().getInt64()}}; }
  template <class Tag> void take(identifier<Tag>& value) { value = identifier<Tag>{column().getString()}; }
  template <spelled Enum> void take(Enum& value) {
    const auto text = column().getString();
    const auto read = from_text<Enum>(text);
    if (!read) throw store_error{"the database holds the unknown word '" + text + "'; statement: " + sql_};
    value = *read;
  }
  template <class Value> void take(std::optional<Value>& value) {
    if (statement_.isColumnNull(column_)) {
      ++column_;
      value.reset();
    } else {
      take(value.emplace());
    }
  }

  connection& db_;
  const char* sql_;
  SQLite::Statement& statement_;
  int column_ = 0;
};

} // namespace forewarn::sqlite
