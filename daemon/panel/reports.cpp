// SPDX-License-Identifier: Apache-2.0
#include "daemon/panel/reports.hpp"

#include "daemon/audit/note.hpp"
#include "daemon/panel/clocks.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::panel {
namespace {

using alerting::setup;

constexpr std::size_t longest_title = 160;
constexpr std::size_t longest_text = 10'000;
constexpr duration ahead = std::chrono::minutes{10};

result<void, std::string> look_up(report& one, const reference_data& reference) {
  for (auto& id : one.substances) {
    const auto known = reference.substances.named(id.str());
    if (!known)
      return failure(
          fmt::format("no substance '{}'{}", id.str(), suggestion(id.str(), reference.substances.all_words())));
    id = reference.substances.row(*known).id;
  }
  for (auto& code : one.areas) {
    const auto known = reference.areas.named(code.str());
    if (known.empty())
      return failure(fmt::format("no area '{}'{}", code.str(), suggestion(code.str(), reference.areas.all_words())));
    if (known.size() > 1) return failure(fmt::format("'{}' is the name of several areas: give a code", code.str()));
    code = reference.areas.row(known.front()).code;
  }
  if (!one.site) return {};
  const auto wanted = site_key(one.site->str());
  for (const auto& site : reference.sites)
    if (site_key(site.id.str()) == wanted || site_key(site.name) == wanted) {
      one.site = site.id;
      return {};
    }
  return failure(fmt::format("no site '{}'; sites/ holds those that are known", one.site->str()));
}

std::optional<std::string> what_is_wrong(const report& one, const std::string& who, instant now) {
  if (auto wrong = alerting::not_a_decision({who, "-"})) return wrong;
  if (trim(one.title).empty()) return "say in one line what it is about (title)";
  if (utf8_length(one.title) > longest_title)
    return fmt::format("the title is longer than {} characters", longest_title);
  if (std::any_of(one.title.begin(), one.title.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }))
    return "the title is one line: no line breaks or control characters";
  if (one.text.size() > longest_text) return fmt::format("the text is longer than {} bytes", longest_text);
  for (const auto* text : {&one.title, &one.text, &one.source, &one.contact, &one.organisation, &one.conditions})
    if (!is_valid_utf8(*text)) return "the report must be UTF-8 text";
  if (one.occurred_at && *one.occurred_at > now + ahead) return "what it tells of lies in the future: check the time";
  if (one.kind == report_kind::alert && one.from == origin::local)
    return "an alert from elsewhere names where it is from: natpsa, ohid, neighbour or other";
  return {};
}

