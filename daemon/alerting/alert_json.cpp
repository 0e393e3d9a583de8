// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/alert_json.hpp"

#include "forewarn/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

namespace json = boost::json;

void put(json::object& out, std::string_view key, const std::optional<instant>& at) {
  if (at)
    out[key] = format_rfc3339(*at);
  else
    out[key] = nullptr;
}

// Reads keys one by one; remembers the first that was wrong.
class reader {
public:
  explicit reader(const json::object& from) : from_{from} {}

  [[nodiscard]] std::string text(std::string_view key) {
    const auto* value = from_.if_contains(key);
    if (value == nullptr || value->is_null()) return {};
    if (value->is_string()) return std::string{value->get_string()};
    complain(fmt::format("'{}' must be text", key));
    return {};
  }

  template <class Enum> void word(std::string_view key, Enum& into) {
    const auto said = text(key);
    if (said.empty()) return;
    if (const auto known = from_text<Enum>(said))
      into = *known;
    else
      complain(fmt::format("'{}' cannot be '{}'; one of {}{}", key, said, join_or(all_spellings<Enum>()),
                           suggestion(said, all_spellings<Enum>())));
  }

  [[nodiscard]] std::optional<instant> time(std::string_view key) {
    const auto said = text(key);
    if (said.empty()) return {};
    const auto at = parse_rfc3339(said);
    if (!at) complain(fmt::format("'{}': '{}' is not a time such as 2026-03-01T12:00:00Z", key, said));
    return at;
  }

  [[nodiscard]] std::int64_t number(std::string_view key, std::int64_t otherwise) {
    const auto* value = from_.if_contains(key);
    if (value == nullptr || value->is_null()) return otherwise;
    if (value->is_int64() && value->get_int64() > 0) return value->get_int64();
    complain(fmt::format("'{}' must be a whole number from 1", key));
    return otherwise;
  }

  [[nodiscard]] const std::string& wrong() const noexcept { return wrong_; }

private:
  void complain(std::string what) {
    if (wrong_.empty()) wrong_ = std::move(what);
  }
  const json::object& from_;
  std::string wrong_;
};

result<alert, std::string> read(const json::object& from) {
  reader keys{from};
  alert out;
  out.ref = alert_ref{keys.text("reference")};
  out.version = keys.number("version", 1);
  keys.word("status", out.status);
  keys.word("outcome", out.outcome);
  keys.word("state", out.state);
  keys.word("level", out.level);
  keys.word("audience", out.audience);
  out.signal = signal_id{keys.text("signal")};
  if (const auto ref = keys.text("assessment"); !ref.empty()) out.assessment = assessment_ref{ref};
  if (const auto* rule = from.if_contains("rule"); rule != nullptr && rule->is_object()) {
    reader inner{rule->get_object()};
    out.rule = rule_id{inner.text("id")};
    out.rule_hash = inner.text("hash");
    if (!inner.wrong().empty()) return failure("rule: " + inner.wrong());
  } else { // as a person writes it
    out.rule = rule_id{keys.text("rule")};
  }
  out.engine_version = keys.text("engine_version");
  out.created_at = keys.time("created").value_or(instant{});
  out.hold_until = keys.time("hold_until");
  out.issued_at = keys.time("issued");
  out.review_by = keys.time("review_by");
  out.expires_at = keys.time("expires");
  out.supersedes = keys.text("supersedes");
  out.decided_by = keys.text("decided_by");
  out.reason = keys.text("reason");
  if (!keys.wrong().empty()) return failure(keys.wrong());
  auto content = parse_alert_content(json::serialize(from));
  if (!content) return failure(content.error());
  out.content = std::move(*content);
  return out;
}

} // namespace

json::object as_json(const alert& one) {
  json::object out;
  out["reference"] = one.ref.str();
  out["version"] = one.version;
  out["status"] = to_text(one.status);
  out["outcome"] = to_text(one.outcome);
  out["state"] = to_text(one.state);
  out["level"] = to_text(one.level);
  out["audience"] = to_text(one.audience);
  // The content's own keys come next, so that the whole is one flat object.
  const auto content = json::parse(forewarn::to_json(one.content));
  for (const auto& [key, value] : content.get_object()) out[key] = value;
  put(out, "created", one.created_at);
  put(out, "hold_until", one.hold_until);
  put(out, "issued", one.issued_at);
  put(out, "review_by", one.review_by);
  put(out, "expires", one.expires_at);
  out["supersedes"] = one.supersedes;
  out["decided_by"] = one.decided_by;
  out["reason"] = one.reason;
  out["signal"] = one.signal.str();
  if (one.assessment)
    out["assessment"] = one.assessment->str();
  else
    out["assessment"] = nullptr;
  out["rule"] = json::object{{"id", one.rule.str()}, {"hash", one.rule_hash}};
  out["engine_version"] = one.engine_version;
  return out;
}

std::string to_json(const alert& one) {
  return json::serialize(as_json(one));
}

result<alert, std::string> parse_alert(std::string_view text) {
  boost::system::error_code error;
  const auto document = json::parse(text, error);
  if (error) return failure("not JSON: " + error.message());
  if (!document.is_object()) return failure(std::string{"an alert is a JSON object"});
  const auto& whole = document.get_object();
  if (const auto* data = whole.if_contains("data"); data != nullptr && data->is_object() && whole.contains("type"))
    return read(data->get_object());
  return read(whole);
}

} // namespace forewarn::alerting
