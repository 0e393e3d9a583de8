#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demo's show: starts the daemon and a receiver, hands in a synthetic city's files, follows the alert to the end.

Everything is done with the programs and verbs a user has. What is waited for is a state, never a time; each wait has a
limit, and a demo that reaches it says what it saw and fails."""

import base64
import json
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ["FOREWARN_BIN"]).resolve()
PATIENCE = 60  # seconds for any one step
COLOUR = sys.stdout.isatty()
DUTY_DESK = """version: 1
services:
  - id: on-call
    name: Public health on-call
    roles: [on_call, operators]
    channels:
      - maildir: {{folder: mail/on-call, to: on-call@localhost}}
  - id: duty-desk
    name: Duty desk
    roles: [duty_desk]
    takes: {{level: info, audience: [professionals, services]}}
    channels:
      - webhook: {{url: "{url}", secret_file: ../secrets/duty-desk.key, private_address: true}}
      - maildir: {{folder: mail/duty-desk, to: duty-desk@localhost}}
"""


class Failed(Exception):
    """The demo cannot go on; the text is for the person watching."""


def say(text=""):
    print(text, flush=True)


def step(text):
    say(f"\n\033[1m{text}\033[0m" if COLOUR else f"\n{text}")


def indented(text):
    say("\n".join("    " + line if line else "" for line in text.rstrip().splitlines()))


def wait_for(what, look, patience=PATIENCE):
    until = time.monotonic() + patience
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise Failed(f"waited {patience} s in vain for {what}")


class Demo:
    def __init__(self, folder):
        self.folder = folder
        self.etc = folder / "etc"
        self.inbox = folder / "inbox"
        self.received = folder / "received.ndjson"
        self.running = []

    def forewarn(self, *words, check=True):
        command = [BIN / "forewarn", "--config", self.etc, *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        if check and done.returncode != 0:
            raise Failed(f"forewarn {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def ask(self, *words):
        return json.loads(self.forewarn(*words, "-o", "json"))

    def start(self, name, *command):
        log = (self.folder / f"{name}.log").open("w", encoding="utf-8")
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        log.close()
        self.running.append((name, process))
        return process

    def log_of(self, name):
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def alive(self):
        for name, process in self.running:
            if process.poll() is not None:
                raise Failed(f"{name} ended with {process.returncode}:\n{self.log_of(name)[-2000:]}")
        return True

    def stop(self):
        for _, process in reversed(self.running):
            if process.poll() is None:
                process.terminate()
        for _, process in self.running:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    # The shipped configuration with its own folders, a webhook beside the mail folder, and no partner's push token.
    def configure(self):
        shutil.copytree(ROOT / "etc", self.etc)
        settings = (self.etc / "forewarn.yaml").read_text(encoding="utf-8")
        for key, value in {"state_dir": "../state", "inbox_dir": "../inbox", "listen_port": "0"}.items():
            settings, changed = re.subn(rf"(?m)^{key}:.*$", f"{key}: {value}", settings)
            if changed != 1:
                raise Failed(f"etc/forewarn.yaml has no line '{key}:'")
        (self.etc / "forewarn.yaml").write_text(settings, encoding="utf-8")
        for feed in (self.etc / "feeds.d").glob("*.yaml"):
            text = feed.read_text(encoding="utf-8")
            feed.write_text(re.sub(r"(?m)^  push: \{token_file: credential:.*\n", "", text), encoding="utf-8")
        (self.folder / "secrets").mkdir(mode=0o700)
        (self.folder / "state").mkdir(mode=0o700)
        key = self.folder / "secrets" / "duty-desk.key"
        key.touch(mode=0o600)
        key.write_text("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode() + "\n", encoding="utf-8")
        return key

    def listen(self, key):
        self.start("listen", BIN / "forewarn", "listen", "--port", "0", "--secret-file", key, "--log", self.received)
        return wait_for("the receiver", lambda: self.alive() and re.search(r"http://\S+", self.log_of("listen"))).group(0)

    def serve(self, url):
        for shipped in (self.etc / "services.d").glob("*.yaml"):
            shipped.unlink()
        (self.etc / "services.d" / "demo.yaml").write_text(DUTY_DESK.format(url=url + "forewarn"), encoding="utf-8")
        self.start("forewarnd", BIN / "forewarnd", "--config", self.etc)
        socket = self.folder / "state" / "forewarn.sock"
        wait_for("the daemon's socket", lambda: self.alive() and socket.exists())

    def feeds(self):
        answer = subprocess.run(
            ["curl", "-sS", "--fail", "--max-time", "10", "--unix-socket", self.folder / "state" / "forewarn.sock",
             "http://localhost/v1/feeds"], capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            return {}
        rows = json.loads(answer.stdout)
        rows = rows if isinstance(rows, list) else rows.get("feeds", rows.get("items", []))
        return {row["id"]: row for row in rows}

    # Whole files appear by rename, as a careful partner puts them there.
    def hand_in(self, feed, file):
        target = self.inbox / feed
        target.mkdir(parents=True, exist_ok=True)
        part = target / f".{file.name}.part"
        shutil.copyfile(file, part)
        part.rename(target / file.name)

    def messages(self):
        if not self.received.exists():
            return []
        return [json.loads(line) for line in self.received.read_text(encoding="utf-8").splitlines() if line]


def table_of(feed):
    return (f"{feed['rows']:>5} rows = {feed['accepted']} accepted ({feed['revised']} corrected later, "
            f"{feed['withdrawn']} withdrawn) + {feed['duplicate']} sent twice + {feed['stale']} stale + "
            f"{feed['unselected']} not wanted + {feed['quarantined']} refused")


def show(demo):
    started = time.monotonic()
    key = demo.configure()
    url = demo.listen(key)
    demo.serve(url)
    step("1. A synthetic city: two weeks of ambulance calls and drug tests, up to this minute")
    indented(demo.forewarn("simulate", "--out", str(demo.folder / "city"), "--seed", "7", "--to", "now",
                           "--feeds", "ambulance,drug-tests"))
    truth = json.loads((demo.folder / "city" / "truth.json").read_text(encoding="utf-8"))

    step("2. The partners drop their files; the daemon takes them")
    files = sorted((demo.folder / "city" / "ambulance").iterdir())
    expected = {"ambulance": truth["feeds"]["ambulance"]["rows"], "drug-tests": 0}
    for file in sorted((demo.folder / "city" / "drug-tests").iterdir()):
        expected["drug-tests"] += truth["files"][f"drug-tests/{file.name}"]["rows"]
        demo.hand_in("drug-tests", file)
    for file in files:
        demo.hand_in("ambulance", file)

    def taken():
        demo.alive()
        feeds = demo.feeds()
        return feeds if all(feeds.get(f, {}).get("rows", 0) >= rows for f, rows in expected.items()) else None

    feeds = wait_for("every row to be taken", taken)
    for name in expected:
        indented(f"{name:<11}{table_of(feeds[name])}")
    say("  refused, each with its place and reason:")
    refused = demo.ask("quarantine", "list")
    for row in refused[:5]:
        indented(f"{row['source']}:{row['line']}  {row['reason']}")
    if len(refused) > 5:
        indented(f"... and {len(refused) - 5} more: forewarn quarantine list")

    step("3. A rule finds the outbreak, and the panel has an assessment to decide on")
    ward = truth["outbreaks"][0]["ward_name"]

    def waiting():
        demo.alive()
        return next((one for one in demo.ask("assessments", "list")
                     if one["rule"] == "opioid-callouts-ward" and ward in one["headline"]), None)

    waits = wait_for(f"an assessment about {ward}", waiting)
    indented(demo.forewarn("assessments", "show", waits["reference"]))

    step("4. The duty manager decides: an alert goes out")
    say(f"  $ forewarn assessments issue {waits['reference']} --who 'duty manager' --reason '...'")
    decided = demo.ask("--who", "duty manager", "assessments", "issue", waits["reference"],
                       "--reason", "Six calls in one ward within hours; a local sample holds a nitazene")
    issued = demo.ask("assessments", "show", waits["reference"])
    reference = issued.get("alert") or decided.get("alert", {}).get("reference")
    if not reference:
        raise Failed(f"the assessment was issued but names no alert: {issued}")
    indented(demo.forewarn("alerts", "show", reference))

    step("5. It reaches the service: a signed webhook, verified by the receiver, and a mail")

    def arrived():
        demo.alive()
        return next((m for m in demo.messages() if m["verified"] and m["message"]["type"] == "alert.issued"
                     and m["message"]["data"].get("reference") == reference), None)

    message = wait_for("the webhook", arrived)
    indented(f"webhook   {message['message']['type']} {message['webhook_id']}")
    indented(f"          signature verified by the receiver, answered {message['answered']}")
    mails = demo.folder / "state" / "mail" / "duty-desk" / "new"
    mail = wait_for("the mail", lambda: next((m for m in sorted(mails.glob("*"))
                                              if reference in m.read_text(encoding="utf-8", errors="replace")), None)
                    if mails.exists() else None)
    subject = next((line for line in mail.read_text(encoding="utf-8", errors="replace").splitlines()
                    if line.lower().startswith("subject:")), "Subject: ?")
    indented(f"mail      {mail.relative_to(demo.folder)}")
    indented(f"          {subject}")

    step(f"Done in {time.monotonic() - started:.0f} s: the alert arrived and its signature was right.")
    say("""  Where to go next:
    README.md                     what this is, and the first steps on your own machine
    etc/rules.d/opioids.yaml      the rule that fired; change a number, then: forewarn check --config etc
    docs/how-it-hangs-together.md a record's way from the file to the webhook
    docs/receiving-webhooks.md    verify messages in ten lines of your own code""")


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="forewarn-demo-"))
    demo = Demo(folder)
    try:
        show(demo)
        return 0
    except (Failed, KeyError, OSError, ValueError, subprocess.SubprocessError) as broken:
        say(f"\nThe demo failed: {type(broken).__name__}: {broken}")
        if (folder / "forewarnd.log").exists():
            say("The daemon's last lines:\n" + "\n".join(demo.log_of("forewarnd").splitlines()[-15:]))
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        demo.stop()
        if os.environ.get("FOREWARN_DEMO_KEEP"):
            say(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
