// SPDX-License-Identifier: Apache-2.0
#include "daemon/panel/elsewhere.hpp"

#include "daemon/alerting/template_text.hpp"
#include "forewarn/text.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <pugixml.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace forewarn::panel {
namespace {

constexpr std::size_t title_size = 160;
constexpr std::size_t text_size = 8'000;
constexpr int deepest_part = 4;     // of a mail within a mail
constexpr int deepest_element = 64; // what lies deeper is no text for people, and would only fill the stack

// The name without its prefix: feeds name the same namespace as they like.
std::string_view bare(const pugi::xml_node& node) {
  const std::string_view name{node.name()};
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& of, std::string_view name) {
  for (const auto& one : of.children())
    if (bare(one) == name) return one;
  return {};
}

std::string text_of(const pugi::xml_node& node, int depth = 0) {
  std::string out;
  if (!node || depth == deepest_element) return out;
  for (const auto& one : node.children()) {
    if (one.type() == pugi::node_pcdata || one.type() == pugi::node_cdata)
      out += one.value();
    else
      out += ' ' + text_of(one, depth + 1) + ' ';
  }
  return out;
}

std::string child_text(const pugi::xml_node& of, std::string_view name) {
  return text_of(child(of, name));
}

// One line of printable text; tags of an HTML summary are dropped.
std::string plain(std::string_view text, bool lines) {
  std::string out;
  bool tag = false;
  for (const char c : text) {
    if (c == '<') tag = true;
    const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t' || tag || static_cast<unsigned char>(c) < ' ';
    if (lines && c == '\n' && !tag) {
      while (!out.empty() && out.back() == ' ') out.pop_back();
      if (!out.ends_with("\n\n")) out += '\n';
    } else if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ' && out.back() != '\n') {
      out += ' ';
    }
    if (c == '>') tag = false;
  }
  return std::string{trim(out)};
}

// At the edge of a character; its lines stay.
std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most) + "...";
}

report begun(const elsewhere_source& by, std::string_view title, std::string_view text, std::string_view reference) {
  report out;
  out.kind = report_kind::alert;
  out.from = by.from;
  out.organisation = by.name;
  out.may_be_shared = handling::permitted;
  out.title = alerting::shorten(plain(title, false), title_size);
  out.text = cut(plain(text, true), text_size);
  out.outside_ref = alerting::shorten(plain(reference, false), title_size);
  if (out.title.empty()) out.title = out.outside_ref.empty() ? "An alert without a title" : out.outside_ref;
  if (!is_valid_utf8(out.title)) out.title = "An alert whose title cannot be read";
  if (!is_valid_utf8(out.text)) out.text.clear();
  if (!is_valid_utf8(out.outside_ref)) out.outside_ref.clear();
  return out;
}

report of_cap(const pugi::xml_node& alert, const elsewhere_source& by) {
  auto info = child(alert, "info");
  for (const auto& one : alert.children()) // in English where there are several languages
    if (bare(one) == "info" && child_text(one, "language").starts_with("en")) {
      info = one;
      break;
    }
  auto title = child_text(info, "headline");
  if (trim(title).empty()) title = child_text(info, "event");
  std::string text = child_text(info, "description");
  if (const auto more = child_text(info, "instruction"); !more.empty()) text += "\n\n" + more;
  if (const auto web = child_text(info, "web"); !web.empty()) text += "\n\n" + web;
  auto out = begun(by, title, text, child_text(alert, "identifier"));
  out.outside_issued_at = parse_rfc3339(std::string{trim(child_text(alert, "sent"))});
  const auto status = std::string{trim(child_text(alert, "status"))};
  if (status == "Exercise") out.status = alert_status::exercise;
  if (status == "Test" || status == "System" || status == "Draft") out.status = alert_status::test;
  const auto severity = std::string{trim(child_text(info, "severity"))};
  if (severity == "Extreme" || severity == "Severe") out.level = level::red;
  return out;
}

report of_entry(const pugi::xml_node& entry, const elsewhere_source& by) {
  if (const auto inside = child(child(entry, "content"), "alert")) return of_cap(inside, by);
  std::string text = child_text(entry, "summary");
  if (trim(text).empty()) text = child_text(entry, "content");
  for (const auto& one : entry.children())
    if (bare(one) == "link" && std::string_view{one.attribute("href").value()}.starts_with("http"))
      text += fmt::format("\n\n{}", one.attribute("href").value());
  auto out = begun(by, child_text(entry, "title"), text, child_text(entry, "id"));
  out.outside_issued_at = parse_rfc3339(std::string{trim(child_text(entry, "updated"))});
  return out;
}

// ---- mail

struct part {
  std::map<std::string, std::string> fields; // by name, lower case
  std::string body;
};

part split(std::string_view text) {
  part out;
  std::string* last = nullptr;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    const bool goes_on = line.front() == ' ' || line.front() == '\t';
    const auto colon = line.find(':');
    if (goes_on && last != nullptr) {
      *last += ' ' + std::string{trim(line)};
    } else if (colon != std::string_view::npos) {
      last = &out.fields[ascii_lower(line.substr(0, colon))];
      *last = std::string{trim(line.substr(colon + 1))};
    }
  }
  out.body = std::string{text};
  return out;
}

std::string field(const part& of, const char* name) {
  const auto it = of.fields.find(name);
  return it == of.fields.end() ? std::string{} : it->second;
}

int hex_of(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                : -1;
}

