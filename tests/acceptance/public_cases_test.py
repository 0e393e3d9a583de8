#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Public cases: what happened in Pittsburgh, New Haven, Cincinnati, ..., as a table of moments by which a rule must have
spoken, and of times when none may. Feeds, areas and rules are YAML; the files go through the real programs."""

import collections
import datetime
import json
import os
import pathlib
import shutil
import tempfile

import harness
import public_feeds
from public_feeds import EASTERN, naive_signals, rows, utc

HOUR = datetime.timedelta(hours=1)
# case, feed, rule, series, when the signal opens there (exactly), in the place's own time
OPENS = [
    ("P1 heroin with fentanyl in Pittsburgh, the rare pair", "allegheny", "pittsburgh-heroin-fentanyl-pair",
     {"substances": "fentanyl+heroin"}, "2014-01-16T19:29:00"),
    ("P1 the cluster, third death", "allegheny", "pittsburgh-heroin-fentanyl-cluster", {}, "2014-01-18T23:05:00"),
    ("P2 fentanyl sold as cocaine in New Haven", "connecticut", "new-haven-fentanyl-deaths", {}, "2016-06-24T00:00:00"),
    ("P3 acetylfentanyl", "connecticut", "connecticut-new-substance", {"substances": "acetylfentanyl"}, "2015-07-16T00:00:00"),
    ("P3 U-47700", "connecticut", "connecticut-new-substance", {"substances": "u-47700"}, "2016-03-11T00:00:00"),
    ("P3 furanylfentanyl", "connecticut", "connecticut-new-substance", {"substances": "furanylfentanyl"}, "2016-03-11T00:00:00"),
    ("P3 carfentanil", "connecticut", "connecticut-new-substance", {"substances": "carfentanil"}, "2017-04-17T00:00:00"),
    ("P3 cyclopropylfentanyl", "connecticut", "connecticut-new-substance", {"substances": "cyclopropylfentanyl"}, "2017-06-25T00:00:00"),
    ("P7 spike over a change of words", "cincinnati", "cincinnati-heroin", {}, "2017-01-25T21:05:35"),
    ("P8 Allegheny, ninth victim within a day", "odin", "odin-county-day", {"area": "US-PA-003"}, "2018-11-30T19:00:00"),
    ("P9 synthetic cannabinoids in Dauphin, third victim", "odin", "odin-synthetic-cannabinoids", {"area": "US-PA-043"}, "2018-04-22T18:14:00"),
    ("P10 York", "odin", "odin-county-day", {"area": "US-PA-133"}, "2018-03-30T00:55:00"),
    ("P12 Pottstown", "montgomery", "montgomery-township", {"lad": "US-PA-091-pottstown"}, "2016-03-23T14:57:00"),
    ("P12 Norristown", "montgomery", "montgomery-township", {"lad": "US-PA-091-norristown"}, "2016-03-12T09:12:01"),
    ("P12 the county", "montgomery", "montgomery-county", {}, "2016-05-22T00:32:01"),
    # By what is usual: at the latest when a plain scan with the same chances speaks.
    ("P6 March, 6 hours", "cincinnati", "cincinnati-unusual-6h", {}, "2017-03-16T22:25:12"),
    ("P6 March, a day", "cincinnati", "cincinnati-unusual-day", {}, "2017-03-17T14:05:29"),
    ("P6 August, 6 hours", "cincinnati", "cincinnati-unusual-6h", {}, "2017-08-02T17:28:31"),
    ("P6 August, a day", "cincinnati", "cincinnati-unusual-day", {}, "2017-08-02T18:44:57"),
    ("P6 November, 6 hours", "cincinnati", "cincinnati-unusual-6h", {}, "2017-11-09T13:35:35"),
    ("P6 November, a day", "cincinnati", "cincinnati-unusual-day", {}, "2017-11-09T15:21:24"),
    ("P8 by what is usual", "odin", "odin-unusual-day", {"area": "US-PA-003"}, "2018-11-30T19:15:00"),
    ("P9 by what is usual", "odin", "odin-unusual-synthetic-cannabinoids", {"area": "US-PA-043"}, "2018-04-22T18:14:00"),
    ("P10 by what is usual", "odin", "odin-unusual-day", {"area": "US-PA-133"}, "2018-03-30T00:55:00"),
    ("P12 Pottstown by what is usual", "montgomery", "montgomery-unusual-township", {"lad": "US-PA-091-pottstown"}, "2016-03-23T14:57:00"),
    ("P12 Norristown by what is usual", "montgomery", "montgomery-unusual-township", {"lad": "US-PA-091-norristown"}, "2016-03-12T09:12:01"),
    ("P12 the county by what is usual", "montgomery", "montgomery-unusual-county", {}, "2016-05-22T00:32:01"),
]
# case, feed, rule, series, a moment at which the signal must be open
OPEN_BY = [
    ("P1 latest", "allegheny", "pittsburgh-heroin-fentanyl-cluster", {}, "2014-01-21T23:59:59"),
    ("P6 March 2017", "cincinnati", "cincinnati-heroin", {}, "2017-03-16T22:26:00"),
    ("P6 August 2017", "cincinnati", "cincinnati-heroin", {}, "2017-08-02T17:29:00"),
    ("P6 November 2017", "cincinnati", "cincinnati-heroin", {}, "2017-11-09T13:36:00"),
    ("P7 by the evening", "cincinnati", "cincinnati-heroin", {}, "2017-01-25T21:06:00"),
]
# case, feed, rule, from, to: no signal may open there
QUIET = [
    ("a blizzard doubles all calls, not the overdoses", "montgomery", "montgomery-county", "2016-01-22T12:00:00", "2016-01-25T00:00:00"),
    ("a storm does the same", "montgomery", "montgomery-county", "2016-02-23T12:00:00", "2016-02-26T00:00:00"),
    ("the blizzard by township", "montgomery", "montgomery-township", "2016-01-22T12:00:00", "2016-01-25T00:00:00"),
    ("the storm by township", "montgomery", "montgomery-township", "2016-02-23T12:00:00", "2016-02-26T00:00:00"),
    ("the blizzard, by what is usual", "montgomery", "montgomery-unusual-county", "2016-01-22T12:00:00", "2016-01-25T00:00:00"),
    ("the storm, by what is usual", "montgomery", "montgomery-unusual-county", "2016-02-23T12:00:00", "2016-02-26T00:00:00"),
]
# feed, rule, the most signals over the whole file that a plain scan with the same chances would have raised
LOAD = [("cincinnati", "cincinnati-unusual-day", 10), ("cincinnati", "cincinnati-unusual-6h", 30)]


def of_series(signals, series):
    return [one for one in signals if one["series"] == series]


def check_opens(signals):
    for case, feed, rule, series, at in OPENS:
        found = [one["opened_at"] for one in of_series(signals[feed][rule], series)]
        assert utc(at) in found, f"{case}: opens at {found}, not at {utc(at)}"
        print(f"{case}: {at}")
    for case, feed, rule, series, at in OPEN_BY:
        open_then = [one for one in of_series(signals[feed][rule], series)
                     if one["opened_at"] <= utc(at) < (one["closed_at"] or "9")]
        assert len(open_then) == 1, f"{case}: {len(open_then)} signals open at {at}"
        print(f"{case}: open at {at}, since {open_then[0]['opened_at']}")
    for case, feed, rule, since, until in QUIET:
        loud = [one["opened_at"] for one in signals[feed][rule] if utc(since) <= one["opened_at"] < utc(until)]
        assert not loud, f"{case}: opens at {loud}"
        print(f"{case}: no signal of {rule}")
    for feed, rule, most in LOAD:
        assert len(signals[feed][rule]) <= most, f"{rule}: {len(signals[feed][rule])} signals, more than {most}"
        print(f"{rule}: {len(signals[feed][rule])} signals in all")


def moment(row, *columns, form):
    return datetime.datetime.strptime(" ".join(row[column] for column in columns), form)


def shown(signals):
    return [(one["opened_at"], one["value"]) for one in signals]


def expected(calls, within, at_least):
    """Of pairs (local time, incident): when a count rule's signals open, and their values."""
    at = [(time.replace(tzinfo=EASTERN).astimezone(datetime.timezone.utc), incident) for time, incident in calls]
    return [(f"{one['opened']:%Y-%m-%dT%H:%M:%SZ}", one["value"]) for one in naive_signals(at, within, at_least)]


