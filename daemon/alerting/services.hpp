// SPDX-License-Identifier: Apache-2.0
// Who receives what: the services of services.d/, their channels, and what each takes.
#pragma once

#include "forewarn/alert.hpp"
#include "forewarn/delivery.hpp"
#include "forewarn/problem.hpp"
#include "forewarn/reference.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::on_call {
struct rota; // daemon/rota/rota.hpp
}

namespace forewarn::alerting {

struct channel {
  std::string name;
  channel_kind kind = channel_kind::webhook;
  std::string url; // webhook
  std::vector<std::string>
      secret_files;             // webhook: signing keys, newest first; notify: its API key; or "credential:NAME"
  std::string ca_file;          // webhook, notify: trust only this authority; empty = the system's
  bool private_address = false; // webhook, notify: loopback, private, link-local addresses are allowed
  std::vector<std::string> to;  // email, maildir, notify by e-mail: addresses; notify by text: numbers
  std::string folder;           // maildir
  std::string template_id;      // notify
  bool text_message = false;    // notify: to telephones
  bool fallback = false;        // used only where the others of the service did not reach it
};

// Within so long a person of the service says that they have an alert, or others hear that nobody did.
struct confirmation_wish {
  duration within{};
  level from_level = level::info;
  std::vector<service_id> escalate_to; // told besides on-call the second time; none: operators
};

// When a service reads what is not red. Outside, it waits.
struct opening_hours {
  zone local = zone::utc();
  std::vector<unsigned> days; // 0 = Monday
  duration from{}, to{};      // since local midnight; from < to
};
// `now` itself where it is open then.
[[nodiscard]] instant next_opening(const opening_hours& hours, instant now);

struct service {
  service_id id;
  std::string name;
  bool on_call = false;          // hears of signals at once
  bool operators = false;        // hears of the daemon's own faults
  bool duty_desk = false;        // takes automatic, information-only alerts
  bool by_turns = false;         // a person of the rota: hears what on-call hears, while on duty; takes no alerts
  bool exercise = false;         // takes exercise and test alerts, and never a real message
  std::vector<channel> channels; // the fallbacks last, in the order in which they are used
  duration fallback_after = std::chrono::minutes{15};
  std::optional<confirmation_wish> confirm;
  std::optional<opening_hours> hours;
  // What it takes; an empty list takes everything.
  std::vector<area_code> areas;
  std::vector<substance_id> substances;
  std::vector<kind_id> kinds;
  level least_level = level::info;
  std::vector<audience> audiences; // empty: everything up to `services`, never people_who_use_drugs or public
  std::string path;
};

// A name under which several services are meant.
struct service_group {
  std::string name;
  std::vector<service_id> members;
  std::string path;
  location at;
};

struct service_book {
  std::vector<service> services;
  std::vector<service_group> groups;
  std::shared_ptr<const on_call::rota> rota; // null: every service with the role on_call hears, at all hours
  [[nodiscard]] const service* find(const service_id& id) const;
  // The service, or those of the group; empty where there is neither.
  [[nodiscard]] std::vector<const service*> named(const service_id& id) const;
};

struct loaded_services {
  service_book book;
  problems found;
};
[[nodiscard]] loaded_services load_services(const std::vector<source_text>& files, const reference_data& reference);

// One line of "who would get it, and why".
struct routed {
  const service* to = nullptr;
  std::string why;
};

struct topic {
  level how = level::amber;
  audience to = audience::professionals;
  std::vector<area_code> areas; // where; matches a service's areas and everything below them
  std::vector<substance_id> substances;
  std::vector<kind_id> kinds; // of the records behind it
  bool automatic = false;     // only services marked duty_desk
};
[[nodiscard]] std::vector<routed> route(const service_book& book, const topic& about, const reference_data& reference);

} // namespace forewarn::alerting
