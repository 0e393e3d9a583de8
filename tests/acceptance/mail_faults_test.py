#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One alert by a real mail server that fails in every way that SMTP knows: it puts recipients off, refuses them, refuses
the content, takes it and hangs, takes it and drops the line. Nothing is lost, what comes twice is the same mail, on-call
hears of what will not arrive, a fallback stands in, and the operator's page says in words what is stuck and why."""

import datetime
import subprocess

import harness

SERVICES = "".join(f"""\
  - id: {name}
    name: The {name} team
    roles: [duty_desk]
    channels:
      - email: {{to: [{address}@example.org]}}
{fallback}""" for name, address, fallback in (
    ("greylisted", "later", ""), ("down", "down", ""), ("banned", "banned", ""), ("slow", "hang", ""), ("broken", "drop", ""),
    ("unknown", "nobody", "      - maildir: {folder: mail/unknown, to: unknown@localhost}\n        fallback: true\n")))
MAIL = "smtp:\n  url: smtp://127.0.0.1:{port}\n  from: alerts@example.org\n  require_tls: false\n  timeout: 2s\n"


def stuck(daemon):
    page = daemon.ask("/v1/stuck")
    return {one["service"]: one for one in page["destinations"]}, {one["service"]: one for one in page["lost"]}


def as_told(daemon):
    done = subprocess.run([harness.BIN / "forewarn", "--config", daemon.etc, "deliveries", "stuck"], capture_output=True,
                          text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def notices(daemon):
    folder = daemon.state / "mail/on-call/new"
    return [one.read_text(encoding="utf-8").replace("=\n", "") for one in folder.glob("*")] if folder.exists() else []


def ids(server, address):
    return [mail["Message-ID"] for about, mail in server.kept() if about["to"] == [f"{address}@example.org"]]


def run(folder):
    server = harness.MailServer(folder)
    daemon = harness.Daemon(folder, harness.every_call(harness.AUTOMATIC), harness.ON_CALL + SERVICES)
    with (daemon.etc / "forewarn.yaml").open("a", encoding="utf-8") as settings:
        settings.write(MAIL.format(port=server.port))
    try:
        daemon.start()
        harness.wait_for("the daemon", lambda: daemon.alive() and (daemon.ask("/-/status") or {}).get("ready"), 60)
        at = datetime.datetime.now() - datetime.timedelta(minutes=5)
        daemon.hand_in("ambulance", "one.csv", harness.CALLS + f"M1,I1,{at:%d/%m/%Y %H:%M},Armley,Hostel,heroin,Y,1,34,Male,"
                       "P1,Conveyed to hospital\r\n")

        # Put off: waits, and the page says so; refused: given up, and told at once.
        harness.wait_for("what is put off", lambda: daemon.alive() and "down" in stuck(daemon)[0], 60)
        waiting = stuck(daemon)[0]["down"]
        assert "451 4.7.1 come back later" in waiting["last_result"] and "puts it off for now" in waiting["why"], waiting
        harness.wait_for("what is refused", lambda: "banned" in stuck(daemon)[1], 60)
        lost = stuck(daemon)[1]["banned"]
        assert "554 5.7.1 refused by policy" in lost["last_result"] and "refuses it for good" in lost["why"], lost
        code, told = as_told(daemon)
        assert code == 1 and "down by email: the mail server puts it off for now" in told, told
        assert "banned by email: the mail server refuses it for good" in told, told

        # No answer to the content: the mail is there, comes again, and is the same.
        for address in ("hang", "drop"):
            harness.wait_for(f"the content for {address}", lambda: ids(server, address), 60)
        for team, then in (("banned", "Tell them another way now."), ("unknown", "It goes out by their maildir now.")):
            harness.wait_for(f"word of the {team} team", lambda: any(
                f"NOT DELIVERED to The {team} team" in one and then in one for one in notices(daemon)), 60)
        harness.wait_for("the fallback", lambda: list((daemon.state / "mail/unknown/new").glob("*")), 60)
        (server.box / "well").touch()
        harness.wait_for("no word of the fallback's team", lambda: "unknown" not in as_told(daemon)[1], 60)
        for address, times in (("later", 1), ("down", 1), ("hang", 2), ("drop", 2)):
            came = harness.wait_for(f"the mail to {address}", lambda: daemon.alive() and len(ids(server, address)) >= times and
                                    ids(server, address), 60)
            assert len(came) == times and len(set(came)) == 1, f"{address}: {came}"
        harness.wait_for("an empty page", lambda: not stuck(daemon)[0], 60)

        # Mended: what was given up goes out on a person's word.
        daemon.forewarn("deliveries", "replay", lost["id"], "--reason", "the server takes us again", "--who", "an operator")
        harness.wait_for("the mail to banned", lambda: ids(server, "banned"), 60)
        harness.wait_for("nothing stuck", lambda: as_told(daemon)[0] == 0, 60)
        assert not ids(server, "nobody") and len(ids(server, "banned")) == 1
    finally:
        daemon.stop()
        server.stop()


if __name__ == "__main__":
    harness.in_own_folder("forewarn-mail-faults-", run)
