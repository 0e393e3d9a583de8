#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The state folder's disk becomes full, and read-only: the daemon says so without needing the disk, refuses what it
cannot keep, loses nothing that it acknowledged, and goes on by itself when there is room. By a limit on the size of its
files; and on a small disk of its own, where that may be mounted (root)."""

import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

import harness
import operating_test as operating

SERVICES = """version: 1
services:
  - id: operators
    name: Operators
    roles: [operators]
    channels:
      - webhook: {{url: "{url}", secret_file: ../operators.key, private_address: true}}
"""


def mounted(folder, size):
    folder.mkdir(mode=0o700)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", folder], capture_output=True,
                          text=True)
    return done.returncode == 0


def fill(folder, but=0):
    """Takes all the room there is, down to the last block, but for so many bytes."""
    with (folder / "filler").open("wb", buffering=0) as out:
        for piece in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    out.write(b"x" * piece)
            except OSError:
                pass
        out.truncate(max(0, out.tell() - but))


def spoil_and_mend(daemon, receiver, what, spoil, mend, number):
    taken = []

    def push():
        nonlocal number
        number += 1
        body = harness.CALLS + "".join(operating.row(number * 1000 + i) for i in range(200))
        status, said = operating.ask(daemon, "POST", "/v1/feeds/ambulance/records", body, "text/csv")
        if status == 200:
            taken.extend(f"R{number * 1000 + i:06}" for i in range(200))
        return status, said

    assert push()[0] == 200
    before = len(receiver.of_type("disk.failed"))
    spoil()
    harness.wait_for(f"a push to be refused ({what})", lambda: push()[0] == 503, 60)
    status, said = operating.ask(daemon, "GET", "/-/ready")
    assert status == 503, (status, said)
    harness.wait_for(f"word of it past the disk ({what})", lambda: len(receiver.of_type("disk.failed")) > before, 60)
    # A file dropped meanwhile waits.
    waiting = harness.CALLS + operating.row(900_000 + number)
    daemon.hand_in("ambulance", f"waiting-{number}.csv", waiting)
    told = len(receiver.of_type("disk.recovered"))
    mend()
    operating.ready(daemon)
    harness.wait_for(f"word that it is over ({what})", lambda: len(receiver.of_type("disk.recovered")) > told, 60)
    harness.wait_for("the file that waited", lambda: f"R{900_000 + number:06}" in operating.ids(daemon), 60)
    assert push()[0] == 200
    lost = set(taken) - set(operating.ids(daemon))
    assert not lost, f"{what}: acknowledged and lost: {sorted(lost)[:5]}"
    print(f"{what}: refused, told past the disk, nothing of {len(taken)} acknowledged rows lost, went on by itself")
    return number


def make(folder, receiver):
    daemon = harness.Daemon(folder, operating.rules_text(3), SERVICES.format(url=receiver.url))
    (folder / "operators.key").write_text(receiver.secret, encoding="utf-8")
    return daemon


def by_limit(folder):
    """No file may grow beyond a page: every write to the database fails, as on a full disk."""
    receiver = harness.Receiver(1, fail_rate=0)
    daemon = make(folder, receiver)
    try:
        daemon.start()
        operating.ready(daemon)
        limit = lambda size: resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        spoil_and_mend(daemon, receiver, "files that may not grow", lambda: limit(4096),
                       lambda: limit(resource.RLIM_INFINITY), 1)
    except BaseException:
        print("the daemon's last lines:\n" + daemon.log(), file=sys.stderr)
        raise
    finally:
        daemon.stop()


def by_disk(folder):
    receiver = harness.Receiver(1, fail_rate=0)
    daemon = make(folder, receiver)
    daemon.state.rmdir()
    if not mounted(daemon.state, "6m"):
        print("full disk: not tried, no small disk can be mounted here")
        return
    remount = lambda how: subprocess.run(["mount", "-o", f"remount,{how}", daemon.state], capture_output=True, check=False)
    try:
        daemon.start()
        operating.ready(daemon)
        number = spoil_and_mend(daemon, receiver, "full disk", lambda: fill(daemon.state),
                                (daemon.state / "filler").unlink, 1)
        tried = remount("ro")
        remount("rw")
        if tried.returncode == 0:
            spoil_and_mend(daemon, receiver, "read-only disk", lambda: remount("ro"), lambda: remount("rw"), number)
        else:
            print("read-only disk: not tried here: " + tried.stderr.decode().strip())
    except BaseException:
        print("the daemon's last lines:\n" + daemon.log(), file=sys.stderr)
        raise
    finally:
        daemon.stop()
        subprocess.run(["umount", "-l", daemon.state], check=False)


def result_of(receipt):
    lines = receipt.read_text(encoding="utf-8").splitlines()[1:]
    return {kind: sum(f",{kind}," in line for line in lines) for kind in ("accepted", "quarantined", "duplicate")}


def by_steps(folder):
    """Room for the first writes of a file only, for more of them each time: rows, refused rows, receipt, signals, mail."""
    receiver = harness.Receiver(1, fail_rate=0)
    daemon = make(folder, receiver)
    daemon.state.rmdir()
    if not mounted(daemon.state, "6m"):
        print("full disk, step by step: not tried, no small disk can be mounted here")
        return
    inbox = daemon.inbox / "ambulance"
    try:
        daemon.start()
        operating.ready(daemon)
        expected = set()
        for number, room in enumerate((0, 16 << 10, 256 << 10, 2 << 20)):
            names = range(number * 1000, number * 1000 + 150)
            fill(daemon.state, room)
            rows = "".join(operating.row(i) + operating.row(i).replace("/", "?") for i in names)
            daemon.hand_in("ambulance", f"step-{number}.csv", harness.CALLS + rows)
            receipt = inbox / f"step-{number}.csv.receipt.csv"
            full = lambda: operating.ask(daemon, "GET", "/-/ready")[0] == 503
            harness.wait_for("the file to be taken, or refused for want of room", lambda: receipt.exists() or full(), 60)
            fitted = receipt.exists()
            (daemon.state / "filler").unlink()
            harness.wait_for("the file once there is room", receipt.exists, 60)
            operating.ready(daemon)
            expected.update(f"R{i:06}" for i in names)
            counts = result_of(receipt)
            assert counts == {"accepted": 150, "quarantined": 150, "duplicate": 0}, (room, counts)
            print(f"full disk with {room >> 10} KB left: " + ("fitted" if fitted else "waited, then taken whole"))
        stored = operating.ids(daemon)
        assert len(stored) == len(set(stored)) and expected == set(stored), expected ^ set(stored)
    finally:
        daemon.stop()
        subprocess.run(["umount", "-l", daemon.state], check=False)


def by_inbox(folder):
    """The partner's folder is on a full disk: no receipt can be written there, the rows are taken all the same."""
    receiver = harness.Receiver(1, fail_rate=0)
    daemon = make(folder, receiver)
    inbox = daemon.inbox / "ambulance"
    if not mounted(inbox, "1m"):
        print("full inbox: not tried, no small disk can be mounted here")
        return
    try:
        daemon.start()
        operating.ready(daemon)
        harness.wait_for("the inbox", (inbox / ".processing").exists, 30)
        part = inbox / ".full.csv.part"
        part.write_text(harness.CALLS + operating.row(1) + operating.row(2).replace("/", "?"), encoding="utf-8")
        fill(inbox)
        part.rename(inbox / "full.csv")
        harness.wait_for("word of the receipt", lambda: "event=receipt_not_written" in daemon.log(), 30)
        assert operating.ids(daemon) == ["R000001"]
        (inbox / "filler").unlink()
        daemon.hand_in("ambulance", "next.csv", harness.CALLS + operating.row(3))
        harness.wait_for("the next receipt", (inbox / "next.csv.receipt.csv").exists, 30)
        assert sorted(operating.ids(daemon)) == ["R000001", "R000003"]
        print("full inbox: rows taken, said that the receipt could not be written, the next file as ever")
    finally:
        daemon.stop()
        subprocess.run(["umount", "-l", inbox], check=False)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="forewarn-full-"))
    try:
        for name, how in {"limit": by_limit, "disk": by_disk, "steps": by_steps, "inbox": by_inbox}.items():
            (folder / name).mkdir()
            how(folder / name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
