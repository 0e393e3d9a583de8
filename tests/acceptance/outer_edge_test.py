#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The daemon as partners, services and operators meet it: TLS, metrics after a real flow, deliveries listed and sent
again, `forewarn listen` as a receiver, exit codes, and a stop in the middle of work."""

import atexit
import concurrent.futures
import datetime
import email
import http.client
import json
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import tempfile

import harness
import prometheus_text
from harness import BIN, wait_for

RULES = """version: 1
rules:
  - id: every-call
    title: Every call-out
    owner: test
    observe: [ambulance]
    for_each: [ward]
    detect: {every_record: {}}
    alert: {release: panel, audience: professionals, advice: opioid-overdose}
"""
SERVICES = """version: 1
services:
  - id: on-call
    name: On-call
    roles: [on_call, operators]
    takes: {{audience: [on_call]}}
    channels:
      - webhook: {{url: "{url}", secret_file: ../on-call.key, private_address: true{trust}}}
      - maildir: {{folder: mail/on-call, to: on-call@localhost}}
  - id: desk
    name: Duty desk
    channels:
      - maildir: {{folder: mail/desk, to: desk@localhost}}
"""
HEADER = ("Call ID,Incident no,Call time,Ward,Setting,Drugs reported,Naloxone given,Naloxone doses,Age,Sex,Patient ref,"
          "Outcome\r\n")
TOKEN = "the-feed's-own-token"


def row(number, ward="Armley"):
    at = datetime.datetime.now() - datetime.timedelta(minutes=30)
    return (f"C{number:06},I{number:06},{at:%d/%m/%Y %H:%M},{ward},Hostel,heroin,Y,1,40,Male,P{number:06},"
            "Conveyed to hospital\r\n")


class Place:
    """A daemon with one feed by push, in a folder that is gone afterwards."""

    def __init__(self, url, secret, settings="", trust="", services=SERVICES):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="forewarn-edge-"))
        (self.folder / "on-call.key").write_text(secret + "\n", encoding="utf-8")
        self.daemon = harness.Daemon(self.folder, RULES, services.format(url=url, trust=trust))
        feed = self.daemon.etc / "feeds.d" / "ambulance.yaml"
        text = feed.read_text(encoding="utf-8")
        feed.write_text(text.replace("fetch:\n", "fetch:\n  push: {token_file: ambulance.token}\n", 1), encoding="utf-8")
        (self.daemon.etc / "ambulance.token").write_text(TOKEN + "\n", encoding="utf-8")
        config = self.daemon.etc / "forewarn.yaml"
        config.write_text(config.read_text(encoding="utf-8") + settings, encoding="utf-8")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, wrong, *_):
        self.daemon.stop()
        if wrong:
            print(self.daemon.log())
        shutil.rmtree(self.folder)

    def start(self):
        log = self.folder / "forewarnd.log"
        before = log.stat().st_size if log.exists() else 0
        self.daemon.start()
        wait_for("the daemon", lambda: self.daemon.alive() and self.daemon.ask("/v1/feeds"), 60)
        with log.open("rb") as said:
            said.seek(before)
            self.port = int(re.search(rb"event=listening .*?port=(\d+)", said.read())[1])

    def ask(self, method, target, body=None, tls=None, **fields):
        line = (http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=tls) if tls
                else http.client.HTTPConnection("127.0.0.1", self.port, timeout=60))
        try:
            line.request(method, target, body, fields)
            answer = line.getresponse()
            return answer.status, answer.read().decode(), answer.headers
        finally:
            line.close()

    def push(self, rows, tls=None):
        return self.ask("POST", "/v1/feeds/ambulance/records", (HEADER + rows).encode(), tls,
                        **{"Content-Type": "text/csv", "Authorization": f"Bearer {TOKEN}"})

    def metrics(self):
        status, text, headers = self.ask("GET", "/metrics")
        assert status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4"), headers
        return prometheus_text.read(text)

    def fails(self, code, *words):
        done = subprocess.run([BIN / "forewarn", "--config", self.daemon.etc, *words], capture_output=True, text=True,
                              timeout=60, check=False)
        assert done.returncode == code, f"{words}: {done.returncode}, not {code}\n{done.stdout}{done.stderr}"
        return done.stderr

    def deliveries(self, *words):
        return json.loads(self.daemon.forewarn("deliveries", "list", "-o", "json", *words))


def value(samples, name, **labels):
    key = (name, frozenset(labels.items()))
    assert key in samples, f"no {name} {labels}; there is {[k for k in samples if k[0] == name]}"
    return samples[key]


def the_flow_and_its_metrics(receiver):
    with Place(receiver.url, receiver.secret) as place:
        assert place.push(row(2, "Headingley & Hyde Park"))[0] == 200  # by itself: what arises together is one message
        bad = row(3).replace("Hostel", "Moon base")
        status, text, _ = place.push(row(1) + row(1) + bad.replace("/", "-", 1))
        assert status == 200, text
        told = json.loads(text)
        assert told["rows"] == told["accepted"] + told["duplicate"] + told["stale"] + told["unselected"] + told["quarantined"]
        wait_for("four notices", lambda: len([d for d in place.deliveries() if d["state"] == "delivered"]) >= 4, 60)
        assessment = json.loads(place.daemon.forewarn("assessments", "list", "-o", "json"))[0]["reference"]
        issued = json.loads(place.daemon.forewarn("assessments", "issue", assessment, "--who", "a manager", "--reason",
                                                  "two in one day", "-o", "json"))
        wait_for("the alert", lambda: [d for d in place.deliveries("--to", "desk") if d["state"] == "delivered"], 60)
        samples, types = place.metrics()
        feed = {"feed": "ambulance"}
        assert value(samples, "forewarn_feed_records_total", **feed, result="accepted") == told["accepted"] + 1
        assert value(samples, "forewarn_feed_records_total", **feed, result="quarantined") == told["quarantined"] == 1
        assert value(samples, "forewarn_quarantine_records", **feed) == 1
        assert value(samples, "forewarn_feed_last_success_timestamp_seconds", **feed) > 1.7e9
        assert value(samples, "forewarn_observations_total", kind="ambulance") == 2
        assert value(samples, "forewarn_signals_total", rule="every-call", level="amber") == 2
        assert value(samples, "forewarn_signals_open", rule="every-call", level="amber") == 2
        assert value(samples, "forewarn_rule_evaluations_total", rule="every-call") == 2
        assert value(samples, "forewarn_rule_observations_ungrouped_total", rule="every-call") == 0
        assert value(samples, "forewarn_rule_evaluation_seconds_count") == 2
        assert value(samples, "forewarn_assessments_open", state="received") == 1
        assert value(samples, "forewarn_alerts_open", level="amber") == 1
        assert value(samples, "forewarn_alerts_open", level="red") == 0
        assert value(samples, "forewarn_deliveries_total", channel="webhook", result="delivered", reason="http_200") == 2
        assert value(samples, "forewarn_deliveries_total", channel="maildir", result="delivered", reason="written") == 3
        assert value(samples, "forewarn_delivery_seconds_count") == 5
        assert value(samples, "forewarn_record_to_notice_seconds_count") == 4
        assert 0 < value(samples, "forewarn_record_to_notice_seconds_sum") < 60
        assert value(samples, "forewarn_outbox_pending") == 0
        assert value(samples, "forewarn_outbox_oldest_age_seconds") == 0
        assert value(samples, "forewarn_config_last_reload_successful") == 1
        assert len([1 for name, labels in samples if name == "forewarn_config_hash" and samples[name, labels] == 1]) == 1
        assert len([1 for name, _ in samples if name == "forewarn_build_info"]) == 1
        for name in ("process_resident_memory_bytes", "process_virtual_memory_bytes", "process_cpu_seconds_total",
                     "process_open_fds", "process_max_fds", "process_start_time_seconds"):
            assert value(samples, name) > 0, name
        assert types["forewarn_delivery_seconds"] == "histogram" and types["forewarn_signals_total"] == "counter"
        one_shape(place, issued["reference"])
        listed_and_sent_again(place, receiver)
        usage(place)


def one_shape(place, reference):
    """The alert is the same object in the API, on the command line and in the webhook, and is shown as it was sent."""
    daemon = place.daemon
    by_api = daemon.ask(f"/v1/alerts/{reference}")
    assert by_api == json.loads(daemon.forewarn("alerts", "show", reference, "-o", "json"))
    sent = json.loads(daemon.forewarn("alerts", "show", reference, "--as", "webhook"))
    assert sent["data"] == by_api, f"{sent['data']}\n{by_api}"
    text = daemon.forewarn("alerts", "show", reference)
    layout = daemon.etc / "templates" / "alert.txt.mustache"
    layout.write_text("other words: {{headline}}\n", encoding="utf-8")
    assert daemon.forewarn("alerts", "show", reference) == text, "an alert that went out reads like today's templates"


def listed_and_sent_again(place, receiver):
    daemon = place.daemon
    to_desk = place.deliveries("--to", "desk")
    assert [d["type"] for d in to_desk] == ["alert.issued"] and to_desk[0]["subject"]
    shown = json.loads(daemon.forewarn("deliveries", "show", to_desk[0]["id"], "-o", "json"))
    assert shown["text"].startswith(shown["body"]["data"]["headline"])
    assert "delivered" in daemon.forewarn("deliveries", "list", "--state", "delivered")

    seen = dict(receiver.seen)
    since = min(d["created_at"] for d in place.deliveries())
    words = ("deliveries", "replay", "--to", "on-call", "--who", "an operator", "--reason", "their disk was lost")
    said = daemon.forewarn(*words, "--since", since)
    assert said.startswith("4 on the way again"), said
    wait_for("the same two again", lambda: all(receiver.seen.get(name, 0) > times for name, times in seen.items()), 60)
    assert set(receiver.seen) == set(seen), "a replay made new ids"
    wait_for("all settled", lambda: not place.deliveries("--state", "due"), 60)
    assert [d["attempts"] for d in place.deliveries("--to", "desk")] == [1], "another service was touched"
    assert daemon.forewarn("deliveries", "replay", to_desk[0]["id"], "--who", "an operator", "--reason",
                           "asked for").startswith("1 on the way")
    assert "--who" in place.fails(2, "deliveries", "replay", "msg_0", "--who", "", "--reason", "x")
    assert "no delivery" in place.fails(1, "deliveries", "replay", "msg_0", "--who", "x", "--reason", "x")
    assert "--since 'soon'" in place.fails(2, *words, "--since", "soon")
    place.fails(2, "deliveries", "replay", "--reason", "x")


def usage(place):
    for words, expected in (
            (["nosuch"], "there is no verb 'nosuch'"), (["rules", "nosuch"], "forewarn rules: there is no verb 'nosuch'"),
            (["rules"], "It has: read"), (["alerts", "shwo"], "did you mean 'show'?"), (["-o", "json", "sginals"], "signals"),
            (["deliveries", "list", "--state", "lost"], "lost"), (["alerts", "show"], "REF")):
        said = place.fails(2, *words)
        assert expected in said, f"{words}: {said}"
    assert "no alert" in place.fails(1, "alerts", "show", "FW-1999-0001")
    extra = place.daemon.etc / "services.d" / "more.yaml"  # what stops the daemon stops `check` as well
    for text, code, expected in (("services: [1", 1, "more.yaml:1:"), ("services:\n  - {id: m, name: M, roles: [on_cal], "
                                 "channels: [{email: {to: m@example.org}}]}\n", 1, "no role 'on_cal'"),
                                 ("services:\n  - {id: m, name: M, channels: [{email: {to: m@example.org}}]}\n", 0, "[no-smtp]")):
        extra.write_text(text, encoding="utf-8")
        said = subprocess.run([BIN / "forewarn", "--config", place.daemon.etc, "check"], capture_output=True, text=True,
                              timeout=60, check=False)
        assert said.returncode == code and expected in said.stderr, f"{text}: {said.returncode} {said.stderr}"
    extra.unlink()
    listed = subprocess.run([BIN / "forewarn", "--help"], capture_output=True, text=True, timeout=60, check=True).stdout
    for verb in re.findall(r"(?m)^  ([a-z][a-z-]*) +\S", listed[listed.index("Subcommands:"):]):
        text = subprocess.run([BIN / "forewarn", verb, "--help"], capture_output=True, text=True, timeout=60,
                              check=True).stdout
        assert "Example" in text, f"forewarn {verb} --help has no example"
        for inner in re.findall(r"(?m)^  ([a-z-]+) +\S", text.partition("Subcommands:")[2]):
            more = subprocess.run([BIN / "forewarn", verb, inner, "--help"], capture_output=True, text=True, timeout=60,
                                  check=False).stdout
            assert "Example" in more, f"forewarn {verb} {inner} --help has no example"


def certificate(folder):
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "90", "-subj", "/CN=Test authority")
    openssl("req", *key, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "90",
            "-copy_extensions", "copy", "-out", "chain.pem")
    return folder


class Listener:
    """`forewarn listen` as a service's people run it."""

    def __init__(self, *words):
        self.process = subprocess.Popen([BIN / "forewarn", "listen", "--port", "0", *map(str, words)],
                                        stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)  # a test that fails leaves nobody behind who holds its output open
        first = self.process.stdout.readline()
        self.url = re.search(r"(https?://\S+?)/ ", first)[1]

    def until(self, text):
        said = ""
        for line in self.process.stdout:
            said += line
            if text in line:
                return said
        raise AssertionError(f"listen ended without saying '{text}':\n{said}")

    def stop(self):
        self.process.terminate()
        self.process.stdout.close()
        return self.process.wait(timeout=30)