// Mailed in twice, or entered by two people.
std::optional<report> came_before(const report& one, const ledger_reader& stored) {
  if (one.kind != report_kind::alert || one.outside_ref.empty()) return {};
  for (auto& other : stored.reports(false, {.limit = 10'000}))
    if (other.kind == one.kind && other.from == one.from && other.outside_ref == one.outside_ref &&
        other.title == one.title && other.text == one.text && other.status == one.status)
      return std::move(other);
  return {};
}

std::string shown_title(const report& one) {
  if (one.may_be_shared == handling::with_conditions)
    return fmt::format("Report {} (handling conditions apply)", one.ref.str());
  return one.kind == report_kind::alert ? "From elsewhere: " + one.title : "Report: " + one.title;
}

assessment open_assessment(const report& one, const setup& with, store& ledger, instant now) {
  assessment work;
  work.ref = assessment_ref{alerting::next_reference("A", with.reference(), ledger, now)};
  work.level = one.risk_to_life ? level::red : one.level;
  work.headline = shown_title(one);
  work.received_at = now;
  ledger.save(work);
  case_file file;
  file.assessment = work.ref;
  file.report = one.ref;
  file.status = one.status;
  file.risk_to_life = one.risk_to_life;
  file.criteria = one.criteria;
  of(ledger).save(file);
  return work;
}

void tell_on_call(const report& one, const assessment& work, instant due, const setup& with, store& ledger,
                  instant now) {
  std::string text = work.headline + "\n\n";
  if (one.risk_to_life) text += "The reporter says that life is at risk.\n\n";
  if (!one.like.empty()) text += fmt::format("It resembles {}.\n\n", join_and(one.like));
  text += fmt::format("The panel's answer is due by {}.\n\nSee it: forewarn reports show {}\nWork on it: forewarn "
                      "assessments show {}",
                      with.reference().local_zone.format(due), one.ref.str(), work.ref.str());
  tell({"report.received", "report.received|" + one.ref.str(),
        fmt::format("{}{}", one.risk_to_life ? "RISK TO LIFE: " : "", work.headline), text, one.ref.str(), work.level,
        one.status, false},
       with, ledger, now);
}

std::vector<std::string> references_like(const report& one, const setup& with, const store_reader& ledger) {
  auto words = one.title + ' ' + one.outside_ref;
  for (const auto& id : one.substances) words += ' ' + with.reference().substances.name_of(id);
  std::vector<std::string> out;
  for (const auto& hit : like(words, ledger))
    if (out.size() < 5) out.push_back(hit.ref);
  return out;
}

result<report, std::string> known(const report_ref& ref, const std::string& who, const store_reader& ledger) {
  if (auto wrong = alerting::not_a_decision({who, "-"})) return failure(std::move(*wrong));
  auto one = of(ledger).report_by_ref(ref);
  if (!one) return failure(fmt::format("no report '{}'; `forewarn reports list --all` shows all", ref.str()));
  return std::move(*one);
}

std::vector<std::string> subjects_of(const report& one) {
  std::vector<std::string> out{one.ref.str()};
  if (one.assessment) out.push_back(one.assessment->str());
  return out;
}

} // namespace

result<report, std::string> enter(report what, const std::string& who, const setup& with, store& ledger, instant now) {
  if (auto wrong = what_is_wrong(what, who, now)) return failure(std::move(*wrong));
  if (auto looked = look_up(what, with.reference()); !looked) return failure(looked.error());
  if (auto before = came_before(what, of(ledger))) return std::move(*before);
  what.title = std::string{trim(what.title)};
  what.entered_by = std::string{trim(who)};
  what.received_at = now;
  what.version = 1;
  what.state = report_state::received;
  what.replied_at.reset();
  what.replied_by.clear();
  what.reply.clear();
  what.later.clear();
  what.like = references_like(what, with, ledger);
  what.ref = report_ref{alerting::next_reference("R", with.reference(), ledger, now)};
  const auto work = open_assessment(what, with, ledger, now);
  what.assessment = work.ref;
  of(ledger).save(what);
  const auto due = assessment_due(now, what.risk_to_life, with);
  start(clock_kind::assess, work.ref.str(), due, ledger, now);
  if (!what.contact.empty()) start(clock_kind::reply, what.ref.str(), reply_due(now, with), ledger, now);
  tell_on_call(what, work, due, with, ledger, now);
  audit::note(ledger, now,
              {who,
               "report.entered",
               subjects_of(what),
               {},
               {{"kind", to_text(what.kind)},
                {"handling", to_text(what.may_be_shared)},
                {"status", to_text(what.status)},
                {"risk_to_life", what.risk_to_life}}});
  return what;
}

result<report, std::string> add_to(const report_ref& ref, const std::string& text, const std::string& who,
                                   const setup& with, store& ledger, instant now) {
  auto one = known(ref, who, ledger);
  if (!one) return one;
  if (trim(text).empty() || text.size() > longest_text || !is_valid_utf8(text))
    return failure(fmt::format("say what is new, in UTF-8 and at most {} bytes", longest_text));
  one->later.push_back({now, std::string{trim(who)}, text});
  ++one->version;
  of(ledger).save(*one);
  tell({"report.added_to", fmt::format("report.added_to|{} v{}", ref.str(), one->version),
        fmt::format("More was said to report {}", ref.str()),
        fmt::format("{}\n\nSee it: forewarn reports show {}", shown_title(*one), ref.str()), ref.str(), one->level,
        one->status, false},
       with, ledger, now);
  audit::note(ledger, now, {who, "report.added_to", subjects_of(*one), {}, {{"version", one->version}}});
  return one;
}

result<report, std::string> reply(const report_ref& ref, const std::string& text, const std::string& who, store& ledger,
                                  instant now) {
  auto one = known(ref, who, ledger);
  if (!one) return one;
  if (trim(text).empty()) return failure(std::string{"say what the reporter was told"});
  one->replied_at = now;
  one->replied_by = std::string{trim(who)};
  one->reply = text;
  ++one->version;
  of(ledger).save(*one);
  of(ledger).stop_clock(clock_kind::reply, ref.str());
  audit::note(ledger, now, {who, "report.replied", subjects_of(*one), {}, {}});
  return one;
}

result<report, std::string> read(const report_ref& ref, const alerting::decision& by, store& ledger, instant now) {
  if (auto wrong = alerting::not_a_decision(by)) return failure(std::move(*wrong));
  auto one = known(ref, by.who, ledger);
  if (one) audit::note(ledger, now, {by.who, "report.read", subjects_of(*one), by.reason, {}});
  return one;
}

report without_confidences(report one) {
  one.source.clear();
  one.contact.clear();
  if (one.may_be_shared == handling::permitted) return one;
  one.title = shown_title(one);
  one.text.clear();
  one.organisation.clear();
  one.conditions.clear();
  one.reply.clear();
  one.later.clear();
  one.site.reset();
  return one;
}

observation observed(const report& one, const reference_data& reference) {
  observation out;
  out.key = {feed_id{"reports"}, record_id{one.ref.str()}};
  out.kind = kind_id{"report"};
  out.occurred_at = one.occurred_at.value_or(one.received_at);
  out.substances = one.substances;
  std::sort(out.substances.begin(), out.substances.end());
  out.substances.erase(std::unique(out.substances.begin(), out.substances.end()), out.substances.end());
  out.site = one.site;
  out.certainty = certainty::unconfirmed;
  for (const auto& code : one.areas) {
    const auto index = reference.areas.find(code);
    if (!index) continue;
    switch (reference.areas.row(*index).level) {
    case area_level::ward: out.ward = code; break;
    case area_level::msoa: out.msoa = code; break;
    case area_level::lsoa: out.lsoa = code; break;
    case area_level::lad: out.lad = code; break;
    case area_level::nation:
    case area_level::region:
    case area_level::county:
    case area_level::place: out.area = code; break;
    }
  }
  return out;
}

} // namespace forewarn::panel
