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
      properties: {who: {type: string}, reason: {type: string}, outcome: {type: string, enum: [formal_alert, information_only]}}
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
  /v1/alerts/{id}: {get: {summary: the newest version of one alert, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], responses: {"200": {description: alert}, "404": {description: unknown}}}}
  /v1/alerts/{id}.cap.xml: {get: {summary: "the same as CAP 1.2", security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], responses: {"200": {description: "application/cap+xml"}, "404": {description: unknown}, "409": {description: nobody has received it}}}}
  /v1/on-call/read: {post: {summary: "a person of the rota has read the notice about a signal, assessment or alert", security: [{owner: []}], requestBody: {content: {application/json: {schema: {type: object, required: [who, what], properties: {who: {type: string}, reason: {type: string}, what: {type: string}}}}}}, responses: {"200": {description: read}, "409": {description: refused}}}}
  /v1/alerts.atom: {get: {summary: "the newest 50 alerts that went out, as an Atom feed with links to their CAP", security: [{owner: []}], responses: {"200": {description: "application/atom+xml"}}}}
  /v1/alerts/{id}/stop: {post: {summary: stops an automatic alert within its hold, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: alert}, "409": {description: refused}, "412": {description: changed meanwhile}}}}
  /v1/mutes:
    get: {summary: mutes, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/open"}], responses: {"200": {description: items}}}
    post: {summary: notices of what is named wait until then, security: [{owner: []}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/mute"}}}}, responses: {"200": {description: mute}, "409": {description: refused}}}
  /v1/mutes/{id}/end: {post: {summary: ends a mute early; its end is told, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: mute}, "409": {description: refused}}}}
  /v1/deliveries: {get: {summary: every message to every service by every channel, security: [{owner: []}], parameters: [{name: service, in: query, schema: {type: string}}, {$ref: "#/components/parameters/after"}, {$ref: "#/components/parameters/limit"}], responses: {"200": {description: items}}}}
  /v1/deliveries/{id}: {get: {summary: one delivery, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], responses: {"200": {description: delivery}, "404": {description: unknown}}}}
  /v1/deliveries/{id}/replay: {post: {summary: sends one delivery again under the same id, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: how many are sent again}, "404": {description: unknown}, "409": {description: it still waits}}}}
  /v1/services/{id}/replay: {post: {summary: "sends again what was created since a time, to this service and nobody else, under the same ids", security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/replay"}}}}, responses: {"200": {description: how many are sent again}, "404": {description: unknown}}}}
  /v1/services/{id}/test: {post: {summary: sends a marked exercise message, security: [{owner: []}], parameters: [{$ref: "#/components/parameters/id"}], requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/decision"}}}}, responses: {"200": {description: how many messages}, "409": {description: refused}}}}
)";

} // namespace forewarn::http
