#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an operator does, on the real daemon: reloads while records arrive, a backup put back into an empty folder, a
health report with the daemon up and down, a purge, completion in a real bash."""

import datetime
import http.client
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading
import time

import harness

SERVICES = """version: 1
services:
  - id: operators
    name: Operators
    roles: [operators, on_call]
    channels:
      - maildir: {folder: mail/operators, to: operators@localhost}
"""
RULE = """  - id: rule-{number:04}
    title: Call-outs {number}
    status: shadow
    owner: test
    observe: [ambulance]
    where: {{substances: {drug}}}
    for_each: [ward]
    detect: {{count: {{within: 24h, at_least: {{amber: {amber}, red: {red}}}}}}}
"""


def rules_text(count, amber=3, drug="opioid"):
    return "version: 1\nrules:\n" + "".join(RULE.format(number=i, amber=amber + i % 7, red=50, drug=drug)
                                            for i in range(count))


def row(number):
    at = datetime.datetime.now() - datetime.timedelta(hours=3)
    return (f"R{number:06},I{number:06},{at:%d/%m/%Y %H:%M},Armley,Hostel,heroin,Y,1,40,Male,PT{number:06},"
            "Conveyed to hospital\r\n")


def ask(daemon, method, target, body="", kind="application/json"):
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(60)
        line.connect(str(daemon.state / "forewarn.sock"))
        line.sendall((f"{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: {kind}\r\n"
                      f"content-length: {len(body.encode())}\r\n\r\n{body}").encode())
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return answer.status, answer.read().decode()


def ready(daemon):
    def look():
        daemon.alive()
        try:
            return ask(daemon, "GET", "/-/ready")[0] == 200
        except OSError:
            return False
    harness.wait_for("the daemon to be ready", look, 120)


def ids(daemon):
    return [json.loads(line)["id"] for line in daemon.forewarn("export", "observations").splitlines()]


def mails(daemon):
    folder = daemon.state / "mail" / "operators" / "new"
    return [f.read_text(encoding="utf-8", errors="replace") for f in folder.iterdir()] if folder.exists() else []


class Pushing:
    """Pushes one record after the other until it is stopped; remembers those that were acknowledged."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.taken = []
        self.slowest = 0.0
        self.stopping = False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        number = 0
        while not self.stopping:
            number += 1
            began = time.monotonic()
            try:
                status, _ = ask(self.daemon, "POST", "/v1/feeds/ambulance/records", harness.CALLS + row(number), "text/csv")
            except OSError:
                continue
            self.slowest = max(self.slowest, time.monotonic() - began)
            if status == 200:
                self.taken.append(f"R{number:06}")

    def stop(self):
        self.stopping = True
        self.thread.join()


