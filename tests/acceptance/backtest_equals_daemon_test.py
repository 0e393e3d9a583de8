#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A backtest over what the daemon took gives the daemon's signals: same rule, series, level, times, reason, value, bound,
window, changes and evidence. Late, revised and withdrawn rows of a simulated city come in several files, with a kill, a
reload and a stop between them; some signals close while the daemon runs, some while it does not, some stay open."""

import csv
import datetime
import io
import json
import os
import re
import signal

import harness

SEED = int(os.environ.get("FOREWARN_SEED", 7))

# Short lives end while the test looks; long ones meet records that come late, twice or are taken back.
RULES = """version: 1
rules:
  - {id: ward-day, title: Calls in a ward, owner: test, observe: [ambulance], for_each: [ward],
     detect: {count: {within: 24h, at_least: {amber: 2, red: 4}}}, max_delay: 30d,
     alert: {release: panel, audience: professionals, advice: opioid-overdose}}
  - {id: ward-late, title: Calls in a ward and late ones aside, owner: test, observe: [ambulance], for_each: [ward],
     detect: {count: {within: 12h, at_least: 2}}, max_delay: 5d,
     alert: {release: panel, audience: professionals, advice: opioid-overdose}}
  - {id: same-minute, title: Calls of one minute in a ward, owner: test, observe: [ambulance], for_each: [ward],
     detect: {count: {within: 1s, at_least: {amber: 2, red: 3}, measure: observations}}, max_delay: 30d,
     alert: {release: panel, audience: professionals, advice: opioid-overdose}}
  - {id: drug-minute, title: Calls of one minute by class, owner: test, observe: [ambulance],
     for_each: [substances: {by: class}], detect: {count: {within: 3s, at_least: 2}}, max_delay: 5d,
     alert: {release: panel, audience: professionals, advice: opioid-overdose}}
  - {id: people, title: People in the city, owner: test, observe: [ambulance], where: {substances: opioid},
     detect: {count: {within: 6h, at_least: {amber: 3, red: 5}, measure: people}}, max_delay: 30d,
     alert: {release: automatic, hold: 15m, audience: services, advice: opioid-overdose}}
  - {id: naloxone, title: Naloxone given, owner: test, observe: [ambulance], where: {naloxone: true},
     detect: {every_record: {}}, clear_after: 2s, max_delay: 5d,
     alert: {release: panel, audience: professionals, advice: opioid-overdose}}
  - {id: new-in-ward, title: A substance new in a ward, owner: test, observe: [ambulance, drug_test], for_each: [ward],
     detect: {first_seen: {of: substances, not_seen_for: 5d}}, clear_after: 2s, max_delay: 30d,
     alert: {release: panel, audience: professionals, advice: opioid-overdose}}
  - {id: new-anywhere, title: A substance new in the city, owner: test, observe: [ambulance, drug_test],
     detect: {first_seen: {of: substances, not_seen_for: 14d, min_history: 1d}}, max_delay: 5d,
     alert: {release: panel, audience: professionals, advice: opioid-overdose}}
  - {id: rate, title: Calls for the residents of a district, owner: test, observe: [ambulance], for_each: [lad],
     detect: {rate: {within: 24h, at_least: {amber: 1, red: 3}, min_count: 2}}, max_delay: 5d,
     alert: {release: panel, audience: professionals, advice: opioid-overdose}}
  - {id: share, title: Opioids among the calls, owner: test, observe: [ambulance], for_each: [ward],
     detect: {share: {of: {substances: opioid}, within: 2d, at_least: {amber: 60%, red: 90%}, min_count: 4}}, max_delay: 30d,
     alert: {release: panel, audience: professionals, advice: opioid-overdose}}
  - {id: spike, title: Calls against the days before, owner: test, observe: [ambulance], for_each: [substances: {by: class}],
     detect: {spike: {within: 6h, baseline: 2d, times: {amber: 1.5, red: 3}}}, max_delay: 30d,
     alert: {release: panel, audience: professionals, advice: opioid-overdose}}
  - {id: unusual, title: Calls that chance does not give, owner: test, observe: [ambulance], for_each: [ward],
     detect: {unusual: {within: 12h, baseline: 4d, guard: 6h, p: {amber: 0.05, red: 0.01}, min_count: 2}}, max_delay: 5d,
     alert: {release: panel, audience: professionals, advice: opioid-overdose}}
  - {id: together, title: Calls and tests together, owner: test, detect: {together: {within: 2d, at_least: {amber: 1, red: 2}, of:
     {calls: {observe: [ambulance], count: 30}, people: {observe: [ambulance], where: {substances: nitazene}}, tests: {observe: [drug_test]}}}},
     max_delay: 30d, alert: {release: panel, audience: professionals, advice: opioid-overdose}}
  - {id: sequence, title: A stimulant and then an opioid, owner: test, for_each: [ward], detect: {sequence: {within: 12h, of:
     [{observe: [ambulance], where: {substances: stimulant}}, {observe: [ambulance], where: {substances: opioid}}]}}, max_delay: 5d,
     alert: {release: panel, audience: professionals, advice: opioid-overdose}}
