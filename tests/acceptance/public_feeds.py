# SPDX-License-Identifier: Apache-2.0
"""The public files of ../shared/data and the configuration under config/public that reads them: YAML alone."""

import bisect
import collections
import csv
import datetime
import gzip
import io
import json
import re
import shutil
import zoneinfo

import harness

CONFIG = harness.SOURCE / "tests" / "acceptance" / "config" / "public"
# Two feeds are read by the unit tests as well and live there.
SHARED_FEEDS = harness.SOURCE / "tests" / "connectors" / "feeds"
SERVICES = """version: 1
services:
  - id: on-call
    name: On-call
    roles: [on_call, operators]
    channels:
      - maildir: {folder: mail/on-call, to: on-call@localhost}
"""
FILES = {
    "montgomery": ["data/ems/montco_911_2015-12-10_2016-06-30.csv.gz"],
    "montgomery-live": ["data/ems/montco_911_raw_9col_excerpt_2016-01-29.csv"],
    "cincinnati": ["data/ems/cincinnati_heroin_ems_2017-01-01_2019-02-09.csv.gz"],
    "odin": ["data/ems/pa_odin_overdose_responses_2018.csv.gz"],
    "tempe": ["data/ems/tempe_opioid_ems_2017-01_2020-12.csv"],
    "connecticut": ["data/deaths/ct_accidental_drug_deaths_2012-2018.csv.gz"],
    "allegheny": ["data/deaths/allegheny_fatal_overdoses_2008-2015.csv.gz"],
    "allegheny-examiner": ["data/deaths/allegheny_me_raw_extract_2014.csv"],
    "unc": ["data/drugtests/unc_example_card_2022.csv", "data/drugtests/unc_example_lab_detail_2022.csv"],
    "unc-first-detected": ["data/drugtests/unc_nc_first_detected_2023-09_2024-01.csv"],
    "wedinos": ["data/drugtests/wedinos_2024.json.gz"],
    "ecstasydata": ["data/drugtests/ecstasydata_1999-2008.csv.gz"],
    "synthea-encounters": ["data/synthea/encounters.csv.gz"],
    "synthea-conditions": ["data/synthea/conditions.csv.gz"],
    "synthea-medications": ["data/synthea/medications.csv.gz"],
    "synthea-bundle": ["data/synthea/bundle_overdose_patient_576d74f5.json.gz"],
}
EASTERN = zoneinfo.ZoneInfo("America/New_York")


def configured(folder, rules=None):
    """The shipped configuration with the public feeds, their areas, and rules: those of config/public, or a text."""
    folder.mkdir()
    text = rules or (CONFIG / "rules.d" / "public-cases.yaml").read_text(encoding="utf-8")
    made = harness.Daemon(folder, text, SERVICES)
    for shipped in (made.etc / "feeds.d").glob("*.yaml"):
        shipped.unlink()
    for feed in (*(CONFIG / "feeds.d").glob("*.yaml"), *(SHARED_FEEDS / f"{name}.yaml" for name in ("cincinnati", "wedinos"))):
        shutil.copy(feed, made.etc / "feeds.d")
    for areas in (CONFIG / "areas").glob("*.yaml"):
        shutil.copy(areas, made.etc / "areas")
    return made


def take_every_call(daemon):
    """Montgomery's 911 centre without `select`: traffic, fire and all."""
    for feed in ("montgomery", "montgomery-live"):
        file = daemon.etc / "feeds.d" / f"{feed}.yaml"
        text, changed = re.subn(r"(?m)^select:\n  title: .*\n", "", file.read_text(encoding="utf-8"))
        assert changed == 1, feed
        file.write_text(text, encoding="utf-8")


def unpacked(relative):
    raw = harness.shared_data(relative).read_bytes()
    return gzip.decompress(raw) if relative.endswith(".gz") else raw


def rows(relative):
    """The partner's own columns, read by Python's csv: what the product's counts are held against."""
    return list(csv.DictReader(io.StringIO(unpacked(relative).decode("utf-8-sig"), newline="")))


def history(daemon, feed):
    """A file from the past as observations that count as received when they occurred."""
    out = daemon.folder / f"{feed}.ndjson"
    (relative,) = FILES[feed]
    told = json.loads(daemon.forewarn("feeds", "test", feed, str(harness.shared_data(relative)), "--out", str(out), "-o", "json"))
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(records) == told["accepted"], f"{feed}: {len(records)} written, {told}"
    return out, records


def backtest(daemon, file):
    """Signals by rule."""
    told = json.loads(daemon.forewarn("backtest", "--observations", str(file), "--format", "json"))
    out = collections.defaultdict(list)
    for one in told["signals"]:
        out[one["rule"]].append(one)
    return out


def utc(civil, zone=EASTERN):
    """A partner's wall-clock time as the product writes instants."""
    at = datetime.datetime.fromisoformat(civil).replace(tzinfo=zone).astimezone(datetime.timezone.utc)
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def naive_signals(calls, within, at_least):
    """A count rule in its plainest form, of pairs (time, incident): records that end a full window, runs of them, the
    largest of each run."""
    out = []
    calls = sorted(calls, key=lambda call: call[0])
    times = [time for time, _ in calls]
    for at in sorted(set(times)):
        window = calls[bisect.bisect_right(times, at - within):bisect.bisect_right(times, at)]
        count = len({incident for _, incident in window})
        if count < at_least:
            continue
        if not out or at >= out[-1]["last"] + within:
            out.append({"opened": at, "value": 0})
        out[-1]["last"] = at
        out[-1]["value"] = max(out[-1]["value"], count)
    return out
