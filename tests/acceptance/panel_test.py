#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The panel's process on the real daemon, killed at every commit point of every step: from a report to a stand-down. What
was answered is on disk, what was not can be said again, every service hears each message once, and the audit is whole."""

import contextlib
import email
import email.policy
import json
import os
import shutil
import sqlite3
import subprocess

import harness

RULES = harness.every_call("{advice: opioid-overdose}")
SERVICES = """\
  - id: outreach
    name: Outreach
    takes: {{audience: [professionals, services]}}
    channels:
      - webhook: {{url: "{url}", secret_file: ../outreach.key, private_address: true}}
      - maildir: {{folder: mail/outreach, to: outreach@localhost}}
  - id: training
    name: Training room
    roles: [exercise]
    channels:
      - maildir: {{folder: mail/training, to: training@localhost}}
"""
ANSWERS = [word for one in ("harm=acute", "relevance=spreading", "evidence=several", "novelty=stronger", "effect=yes")
           for word in ("--answer", one)]
WHO = ["--who", "a manager"]
WHY = ["--why", "it is so"]
# Each step, and what the store shows once it was taken.
STEPS = [
    (["report", "--title", "Yellow tablets sold as diazepam", "--substance", "bromazolam", "--area", "Leeds", "--handling",
      "P", "--criterion", "misleading"], lambda d: show(d, "reports", "list", "--all")),
    (["assessments", "ask", "A-{year}-0001", "--of", "on-call", "--question", "Yellow tablets this week?", *WHY],
     lambda d: case(d)["corroboration"]),
    (["assessments", "validate", "A-{year}-0001", *WHY], lambda d: case(d)["case"]["validated_at"]),
    (["assessments", "grade", "A-{year}-0001", *ANSWERS, *WHY], lambda d: case(d)["gradings"]),
    (["assessments", "issue", "A-{year}-0001", *WHY], lambda d: show(d, "alerts", "list")),
    (["alerts", "update", "FW-{year}-0001", "--set", "sold_as=diazepam", "--correction", *WHY],
     lambda d: [one for one in show(d, "alerts", "list") if one["version"] == 2]),
    (["alerts", "stand-down", "FW-{year}-0001", *WHY], lambda d: not show(d, "alerts", "list")),
]
POINTS = ["desk.before-commit", "desk.between-commits", "desk.after-commit"]


def show(daemon, *words):
    return json.loads(daemon.forewarn(*words, "-o", "json"))


def case(daemon):
    return show(daemon, "assessments", "show", f"A-{daemon.year}-0001")


def say(daemon, words):
    """The step by the command line; whether the daemon answered that it is done."""
    words = [word.format(year=daemon.year) for word in words]
    done = subprocess.run([harness.BIN / "forewarn", "--config", daemon.etc, *words, *WHO], capture_output=True, text=True,
                          timeout=60, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def is_ready(daemon):
    return (daemon.ask("/-/status") or {}).get("ready")


def ready(daemon):
    harness.wait_for("the daemon", lambda: daemon.alive() and is_ready(daemon), 60)


def crash_in(daemon, point, words):
    """Kills the daemon in a commit after it was ready: in the step's own, or in one of its own just before."""
    while True:
        os.environ["FOREWARN_CRASH_AT"] = f"{point}:{daemon.passing[point]}"
        daemon.start()
        del os.environ["FOREWARN_CRASH_AT"]
        harness.wait_for("the daemon", lambda: daemon.process.poll() is not None or is_ready(daemon), 60)
        if daemon.process.poll() is None:
            break
        daemon.passing[point] += 1  # that was a commit of the start
        assert daemon.passing[point] < 40, "the daemon does not start"
    answered, said = say(daemon, words)
    if answered:
        daemon.stop()  # the commit that was counted did not come
    else:
        assert daemon.process.wait(timeout=60) == 137, said
        daemon.kills += 1
    return answered


def take(daemon, words, shows):
    for point in POINTS:
        for _ in range(5):
            answered = crash_in(daemon, point, words)
            taken = bool(shows(daemon))
            assert taken or not answered, f"{words[:2]} at {point}: answered, and not there"
            if taken:
                return
            if point != POINTS[-1]:
                break
            daemon.passing[point] += 1  # a commit of its own came first, as it does on a busy machine
    raise AssertionError(f"{words[:2]} was never taken")


