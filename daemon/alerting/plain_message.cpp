// SPDX-License-Identifier: Apache-2.0
// Messages that need no template, so that a broken templates folder cannot silence them: the daemon's own faults, and
// drills.
#include "daemon/alerting/envelope.hpp"
#include "daemon/alerting/template_text.hpp"
#include "daemon/alerting/words.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

constexpr const char* plain_html =
    R"(<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>{{headline}}</title></head>
<body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:40em;margin:0 auto;padding:1em">
<h1 style="font-size:20px">{{headline}}</h1>
<p style="white-space:pre-wrap">{{text}}</p>
</body></html>
)";

message plain(const std::string& type, const std::string& subject, const std::string& text, const std::string& status,
              instant now) {
  view shown;
  set(shown, "headline", subject);
  set(shown, "text", text);
  message out;
  out.type = type;
  out.created_at = now;
  out.subject = shorten(subject, longest_subject);
  out.text = subject + "\n\n" + text + "\n";
  out.html = fill_html(plain_html, shown);
  out.json = envelope(type, now, {{"status", status}, {"headline", subject}, {"text", text}});
  return out;
}

} // namespace

message render_operator_notice(const std::string& type, const std::string& subject, const std::string& text,
                               instant now) {
  return plain(type, subject, text, "actual", now);
}

message render_exercise(const std::string& service_name, const std::string& who, const std::string& reason,
                        instant now) {
  const auto text =
      fmt::format("This is an EXERCISE. Nothing has happened, and there is nothing to act on or to pass on.\n\n"
                  "It was sent to {} by {} ({}) to see that messages arrive. If you can read it, they do; "
                  "tell whoever sent it.",
                  service_name, who, reason);
  auto out =
      plain("exercise.test", "EXERCISE, no action needed: a test message to " + service_name, text, "exercise", now);
  out.level = level::info;
  out.about = "exercise";
  out.thread = "exercise-" + format_rfc3339(now);
  return out;
}

} // namespace forewarn::alerting
