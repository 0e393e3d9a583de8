// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/rota_view.hpp"

#include "daemon/commands/service_words.hpp"
#include "daemon/rota/rota.hpp"
#include "forewarn/clock.hpp"

#include <iostream>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

std::string channel_words(const alerting::channel& by) {
  return fmt::format("{} ({})", by.name, leads_to(by));
}

void add_rota(std::vector<told_in_turn>& out, const alerting::service_book& book, const zone& local, instant at) {
  const auto& rota = *book.rota;
  const auto now_on = on_call::on_duty(rota, at);
  duration waited{};
  for (const auto& id : on_call::chain(rota, at)) {
    const auto* person = book.find(id);
    if (person == nullptr) continue;
    const bool on = now_on && now_on->who == id;
    const auto why =
        on ? fmt::format("on duty {} to {}: {}", local.format(now_on->from), local.format(now_on->until), now_on->why)
           : std::string{"next in the order of turns"};
    if (!rota.unread_after) {
      if (on) out.push_back({person, "at once", channels_of(*person), why});
      continue;
    }
    for (const auto& by : person->channels) {
      const auto when =
          waited == duration{} ? std::string{"at once"} : fmt::format("if unread, after {}", spell_duration(waited));
      out.push_back({person, when, channel_words(by), why});
      waited += *rota.unread_after;
    }
  }
}

} // namespace

std::vector<told_in_turn> told_of_signal(const alerting::service_book& book, const zone& local, instant at) {
  std::vector<told_in_turn> out;
  for (const auto& one : book.services)
    if (one.on_call) out.push_back({&one, "at once", channels_of(one), "has the role on_call: hears at all hours"});
  if (book.rota) add_rota(out, book, local, at);
  return out;
}

boost::json::object as_json(const told_in_turn& one) {
  return {
      {"service", one.who->id.str()}, {"name", one.who->name}, {"when", one.when}, {"by", one.by}, {"why", one.why}};
}

std::optional<instant> read_when(const std::string& text, const configuration& all) {
  const auto at = on_call::parse_when(text, all.reference->local_zone, system_clock{}.now());
  if (!at)
    std::cerr << fmt::format("forewarn: --at: '{}' is not a time; write 2026-03-01T03:00:00Z, '2026-03-01 03:00', "
                             "'sunday 03:00' or 03:00\n",
                             text);
  return at;
}

} // namespace forewarn::commands
