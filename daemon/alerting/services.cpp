// SPDX-License-Identifier: Apache-2.0
// Reads services.d/. Refuses what would fail only on the day it is needed: a web address without a host, a webhook
// without a signing key, an address that is none.
#include "daemon/alerting/services.hpp"

#include "daemon/alerting/read_channel.hpp"
#include "daemon/rota/rota.hpp"
#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

void read_roles(service& one, yaml::mapping_reader& keys) {
  static const std::vector<std::string> roles{"on_call", "duty_desk", "operators", "rota", "exercise"};
  for (const auto* role : keys.optional_list("roles")) {
    if (role->text == "on_call")
      one.on_call = true;
    else if (role->text == "duty_desk")
      one.duty_desk = true;
    else if (role->text == "operators")
      one.operators = true;
    else if (role->text == "rota")
      one.by_turns = true;
    else if (role->text == "exercise")
      one.exercise = true;
    else
      keys.complain(
          role->at, "bad-value",
          fmt::format("no role '{}'; one of {}{}", role->text, join_or(roles), suggestion(role->text, roles)));
  }
  if (one.exercise && (one.on_call || one.duty_desk || one.operators || one.by_turns))
    keys.complain(keys.where().find("roles")->value.at, "bad-value",
                  "a service for exercises takes nothing real: give its other roles to a service of their own");
}

void read_areas(service& one, yaml::mapping_reader& keys, const reference_data& reference) {
  for (const auto* item : keys.optional_list("areas")) {
    const auto known = reference.areas.named(item->text);
    if (known.empty()) {
      keys.complain(item->at, "unknown-area",
                    fmt::format("no area '{}'{}", item->text, suggestion(item->text, reference.areas.all_words())));
    } else if (known.size() > 1) {
      std::vector<std::string> codes;
      for (const auto index : known) codes.push_back(reference.areas.row(index).code.str());
      keys.complain(
          item->at, "unknown-area",
          fmt::format("'{}' is the name of several areas; write one of the codes {}", item->text, join_or(codes)));
    } else {
      one.areas.push_back(reference.areas.row(known.front()).code);
    }
  }
}

void read_substances(service& one, yaml::mapping_reader& keys, const reference_data& reference) {
  for (const auto* item : keys.optional_list("substances")) {
    if (const auto known = reference.substances.named(item->text))
      one.substances.push_back(reference.substances.row(*known).id);
    else
      keys.complain(
          item->at, "unknown-substance",
          fmt::format("no substance '{}'{}", item->text, suggestion(item->text, reference.substances.all_words())));
  }
}

void read_kinds(service& one, yaml::mapping_reader& keys, const reference_data& reference) {
  for (const auto* item : keys.optional_list("kinds")) {
    if (reference.kind(kind_id{item->text}) != nullptr) {
      one.kinds.emplace_back(item->text);
      continue;
    }
    std::vector<std::string> known;
    for (const auto& kind : reference.kinds) known.push_back(kind.id.str());
    keys.complain(item->at, "unknown-kind", fmt::format("no kind '{}'{}", item->text, suggestion(item->text, known)));
  }
}

template <class Enum>
std::optional<Enum> read_word(const yaml::node& item, std::string_view what, yaml::mapping_reader& keys) {
  const auto word = from_text<Enum>(item.text);
  if (!word)
    keys.complain(item.at, "bad-value",
                  fmt::format("no {} '{}'; one of {}{}", what, item.text, join_or(all_spellings<Enum>()),
                              suggestion(item.text, all_spellings<Enum>())));
  return word;
}

void read_takes(service& one, const yaml::node& takes, const std::string& path, const std::string& subject,
                const reference_data& reference, problems& found) {
  yaml::mapping_reader keys{takes, path, subject, found};
  read_areas(one, keys, reference);
  read_substances(one, keys, reference);
  read_kinds(one, keys, reference);
  if (const auto* word = keys.optional("level"); word != nullptr)
    one.least_level = read_word<level>(*word, "level", keys).value_or(level::info);
  for (const auto* item : keys.optional_list("audience"))
    if (const auto word = read_word<audience>(*item, "audience", keys)) one.audiences.push_back(*word);
  keys.finish();
}

