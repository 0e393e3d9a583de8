#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our detectors and R's `surveillance` on the same series, in one run, one core each, by turns.

  bench/beside_r.py build/release/bin/detectors_bench [--series 100] [--periods 416] [--last 52] [--rounds 3]

Prints milliseconds of processor time per series and period for EARS C2 and the improved Farrington, and how many times as fast ours is.
Needs R with the package surveillance (Debian: r-cran-surveillance); says so and stops where it is absent.
"""
import argparse
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile


def poisson(dice, mean):
    """Knuth's, in pieces small enough for a double."""
    count = 0
    while mean > 0:
        piece = min(mean, 500)
        mean -= piece
        limit, product = math.exp(-piece), dice.random()
        while product > limit:
            count += 1
            product *= dice.random()
    return count


def write_series(path, series, periods):
    """Weekly counts with a season, negative binomial with variance 1.5 times the mean; the same on every run."""
    dice = random.Random(1)
    columns = []
    for _ in range(series):
        level, phase = 2 * math.exp(dice.gauss(0, 0.7)), dice.uniform(0, 6)
        means = (level * math.exp(0.3 * math.cos(2 * math.pi * t / 52 + phase)) for t in range(1, periods + 1))
        columns.append([poisson(dice, dice.gammavariate(mean / 0.5, 0.5)) for mean in means])
    with open(path, "w", encoding="ascii") as out:
        out.write("t," + ",".join(f"s{i}" for i in range(series)) + "\n")
        for t in range(periods):
            out.write(f"{t + 1}," + ",".join(str(column[t]) for column in columns) + "\n")


def run_r(data, last):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "beside_r.R")
    rows = subprocess.run(["Rscript", script, data, str(last)], capture_output=True, text=True, check=True).stdout
    return {name: float(value) for name, value in (line.split("\t") for line in rows.splitlines())}


def run_ours(program, data, last):
    rows = subprocess.run([program, data, f"last={last}", "only=series"], capture_output=True, text=True,
                          check=True).stdout
    fields = [line.split("\t") for line in rows.splitlines()]
    return {row[0]: float(row[5]) for row in fields if len(row) == 6 and row[0] != "algo"}


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("program")
    words.add_argument("--series", type=int, default=100)
    words.add_argument("--periods", type=int, default=416)
    words.add_argument("--last", type=int, default=52)
    words.add_argument("--rounds", type=int, default=3)
    asked = words.parse_args()
    has_r = shutil.which("Rscript") and subprocess.run(
        ["Rscript", "-e", 'quit(status = !requireNamespace("surveillance", quietly = TRUE))'],
        capture_output=True, check=False).returncode == 0
    if not has_r:
        print("skipped: R with the package surveillance is absent (Debian: r-cran-surveillance)")
        return 0
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # one core, for both
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "series.csv")
        write_series(data, asked.series, asked.periods)
        theirs, ours = {}, {}
        for _ in range(asked.rounds):
            for into, found in ((theirs, run_r(data, asked.last)), (ours, run_ours(asked.program, data, asked.last))):
                for name, value in found.items():
                    into[name] = min(value, into.get(name, math.inf))
    print(f"{asked.series} series of {asked.periods} weeks, the last {asked.last} judged, one core, "
          f"the best of {asked.rounds} rounds; ms of processor time per series and period")
    print(f"{'':22}{'R':>12}{'ours':>12}{'times':>9}")
    for name, value in theirs.items():
        print(f"{name:22}{value:12.5f}{ours[name]:12.7f}{value / ours[name]:9.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