def tls_and_listen(secret):
    """Records over TLS, notices over TLS to `forewarn listen`; a wrong secret is refused and said."""
    with tempfile.TemporaryDirectory(prefix="forewarn-tls-") as made:
        own = certificate(pathlib.Path(made))
        (own / "right.key").write_text(secret + "\n", encoding="utf-8")
        (own / "wrong.key").write_text(secret[:-6] + "AAAAA=\n", encoding="utf-8")
        tls = ("--tls-cert", own / "chain.pem", "--tls-key", own / "key.pem")
        log = own / "received.ndjson"
        good = Listener(*tls, "--secret-file", own / "right.key", "--fail-rate", "0.5", "--seed", "4", "--once", "2",
                        "--log", log)
        url = good.url.replace("127.0.0.1", "localhost")
        settings = f"tls_certificate_file: {own / 'chain.pem'}\ntls_key_file: {own / 'key.pem'}\n"
        with Place(url, secret, settings, f', ca_file: "{own / "ca.pem"}"') as place:
            trust = ssl.create_default_context(cafile=str(own / "ca.pem"))
            for number in (1, 2):
                status, text, _ = place.push(row(number), trust)
                assert status == 200 and json.loads(text)["accepted"] == 1, text
            try:
                place.ask("GET", "/-/healthy")
                raise AssertionError("plain HTTP was answered by the TLS listener")
            except (OSError, http.client.HTTPException):
                pass
            said = good.until("of a message seen before") + (good.process.communicate(timeout=120)[0] or "")
            assert "verified" in said and "failed on purpose" in said, said
            assert good.process.returncode == 0, "listen --once 2 did not end by itself"
            lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
            assert len({line["webhook_id"] for line in lines if line["answered"] == 200}) == 2
            assert any(line["answered"] == 500 for line in lines)

            wrong = Listener(*tls, "--secret-file", own / "wrong.key")
            services = place.daemon.etc / "services.d" / "test.yaml"
            text = services.read_text(encoding="utf-8")
            services.write_text(text.replace(url, wrong.url.replace("127.0.0.1", "localhost")), encoding="utf-8")
            place.daemon.process.send_signal(harness.signal.SIGHUP)
            wait_for("the reload", lambda: "event=reloaded" in place.daemon.log(), 60)
            place.daemon.forewarn("services", "test", "on-call", "--who", "an operator")
            said = wrong.until("why")
            assert "NOT VERIFIED, answered 401" in said and "signature" in said, said
            assert wrong.stop() == 0
            wait_for("the refusal in the list", lambda: [d for d in place.deliveries("--state", "due")
                                                         if d["last_result"].startswith("HTTP 401")], 60)