void read_channels(service& one, const yaml::node& channels, yaml::mapping_reader& keys, problems& found) {
  if (!channels.is_sequence()) {
    keys.complain(channels.at, "wrong-type",
                  fmt::format("'channels' must be a list, found {}", yaml::describe(channels)));
    return;
  }
  for (const auto& row : channels.items) {
    auto read = read_channel(row, keys.path(), keys.subject(), found);
    if (!read) continue;
    // Deliveries are told apart by service and channel name, so two alike would swallow each other's messages.
    const auto same = [&](const channel& other) { return other.name == read->name; };
    if (std::any_of(one.channels.begin(), one.channels.end(), same))
      keys.complain(row.at, "duplicate-id",
                    fmt::format("a second channel named '{}'; give each a 'name' of its own", read->name));
    else
      one.channels.push_back(std::move(*read));
  }
  std::stable_partition(one.channels.begin(), one.channels.end(), [](const channel& by) { return !by.fallback; });
  if (!one.channels.empty() && one.channels.front().fallback)
    keys.complain(channels.at, "bad-value",
                  "every channel is a fallback: take 'fallback: true' out of the one to be used first");
}

std::optional<service> read_service(const yaml::node& row, const std::string& path, const reference_data& reference,
                                    problems& found) {
  const auto before = found.size();
  yaml::mapping_reader keys{row, path, "service: ", found};
  const auto id = keys.required_text("id");
  if (id) keys.set_subject(fmt::format("service '{}': ", *id));
  if (id && !is_id(*id))
    keys.complain(row.find("id")->value.at, "bad-value", "an id holds small letters, digits and '-' only");
  service one;
  one.id = service_id{id.value_or("")};
  one.name = keys.required_text("name").value_or("");
  one.path = path;
  read_roles(one, keys);
  if (const auto* takes = keys.optional("takes"); takes != nullptr)
    read_takes(one, *takes, path, keys.subject(), reference, found);
  if (const auto* channels = keys.required("channels"); channels != nullptr) {
    read_channels(one, *channels, keys, found);
    if (channels->is_sequence() && channels->items.empty())
      keys.complain(channels->at, "missing-key", "a service without a channel hears nothing; add one");
  }
  read_ways(one, keys, reference, found);
  keys.finish();
  const auto is_error = [](const problem& p) { return p.how == severity::error; };
  if (std::any_of(found.begin() + static_cast<std::ptrdiff_t>(before), found.end(), is_error)) return {};
  return one;
}

// `groups: {night: [a, b]}`: names under which several services are meant.
void read_groups(const yaml::node& groups, yaml::mapping_reader& keys, loaded_services& out) {
  if (!groups.is_mapping())
    return keys.complain(groups.at, "wrong-type",
                         fmt::format("'groups' must map names to services, found {}", yaml::describe(groups)));
  for (const auto& one : groups.entries) {
    service_group read{one.key, {}, keys.path(), one.value.at};
    const auto add = [&](const yaml::node& item) {
      if (item.is_scalar()) read.members.emplace_back(item.text);
    };
    if (one.value.is_sequence())
      for (const auto& item : one.value.items) add(item);
    else
      add(one.value);
    if (!is_id(read.name))
      keys.complain(one.value.at, "bad-value", "a group's name holds small letters, digits and '-' only");
    else if (read.members.empty())
      keys.complain(one.value.at, "missing-key", fmt::format("group '{}' names no service", read.name));
    else
      out.book.groups.push_back(std::move(read));
  }
}

void read_file(const source_text& file, const reference_data& reference, loaded_services& out) {
  const auto document = yaml::parse(file);
  if (!document) {
    out.found.insert(out.found.end(), document.error().begin(), document.error().end());
    return;
  }
  if (document->is_null()) return; // a file with nothing but comments
  yaml::mapping_reader keys{*document, file.path, "", out.found};
  (void)keys.optional_integer("version", 1, 1);
  if (const auto* turns = keys.optional("rota"); turns != nullptr) {
    auto read = on_call::read_rota(*turns, file.path, reference, out.found);
    if (read && out.book.rota)
      keys.complain(turns->at, "duplicate-id", fmt::format("a rota is already given in {}", out.book.rota->path));
    else if (read)
      out.book.rota = std::make_shared<const on_call::rota>(std::move(*read));
  }
  if (const auto* groups = keys.optional("groups"); groups != nullptr) read_groups(*groups, keys, out);
  const auto* rows = document->find("rota") != nullptr ? keys.optional("services") : keys.required("services");
  keys.finish();
  if (rows == nullptr) return;
  if (!rows->is_sequence()) {
    keys.complain(rows->at, "wrong-type", fmt::format("'services' must be a list, found {}", yaml::describe(*rows)));
    return;
  }
  for (const auto& row : rows->items) {
    auto one = read_service(row, file.path, reference, out.found);
    if (!one) continue;
    if (const auto* other = out.book.find(one->id); other != nullptr)
      keys.complain(row.at, "duplicate-id",
                    fmt::format("service '{}' is already given in {}", one->id.str(), other->path));
    else
      out.book.services.push_back(std::move(*one));
  }
}