std::string from_quoted(std::string_view text, bool in_header) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_header && text[i] == '_') {
      out += ' ';
    } else if (text[i] == '=' && i + 1 < text.size() && (text[i + 1] == '\n' || text[i + 1] == '\r')) {
      i += text.substr(i + 1).starts_with("\r\n") ? 2 : 1;
    } else if (text[i] == '=' && i + 2 < text.size() && hex_of(text[i + 1]) >= 0 && hex_of(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_of(text[i + 1]) * 16 + hex_of(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string from_base64(std::string_view text) {
  std::string packed;
  for (const char c : text)
    if (c != '\r' && c != '\n' && c != ' ') packed += c;
  packed.resize(packed.size() / 4 * 4);
  std::string raw(packed.size() / 4 * 3 + 1, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(raw.data()),          // NOLINT: OpenSSL's bytes
                                   reinterpret_cast<const unsigned char*>(packed.data()), // NOLINT
                                   static_cast<int>(packed.size()));
  if (size < 0) return {};
  raw.resize(static_cast<std::size_t>(size));
  while (raw.ends_with('\0')) raw.pop_back();
  return raw;
}

// Latin-1 or Windows-1252 as UTF-8, as well as it goes; UTF-8 as it is.
std::string as_utf8(std::string text, std::string_view charset) {
  if (charset.find("8859-1") == std::string_view::npos && charset.find("1252") == std::string_view::npos) return text;
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0U | (byte >> 6U));
      out += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return out;
}

// RFC 2047: =?utf-8?Q?...?=
std::string decoded_header(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto start = text.find("=?");
    out += text.substr(0, start);
    if (start == std::string_view::npos) break;
    text.remove_prefix(start + 2);
    const auto first = text.find('?');
    const auto second = first == std::string_view::npos ? first : text.find('?', first + 1);
    const auto end = second == std::string_view::npos ? second : text.find("?=", second + 1);
    if (end == std::string_view::npos) return out;
    const auto charset = ascii_lower(text.substr(0, first));
    const auto how = ascii_lower(text.substr(first + 1, second - first - 1));
    const auto body = text.substr(second + 1, end - second - 1);
    out += as_utf8(how == "b" ? from_base64(body) : from_quoted(body, true), charset);
    text.remove_prefix(end + 2);
    while (text.starts_with(' ') && trim(text).starts_with("=?")) text.remove_prefix(1);
  }
  return out;
}

std::string parameter(const std::string& of, std::string_view name) {
  const auto at = ascii_lower(of).find(std::string{name} + '=');
  if (at == std::string::npos) return {};
  auto value = std::string_view{of}.substr(at + name.size() + 1);
  if (value.starts_with('"')) return std::string{value.substr(1, value.find('"', 1) - 1)};
  return std::string{value.substr(0, value.find_first_of("; "))};
}

// The first plain text of it; of a mail that has none, its HTML.
std::optional<std::string> text_in(const part& of, std::string_view wanted, int depth = 0) {
  const auto type = field(of, "content-type");
  const auto kind = ascii_lower(std::string_view{type}.substr(0, type.find(';')));
  if (kind.starts_with("multipart/") && depth < deepest_part) {
    const auto mark = "--" + parameter(type, "boundary");
    if (mark.size() == 2) return {};
    for (auto at = of.body.find(mark); at != std::string::npos;) {
      const auto from = of.body.find('\n', at);
      const auto next = of.body.find(mark, at + mark.size());
      if (from == std::string::npos || next == std::string::npos) break;
      if (from < next)
        if (auto found = text_in(split(std::string_view{of.body}.substr(from + 1, next - from - 1)), wanted, depth + 1))
          return found;
      at = next;
    }
    return {};
  }
  if (!kind.empty() && kind != wanted) return {};
  const auto how = ascii_lower(field(of, "content-transfer-encoding"));
  auto text = how == "base64"             ? from_base64(of.body)
              : how == "quoted-printable" ? from_quoted(of.body, false)
                                          : of.body;
  return as_utf8(std::move(text), ascii_lower(parameter(type, "charset")));
}

} // namespace

result<std::vector<report>, std::string> read_published(const std::string& document, const elsewhere_source& by) {
  pugi::xml_document read;
  // No document type: nothing is fetched or expanded on the word of what was fetched.
  const auto parsed = read.load_buffer(document.data(), document.size(), pugi::parse_default | pugi::parse_trim_pcdata);
  if (!parsed) return failure(fmt::format("it is not XML: {}", parsed.description()));
  const auto root = read.document_element();
  if (bare(root) == "alert") return std::vector{of_cap(root, by)};
  if (bare(root) != "feed") return failure(fmt::format("it is neither an Atom feed nor CAP but '{}'", root.name()));
  std::vector<report> out;
  for (const auto& one : root.children())
    if (bare(one) == "entry") out.push_back(of_entry(one, by));
  return out;
}

result<mailed, std::string> read_mailed(const std::string& mail, const elsewhere_source& by) {
  const auto whole = split(mail);
  const auto from = field(whole, "from");
  const auto open = from.rfind('<');
  const auto sender = open == std::string::npos ? from : from.substr(open + 1, from.find('>', open) - open - 1);
  if (sender.find('@') == std::string::npos) return failure(std::string{"it names no sender"});
  auto text = text_in(whole, "text/plain");
  if (!text) text = text_in(whole, "text/html");
  auto reference = field(whole, "message-id");
  std::erase_if(reference, [](char c) { return c == '<' || c == '>'; });
  mailed out{ascii_lower(trim(sender)),
             begun(by, decoded_header(field(whole, "subject")), text.value_or(""), reference)};
  return out;
}

} // namespace forewarn::panel
