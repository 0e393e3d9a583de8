#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The starter rules on simulated pasts: within their budgets in a quiet year, and each fires on an outbreak that it is
for. Real programs throughout: simulate writes partners' files, the shipped feeds read them, backtest runs the rules.
With --table prints the rows of docs/rules/starter-rules.md."""

import datetime
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import harness

SEED = 1
YEAR = ("2025-01-01", "2026-01-01")
# What is hidden in a second year, one event at a time, and the rules that must find it.
EVENTS = [
    ("counterfeit,area=Armley,at=2025-04-15T10:00,cases=40,hours=96",
     ["missold-benzodiazepines", "synthetic-opioids-in-tests", "nitazene-first-seen", "new-substance-in-tests",
      "suspected-deaths-district", "suspected-deaths-ward", "opioid-with-benzodiazepine",
      "synthetic-opioid-share-in-tests"]),
    ("strong-batch,area=Beeston & Holbeck,at=2025-06-03T13:00,cases=9,hours=10",
     ["opioid-callouts-ward", "opioid-callouts-neighbours", "opioid-callouts-unusual", "naloxone-callouts-ward",
      "opioid-callouts-ward-daily", "opioid-callouts-cluster"]),
    ("strong-batch,area=Gipton & Harehills,at=2025-06-17T09:00,cases=30,hours=40",
     ["repeated-naloxone", "naloxone-kits-district", "opioid-admissions-district",
      "opioid-callouts-district-daily", "opioid-callouts-district-rise"]),
    ("site-cluster,area=Armley,at=2025-07-08T18:00", ["overdoses-at-one-site"]),
    ("festival,area=Roundhay,at=2025-08-22T18:00", ["event-site"]),
    ("prison,at=2025-09-16T08:00", ["prison-site"]),
    ("school,area=Morley South,at=2025-10-07T09:00,cases=16", ["under-16-attendance", "age-16-17-callouts"]),
    ("spice,area=Little London & Woodhouse,at=2025-11-04T12:00", ["synthetic-cannabinoid-callouts-ward"]),
    ("tablets,at=2025-11-18T09:00,cases=20", ["street-benzodiazepines-in-tests"]),
]


def rule_budgets():
    """(days, how many) of each rule that ships, and where it stands."""
    out = {}
    for file in sorted((harness.SOURCE / "etc" / "rules.d").glob("*.yaml")):
        rule = None
        for line in file.read_text(encoding="utf-8").splitlines():
            if found := re.match(r"  - id: (\S+)", line):
                rule = found.group(1)
            if found := re.match(r"      budget: \{per: (\d+)d, at_most: (\d+)\}", line):
                out[rule] = (int(found.group(1)), int(found.group(2)))
    return out


def forewarn(*words):
    done = subprocess.run([harness.BIN / "forewarn", "--config", harness.SOURCE / "etc", *words], capture_output=True,
                          text=True, check=False, timeout=600)
    assert done.returncode == 0, f"forewarn {' '.join(map(str, words))}: {done.stderr[-2000:]}"
    return done.stdout


def signals_of(folder, name, *events):
    """The signals of a simulated year, and its truth."""
    observations = folder / f"{name}.ndjson"
    forewarn("simulate", "--out", folder / name, "--seed", str(SEED), "--from", YEAR[0], "--to", YEAR[1],
             "--call-outs-every", "60", "--observations", observations,
             *[word for event in events or ["none"] for word in ("--outbreak", event)])
    told = json.loads(forewarn("backtest", "--observations", observations, "--to", YEAR[1], "--format", "json"))
    signals = [one for one in told["signals"] if not one["retrospective"]]
    for one in signals:
        one["opened"] = datetime.datetime.fromisoformat(one["opened_at"].replace("Z", "+00:00"))
    return signals, json.loads((folder / name / "truth.json").read_text(encoding="utf-8"))


def busiest(signals, rule, days):
    """The most signals that opened within so many days."""
    opened = sorted(one["opened"] for one in signals if one["rule"] == rule)
    span = datetime.timedelta(days=days)
    return max((sum(1 for other in opened if first <= other < first + span) for first in opened), default=0)


def found_by(signals, rule, truth):
    """The first signal of a rule that rests on a record of that outbreak, and how long after the first case."""
    of_it = {f"{row['feed']}/{row['id']}" for row in truth["rows"]}
    began = datetime.datetime.fromisoformat(truth["first"].replace("Z", "+00:00"))
    hits = [one for one in signals
            if one["rule"] == rule and one["opened"] >= began and of_it & set(one["observations"])]
    return min((one["opened"] - began for one in hits), default=None)


def in_words(delay):
    hours = delay.total_seconds() / 3600
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} d"


def run(folder, table):
    budgets = rule_budgets()
    quiet, _ = signals_of(folder, "quiet")
    outbreaks, truth = signals_of(folder, "outbreaks", *[text for text, _ in EVENTS])
    complaints = []
    detections = {}
    for (text, rules), known in zip(EVENTS, truth["outbreaks"], strict=True):
        for rule in rules:
            delay = found_by(outbreaks, rule, known)
            if delay is None:
                complaints.append(f"{rule} did not find {text}")
            else:
                detections.setdefault(rule, (known["kind"], known["cases"], delay))
    for rule, (days, at_most) in budgets.items():
        most = busiest(quiet, rule, days)
        if most > at_most:
            complaints.append(f"{rule}: {most} signals within {days} days of a quiet year, its budget is {at_most}")
        if not any(rule in rules for _, rules in EVENTS):
            complaints.append(f"no event shows that {rule} fires")
        if table:
            kind, cases, delay = detections.get(rule, ("-", 0, None))
            per_year = sum(1 for one in quiet if one["rule"] == rule)
            print(f"| `{rule}` | {at_most} in {days} d | {per_year} | {most} | "
                  f"{kind + f', {cases} cases' if delay is not None else '-'} | {in_words(delay) if delay is not None else '-'} |")
    print(f"{len(budgets)} rules with a budget; {len(quiet)} signals in a quiet year; "
          f"{len(detections)} rules found their outbreak")
    assert not complaints, "\n".join(complaints)
    assert len(budgets) >= 12, budgets


def every_rule_file_is_tested():
    told = forewarn("test")
    assert re.search(r"^(\d+) of \1 tests passed$", told, re.MULTILINE), told
    tests = {file.stem for file in (harness.SOURCE / "etc" / "tests").glob("*.yaml")}
    missing = set(rule_budgets()) - tests
    assert not missing, f"no test file for {sorted(missing)}"
    print(told.strip().splitlines()[-1])


def main():
    every_rule_file_is_tested()
    with tempfile.TemporaryDirectory(prefix="forewarn-starter-") as folder:
        run(pathlib.Path(folder), "--table" in sys.argv)


if __name__ == "__main__":
    main()
