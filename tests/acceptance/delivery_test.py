#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An alert's way to people on the real daemon: a webhook that is gone, the text message by GOV.UK Notify instead, Notify's
report that it did not arrive, a person's word by the link, the operator's page, a new webhook key, the day's canary, and a
crash at each commit point of the outbox."""

import datetime
import http.client
import http.server
import json
import os
import re
import ssl
import subprocess
import threading

import harness

SERVICE_KEY = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
RULES = harness.every_call(harness.AUTOMATIC)
SERVICES = """\
  - id: ward
    name: Ward team
    roles: [duty_desk]
    confirm: {{within: 2h, escalate_to: night}}
    channels:
      - webhook: {{url: "{gone}", secret_file: ../gone.key, private_address: true}}
      - name: text
        fallback: true
        notify: {{sms: "+447700900123", template: t-1, key_file: ../notify.key, url: "{notify}", ca_file: ../ca.pem,
                 private_address: true}}
  - id: desk
    name: Duty desk
    roles: [duty_desk]
    channels:
      - webhook: {{url: "{url}", secret_file: [../desk.key{old}], private_address: true}}
  - id: training
    name: Training room
    roles: [exercise]
    channels:
      - maildir: {{folder: mail/training, to: training@localhost}}
groups:
  night: [desk]
