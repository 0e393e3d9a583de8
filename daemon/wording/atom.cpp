// SPDX-License-Identifier: Apache-2.0
#include "daemon/wording/atom.hpp"

#include "daemon/alerting/alert_view.hpp"
#include "daemon/wording/xml_text.hpp"
#include "forewarn/text.hpp"

#include <fmt/format.h>

namespace forewarn::wording {
namespace {

constexpr const char* atom_space = "http://www.w3.org/2005/Atom";

instant updated_at(const alert& one) {
  return one.issued_at.value_or(one.created_at);
}

// RFC 4151: the host and the year of the alert's own reference, so that it stays whatever is renamed later.
std::string id_of(const publisher& by, std::string_view what, instant at) {
  const auto host = by.sender.substr(by.sender.rfind('@') + 1);
  return fmt::format("tag:{},{}:{}", host, format_rfc3339(at).substr(0, 4), what);
}

std::string state_words(const alert& one) {
  if (one.state == alert_state::stood_down) return "Stood down: ";
  if (one.state == alert_state::retracted) return "RETRACTED: ";
  return {};
}

void add_link(pugi::xml_node& to, const char* relation, const char* type, const std::string& where) {
  auto link = to.append_child("link");
  link.append_attribute("rel") = relation;
  link.append_attribute("type") = type;
  link.append_attribute("href") = where.c_str();
}

void add_category(pugi::xml_node& to, std::string_view term) {
  to.append_child("category").append_attribute("term") = std::string{term}.c_str();
}

void add_entry(pugi::xml_node& feed, const alert& one, const publisher& by, const reference_data& reference) {
  auto entry = feed.append_child("entry");
  add(entry, "id", id_of(by, "alert/" + one.ref.str(), one.created_at));
  add(entry, "title", fmt::format("{}{}{}", alerting::mark_of(one.status), state_words(one), one.content.headline));
  add(entry, "updated", xml_time(updated_at(one), reference.local_zone));
  add(entry, "published", xml_time(one.created_at, reference.local_zone));
  add_link(entry, "alternate", "application/cap+xml", fmt::format("/v1/alerts/{}.cap.xml", one.ref.str()));
  add_category(entry, to_text(one.level));
  add_category(entry, to_text(one.outcome));
  add_category(entry, to_text(one.status));
  const auto& content = one.content;
  add(entry, "summary",
      fmt::format("{}, version {}. Drug of concern: {} ({}). {} For {}.", one.ref.str(), one.version,
                  content.drugs.empty() ? "not confirmed" : join(content.drugs, ", "), content.certainty, content.risk,
                  to_text(one.audience)));
}

} // namespace

std::string as_atom(const std::vector<alert>& alerts, const publisher& by, const alerting::word_book& words,
                    const reference_data& reference, instant now) {
  pugi::xml_document document;
  auto declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  auto feed = document.append_child("feed");
  feed.append_attribute("xmlns") = atom_space;
  feed.append_attribute("xml:lang") = "en-GB";
  auto updated = instant{};
  bool any = false;
  for (const auto& one : alerts)
    if (!not_published(one)) {
      updated = std::max(updated, updated_at(one));
      any = true;
    }
  add(feed, "id", id_of(by, "alerts", std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}));
  add(feed, "title", "Drug alerts: " + by.name);
  add(feed, "updated", xml_time(any ? updated : now, reference.local_zone));
  auto author = feed.append_child("author");
  add(author, "name", by.name);
  add_link(feed, "self", "application/atom+xml", "/v1/alerts.atom");
  const auto association = words.blocks.find("association");
  if (association != words.blocks.end()) add(feed, "subtitle", association->second);
  for (const auto& one : alerts)
    if (!not_published(one) && alerting::missing_parts(one.content).empty()) add_entry(feed, one, by, reference);
  return serialized(document);
}

} // namespace forewarn::wording
