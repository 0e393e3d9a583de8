#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two real files through the whole product, configured by YAML alone: every row accounted for, no full postcode in the
store, names of chemicals whole, and the signals that a naive count over the partner's own columns expects."""

import collections
import csv
import datetime
import gzip
import json
import re
import sqlite3
import zoneinfo

import harness

# Heroin calls in the whole city. 7 in 6 hours is the highest bound that is reached on the evening of 2017-01-25 before
# 21:06; with 6 the two years would hold about twice as many signals.
WITHIN = datetime.timedelta(hours=6)
AMBER, RED = 7, 10
RULES = f"""version: 1
rules:
  - id: heroin-citywide
    title: Heroin calls in the whole city
    owner: test
    observe: [ambulance]
    where: {{substances: heroin}}
    detect: {{count: {{within: 6h, at_least: {{amber: {AMBER}, red: {RED}}}}}}}
    alert: {{release: panel, audience: professionals, advice: opioid-overdose}}
  - id: new-substance
    title: A substance not seen before in England and Wales
    owner: test
    observe: [drug_test]
    where: {{area: K04000001}}
    detect: {{first_seen: {{of: substances}}}}
    max_delay: 365d
    alert: {{release: panel, audience: professionals, advice: opioid-overdose}}
"""
FILES = {"wedinos": "data/drugtests/wedinos_2024.json.gz",
         "cincinnati": "data/ems/cincinnati_heroin_ems_2017-01-01_2019-02-09.csv.gz"}
ROWS = {"wedinos": 6025, "cincinnati": 4876}
RESULTS = ("accepted", "duplicate", "stale", "unselected", "quarantined")
ENGLAND_AND_WALES = {"E92000001", "W92000004"}
POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][0-9A-Z]?[ .-]?[0-9][ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)
INWARD = ("4RX", "9ZZ")


def city(folder):
    """The shipped configuration with the two fixtures' feeds and our rules; nothing else is told to the product."""
    folder.mkdir()
    made = harness.Daemon(folder, RULES, harness.ON_CALL)
    for name in FILES:
        feed = (harness.SOURCE / "tests" / "connectors" / "feeds" / f"{name}.yaml").read_text(encoding="utf-8")
        feed += f"\nfetch: {{folder: {{path: {name}, pattern: \"*\"}}}}\n"
        (made.etc / "feeds.d" / f"{name}.yaml").write_text(feed, encoding="utf-8")
    return made


def totals(daemon):
    with sqlite3.connect(daemon.state / "forewarn.db") as ledger:
        ledger.row_factory = sqlite3.Row
        return {row["feed"]: dict(row) for row in ledger.execute("SELECT * FROM feed_total")}


def check_accounted(what, told):
    rows = told.get("rows", told.get("row_count"))
    assert rows == sum(told[one] for one in RESULTS), f"{what}: not every row is accounted for: {told}"
    return rows


def taken(daemon):
    """What the store holds, without the moment at which it was taken."""
    out = collections.defaultdict(list)
    for line in daemon.forewarn("export", "observations").splitlines():
        one = json.loads(line)
        del one["received_at"]
        out[one["feed"]].append(one)
    return out


def take_by_hand(daemon, folder):
    for name, relative in FILES.items():
        packed = harness.shared_data(relative)
        told = json.loads(daemon.forewarn("ingest", "--feed", name, str(packed), "-o", "json"))
        assert check_accounted(name, told) == ROWS[name], told
        assert told["accepted"] > 0 and told["quarantined"] == 0, told
    first = taken(daemon)
    for name, relative in FILES.items():  # the same once more, unpacked: nothing that is new
        plain = folder / f"{name}.plain"
        plain.write_bytes(gzip.decompress(harness.shared_data(relative).read_bytes()))
        told = json.loads(daemon.forewarn("ingest", "--feed", name, str(plain), "-o", "json"))
        assert check_accounted(name, told) == ROWS[name], told
        assert told["accepted"] == told["revised"], f"{name}: the same file again brought new records: {told}"
    for name, told in totals(daemon).items():
        assert check_accounted(name, told) == 2 * ROWS[name], told
    return first


def take_from_folder(daemon):
    daemon.start()
    try:
        for name, relative in FILES.items():
            plain = gzip.decompress(harness.shared_data(relative).read_bytes()).decode("utf-8")
            daemon.hand_in(name, f"{name}.txt", plain)

        def all_rows():
            daemon.alive()
            now = {feed["id"]: feed for feed in (daemon.ask("/v1/feeds") or {"items": []})["items"]}
            return now if all(now.get(name, {}).get("rows") == ROWS[name] for name in FILES) else None

        for name, told in harness.wait_for("both files", all_rows, 120).items():
            check_accounted(name, told)
        return taken(daemon)
    finally:
        daemon.stop()


