// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/read_channel.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <array>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

// A line break would let a file write further mail headers, so only printable characters pass.
bool is_address(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c != '\x7f' && c != ',' && c != '<' && c != '>'; });
}

std::vector<std::string> read_addresses(yaml::mapping_reader& keys) {
  std::vector<std::string> out;
  if (keys.required("to") == nullptr) return out;
  for (const auto* item : keys.optional_list("to")) {
    if (is_address(item->text))
      out.push_back(item->text);
    else
      keys.complain(item->at, "bad-value",
                    fmt::format("'{}' is not an e-mail address; write it as name@example.org", item->text));
  }
  return out;
}

void check_url(yaml::mapping_reader& keys, const std::string& url, bool private_address) {
  const auto& at = keys.where().find("url")->value.at;
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || parsed->host().empty() || (parsed->scheme() != "https" && parsed->scheme() != "http")) {
    keys.complain(at, "bad-value",
                  fmt::format("'{}' is not a web address; write https://HOST/PATH, with %20 for a space", url));
    return;
  }
  if (parsed->has_userinfo())
    keys.complain(at, "bad-value",
                  "a web address must not carry a user name or password; the signature proves the sender");
  if (parsed->scheme() == "http" && !private_address)
    keys.complain(at, "bad-value",
                  "an alert must not travel unencrypted: use https://, or set 'private_address: true' where the "
                  "receiver is on this machine or your own network");
}

channel read_webhook(yaml::mapping_reader keys) {
  channel out;
  out.kind = channel_kind::webhook;
  const auto url = keys.required_text("url");
  out.private_address = keys.optional_bool("private_address").value_or(false);
  out.ca_file = keys.optional_text("ca_file").value_or("");
  if (keys.required("secret_file") != nullptr)
    for (const auto* item : keys.optional_list("secret_file")) out.secret_files.push_back(item->text);
  keys.finish();
  if (url) {
    out.url = *url;
    check_url(keys, *url, out.private_address);
  }
  return out;
}

channel read_email(yaml::mapping_reader keys) {
  channel out;
  out.kind = channel_kind::email;
  out.to = read_addresses(keys);
  keys.finish();
  return out;
}

// "+447700900123": what Notify takes, without the many ways in which people write it.
bool is_telephone(std::string_view text) {
  return text.size() >= 8 && text.size() <= 16 && text.front() == '+' &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

channel read_notify(yaml::mapping_reader keys) {
  channel out;
  out.kind = channel_kind::notify;
  const bool texts = keys.where().find("sms") != nullptr;
  const bool mails = keys.where().find("email") != nullptr;
  out.text_message = texts;
  if (texts == mails)
    keys.complain(keys.where().at, "missing-key", "a channel by GOV.UK Notify has one of: sms, email");
  for (const auto* item : keys.optional_list("sms")) {
    if (is_telephone(item->text))
      out.to.push_back(item->text);
    else
      keys.complain(item->at, "bad-value",
                    fmt::format("'{}' is not a telephone number; write it as \"+447700900123\", in quotes and without "
                                "spaces",
                                item->text));
  }
  for (const auto* item : keys.optional_list("email")) {
    if (is_address(item->text))
      out.to.push_back(item->text);
    else
      keys.complain(item->at, "bad-value",
                    fmt::format("'{}' is not an e-mail address; write it as name@example.org", item->text));
  }
  out.template_id = keys.required_text("template").value_or("");
  if (const auto key = keys.required_text("key_file")) out.secret_files.push_back(*key);
  out.private_address = keys.optional_bool("private_address").value_or(false);
  out.ca_file = keys.optional_text("ca_file").value_or("");
  const auto url = keys.optional_text("url");
  keys.finish();
  out.url = url.value_or("https://api.notifications.service.gov.uk");
  if (url) check_url(keys, *url, out.private_address);
  return out;
}

channel read_maildir(yaml::mapping_reader keys) {
  channel out;
  out.kind = channel_kind::maildir;
  out.folder = keys.required_text("folder").value_or("");
  out.to = read_addresses(keys);
  keys.finish();
  return out;
}

} // namespace

std::optional<channel> read_channel(const yaml::node& row, const std::string& path, const std::string& subject,
                                    problems& found) {
  yaml::mapping_reader keys{row, path, subject, found};
  const auto name = keys.optional_text("name");
  const auto fallback = keys.optional_bool("fallback").value_or(false);
  std::optional<channel> out;
  for (const auto kind : {channel_kind::webhook, channel_kind::email, channel_kind::maildir, channel_kind::notify}) {
    const auto word = to_text(kind);
    const auto* settings = keys.optional(word);
    if (settings == nullptr) continue;
    if (out) {
      keys.complain(settings->at, "bad-value", "a channel is of one kind; begin a new '-' for the second");
      continue;
    }
    if (!settings->is_mapping()) {
      keys.complain(settings->at, "wrong-type",
                    fmt::format("'{}' must hold settings, found {}", word, yaml::describe(*settings)));
      continue;
    }
    yaml::mapping_reader inner{*settings, path, subject, found};
    switch (kind) {
    case channel_kind::webhook: out = read_webhook(std::move(inner)); break;
    case channel_kind::email: out = read_email(std::move(inner)); break;
    case channel_kind::maildir: out = read_maildir(std::move(inner)); break;
    case channel_kind::notify: out = read_notify(std::move(inner)); break;
    }
    out->fallback = fallback;
    out->name = name.value_or(std::string{word});
  }
  keys.finish();
  if (!out && row.is_mapping())
    keys.complain(row.at, "missing-key", "a channel is one of: webhook, email, maildir, notify");
  return out;
}

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array days_of_week = std::to_array<std::string_view>({"mon", "tue", "wed", "thu", "fri", "sat", "sun"});

