# SPDX-License-Identifier: Apache-2.0
"""Broken rule files, as people and editors make them: `forewarn check` says of each where it is wrong and what to do, in
the form of the rule language's section 2, and exits 1. The word between « and » is where the error must point."""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import time

from harness import BIN, SOURCE, in_own_folder

GOOD = """version: 1
rules:
  - id: opioid-callouts
    title: Opioid call-outs in one ward
    owner: leeds-public-health
    observe: [ambulance]
    where: {substances: opioid}
    for_each: [ward]
    detect:
      count: {within: 24h, at_least: {amber: 3, red: 5}}
"""


def rule(**lines):
    """The good rule with keys replaced (`detect="{...}"`), left out (None), or added."""
    keys = {
        "id": "opioid-callouts", "title": "Opioid call-outs", "owner": "leeds-public-health", "observe": "[ambulance]",
        "where": "{substances: opioid}", "for_each": "[ward]",
        "detect": "{count: {within: 24h, at_least: {amber: 3, red: 5}}}",
    }
    keys.update({key.rstrip("_"): value for key, value in lines.items()})
    said = [f"    {key}: {value}" for key, value in keys.items() if value is not None]
    return "version: 1\nrules:\n  - " + "\n".join(said).lstrip() + "\n"


def count(inside):
    return rule(detect="{count: {" + inside + "}}")


def where(inside):
    return rule(where=inside)


def alert(inside):
    return rule(alert=inside)


def nested(depth):
    return "{not: " * depth + "{substances: opioid}" + "}" * depth


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{this}: &{this} [{', '.join(['*' + before] * 10)}]\n" for before, this in zip("abcdefgh", "bcdefghi"))

