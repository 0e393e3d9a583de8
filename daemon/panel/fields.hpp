// SPDX-License-Identifier: Apache-2.0
// The panel's nouns as JSON, each member named once: one shape for the store, the API and the command line.
#pragma once

#include "daemon/panel/nouns.hpp"

#include <boost/json.hpp>

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace forewarn::panel {

template <class Noun, class One> concept some = std::same_as<std::remove_const_t<Noun>, One>;

template <class Visit, some<later_word> Noun> void each_field(Noun& one, Visit& take) {
  take("at", one.at), take("by", one.by), take("text", one.text);
}

template <class Visit, some<report> Noun> void each_field(Noun& one, Visit& take) {
  take("reference", one.ref), take("version", one.version), take("status", one.status), take("kind", one.kind);
  take("state", one.state), take("title", one.title), take("text", one.text), take("source", one.source);
  take("organisation", one.organisation), take("contact", one.contact), take("source_grade", one.source_is);
  take("information_grade", one.information_is), take("handling", one.may_be_shared);
  take("conditions", one.conditions), take("criteria", one.criteria), take("from", one.from);
  take("outside_reference", one.outside_ref), take("outside_issued", one.outside_issued_at);
  take("substances", one.substances), take("areas", one.areas), take("site", one.site);
  take("occurred_at", one.occurred_at), take("level", one.level), take("risk_to_life", one.risk_to_life);
  take("received_at", one.received_at), take("entered_by", one.entered_by), take("replied_at", one.replied_at);
  take("replied_by", one.replied_by), take("reply", one.reply), take("later", one.later), take("like", one.like);
  take("assessment", one.assessment);
}

template <class Visit, some<first_word> Noun> void each_field(Noun& one, Visit& take) {
  take("who", one.who), take("reason", one.reason), take("at", one.at), take("outcome", one.outcome);
  take("level", one.level), take("audience", one.audience), take("advice", one.advice);
  take("content", one.content);
}

template <class Visit, some<case_file> Noun> void each_field(Noun& one, Visit& take) {
  take("assessment", one.assessment), take("report", one.report), take("status", one.status), take("step", one.step);
  take("risk_to_life", one.risk_to_life), take("criteria", one.criteria), take("validated_at", one.validated_at);
  take("validated_by", one.validated_by), take("finding", one.finding), take("first_release", one.first);
}

template <class Visit, some<corroboration> Noun> void each_field(Noun& one, Visit& take) {
  take("assessment", one.assessment), take("of", one.of), take("question", one.question);
  take("asked_by", one.asked_by), take("asked_at", one.asked_at), take("answer", one.answer);
  take("answered_by", one.answered_by), take("answered_at", one.answered_at), take("note", one.note);
}

template <class Visit, some<grading> Noun> void each_field(Noun& one, Visit& take) {
  take("assessment", one.assessment), take("at", one.at), take("who", one.who), take("reason", one.reason);
  take("matrix", one.matrix), take("matrix_hash", one.matrix_hash), take("answers", one.answers);
  take("score", one.score), take("computed", one.computed), take("computed_level", one.computed_level);
  take("because", one.because), take("outcome", one.outcome), take("level", one.level);
  take("override_reason", one.override_reason);
}

template <class Visit, some<clock_row> Noun> void each_field(Noun& one, Visit& take) {
  take("kind", one.kind), take("about", one.about), take("started_at", one.started_at), take("due_at", one.due_at);
  take("next_at", one.next_at), take("spoken", one.spoken);
}

template <class Visit, some<action_answer> Noun> void each_field(Noun& one, Visit& take) {
  take("alert", one.alert), take("version", one.version), take("service", one.service), take("action", one.action);
  take("answer", one.answer), take("who", one.who), take("note", one.note), take("at", one.at);
}

template <class Visit, some<evaluation> Noun> void each_field(Noun& one, Visit& take) {
  take("alert", one.alert), take("at", one.at), take("who", one.who), take("reach", one.reach);
  take("feedback", one.feedback), take("indicator", one.indicator), take("unintended", one.unintended);
  take("lesson", one.lesson);
}

template <class Visit, some<lesson> Noun> void each_field(Noun& one, Visit& take) {
  take("reference", one.ref), take("lesson", one.text), take("owner", one.owner), take("due", one.due);
  take("about", one.about), take("added_at", one.added_at), take("added_by", one.added_by);
  take("done_at", one.done_at), take("done_by", one.done_by), take("came_of_it", one.came_of_it);
}

template <class Visit, some<entered_figure> Noun> void each_field(Noun& one, Visit& take) {
  take("indicator", one.indicator), take("month", one.month), take("value", one.value), take("note", one.note);
  take("book_hash", one.book_hash), take("at", one.at), take("who", one.who);
}

template <class Visit, some<receiver> Noun> void each_field(Noun& one, Visit& take) {
  take("service", one.service), take("channel", one.channel), take("kind", one.kind), take("state", one.state);
}

template <class Noun> [[nodiscard]] boost::json::object as_json(const Noun& one);
template <class Noun> void read_fields(const boost::json::object& from, Noun& into, std::string& wrong);

namespace detail {

template <class Value> concept spelled = requires { spelling_of<Value>::words; };

inline boost::json::value written(const std::string& value) {
  return boost::json::value(value);
}
inline boost::json::value written(std::int64_t value) {
  return value;
}
inline boost::json::value written(bool value) {
  return value;
}
inline boost::json::value written(instant value) {
  return boost::json::value(format_rfc3339(value));
}
template <class Tag> boost::json::value written(const identifier<Tag>& value) {
  return written(value.str());
}
template <spelled Enum> boost::json::value written(Enum value) {
  return written(std::string{to_text(value)});
}
template <class Value> boost::json::value written(const std::optional<Value>& value);
template <class Value> boost::json::value written(const std::vector<Value>& values);
inline boost::json::value written(const std::map<std::string, std::string>& values) {
  boost::json::object out;
  for (const auto& [key, value] : values) out[key] = value;
  return out;
}
template <class Noun>
boost::json::value written(const Noun& value)
  requires std::is_class_v<Noun>
{
  return as_json(value);
}
template <class Value> boost::json::value written(const std::optional<Value>& value) {
  return value ? written(*value) : boost::json::value(nullptr);
}
template <class Value> boost::json::value written(const std::vector<Value>& values) {
  boost::json::array out;
  for (const auto& one : values) out.push_back(written(one));
  return out;
}

// Each answers what was wrong with the value; empty: nothing.
inline std::string read(const boost::json::value& from, std::string& into) {
  if (!from.is_string()) return "must be text";
  into = std::string{from.get_string()};
  return {};
}
inline std::string read(const boost::json::value& from, std::int64_t& into) {
  if (!from.is_int64()) return "must be a whole number";
  into = from.get_int64();
  return {};
}
inline std::string read(const boost::json::value& from, bool& into) {
  if (!from.is_bool()) return "must be true or false";
  into = from.get_bool();
  return {};
}
inline std::string read(const boost::json::value& from, instant& into) {
  const auto at = from.is_string() ? parse_rfc3339(std::string{from.get_string()}) : std::nullopt;
  if (!at) return "must be a time such as 2026-03-01T12:00:00Z";
  into = *at;
  return {};
}
template <class Tag> std::string read(const boost::json::value& from, identifier<Tag>& into) {
  std::string text;
  auto wrong = read(from, text);
  into = identifier<Tag>{std::move(text)};
  return wrong;
}
template <spelled Enum> std::string read(const boost::json::value& from, Enum& into) {
  const auto known = from.is_string() ? from_text<Enum>(std::string{from.get_string()}) : std::nullopt;
  if (known) {
    into = *known;
    return {};
  }
  std::string words;
  for (const auto word : spelling_of<Enum>::words) words += (words.empty() ? "" : ", ") + std::string{word};
  return "must be one of " + words;
}
inline std::string read(const boost::json::value& from, std::map<std::string, std::string>& into) {
  if (!from.is_object()) return "must be an object of texts";
  into.clear();
  for (const auto& [key, value] : from.get_object())
    if (auto wrong = read(value, into[std::string{key}]); !wrong.empty()) return wrong;
  return {};
}
template <class Value> std::string read(const boost::json::value& from, std::optional<Value>& into);
template <class Value> std::string read(const boost::json::value& from, std::vector<Value>& into);
template <class Noun>
std::string read(const boost::json::value& from, Noun& into)
  requires std::is_class_v<Noun>
{
  if (!from.is_object()) return "must be an object";
  std::string wrong;
  read_fields(from.get_object(), into, wrong);
  return wrong;
}
template <class Value> std::string read(const boost::json::value& from, std::optional<Value>& into) {
  into.reset();
  return from.is_null() ? std::string{} : read(from, into.emplace());
}
template <class Value> std::string read(const boost::json::value& from, std::vector<Value>& into) {
  into.clear();
  if (!from.is_array()) return "must be a list";
  for (const auto& one : from.get_array())
    if (auto wrong = read(one, into.emplace_back()); !wrong.empty()) return wrong;
  return {};
}

struct writer {
  boost::json::object out;
  template <class Value> void operator()(std::string_view key, const Value& value) { out[key] = written(value); }
};

struct reader {
  const boost::json::object& from;
  std::string& wrong;
  template <class Value> void operator()(std::string_view key, Value& into) {
    const auto* value = from.if_contains(key);
    if (value == nullptr || !wrong.empty()) return;
    if (auto why = read(*value, into); !why.empty()) wrong = "'" + std::string{key} + "' " + why;
  }
};

} // namespace detail

// Keys are a contract: add, never rename.
template <class Noun> boost::json::object as_json(const Noun& one) {
  detail::writer out;
  each_field(one, out);
  return std::move(out.out);
}

// What is absent keeps its value; `wrong` says what could not be read, and is left alone otherwise.
template <class Noun> void read_fields(const boost::json::object& from, Noun& into, std::string& wrong) {
  detail::reader in{from, wrong};
  each_field(into, in);
}

} // namespace forewarn::panel
