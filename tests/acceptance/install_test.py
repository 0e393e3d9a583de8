#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`cmake --install` into a prefix and under DESTDIR: the installed daemon starts from its own etc/, what an operator
changed is kept, the unit is clean and closed, and the man pages can be read."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import harness

BUILD = harness.BIN.parent
MOST_EXPOSURE = 2.0


def install(prefix, destdir=None):
    environment = {**os.environ, **({"DESTDIR": str(destdir)} if destdir else {})}
    done = subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], capture_output=True, text=True,
                          env=environment, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return done.stdout


def check_unit(unit):
    if shutil.which("systemd-analyze") is None:
        print("unit: not looked at, systemd-analyze is absent")
        return
    clean = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    ours = [line for line in clean.stderr.splitlines() if "forewarnd" in line]
    assert clean.returncode == 0 and not ours, clean.stderr
    said = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--no-pager", unit], capture_output=True,
                          text=True, check=False).stdout
    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert exposure and float(exposure[1]) <= MOST_EXPOSURE, said[-400:]
    print(f"unit: clean, exposure {exposure[1]}")


def check_start(prefix, folder):
    etc = prefix / "etc" / "forewarn"
    settings = (etc / "forewarn.yaml").read_text(encoding="utf-8")
    for key, value in {"state_dir": folder / "state", "inbox_dir": folder / "inbox", "listen_port": 0}.items():
        settings = re.sub(rf"(?m)^{key}:.*$", f"{key}: {value}", settings)
    (etc / "forewarn.yaml").write_text(settings, encoding="utf-8")
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen([prefix / "bin" / "forewarnd"], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        harness.wait_for("the installed daemon to be ready", lambda: daemon.poll() is not None or
                         b"event=ready" in (folder / "log").read_bytes(), 120)
        assert daemon.poll() is None, (folder / "log").read_text()
        said = subprocess.run([prefix / "bin" / "forewarn", "doctor"], capture_output=True, text=True, check=False).stdout
        assert "good   daemon" in said and "WRONG  state folder" not in said, said
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(timeout=60)
    assert daemon.returncode == 0
    print("installed: the daemon starts from its own etc/")


def check_manual(prefix):
    pages = {"man1/forewarn.1": "quarantine", "man8/forewarnd.8": "SIGHUP", "man5/forewarn-rules.5": "for_each"}
    for name, word in pages.items():
        page = prefix / "share" / "man" / name
        text = page.read_text(encoding="utf-8").replace("\\-", "-")
        assert word in text, f"{name} does not speak of {word}"
        if shutil.which("groff"):
            done = subprocess.run(["groff", "-man", "-Tascii", "-ww", page], capture_output=True, text=True, check=False)
            assert done.returncode == 0 and not done.stderr, done.stderr


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="forewarn-install-"))
    try:
        prefix = folder / "opt"
        install(prefix)
        for name in ("bin/forewarn", "bin/forewarnd", "lib/systemd/system/forewarnd.service", "etc/forewarn/forewarn.yaml",
                     "share/bash-completion/completions/forewarn"):
            assert (prefix / name).exists(), f"not installed: {name}"
        check_unit(prefix / "lib" / "systemd" / "system" / "forewarnd.service")
        check_manual(prefix)
        check_start(prefix, folder)
        changed = (prefix / "etc/forewarn/forewarn.yaml").read_text(encoding="utf-8")
        assert "Kept as it is" in install(prefix)
        assert (prefix / "etc/forewarn/forewarn.yaml").read_text(encoding="utf-8") == changed, "an operator's file was lost"

        image = folder / "image"
        install("/usr", image)
        unit = (image / "usr/lib/systemd/system/forewarnd.service").read_text(encoding="utf-8")
        assert "ExecStart=/usr/bin/forewarnd --config /etc/forewarn" in unit
        assert (image / "etc/forewarn/rules.d").is_dir() and (image / "usr/bin/forewarnd").exists()
        print("installed: under DESTDIR")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
