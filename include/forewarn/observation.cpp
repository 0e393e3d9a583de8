// SPDX-License-Identifier: Apache-2.0
#include "forewarn/observation.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <type_traits>

#include <fmt/format.h>

namespace forewarn {
namespace {

namespace json = boost::json;

// Thrown inside this file only: the innermost reader knows the key, the outermost makes the sentence.
struct unreadable {
  std::string what;
};

[[noreturn]] void wrong(std::string_view key, std::string_view wanted) {
  throw unreadable{fmt::format("'{}' must be {}", key, wanted)};
}

std::string text(std::string_view key, const json::value& value) {
  if (!value.is_string() || value.get_string().empty()) wrong(key, "text that is not empty");
  return std::string{value.get_string()};
}

instant time(std::string_view key, const json::value& value) {
  const auto at = value.is_string() ? parse_rfc3339(value.get_string()) : std::nullopt;
  if (!at) wrong(key, "a time such as 2026-03-01T10:00:00Z");
  return *at;
}

bool truth(std::string_view key, const json::value& value) {
  if (!value.is_bool()) wrong(key, "true or false");
  return value.get_bool();
}

double number(std::string_view key, const json::value& value) {
  if (!value.is_number()) wrong(key, "a number");
  const auto read = value.to_number<double>();
  if (!std::isfinite(read)) wrong(key, "a finite number");
  return read;
}

std::vector<substance_id> substances(std::string_view key, const json::value& value) {
  std::vector<substance_id> out;
  if (value.is_string()) {
    out.emplace_back(text(key, value));
  } else {
    if (!value.is_array()) wrong(key, "a list of substances");
    for (const auto& one : value.get_array()) out.emplace_back(text(key, one));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

template <class Enum> Enum word(std::string_view key, const json::value& value) {
  const auto read = value.is_string() ? from_text<Enum>(std::string_view{value.get_string()}) : std::nullopt;
  if (!read) {
    std::string words;
    for (const auto w : spelling_of<Enum>::words) words += (words.empty() ? "" : ", ") + std::string{w};
    wrong(key, "one of " + words);
  }
  return *read;
}

void read_attributes(observation& out, const json::value& value) {
  if (!value.is_object()) wrong("attributes", "an object of names and texts");
  for (const auto& [name, held] : value.get_object()) {
    if (held.is_string())
      out.attributes[name] = std::string{held.get_string()};
    else if (held.is_number() || held.is_bool())
      out.attributes[name] = json::serialize(held);
    else
      wrong("attributes", "an object of names and texts");
  }
}

using setter = void (*)(observation&, std::string_view, const json::value&);
struct field_row {
  std::string_view key;
  setter set;
};
using jv = const json::value&;
using sv = std::string_view;

constexpr std::array<field_row, 34> fields{{
    {"id", [](observation& o, sv k, jv v) { o.key.id = record_id{text(k, v)}; }},
    {"feed", [](observation& o, sv k, jv v) { o.key.feed = feed_id{text(k, v)}; }},
    {"kind", [](observation& o, sv k, jv v) { o.kind = kind_id{text(k, v)}; }},
    {"occurred_at", [](observation& o, sv k, jv v) { o.occurred_at = time(k, v); }},
    {"received_at",
     [](observation& o, sv k, jv v) {
       o.received_at = time(k, v);
       o.has_own_received_at = true;
     }},
    {"sent_at", [](observation& o, sv k, jv v) { o.sent_at = time(k, v); }},
    {"ward", [](observation& o, sv k, jv v) { o.ward = area_code{text(k, v)}; }},
    {"msoa", [](observation& o, sv k, jv v) { o.msoa = area_code{text(k, v)}; }},
    {"lsoa", [](observation& o, sv k, jv v) { o.lsoa = area_code{text(k, v)}; }},
    {"lad", [](observation& o, sv k, jv v) { o.lad = area_code{text(k, v)}; }},
    {"area", [](observation& o, sv k, jv v) { o.area = area_code{text(k, v)}; }},
    {"site", [](observation& o, sv k, jv v) { o.site = site_id{text(k, v)}; }},
    {"setting", [](observation& o, sv k, jv v) { o.setting = word<setting>(k, v); }},
    {"substances", [](observation& o, sv k, jv v) { o.substances = substances(k, v); }},
    {"confirmed", [](observation& o, sv k, jv v) { o.confirmed = substances(k, v); }},
    {"sold_as", [](observation& o, sv k, jv v) { o.sold_as = substances(k, v); }},
    {"certainty", [](observation& o, sv k, jv v) { o.certainty = word<certainty>(k, v); }},
    {"intent", [](observation& o, sv k, jv v) { o.intent = word<intent>(k, v); }},
    {"outcome", [](observation& o, sv k, jv v) { o.outcome = word<outcome>(k, v); }},
    {"fatal", [](observation& o, sv k, jv v) { o.fatal = truth(k, v); }},
    {"naloxone", [](observation& o, sv k, jv v) { o.naloxone = truth(k, v); }},
    {"naloxone_doses", [](observation& o, sv k, jv v) { o.naloxone_doses = number(k, v); }},
    {"naloxone_by", [](observation& o, sv k, jv v) { o.naloxone_by = word<naloxone_by>(k, v); }},
    {"days_since_release", [](observation& o, sv k, jv v) { o.days_since_release = number(k, v); }},
    {"age", [](observation& o, sv k, jv v) { o.age = number(k, v); }},
    {"age_band", [](observation& o, sv k, jv v) { o.age_band = text(k, v); }},
    {"sex", [](observation& o, sv k, jv v) { o.sex = word<sex>(k, v); }},
    {"person", [](observation& o, sv k, jv v) { o.person = person_id{text(k, v)}; }},
    {"incident", [](observation& o, sv k, jv v) { o.incident = incident_id{text(k, v)}; }},
    {"weight",
     [](observation& o, sv k, jv v) {
       o.weight = number(k, v);
       if (o.weight < 0) wrong(k, "0 or more");
     }},
    {"withdrawn", [](observation& o, sv k, jv v) { o.withdrawn = truth(k, v); }},
    {"revision",
     [](observation& o, sv k, jv v) {
       if (!v.is_int64() || v.get_int64() < 0) wrong(k, "a whole number, 0 or more");
       o.revision = v.get_int64();
     }},
    {"attributes", [](observation& o, sv, jv v) { read_attributes(o, v); }},
    {"version", [](observation&, sv, jv) {}},
}};

// One line of JSON, written straight away: every record of the past goes through here before it is on disk.
class json_line {
public:
  json_line() { out_.reserve(512); }

  void put(std::string_view key, std::string_view text) {
    begin(key);
    quote(text);
  }
  void put(std::string_view key, bool truth) {
    begin(key);
    out_ += truth ? "true" : "false";
  }
  void put(std::string_view key, double value) {
    begin(key);
    if (value == std::floor(value) && std::abs(value) < 9e15)
      fmt::format_to(std::back_inserter(out_), "{}", static_cast<std::int64_t>(value));
    else
      out_ += json::serialize(json::value(value));
  }
  void put(std::string_view key, std::int64_t value) {
    begin(key);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  template <class Tag> void put(std::string_view key, const identifier<Tag>& id) {
    put(key, std::string_view{id.str()});
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void put(std::string_view key, Enum value) {
    put(key, to_text(value));
  }
  void put(std::string_view key, const std::string& text) { put(key, std::string_view{text}); }
  template <class Value> void put(std::string_view key, const std::optional<Value>& value) {
    if (value) put(key, *value);
  }
  void put(std::string_view key, const std::vector<substance_id>& list) {
    if (list.empty()) return;
    begin(key);
    char before = '[';
    for (const auto& one : list) {
      out_ += before;
      quote(one.str());
      before = ',';
    }
    out_ += ']';
  }
  void put(std::string_view key, const std::map<std::string, std::string>& held) {
    if (held.empty()) return;
    begin(key);
    char before = '{';
    for (const auto& [name, value] : held) {
      out_ += before;
      quote(name);
      out_ += ':';
      quote(value);
      before = ',';
    }
    out_ += '}';
  }
  [[nodiscard]] std::string take() && {
    out_ += '}';
    return std::move(out_);
  }

private:
  void begin(std::string_view key) {
    out_ += out_.empty() ? "{\"" : ",\"";
    out_ += key;
    out_ += "\":";
  }
  void quote(std::string_view text) {
    const bool plain = std::none_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; });
    if (!plain) {
      out_ += json::serialize(json::string_view{text});
      return;
    }
    out_ += '"';
    out_ += text;
    out_ += '"';
  }

  std::string out_;
};

} // namespace

bool same_content(const observation& a, const observation& b) {
  observation left = a;
  left.received_at = b.received_at;
  left.has_own_received_at = b.has_own_received_at;
  left.sent_at = b.sent_at;
  left.revision = b.revision;
  return left == b;
}

result<observation, std::string> parse_observation(std::string_view line) {
  boost::system::error_code error;
  std::array<unsigned char, 8192> first_memory; // NOLINT(cppcoreguidelines-pro-type-member-init): scratch space
  json::monotonic_resource memory{first_memory.data(), first_memory.size()};
  const auto document = json::parse(line, error, &memory);
  if (error) return failure(std::string{"not JSON: "} + error.message());
  if (!document.is_object()) return failure(std::string{"expected one JSON object"});
  const auto& object = document.get_object();
  observation out;
  out.has_own_received_at = false;
  try {
    for (const std::string_view key : {"id", "feed", "kind", "occurred_at"})
      if (!object.contains(key)) throw unreadable{fmt::format("'{}' is missing", key)};
    for (const auto& member : object) {
      const std::string_view key = member.key();
      const auto row = std::find_if(fields.begin(), fields.end(), [&](const field_row& f) { return f.key == key; });
      if (row == fields.end()) throw unreadable{fmt::format("no field '{}' in an observation", key)};
      if (!member.value().is_null())
        row->set(out, key, member.value());
      else if (key == "id" || key == "feed" || key == "kind" || key == "occurred_at")
        throw unreadable{fmt::format("'{}' is missing", key)};
    }
  } catch (const unreadable& why) {
    return failure(why.what);
  }
  if (!out.has_own_received_at) out.received_at = out.occurred_at;
  return out;
}

std::string to_json(const observation& one) {
  json_line out;
  out.put("id", one.key.id);
  out.put("feed", one.key.feed);
  out.put("kind", one.kind);
  out.put("occurred_at", format_rfc3339(one.occurred_at));
  if (one.has_own_received_at) out.put("received_at", format_rfc3339(one.received_at));
  if (one.sent_at) out.put("sent_at", format_rfc3339(*one.sent_at));
  out.put("ward", one.ward);
  out.put("msoa", one.msoa);
  out.put("lsoa", one.lsoa);
  out.put("lad", one.lad);
  out.put("area", one.area);
  out.put("site", one.site);
  out.put("setting", one.setting);
  out.put("substances", one.substances);
  out.put("confirmed", one.confirmed);
  out.put("sold_as", one.sold_as);
  out.put("certainty", one.certainty);
  out.put("intent", one.intent);
  out.put("outcome", one.outcome);
  out.put("fatal", one.fatal);
  out.put("naloxone", one.naloxone);
  out.put("naloxone_doses", one.naloxone_doses);
  out.put("naloxone_by", one.naloxone_by);
  out.put("days_since_release", one.days_since_release);
  out.put("age", one.age);
  out.put("age_band", one.age_band);
  out.put("sex", one.sex);
  out.put("person", one.person);
  out.put("incident", one.incident);
  if (one.weight != 1) out.put("weight", one.weight);
  if (one.withdrawn) out.put("withdrawn", true);
  if (one.revision != 1) out.put("revision", one.revision);
  out.put("attributes", one.attributes);
  return std::move(out).take();
}

} // namespace forewarn