# name: text, code (None: any), what the message must hold
CASES = {
    # what YAML does to the unwary
    "no is not a setting": (where("{setting: «no»}"), "bad-value", "no setting 'no'"),
    "no is not a number": (count("within: 24h, at_least: «no»"), "wrong-type", "takes a number"),
    "yes is not text": (rule(title="«[yes]»"), "wrong-type", "found a list"),
    "1e3 is not a whole duration": (count("within: «1e3», at_least: 3"), "bad-duration", "s, m, h, d or w"),
    "1e12 as a threshold": (count("within: 24h, at_least: «1e12»"), "too-large", "sensible"),
    "octal": (count("within: 24h, at_least: «010»"), "wrong-type", "leading zero"),
    "hexadecimal": (count("within: 24h, at_least: «0x10»"), "wrong-type", "number"),
    "infinity": (count("within: 24h, at_least: «.inf»"), None, "number"),
    "not a number": (count("within: 24h, at_least: «.nan»"), None, "number"),
    "a clock time is base 60": (count("within: «24:00», at_least: 3"), "bad-duration", "24:00"),
    "a tab for indentation": (GOOD.replace("    where:", "\twhere:"), "yaml-syntax", "tab"),
    "a tab after spaces": (GOOD.replace("      count:", "    \t  count:"), "yaml-syntax", ""),
    "an unclosed bracket": (GOOD.replace("[ambulance]", "[ambulance"), "yaml-syntax", ""),
    "an unclosed brace": (GOOD.replace("red: 5}}", "red: 5}"), "yaml-syntax", ""),
    "an unclosed quote": (GOOD.replace("Opioid call-outs in one ward", "'Opioid call-outs"), None, ""),
    "a colon in a title": (GOOD.replace("title: Opioid", "title: Opioids: here"), "yaml-syntax", ""),
    "a stray percent sign": (GOOD.replace("[ambulance]", "%ambulance"), "yaml-syntax", ""),
    "a stray at sign": (GOOD.replace("[ambulance]", "@ambulance"), "yaml-syntax", ""),
    "wrong indentation": (GOOD.replace("    for_each:", "   for_each:"), "yaml-syntax", ""),
    "a key twice": (GOOD.replace("    for_each: [ward]", "    for_each: [ward]\n    «for_each»: [lad]"), "duplicate-key", "for_each"),
    "a key twice deep inside": (count("within: 24h, at_least: 3, «within»: 12h"), "duplicate-key", "within"),
    "an anchor and its alias": (GOOD.replace("[ambulance]", "&kinds [ambulance]").replace("[ward]", "*kinds"), None, ""),
    "an alias of nothing": (GOOD.replace("[ward]", "*nowhere"), "yaml-syntax", ""),
    "a merge key": (GOOD.replace("    for_each:", "    <<: {level: red}\n    for_each:"), None, "<<"),
    "a tag": (GOOD.replace("[ward]", "!!python/object [ward]"), None, ""),
    "two documents": (GOOD + "---\n" + GOOD, None, ""),
    "an alias bomb": (BOMB + GOOD, None, ""),
    "an alias bomb in a condition": (
        GOOD.replace("{substances: opioid}", "{any: [" + ", ".join(["&a {substances: opioid}"] + ["*a"] * 3000) + "]}"), None, ""),
    "nested a hundred deep": (where(nested(100)), "too-large", "deep"),
    "nested ten thousand deep": (where(nested(10_000)), "too-large", "deep"),
    "brackets a million deep": ("[" * 1_000_000, None, ""),
    "a megabyte of title": (rule(title="x" * 1_000_000), "too-large", ""),
    "a megabyte of pattern": (where("{site: {matches: " + "x" * 1_000_000 + "}}"), "too-large", ""),
    "a megabyte of id": (rule(id="x" * 1_000_000), "too-large", ""),
    "a megabyte of key": (GOOD.replace("title:", "x" * 1_000_000 + ":"), "yaml-syntax", ""),
    "no UTF-8": (b"version: 1\nrules:\n  - id: \xff\xfe\n", None, "UTF-8"),
    "a zero byte": (GOOD.replace("one ward", "one \0 ward"), None, ""),
    "bytes of a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", None, ""),
    "a word": ("rules\n", None, ""),
    "a list": ("- id: opioid-callouts\n", None, ""),
    # the file
    "a version from the future": (GOOD.replace("version: 1", "version: «2»"), "bad-value", "version"),
    "version as text": (GOOD.replace("version: 1", "version: «one»"), None, "version"),
    "rules misspelt": (GOOD.replace("rules:", "«rulse»:"), "unknown-key", "did you mean 'rules'?"),
    "rules a mapping": ("version: 1\nrules:\n  id: x\n", "wrong-type", "list"),
    "a rule that is a word": ("version: 1\nrules:\n  - «opioids»\n", "wrong-type", ""),
    "an empty entry": (GOOD + "  -\n", "wrong-type", ""),
    "an id twice": (GOOD + GOOD.split("rules:\n")[1].replace("id: opioid-callouts", "id: «opioid-callouts»"), "duplicate-id", "opioid-callouts"),
    # typos in names
    "key misspelt": (rule(**{"«titel»": "x"}), "unknown-key", "did you mean 'title'?"),
    "detect misspelt": (rule(detect=None, **{"«detekt»": "{every_record: {}}"}), "unknown-key", "did you mean 'detect'?"),
    "detector misspelt": (rule(detect="{«cuont»: {within: 24h, at_least: 3}}"), "unknown-key", "did you mean 'count'?"),
    "within misspelt": (count("«wihtin»: 24h, at_least: 3"), "unknown-key", "did you mean 'within'?"),
    "level misspelt": (count("within: 24h, at_least: {«ambre»: 3}"), "unknown-key", "did you mean 'amber'?"),
    "kind misspelt": (rule(observe="[«ambulence»]"), "unknown-kind", "did you mean 'ambulance'?"),
    "field misspelt": (where("{«substance»: opioid}"), "unknown-field", "did you mean 'substances'?"),
    "substance misspelt": (where("{substances: «opiod»}"), "unknown-substance", "did you mean 'opioid'?"),
    "substance misspelt in a list": (where("{substances: [heroin, «methadoen»]}"), "unknown-substance", "did you mean 'methadone'?"),
    "ward misspelt": (where("{ward: «Armly»}"), "unknown-area", "did you mean 'Armley'?"),
    "setting misspelt": (where("{setting: «prision»}"), "bad-value", "did you mean 'prison'?"),
    "weekday in full": (where("{weekday: «monday»}"), "bad-value", "mon"),
    "outcome misspelt": (where("{outcome: «dead»}"), "bad-value", "died"),
    "operator misspelt": (where("{naloxone_doses: {«atleast»: 2}}"), "unknown-key", "did you mean 'at_least'?"),
    "status misspelt": (rule(status="«lvie»"), "bad-value", "did you mean 'live'?"),
    "release misspelt": (alert("{release: «pannel»}"), "bad-value", "did you mean 'panel'?"),
    "audience misspelt": (alert("{audience: «profesionals»}"), "bad-value", "did you mean 'professionals'?"),
    "advice misspelt": (alert("{advice: «opioid-overdos»}"), "unknown-advice", "opioid-overdose"),
    "alert key misspelt": (alert("{«relase»: panel}"), "unknown-key", "did you mean 'release'?"),
    "grouping misspelt": (rule(for_each="[«wrad»]"), "unknown-field", "did you mean 'ward'?"),
    "measure misspelt": (count("within: 24h, at_least: 3, measure: «peple»"), "bad-value", "did you mean 'people'?"),
    "calendar misspelt": (where("{calendar: «bank-holidy»}"), None, "bank-holiday"),
    # wrong types
    "id a number": (rule(id="«[1]»"), "wrong-type", ""),
    "id with capitals": (rule(id="«Opioids»"), "bad-value", "small letters"),
    "title left out": (rule(title=None), "missing-key", "'title' is required"),
    "owner left out": (rule(owner=None), "missing-key", "live rule"),
    "title empty": (rule(title=""), "wrong-type", "found nothing"),
    "observe a word": (rule(observe="«{kind: ambulance}»"), "wrong-type", ""),
    "observe empty": (rule(observe="«[]»"), "impossible-condition", "observes nothing"),
    "where a word": (where("«opioid»"), "wrong-type", "such as {substances: opioid}"),
    "where a list": (where("«[opioid]»"), "wrong-type", ""),
    "for_each a word inside": (rule(for_each="[«[ward]»]"), "wrong-type", ""),
    "detect a word": (rule(detect="«count»"), "wrong-type", "names one detector"),
    "detect empty": (rule(detect="«{}»"), "wrong-type", "names one detector"),
    "two detectors": (rule(detect="{every_record: {}, «count»: {within: 24h, at_least: 3}}"), "bad-value", "exactly one detector"),
    "threshold quoted": (count("within: 24h, at_least: «\"3\"»"), "wrong-type", "leave the quotes out"),
    "threshold a list": (count("within: 24h, at_least: «[3, 5]»"), "wrong-type", ""),
    "truth quoted": (where("{naloxone: «\"true\"»}"), "wrong-type", "leave the quotes out"),
    "truth as a number": (where("{naloxone: «1»}"), "wrong-type", "true or false"),
    "limit a word": (where("{naloxone_doses: {at_least: «two»}}"), "wrong-type", "takes a number"),
    "duration a list": (count("within: «[24h]», at_least: 3"), "wrong-type", ""),
    # bad units and numbers
    "duration without unit": (count("within: «24», at_least: 3"), "bad-duration", "s, m, h, d or w"),
    "duration in words": (count("within: «a day», at_least: 3"), "bad-duration", "such as 24h"),
    "duration with a fraction": (count("within: «1.5h», at_least: 3"), "bad-duration", "whole number"),
    "duration of nothing": (count("within: «0h», at_least: 3"), "bad-duration", "longer than nothing"),
    "duration of months": (count("within: «1mo», at_least: 3"), "bad-duration", ""),
    "duration negative": (count("within: «-24h», at_least: 3"), "bad-duration", ""),
    "a window of decades": (count("within: «9999d», at_least: 3"), "too-large", "longer than"),
    "threshold zero": (count("within: 24h, at_least: «0»"), "bad-value", "more than 0"),
    "threshold negative": (count("within: 24h, at_least: «-3»"), None, ""),
    "red below amber": (count("within: 24h, at_least: {amber: 5, red: «3»}"), "bad-value", "more than amber"),
    "share without a percent sign": (rule(detect="{share: {of: {naloxone: true}, within: 1d, at_least: «30»}}"), "bad-value", "write 30%"),
    "a chance above one": (rule(detect="{unusual: {within: 1d, p: «3»}}"), "bad-value", "between 0 and 1"),
    "clears too soon": (rule(clear_after="«12h»"), "clear-too-short", "24 hours"),
    "age cuts a band": (where("{age: {at_least: «20»}}"), "bad-value", "18 or 26"),
    "hours beyond the day": (where("{hour: «22-25»}"), "bad-value", ""),
    # what cannot be
    "below and above": (where("{naloxone_doses: {at_least: 5, at_most: 3}}"), "impossible-condition", ""),
    "two kinds at once": (where("{all: [{setting: prison}, {setting: home}]}"), "impossible-condition", ""),
    "a kind that is not observed": (where("{kind: death}"), "impossible-condition", ""),
    "a broken pattern": (where("{site: {matches: «\"hub(\"»}}"), "bad-value", "regular expression"),
    "a pattern on a number": (where("{weight: {«matches»: \"2\"}}"), "wrong-type", "no text"),
    "rate where nobody is counted": (rule(for_each=None, detect="{rate: {within: 7d, at_least: 20}}", where="{substances: «opiod»}"), "unknown-substance", ""),
    "a baseline shorter than its window": (rule(detect="{spike: {within: 7d, baseline: «3d», times: 3}}"), "bad-value", "not one window"),
    "together of one part": (rule(detect="{together: {within: 1d, at_least: 1, of: «{a: {observe: [death]}}»}}"), "bad-value", "2 to 20"),
    "sequence as names": (rule(detect="{sequence: {within: 1d, of: «{a: {observe: [death]}}»}}"), "wrong-type", "in order"),
    "an unknown shared name": (where("«$night-time»"), None, "night-time"),
}