def each_its_own(times):
    return [(time, number) for number, time in enumerate(times)]


def check_pittsburgh(signals):
    """P1 whole: the rule over all years is the count over the examiner's own columns; fentanyl alone is never new."""
    deaths = [moment(row, "date", "death_time", form="%Y-%m-%d %H:%M:%S") for row in rows(public_feeds.FILES["allegheny"][0])
              if {"Heroin", "Fentanyl"} <= {name.strip() for name in row["od_factors"].split(",")} and row["death_time"] != "NA"]
    assert shown(signals["pittsburgh-heroin-fentanyl-cluster"]) == expected(each_its_own(deaths), 7 * 24 * HOUR, 3)
    assert [one["opened_at"][:4] for one in signals["pittsburgh-heroin-fentanyl-pair"]] == ["2012", "2014"]
    new = [one["series"]["substances"] for one in signals["pittsburgh-new-substance"]]
    assert new and "fentanyl" not in new, "fentanyl was in every year, as patches: not new"


def check_connecticut(signals, records):
    """P3 whole: every substance that the records name is news once, on the first record that names it."""
    first = {}
    for one in records:
        for substance in one.get("substances", []):
            first[substance] = min(first.get(substance, "9"), one["occurred_at"])
    found = {one["series"]["substances"]: one["opened_at"] for one in signals["connecticut-new-substance"]}
    assert len(found) == len(signals["connecticut-new-substance"]), "a substance is news twice"
    assert found == first, {key: (found.get(key), first.get(key)) for key in found.keys() ^ first.keys()}
    # Of these, most have no column of their own: they were read from the cause of death.
    flags = {"heroin", "fentanyl", "fentanyl-analogue", "cocaine", "oxycodone", "hydrocodone", "hydromorphone", "methadone",
             "tramadol", "alcohol", "benzodiazepine", "amphetamine", "methamphetamine", "xylazine", "gabapentin", "opioid"}
    assert len(found.keys() - flags) > 40, sorted(found)
    print(f"P3 {len(found)} substances, each once, {len(found.keys() - flags)} of them from text alone")


