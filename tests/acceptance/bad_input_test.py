#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A battery of bad input, file by file, on the real daemon: each is refused or makes progress within seconds and in words
that say what to do, little memory is used, nothing that was good is lost, and the next good file is read."""

import datetime
import gzip
import itertools
import os
import pathlib
import re
import sys
import time

import harness
import operating_test as operating

LONG = os.environ.get("FOREWARN_LONG") == "1"
SANITIZED = b"__asan_init" in (harness.BIN / "forewarnd").read_bytes()
PATIENCE = 30 if SANITIZED else 5  # seconds to refusal or progress; a sanitized, unoptimised build takes its time
MOST_MEMORY = 200  # MB
BIG = (2 << 30) if LONG else (12 << 20) if SANITIZED else (40 << 20)
BEGUN = ["event=file_begun"] if BIG > 16 << 20 else []

FEED = """version: 1
id: {id}
partner: A partner
kind: ambulance
purpose: Early warning of drug harm
lawful_basis: testing
retention: 730d
fetch: {{folder: {{path: {id}, pattern: "*"}}}}
read: {read}
zone: Europe/London
identity: {{id: ID, same_id: latest wins}}
map:
  occurred_at: {{column: When, formats: [iso]}}
  ward: {{column: Ward, optional: true}}
  substances: {{column: Drugs, as: text, optional: true}}
