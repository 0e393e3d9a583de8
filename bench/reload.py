#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long a reload takes with many rules and a stored past, and whether a record is missed meanwhile.

    FOREWARN_BIN=build/release/bin FOREWARN_SOURCE_DIR=. bench/reload.py [--rules 1000] [--stored 100000] [--rounds 5]

Records are pushed one after the other all the time. Each round reloads with nothing changed, with one rule changed and
with a tenth changed; the time is from the POST of /-/reload to its answer, when all of it is in force. Exits 1 when an
acknowledged record is missing at the end."""

import argparse
import datetime
import pathlib
import re
import shutil
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "acceptance"))
import harness  # noqa: E402
import operating_test as operating  # noqa: E402


def substances():
    """The ids that the shipped vocabulary has."""
    files = sorted((harness.SOURCE / "etc" / "vocabulary").glob("*.yaml"))
    return [found for file in files for found in re.findall(r"(?m)^  - \{id: ([a-z0-9-]+), name: [^}]*parent:",
                                                           file.read_text(encoding="utf-8"))]


def rules_text(count):
    """As many rules, each on one substance: a record meets a few of them, as in a deployment, and not all."""
    named = substances()
    return "version: 1\nrules:\n" + "".join(
        operating.RULE.format(number=i, amber=3 + i % 7, red=50, drug=named[i % len(named)]) for i in range(count))


def past(count):
    """`count` call-outs over the last year, in the columns of the shipped feed."""
    named = substances()
    now = datetime.datetime.now() - datetime.timedelta(hours=4)
    wards = ["Armley", "Headingley & Hyde Park", "Harehills"]  # names of the shipped table; unknown ones are kept without
    step = datetime.timedelta(days=365) / max(count, 1)
    yield harness.CALLS
    for i in range(count):
        at = now - step * (count - i)
        yield (f"P{i:07},IP{i:07},{at:%d/%m/%Y %H:%M},{wards[i % 3]},Hostel,{named[i % len(named)]},Y,1,40,Male,PT{i % 5000:06},"
               "Conveyed to hospital\r\n")


def timed_reload(daemon):
    began = time.monotonic()
    status, said = operating.ask(daemon, "POST", "/-/reload")
    took = time.monotonic() - began
    if status != 200:
        raise AssertionError(said)
    return took * 1000


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rules", type=int, default=1000)
    options.add_argument("--stored", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=5)
    wanted = options.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="forewarn-reload-"))
    text = rules_text(wanted.rules)
    daemon = harness.Daemon(folder, text, operating.SERVICES)
    rules = daemon.etc / "rules.d" / "test.yaml"
    try:
        daemon.start()
        operating.ready(daemon)
        daemon.hand_in("ambulance", "past.csv", "".join(past(wanted.stored)))
        harness.wait_for("the past to be stored", lambda: (daemon.inbox / "ambulance" / "done" / "past.csv").exists(), 3600)
        pushing = operating.Pushing(daemon)
        times = {"nothing changed": [], "one rule changed": [], "a tenth changed": []}
        for _ in range(wanted.rounds):
            for name, changed in (("nothing changed", text), ("one rule changed", text.replace("red: 50", "red: 51", 1)),
                                  ("a tenth changed", text.replace("red: 50", "red: 52", wanted.rules // 10))):
                rules.write_text(changed, encoding="utf-8")
                pushing.slowest = 0.0
                times[name].append((timed_reload(daemon), pushing.slowest * 1000))
                rules.write_text(text, encoding="utf-8")
                timed_reload(daemon)
        pushing.stop()
        missed = set(pushing.taken) - set(operating.ids(daemon))
        print(f"{wanted.rules} rules, {wanted.stored} records stored, {len(pushing.taken)} pushed meanwhile, "
              f"{len(missed)} missed")
        for name, found in times.items():
            print(f"  {name}: {statistics.median(t for t, _ in found):.0f} ms (median of {len(found)}), "
                  f"slowest push meanwhile {max(p for _, p in found):.0f} ms")
        return 1 if missed else 0
    finally:
        daemon.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
