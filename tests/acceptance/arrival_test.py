#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A feed falls silent against its arrival contract: operators hear of it, its signals are held over a kill and do not
close, it comes back, the notice ends, and a backtest gives the daemon's signals. Then what changes in what it sends: a
code nobody knows, a clock that is ahead, a header with a column less."""

import datetime
import email
import email.policy
import json
import re

import harness
from operating_test import ask

CLEAR_AFTER = 20  # seconds
RULES = f"""version: 1
rules:
  - {{id: three-calls, title: Three calls, owner: test, observe: [ambulance],
     detect: {{count: {{within: 10s, at_least: 3, measure: observations}}}}, clear_after: {CLEAR_AFTER}s,
     alert: {{release: panel, audience: professionals, advice: opioid-overdose}}}}
"""
OPERATORS = """\
  - id: operators
    name: Those who run it
    roles: [operators]
    channels:
      - webhook: {{url: "{url}", secret_file: ../operators.key, private_address: true}}
      - maildir: {{folder: mail/operators, to: operators@localhost}}
"""
HEADER = ("Call ID,Incident no,Call time,Ward,Setting,Drugs reported,Naloxone given,Naloxone doses,Age,Sex,Patient ref,"
          "Outcome")
PROMISE = "expect: {every: 4s, min_rows: 1}\n"


def row(number, at=None, setting="Hostel"):
    at = at or datetime.datetime.now()
    return (f"K{number:04},I{number:04},{at:%d/%m/%Y %H:%M},Armley,{setting},heroin,Y,1,40,Male,PT{number:04},"
            "Conveyed to hospital")


def file_of(rows, header=HEADER):
    return "\r\n".join([header, *rows]) + "\r\n"


def told(receiver, kind):
    return [message["data"] for message in receiver.of_type(kind).values()]


def wait_told(receiver, daemon, kind, count=1):
    return harness.wait_for(f"{count} of {kind}",
                            lambda: daemon.alive() and len(told(receiver, kind)) >= count and told(receiver, kind), 60)


def mails(daemon, subject):
    out = []
    for file in (daemon.state / "mail" / "operators" / "new").iterdir():
        with file.open("rb") as raw:
            mail = email.message_from_binary_file(raw, policy=email.policy.default)
        if mail["Subject"] == subject:
            out.append(mail.get_body(("plain",)).get_content())
    return out


def feed_of(daemon):
    listed = json.loads(daemon.forewarn("feeds", "list", "-o", "json"))
    return next(one for one in listed if one["id"] == "ambulance")


def metrics(daemon):
    return ask(daemon, "GET", "/metrics")[1]


def only_signal(daemon):
    found = json.loads(daemon.forewarn("signals", "list", "-o", "json"))
    assert len(found) == 1, found
    return found[0]


def seconds(later, earlier):
    return (datetime.datetime.fromisoformat(later.replace("Z", "+00:00")) -
            datetime.datetime.fromisoformat(earlier.replace("Z", "+00:00"))).total_seconds()


def set_promise(daemon, promise):
    file = daemon.etc / "feeds.d" / "ambulance.yaml"
    text = re.sub(r"(?m)^expect:.*\n", "", file.read_text(encoding="utf-8"))
    file.write_text(text + promise, encoding="utf-8")


def silence_and_return(daemon, receiver):
    daemon.start()
    at = datetime.datetime.now()
    daemon.hand_in("ambulance", "first.csv", file_of([row(number, at) for number in (1, 2, 3)]))
    overdue = wait_told(receiver, daemon, "feed.overdue")[0]
    assert overdue["about"] == "ambulance" and "Data complete to: ambulance" in overdue["text"], overdue
    assert "1 open signal is held" in overdue["text"], overdue
    held = harness.wait_for("the signal to be held", lambda: only_signal(daemon)["held"] and only_signal(daemon), 20)
    assert feed_of(daemon)["overdue_since"] and feed_of(daemon)["next_due"] == feed_of(daemon)["overdue_since"]
    assert 'forewarn_feed_overdue{feed="ambulance"} 1' in metrics(daemon)
    harness.wait_for("the mail", lambda: mails(daemon, "Feed ambulance is overdue"), 30)

    daemon.kill()  # in the middle of it
    daemon.start()
    late = CLEAR_AFTER + 3
    harness.wait_for("longer than the signal lives by itself",
                     lambda: daemon.alive() and seconds(now(), held["opened_at"]) > late, late + 20)
    assert only_signal(daemon)["closed_at"] is None and only_signal(daemon)["held"], "silence was taken for an all-clear"
    assert len(told(receiver, "feed.overdue")) == 1, "told again after the restart"

    daemon.hand_in("ambulance", "second.csv", file_of([row(4)]))
    over = wait_told(receiver, daemon, "feed.overdue.cleared")[0]
    assert "held for it goes on" in over["text"], over
    set_promise(daemon, "")
    status, answer = ask(daemon, "POST", "/-/reload")
    assert status == 200, answer
    closed = harness.wait_for("the signal to close", lambda: only_signal(daemon)["closed_at"] and only_signal(daemon), 60)
    assert closed["close_reason"] == "below_threshold" and seconds(closed["closed_at"], closed["opened_at"]) > late
    harness.wait_for("the end by mail", lambda: mails(daemon, "Over: Feed ambulance is overdue"), 30)
    harness.wait_for("the metric to be gone", lambda: 'forewarn_feed_overdue{feed="ambulance"}' not in metrics(daemon), 20)


def now():
    return f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%S.%fZ}"


def backtest_equals(daemon, folder):
    observations = folder / "taken.ndjson"
    daemon.forewarn("export", "observations", "--out", str(observations))
    states = [json.loads(line)["feed_state"] for line in observations.read_text(encoding="utf-8").splitlines()
              if "feed_state" in line]
    assert states[:2] == ["overdue", "current"] and len(states) % 2 == 0, states
    again = json.loads(daemon.forewarn("backtest", "--rules", str(daemon.etc / "rules.d"), "--observations",
                                       str(observations), "--to", now(), "--format", "json"))["signals"]
    live = only_signal(daemon)
    for key in ("opened_at", "closed_at", "close_reason", "level", "value", "observations"):
        assert [one[key] for one in again] == [live[key]], f"{key}: {again} {live}"


def last_arrival_after(daemon, earlier):
    return harness.wait_for("an arrival", lambda: daemon.alive() and feed_of(daemon)["last_arrival"] != earlier
                            and feed_of(daemon)["last_arrival"], 30)


def nothing_happened(daemon):
    """Files without rows, one like the other, and a body without any: the partner is there, and says so."""
    last = feed_of(daemon)["last_arrival"]
    for name in ("quiet-1.csv", "quiet-2.csv"):
        daemon.hand_in("ambulance", name, file_of([]))
        last = last_arrival_after(daemon, last)
    daemon.forewarn("ingest", "--feed", "ambulance", str(daemon.inbox / "ambulance" / "done" / "quiet-1.csv"))
    last_arrival_after(daemon, last)


def changes(daemon, receiver):
    daemon.hand_in("ambulance", "third.csv", file_of([row(5, setting="On a boat")]))
    unknown = wait_told(receiver, daemon, "feed.unknown_code")[0]
    assert "'On a boat' (line 2)" in unknown["text"] and "third.csv" in unknown["text"], unknown

    ahead = datetime.datetime.now() + datetime.timedelta(hours=2)
    daemon.hand_in("ambulance", "fourth.csv", file_of([row(6, at=ahead), row(7, at=ahead)]))
    future = wait_told(receiver, daemon, "feed.future")[0]
    assert "2 records of fourth.csv lie more than 10 minutes ahead" in future["text"], future

    daemon.hand_in("ambulance", "fifth.csv", file_of([row(8)], HEADER.replace("Call time", "Time of call")))
    changed = wait_told(receiver, daemon, "feed.changed")[0]
    assert "'Call time'" in changed["text"] and "'Time of call'" in changed["text"], changed
    failed = daemon.inbox / "ambulance" / "failed" / "fifth.csv"
    harness.wait_for("the file to be put aside", failed.exists, 20)
    daemon.hand_in("ambulance", "sixth.csv", file_of([row(9) + ",x"], HEADER + ",Crew"))
    wait_told(receiver, daemon, "feed.changed.cleared")
    more = wait_told(receiver, daemon, "feed.changed", 2)
    assert any("New: 'Crew'" in one["text"] for one in more), more
    taken = [json.loads(line) for line in daemon.forewarn("export", "observations").splitlines()]
    ids = sorted(one["id"] for one in taken if "id" in one)
    assert ids == [f"K000{number}" for number in (1, 2, 3, 4, 5, 9)], ids


def run(folder):
    receiver = harness.Receiver(1, fail_rate=0)
    daemon = harness.Daemon(folder, RULES, harness.ON_CALL.replace(", operators]", "]") + OPERATORS.format(url=receiver.url))
    (folder / "operators.key").write_text(receiver.secret, encoding="utf-8")
    set_promise(daemon, PROMISE)
    try:
        silence_and_return(daemon, receiver)
        backtest_equals(daemon, folder)
        nothing_happened(daemon)
        changes(daemon, receiver)
    finally:
        daemon.stop()
    assert daemon.process.returncode == 0, f"forewarnd did not end well: {daemon.process.returncode}\n{daemon.log()}"
    assert not receiver.wrong, receiver.wrong
    print("overdue, held over a kill, back, closed as the backtest says; unknown code, future times, changed header told")


if __name__ == "__main__":
    harness.in_own_folder("forewarn-arrival-", run)