"""
SHORT = {"same-minute", "drug-minute", "naloxone", "new-in-ward"}
COMPARED = ("rule", "series", "level", "opened_at", "closed_at", "close_reason", "window", "value", "bound",
            "retrospective", "late", "changes")


def one_form(signals):
    out = [dict({key: one[key] for key in COMPARED}, observations=sorted(one["observations"])) for one in signals]
    return sorted(json.dumps(one, sort_keys=True, ensure_ascii=False) for one in out)


def now():
    return f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%S.%fZ}"


def corrections(nights):
    """What a partner mends the week after: calls taken back, another drug, another ward, another hour."""
    out = io.StringIO()
    writer = None
    for night in nights:
        for number, row in enumerate(csv.DictReader(night.read_text(encoding="utf-8-sig").splitlines())):
            change = number % 4
            if change == 0:
                row["Outcome"] = "Cancelled"
            elif change == 1:
                row["Drugs reported"] = "heroin"
            elif change == 2 and number % 3 == 0:
                row["Ward"] = "Armley"
            elif change == 3 and number % 3 == 0:
                row["Call time"] = row["Call time"][:11] + "03:14"
            else:
                continue
            writer = writer or csv.DictWriter(out, row.keys())
            if not out.tell():
                writer.writeheader()
            writer.writerow(row)
    return out.getvalue()


def forgotten(night, mark):
    """Calls that nobody had sent, of minutes that had calls already: a signal that has closed rises once more."""
    lines = night.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    return lines[0] + "".join(mark + line for line in lines[1:] if line.startswith("C"))


def deliveries(city):
    """The nights' files in an order of their own: days come late, one file comes twice, corrections follow."""
    nights = sorted((city / "ambulance").iterdir())
    order = nights[2:7] + nights[:2] + nights[7:-1] + nights[4:5] + nights[-1:]
    out = [("ambulance", night.read_text(encoding="utf-8")) for night in order]
    tests = next((city / "drug-tests").iterdir())
    out.insert(len(out) // 2, ("drug-tests", tests.read_text(encoding="utf-8")))
    out.insert(8, ("ambulance", corrections(nights[2:5])))
    out.append(("ambulance", corrections(nights[5:10])))
    out += [("ambulance", forgotten(nights[5], mark)) for mark in ("M", "N")]
    return out


def hand_in(daemon, feed, number, text):
    name = f"{number:02}.{'json' if feed == 'drug-tests' else 'csv'}"
    daemon.hand_in(feed, name, text)
    return daemon.inbox / feed / "done" / name


def wait_until_taken(daemon, files):
    harness.wait_for("the files to be taken", lambda: daemon.alive() and all(one.exists() for one in files), 60)


def signals_of(daemon, *more):
    return json.loads(daemon.forewarn("signals", "list", "--limit", "100000", "-o", "json", *more))


def wait_until_settled(daemon, files):
    """Every deadline that is not days away has passed: the last instant is any from here on."""
    wait_until_taken(daemon, files)
    harness.wait_for("the short signals to close",
                     lambda: daemon.alive() and not any(one["rule"] in SHORT and one["closed_at"] is None
                                                        for one in signals_of(daemon)), 60)


def run_daemon(daemon, files):
    """All files, with a kill while a file may be under way, and a stop over which short signals' time runs out."""
    third = len(files) // 3
    daemon.start()
    taken = [hand_in(daemon, feed, number, text) for number, (feed, text) in enumerate(files[:third])]
    wait_until_taken(daemon, taken[:-2])
    daemon.kill()
    daemon.start()
    taken += [hand_in(daemon, feed, third + number, text) for number, (feed, text) in enumerate(files[third:2 * third])]
    wait_until_taken(daemon, taken[:third + 1])
    whole_log = daemon.folder / "forewarnd.log"
    rules = next((daemon.etc / "rules.d").iterdir())  # other words, the same meaning: every state is carried over
    rules.write_text(rules.read_text(encoding="utf-8").replace("title: Calls", "title: All calls"), encoding="utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    harness.wait_for("the reload", lambda: "event=reloaded" in whole_log.read_text(encoding="utf-8"), 30)
    wait_until_taken(daemon, taken)
    daemon.stop()
    open_over_the_stop = sum(1 for one in signals_of(daemon, "--open") if one["rule"] in SHORT)
    daemon.start()
    for number, (feed, text) in enumerate(files[2 * third:], start=2 * third):
        taken.append(hand_in(daemon, feed, number, text))
        if number >= len(files) - 2:  # once more into what has closed
            wait_until_settled(daemon, taken)
    daemon.stop()
    assert daemon.process.returncode == 0, f"forewarnd did not end well: {daemon.process.returncode}\n{daemon.log()}"
    return open_over_the_stop


def run(folder):
    daemon = harness.Daemon(folder, RULES, harness.ON_CALL)
    city = folder / "city"
    daemon.forewarn("simulate", "--out", str(city), "--seed", str(SEED), "--days", "14", "--until", "now",
                    "--calls-per-day", "40")
    files = deliveries(city)
    try:
        over_the_stop = run_daemon(daemon, files)
    finally:
        daemon.stop()
    last = now()
    observations = folder / "taken.ndjson"
    daemon.forewarn("export", "observations", "--out", str(observations))
    told = json.loads(daemon.forewarn("backtest", "--rules", str(daemon.etc / "rules.d"), "--observations",
                                      str(observations), "--to", last, "--format", "json"))
    from_store = json.loads(daemon.forewarn("backtest", "--rules", str(daemon.etc / "rules.d"), "--to", last, "--format",
                                            "json"))
    assert from_store == told, "a backtest over the store and one over what it exports differ"
    live, again = one_form(signals_of(daemon)), one_form(told["signals"])
    only_live, only_again = sorted(set(live) - set(again)), sorted(set(again) - set(live))
    assert live == again, "the daemon's signals:\n" + "\n".join(only_live[:5]) + "\nthe backtest's:\n" + \
        "\n".join(only_again[:5]) + f"\n{len(only_live)} and {len(only_again)} differ"

    signals = [json.loads(one) for one in live]
    silent = {rule for rule in re.findall(r"id: ([a-z-]+),", RULES)} - {one["rule"] for one in signals}
    assert not silent, f"this run does not try {silent}"
    records = observations.read_text(encoding="utf-8").splitlines()
    kinds = {"open": sum(1 for one in signals if not one["closed_at"]),
             "below_threshold": sum(1 for one in signals if one["close_reason"] == "below_threshold"),
             "data_corrected": sum(1 for one in signals if one["close_reason"] == "data_corrected"),
             "retrospective": sum(1 for one in signals if one["retrospective"]),
             "reopened late": sum(1 for one in signals if one["late"]),
             "with changes": sum(1 for one in signals if one["changes"]),
             "records withdrawn": sum(1 for one in records if json.loads(one).get("withdrawn")),
             "records revised": len(records) - len({json.loads(one)["id"] for one in records})}
    assert all(kinds.values()), f"this run does not try what it is for: {kinds}"
    assert not any(one["close_reason"] == "rule_changed" for one in signals), "a restart took the rules for new ones"
    print(f"{len(records)} records taken, {len(signals)} signals, the same from the backtest: " +
          ", ".join(f"{count} {what}" for what, count in kinds.items()) + f", {over_the_stop} open over the stop")


def main():
    print(f"seed {SEED} (FOREWARN_SEED={SEED} makes the same city)", flush=True)
    harness.in_own_folder("forewarn-equal-", run)


if __name__ == "__main__":
    main()
