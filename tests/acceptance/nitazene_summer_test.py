#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The summer of a nitazene incident, by the wall clock of July 2026, through a real mail server (STARTTLS, login) and verified
HTTPS receivers: a first find, deaths in one building, a formal alert, an update, the correction of a mistyped drug, the
week's digest, a stand-down. Every mailbox and every webhook's log is held against golden files, word for word, and the
audit verifies. FOREWARN_UPDATE_GOLDEN=1 writes the golden files instead: then read the diff."""

import calendar
import html.parser
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import time

import harness

SHIFTED = harness.BIN.parent / "lib" / "libshifted_clock.so"
GOLDEN = pathlib.Path(__file__).with_name("golden") / "nitazene_summer"
SHIPPED = [("drug-tests.yaml", "nitazene-first-seen")]  # as it is shipped; the building's rule is the place's own
BUILDING = """  - id: deaths-in-one-building
    title: Suspected drug-related deaths in one building
    owner: public-health-on-call
    observe: [death]
    for_each: [site]
    detect: {count: {within: 7d, at_least: {amber: 2, red: 3}}}
    clear_after: 14d
    max_delay: 365d
    alert: {release: panel, audience: professionals, advice: potent-opioid}
"""
SERVICES = """version: 1
services:
  - id: on-call
    name: Public health on-call
    roles: [on_call, operators]
    channels:
      - email: {{to: [on-call@example.org]}}
  - id: hospital
    name: Hospital toxicology
    takes: {{audience: [professionals]}}
    channels:
      - email: {{to: [toxicology@example.org]}}
      - webhook: {{url: "{hospital}", secret_file: ../hospital.key, ca_file: "{authority}", private_address: true}}
  - id: hostels
    name: Hostels in Leeds
    takes: {{audience: [professionals, services], areas: [Leeds], level: red}}
    channels:
      - email: {{to: [hostels@example.org]}}
      - webhook: {{url: "{hostels}", secret_file: ../hostels.key, ca_file: "{authority}", private_address: true}}
  - id: bradford
    name: A service of the next district
    takes: {{areas: [Bradford]}}
    channels:
      - email: {{to: [bradford@example.org]}}
  - id: training
    name: Training room
    roles: [exercise]
    channels:
      - email: {{to: [training@example.org]}}
"""
SITES = """version: 1
sites:
  - {id: example-house, name: Example House, setting: hostel, ward: Armley, capacity: 40}
"""
DEATHS = ("Case reference,Date of death,Ward of incident,Place type,Place,Date of birth,Sex,Suspected drugs,Toxicology,"
          "Toxicology status,Suspected drug related\r\n")
PANEL = ["--who", "a manager"]
ANSWERS = [word for one in ("harm=death", "relevance=spreading", "evidence=laboratory", "novelty=new", "effect=yes")
           for word in ("--answer", one)]


class Summer(harness.Daemon):
    """A daemon, and everything it runs, under a clock that the test sets."""

    def set_clock(self, when):
        """To that minute of UTC, five seconds in: what happens next happens in that minute."""
        wanted = calendar.timegm(time.strptime(when, "%Y-%m-%dT%H:%M")) + 5
        part = self.folder / "clock.part"
        part.write_text(f"{wanted - int(time.time())}\n", encoding="utf-8")
        part.rename(self.folder / "clock")

    @property
    def shifted(self):
        return {**os.environ, "LD_PRELOAD": str(SHIFTED), "SHIFTED_CLOCK": str(self.folder / "clock")}

    def start(self):
        with (self.folder / "forewarnd.log").open("ab") as log:
            self.process = subprocess.Popen([harness.BIN / "forewarnd", "--config", self.etc], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, env=self.shifted)

    def forewarn(self, *words):
        done = subprocess.run([harness.BIN / "forewarn", "--config", self.etc, *words], capture_output=True, text=True,
                              timeout=120, check=False, env=self.shifted)
        assert done.returncode == 0, f"forewarn {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def said(self, *words):
        return json.loads(self.forewarn(*words, "-o", "json"))

    def settled(self, at_least):
        """Everything that was to be sent has been."""
        def look():
            self.alive()
            rows = self.said("deliveries", "list", "--limit", "1000")
            assert all(one["state"] in ("due", "delivered") for one in rows), rows
            return len(rows) >= at_least and all(one["state"] == "delivered" for one in rows) and rows
        return harness.wait_for(f"{at_least} deliveries", look, 60)

    def issued_from(self, rule):
        return next(one for one in self.said("assessments", "list") if one["rule"] == rule)["reference"]


def certificates(folder, env):
    """Made under the same clock: valid in July 2026, whenever the test runs."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60, env=env)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "300", "-subj", "/CN=Test authority")
    openssl("req", *key, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost")
    openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "300",
            "-copy_extensions", "copy", "-out", "chain.pem")