MAIL_SERVICES = """version: 1
services:
  - id: on-call
    name: On-call
    roles: [on_call, operators]
    takes: {{audience: [on_call]}}
    channels:
      - email: {{to: [on-call@example.org]}}
      - maildir: {{folder: mail/on-call, to: on-call@localhost}}
"""


def mail_server_down_and_back(secret):
    """Nobody listens where the mail server should: what waits is said by the other channel, and all of it arrives, each
    mail once, when the server is back."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = f"smtp:\n  url: smtp://127.0.0.1:{port}\n  from: forewarn@example.org\n  require_tls: false\n"
    with Place("", secret, settings, services=MAIL_SERVICES) as place:
        for number in range(1, 5):  # one by one: together they would be one message
            assert place.push(row(number))[0] == 200

        def told(kind):
            return [d for d in place.deliveries() if d["type"] == kind and d["channel"] == "maildir"]

        wait_for("word that mail does not work", lambda: told("delivery.held_up"), 120)
        samples, _ = place.metrics()
        assert value(samples, "forewarn_deliveries_total", channel="email", result="again", reason="smtp") >= 10
        with tempfile.TemporaryDirectory(prefix="forewarn-mail-") as box:
            server = subprocess.Popen(["/usr/bin/python3", "-B", pathlib.Path(__file__).with_name("smtp_server.py"), "--folder",
                                       box, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                wait_for("word that mail works again", lambda: told("delivery.resumed"), 120)
                wait_for("every mail", lambda: not place.deliveries("--state", "due"), 60)
            finally:
                server.terminate()
                server.wait()
            mails = [email.message_from_bytes(file.read_bytes()) for file in pathlib.Path(box).glob("*.eml")]
        ids = [mail["Message-ID"] for mail in mails]
        assert len(ids) == len(set(ids)), f"mails that came twice: {ids}"
        assert len([mail for mail in mails if mail["Subject"].startswith("Signal")]) == 4, [m["Subject"] for m in mails]


def stop_in_the_middle(receiver):
    """SIGTERM while records arrive and nothing can be delivered: exit 0, every acknowledged row is there after it,
    every refused one may be sent again, and what waits goes out after the next start."""
    with Place(receiver.url, receiver.secret) as place:
        taken, refused = [], []

        def partner(first):
            for number in range(first, first + 400):
                try:
                    status, _, _ = place.push(row(number))
                except (OSError, http.client.HTTPException):
                    status = 0
                (taken if status == 200 else refused).append(number)
                if status != 200:
                    return

        with concurrent.futures.ThreadPoolExecutor(8) as partners:
            work = [partners.submit(partner, 1000 * (i + 1)) for i in range(8)]
            wait_for("some rows", lambda: len(taken) > 40, 60)
            place.daemon.process.terminate()
            for one in work:
                one.result(timeout=120)
        assert place.daemon.process.wait(timeout=60) == 0, place.daemon.log()
        assert refused, "the daemon took everything before it heard of the stop: nothing was tried"
        stored = {json.loads(line)["id"] for line in place.daemon.forewarn("export", "observations").splitlines()}
        lost = {f"C{number:06}" for number in taken} - stored
        assert not lost, f"acknowledged and lost: {sorted(lost)}"
        waiting = {d["id"] for d in place.deliveries("--state", "due", "--limit", "100000") if d["channel"] == "webhook"}
        assert waiting, "nothing waits for the receiver"
        receiver.fail_rate = 0.0
        place.start()
        for number in refused:
            status, text, _ = place.push(row(number))
            assert status == 200, text
        wait_for("what waited", lambda: waiting <= set(receiver.accepted), 120)
    print(f"stop: {len(taken)} rows acknowledged before it, {len(refused)} refused, {len(waiting)} deliveries kept")


def main():
    receiver = harness.Receiver(seed=1, fail_rate=0.0)
    the_flow_and_its_metrics(receiver)
    tls_and_listen(receiver.secret)
    mail_server_down_and_back(receiver.secret)
    stop_in_the_middle(harness.Receiver(seed=2, fail_rate=1.0, most_failures=10**9))
    print("outer edge: ok")


if __name__ == "__main__":
    main()