std::optional<duration> read_length(yaml::mapping_reader& keys, std::string_view key, duration least, duration most,
                                    std::string_view range) {
  const auto* node = keys.optional(key);
  if (node == nullptr) return {};
  const auto read = node->is_scalar() ? parse_duration(node->text) : std::nullopt;
  if (read && *read >= least && *read <= most) return read;
  keys.complain(node->at, "bad-duration", fmt::format("'{}' must be a duration from {}", key, range));
  return {};
}

std::optional<confirmation_wish> read_confirm(const yaml::node& from, const yaml::mapping_reader& around,
                                              problems& found) {
  yaml::mapping_reader keys{from, around.path(), around.subject() + "confirm: ", found};
  confirmation_wish out;
  if (keys.required("within") == nullptr) return {};
  out.within = read_length(keys, "within", minutes{5}, hours{24 * 7}, "5m to 7d, such as 2h").value_or(hours{2});
  if (const auto* word = keys.optional("level"); word != nullptr) {
    if (const auto read = from_text<level>(word->text))
      out.from_level = *read;
    else
      keys.complain(word->at, "bad-value",
                    fmt::format("no level '{}'; one of {}", word->text, join_or(all_spellings<level>())));
  }
  for (const auto* item : keys.optional_list("escalate_to")) out.escalate_to.emplace_back(item->text);
  keys.finish();
  return out;
}

std::optional<opening_hours> read_hours(const yaml::node& from, const yaml::mapping_reader& around, const zone& local,
                                        problems& found) {
  yaml::mapping_reader keys{from, around.path(), around.subject() + "hours: ", found};
  opening_hours out;
  out.local = local;
  const auto time_of = [&](const char* key) -> std::optional<duration> {
    const auto text = keys.required_text(key);
    if (!text) return {};
    if (const auto read = parse_time_of_day(*text)) return *read;
    keys.complain(keys.where().find(key)->value.at, "bad-value",
                  fmt::format("'{}' must be a time of day such as \"08:30\", not '{}'", key, *text));
    return {};
  };
  const auto begins = time_of("from");
  const auto ends = time_of("to");
  for (const auto* item : keys.optional_list("days")) {
    const auto known = std::find(days_of_week.begin(), days_of_week.end(), item->text);
    if (known == days_of_week.end())
      keys.complain(item->at, "bad-value",
                    fmt::format("'{}' is no day; one of mon, tue, wed, thu, fri, sat, sun", item->text));
    else
      out.days.push_back(static_cast<unsigned>(known - days_of_week.begin()));
  }
  keys.finish();
  if (!begins || !ends) return {};
  if (*begins >= *ends) {
    keys.complain(from.at, "bad-value", "'from' must be before 'to': hours over midnight are those of two services");
    return {};
  }
  if (out.days.empty()) out.days = {0, 1, 2, 3, 4, 5, 6};
  out.from = *begins;
  out.to = *ends;
  return out;
}

} // namespace

void read_ways(service& into, yaml::mapping_reader& keys, const reference_data& reference, problems& found) {
  const bool falls_back =
      std::any_of(into.channels.begin(), into.channels.end(), [](const channel& by) { return by.fallback; });
  const auto* after = keys.optional("fallback_after");
  if (after != nullptr && !falls_back && !into.channels.empty())
    keys.complain(after->at, "bad-value", "no channel has 'fallback: true': add it to the one to be used then");
  if (const auto length = read_length(keys, "fallback_after", minutes{1}, hours{24}, "1m to 24h, such as 15m"))
    into.fallback_after = *length;
  if (const auto* wish = keys.optional("confirm"); wish != nullptr) into.confirm = read_confirm(*wish, keys, found);
  const auto* open = keys.optional("hours");
  if (open == nullptr) return;
  if (into.on_call || into.by_turns || into.operators)
    return keys.complain(open->at, "bad-value",
                         "whoever is on call or an operator is told at all hours: take 'hours' out, or the role");
  into.hours = read_hours(*open, keys, reference.local_zone, found);
}

instant next_opening(const opening_hours& hours, instant now) {
  const auto wall = hours.local.to_civil(now);
  const auto today = std::chrono::floor<std::chrono::days>(wall);
  for (int ahead = 0; ahead <= 7; ++ahead) {
    const auto day = today + std::chrono::days{ahead};
    const auto weekday = std::chrono::weekday{day}.iso_encoding() - 1;
    if (std::find(hours.days.begin(), hours.days.end(), weekday) == hours.days.end()) continue;
    const auto opens = std::max(now, hours.local.to_instant(day + hours.from).at);
    if (opens < hours.local.to_instant(day + hours.to).at) return opens;
  }
  return now; // never: some day of the week is one of them
}

} // namespace forewarn::alerting
