#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A long load on the real daemon with the starter rules: rows a second, resident memory as it goes, and how long a start
takes with the store that is left.

    FOREWARN_BIN=build/release/bin FOREWARN_SOURCE_DIR=. bench/scale.py day [--scale 100]
    FOREWARN_BIN=build/release/bin FOREWARN_SOURCE_DIR=. bench/scale.py million [--scale 100] [--rows 1000000] [--out DIR]

`day` hands in Leeds at so many times its load, an hour of files at a time, and exits 1 where memory grew in the last 24
simulated hours by more than their records weigh (--most-bytes each, and 4 MB).
`million` hands in so many simulated days that about --rows are taken, then starts the daemon again: after a clean stop,
after a kill, and with the engine's snapshot taken away. With --out the simulated files are kept there and used again."""

import argparse
import collections
import datetime
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "acceptance"))
import harness  # noqa: E402
import operating_test as operating  # noqa: E402

PATIENCE = 4 * 3600
ROWS_A_DAY = 30  # of Leeds at scale 1, all feeds; only to guess how many days make --rows


def simulate(wanted, days, every, out):
    if not (out / "truth.json").exists():
        subprocess.run([harness.BIN / "forewarn", "--config", harness.SOURCE / "etc", "simulate", "--out", out, "--seed", "1",
                        "--area", wanted.area, "--scale", str(wanted.scale), "--days", str(days), "--to", "now",
                        "--call-outs-every", str(every), "--outbreak", "none"], check=True, stdout=subprocess.DEVNULL)
    return out


def by_arrival(folder, by_hour):
    """The simulated files in order, a group per simulated hour or day: [(when, [path, ...])]."""
    groups = collections.defaultdict(list)
    for file in folder.glob("*/*"):
        found = re.search(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2})-)?", file.name)
        # What comes once a day comes with the day's last hour.
        when = found.group(1) + (f" {found.group(2) or '23'}h" if by_hour else "")
        groups[when].append(file)
    return sorted((when, sorted(files)) for when, files in groups.items())


def rss(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


def daemon_with_starter_rules(folder, simulated):
    daemon = harness.Daemon(folder, "", operating.SERVICES)
    (daemon.etc / "rules.d" / "test.yaml").unlink()
    for file in (harness.SOURCE / "etc" / "rules.d").glob("*.yaml"):
        shutil.copy(file, daemon.etc / "rules.d")
    shutil.copy(simulated / "sites.yaml", daemon.etc / "sites" / "simulated.yaml")
    return daemon


def started(daemon):
    began = time.monotonic()
    daemon.start()
    while True:
        daemon.alive()
        try:
            if operating.ask(daemon, "GET", "/-/ready")[0] == 200:
                return time.monotonic() - began
        except OSError:
            pass
        if time.monotonic() - began > PATIENCE:
            raise AssertionError("the daemon did not become ready")
        time.sleep(0.01)


def totals(daemon):
    feeds = daemon.ask("/v1/feeds")["items"]
    return sum(one["accepted"] for one in feeds), sum(one["rows"] for one in feeds)


def hand_in(daemon, files):
    waiting = []
    for file in files:
        target = daemon.inbox / file.parent.name
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target / f".{file.name}.part")
        (target / f".{file.name}.part").rename(target / file.name)
        (target / f"{file.name}.done").touch()
        waiting.append(target / "done" / file.name)
    harness.wait_for("files to be taken", lambda: daemon.alive() and all(one.exists() for one in waiting), PATIENCE)


def feed_in(daemon, groups, tell_every):
    """Hands in group by group; [(when, seconds, megabytes)]."""
    told = []
    began = time.monotonic()
    for number, (when, files) in enumerate(groups):
        hand_in(daemon, files)
        told.append((when, time.monotonic() - began, rss(daemon.process)))
        if number % tell_every == tell_every - 1 or number + 1 == len(groups):
            print(f"  {when}: {told[-1][1]:7.1f} s, {told[-1][2]:6.1f} MB", flush=True)
    return told


def run_day(wanted, folder, simulated):
    simulate(wanted, 3, 60, simulated)
    daemon = daemon_with_starter_rules(folder, simulated)
    try:
        print(f"started empty in {started(daemon):.2f} s, {rss(daemon.process):.1f} MB")
        groups = by_arrival(simulated, by_hour=True)
        before = feed_in(daemon, groups[:-24], 6)
        known, _ = totals(daemon)
        print("24 hours from here")
        told = feed_in(daemon, groups[-24:], 3)
        accepted, rows = totals(daemon)
        grew = (told[-1][2] - before[-1][2]) * 1024 * 1024
        print(f"{accepted - known} records in 24 simulated hours ({rows} rows in all), {told[-1][1]:.1f} s: from "
              f"{before[-1][2]:.1f} to {told[-1][2]:.1f} MB, {grew / max(accepted - known, 1):.0f} bytes a record")
        return 0 if grew <= wanted.most_bytes * (accepted - known) + 4 * 1024 * 1024 else 1
    finally:
        daemon.stop()


def run_million(wanted, folder, simulated):
    days = max(1, round(wanted.rows / (ROWS_A_DAY * wanted.scale)))
    simulate(wanted, days, 1440, simulated)
    daemon = daemon_with_starter_rules(folder, simulated)
    try:
        print(f"started empty in {started(daemon):.2f} s, {rss(daemon.process):.1f} MB")
        told = feed_in(daemon, by_arrival(simulated, by_hour=False), 20)
        accepted, rows = totals(daemon)
        figures = {"rows": rows, "accepted": accepted, "days": days, "seconds": told[-1][1], "rss_mb": told[-1][2],
                   "rows_a_second": rows / told[-1][1]}
        print(f"{rows} rows of {days} days, {accepted} accepted, in {told[-1][1]:.1f} s: {figures['rows_a_second']:.0f} rows/s; "
              f"resident {told[-1][2]:.1f} MB")
        for name, end in (("a clean stop", daemon.stop), ("a kill", daemon.kill)):
            took = []
            for _ in range(wanted.rounds):
                end()
                took.append(started(daemon))
            figures[f"start after {name}"] = statistics.median(took)
            figures[f"rss after {name}"] = rss(daemon.process)
            print(f"start after {name}: {statistics.median(took):.2f} s (median of {len(took)}), "
                  f"{rss(daemon.process):.1f} MB resident", flush=True)
        daemon.stop()
        for snapshot in daemon.state.glob("engine.snapshot*"):
            snapshot.unlink()
        print(f"start from the records alone: {started(daemon):.2f} s, {rss(daemon.process):.1f} MB resident")
        # Said where the engine finds other open signals than the store has.
        wrong = [line for line in (folder / "forewarnd.log").read_text(encoding="utf-8", errors="replace").splitlines()
                 if "brought into line" in line]
        if wrong:
            print("a start did not find what was open before it:", *wrong[:5], sep="\n")
            return 1
        if wanted.json:
            pathlib.Path(wanted.json).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        return 0
    finally:
        daemon.stop()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("what", choices=["day", "million"])
    options.add_argument("--scale", type=float, default=100)
    options.add_argument("--area", default="Leeds")
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--most-bytes", type=float, default=400, help="day: what a record may leave in memory")
    options.add_argument("--out", help="where the simulated files are kept")
    options.add_argument("--json", help="write the figures to this file as well")
    wanted = options.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="forewarn-scale-"))
    (folder / "daemon").mkdir()
    try:
        simulated = pathlib.Path(wanted.out) if wanted.out else folder / "simulated"
        return (run_day if wanted.what == "day" else run_million)(wanted, folder / "daemon", simulated)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
