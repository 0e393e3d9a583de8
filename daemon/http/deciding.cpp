// SPDX-License-Identifier: Apache-2.0
// POST by people: each step of the alert process. Every change names a person and a reason; `If-Match` with the
// version one has seen keeps two people from deciding over each other.
#include "daemon/http/deciding.hpp"
#include "daemon/alerting/process.hpp"
#include "daemon/delivery/replay.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/http/views.hpp"
#include "daemon/waiting.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace forewarn::http {
namespace {

namespace json = boost::json;

struct wish {
  alerting::decision by;
  std::string version;          // that the person has seen; empty: not asked
  std::optional<instant> since; // of a replay
  std::optional<delivery_state> only;
  std::string what, until; // of a mute
};

// What a replay asks beyond who and why; the refusal where it cannot be read.
std::optional<response> read_replay(const json::object& body, wish& out) {
  const auto since = text_of(body, "since");
  const auto state = text_of(body, "state");
  for (const auto* one : {&since, &state})
    if (!*one) return one->error();
  if (!since->empty()) {
    out.since = parse_rfc3339(*since);
    if (!out.since) return problem(400, "bad-time", "'since' must be a time such as 2026-03-01T12:00:00Z");
  }
  if (!state->empty()) {
    out.only = from_text<delivery_state>(*state);
    if (!out.only || out.only == delivery_state::due || out.only == delivery_state::in_digest)
      return problem(400, "bad-value", "'state' must be delivered, dead or disabled");
  }
  return {};
}

result<wish, response> read_wish(const request& asked) {
  const auto said = read_step(asked);
  if (!said) return failure(said.error());
  const auto& body = said->body;
  wish out;
  const auto what = text_of(body, "what");
  const auto until = text_of(body, "until");
  for (const auto* one : {&what, &until})
    if (!*one) return failure(one->error());
  out.by = said->by;
  out.what = *what;
  out.until = *until;
  if (auto wrong = read_replay(body, out)) return failure(std::move(*wrong));
  out.version = said->version;
  return out;
}

response no_service(const service_id& id) {
  return problem(404, "not-found",
                 fmt::format("there is no service '{}'; `forewarn services list` shows all", id.str()));
}

// A step on an assessment: known, unchanged since the person looked, then `act`.
template <class Act>
boost::asio::awaitable<response> on_assessment(const api_parts& parts, request asked, words at, Act act) {
  const auto want = read_wish(asked);
  if (!want) co_return want.error();
  const assessment_ref ref{at.front()};
  co_return co_await decided(parts, [want = *want, ref, act](desk_view& view_of) {
    const auto before = view_of.ledger.assessment_by_ref(ref);
    if (!before) return problem(404, "not-found", fmt::format("there is no assessment '{}'", ref.str()));
    if (has_changed(want.version, before->version)) return changed_meanwhile(ref.str());
    return act(view_of, ref, want);
  });
}

template <class Done> response answer(const Done& done) {
  return done ? ok(view(*done)) : problem(409, "refused", done.error());
}

} // namespace

boost::asio::awaitable<response> acknowledge(const api_parts& parts, request asked, words at) {
  return on_assessment(parts, std::move(asked), std::move(at),
                       [](desk_view& v, const assessment_ref& ref, const wish& want) {
                         return answer(v.process.acknowledge(ref, want.by, v.ledger, v.now));
                       });
}

boost::asio::awaitable<response> dismiss(const api_parts& parts, request asked, words at) {
  return on_assessment(parts, std::move(asked), std::move(at),
                       [](desk_view& v, const assessment_ref& ref, const wish& want) {
                         return answer(v.process.dismiss(ref, want.by, v.ledger, v.now));
                       });
}