def check_reload(daemon):
    rules = daemon.etc / "rules.d" / "test.yaml"
    pushing = Pushing(daemon)
    harness.wait_for("some records", lambda: len(pushing.taken) > 20, 60)
    open_before = json.loads(daemon.forewarn("signals", "list", "-o", "json"))
    status, said = ask(daemon, "POST", "/-/reload")
    assert status == 200 and "(0 new or changed, 0 gone)" in said, said

    rules.write_text(rules_text(20).replace("amber: 3,", "amber: 4,"), encoding="utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    harness.wait_for("a reload by SIGHUP", lambda: "new or changed" in daemon.log() and "(3 new" in daemon.log(), 60)

    rules.write_text(rules_text(20).replace("opioid", "opiod", 1), encoding="utf-8")
    status, said = ask(daemon, "POST", "/-/reload")
    assert status == 422, said
    error = json.loads(said)["errors"][0]
    assert error["code"] == "unknown-substance" and error["path"].endswith("test.yaml") and error["line"] == 8, error
    metrics = ask(daemon, "GET", "/metrics")[1]
    assert "forewarn_config_last_reload_successful 0" in metrics
    refused = [one for one in json.loads(daemon.forewarn("audit", "list", "-o", "json")) if one["what"] == "rules.reload_refused"]
    assert refused and "rules.d" in json.dumps(refused[0]), "the audit does not know of a refused reload"
    harness.wait_for("a notice to operators", lambda: any("did not take the new configuration" in m for m in mails(daemon)), 30)
    assert ask(daemon, "GET", "/v1/rules")[1].count("rule-00") == 20
    report = subprocess.run([harness.BIN / "forewarn", "--config", daemon.etc, "doctor"], capture_output=True, text=True)
    assert report.returncode == 1 and "WRONG" in report.stdout, report.stdout

    rules.write_text(rules_text(20), encoding="utf-8")
    status, said = ask(daemon, "POST", "/-/reload")
    assert status == 200, said
    pushing.stop()
    stored = ids(daemon)
    missed = set(pushing.taken) - set(stored)
    assert not missed and len(stored) == len(set(stored)), f"missed over the reloads: {sorted(missed)[:5]}"
    still = {one["id"] for one in json.loads(daemon.forewarn("signals", "list", "-o", "json"))}
    kept = {one["id"] for one in open_before if one["rule"] not in ("rule-0000", "rule-0007", "rule-0014")}
    assert kept and kept <= still, "signals of unchanged rules were lost by a reload"
    print(f"reloads under load: {len(pushing.taken)} records acknowledged, none missed, "
          f"slowest answer {pushing.slowest * 1000:.0f} ms")


def check_backup(daemon, folder):
    before = Pushing(daemon)
    harness.wait_for("records before the backup", lambda: len(before.taken) > 20, 60)
    acknowledged = list(before.taken)
    copy = folder / "copy.db"
    daemon.forewarn("backup", str(copy), "--with-keys")
    before.stop()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    again = subprocess.run([harness.BIN / "forewarn", "--config", daemon.etc, "backup", copy], capture_output=True, text=True)
    assert again.returncode == 1 and "there already" in again.stderr, again.stderr
    refused = subprocess.run([harness.BIN / "forewarn", "--config", daemon.etc, "restore", copy], capture_output=True,
                             text=True)
    assert refused.returncode == 1 and "stop it first" in refused.stderr, refused.stderr
    daemon.stop()
    key = (daemon.state / "pseudonym.key").read_bytes()
    shutil.rmtree(daemon.state)
    daemon.forewarn("restore", str(copy))
    assert (daemon.state / "pseudonym.key").read_bytes() == key
    assert stat.S_IMODE((daemon.state / "pseudonym.key").stat().st_mode) == 0o600
    daemon.start()
    ready(daemon)
    lost = set(acknowledged) - set(ids(daemon))
    assert not lost, f"acknowledged before the backup and lost by it: {sorted(lost)[:5]}"
    print(f"backup and restore: {len(acknowledged)} records acknowledged before it are there, and the daemon runs on it")


class Watcher:
    """Counts signs of life."""

    def __init__(self):
        self.beats = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # the name that http.server asks for
                outer.beats += self.path == "/ping/forewarn"
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def check_heartbeat(daemon):
    watcher = Watcher()
    with (daemon.etc / "forewarn.yaml").open("a", encoding="utf-8") as out:
        out.write(f"heartbeat_url: http://127.0.0.1:{watcher.server.server_port}/ping/forewarn\nheartbeat_every: 1s\n")
    status, said = ask(daemon, "POST", "/-/reload")
    assert status == 200, said
    harness.wait_for("signs of life", lambda: watcher.beats >= 2, 60)
    print("heartbeat: the watcher hears it, as soon as a reload names it")


def check_purge(daemon):
    said = daemon.forewarn("purge", "--dry-run")
    assert "ambulance" in said and "It would remove records: 0" in said, said
    said = daemon.forewarn("purge")
    assert "Records removed: 0" in said, said


def check_doctor(daemon):
    up = json.loads(subprocess.run([harness.BIN / "forewarn", "--config", daemon.etc, "-o", "json", "doctor"],
                                   capture_output=True, text=True).stdout)
    found = {one["what"]: one["verdict"] for one in up["findings"]}
    assert found["daemon"] == "good" and found["database"] == "good" and found["feed ambulance"] == "good", up
    daemon.stop()
    down = subprocess.run([harness.BIN / "forewarn", "--config", daemon.etc, "doctor"], capture_output=True, text=True)
    assert down.returncode == 1 and "WRONG  daemon: the daemon does not run" in down.stdout, down.stdout
    assert "good   database: whole" in down.stdout, down.stdout
    print("doctor: with the daemon up and down")


def check_completion(daemon):
    script = harness.SOURCE / "completion" / "forewarn.bash"
    path = f"{harness.BIN}:{os.environ['PATH']}"

    def complete(*words):
        quoted = " ".join(f"'{w}'" for w in words)
        done = subprocess.run(["bash", "--norc", "-c",
                               f"source '{script}'; COMP_WORDS=(forewarn {quoted}); COMP_CWORD={len(words)}; _forewarn; "
                               'printf "%s\\n" "${COMPREPLY[@]}"'],
                              capture_output=True, text=True, env={**os.environ, "PATH": path}, check=True)
        return done.stdout.split()

    assert "feeds" in complete("fe") and "doctor" in complete("")
    assert complete("feeds", "te") == ["test"]
    assert "--dry-run" in complete("purge", "--dr")
    assert complete("-o", "") == ["json", "table"]
    assert "ambulance" in complete("--config", str(daemon.etc), "feeds", "test", "")
    assert "complete" not in complete("co"), "what is for the shell alone is offered"
    print("completion: in a real bash")


def check_partner_key(folder):
    """What a partner does on a machine of its own: a key, once; sealed references from standard input."""
    key = folder / "partner.key"
    made = subprocess.run([harness.BIN / "forewarn", "feeds", "new-key", key], capture_output=True, text=True)
    assert made.returncode == 0 and len(made.stdout.strip()) == 44, made
    assert key.stat().st_mode & 0o077 == 0, "the partner's secret is open to others"
    again = subprocess.run([harness.BIN / "forewarn", "feeds", "new-key", key], capture_output=True, text=True)
    assert again.returncode == 1 and "never written over" in again.stderr, again
    read = subprocess.run([harness.BIN / "forewarn", "feeds", "unseal", "--key", key], input="one\ntwo\n",
                          capture_output=True, text=True)
    assert read.returncode == 1 and "one: " in read.stderr and "two: " in read.stderr, read
    print("a partner's key: made once; every line of standard input is read")


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="forewarn-operating-"))
    daemon = harness.Daemon(folder, rules_text(20), SERVICES)
    try:
        daemon.start()
        ready(daemon)
        check_reload(daemon)
        check_heartbeat(daemon)
        check_purge(daemon)
        check_backup(daemon, folder)
        check_completion(daemon)
        check_partner_key(folder)
        check_doctor(daemon)
    finally:
        daemon.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
