#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sixteen feeds over every CSV and JSON file of call-outs, deaths, drug tests and hospital contacts, configured by YAML
alone: each row is accounted for, with the numbers that a count over the raw file expects, and nothing personal stays."""

import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import tempfile

import harness
import public_feeds
from public_feeds import FILES, rows

LONG = os.environ.get("FOREWARN_LONG") == "1"  # every call of Montgomery, with its 822 repeated rows
RESULTS = ("accepted", "duplicate", "stale", "unselected", "quarantined")
POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][ABD-HJLNP-UW-Z]{2}\b")
RULES = """version: 1
rules:
  - id: nothing
    title: A rule, since there must be one
    owner: test
    observe: [report]
    detect: {every_record: {}}
"""
# What must not be found in the store: free text, addresses, coordinates, numbers and names of persons.
PERSONAL = {
    "montgomery": ["lat", "lng"],
    "montgomery-live": ["desc", "addr", "lat", "lng"],
    "cincinnati": ["LATITUDE_X", "LONGITUDE_X"],
    "odin": ["Victim County Latitude and Longitude"],
    "tempe": ["Latitude_Random", "Longitude_Random", "Notes"],
    "connecticut": ["Cause of Death", "Description of Injury", "Location if Other", "Other Significant Conditions ",
                    "DeathCityGeo"],
    "allegheny": [],  # names of drugs, nothing else: one that no list has is kept for review
    "allegheny-examiner": [],
    "unc": ["sensation_notes", "overdose_notes", "texture_notes"],
    "synthea-encounters": ["PATIENT", "PROVIDER"],
    "synthea-conditions": ["PATIENT"],
    "synthea-medications": ["PATIENT", "DESCRIPTION"],
}
LOOKED_AT = 60  # values of each such column, drawn by seed


def told_apart(records, columns, chosen=lambda row: True):
    """Rows that are chosen, and those among them that repeat an earlier one in these columns."""
    seen, taken, repeated = set(), 0, 0
    for row in records:
        if not chosen(row):
            continue
        key = tuple(row[column].strip().lower() for column in columns)
        repeated += key in seen
        taken += key not in seen
        seen.add(key)
    return {"accepted": taken, "duplicate": repeated, "unselected": len(records) - taken - repeated}


def completed(records, key, found):
    """Rows that complete a record: those that say nothing new of it are duplicates."""
    known, taken = {}, 0
    for row in records:
        before = known.get(row[key])
        after = (before or frozenset()) | found(row)
        taken += before is None or after != before
        known[row[key]] = after
    return {"accepted": taken, "duplicate": len(records) - taken, "unselected": 0}


def latest_forms(records):
    """A list of one-key objects: a key that comes again with the same content, as far as the feed reads it, is a
    duplicate. What was found counts as one list, however it was divided into major and minor."""
    known, repeated = {}, 0
    for record in records:
        ((key, row),) = record.items()
        content = [row[name].strip() for name in ("date_received", "postcode", "intent", "form", "colour")]
        content.append({name.strip() for name in f"{row['major']},{row['minor']}".split(",")} - {""})
        repeated += known.get(key) == content
        known[key] = content
    return {"accepted": len(records) - repeated, "duplicate": repeated, "unselected": 0}


def compounds(row):
    return frozenset({row["substance"]}) if row["abundance"] == "" else frozenset()  # that nothing was found is an answer too


def tablet(row):
    name = row["composition"].strip()
    return frozenset({name}) if name not in ("", "None Detected", "Not Tested", "Unidentified") else frozenset()


def of_drugs(row):
    kinds = ("OVERDOSE", "POISONING", "UNCONSCIOUS SUBJECT", "UNRESPONSIVE SUBJECT", "CARDIAC ARREST", "SEIZURES")
    return LONG or row["title"].startswith(tuple(f"EMS: {kind}" for kind in kinds))


NO_EVENT = ("DUPF", "DUPLICATE", "CN:", "CANCEL", "EMSF", "MEDF", "FALSE", "FALA")
EVERY_ROW = lambda records: {"accepted": len(records), "duplicate": 0, "unselected": 0}
EXPECTED = {
    "montgomery": lambda r: told_apart(r, ["time_stamp", "title", "twp", "lat", "lng", "zip"], of_drugs),
    "montgomery-live": lambda r: told_apart(r, ["desc"], of_drugs),
    "cincinnati": lambda r: told_apart(r, ["EVENT_NUMBER"],
                                       lambda row: not any(word in row["DISPOSITION_TEXT"] for word in NO_EVENT)),
    "odin": EVERY_ROW,
    "tempe": lambda r: told_apart(r, ["OBJECTID"], lambda row: row["Opioid_Use"] != "No"),
    "connecticut": EVERY_ROW,
    "allegheny": EVERY_ROW,
    "allegheny-examiner": EVERY_ROW,
    "unc-first-detected": EVERY_ROW,
    "ecstasydata": lambda r: completed(r, "id", tablet),
    "synthea-encounters": lambda r: told_apart(r, ["Id"], lambda row: row["ENCOUNTERCLASS"] == "emergency"
                                               and row["REASONDESCRIPTION"] == "Drug overdose"),
    "synthea-conditions": lambda r: told_apart(r, ["START", "PATIENT", "ENCOUNTER", "CODE"],
                                               lambda row: row["DESCRIPTION"] == "Drug overdose"),
    "synthea-medications": lambda r: told_apart(r, ["START", "PATIENT", "ENCOUNTER", "CODE"]),
}


def expected(feed):
    if feed == "unc":  # the cards, then the sheet about the same samples
        card, sheet = (rows(file) for file in FILES[feed])
        out = completed([dict(row, substance="", abundance="card") for row in card] + sheet, "sampleid", compounds)
    elif feed == "wedinos":
        out = latest_forms(json.loads(public_feeds.unpacked(FILES[feed][0])))
    elif feed == "synthea-bundle":
        resources = [one["resource"] for one in json.loads(public_feeds.unpacked(FILES[feed][0]))["entry"]]
        matter = [one for one in resources if one["resourceType"] == "Encounter" and "Drug overdose" in json.dumps(one.get("reasonCode"))]
        out = {"accepted": len(matter), "duplicate": 0, "unselected": len(resources) - len(matter)}
    else:
        out = EXPECTED[feed](rows(FILES[feed][0]))
    return {**out, "stale": 0, "quarantined": 0}


def take(daemon, feed):
    sums = dict.fromkeys(("rows", *RESULTS), 0)
    for relative in FILES[feed]:
        told = json.loads(daemon.forewarn("ingest", "--feed", feed, str(harness.shared_data(relative)), "-o", "json"))
        for name in sums:
            sums[name] += told[name]
    assert sums["rows"] == sum(sums[name] for name in RESULTS), f"{feed}: not every row is accounted for: {sums}"
    wanted = expected(feed)
    assert {name: sums[name] for name in RESULTS} == wanted, f"{feed}: {sums}, expected {wanted}"
    return sums


def tells(value):
    """Long enough not to be met by chance: "Ingestion" is a word, a sentence or a coordinate is somebody's."""
    return len(value) >= 24 or (len(value) >= 8 and any(c.isdigit() for c in value))


