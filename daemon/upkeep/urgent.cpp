// SPDX-License-Identifier: Apache-2.0
#include "daemon/upkeep/urgent.hpp"

#include "daemon/alerting/outgoing.hpp"
#include "daemon/delivery/attempts.hpp"
#include "daemon/log.hpp"
#include "daemon/rota/rota.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace forewarn {
namespace {

std::vector<const alerting::service*> hearers(const alerting::service_book& book, instant now) {
  std::vector<const alerting::service*> operators;
  std::vector<const alerting::service*> on_call;
  for (const auto& one : book.services) {
    if (one.operators) operators.push_back(&one);
    if (one.on_call) on_call.push_back(&one);
  }
  if (book.rota)
    if (const auto duty = on_call::on_duty(*book.rota, now))
      if (const auto* person = book.find(duty->who)) on_call.push_back(person);
  return operators.empty() ? on_call : operators;
}

outbox::claimed as_claimed(const operator_notice& what, const alerting::service& to, const alerting::channel& by,
                           instant now) {
  outbox::claimed out;
  out.due.message = alerting::render_operator_notice(what.type, what.subject, what.text, what.raised_at);
  out.due.message.about = what.about.empty() ? what.key : what.about;
  out.due.message.thread = fmt::format("{}|{}", what.key, format_rfc3339(what.raised_at));
  out.due.message.level = what.level;
  auto& row = out.due.row;
  const auto key = fmt::format("urgent|{}|{}|{}", what.type, what.key, format_rfc3339(what.raised_at));
  row.id = alerting::delivery_id(key, to.id, by.name);
  row.service = to.id;
  row.channel = by.name;
  row.kind = by.kind;
  row.created_at = row.due_at = now;
  return out;
}

} // namespace

boost::asio::awaitable<std::size_t> send_urgently(std::shared_ptr<const in_force> with, operator_notice what,
                                                  instant now) {
  const auto channels = std::make_shared<outbox::attempts>(with->all.settings, with->all.services);
  std::size_t taken = 0;
  for (const auto* to : hearers(*with->all.services, now))
    for (const auto& by : to->channels) {
      auto one = as_claimed(what, *to, by, now);
      const auto came = co_await channels->make(std::move(one), now);
      const bool good = came.result == outbox::attempt_result::delivered;
      if (good) ++taken;
      spdlog::log(good ? spdlog::level::info : spdlog::level::warn,
                  "event=urgent_notice type={} service={} channel={} said={}", what.type, to->id.str(), by.name,
                  log_value(came.said));
    }
  channels->stop();
  co_return taken;
}

} // namespace forewarn