def check_cincinnati(signals, records):
    """P7: no call is lost over the change of words; what is no event counts neither before nor after."""
    words = {"old": collections.Counter(), "new": collections.Counter()}
    no_event = ("DUPF", "DUPLICATE", "CN:", "CANCEL", "EMSF", "MEDF", "FALSE", "FALA")
    events = collections.Counter()
    for row in rows(public_feeds.FILES["cincinnati"][0]):
        at = moment(row, "CREATE_TIME_INCIDENT", form="%m/%d/%Y %I:%M:%S %p")
        if not any(word in row["DISPOSITION_TEXT"] for word in no_event):
            events[f"{at:%Y-%m-%d}"] += 1
            words["old" if row["INCIDENT_TYPE_ID"] == "HERONF" else "new"][f"{at:%Y-%m-%d}"] += 1
    taken = collections.Counter()
    for one in records:
        assert one["substances"] == ["heroin"], "a call whose type was not understood"
        at = datetime.datetime.fromisoformat(one["occurred_at"].replace("Z", "+00:00")).astimezone(EASTERN)
        taken[f"{at:%Y-%m-%d}"] += 1
    assert taken == events, "calls by day"
    assert max(words["old"]) <= "2017-01-24" <= min(words["new"]), "the words no longer change on that day"
    week = [taken[f"2017-01-{day}"] for day in range(21, 28)]
    print(f"P7 calls a day from 21 to 27 January 2017: {week}, none lost")
    every = [moment(row, "CREATE_TIME_INCIDENT", form="%m/%d/%Y %I:%M:%S %p") for row in rows(public_feeds.FILES["cincinnati"][0])]
    assert len(signals["cincinnati-heroin"]) < len(expected(each_its_own(every), 6 * HOUR, 7)), "rows that are no events made signals"


def check_odin(daemon, signals):
    """Midnight stands for "no time": a rule by the hour leaves it out and is the count over the rows with a time. Left in,
    it would see clusters that never were."""
    by_county = collections.defaultdict(list)
    midnights = collections.Counter()
    for row in rows(public_feeds.FILES["odin"][0]):
        if row["Incident Time"] == "00:00:00":
            midnights[row["Incident County Name"], row["Incident Date"]] += 1
        else:
            at = moment(row, "Incident Date", "Incident Time", form="%m/%d/%Y %H:%M:%S")
            by_county[row["Incident County Name"]].append((at, row["Incident ID"]))
    counted = [one for calls in by_county.values() for one in expected(calls, HOUR, 3)]
    assert sorted(shown(signals["odin-hours"])) == sorted(counted), "not the count over rows with a time"
    placeholders = sum(count >= 3 for count in midnights.values())
    rule = (daemon.etc / "rules.d" / "test.yaml").read_text(encoding="utf-8")
    left_in = daemon.folder / "left-in.yaml"
    left_in.write_text(rule.replace("    where: {not: {attributes.time: not entered}}\n", ""), encoding="utf-8")
    told = json.loads(daemon.forewarn("backtest", "--rules", str(left_in), "--observations", str(daemon.folder / "odin.ndjson"),
                                      "--format", "json"))
    clusters = [one for one in told["signals"] if one["rule"] == "odin-hours" and one["opened_at"][14:] == "00:00Z"
                and one["opened_at"][11:13] in ("04", "05")]
    assert len(clusters) > placeholders / 2 and len(told["signals"]) > 0, (len(clusters), placeholders)
    print(f"ODIN: {len(signals['odin-hours'])} signals by the hour and no midnight cluster; with placeholders left in, "
          f"{len(clusters)} more at midnight")


