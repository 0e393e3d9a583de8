// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/session.hpp"

#include "forewarn/text.hpp"

#include <boost/url.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <ctime>

namespace forewarn::http {
namespace {

namespace wire = boost::beast::http;

std::string date_now() {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::time(nullptr)));
}

} // namespace

std::optional<head> read_head(const wire::request_header<>& from, bool local) {
  const auto target = boost::urls::parse_origin_form(from.target());
  if (!target) return {};
  head out;
  out.method = std::string{from.method_string()};
  out.local = local;
  for (const auto& segment : target->segments()) {
    out.segments.emplace_back(segment);
    out.path += '/' + out.segments.back();
  }
  if (out.segments.empty()) out.path = "/";
  for (const auto& parameter : target->params()) out.query[parameter.key] = parameter.value;
  for (const auto& field : from) out.fields[ascii_lower(field.name_string())] = std::string{field.value()};
  if (const auto length = from.find(wire::field::content_length); length != from.end()) {
    std::uint64_t bytes = 0;
    const auto text = length->value();
    if (std::from_chars(text.data(), text.data() + text.size(), bytes).ec == std::errc{}) out.length = bytes;
  } else if (from.find(wire::field::transfer_encoding) == from.end()) {
    out.length = 0;
  }
  return out;
}

std::string serialise(const response& what, bool keep, bool body_too) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Length: {}\r\nConnection: {}\r\n", what.status,
                                phrase_of(what.status), date_now(), what.body.size(), keep ? "keep-alive" : "close");
  if (!what.content_type.empty()) out += fmt::format("Content-Type: {}\r\n", what.content_type);
  for (const auto& [name, value] : what.fields) out += fmt::format("{}: {}\r\n", name, value);
  out += "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n\r\n";
  if (body_too) out += what.body;
  return out;
}

std::optional<response> answer_to_broken(const boost::beast::error_code& error, std::size_t body_limit) {
  if (error == wire::error::body_limit)
    return problem(413, "too-large", fmt::format("the body is larger than {} bytes; send it in parts", body_limit));
  if (error == wire::error::header_limit || error == wire::error::buffer_overflow)
    return problem(431, "head-too-large", "the request's head is too large");
  if (error == wire::error::end_of_stream || error == wire::error::partial_message) return {};
  if (error.category() == make_error_code(wire::error::bad_line_ending).category())
    return problem(400, "bad-request", fmt::format("this is not HTTP/1.1: {}", error.message()));
  return {};
}

boost::asio::awaitable<response> answer_safely(const service& with, request asked) {
  const auto what = asked.head.method + ' ' + asked.head.path;
  std::string broken;
  try {
    co_return co_await with.answer(std::move(asked));
  } catch (const std::exception& error) {
    broken = error.what();
  }
  spdlog::error("event=request_failed request=\"{}\" error=\"{}\" do=\"look at disk space and at the lines before\"",
                what, broken);
  co_return problem(500, "internal",
                    "the daemon could not answer; its log says why. Nothing was taken: send it again later");
}

} // namespace forewarn::http