def https(receiver, folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "chain.pem", folder / "key.pem")
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    return receiver.url.replace("http://127.0.0.1", "https://localhost")


def mailboxes(server):
    """Address -> its mails, in the order of their dates."""
    out = {}
    for about, mail in server.kept():
        assert about["tls"] and about["user"] == "forewarn", about
        for address in about["to"]:
            out.setdefault(address, []).append(mail)
    for mails in out.values():
        mails.sort(key=lambda mail: (mail["Date"].datetime, mail["Subject"]))
    return out


class PlainWords(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.words, self.pictures, self.skip = [], [], False

    def handle_starttag(self, tag, attrs):
        self.skip = tag == "style"
        if tag == "img":
            self.pictures.append(dict(attrs))

    def handle_endtag(self, tag):
        self.skip = False

    def handle_data(self, data):
        if not self.skip:
            self.words += data.split()


class Normal:
    """Takes out what differs from run to run, and nothing else: ids, hashes, seconds. What is the same stays the same."""

    def __init__(self):
        self.names = {}

    def name(self, kind):
        return lambda found: self.names.setdefault(found[0], f"<{kind} {1 + sum(v.startswith(f'<{kind} ') for v in self.names.values())}>")

    def text(self, text):
        text = re.sub(r"\bmsg_[0-9a-f]+", self.name("message"), text)
        text = re.sub(r"\bS-[0-9A-Z]{12}\b", self.name("signal"), text)
        text = re.sub(r"(T\d\d\.\d\d)\.\d\d\.\d+Z", r"\1.<s>Z", text)
        text = re.sub(r"sha256:[0-9a-f]{64}", "sha256:<hash>", text)
        text = re.sub(r"(\d{4}-\d\d-\d\dT\d\d:\d\d):\d\d(\.\d+)?Z", r"\1:<s>Z", text)
        text = re.sub(r"\(Forewarn \d[\w.]*\)", "(Forewarn <version>)", text)
        return re.sub(r'"engine(_version)?": "[^"]*"', r'"engine\1": "<version>"', text)


def as_text(mails, normal):
    out = []
    for mail in mails:
        body = mail.get_body(preferencelist=("plain",)).get_content()
        page = PlainWords()
        page.feed(mail.get_body(preferencelist=("html",)).get_content())
        # The page says whatever the text says, and its picture has words of its own.
        missing = set(re.findall(r"\w[\w-]*", body)) - set(re.findall(r"\w[\w-]*", " ".join(page.words + [
            one.get("alt", "") for one in page.pictures])))
        assert not missing, f"{mail['Subject']}: only in the text: {sorted(missing)}"
        assert all(one.get("alt") and one["src"].startswith("cid:") for one in page.pictures), page.pictures
        pictures = [part.get_content_type() for part in mail.walk() if part.get_content_maintype() == "image"]
        assert len(pictures) == len(page.pictures), mail["Subject"]
        assert len(mail["Subject"]) <= 78, mail["Subject"]
        out.append(f"=== {mail['Subject']}\nDate: {mail['Date'].datetime:%a %d %b %Y %H:%M} UTC\nFrom: {mail['From']}\n"
                   f"To: {mail['To']}\nThread: {mail['References']}\nPictures: {len(pictures)}\n\n{body.rstrip()}\n")
    return normal.text("\n".join(out))


def as_log(receiver, normal):
    assert not receiver.wrong, f"not verified: {receiver.wrong}"
    assert set(receiver.seen.values()) <= {1}, f"came twice: {receiver.seen}"
    rows = sorted(receiver.accepted.values(), key=lambda one: (one["timestamp"], one["type"]))
    return normal.text("\n".join(json.dumps(one, indent=1, ensure_ascii=False) for one in rows) + "\n")


def hold_against_golden(name, text):
    file = GOLDEN / name
    if os.environ.get("FOREWARN_UPDATE_GOLDEN"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return []
    wanted = file.read_text(encoding="utf-8") if file.exists() else ""
    if text == wanted:
        return []
    import difflib
    return [f"--- {name} differs:\n" + "\n".join(difflib.unified_diff(wanted.splitlines(), text.splitlines(), "golden", "now",
                                                                     lineterm="", n=2))]


def configure(daemon, mail, urls, authority):
    for old, new in (("all_well_at:.*", 'all_well_at: ""'), ("purge_at:.*", 'purge_at: ""')):
        file = daemon.etc / "forewarn.yaml"
        file.write_text(re.sub(f"(?m)^{old}$", new, file.read_text(encoding="utf-8")), encoding="utf-8")
    (daemon.folder / "smtp.password").write_text("a password\n", encoding="utf-8")
    with (daemon.etc / "forewarn.yaml").open("a", encoding="utf-8") as file:
        file.write(f"smtp:\n  url: smtp://localhost:{mail.port}\n  from: Drug alerts <alerts@example.org>\n"
                   f"  username: forewarn\n  password_file: ../smtp.password\n  ca_file: {authority}\n")
    (daemon.etc / "services.d" / "test.yaml").write_text(SERVICES.format(authority=authority, **urls), encoding="utf-8")
    (daemon.etc / "sites" / "leeds.yaml").write_text(SITES, encoding="utf-8")
    for feed in (daemon.etc / "feeds.d").glob("*.yaml"):
        text = re.sub(r"(?m)^expect: .*\n", "", feed.read_text(encoding="utf-8"))
        if feed.name == "deaths.yaml":
            text = text.replace("map:\n", "map:\n  site: {column: Place, optional: true}\n", 1)
        feed.write_text(text, encoding="utf-8")


def shipped_rule(file, rule):
    text = (harness.SOURCE / "etc" / "rules.d" / file).read_text(encoding="utf-8")
    return next(part for part in re.split(r"(?m)^(?=  - id: )", text) if part.startswith(f"  - id: {rule}\n"))


def death(number, day, drugs="heroin"):
    return f"D{number:03},{day},Armley,Hostel,Example House,01/02/1985,Male,{drugs},,Pending,Y\r\n"


def the_summer(daemon):
    # Monday: a laboratory finds one in tablets sold as oxycodone.
    daemon.set_clock("2026-07-06T08:30")
    sample = {"sample_id": "T1", "version": 1, "status": "final", "received": "2026-07-03T12:00:00", "ward": "Armley",
              "sold_as": "oxycodone", "found": ["protonitazene"], "form": "tablet"}
    daemon.hand_in("drug-tests", "week.json", json.dumps({"samples": [sample]}))
    daemon.settled(1)
    daemon.set_clock("2026-07-06T09:10")
    first = daemon.issued_from("nitazene-first-seen")
    daemon.forewarn("assessments", "acknowledge", first, *PANEL, "--why", "the laboratory is being rung")
    daemon.forewarn("assessments", "validate", first, *PANEL, "--why", "the laboratory confirms it")
    daemon.set_clock("2026-07-06T10:00")
    daemon.forewarn("assessments", "issue", first, "--outcome", "information_only", *PANEL, "--why", "one sample, no overdose")
    sent = len(daemon.settled(3))

    # Thursday and Friday: three deaths in one building.
    daemon.set_clock("2026-07-09T13:00")
    daemon.hand_in("deaths", "thursday.csv", DEATHS + death(1, "08/07/2026") + death(2, "09/07/2026"))
    sent = len(daemon.settled(sent + 1))
    daemon.set_clock("2026-07-10T08:00")
    daemon.hand_in("deaths", "friday.csv", DEATHS + death(3, "09/07/2026", "heroin and protonitazene"))
    sent = len(daemon.settled(sent + 1))

    # The panel meets within the hour; the drug is mistyped.
    daemon.set_clock("2026-07-10T08:50")
    second = daemon.issued_from("deaths-in-one-building")
    daemon.forewarn("assessments", "validate", second, *PANEL, "--why", "the coroner's office confirms three")
    daemon.forewarn("assessments", "grade", second, *ANSWERS, *PANEL, "--why", "panel call")
    daemon.set_clock("2026-07-10T09:00")
    daemon.forewarn("assessments", "issue", second, *PANEL, "--why", "people can be told to keep naloxone at hand",
                    "--set", "drugs=metonitazene")
    sent = len(daemon.settled(sent + 4))
    alert = next(one for one in daemon.said("alerts", "list") if one["outcome"] == "formal_alert")["reference"]

    daemon.set_clock("2026-07-10T11:20")
    daemon.forewarn("alerts", "update", alert, "--set", "drugs=protonitazene", "--correction", *PANEL, "--why",
                    "the laboratory's fax was misread")
    sent = len(daemon.settled(sent + 4))
    daemon.set_clock("2026-07-11T15:00")
    daemon.forewarn("alerts", "update", alert, "--set", "sold_as=heroin", *PANEL, "--why",
                    "two services know the bags: it is sold as heroin")
    sent = len(daemon.settled(sent + 4))
    for service, says in (("hospital", "done"), ("hostels", "cannot")):
        daemon.forewarn("alerts", "answer", alert, "--service", service, "--says", says, "--note", "no kits left", *PANEL)
    daemon.forewarn("lessons", "add", "Read a drug's name back to the laboratory", "--owner", "the coordinator", "--due",
                    "2026-07-12", "--about", alert, *PANEL)

    # Monday morning's digest says how the week was; three weeks on it is over.
    daemon.set_clock("2026-07-13T07:00")
    daemon.forewarn("lessons", "done", "L-2026-0001", *PANEL, "--why", "in the call's checklist")  # what was due is said first
    sent = len(daemon.settled(sent + 1))
    daemon.set_clock("2026-07-13T09:00")
    daemon.forewarn("alerts", "review", alert, *PANEL, "--why", "no new case; it stands", "--review-by", "28d")
    return alert, sent


def the_end(daemon, alert, sent):
    daemon.set_clock("2026-07-13T12:00")
    daemon.forewarn("alerts", "stand-down", alert, *PANEL, "--why", "the batch was seized and no case came since")
    daemon.settled(sent + 4)
    daemon.forewarn("alerts", "evaluate", alert, "--reach", "2 of 2 services", "--indicator", "no death in the building since",
                    *PANEL)
    assert "is whole" in daemon.forewarn("audit", "verify")
    steps = [json.loads(line)["what"] for line in daemon.forewarn("audit", "export", "--alert", alert).splitlines()]
    wanted = ["assessment.validated", "assessment.graded", "alert.issued", "alert.updated", "alert.updated", "alert.answered",
              "alert.answered", "lesson.added", "alert.reviewed", "alert.stood_down", "alert.evaluated"]
    assert [one for one in steps if one in wanted] == wanted, steps


def check_cap(daemon, alert):
    """Each version of the alert refers to all before it."""
    found = []
    for version in range(1, 5):
        status, xml = ask(daemon, f"/v1/alerts/{alert}.cap.xml?version={version}")
        assert status == 200, xml
        identifier = re.search("<identifier>(.*?)</identifier>", xml)[1]
        kind = re.search("<msgType>(.*?)</msgType>", xml)[1]
        sent = re.search("<sent>(.*?)</sent>", xml)[1]
        references = re.search("<references>(.*?)</references>", xml)
        assert (references[1].split() if references else []) == [row[1] for row in found], xml
        found.append((kind, f"alerts@example.org,{identifier},{sent}"))
    assert [kind for kind, _ in found] == ["Alert", "Update", "Update", "Cancel"], found
    first = json.loads(ask(daemon, f"/v1/alerts/{alert}?version=1")[1])
    assert (first["version"], first["state"]) == (1, "issued"), first
    assert ask(daemon, f"/v1/alerts/{alert}?version=5")[0] == 404
    assert ask(daemon, f"/v1/alerts/{alert}.cap.xml?version=5")[0] == 404
    status, feed = ask(daemon, "/v1/alerts.atom")
    assert status == 200 and feed.count("predecessor-version") == 3, feed


def ask(daemon, target):
    import operating_test
    return operating_test.ask(daemon, "GET", target)


def check_reports(daemon, normal):
    text = daemon.forewarn("figures", "week", "--week", "2026-W28")
    assert "2 alerts were issued" in text and "Suspected drug-related deaths in one building" in text, text
    out = normal.text(text)
    for kind, when in (("board", "month=2026-07"), ("callouts", "month=2026-07"), ("bulletin", "quarter=2026-Q3")):
        status, page = ask(daemon, f"/v1/figures/{kind}?{when}")
        assert status == 200 and page.startswith("<!doctype html>"), page
        status, rows = ask(daemon, f"/v1/figures/{kind}?{when}&format=csv")
        assert status == 200 and "," in rows.splitlines()[0], rows
        out += f"\n=== {kind}\n{rows}"
    return re.sub(r"(?m)^Made .*$", "Made <when>", out).replace("\r\n", "\n")


def run(folder):
    normal = Normal()
    rules = "version: 1\nrules:\n" + "".join(shipped_rule(*one) for one in SHIPPED) + BUILDING
    daemon = Summer(folder, rules, "")
    daemon.set_clock("2026-06-01T09:00")
    certificates(folder, daemon.shifted)
    receivers = {name: harness.Receiver(seed=1, fail_rate=0) for name in ("hospital", "hostels")}
    for name, receiver in receivers.items():
        (folder / f"{name}.key").write_text(receiver.secret + "\n", encoding="utf-8")
    mail = harness.MailServer(folder, "--cert", folder / "chain.pem", "--key", folder / "key.pem", "--user", "forewarn",
                              "--password", "a password")
    try:
        configure(daemon, mail, {name: https(one, folder) for name, one in receivers.items()}, folder / "ca.pem")
        daemon.set_clock("2026-07-06T08:00")
        daemon.start()
        harness.wait_for("the daemon", lambda: daemon.alive() and (daemon.ask("/-/status") or {}).get("ready"), 60)
        alert, sent = the_summer(daemon)
        the_end(daemon, alert, sent)
        check_cap(daemon, alert)
        reports = check_reports(daemon, normal)
    finally:
        daemon.stop()
        mail.stop()
    boxes = mailboxes(mail)
    assert set(boxes) == {"on-call@example.org", "toxicology@example.org", "hostels@example.org"}, set(boxes)
    wrong = []
    for address, mails in sorted(boxes.items()):
        threads = {}
        for one in mails:
            threads.setdefault(one["References"], []).append(one["Message-ID"])
        assert len({one["Message-ID"] for one in mails}) == len(mails), "a mail came twice"
        wrong += hold_against_golden(address.split("@")[0] + ".mail.txt", as_text(mails, normal))
    for name, receiver in receivers.items():
        wrong += hold_against_golden(name + ".webhook.json", as_log(receiver, normal))
    wrong += hold_against_golden("reports.txt", reports)
    if wrong:
        sys.exit("\n\n".join(wrong))
    print("the summer: every mailbox and every webhook as it should be; the audit is whole")


if __name__ == "__main__":
    harness.in_own_folder("forewarn-summer-", run)
