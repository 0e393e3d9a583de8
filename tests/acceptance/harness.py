# SPDX-License-Identifier: Apache-2.0
"""Runs the real daemon in a folder of its own, and a receiver that checks every signature. Standard library only."""

import base64
import email
import email.policy
import hashlib
import hmac
import http.client
import http.server
import json
import os
import pathlib
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

BIN = pathlib.Path(os.environ["FOREWARN_BIN"])
SOURCE = pathlib.Path(os.environ["FOREWARN_SOURCE_DIR"])

# The one service that every configuration needs: somebody hears of notices.
ON_CALL = """version: 1
services:
  - id: on-call
    name: On-call
    roles: [on_call, operators]
    channels:
      - maildir: {folder: mail/on-call, to: on-call@localhost}
"""


# What the shipped feed `ambulance` reads.
CALLS = ("Call ID,Incident no,Call time,Ward,Setting,Drugs reported,Naloxone given,Naloxone doses,Age,Sex,Patient ref,"
         "Outcome\r\n")
AUTOMATIC = "{release: automatic, hold: 1s, audience: services, advice: opioid-overdose}"


def every_call(alert):
    """A rule that finds every call-out, and what follows from that."""
    return f"""version: 1
rules:
  - id: every-call
    title: Every call-out
    owner: test
    observe: [ambulance]
    detect: {{every_record: {{}}}}
    alert: {alert}
"""


def wait_for(what, look, patience):
    until = time.monotonic() + patience
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {patience} s in vain for {what}")


def in_own_folder(prefix, run):
    """Runs a test in a folder that is gone afterwards; if it fails, with the daemon's last lines."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=prefix))
    try:
        run(folder)
    except BaseException:
        log = folder / "forewarnd.log"
        if log.exists():
            print("the daemon's last lines:\n" + log.read_text(encoding="utf-8", errors="replace")[-3000:], file=sys.stderr)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shared_data(relative):
    """Real public input beside the project. Without it the whole test is skipped, or fails where it is required."""
    path = SOURCE.parent / "shared" / relative
    if path.exists():
        return path
    if os.environ.get("FOREWARN_REQUIRE_DATA") == "1":
        raise AssertionError(f"real input is required and absent: ../shared/{relative}")
    print(f"skipped: real input is absent: ../shared/{relative}")
    sys.exit(77)


class Receiver:
    """A service's webhook. Fails a third of the verified messages, none more than twice, so that the end is near."""

    def __init__(self, seed, fail_rate=1 / 3, most_failures=2):
        self.key = secrets.token_bytes(32)
        self.luck = random.Random(seed)
        self.fail_rate = fail_rate
        self.most_failures = most_failures  # of one message
        self.lock = threading.Lock()
        self.accepted = {}  # webhook-id -> message
        self.seen = {}  # webhook-id -> how often it came
        self.failures = {}
        self.wrong = []  # what did not verify, and why
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # the name that http.server asks for
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                status = outer.take(self.headers, body)
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # a daemon that is killed closes its connections
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    @property
    def secret(self):
        return "whsec_" + base64.b64encode(self.key).decode()

    def take(self, headers, body):
        name = headers.get("webhook-id", "")
        signed = name.encode() + b"." + headers.get("webhook-timestamp", "").encode() + b"." + body
        right = "v1," + base64.b64encode(hmac.new(self.key, signed, hashlib.sha256).digest()).decode()
        with self.lock:
            if not any(hmac.compare_digest(right, given) for given in headers.get("webhook-signature", "").split()):
                self.wrong.append(name)
                return 401
            self.seen[name] = self.seen.get(name, 0) + 1
            if self.failures.get(name, 0) < self.most_failures and self.luck.random() < self.fail_rate:
                self.failures[name] = self.failures.get(name, 0) + 1
                return 500
            self.accepted[name] = json.loads(body)
            return 200

    def of_type(self, kind):
        with self.lock:
            return {name: message for name, message in self.accepted.items() if message["type"] == kind}


class MailServer:
    """A real SMTP server in a process of its own (smtp_server.py), which keeps what it takes."""

    def __init__(self, folder, *options):
        self.box = folder / "mailboxes"
        self.box.mkdir()
        self.process = subprocess.Popen(
            ["/usr/bin/python3", "-B", pathlib.Path(__file__).with_name("smtp_server.py"), "--folder", self.box, *options],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def kept(self):
        """What is known of each mail's way, and the mail, in the order in which they came."""
        for file in sorted(self.box.glob("*.json")):
            with file.with_suffix(".eml").open("rb") as raw:
                yield json.loads(file.read_text(encoding="utf-8")), email.message_from_binary_file(
                    raw, policy=email.policy.default)


class Daemon:
    """The shipped configuration in a folder of its own, with the rules and services a test gives."""

    def __init__(self, folder, rules, services):
        self.folder = folder
        self.etc = folder / "etc"
        self.state = folder / "state"
        self.inbox = folder / "inbox"
        self.process = None
        shutil.copytree(SOURCE / "etc", self.etc)
        settings = (self.etc / "forewarn.yaml").read_text(encoding="utf-8")
        for key, value in {"state_dir": "../state", "inbox_dir": "../inbox", "listen_port": "0"}.items():
            settings = re.sub(rf"(?m)^{key}:.*$", f"{key}: {value}", settings)
        # The canary of the day has a test of its own; in others its messages would be one more that nobody expects.
        (self.etc / "forewarn.yaml").write_text(settings + '\ncanary_at: ""\n', encoding="utf-8")
        for feed in (self.etc / "feeds.d").glob("*.yaml"):
            text = feed.read_text(encoding="utf-8")
            feed.write_text(re.sub(r"(?m)^  push: \{token_file: credential:.*\n", "", text), encoding="utf-8")
        for name, text in {"rules.d": rules, "services.d": services}.items():
            for shipped in (self.etc / name).glob("*.yaml"):
                shipped.unlink()
            (self.etc / name / "test.yaml").write_text(text, encoding="utf-8")
        for made in (self.state, self.inbox):
            made.mkdir(mode=0o700)

    def start(self):
        with (self.folder / "forewarnd.log").open("ab") as log:
            self.process = subprocess.Popen([BIN / "forewarnd", "--config", self.etc], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL)

    def kill(self):
        assert self.process.poll() is None, f"forewarnd ended by itself with {self.process.returncode}:\n{self.log()}"
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def alive(self):
        assert self.process.poll() is None, f"forewarnd ended by itself with {self.process.returncode}:\n{self.log()}"
        return True

    def log(self):
        return (self.folder / "forewarnd.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def forewarn(self, *words):
        done = subprocess.run([BIN / "forewarn", "--config", self.etc, *words], capture_output=True, text=True,
                              timeout=120, check=False)
        assert done.returncode == 0, f"forewarn {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def ask(self, target):
        """GET over the daemon's local socket; nothing while it does not answer."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(30)
                line.connect(str(self.state / "forewarn.sock"))
                line.sendall(f"GET {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".encode())
                answer = http.client.HTTPResponse(line)
                answer.begin()
                return json.loads(answer.read()) if answer.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None

    def hand_in(self, feed, name, text):
        target = self.inbox / feed
        target.mkdir(parents=True, exist_ok=True)
        part = target / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        part.rename(target / name)
        (target / f"{name}.done").touch()  # whole: no need to watch it for a while
