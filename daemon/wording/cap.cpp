// SPDX-License-Identifier: Apache-2.0
#include "daemon/wording/cap.hpp"

#include "daemon/alerting/alert_view.hpp"
#include "daemon/delivery/mail.hpp"
#include "daemon/wording/xml_text.hpp"
#include "forewarn/text.hpp"

#include <fmt/format.h>

namespace forewarn::wording {
namespace {

constexpr const char* cap_space = "urn:oasis:names:tc:emergency:cap:1.2";

// An identifier and a sender hold no spaces, commas and restricted characters (CAP 1.2, 3.2.1).
std::string plain_id(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool fine = static_cast<unsigned char>(c) > ' ' && c != ',' && c != '<' && c != '>' && c != '&' && c != 0x7f;
    out += fine ? c : '-';
  }
  return out;
}

std::string identifier_of(const alert& about) {
  return plain_id(fmt::format("{}.v{}", about.ref.str(), about.version));
}

instant sent_at(const alert& about) {
  return about.issued_at.value_or(about.created_at);
}

bool is_over(const alert& about) {
  return about.state == alert_state::stood_down || about.state == alert_state::retracted;
}

const char* status_of(const alert& about) {
  switch (about.status) {
  case alert_status::actual: return "Actual";
  case alert_status::exercise: return "Exercise";
  case alert_status::test: return "Test";
  }
  return "Test";
}

const char* message_type(const alert& about) {
  if (is_over(about)) return "Cancel";
  return about.version > 1 ? "Update" : "Alert";
}

bool is_public(const alert& about) {
  return about.audience >= audience::people_who_use_drugs;
}

const char* certainty_of(const alert& about) {
  const auto& said = about.content.certainty;
  if (said == "toxicology confirmed") return "Observed";
  if (said == "suspected") return "Possible";
  return "Unknown";
}

// What the reader is to do; nothing is an all-clear because records stopped.
const char* response_of(const alert& about) {
  if (about.state == alert_state::stood_down) return "AllClear";
  if (about.state == alert_state::retracted) return "None";
  return about.outcome == alert_outcome::formal_alert ? "Execute" : "Monitor";
}

struct scale {
  const char* urgency;
  const char* severity;
};
scale scale_of(const alert& about) {
  if (is_over(about)) return {"Past", "Unknown"};
  switch (about.level) {
  case level::red: return {"Immediate", "Severe"};
  case level::amber: return {"Expected", "Moderate"};
  case level::info: break;
  }
  return {"Unknown", "Minor"};
}

std::string description_of(const alert& about, const alerting::word_book& words) {
  const auto& content = about.content;
  auto out = fmt::format("Drug of concern: {}. ", content.drugs.empty() ? "not confirmed" : join(content.drugs, ", "));
  if (!content.sold_as.empty()) out += fmt::format("Sold as: {}. ", join(content.sold_as, ", "));
  out += fmt::format("Certainty: {}. Identified risk: {} Where: {}. When: {}. ", content.certainty, content.risk,
                     content.where, content.when);
  for (const auto& line : content.evidence) out += fmt::format("{}: {}. ", line.source, line.text);
  out += "Data complete to: " +
         (content.data_complete_to.empty() ? std::string{"not known"} : join(content.data_complete_to, ", ")) + ". ";
  const auto association = words.blocks.find("association");
  if (association != words.blocks.end()) out += association->second;
  return out;
}

std::string instruction_of(const alert& about) {
  const auto& content = about.content;
  return fmt::format("{} Naloxone: {} Signs of overdose: {} To reduce harm: {}",
                     is_public(about) ? std::string{} : join(content.actions, " "), content.naloxone,
                     content.overdose_signs, content.harm_reduction);
}

void add_parameter(pugi::xml_node& to, const char* element, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  auto one = to.append_child(element);
  add(one, "valueName", name);
  add(one, "value", value);
}

void add_area(pugi::xml_node& info, const alert& about) {
  auto area = info.append_child("area");
  add(area, "areaDesc", about.content.where);
  for (const auto& code : about.content.areas) add_parameter(area, "geocode", "ONS", code);
}

void add_info(pugi::xml_node& root, const alert& about, const publisher& by, const alerting::word_book& words,
              const zone& local) {
  const auto [urgency, severity] = scale_of(about);
  auto info = root.append_child("info");
  add(info, "language", "en-GB");
  add(info, "category", "Health");
  add(info, "event", "Drug alert");
  add(info, "responseType", response_of(about));
  add(info, "urgency", urgency);
  add(info, "severity", severity);
  add(info, "certainty", certainty_of(about));
  auto readers = std::string{to_text(about.audience)};
  for (char& c : readers)
    if (c == '_') c = ' ';
  add(info, "audience", readers);
  add(info, "effective", xml_time(sent_at(about), local));
  if (about.expires_at) add(info, "expires", xml_time(*about.expires_at, local));
  add(info, "senderName", by.name);
  add(info, "headline", alerting::mark_of(about.status) + about.content.headline);
  add(info, "description", description_of(about, words));
  add(info, "instruction", instruction_of(about));
  add(info, "contact", about.content.report_more);
  add_parameter(info, "parameter", "level", to_text(about.level));
  add_parameter(info, "parameter", "outcome", to_text(about.outcome));
  add_parameter(info, "parameter", "reference", about.ref.str());
  if (about.review_by) add_parameter(info, "parameter", "review-by", xml_time(*about.review_by, local));
  for (const auto& id : about.content.substances) add_parameter(info, "parameter", "substance", id);
  add_area(info, about);
}

// The alert's own earlier message, where this one ends it without being a new version. Of an earlier version the time
// is not known here, and a made-up one would break the thread: its reference stands in the note.
std::string references_of(const alert& about, const publisher& by, const zone& local) {
  if (!is_over(about) || about.version > 1) return {};
  return fmt::format("{},{},{}", by.sender, identifier_of(about), xml_time(sent_at(about), local));
}

std::string note_of(const alert& about) {
  std::string out;
  if (!about.supersedes.empty()) out = fmt::format("Replaces {}. ", about.supersedes);
  if (is_over(about))
    out += fmt::format("{}: {}", about.state == alert_state::retracted ? "Retracted" : "Stood down", about.reason);
  return out;
}

} // namespace

