// SPDX-License-Identifier: Apache-2.0
// What people decide: acknowledge, issue, dismiss, stop, test. Each names a person and a reason, and each says in plain
// words why it was refused, in which case nothing has changed.
#include "daemon/alerting/outgoing.hpp"
#include "daemon/alerting/paging.hpp"
#include "daemon/audit/note.hpp"
#include "daemon/panel/cases.hpp"
#include "daemon/panel/issuing.hpp"

#include "forewarn/text.hpp"

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

constexpr std::size_t longest_name = 200;
constexpr std::size_t longest_reason = 2'000;

std::vector<std::string> subjects_of(const assessment& work) {
  std::vector<std::string> out{work.ref.str()};
  if (!work.signal.empty()) out.push_back(work.signal.str());
  return out;
}

} // namespace

result<assessment, std::string> undecided(const assessment_ref& ref, const decision& by, const store_reader& ledger,
                                          const reference_data& reference) {
  if (auto wrong = not_a_decision(by)) return failure(std::move(*wrong));
  auto work = ledger.assessment_by_ref(ref);
  if (!work)
    return failure(fmt::format("no assessment '{}'; `forewarn assessments list` shows those that wait", ref.str()));
  if (work->state != assessment_state::received)
    return failure(fmt::format("assessment {} was already {} by {}{}", ref.str(), to_text(work->state),
                               work->decided_by,
                               work->decided_at ? " at " + reference.local_zone.format(*work->decided_at) : ""));
  return std::move(*work);
}

void decide(assessment& work, assessment_state state, const decision& by, instant now) {
  work.state = state;
  work.decided_at = now;
  work.decided_by = trim(by.who);
  work.reason = trim(by.reason);
  ++work.version;
}

std::optional<std::string> not_a_decision(const decision& by) {
  if (trim(by.who).empty())
    return "say who decides: the name of a person (--who NAME on the command line, 'who' in a request)";
  if (trim(by.reason).empty())
    return "say why, in a few words that still make sense next month (--reason TEXT on the command line, 'reason' in a "
           "request)";
  if (by.who.size() > longest_name) return fmt::format("the name is longer than {} bytes", longest_name);
  if (by.reason.size() > longest_reason) return fmt::format("the reason is longer than {} bytes", longest_reason);
  if (!is_valid_utf8(by.who) || !is_valid_utf8(by.reason)) return "the name and the reason must be UTF-8 text";
  return {};
}

result<assessment, std::string> process::acknowledge(const assessment_ref& ref, const decision& by, store& ledger,
                                                     instant now) {
  const auto& reference = parts_->now.reference();
  auto work = undecided(ref, by, ledger, reference);
  if (!work) return work;
  if (work->acknowledged_at)
    return failure(fmt::format("assessment {} was already acknowledged by {} at {}", ref.str(), work->acknowledged_by,
                               reference.local_zone.format(*work->acknowledged_at)));
  note_read(ref.str(), ledger);
  work->acknowledged_at = now;
  work->acknowledged_by = trim(by.who);
  ++work->version;
  ledger.save(*work);
  audit::note(ledger, now, {by.who, "assessment.acknowledged", subjects_of(*work), by.reason, {}});
  return work;
}

result<issue_answer, std::string> process::issue(const assessment_ref& ref, const issue_wish& how, const decision& by,
                                                 store& ledger, instant now) {
  auto came = panel::issue(ref, how, by, parts_->now, ledger, now);
  if (came && came->issued) note_read(ref.str(), ledger);
  return came;
}

result<alert, std::string> process::issue(const assessment_ref& ref, alert_outcome outcome, const decision& by,
                                          store& ledger, instant now) {
  issue_wish how;
  how.outcome = outcome;
  auto came = issue(ref, how, by, ledger, now);
  if (!came) return failure(came.error());
  if (!came->issued) return failure(came->waits);
  return std::move(*came->issued);
}

result<assessment, std::string> process::dismiss(const assessment_ref& ref, const decision& by, store& ledger,
                                                 instant now) {
  auto work = undecided(ref, by, ledger, parts_->now.reference());
  if (!work) return work;
  decide(*work, assessment_state::dismissed, by, now);
  ledger.save(*work);
  note_read(ref.str(), ledger);
  panel::close_case(*work, ledger);
  audit::note(ledger, now, {by.who, "assessment.dismissed", subjects_of(*work), by.reason, {}});
  return work;
}

result<alert, std::string> process::stop(const alert_ref& ref, const decision& by, store& ledger, instant now) {
  if (auto wrong = not_a_decision(by)) return failure(std::move(*wrong));
  auto held = ledger.alert_by_ref(ref);
  if (!held) return failure(fmt::format("no alert '{}'; `forewarn alerts list` shows all", ref.str()));
  if (held->state == alert_state::issued)
    return failure(fmt::format("alert {} already went out at {}: tell those who received it", ref.str(),
                               parts_->now.reference().local_zone.format(held->issued_at.value_or(held->created_at))));
  if (held->state != alert_state::held)
    return failure(fmt::format("alert {} is not held: it is {}", ref.str(), to_text(held->state)));
  // Its time is over, only the clockwork has not come round to it: the person was told it goes out by now.
  if (held->hold_until && *held->hold_until <= now)
    return failure(fmt::format("the hold of alert {} ended at {}: it is going out", ref.str(),
                               parts_->now.reference().local_zone.format(*held->hold_until)));
  held->state = alert_state::stopped;
  held->decided_by = trim(by.who);
  held->reason = trim(by.reason);
  ledger.save(*held);
  audit::note(ledger, now, {by.who, "alert.stopped", {ref.str(), held->signal.str()}, by.reason, {}});
  return std::move(*held);
}

result<std::size_t, std::string> process::send_test(const service_id& to, const decision& by, store& ledger,
                                                    instant now) {
  if (auto wrong = not_a_decision(by)) return failure(std::move(*wrong));
  const auto& with = parts_->now;
  const auto* service = with.services->find(to);
  if (service == nullptr) {
    std::vector<std::string> known;
    for (const auto& one : with.services->services) known.push_back(one.id.str());
    return failure(
        fmt::format("no service '{}'{}; `forewarn services list` shows all", to.str(), suggestion(to.str(), known)));
  }
  const auto drill = render_exercise(service->name, std::string{trim(by.who)}, std::string{trim(by.reason)}, now);
  audit::note(ledger, now, {by.who, "service.tested", {to.str()}, by.reason, {}});
  return send(drill, fmt::format("exercise.test|{}|{}", to.str(), format_rfc3339(now)), {service}, ledger, now);
}

} // namespace forewarn::alerting
