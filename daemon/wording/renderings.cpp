// SPDX-License-Identifier: Apache-2.0
#include "daemon/wording/renderings.hpp"

#include "daemon/alerting/alert_json.hpp"
#include "daemon/delivery/mail.hpp"
#include "daemon/wording/atom.hpp"
#include "daemon/wording/poster.hpp"
#include "daemon/wording/sms_line.hpp"

namespace forewarn::wording {
namespace {

std::string whole_mail(const message& content, const alert& about, const press& with) {
  outbox::mail what;
  what.from = with.mail_from;
  what.to = {with.mail_to};
  what.id = message_id{"rendering." + about.ref.str()};
  what.content = content;
  return outbox::render_mail(what);
}

result<std::string, std::string> of_message(rendering how, const alert& about, const press& with) {
  auto written = alerting::render_alert(about, with.words, with.reference, about.issued_at.value_or(about.created_at));
  if (!written) return failure(std::move(written.error()));
  switch (how) {
  case rendering::subject: return std::move(written->subject);
  case rendering::html: return std::move(written->html);
  case rendering::webhook: return std::move(written->json);
  case rendering::email: return whole_mail(*written, about, with);
  default: return std::move(written->text);
  }
}

result<std::string, std::string> feed_of_one(const alert& about, const press& with) {
  if (auto wrong = not_published(about)) return failure(std::move(*wrong));
  return as_atom({about}, publisher_of(with.mail_from, with.words), with.words, with.reference,
                 about.issued_at.value_or(about.created_at));
}

} // namespace

result<std::string, std::string> render_as(rendering how, const alert& about, const press& with) {
  switch (how) {
  case rendering::sms: return sms_line(about, with.words, with.reference);
  case rendering::poster: return poster(about, with.words, with.reference);
  case rendering::json: return alerting::to_json(about);
  case rendering::cap: return as_cap(about, publisher_of(with.mail_from, with.words), with.words, with.reference);
  case rendering::atom: return feed_of_one(about, with);
  case rendering::subject:
  case rendering::email:
  case rendering::html:
  case rendering::text:
  case rendering::webhook: break;
  }
  return of_message(how, about, with);
}

} // namespace forewarn::wording