publisher publisher_of(const std::string& mail_from, const alerting::word_book& words) {
  publisher out;
  if (const auto address = outbox::address_of(mail_from); !address.empty()) out.sender = plain_id(address);
  if (const auto issuer = words.blocks.find("issuer"); issuer != words.blocks.end()) out.name = issuer->second;
  return out;
}

std::optional<std::string> not_published(const alert& about) {
  if (about.state == alert_state::held)
    return fmt::format("alert {} waits out its hold: nobody has received it, so it is not published", about.ref.str());
  if (about.state == alert_state::stopped)
    return fmt::format("alert {} was stopped: nobody received it, so it is not published", about.ref.str());
  return {};
}

result<std::string, std::string> as_cap(const alert& about, const publisher& by, const alerting::word_book& words,
                                        const reference_data& reference) {
  if (auto wrong = not_published(about)) return failure(std::move(*wrong));
  if (auto wrong = alerting::what_it_lacks(about)) return failure(std::move(*wrong));
  if (about.ref.empty()) return failure(std::string{"CAP needs an identifier, and the alert has no reference"});
  const auto& local = reference.local_zone;
  pugi::xml_document document;
  auto declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  auto root = document.append_child("alert");
  root.append_attribute("xmlns") = cap_space;
  auto ended = identifier_of(about);
  if (is_over(about) && about.version == 1) ended += ".ended"; // every message has an identifier of its own
  add(root, "identifier", ended);
  add(root, "sender", by.sender);
  add(root, "sent", xml_time(sent_at(about), local));
  add(root, "status", status_of(about));
  add(root, "msgType", message_type(about));
  add(root, "source", about.content.source);
  add(root, "scope", is_public(about) ? "Public" : "Restricted");
  if (!is_public(about))
    add(root, "restriction",
        fmt::format("For {} only. Do not pass on to people who use drugs or the public.", to_text(about.audience)));
  add(root, "note", note_of(about));
  add(root, "references", references_of(about, by, local));
  add_info(root, about, by, words, local);
  return serialized(document);
}

} // namespace forewarn::wording
