// SPDX-License-Identifier: Apache-2.0
// The word that a message is there: by the link in it, by command, and by GOV.UK Notify's receipts. A link that is
// merely opened changes nothing: mail scanners open all of them.
#include "daemon/alerting/receipts.hpp"
#include "daemon/delivery/notify_receipt.hpp"
#include "daemon/delivery/stuck.hpp"
#include "daemon/http/body.hpp"
#include "daemon/http/deciding.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/panel/ledger.hpp"
#include "daemon/waiting.hpp"
#include "forewarn/markup.hpp"
#include "forewarn/text.hpp"

#include <boost/json.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/params_encoded_view.hpp>
#include <fmt/format.h>

namespace forewarn::http {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_name = 200;

// No script, nothing from outside, in no frame; the address is not passed on.
response html_page(unsigned status, const std::string& title, const std::string& body) {
  response out;
  out.status = status;
  out.content_type = "text/html; charset=utf-8";
  out.body = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n"
      "<title>{0}</title>\n</head>\n<body style=\"font-family:sans-serif;font-size:18px;line-height:1.5;"
      "max-width:36em;margin:0 auto;padding:1em;overflow-wrap:break-word\">\n<h1 style=\"font-size:22px\">{0}</h1>\n"
      "{1}</body>\n</html>\n",
      escaped_markup(title), body);
  out.fields = {{"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                                            "frame-ancestors 'none'"},
                {"Referrer-Policy", "no-referrer"}}; // the server itself adds no-store and nosniff
  return out;
}

response no_such_link() {
  return html_page(404, "This link leads nowhere",
                   "<p>It may have been cut off on its way: open it from the message again, or copy all of it.</p>\n");
}

struct asked_for {
  panel::receipt row;
  std::string subject;
};

std::string form(const asked_for& one) {
  return fmt::format("<p>{}</p>\n<p>Nothing is noted yet. Say who you are, then press the button: you have read this "
                     "and deal with it.</p>\n<form method=\"post\">\n<p><label>Your name<br><input name=\"who\" "
                     "required maxlength=\"{}\" autocomplete=\"name\" style=\"font-size:18px;width:100%;"
                     "box-sizing:border-box\"></label></p>\n<p><button style=\"font-size:18px;padding:.5em 1em\">"
                     "I have this</button></p>\n</form>\n",
                     escaped_markup(one.subject), longest_name);
}

std::string thanks(const asked_for& one, const zone& local) {
  return fmt::format("<p>{}</p>\n<p>{} has had this since {}. Nothing more is needed here.</p>\n",
                     escaped_markup(one.subject), escaped_markup(one.row.confirmed_by),
                     escaped_markup(local.format(one.row.confirmed_at.value_or(one.row.asked_at))));
}

response page_about(const asked_for& one, const zone& local) {
  return one.row.confirmed_at ? html_page(200, "Noted", thanks(one, local))
                              : html_page(200, "Do you have this?", form(one));
}

// Where every delivery of it is by a channel that is configured no more, the page does without a subject.
asked_for with_subject(panel::receipt row, const store_reader& stored, const alerting::service_book& services) {
  asked_for out{std::move(row), {}};
  if (const auto* to = services.find(out.row.service))
    for (const auto& by : to->channels)
      if (const auto sent = stored.delivery_by_id(alerting::delivery_id(out.row.key, to->id, by.name)))
        out.subject = sent->message.subject;
  if (out.subject.empty()) out.subject = out.row.about;
  return out;
}

// A form's `who=...`, or JSON's; empty: none.
std::string name_in(const request& asked) {
  std::string who;
  if (media_type(asked.head.field("content-type")) == "application/json") {
    boost::system::error_code wrong;
    const auto read = json::parse(asked.body, wrong);
    const auto* given = wrong || !read.is_object() ? nullptr : read.get_object().if_contains("who");
    if (given != nullptr && given->is_string()) who = std::string{given->get_string()};
  } else {
    auto text = asked.body;
    for (char& c : text)
      if (c == '+') c = ' ';
    for (std::string_view rest{text}; !rest.empty();) {
      const auto one = rest.substr(0, rest.find('&'));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      if (!one.starts_with("who=")) continue;
      const auto decoded = boost::urls::make_pct_string_view(one.substr(4));
      if (decoded) who = decoded->decode({});
    }
  }
  for (char& c : who)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  return std::string{trim(who)};
}

bool is_a_link(const api_parts& parts, const std::string& token) {
  return parts.readers.with([&](const store_reader& stored) { return panel::of(stored).receipt_by_token(token); })
      .has_value();
}

} // namespace