"""
HEAD = "ID,When,Ward,Drugs\n"


def row(name, ward="Armley"):
    at = datetime.datetime.now() - datetime.timedelta(hours=3)
    return f"{name},{at:%Y-%m-%dT%H:%M:%S},{ward},heroin\n"


def record(name):
    at = datetime.datetime.now() - datetime.timedelta(hours=3)
    return f'{{"ID": "{name}", "When": "{at:%Y-%m-%dT%H:%M:%S}", "Ward": "Armley", "Drugs": "heroin"}}'


class Scene:
    def __init__(self, folder):
        self.daemon = harness.Daemon(folder, operating.rules_text(1), operating.SERVICES)
        for name, read in {"table": "csv", "document": "json", "lines": "ndjson"}.items():
            (self.daemon.etc / "feeds.d" / f"{name}.yaml").write_text(FEED.format(id=name, read=read), encoding="utf-8")
        self.expected = []  # ids that must be stored in the end
        self.feed = "table"
        self.log_from = 0
        self.number = 0

    @property
    def inbox(self):
        return self.daemon.inbox / self.feed

    def begin(self, feed):
        self.feed = feed
        self.log_from = self.log_file.stat().st_size
        for old in [*self.inbox.glob("*.receipt.csv"), *self.inbox.glob("failed/*"), *self.inbox.glob("done/*")]:
            old.unlink()

    @property
    def log_file(self):
        return self.daemon.folder / "forewarnd.log"

    def said(self):
        """All that the partner finds beside the file, and all that the operator finds in the log, since it was dropped."""
        with self.log_file.open("rb") as log:
            log.seek(self.log_from)
            out = log.read().decode(errors="replace")
        for told in [*self.inbox.glob("*.receipt.csv"), *self.inbox.glob("failed/*.problem.txt")]:
            try:
                out += told.read_text(encoding="utf-8", errors="replace")
            except FileNotFoundError:
                pass
        return out

    def drop(self, name, pieces):
        """Written under a hidden name and renamed, as a careful sender does it."""
        if isinstance(pieces, (str, bytes)):
            pieces = [pieces]
        part = self.inbox / f".{name}.part"
        with part.open("wb") as out:
            for piece in pieces:
                out.write(piece.encode() if isinstance(piece, str) else piece)
        part.rename(self.inbox / name)

    def good(self, *names):
        self.expected.extend(names)
        return "".join(row(name) for name in names)

    def accepted(self):
        metrics = operating.ask(self.daemon, "GET", "/metrics")[1]
        found = re.search(rf'forewarn_feed_records_total{{feed="{self.feed}",result="accepted"}} (\d+)', metrics)
        return int(found[1]) if found else 0

    def memory(self):
        status = pathlib.Path(f"/proc/{self.daemon.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024

    def next_good(self):
        """A good file after the bad one is read, and promptly."""
        self.number += 1
        name = f"good-{self.number}"
        self.expected.append(name)
        body = {"table": HEAD + row(name), "document": f"[{record(name)}]", "lines": record(name) + "\n"}[self.feed]
        self.drop(f"{name}.txt", body)
        harness.wait_for(f"the good file {name}", lambda: (self.inbox / f"{name}.txt.receipt.csv").exists(), 60)


# --- the cases: each makes its trouble; answers what must be said, and what of it within seconds

def repeated(head, unit, size, tail):
    yield head
    piece = unit * max(1, (1 << 20) // len(unit))
    for _ in range(size // len(piece)):
        yield piece
    yield tail


def half_written_and_held_open(on):
    whole = HEAD + on.good("held-1", "held-2", "held-3")
    writer = (on.inbox / "held.csv").open("wb", buffering=0)
    writer.write(whole[:-20].encode())
    yield "event=file_waits"
    writer.write(whole[-20:].encode())
    writer.close()
    yield "held-3|4,,,accepted"


def half_written_and_left(on):
    whole = HEAD + on.good("left-1", "left-2")
    on.drop("left.csv", whole[: whole.rindex("left-2") + 9])
    yield "wrong-columns|2 fields where the header has 4"
    on.drop("left.csv", whole)
    yield "2,,,duplicate"


def big_file(on):
    names = [f"big-{i}" for i in range(BIG // 600_000)]
    head = HEAD.replace("\n", ",Unused\n")
    fat = "x" * 600_000
    on.expected.extend(names)
    on.drop("big.csv", itertools.chain([head], (row(n)[:-1] + "," + fat + "\n" for n in names)))
    yield from BEGUN
    yield f"rows={len(names)} accepted={len(names)}"


def changed_header(on):
    on.drop("changed.csv", HEAD.replace("When", "Time") + row("x"))
    yield "the header lacks 'When'"


def latin_1(on):
    on.drop("latin.csv", [HEAD, "latin-0,2026-03-01,Caf\xe9,heroin\n".encode("latin-1"), on.good("latin-1")])
    yield "set `encoding: windows-1252`"


def utf_16(on):
    on.drop("utf16.csv", ("\ufeff" + HEAD + on.good("wide-1")).encode("utf-16-le"))
    yield "2,,,accepted"


def utf_16_without_mark(on):
    on.drop("utf16.csv", (HEAD + row("x")).encode("utf-16-le"))
    yield "set `encoding: utf-16`"


def only_nuls(on):
    on.drop("nul.csv", [b"\0" * (1 << 20)] * 8)
    yield "not written to its end"


def nuls_in_a_row(on):
    on.drop("nuls.csv", HEAD + "nu\0l,2026-03-01,Armley,heroin\n" + on.good("nul-1"))
    yield "the field holds a NUL byte"


def endless_line(on):
    on.drop("line.csv", repeated(HEAD + "endless", "x", BIG, "\n" + on.good("line-1")))
    yield from BEGUN
    yield "line 2 is longer than 1 MiB"


def endless_field(on):
    on.drop("field.csv", repeated(HEAD + 'endless,"', "x", BIG, "\n" + on.good("field-1")))
    yield from BEGUN
    yield "a quote is opened and not closed within 1 MiB"


def endless_lines(on):
    on.drop("blank.csv", repeated(HEAD, "\n", 4 << 20, on.good("blank-1")))
    yield "accepted=1"


def many_columns(on):
    head = HEAD[:-1] + "".join(f",column{i}" for i in range(10_000)) + "\n"
    rows = "".join(row(n)[:-1] + "," * 10_000 + "\n" for n in ("columns-1", "columns-2"))
    on.expected.extend(["columns-1", "columns-2"])
    on.drop("wide.csv", head + rows + row("too-short") * 500)
    yield "4 fields where the header has 10004"


def too_many_columns(on):
    on.drop("wider.csv", HEAD[:-1] + ",c" * 30_000 + "\n" + row("x"))
    yield "30004 columns; 20000 are the most"


def gzip_bomb(on):
    on.drop("bomb.csv.gz", gzip.compress(b"x" * (80 << 20), 9))
    yield "unpack to more than 200 times their size"


def gzip_cut(on):
    on.drop("cut.csv.gz", gzip.compress((HEAD + row("x") * 1000).encode())[:-60])
    yield "the gzip data ends before its end mark"


def a_folder(on):
    (on.inbox / "folder.csv").mkdir()
    yield "it is a folder; drop files"
    (on.inbox / "folder.csv").rmdir()


def a_fifo(on):
    os.mkfifo(on.inbox / "pipe.csv")
    yield "it is a named pipe"
    (on.inbox / "pipe.csv").unlink()


def deleted_while_read(on):
    before = on.accepted()
    head = HEAD + on.good(*(f"gone-{i}" for i in range(1500)))
    on.drop("gone.csv", repeated(head, "x" * 900_000 + "\n", BIG if LONG else 24 << 20, on.good("gone-last")))
    harness.wait_for("its first rows", lambda: on.accepted() > before, 30)
    (on.inbox / ".processing" / "gone.csv").unlink()
    yield "event=file_gone"


def two_of_one_name(on):
    on.drop("twin.csv", HEAD + on.good("twin-1"))
    harness.wait_for("the first to be claimed", lambda: not (on.inbox / "twin.csv").exists(), 10)
    on.drop("twin.csv", HEAD + on.good("twin-2"))
    harness.wait_for("both", lambda: len(list((on.inbox / "done").glob("twin*"))) == 2, 10)
    yield "event=file_taken feed=table file=twin.csv"


def json_cut(on):
    on.drop("cut.json", "[" + record("document-1") + ', {"ID": "x')
    on.expected.append("document-1")
    yield "the document ends before it is complete"


def json_endless_value(on):
    on.expected.append("document-2")
    tail = '"}, ' + record("document-2") + "]"
    on.drop("value.json", repeated('[{"ID": "x", "When": "2026-03-01", "Drugs": "', "x", BIG, tail))
    yield from BEGUN
    yield "the value is longer than 64 KiB"


def json_endless_list(on):
    on.expected.append("document-3")
    tail = '"y"]}, ' + record("document-3") + "]"
    on.drop("list.json", repeated('[{"ID": "x", "When": "2026-03-01", "Drugs": [', '"x",', 1 << 20, tail))
    yield "the value is longer than 64 KiB"


def json_too_deep(on):
    on.drop("deep.json", "[" * 100_000)
    yield "too deep"


def lines_endless(on):
    on.expected.append("lines-1")
    on.drop("endless.ndjson", repeated('{"ID": "', "x", BIG, '"}\n' + record("lines-1") + "\n"))
    yield from BEGUN
    yield "the line is longer than 1 MiB"


CASES = {
    "table": [half_written_and_held_open, half_written_and_left, big_file, changed_header, latin_1, utf_16,
              utf_16_without_mark, only_nuls, nuls_in_a_row, endless_line, endless_field, endless_lines, many_columns,
              too_many_columns, gzip_bomb, gzip_cut, a_folder, a_fifo, deleted_while_read, two_of_one_name],
    "document": [json_cut, json_endless_value, json_endless_list, json_too_deep],
    "lines": [lines_endless],
}


def run_case(on, feed, case):
    on.begin(feed)
    took = []
    for words in case(on):
        began = time.monotonic()
        harness.wait_for(f"'{words}' ({case.__name__})",
                         lambda words=words: on.daemon.alive() and any(w in on.said() for w in words.split("|")), 900 if LONG else 120)
        took.append(time.monotonic() - began)
    on.next_good()
    print(f"{case.__name__.replace('_', ' '):26} {took[0]:5.1f} s to refusal or progress, {sum(took):5.1f} s in all; "
          f"VmHWM {on.memory():4.0f} MB", flush=True)
    return f"{case.__name__}: {took[0]:.1f} s to refusal or progress" if took[0] > PATIENCE else ""


def battery(folder):
    on = Scene(folder)
    on.daemon.start()
    try:
        operating.ready(on.daemon)
        for feed in CASES:
            harness.wait_for("the inbox", (on.daemon.inbox / feed / ".processing").exists, 30)
        slow = [late for feed, cases in CASES.items() for case in cases if (late := run_case(on, feed, case))]
        stored = operating.ids(on.daemon)
        lost = set(on.expected) - set(stored)
        assert not lost, f"lost: {sorted(lost)[:10]}"
        assert len(stored) == len(set(stored)), "a record is there twice"
        assert not slow, slow
        memory = on.memory()
        print(f"VmHWM {memory:.0f} MB" + (" under AddressSanitizer: not judged" if SANITIZED else ""))
        assert SANITIZED or memory < MOST_MEMORY, f"{memory:.0f} MB"
    finally:
        on.daemon.stop()


if __name__ == "__main__":
    harness.in_own_folder("forewarn-bad-", battery)