def check_names(mapped):
    """Chemical names with commas stay whole, words that mean nothing are no substances."""
    seen = {one for record in mapped for one in record.get("substances", [])}
    for wrong in ("array", "no-active-component-identified", "2-bromo-4",
                  "5-dimethoxyphenethylamine", "dinitrophenol", "4-dinitrophenol", "3", "4", "5"):
        assert wrong not in seen, wrong
    raw = json.loads(gzip.decompress(harness.shared_data(FILES["wedinos"]).read_bytes()))
    by_id = {record["id"]: record for record in mapped}
    commas = {key: row for one in raw for key, row in one.items() if re.search(r"\d,\s?\d", row["major"] + row["minor"])}
    assert len(commas) >= 3, "the file has lost its names with commas"
    for key, row in commas.items():
        named = [part for cell in (row["major"], row["minor"]) for part in re.split(r"(?<!\d),|,(?!\s?\d)", cell) if part.strip()]
        found = by_id[key].get("substances", [])
        assert 0 < len(found) <= len(named), f"{key}: {named} became {found}"


def texts(daemon):
    """All that stands in clear; a sealed row's letters are chance."""
    for file in daemon.state.glob("*.db"):
        with sqlite3.connect(file) as ledger:
            tables = [row[0] for row in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                rows = ledger.execute(f'SELECT * FROM "{table}"')
                clear = [at for at, column in enumerate(rows.description) if column[0] != "sealed"]
                for row in rows:
                    yield from ((table, row[at]) for at in clear if isinstance(row[at], str))


def check_no_postcode(daemon):
    """The published file was cleaned; here every outward code gets an inward one back, spelt in three ways."""
    spelt = ("{} {}", "{}{}", "{}  {}")
    rows, planted = [], 0
    for number, record in enumerate(json.loads(gzip.decompress(harness.shared_data(FILES["wedinos"]).read_bytes()))):
        (key, row), = record.items()
        outward = row["postcode"].strip()
        if not re.fullmatch(r"[A-Z]{1,2}[0-9][0-9A-Z]?", outward):
            continue
        full = spelt[number % 3].format(outward, INWARD[number % 2])
        full = full.lower() if number % 5 == 0 else full
        row = dict(row, postcode=full, form=f"from {full}", intent=f"heroin, {full}")
        if number % 50 == 0:
            row["date_received"] = f"{full} 2024"  # to quarantine, which shows the value
        rows.append({f"P{key}": row})
        planted += 1
    assert planted > 5000, planted
    file = daemon.folder / "full.json"
    file.write_text(json.dumps(rows), encoding="utf-8")
    told = json.loads(daemon.forewarn("ingest", "--feed", "wedinos", str(file), "-o", "json"))
    assert check_accounted("full postcodes", told) == planted and told["quarantined"] > 50, told
    looked = 0
    for table, text in texts(daemon):
        looked += 1
        found = POSTCODE.search(text)
        assert not found, f"table {table} holds a full postcode"
    upper = re.compile(rb"\b[A-Z]{1,2}[0-9][0-9A-Z]? {0,2}(?:" + "|".join(INWARD).encode() + rb")\b")
    for raw in daemon.state.glob("forewarn.db*"):  # pages that no table points to any more, and the log
        assert not upper.search(raw.read_bytes()), f"{raw.name} holds a full postcode"
    return planted, looked


def history(daemon, name):
    """A file from the past as observations that count as received when they occurred."""
    out = daemon.folder / f"{name}.ndjson"
    told = json.loads(daemon.forewarn("feeds", "test", name, str(harness.shared_data(FILES[name])), "--out", str(out),
                                      "-o", "json"))
    assert check_accounted(name, told) == ROWS[name], told
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(records) == told["accepted"], (len(records), told)
    return out, records


def backtest(daemon, file, rule):
    told = json.loads(daemon.forewarn("backtest", "--observations", str(file), "--format", "json"))
    assert told["lateness"] == "unknown", told["lateness"]
    return [one for one in told["signals"] if one["rule"] == rule]


# Answers of a laboratory that name none: values of the test, and never news.
NO_SUBSTANCE = {"no-active-component", "unable-to-identify", "unknown", "not-stated"}


def check_first_seen(daemon):
    file, records = history(daemon, "wedinos")
    check_names(records)
    inside = [one for one in records if one.get("area") in ENGLAND_AND_WALES]
    first = {}
    for one in inside:
        for substance in set(one.get("substances", [])) - NO_SUBSTANCE:
            first[substance] = min(first.get(substance, "9"), one["occurred_at"])
    signals = backtest(daemon, file, "new-substance")
    # The laboratory's file has some keys twice with other content. Where the later form takes back what the earlier one
    # alone had shown, that signal closes as data_corrected, and a later find is news.
    stand = [one for one in signals if one["close_reason"] != "data_corrected"]
    found = {one["series"]["substances"]: one["opened_at"] for one in stand}
    assert len(found) == len(stand), "two signals that stand for one substance"
    assert found == first, {key: (found.get(key), first.get(key)) for key in found.keys() | first.keys()
                            if found.get(key) != first.get(key)}
    forms = collections.Counter(one["id"] for one in records)
    taken_back = [one for one in signals if one["close_reason"] == "data_corrected"]
    for one in taken_back:
        assert any(forms[key.split("/", 1)[1]] > 1 for key in one["observations"]), one
    elsewhere = {s for one in records for s in one.get("substances", [])} - first.keys()
    assert elsewhere, "nothing was found outside England and Wales alone: the area was not tried"
    return len(stand), len(taken_back)


def naive_city_signals(times):
    """The rule in its plainest form: calls that end a full window, runs of them, the largest of each run."""
    out = []
    for at in times:
        count = sum(1 for other in times if at - WITHIN < other <= at)
        if count < AMBER:
            continue
        if not out or at >= out[-1]["last"] + WITHIN:
            out.append({"opened": at, "value": 0})
        out[-1]["last"] = at
        out[-1]["value"] = max(out[-1]["value"], count)
    return out


def check_city(daemon):
    zone = zoneinfo.ZoneInfo("America/New_York")
    raw = gzip.decompress(harness.shared_data(FILES["cincinnati"]).read_bytes()).decode("utf-8")
    no_event = ("DUPF", "DUPLICATE", "CN: CANCEL", "EMSF: FALSE", "MEDF: MT RESPONSE - FALSE", "FALA: FIRE FALSE")
    calls = {True: [], False: []}
    for row in csv.DictReader(raw.splitlines()):
        at = datetime.datetime.strptime(row["CREATE_TIME_INCIDENT"], "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=zone)
        calls[not any(word in row["DISPOSITION_TEXT"] for word in no_event)].append(at.astimezone(datetime.timezone.utc))
    events, every = sorted(calls[True]), sorted(calls[True] + calls[False])

    file, records = history(daemon, "cincinnati")
    assert len(records) == len(events), (len(records), len(events))
    signals = backtest(daemon, file, "heroin-citywide")
    expected = [{"opened_at": f"{one['opened']:%Y-%m-%dT%H:%M:%SZ}", "closed_at": f"{one['last'] + WITHIN:%Y-%m-%dT%H:%M:%SZ}",
                 "value": one["value"], "level": "red" if one["value"] >= RED else "amber"}
                for one in naive_city_signals(events)]
    if expected[-1]["closed_at"] > max(one["occurred_at"] for one in records):
        expected[-1]["closed_at"] = None  # still open when the file ends
    assert [{key: one[key] for key in expected[0]} for one in signals] == expected, "not the naive count's signals"

    by = datetime.datetime(2017, 1, 25, 21, 6, tzinfo=zone).astimezone(datetime.timezone.utc)
    known = [one for one in signals if one["opened_at"] <= f"{by:%Y-%m-%dT%H:%M:%SZ}" < (one["closed_at"] or "9")]
    assert len(known) == 1 and known[0]["opened_at"] == "2017-01-26T02:05:35Z", known
    # With the duplicate, cancelled and false calls the same rule would have been open hours earlier.
    with_all = [one["opened"] for one in naive_city_signals(every) if one["opened"] <= by]
    assert with_all[-1] < by - datetime.timedelta(hours=5), with_all[-1]
    return len(signals), len(naive_city_signals(every))


def run(folder):
    for relative in FILES.values():
        harness.shared_data(relative)
    by_hand, dropped = city(folder / "hand"), city(folder / "folder")
    packed = take_by_hand(by_hand, folder)
    plain = take_from_folder(dropped)
    for name in FILES:
        assert packed[name] == plain[name], f"{name}: packed by hand and unpacked from the folder differ"
    planted, looked = check_no_postcode(dropped)
    stand, taken_back = check_first_seen(by_hand)
    signals, with_all = check_city(by_hand)
    print(f"{sum(ROWS.values())} rows accounted for, packed and unpacked; {planted} full postcodes planted, none in {looked} "
          f"texts of the store; {stand} new substances, {stand} signals (and {taken_back} taken back by a revision); "
          f"{signals} signals in the city, where every row counted would make {with_all}")


def main():
    harness.in_own_folder("forewarn-real-", run)


if __name__ == "__main__":
    main()