boost::asio::awaitable<response> show_ack(const api_parts& parts, request, words at) {
  auto said = co_await on_pool(parts.workers, [&parts, token = at.front()] {
    return parts.readers.with([&](const store_reader& stored) {
      const auto now = parts.current.load();
      auto row = panel::of(stored).receipt_by_token(token);
      if (!row) return no_such_link();
      return page_about(with_subject(std::move(*row), stored, *now->all.services), now->all.reference->local_zone);
    });
  });
  co_return said;
}

boost::asio::awaitable<response> take_ack(const api_parts& parts, request asked, words at) {
  const auto who = name_in(asked);
  const bool by_program = media_type(asked.head.field("content-type")) == "application/json";
  if (who.empty())
    co_return by_program ? problem(400, "who-missing", R"(send {"who": "..."}: the person who has it)")
                         : html_page(400, "Who are you?", "<p>Go back and give your name.</p>\n");
  if (const auto wrong = alerting::not_a_decision({who, "by the link"}))
    co_return by_program
        ? problem(400, "bad-value", *wrong)
        : html_page(400, "Who are you?",
                    fmt::format("<p>Go back and write your name anew: {}.</p>\n", escaped_markup(*wrong)));
  // Whoever guesses links must not keep the desk busy.
  const auto known = co_await on_pool(parts.workers, [&parts, token = at.front()] { return is_a_link(parts, token); });
  if (!known) co_return by_program ? problem(404, "not-found", "no message has this link") : no_such_link();
  const auto now = parts.current.load();
  co_return co_await decided(parts, [token = at.front(), who, by_program, now](desk_view& v) {
    const auto done = alerting::confirm(token, {who, "by the link in the message"}, v.process, v.ledger, v.now);
    if (!done) return by_program ? problem(404, "not-found", done.error()) : no_such_link();
    if (by_program)
      return ok({{"about", done->about},
                 {"confirmed_by", done->confirmed_by},
                 {"confirmed_at", format_rfc3339(done->confirmed_at.value_or(v.now))}});
    return page_about(with_subject(*done, v.ledger, *now->all.services), now->all.reference->local_zone);
  });
}

boost::asio::awaitable<response> confirm_receipt(const api_parts& parts, request asked, words at) {
  const auto said = read_step(asked);
  if (!said) co_return said.error();
  const auto what = text_of(said->body, "what");
  if (!what) co_return what.error();
  if (what->empty()) co_return problem(400, "what-missing", "'what' must be the alert's reference");
  const service_id to{at.front()};
  auto by = said->by;
  if (by.reason.empty()) by.reason = "has it";
  co_return co_await decided(parts, [to, by, what = *what](desk_view& v) {
    const auto done = alerting::confirm(to, what, by, v.process, v.ledger, v.now);
    if (!done) return problem(409, "refused", done.error());
    return ok({{"service", to.str()},
               {"about", done->about},
               {"confirmed_by", done->confirmed_by},
               {"confirmed_at", format_rfc3339(done->confirmed_at.value_or(v.now))}});
  });
}

boost::asio::awaitable<response> take_notify_receipt(const api_parts& parts, request asked, words) {
  const auto said = outbox::parse_notify_report(asked.body);
  if (!said) co_return problem(400, "bad-json", said.error());
  co_return co_await decided(parts, [said = *said](desk_view& v) {
    // What is not ours is taken all the same: Notify would send it again and again.
    return ok({{"known", outbox::take_notify_report(said, v)}});
  });
}

boost::asio::awaitable<response> list_stuck(const api_parts& parts, request, words) {
  auto body = co_await on_pool(parts.workers, [&parts] {
    return parts.readers.with([&](const store_reader& stored) {
      const auto now = parts.current.load();
      return json::serialize(outbox::as_json(outbox::what_is_stuck(*now->all.services, stored, parts.time.now())));
    });
  });
  co_return response{200, "application/json", std::move(body), {}};
}

} // namespace forewarn::http