"""


def row(number):
    at = datetime.datetime.now() - datetime.timedelta(minutes=5)
    return (f"D{number},I{number},{at:%d/%m/%Y %H:%M},Armley,Hostel,heroin,Y,1,34,Male,P{number},"
            "Conveyed to hospital\r\n")


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def certificates(folder):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", f"{folder}/ca.key", "-out",
            f"{folder}/ca.pem")


class Server:
    """Answers every POST by `answer(path, headers, body)`: a status and a body."""

    def __init__(self, answer, folder=None):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # the name that http.server asks for
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                status, text = answer(self.path, self.headers, body)
                self.send_response(status)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if folder:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(f"{folder}/ca.pem", f"{folder}/ca.key")
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def ask(port, method, path, body=None, fields=None):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request(method, path, body, fields or {})
    answer = line.getresponse()
    return answer.status, answer.read().decode()


def write_services(daemon, receiver, gone, notify, old=""):
    text = harness.ON_CALL + SERVICES.format(url=receiver.url, gone=f"http://127.0.0.1:{gone.port}/",
                                             notify=f"https://localhost:{notify.port}", old=old)
    (daemon.etc / "services.d" / "test.yaml").write_text(text, encoding="utf-8")


def stuck(daemon):
    done = subprocess.run([harness.BIN / "forewarn", "--config", daemon.etc, "deliveries", "stuck", "-o", "json"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def on_call_mails(daemon):
    return [one.read_text(encoding="utf-8") for one in (daemon.state / "mail/on-call/new").glob("*")]


def crash_while_sending(daemon, receiver):
    """Killed after the claim, after the send and before the outcome is written: sent all the same, under the same id."""
    alerts = len(receiver.of_type("alert.issued"))
    for number, point in enumerate(("outbox.after-claim:2", "outbox.after-send:1", "outbox.before-settled:1"), start=3):
        daemon.stop()
        daemon.hand_in("ambulance", f"{number}.csv", harness.CALLS + row(number))
        os.environ["FOREWARN_CRASH_AT"] = point
        try:
            daemon.start()
            harness.wait_for(f"the crash {point}", lambda: daemon.process.poll() is not None, 60)
        finally:
            del os.environ["FOREWARN_CRASH_AT"]
        daemon.start()
        alerts += 1
        harness.wait_for(f"the alert after {point}",
                         lambda: daemon.alive() and len(receiver.of_type("alert.issued")) >= alerts, 60)
    references = [one["data"]["reference"] for one in receiver.of_type("alert.issued").values()]
    assert len(references) == len(set(references)), "one alert under two webhook-ids"
    assert not receiver.wrong, receiver.wrong


def run(folder):
    certificates(folder)
    texts = []

    def as_notify(path, headers, body):
        said = json.loads(body)
        header, claims, _ = headers["authorization"].removeprefix("Bearer ").split(".")
        assert path == "/v2/notifications/sms" and header and claims, path
        texts.append(said)
        return 201, json.dumps({"id": "740e5834", "reference": said["reference"]}).encode()

    notify = Server(as_notify, folder)
    gone = Server(lambda *_: (410, b""))
    receiver = harness.Receiver(seed=1, fail_rate=0)
    daemon = harness.Daemon(folder, RULES, harness.ON_CALL)
    (folder / "desk.key").write_text(receiver.secret + "\n")
    (folder / "gone.key").write_text(receiver.secret + "\n")
    (folder / "notify.key").write_text(f"live-{SERVICE_KEY}-{SECRET}\n")
    (folder / "callback.token").write_text("a token of ours\n")
    settings = daemon.etc / "forewarn.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('canary_at: ""', 'canary_at: "00:00"') +
                        "public_url: https://alerts.example.org\nnotify_callback_token_file: ../callback.token\n",
                        encoding="utf-8")
    write_services(daemon, receiver, gone, notify)
    try:
        daemon.start()
        port = int(harness.wait_for("the daemon's port", lambda: re.search(r"event=listening .*port=(\d+)", daemon.log()),
                                    60)[1])
        harness.wait_for("readiness", lambda: daemon.alive() and ask(port, "GET", "/-/ready")[0] == 200, 60)

        daemon.hand_in("ambulance", "one.csv", harness.CALLS + row(1))
        text = harness.wait_for("the text message", lambda: daemon.alive() and texts and texts[0], 60)
        words = text["personalisation"]["message"]
        assert text["phone_number"] == "+447700900123" and "give naloxone" in words, text
        harness.wait_for("the desk's webhook", lambda: receiver.of_type("alert.issued"), 60)
        harness.wait_for("on-call hears of the lost webhook",
                         lambda: any("It goes out by their text now" in one.replace("=\n", "") for one in
                                     on_call_mails(daemon)), 30)
        page = stuck(daemon)
        assert [(one["service"], one["said_gone"]) for one in page["destinations"]] == [("ward", True)], page
        assert [one["service"] for one in page["unconfirmed"]] == ["ward"], page

        # A link that is opened notes nothing; the button notes a person.
        link = re.search(r"https://alerts\.example\.org(/ack/[0-9a-f]{32})", words)[1]
        status, shown = ask(port, "GET", link)
        assert status == 200 and "Nothing is noted yet" in shown, shown
        assert stuck(daemon)["unconfirmed"]
        form = {"content-type": "application/x-www-form-urlencoded"}
        status, shown = ask(port, "POST", link, "who=the+team+leader", form)
        assert status == 200 and "the team leader has had this" in shown, shown
        assert not stuck(daemon)["unconfirmed"]

        # Notify reports that it never arrived: a lost delivery, told to on-call.
        report = json.dumps({"reference": text["reference"], "status": "permanent-failure", "to": "+447700900123"})
        assert ask(port, "POST", "/v1/notify/receipts", report)[0] == 401
        status, said = ask(port, "POST", "/v1/notify/receipts", report, {"authorization": "Bearer a token of ours"})
        assert status == 200 and '"known":true' in said, said
        shown = json.loads(daemon.forewarn("deliveries", "show", text["reference"], "-o", "json"))
        assert shown["state"] == "dead" and "permanent-failure" in shown["last_result"], shown

        # A new key beside the old one: the receiver, who still has the old one, verifies every message.
        keeper = 65534 if os.geteuid() == 0 else os.geteuid()  # root rotates it for the daemon's own user
        os.chown(folder / "desk.key", keeper, -1)
        said = daemon.forewarn("deliveries", "rotate-key", str(folder / "desk.key"))
        assert "secret_file" in said and (folder / "desk.key").read_text() != receiver.secret + "\n", said
        owners = {(folder / name).stat().st_uid for name in ("desk.key", "desk.key.old")}
        assert owners == {keeper}, owners
        write_services(daemon, receiver, gone, notify, old=", ../desk.key.old")
        daemon.process.send_signal(harness.signal.SIGHUP)
        harness.wait_for("the reload", lambda: "event=reloaded" in daemon.log(), 30)
        daemon.hand_in("ambulance", "two.csv", harness.CALLS + row(2))
        harness.wait_for("the second alert", lambda: daemon.alive() and len(receiver.of_type("alert.issued")) == 2, 60)
        assert not receiver.wrong, receiver.wrong

        # The day's canary came down every way that there is, and made no observation.
        ways = {"folder:ambulance", "mapping:ambulance", "channel:training/maildir"}
        harness.wait_for("the canary", lambda: ways <= set(re.findall(
            r'forewarn_canary_last_success_timestamp_seconds\{path="([^"]+)"', ask(port, "GET", "/metrics")[1])), 60)
        assert len(daemon.forewarn("export", "observations").splitlines()) == 2
        daemon.forewarn("audit", "verify")
        crash_while_sending(daemon, receiver)
    finally:
        daemon.stop()


if __name__ == "__main__":
    harness.in_own_folder("forewarn-delivery-", run)