boost::asio::awaitable<response> stop_alert(const api_parts& parts, request asked, words at) {
  const auto want = read_wish(asked);
  if (!want) co_return want.error();
  const alert_ref ref{at.front()};
  co_return co_await decided(parts, [want = *want, ref](desk_view& v) {
    const auto before = v.ledger.alert_by_ref(ref);
    if (!before) return problem(404, "not-found", fmt::format("there is no alert '{}'", ref.str()));
    if (has_changed(want.version, before->version)) return changed_meanwhile(ref.str());
    return answer(v.process.stop(ref, want.by, v.ledger, v.now));
  });
}

boost::asio::awaitable<response> have_read(const api_parts& parts, request asked, words) {
  const auto want = read_wish(asked);
  if (!want) co_return want.error();
  if (want->what.empty())
    co_return problem(400, "what-missing", "'what' must name the signal, assessment or alert that was read");
  co_return co_await decided(parts, [want = *want](desk_view& v) {
    if (const auto wrong = v.process.have_read(want.what, want.by, v.ledger, v.now))
      return problem(409, "refused", *wrong);
    return ok({{"read", want.what}, {"by", want.by.who}});
  });
}

boost::asio::awaitable<response> replay_delivery(const api_parts& parts, request asked, words at) {
  const auto want = read_wish(asked);
  if (!want) co_return want.error();
  const message_id id{at.front()};
  co_return co_await decided(parts, [want = *want, id](desk_view& v) {
    if (!v.ledger.delivery_by_id(id))
      return problem(404, "not-found", fmt::format("there is no delivery '{}'", id.str()));
    const auto row = outbox::replay(id, want.by, v.ledger, v.now);
    if (!row) return problem(409, "refused", row.error());
    return ok({{"service", row->service.str()}, {"again", 1}, {"waiting", 0}});
  });
}

boost::asio::awaitable<response> replay_service(const api_parts& parts, request asked, words at) {
  const auto want = read_wish(asked);
  if (!want) co_return want.error();
  if (!want->since)
    co_return problem(400, "since-missing", "'since' must say from when on, such as 2026-03-01T12:00:00Z");
  const service_id to{at.front()};
  if (parts.current.load()->all.services->find(to) == nullptr) co_return no_service(to);
  co_return co_await decided(parts, [want = *want, to](desk_view& v) {
    const auto done = outbox::replay({to, *want.since, want.only}, want.by, v.ledger, v.now);
    return ok({{"service", to.str()}, {"again", done.again}, {"waiting", done.waiting}});
  });
}

boost::asio::awaitable<response> test_service(const api_parts& parts, request asked, words at) {
  const auto want = read_wish(asked);
  if (!want) co_return want.error();
  const service_id to{at.front()};
  if (parts.current.load()->all.services->find(to) == nullptr) co_return no_service(to);
  co_return co_await decided(parts, [want = *want, to](desk_view& v) {
    const auto sent = v.process.send_test(to, want.by, v.ledger, v.now);
    if (!sent) return problem(409, "refused", sent.error());
    return ok({{"service", to.str()}, {"messages", *sent}});
  });
}

boost::asio::awaitable<response> set_mute(const api_parts& parts, request asked, words) {
  const auto want = read_wish(asked);
  if (!want) co_return want.error();
  if (want->what.empty())
    co_return problem(400, "what-missing",
                      "'what' must name a rule, a site, a series such as ward=Armley, or a signal");
  if (want->until.empty())
    co_return problem(400, "until-missing", "'until' must say when it ends, such as 2026-03-02T08:00:00Z or 12h");
  co_return co_await decided(parts, [want = *want](desk_view& v) {
    return answer(v.process.mute(want.what, want.until, want.by, v.ledger, v.now));
  });
}

boost::asio::awaitable<response> end_mute(const api_parts& parts, request asked, words at) {
  const auto want = read_wish(asked);
  if (!want) co_return want.error();
  co_return co_await decided(parts, [want = *want, ref = at.front()](desk_view& v) {
    return answer(v.process.end_mute(ref, want.by, v.ledger, v.now));
  });
}

} // namespace forewarn::http
