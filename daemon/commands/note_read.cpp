// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/note_read.hpp"

#include "daemon/audit/note.hpp"
#include "daemon/commands/client.hpp"
#include "daemon/commands/own_desk.hpp"

#include <boost/json.hpp>

#include <iostream>

namespace forewarn::commands {
namespace {

bool by_daemon(const context& shared, const std::string& what, const std::string& about, const std::string& reason) {
  const boost::json::object body{{"who", shared.who}, {"reason", reason}, {"what", what}, {"about", about}};
  return ask_or_complain(shared, {"POST", "/v1/reads", boost::json::serialize(body), "application/json"}).has_value();
}

} // namespace

bool note_read(const context& shared, const std::string& what, const std::string& about, const std::string& reason) {
  if (shared.who.empty()) {
    std::cerr << "forewarn: say who reads it: --who NAME\n";
    return false;
  }
  if (daemon_runs(shared)) return by_daemon(shared, what, about, reason);
  const auto all = load_configuration(shared.config_dir, load_for::run);
  if (!all.usable()) {
    std::cerr << render(all.found, all.sources);
    return false;
  }
  const auto into = own_desk::open(all);
  if (!into) {
    std::cerr << "forewarn: " << into.error() << '\n';
    return false;
  }
  (*into)->run([&](desk_view& at) {
    audit::note(at.ledger, at.now, {shared.who, "read." + what, {about}, reason, {}});
  });
  return true;
}

} // namespace forewarn::commands
