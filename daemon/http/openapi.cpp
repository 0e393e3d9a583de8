// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/openapi.hpp"

namespace forewarn::http {

const std::string_view openapi_document = R"(openapi: 3.0.3
info:
  title: Forewarn
  version: )" FOREWARN_VERSION R"(
  description: >
    Records in, signals, assessments, alerts and deliveries out. Errors are RFC 9457 problem+json with a stable `code`.
    Times are RFC 3339 UTC. Lists go from newest to oldest; `next` of one page is `after` of the following one.
components:
  securitySchemes:
    feed: {type: http, scheme: bearer, description: the token of one feed}
    owner: {type: http, scheme: bearer, description: the token of api_token_file; not needed on the local socket}
  parameters:
    after: {name: after, in: query, schema: {type: string}, description: "`next` of the page before"}
    limit: {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 1000, default: 100}}
    open: {name: open, in: query, schema: {type: boolean}, description: only what is open}
    id: {name: id, in: path, required: true, schema: {type: string}}
  schemas:
    problem:
      type: object
      properties: {type: {type: string}, title: {type: string}, status: {type: integer}, code: {type: string}, detail: {type: string}}
    decision:
      type: object
      required: [who]
      properties: {who: {type: string}, reason: {type: string}, outcome: {type: string, enum: [formal_alert, information_only]}, level: {type: string, enum: [info, amber, red]}, audience: {type: string}, advice: {type: string}, content: {type: object}, break_glass: {type: boolean}, version: {type: integer}}
    said:
      type: object
      required: [who, text]
      properties: {who: {type: string}, text: {type: string}}
    report:
      type: object
      required: [who, title]
      properties: {who: {type: string}, kind: {type: string, enum: [intelligence, alert]}, title: {type: string}, text: {type: string}, source: {type: string}, organisation: {type: string}, contact: {type: string}, source_grade: {type: string, enum: ["1", "2", "3"]}, information_grade: {type: string, enum: [A, B, C, D, E]}, handling: {type: string, enum: [P, C]}, conditions: {type: string}, criteria: {type: array, items: {type: string, enum: [harm, potency, misleading, trend]}}, from: {type: string, enum: [local, natpsa, ohid, neighbour, other]}, outside_reference: {type: string}, outside_issued: {type: string, format: date-time}, substances: {type: array, items: {type: string}}, areas: {type: array, items: {type: string}}, site: {type: string}, occurred_at: {type: string, format: date-time}, level: {type: string, enum: [info, amber, red]}, risk_to_life: {type: boolean}, status: {type: string, enum: [actual, exercise, test]}}
    panel:
      type: object
      required: [who]
      description: "ask: of, question; answer: of (or service, action), answer, note; validate: criteria; grade: matrix, answers, outcome, level, override_reason; evaluate: reach, feedback, indicator, unintended, lesson"
      properties: {who: {type: string}, reason: {type: string}, version: {type: integer}}
    alert_step:
      type: object
      required: [who, reason]
      properties: {who: {type: string}, reason: {type: string}, version: {type: integer}, level: {type: string, enum: [info, amber, red]}, content: {type: object, description: parts of the alert to replace}, refresh: {type: boolean}, correction: {type: boolean}, widen: {type: boolean}, break_glass: {type: boolean}, review_by: {type: string}, expires: {type: string}, into: {type: string}}
    replay:
      type: object
      required: [who, since]
      properties: {who: {type: string}, reason: {type: string}, since: {type: string, format: date-time}, state: {type: string, enum: [delivered, dead, disabled]}}
    mute:
      type: object
      required: [who, what, until]
      properties: {who: {type: string}, reason: {type: string}, what: {type: string, description: "a rule, a site, a series such as ward=Armley, or a signal"}, until: {type: string, description: "a time, or a duration such as 12h"}}
    counts:
      type: object
      description: accepted + duplicate + stale + unselected + quarantined = rows; accepted includes revised and withdrawn
      properties:
        feed: {type: string}
        dry_run: {type: boolean}
        rows: {type: integer}
        accepted: {type: integer}
        revised: {type: integer}
        withdrawn: {type: integer}
        duplicate: {type: integer}
        stale: {type: integer}
        unselected: {type: integer}
        quarantined: {type: integer}
        odd_times: {type: integer, description: "in an hour that a change of clocks repeats or skips"}
        rejected:
          type: array
          items: {type: object, properties: {line: {type: integer}, column: {type: string}, code: {type: string}, reason: {type: string}}}
        rejected_not_shown: {type: integer}