def personal_values(feed, luck):
    for file in FILES[feed]:
        records = rows(file)
        for column in PERSONAL[feed]:
            if column in records[0]:
                values = sorted({row[column].strip() for row in records if tells(row[column].strip())})
                yield from ((column, value) for value in luck.sample(values, min(LOOKED_AT, len(values))))


def names_of_patients():
    for row in rows("data/synthea/patients.csv.gz"):
        yield from (("a patient's", row[column]) for column in ("Id", "SSN", "LAST", "ADDRESS") if len(row[column]) >= 7)


def check_nothing_personal(daemon):
    held = b"\0".join(file.read_bytes() for file in daemon.state.glob("*.db*"))
    folded = held.lower()
    luck = random.Random(20160623)
    looked = 0
    for feed in PERSONAL:
        for column, value in (*personal_values(feed, luck), *(names_of_patients() if feed == "synthea-encounters" else ())):
            looked += 1
            assert value.lower().encode() not in folded, f"{feed}: the store holds a value of {column}"
    assert looked > 600, looked
    for file in daemon.state.glob("*.db"):
        with sqlite3.connect(file) as ledger:
            for (table,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                rows = ledger.execute(f'SELECT * FROM "{table}"')
                clear = [at for at, column in enumerate(rows.description) if column[0] != "sealed"]  # a sealed row's letters are chance
                for row in rows:
                    assert not any(isinstance(row[at], str) and POSTCODE.search(row[at]) for at in clear), f"{table}: a full postcode"
    return looked


def check_stored(daemon, totals):
    """What the store says of each feed is what each file's answer said."""
    with sqlite3.connect(daemon.state / "forewarn.db") as ledger:
        ledger.row_factory = sqlite3.Row
        for row in ledger.execute("SELECT * FROM feed_total"):
            kept = dict(row)
            assert {name: kept[name] for name in RESULTS} == {name: totals[row["feed"]][name] for name in RESULTS}, kept


def run(folder):
    for files in FILES.values():
        for relative in files:
            harness.shared_data(relative)
    daemon = public_feeds.configured(folder / "ten", RULES)
    if LONG:
        public_feeds.take_every_call(daemon)
    totals = {feed: take(daemon, feed) for feed in FILES}
    check_stored(daemon, totals)
    looked = check_nothing_personal(daemon)
    width = max(map(len, FILES))
    for feed, told in totals.items():
        print(f"{feed:{width}}  {told['rows']:6} rows = " + " + ".join(f"{told[name]} {name}" for name in RESULTS if told[name]))
    print(f"{len(totals)} feeds, {sum(told['rows'] for told in totals.values())} rows; {looked} personal values looked for, none stored")


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="forewarn-ten-"))
    try:
        run(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
