// SPDX-License-Identifier: Apache-2.0
// Reads `rota:` of a file of services.d. Refuses what would leave a night without a person: no order, a swap that ends
// before it begins, a calendar that nobody keeps.
#include "daemon/rota/rota.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::on_call {
namespace {

struct reading {
  rota& out;
  const std::string& path;
  const reference_data& reference;
  problems& found;
};

std::vector<service_id> read_order(yaml::mapping_reader& keys, rota& out) {
  std::vector<service_id> order;
  if (keys.required("order") == nullptr) return order;
  for (const auto* item : keys.optional_list("order")) {
    order.emplace_back(item->text);
    out.named.emplace_back(service_id{item->text}, item->at);
  }
  if (order.empty()) keys.complain(keys.where().find("order")->value.at, "missing-key", "name at least one person");
  return order;
}

void read_turns(const yaml::node& turns, const reading& with) {
  yaml::mapping_reader keys{turns, with.path, "rota: turns: ", with.found};
  if (const auto text = keys.required_text("first")) {
    if (const auto day = parse_day(*text))
      with.out.first = *day;
    else
      keys.complain(turns.find("first")->value.at, "bad-value",
                    fmt::format("'{}' is not a day; write it as 2026-11-02: the first of 'order' begins then", *text));
  }
  if (const auto text = keys.required_text("hand_over")) {
    if (const auto clock = parse_time_of_day(*text))
      with.out.hand_over = *clock;
    else
      keys.complain(turns.find("hand_over")->value.at, "bad-value",
                    fmt::format("'{}' is not a time of day; write it as 09:00", *text));
  }
  with.out.days_each = static_cast<int>(keys.optional_integer("days", 1, 92).value_or(7));
  with.out.order = read_order(keys, with.out);
  keys.finish();
}

void read_holidays(const yaml::node& holidays, const reading& with) {
  yaml::mapping_reader keys{holidays, with.path, "rota: holidays: ", with.found};
  if (const auto id = keys.required_text("calendar")) {
    const auto& all = with.reference.calendars;
    const auto it = std::find_if(all.begin(), all.end(), [&](const calendar& one) { return one.id == *id; });
    std::vector<std::string> known;
    for (const auto& one : all) known.push_back(one.id);
    if (it != all.end())
      with.out.holidays = *it;
    else
      keys.complain(holidays.find("calendar")->value.at, "bad-value",
                    fmt::format("no calendar '{}' in calendars/{}", *id, suggestion(*id, known)));
  }
  with.out.holiday_order = read_order(keys, with.out);
  keys.finish();
}

std::optional<instant> read_time(yaml::mapping_reader& keys, const char* key, const zone& local) {
  const auto text = keys.required_text(key);
  if (!text) return {};
  if (const auto exact = parse_rfc3339(*text)) return exact;
  if (const auto then = parse_local(*text, local)) return then;
  keys.complain(keys.where().find(key)->value.at, "bad-value",
                fmt::format("'{}' is not a time; write it as 2026-12-24 09:00, in the rota's zone", *text));
  return {};
}

void read_swap(const yaml::node& row, const reading& with) {
  yaml::mapping_reader keys{row, with.path, "rota: swap: ", with.found};
  const auto from = read_time(keys, "from", with.out.local);
  const auto until = read_time(keys, "until", with.out.local);
  const auto who = keys.required_text("who");
  const auto why = keys.required_text("why");
  keys.finish();
  if (!from || !until || !who || !why) return;
  if (*until <= *from) return keys.complain(row.find("until")->value.at, "bad-value", "the swap ends before it begins");
  with.out.named.emplace_back(service_id{*who}, row.find("who")->value.at);
  with.out.swaps.push_back({*from, *until, service_id{*who}, *why});
}

void read_zone(yaml::mapping_reader& keys, rota& out) {
  const auto name = keys.optional_text("zone");
  if (!name) return;
  if (const auto known = zone::named(*name))
    out.local = *known;
  else
    keys.complain(keys.where().find("zone")->value.at, "bad-value",
                  fmt::format("no zone '{}'; write one such as Europe/London", *name));
}

void read_unread_after(yaml::mapping_reader& keys, rota& out) {
  const auto text = keys.optional_text("unread_after");
  if (!text) return;
  const auto length = parse_duration(*text);
  if (length && *length >= std::chrono::minutes{1})
    out.unread_after = *length;
  else
    keys.complain(keys.where().find("unread_after")->value.at, "bad-duration",
                  fmt::format("'{}' is not a duration of at least a minute, such as 15m", *text));
}

} // namespace

std::optional<rota> read_rota(const yaml::node& from, const std::string& path, const reference_data& reference,
                              problems& found) {
  const auto before = found.size();
  yaml::mapping_reader keys{from, path, "rota: ", found};
  rota out;
  out.path = path;
  out.local = reference.local_zone;
  read_zone(keys, out);
  const reading with{out, path, reference, found};
  if (const auto* turns = keys.required("turns"); turns != nullptr) read_turns(*turns, with);
  if (const auto* holidays = keys.optional("holidays"); holidays != nullptr) read_holidays(*holidays, with);
  if (const auto* swaps = keys.optional("swaps"); swaps != nullptr) {
    if (!swaps->is_sequence())
      keys.complain(swaps->at, "wrong-type", fmt::format("'swaps' must be a list, found {}", yaml::describe(*swaps)));
    for (const auto& row : swaps->items) read_swap(row, with);
  }
  read_unread_after(keys, out);
  keys.finish();
  const auto is_error = [](const problem& p) { return p.how == severity::error; };
  if (std::any_of(found.begin() + static_cast<std::ptrdiff_t>(before), found.end(), is_error)) return {};
  return out;
}

} // namespace forewarn::on_call