paths:
  /-/healthy: {get: {summary: the process answers, responses: {"200": {description: healthy}}}}
  /-/ready: {get: {summary: it takes records and writes them, responses: {"200": {description: ready}, "503": {description: not now}}}}
  /-/reload: {post: {summary: reads the configuration folder again; all of it or nothing, security: [{owner: []}], responses: {"200": {description: taken}, "422": {description: the old one stays in force}}}}
  /metrics: {get: {summary: Prometheus text, responses: {"200": {description: metrics}}}}
  /openapi.yaml: {get: {summary: this document, responses: {"200": {description: OpenAPI}}}}
  /v1/feeds/{id}/reread: {post: {summary: kept files once more through today's mapping, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], responses: {"200": {description: files, rows and what changed}, "404": {description: unknown feed}, "409": {description: no files are kept}}}}
  /v1/quarantine/retry: {post: {summary: refused rows once more through today's mapping, security: [{owner: []}], parameters: [{name: feed, in: query, schema: {type: string}}, {name: id, in: query, schema: {type: integer}}, {name: code, in: query, schema: {type: string}}], responses: {"200": {description: how many of each result}, "400": {description: neither feed nor id}}}}
  /v1/quarantine/discard: {post: {summary: refused rows given up for good, security: [{owner: []}], parameters: [{name: feed, in: query, schema: {type: string}}, {name: id, in: query, schema: {type: integer}}, {name: code, in: query, schema: {type: string}}], responses: {"200": {description: how many}, "400": {description: neither feed nor id}}}}
  /v1/feeds/{id}/records:
    post:
      summary: Takes rows; answers once they are on disk. The same body twice changes nothing.
      security: [{feed: []}]
      parameters:
        - {$ref: "#/components/parameters/id"}
        - {name: dry_run, in: query, schema: {type: boolean}, description: say what would happen and change nothing}
        - {name: Content-Encoding, in: header, schema: {type: string, enum: [gzip]}}
      requestBody:
        content: {text/csv: {}, application/json: {}, application/x-ndjson: {}}
      responses:
        "200": {description: counts and a reason per rejected row, content: {application/json: {schema: {$ref: "#/components/schemas/counts"}}}}
        "401": {description: not this feed's token}
        "413": {description: too large}
        "415": {description: a type or encoding that is not taken}
        "422": {description: a defect that makes the rest unreadable; the rows before it are taken}
        "429": {description: too fast; see Retry-After}
        "503": {description: could not be written; nothing of it counts}
  /v1/feeds: {get: {summary: feeds with their rows by result, security: [{owner: []}], responses: {"200": {description: items}}}}
  /v1/rules: {get: {summary: rules in force with their sentences, security: [{owner: []}], responses: {"200": {description: items}}}}
  /v1/signals: {get: {summary: signals, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/after"}, {$ref: "#/components/parameters/limit"}, {$ref: "#/components/parameters/open"}], responses: {"200": {description: items}}}}
  /v1/signals/{id}: {get: {summary: one signal with its evidence, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], responses: {"200": {description: signal}, "404": {description: unknown}}}}
  /v1/assessments: {get: {summary: assessments, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/after"}, {$ref: "#/components/parameters/limit"}, {$ref: "#/components/parameters/open"}], responses: {"200": {description: items}}}}
  /v1/assessments/{id}: {get: {summary: one assessment, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], responses: {"200": {description: "assessment; ETag is its version"}, "404": {description: unknown}}}}
  /v1/assessments/{id}/acknowledge: {post: {summary: somebody has seen it, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: assessment}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/assessments/{id}/issue: {post: {summary: makes an alert of it, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: alert}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/assessments/{id}/dismiss: {post: {summary: no alert, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: assessment}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/alerts: {get: {summary: alerts, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/after"}, {$ref: "#/components/parameters/limit"}, {$ref: "#/components/parameters/open"}], responses: {"200": {description: items}}}}
  /v1/alerts/{id}: {get: {summary: one alert, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}, {name: version, in: query, schema: {type: integer}, description: "an earlier one; else the newest"}], responses: {"200": {description: alert}, "404": {description: unknown}}}}
  /v1/alerts/{id}.cap.xml: {get: {summary: "the same as CAP 1.2", security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}, {name: version, in: query, schema: {type: integer}, description: "an earlier one; else the newest"}], responses: {"200": {description: "application/cap+xml"}, "404": {description: unknown}, "409": {description: nobody has received it}}}}
  /v1/on-call/read: {post: {summary: "a person of the rota has read the notice about a signal, assessment or alert", security: [{owner: []}], requestBody: {content: {application/json: {schema: {type: object, required: [who, what], properties: {who: {type: string}, reason: {type: string}, what: {type: string}}}}}}, responses: {"200": {description: read}, "409": {description: refused}}}}
  /v1/alerts.atom: {get: {summary: "the newest 50 alerts that went out, as an Atom feed with links to their CAP", security: [{owner: []}], responses: {"200": {description: "application/atom+xml"}}}}
  /v1/alerts/{id}/stop: {post: {summary: stops an automatic alert within its hold, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: alert}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/reports:
    get: {summary: "what was reported to the panel, without its confidences", security: [{owner: []}], parameters: [{name: like, in: query, schema: {type: string}, description: "reports and alerts that share these words"}, {$ref: "#/components/parameters/open"}, {$ref: "#/components/parameters/after"}, {$ref: "#/components/parameters/limit"}], responses: {"200": {description: items}}}
    post: {summary: "partner intelligence, or an alert from elsewhere; answers with the reference", security: [{owner: []}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/report"}}}}, responses: {"200": {description: the report}, "400": {description: the body}, "409": {description: refused}}}
  /v1/figures/{id}: {get: {summary: "a report: board, week, callouts or bulletin", security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}, {name: format, in: query, schema: {type: string, enum: [html, csv, json], default: html}}, {name: table, in: query, schema: {type: string}, description: which table as CSV}, {name: month, in: query, schema: {type: string}}, {name: quarter, in: query, schema: {type: string}}, {name: week, in: query, schema: {type: string}}, {name: from, in: query, schema: {type: string, format: date}, description: "call-outs: the first day"}, {name: to, in: query, schema: {type: string, format: date}, description: "and the last"}, {name: kind, in: query, schema: {type: string}}, {name: audience, in: query, schema: {type: string}, description: decides how closely counts are said}, {name: who, in: query, schema: {type: string}, description: "call-outs, for readers of exact counts: who reads the table of pseudonyms, for the audit"}], responses: {"200": {description: the report}, "400": {description: the query}, "404": {description: no such report}}}}
  /v1/indicators/{id}/figures: {post: {summary: a figure of an indicator that nobody can count, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {type: object, required: [who, month, value], properties: {who: {type: string}, reason: {type: string}, month: {type: string}, value: {type: string}}}}}}, responses: {"200": {description: as it is kept}, "400": {description: the body}, "409": {description: refused}}}}
  /v1/lessons:
    get: {summary: "what was learnt, the newest first", security: [{owner: []}], parameters: [{$ref: "#/components/parameters/open"}], responses: {"200": {description: items}}}
    post: {summary: writes a lesson down, security: [{owner: []}], requestBody: {content: {application/json: {schema: {type: object, required: [who, lesson, owner, due], properties: {who: {type: string}, lesson: {type: string}, owner: {type: string}, due: {type: string, format: date}, about: {type: string}}}}}}, responses: {"200": {description: the lesson}, "400": {description: the body}, "409": {description: refused}}}
  /v1/lessons/{id}/done: {post: {summary: it was done, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: the lesson}, "409": {description: refused}}}}
  /v1/reports/{id}: {get: {summary: one report without its confidences, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], responses: {"200": {description: it}, "404": {description: unknown}}}}
  /v1/reports/{id}/read: {post: {summary: "the whole of one report; who read it is written down", security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/reports/{id}/add: {post: {summary: more under the same reference, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/said"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/reports/{id}/reply: {post: {summary: what the reporter was told, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/said"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/assessments/{id}/case: {get: {summary: "what the panel found so far: corroboration, gradings, when its answer is due", security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], responses: {"200": {description: it}, "404": {description: unknown}}}}
  /v1/assessments/{id}/ask: {post: {summary: asks named services to corroborate, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/panel"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/assessments/{id}/answer: {post: {summary: what one of them answered, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/panel"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/assessments/{id}/validate: {post: {summary: it is plausible; a report is accepted, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/panel"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/assessments/{id}/grade: {post: {summary: grades it by a matrix, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/panel"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/alerts/{id}/update: {post: {summary: "a new version, to exactly those who received the one before", security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/alert_step"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/alerts/{id}/stand-down: {post: {summary: it is over; those who received it hear so, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/alerts/{id}/retract: {post: {summary: it was wrong; those who received it hear so, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/alerts/{id}/merge: {post: {summary: it goes on as another alert, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/alert_step"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/alerts/{id}/review: {post: {summary: a person looked again and it stands, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/alert_step"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/alerts/{id}/actions: {get: {summary: "what services answered to its actions, and whom it was sent to", security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], responses: {"200": {description: it}, "404": {description: unknown}}}}
  /v1/alerts/{id}/answer: {post: {summary: what a service answers to one action or to all, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/panel"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/alerts/{id}/evaluate: {post: {summary: what came of it, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/panel"}}}}, responses: {"200": {description: what it is now}, "400": {description: the body}, "404": {description: unknown}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/reads: {post: {summary: writes down who read what is kept for few, security: [{owner: []}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: written down}}}}
  /v1/mutes:
    get: {summary: mutes, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/open"}], responses: {"200": {description: items}}}
    post: {summary: notices of what is named wait until then, security: [{owner: []}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/mute"}}}}, responses: {"200": {description: mute}, "409": {description: refused}}}
  /v1/mutes/{id}/end: {post: {summary: ends a mute early; its end is told, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: mute}, "409": {description: refused}}}}
  /v1/deliveries: {get: {summary: every message to every service by every channel, security: [{owner: []}], parameters: [{name: service, in: query, schema: {type: string}}, {$ref: "#/components/parameters/after"}, {$ref: "#/components/parameters/limit"}], responses: {"200": {description: items}}}}
  /v1/deliveries/{id}: {get: {summary: one delivery, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], responses: {"200": {description: delivery}, "404": {description: unknown}}}}
  /v1/deliveries/{id}/replay: {post: {summary: sends one delivery again under the same id, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: how many are sent again}, "404": {description: unknown}, "409": {description: it still waits}}}}
  /v1/services/{id}/replay: {post: {summary: "sends again what was created since a time, to this service and nobody else, under the same ids", security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/replay"}}}}, responses: {"200": {description: how many are sent again}, "404": {description: unknown}}}}
  /v1/services/{id}/test: {post: {summary: sends a marked exercise message, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: how many messages}, "409": {description: refused}}}}
  /v1/services/{id}/confirm: {post: {summary: "a person of the service has the alert: `who` and `what`, its reference", security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {type: object, required: [who, what], properties: {who: {type: string}, reason: {type: string}, what: {type: string}}}}}}, responses: {"200": {description: who confirmed it, and when}, "404": {description: unknown}, "409": {description: it was not asked to}}}}
  /v1/stuck: {get: {summary: "what does not get through, by destination and why; what was given up; who has not confirmed", security: [{owner: []}], responses: {"200": {description: items}}}}
  /v1/notify/receipts: {post: {summary: "GOV.UK Notify's delivery receipts, with its own bearer token", responses: {"200": {description: taken}, "401": {description: another token}}}}
  /ack/{token}: {get: {summary: "the page behind the link in a message; it changes nothing", responses: {"200": {description: page}, "404": {description: no such link}}}, post: {summary: "a person, named in `who`, has the message", responses: {"200": {description: page}, "400": {description: no name}, "404": {description: no such link}}}}
)";

} // namespace forewarn::http