MARKED = re.compile("«(.*?)»", re.S)


def place_of(text):
    """Line and column of the mark, and the text without it; columns count characters."""
    found = MARKED.search(text)
    if not found:
        return None, text
    before = text[: found.start()]
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return (line, column), MARKED.sub(lambda m: m.group(1), text, count=1)


def look_at(folder, name, text, code, says):
    place = None
    if isinstance(text, str):
        place, text = place_of(text)
        text = text.encode()
    path = folder / (re.sub("[^a-z0-9]+", "-", name) + ".yaml")
    path.write_bytes(text)
    begun = time.monotonic()
    ran = subprocess.run([BIN / "forewarn", "--config", SOURCE / "etc", "check", path], capture_output=True, timeout=60)
    spent = time.monotonic() - begun
    said = (ran.stdout + ran.stderr).decode("utf-8", "replace")
    shown = said[:1500]
    if ran.returncode != 1:
        return f"{name}: exit {ran.returncode}, said: {shown}"
    first = re.search(re.escape(str(path)) + r":(\d+):(\d+): error\[([a-z-]+)\]: (.*)", said)
    if not first:
        return f"{name}: no located error in: {shown}"
    all_found = re.findall(re.escape(str(path)) + r":(\d+):(\d+): error\[([a-z-]+)\]: (.*)", said)
    fits = [e for e in all_found if (code is None or e[2] == code) and (place is None or (int(e[0]), int(e[1])) == place)]
    if not fits:
        return f"{name}: wanted {code or 'an error'} at {place or 'some place'}, said: {shown}"
    if says not in said:
        return f"{name}: wanted the words '{says}', said: {shown}"
    if len(said) > 20_000:
        return f"{name}: {len(said)} characters of answer"
    return f"{name}: took {spent:.0f} s" if spent > 20 else None


def run(folder):
    assert len(CASES) >= 100, len(CASES)
    good = folder / "good.yaml"
    good.write_text(GOOD)
    ran = subprocess.run([BIN / "forewarn", "--config", SOURCE / "etc", "check", good], capture_output=True, timeout=60)
    assert ran.returncode == 0, (ran.returncode, ran.stdout, ran.stderr)
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        wrong = [w for w in pool.map(lambda item: look_at(folder, item[0], *item[1]), CASES.items()) if w]
    assert not wrong, f"{len(wrong)} of {len(CASES)}:\n" + "\n".join(wrong)
    print(f"{len(CASES)} broken rule files: each said where and what, and ended with 1")


in_own_folder("forewarn-broken-rules-", run)