def check_montgomery(signals, records):
    """Calls that come twice count once: two dispatches to one township within two minutes are one incident."""
    calls = collections.defaultdict(list)
    for row in rows(public_feeds.FILES["montgomery"][0]):
        if row["title"] != "EMS: OVERDOSE":
            continue
        at, held = datetime.datetime.fromisoformat(row["time_stamp"]), calls[row["twp"]]
        begun = [incident for time, incident in held if time == incident and abs(at - time) <= datetime.timedelta(minutes=2)]
        held.append((at, begun[0] if begun else at))
    of_place = {place: [(at, (place, incident)) for at, incident in held] for place, held in calls.items()}
    for place, held in of_place.items():
        series = {"lad": f"US-PA-091-{place.lower().replace(' ', '-')}"}
        assert shown(of_series(signals["montgomery-township"], series)) == expected(held, 24 * HOUR, 5), place
    every = [call for held in of_place.values() for call in held]
    assert shown(signals["montgomery-county"]) == expected(every, 24 * HOUR, 11), "the county"
    incidents = len({incident for _, incident in every})
    overdoses = [one for one in records if one.get("attributes", {}).get("nature") == "OVERDOSE"]
    assert len(overdoses) == len(every) and len({one.get("incident", one["id"]) for one in overdoses}) == incidents == len(every) - 18, incidents
    print(f"Montgomery: {len(every)} overdose calls are {incidents} incidents in {len(calls)} townships, signals as counted by hand")


def check_samples(daemon):
    """P4, P5: the laboratory's files as they come, by hand, into a daemon's store: what on-call would be told."""
    for relative in public_feeds.FILES["unc"]:
        daemon.forewarn("ingest", "--feed", "unc", str(harness.shared_data(relative)))
    told = json.loads(daemon.forewarn("signals", "list", "--limit", "10000", "-o", "json"))
    found = collections.defaultdict(dict)
    for one in told:
        series = one["series"]
        found[one["rule"]][(series.get("area"), series["substances"])] = one["level"]
    after, by_state = found["samples-new-after-overdose"], found["samples-new-in-state"]
    assert after[("US-TN", "n-piperidinyl-etonitazene")] == after[("US-TN", "metonitazene")] == "red", "P4"
    assert {area for area, substance in by_state if substance == "xylazine"} == {"US-NC", "US-NY"}, "P5: first in each state"
    assert after[("US-NY", "xylazine")] == "red" and ("US-NC", "xylazine") not in after, "P5: the overdose in Galway"
    sheet = rows(public_feeds.FILES["unc"][1])
    for kind in ("samples-new-after-overdose", "samples-new-in-state", "samples-any-news"):
        for _, substance in found[kind]:
            assert not any(word in substance for word in ("sugar", "inositol", "no-compounds")) or kind == "samples-any-news", substance
    traces = {row["substance"] for row in sheet if row["abundance"] == "trace"} - {row["substance"] for row in sheet if row["abundance"] == ""}
    named = {substance for _, substance in found["samples-any-news"]}
    for trace in ("tramadol", "eutylone"):
        assert trace in traces and trace not in named, f"{trace} was a trace only"
    assert not any(substance.startswith("no-compounds") for substance in named), named
    print(f"P4 and P5: {len(after)} substances new in a state after an overdose, {len(by_state)} new in a state; no trace is news")


def run(folder):
    for feed in ("allegheny", "connecticut", "cincinnati", "odin", "montgomery", "unc"):
        for relative in public_feeds.FILES[feed]:
            harness.shared_data(relative)
    daemon = public_feeds.configured(folder / "cases")
    if os.environ.get("FOREWARN_LONG") == "1":
        public_feeds.take_every_call(daemon)
    signals, records = {}, {}
    for feed in ("allegheny", "connecticut", "cincinnati", "odin", "montgomery"):
        file, records[feed] = public_feeds.history(daemon, feed)
        signals[feed] = public_feeds.backtest(daemon, file)
    check_opens(signals)
    check_pittsburgh(signals["allegheny"])
    check_connecticut(signals["connecticut"], records["connecticut"])
    check_cincinnati(signals["cincinnati"], records["cincinnati"])
    check_odin(daemon, signals["odin"])
    check_montgomery(signals["montgomery"], records["montgomery"])
    check_samples(daemon)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="forewarn-cases-"))
    try:
        run(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