void check_names(loaded_services& out) {
  std::vector<std::string> known;
  for (const auto& one : out.book.services) known.push_back(one.id.str());
  for (const auto& group : out.book.groups) {
    for (const auto& id : group.members)
      if (out.book.find(id) == nullptr)
        out.found.push_back(
            {group.path, group.at, severity::error, "bad-value",
             fmt::format("group '{}': no service '{}'{}", group.name, id.str(), suggestion(id.str(), known))});
    if (out.book.find(service_id{group.name}) != nullptr)
      out.found.push_back({group.path, group.at, severity::error, "duplicate-id",
                           fmt::format("'{}' is a service already: give the group another name", group.name)});
  }
  for (const auto& one : out.book.services)
    if (one.confirm)
      for (const auto& id : one.confirm->escalate_to)
        if (out.book.named(id).empty())
          out.found.push_back({one.path,
                               {},
                               severity::error,
                               "bad-value",
                               fmt::format("service '{}': confirm: escalate_to: no service or group '{}'{}",
                                           one.id.str(), id.str(), suggestion(id.str(), known))});
}

// Once all files are read: whoever the rota names must be reachable.
void check_rota(loaded_services& out) {
  if (!out.book.rota) return;
  std::vector<std::string> people;
  for (const auto& one : out.book.services)
    if (one.by_turns) people.push_back(one.id.str());
  for (const auto& [id, at] : out.book.rota->named) {
    const auto* one = out.book.find(id);
    if (one != nullptr && one->by_turns) continue;
    auto wrong = one == nullptr
                     ? fmt::format("no service '{}'{}", id.str(), suggestion(id.str(), people))
                     : fmt::format("service '{}' is no person of the rota: give it 'roles: [rota]'", id.str());
    out.found.push_back({out.book.rota->path, at, severity::error, "unknown-service", "rota: " + std::move(wrong)});
  }
}

// Whoever must hear when something fails needs a way that the failure leaves: one mail server carries every e-mail.
void check_reach(loaded_services& out, const std::string& path) {
  const auto warn = [&](const std::string& where, const char* code, std::string what) {
    out.found.push_back({where, {}, severity::warning, code, std::move(what)});
  };
  std::vector<const channel*> to_operators;
  const bool own = std::any_of(out.book.services.begin(), out.book.services.end(), std::mem_fn(&service::operators));
  for (const auto& one : out.book.services)
    if (own ? one.operators : one.on_call || one.by_turns)
      for (const auto& by : one.channels) to_operators.push_back(&by);
  const auto by_mail = [](const channel* by) { return by->kind == channel_kind::email; };
  if (!to_operators.empty() && std::all_of(to_operators.begin(), to_operators.end(), by_mail))
    warn(path, "mail-alone",
         "operators are told of faults by e-mail alone: when the mail server is down nobody hears of it; give one of "
         "them a webhook, a text message (notify) or a maildir as well");
  for (const auto& one : out.book.services)
    if ((one.on_call || one.by_turns) && one.channels.size() == 1 &&
        one.channels.front().kind != channel_kind::maildir) // a folder of this machine's, as it is shipped
      warn(one.path, "one-channel",
           fmt::format(
               "service '{}' is on call and has one channel: where that fails they hear of nothing; add another, "
               "such as a text message (notify)",
               one.id.str()));
}

} // namespace

const service* service_book::find(const service_id& id) const {
  const auto it = std::find_if(services.begin(), services.end(), [&](const service& s) { return s.id == id; });
  return it == services.end() ? nullptr : &*it;
}

std::vector<const service*> service_book::named(const service_id& id) const {
  if (const auto* one = find(id)) return {one};
  std::vector<const service*> out;
  for (const auto& group : groups)
    if (group.name == id.str())
      for (const auto& member : group.members)
        if (const auto* one = find(member)) out.push_back(one);
  return out;
}

loaded_services load_services(const std::vector<source_text>& files, const reference_data& reference) {
  loaded_services out;
  for (const auto& file : files) read_file(file, reference, out);
  const auto any = [&](bool service::*role) {
    return std::any_of(out.book.services.begin(), out.book.services.end(), [&](const service& s) { return s.*role; });
  };
  const std::string path = files.empty() ? "services.d" : files.front().path;
  check_rota(out);
  check_names(out);
  if (!any(&service::on_call) && !out.book.rota && !has_errors(out.found))
    out.found.push_back(
        {path,
         {},
         severity::warning,
         "no-on-call",
         "no service has the role on_call, and there is no rota: nobody would hear of a signal; add 'roles: [on_call]' "
         "to one"});
  if (!any(&service::duty_desk) && !has_errors(out.found))
    out.found.push_back({path,
                         {},
                         severity::warning,
                         "no-duty-desk",
                         "no service has the role duty_desk: alerts of automatic rules would reach nobody"});
  if (!has_errors(out.found)) check_reach(out, path);
  return out;
}

} // namespace forewarn::alerting
