#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The machine's clock is set back an hour under the running daemon (a library loaded before libc), stays so over a restart, and is set right
again: no row is lost or taken twice, what was due comes at its time, and the operators hear of it."""

import json
import os
import pathlib
import subprocess


import harness
import kill_test
import operating_test as operating

SHIFTED = harness.BIN.parent / "lib" / "libshifted_clock.so"
PATIENCE = 20  # seconds, of an alert with a hold of one second: twice the time while the clock is behind


class Daemon(harness.Daemon):
    def set_clock(self, offset):
        part = self.folder / "clock.part"
        part.write_text(offset + "\n", encoding="utf-8")
        part.rename(self.folder / "clock")

    def start(self):
        fake = {"LD_PRELOAD": str(SHIFTED), "SHIFTED_CLOCK": str(self.folder / "clock")}
        with (self.folder / "forewarnd.log").open("ab") as log:
            self.process = subprocess.Popen([harness.BIN / "forewarnd", "--config", self.etc], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, env={**os.environ, **fake})


def run(folder):
    receiver = harness.Receiver(1, fail_rate=0)
    (folder / "duty-desk.key").write_text(receiver.secret, encoding="utf-8")
    daemon = Daemon(folder, kill_test.RULES, harness.ON_CALL + kill_test.DUTY_DESK.format(url=receiver.url))
    rows = 0

    def take(when):
        """A row, and the alert that it makes: held a second, then sent."""
        nonlocal rows
        rows += 1
        body = harness.CALLS + operating.row(rows)
        status, said = operating.ask(daemon, "POST", "/v1/feeds/ambulance/records", body, "text/csv")
        assert status == 200, (when, status, said)
        harness.wait_for(f"alert {rows} ({when})", lambda: len(receiver.of_type("alert.issued")) >= rows, PATIENCE)
        print(f"{when}: taken and told")
        return body

    try:
        daemon.set_clock("+0")
        daemon.start()
        operating.ready(daemon)
        first = take("the clock is right")
        daemon.set_clock("-3600")
        take("set back an hour")
        harness.wait_for("word in the log", lambda: "event=clock_set_back" in daemon.log(), 5)
        # What came before is known still, and is not taken twice.
        status, said = operating.ask(daemon, "POST", "/v1/feeds/ambulance/records", first, "text/csv")
        assert status == 200 and json.loads(said)["duplicate"] == 1, said
        daemon.stop()
        daemon.start()
        operating.ready(daemon)
        take("an hour behind, after a restart")
        harness.wait_for("a notice to the operators", lambda: any(
            "set back" in f.read_text(encoding="utf-8", errors="replace")
            for f in (daemon.state / "mail" / "on-call" / "new").glob("*")), 90)
        daemon.set_clock("+0")
        take("set right again")
        kill_test.check_store(daemon, rows)
        ids = list(receiver.of_type("alert.issued"))
        assert len(ids) == rows, ids
    finally:
        daemon.stop()


if __name__ == "__main__":
    harness.in_own_folder("forewarn-clock-", run)
