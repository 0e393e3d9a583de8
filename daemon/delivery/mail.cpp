// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/mail.hpp"

#include "forewarn/text.hpp"

#include <date/date.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>

namespace forewarn::outbox {

namespace {

constexpr std::size_t longest_line = 76;          // quoted-printable; RFC 2045
constexpr std::size_t longest_plain_header = 900; // RFC 5322 allows 998; folding ASCII at 78 is only advice
constexpr std::size_t encoded_word_bytes = 42;    // of text: 56 characters of base64, under the 75 allowed

bool is_printable(char c) {
  return c >= 0x20 && c <= 0x7e;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::string base64(std::string_view text) {
  std::string encoded((text.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),    // NOLINT: OpenSSL's idea of bytes
                      reinterpret_cast<const unsigned char*>(text.data()), // NOLINT
                      static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(length));
  return encoded;
}

std::string without_controls(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (!is_control(c))
      plain += c;
    else if (!plain.empty() && plain.back() != ' ')
      plain += ' ';
  }
  return std::string{trim(plain)};
}

// What may stand left of the @ of a Message-ID.
std::string id_word(std::string_view text) {
  std::string word;
  for (const char c : text) {
    const bool fine =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    word += fine ? c : '.';
  }
  return word;
}

std::string encode_mailbox(std::string_view mailbox) {
  auto address = address_of(mailbox);
  const auto name = trim(mailbox.substr(0, std::min(mailbox.find('<'), mailbox.size())));
  if (name.empty() || name == address) return address;
  const auto plain = without_controls(name);
  if (std::ranges::all_of(plain, is_printable) && plain.find('"') == std::string::npos)
    return fmt::format("\"{}\" <{}>", plain, address);
  return fmt::format("{} <{}>", encode_header(plain), address);
}

std::string date_header(instant at) {
  return date::format("%a, %d %b %Y %H:%M:%S +0000", date::floor<std::chrono::seconds>(at));
}

std::string text_part(std::string_view type, std::string_view text) {
  return fmt::format("Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
                     type, quoted_printable(text));
}

struct picture {
  std::string id;     // of its part, without the angle brackets
  std::string base64; // PNG
};

// Pictures stand in the page as data, so that it is whole wherever it is kept. Mail programs show no such data: there
// each becomes a part of its own, which the page names by Content-ID.
std::vector<picture> take_out_pictures(std::string& html, const message_id& of, const std::string& host) {
  constexpr std::string_view begin = "src=\"data:image/png;base64,";
  std::vector<picture> out;
  for (auto at = html.find(begin); at != std::string::npos; at = html.find(begin, at)) {
    const auto data = at + begin.size();
    const auto end = html.find('"', data);
    if (end == std::string::npos) break;
    picture one{fmt::format("picture{}.{}@{}", out.size() + 1, id_word(of.str()), host), html.substr(data, end - data)};
    const auto name = fmt::format("src=\"cid:{}\"", one.id);
    html.replace(at, end + 1 - at, name);
    at += name.size();
    out.push_back(std::move(one));
  }
  return out;
}

std::string picture_part(const picture& one, std::size_t number) {
  auto text = fmt::format("Content-Type: image/png; name=\"chart{0}.png\"\r\nContent-Transfer-Encoding: base64\r\n"
                          "Content-ID: <{1}>\r\nContent-Disposition: inline; filename=\"chart{0}.png\"\r\n\r\n",
                          number, one.id);
  for (std::size_t at = 0; at < one.base64.size(); at += longest_line)
    text += one.base64.substr(at, longest_line) + "\r\n";
  return text;
}

std::string html_part(std::string html, const message_id& of, const std::string& host, const std::string& outer) {
  const auto pictures = take_out_pictures(html, of, host);
  if (pictures.empty()) return text_part("text/html", html);
  const auto boundary = outer + "_related";
  auto text = fmt::format("Content-Type: multipart/related; type=\"text/html\"; boundary=\"{}\"\r\n\r\n", boundary);
  text += fmt::format("--{}\r\n{}", boundary, text_part("text/html", html));
  std::size_t number = 0;
  for (const auto& one : pictures) text += fmt::format("--{}\r\n{}", boundary, picture_part(one, ++number));
  return text + fmt::format("--{}--\r\n", boundary);
}

} // namespace

std::string address_of(std::string_view mailbox) {
  if (std::ranges::any_of(mailbox, is_control)) return {};
  const auto open = mailbox.find('<');
  if (open != std::string_view::npos) {
    const auto close = mailbox.find('>', open);
    if (close == std::string_view::npos) return {};
    mailbox = mailbox.substr(open + 1, close - open - 1);
  }
  mailbox = trim(mailbox);
  const bool clean = mailbox.find_first_of(" <>") == std::string_view::npos;
  const auto at = mailbox.rfind('@');
  const bool whole = at != std::string_view::npos && at > 0 && at + 1 < mailbox.size();
  return clean && whole ? std::string{mailbox} : std::string{};
}

std::string encode_header(std::string_view text) {
  auto plain = without_controls(text);
  if (std::ranges::all_of(plain, is_printable) && plain.size() <= longest_plain_header &&
      plain.find("=?") == std::string::npos)
    return plain;
  std::string encoded;
  for (std::size_t from = 0; from < plain.size();) {
    std::size_t to = std::min(from + encoded_word_bytes, plain.size());
    while (to < plain.size() && to > from + 1 && continues_character(plain[to])) --to; // never inside a character
    if (!encoded.empty()) encoded += "\r\n ";
    encoded += "=?UTF-8?B?" + base64(std::string_view{plain}.substr(from, to - from)) + "?=";
    from = to;
  }
  return encoded;
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  const auto put = [&](std::string_view piece) {
    if (column + piece.size() >= longest_line) { // room for the "=" of a soft line break
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool line_end = c == '\n' || (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n');
    if (line_end) {
      if (c == '\r') ++i;
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool before_line_end = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    const bool as_is =
        (is_printable(c) && c != '=' && !(c == ' ' && before_line_end)) || (c == '\t' && !before_line_end);
    if (as_is)
      put(std::string_view{&c, 1});
    else
      put(fmt::format("={:02X}", static_cast<unsigned char>(c)));
  }
  return out;
}

std::string render_mail(const mail& what) {
  const auto& content = what.content;
  const auto sender = address_of(what.from);
  const auto host = sender.substr(sender.rfind('@') + 1);
  const auto boundary = "=_" + id_word(what.id.str()); // "=_" cannot occur in quoted-printable text

  std::vector<std::string> recipients;
  for (const auto& one : what.to) recipients.push_back(encode_mailbox(one));
  std::string text;
  text += fmt::format("From: {}\r\n", encode_mailbox(what.from));
  text += fmt::format("To: {}\r\n", join(recipients, ",\r\n "));
  text += fmt::format("Subject: {}\r\n", encode_header(content.subject));
  text += fmt::format("Date: {}\r\n", date_header(content.created_at));
  text += fmt::format("Message-ID: <{}@{}>\r\n", id_word(what.id.str()), host);
  if (!content.thread.empty()) {
    // The thread's root is never sent itself: mail programs group what refers to the same id all the same.
    const auto root = fmt::format("<thread.{}@{}>", id_word(content.thread), host);
    text += fmt::format("In-Reply-To: {0}\r\nReferences: {0}\r\n", root);
  }
  text += "Auto-Submitted: auto-generated\r\n"; // RFC 3834: no out-of-office answers
  if (content.level == level::red) text += "Importance: high\r\n";
  text += "MIME-Version: 1.0\r\n";
  if (content.html.empty()) return text + text_part("text/plain", content.text);
  text += fmt::format("Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n", boundary);
  text += fmt::format("--{0}\r\n{1}--{0}\r\n{2}--{0}--\r\n", boundary, text_part("text/plain", content.text),
                      html_part(content.html, what.id, host, boundary));
  return text;
}

} // namespace forewarn::outbox