def mails(daemon, service):
    out = []
    folder = daemon.state / "mail" / service / "new"
    for file in folder.iterdir() if folder.exists() else []:
        with file.open("rb") as raw:
            out.append(email.message_from_binary_file(raw, policy=email.policy.default))
    return out


def check_audit(daemon):
    assert "is whole" in daemon.forewarn("audit", "verify")
    lines = show(daemon, "audit", "list", "--limit", "1000")
    done = [one["what"] for one in reversed(lines) if one["who"] == "a manager"]
    assert done == ["report.entered", "assessment.asked", "assessment.validated", "assessment.graded", "alert.issued", "alert.updated",
                    "alert.stood_down"], done
    exported = [json.loads(line) for line in daemon.forewarn("audit", "export", "--alert", f"FW-{daemon.year}-0001")
                .splitlines()]
    assert [one["what"] for one in exported if one["who"] == "a manager"] == done, exported
    told = daemon.forewarn("explain", f"FW-{daemon.year}-0001")
    for words in ("rests on report R-", "Asked on-call: nothing_yet", "Graded ", "v3, stood_down", "outreach by webhook: delivered"):
        assert words in told, f"'{words}' is not in\n{told}"


def check_tampering(daemon, folder):
    """A copy of the store with one word changed: the audit names the line."""
    copy = folder / "copy"
    copy.mkdir()
    shutil.copy(daemon.state / "forewarn.db", copy)
    with contextlib.closing(sqlite3.connect(copy / "forewarn.db")) as raw:
        raw.executescript("DROP TRIGGER audit_is_never_changed; UPDATE audit SET why = 'otherwise' WHERE seq = 3")
    done = subprocess.run([harness.BIN / "forewarn", "audit", "verify", "--store", copy], capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 1 and "BROKEN: line 3 " in done.stdout, done.stdout + done.stderr


def check_read_is_written_down(daemon):
    daemon.forewarn("reports", "show", f"R-{daemon.year}-0001", "--who", "a reader", "--why", "complaint")
    newest = show(daemon, "audit", "list", "--limit", "1")[0]
    assert (newest["who"], newest["what"], newest["why"]) == ("a reader", "report.read", "complaint"), newest


def run(folder):
    receiver = harness.Receiver(1, fail_rate=0)
    daemon = harness.Daemon(folder, RULES, harness.ON_CALL + SERVICES.format(url=receiver.url))
    (folder / "outreach.key").write_text(receiver.secret, encoding="utf-8")
    try:
        daemon.start()
        ready(daemon)
        daemon.kills = 0
        daemon.passing = dict.fromkeys(POINTS, 1)
        daemon.year = daemon.ask("/-/status")["started_at"][:4]
        daemon.stop()
        for words, shows in STEPS:
            take(daemon, words, shows)
        daemon.start()
        ready(daemon)
        for kind in ("alert.issued", "alert.updated", "alert.stood_down"):
            harness.wait_for(kind, lambda kind=kind: daemon.alive() and receiver.of_type(kind), 60)
            assert len(receiver.of_type(kind)) == 1, f"{kind} under several ids"
        harness.wait_for("three mails", lambda: len({one["Message-ID"] for one in mails(daemon, "outreach")}) == 3, 60)
        threads = {one["References"] for one in mails(daemon, "outreach")}
        assert len(threads) == 1 and None not in threads, f"not one thread: {threads}"
        assert not mails(daemon, "training"), "something real reached the training room"
        assert not receiver.wrong, receiver.wrong
        late = say(daemon, ["alerts", "update", "FW-{year}-0001", "--version", "1", "--level", "red", *WHY])
        assert not late[0] and "changed-meanwhile" in late[1], late
        check_read_is_written_down(daemon)
    finally:
        daemon.stop()
    check_audit(daemon)
    # How many commits of its own the daemon makes meanwhile, and so which kill hits a step, is a matter of time.
    assert daemon.kills >= len(STEPS) // 2, f"{daemon.kills} kills only"
    print(f"{len(STEPS)} steps, {daemon.kills} kills at their commit points; every message once, the audit is whole")


if __name__ == "__main__":
    harness.in_own_folder("forewarn-panel-", run)
