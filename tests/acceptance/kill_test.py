#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments while the daemon takes files and delivers to a receiver that fails a third of the time: every
row is stored once, every alert arrives, and what arrives twice carries the same id."""

import datetime
import email
import email.policy
import json
import os
import random
import time

import harness

LONG = os.environ.get("FOREWARN_LONG") == "1"
KILLS = 200 if LONG else 25
ROWS_PER_FILE = 12
SEED = int(os.environ.get("FOREWARN_SEED", random.SystemRandom().randrange(10**9)))

RULES = harness.every_call(harness.AUTOMATIC)
DUTY_DESK = """\
  - id: duty-desk
    name: Duty desk
    roles: [duty_desk]
    takes: {{level: info, audience: [professionals, services]}}
    channels:
      - webhook: {{url: "{url}", secret_file: ../duty-desk.key, private_address: true}}
      - maildir: {{folder: mail/duty-desk, to: duty-desk@localhost}}
"""


def file_of(round_number, first):
    at = datetime.datetime.now() - datetime.timedelta(hours=3)
    rows = [f"K{first + i:06},I{first + i:06},{at + datetime.timedelta(minutes=i):%d/%m/%Y %H:%M},Armley,Hostel,heroin,Y,1,"
            f"40,Male,PT{first + i:06},Conveyed to hospital\r\n" for i in range(ROWS_PER_FILE)]
    return f"calls-{round_number:04}.csv", harness.CALLS + "".join(rows)


def check_store(daemon, rows):
    seen = {}
    for line in daemon.forewarn("export", "observations").splitlines():
        one = json.loads(line)
        seen[one["id"]] = seen.get(one["id"], 0) + 1
    assert len(seen) == rows, f"{len(seen)} observations of {rows} rows"
    twice = {name: count for name, count in seen.items() if count != 1}
    assert not twice, f"stored more than once: {twice}"


def check_messages(receiver, daemon, rows):
    ids_of = {}
    for name, message in receiver.of_type("alert.issued").items():
        ids_of.setdefault(message["data"]["reference"], set()).add(name)
    assert len(ids_of) == rows, f"{len(ids_of)} alerts arrived of {rows}"
    unrecognisable = {ref: ids for ref, ids in ids_of.items() if len(ids) != 1}
    assert not unrecognisable, f"one alert under several webhook-ids: {unrecognisable}"
    assert not receiver.wrong, f"signatures that do not verify: {receiver.wrong}"

    mails = {}
    for file in (daemon.state / "mail" / "duty-desk" / "new").iterdir():
        with file.open("rb") as raw:
            mail = email.message_from_binary_file(raw, policy=email.policy.default)
        mails.setdefault(mail["Message-ID"], []).append(file.name)
    assert len(mails) == rows, f"{len(mails)} different mails of {rows}"


def check_notices(daemon):
    """On-call hears of every signal, alone or in a digest, whatever was killed between."""
    told = ""
    for file in (daemon.state / "mail" / "on-call" / "new").iterdir():
        with file.open("rb") as raw:
            told += email.message_from_binary_file(raw, policy=email.policy.default).get_body(("plain",)).get_content()
    signals = [one["id"] for one in json.loads(daemon.forewarn("signals", "list", "--limit", "10000", "-o", "json"))]
    untold = [one for one in signals if one not in told]
    assert not untold, f"on-call never heard of {untold}"


def run(folder):
    luck = random.Random(SEED)
    receiver = harness.Receiver(SEED)
    daemon = harness.Daemon(folder, RULES, harness.ON_CALL + DUTY_DESK.format(url=receiver.url))
    (folder / "duty-desk.key").write_text(receiver.secret, encoding="utf-8")
    rows = 0
    try:
        for number in range(KILLS):
            name, text = file_of(number, rows)
            rows += ROWS_PER_FILE
            daemon.hand_in("ambulance", name, text)
            daemon.start()
            time.sleep(luck.uniform(0.02, 2.0))  # the moment itself is what is tried
            daemon.kill()
        daemon.start()
        harness.wait_for(f"{rows} alerts at the receiver",
                         lambda: daemon.alive() and len(receiver.of_type("alert.issued")) >= rows, 300)
        mails = daemon.state / "mail" / "duty-desk" / "new"
        harness.wait_for(f"{rows} mails", lambda: daemon.alive() and len(list(mails.iterdir())) >= rows, 120)
        check_store(daemon, rows)
        check_messages(receiver, daemon, rows)
        check_notices(daemon)
    finally:
        daemon.stop()
    assert daemon.process.returncode == 0, f"forewarnd did not end well: {daemon.process.returncode}\n{daemon.log()}"
    repeats = sum(count - 1 for count in receiver.seen.values())
    print(f"{KILLS} kills, {rows} rows stored once, {rows} alerts arrived, {repeats} repeats under the same id "
          f"({sum(receiver.failures.values())} of them asked for by failing)")


def main():
    print(f"seed {SEED} (FOREWARN_SEED={SEED} tries the same moments again)", flush=True)
    harness.in_own_folder("forewarn-kill-", run)


if __name__ == "__main__":
    main()
