// SPDX-License-Identifier: Apache-2.0
// GET of reports as HTML, CSV and JSON; lessons; figures that people enter.
#include "daemon/audit/note.hpp"
#include "daemon/http/deciding.hpp"
#include "daemon/http/paging.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/panel/fields.hpp"
#include "daemon/reporting/register.hpp"
#include "daemon/reporting/reports.hpp"
#include "daemon/waiting.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::http {
namespace {

namespace json = boost::json;

std::string word_of(const head& asked, const char* key) {
  const auto it = asked.query.find(key);
  return it == asked.query.end() ? std::string{} : it->second;
}

// The query as a wish; the error is the answer.
result<reporting::wish, response> read_wish(const head& asked, const std::string& name) {
  const auto kind = from_text<reporting::report_kind>(name);
  if (!kind)
    return failure(problem(
        404, "not-found",
        fmt::format("there is no report '{}'; there is {}", name, join_or(all_spellings<reporting::report_kind>()))));
  reporting::wish out;
  out.kind = *kind;
  for (const auto* key : {"month", "quarter", "week"})
    if (const auto text = word_of(asked, key); !text.empty()) out.when = text;
  out.first_day = word_of(asked, "from");
  out.last_day = word_of(asked, "to");
  if (const auto of = word_of(asked, "kind"); !of.empty()) out.of = kind_id{of};
  if (const auto readers = word_of(asked, "audience"); !readers.empty()) {
    out.readers = from_text<audience>(readers);
    if (!out.readers)
      return failure(
          problem(400, "bad-value", fmt::format("'audience' must be {}", join_or(all_spellings<audience>()))));
  }
  return out;
}

response as_asked(const reporting::document& made, const std::string& format, const std::string& table) {
  if (format.empty() || format == "html") return {200, "text/html; charset=utf-8", reporting::as_html(made), {}};
  if (format == "json") return ok(reporting::as_json(made));
  if (format != "csv") return problem(400, "bad-value", "'format' must be html, csv or json");
  const auto* one = reporting::table_named(made, table);
  if (one == nullptr)
    return problem(400, "bad-value", fmt::format("'table' must be {}", join_or(reporting::table_names(made))));
  return {200, "text/csv; charset=utf-8; header=present", reporting::as_csv(*one->shown), {}};
}

reporting::indicator_book indicators_of(const configuration& all) {
  return reporting::indicators_among(all.sources, *all.reference);
}

struct answered {
  response said;
  std::string persons; // the report whose pseudonyms it shows; empty: none
};

// What the alert process works with, from what is in force, for looking alone.
alerting::setup setup_of(const configuration& all) {
  alerting::setup out;
  out.rules = all.rules;
  out.services = all.services;
  out.words = all.words;
  out.reference_prefix = all.settings.reference_prefix;
  out.panel = all.panel;
  return out;
}

} // namespace

boost::asio::awaitable<response> show_figures(const api_parts& parts, request asked, words at) {
  const auto want = read_wish(asked.head, at.front());
  if (!want) co_return want.error();
  const auto now = parts.current.load();
  const auto when = parts.time.now();
  const auto format = word_of(asked.head, "format");
  const auto table = word_of(asked.head, "table");
  auto answer = co_await on_pool(parts.workers, [&parts, w = *want, now, when, format, table] {
    return parts.readers.with([&](const store_reader& stored) {
      const auto with = setup_of(now->all);
      const auto made = reporting::make(w, indicators_of(now->all), {stored, with, when});
      if (!made) return answered{problem(400, "bad-value", made.error()), {}};
      return answered{as_asked(*made, format, table),
                      reporting::shows_persons(*made) ? made->title + ", " + made->covers : std::string{}};
    });
  });
  if (answer.persons.empty() || answer.said.status != 200) co_return std::move(answer.said);
  auto who = word_of(asked.head, "who");
  if (who.empty()) who = "whoever holds the API token";
  auto noted = co_await committed(parts.state, [who, about = answer.persons](desk_view& view) {
    audit::note(view.ledger, view.now, {who, "read.pseudonyms", {about}, "by GET /v1/figures/callouts", {}});
  });
  if (noted.full || noted.error)
    co_return problem(503, "not-saved", "who reads pseudonyms could not be written down, so they are not shown");
  co_return std::move(answer.said);
}

boost::asio::awaitable<response> list_lessons(const api_parts& parts, request asked, words) {
  const auto open = word_of(asked.head, "open");
  const bool open_only = !open.empty() && open != "0" && open != "false";
  co_return co_await from_store(parts, [open_only](const store_reader& stored) {
    json::array out;
    for (const auto& one : panel::of(stored).lessons())
      if (!open_only || !one.done_at) out.push_back(panel::as_json(one));
    std::reverse(out.begin(), out.end());
    return ok({{"items", std::move(out)}, {"next", nullptr}});
  });
}

boost::asio::awaitable<response> add_lesson(const api_parts& parts, request asked, words) {
  auto said = read_step(asked);
  if (!said) co_return said.error();
  auto step = std::make_shared<const person_step>(std::move(*said));
  co_return co_await decided(parts, [step](desk_view& view) {
    reporting::lesson_wish what;
    std::string wrong;
    panel::detail::reader in{step->body, wrong};
    in("lesson", what.text), in("owner", what.owner), in("due", what.due), in("about", what.about);
    if (!wrong.empty()) return problem(400, "bad-value", wrong);
    const auto came = reporting::add_lesson(what, step->by.who, view.process.in_force(), view.ledger, view.now);
    return came ? ok(panel::as_json(*came)) : problem(409, "refused", came.error());
  });
}

boost::asio::awaitable<response> finish_lesson(const api_parts& parts, request asked, words at) {
  auto said = read_step(asked);
  if (!said) co_return said.error();
  auto step = std::make_shared<const person_step>(std::move(*said));
  co_return co_await decided(parts, [step, ref = panel::lesson_ref{at.front()}](desk_view& view) {
    const auto came = reporting::finish_lesson(ref, step->by, view.ledger, view.now);
    return came ? ok(panel::as_json(*came)) : problem(409, "refused", came.error());
  });
}

boost::asio::awaitable<response> enter_figure(const api_parts& parts, request asked, words at) {
  auto said = read_step(asked);
  if (!said) co_return said.error();
  auto step = std::make_shared<const person_step>(std::move(*said));
  const auto now = parts.current.load();
  co_return co_await decided(parts, [step, now, id = at.front()](desk_view& view) {
    reporting::figure_wish what;
    what.indicator = id;
    what.note = step->by.reason;
    std::string wrong;
    panel::detail::reader in{step->body, wrong};
    in("month", what.month);
    if (const auto* value = step->body.if_contains("value"); value != nullptr && value->is_number())
      what.value = fmt::format("{}", value->to_number<double>());
    else
      in("value", what.value);
    if (!wrong.empty()) return problem(400, "bad-value", wrong);
    const auto came = reporting::enter_figure(what, step->by.who, indicators_of(now->all), view.process.in_force(),
                                              view.ledger, view.now);
    return came ? ok(panel::as_json(*came)) : problem(409, "refused", came.error());
  });
}

} // namespace forewarn::http
