# SPDX-License-Identifier: Apache-2.0
"""The rule book teaches by examples: each is the file that it names, reads back as the sentences under it say, checks without a
word, and does what its test says."""

import os
import re
import subprocess

from harness import BIN, SOURCE

BOOK = SOURCE / "docs/rules/book.md"
FILES = SOURCE / "docs/rules/examples/book"


def forewarn(*words):
    ran = subprocess.run([BIN / "forewarn", "--config", SOURCE / "etc", *words], capture_output=True, text=True,
                         env=os.environ | {"TZ": "Europe/London"}, timeout=120)
    return ran.returncode, ran.stdout + ran.stderr


def without_licence(text):
    return text.removeprefix("# SPDX-License-Identifier: Apache-2.0\n")




def run():
    book = BOOK.read_text()
    shown = re.findall(r"`examples/book/([a-z]+\.yaml)`[^\n]*\n\n```yaml\n(.*?)```\n((?:\n>[^\n]*)*)", book, re.S)
    names = [name for name, _, _ in shown]
    assert sorted(names) == sorted(one.name for one in FILES.glob("*.yaml")), names
    for name, text, read in shown:
        assert text == without_licence((FILES / name).read_text()), f"book.md shows another {name} than the file"
        beside = [str(FILES / name)]
        if "change:" in text:
            beside = [str(FILES / other) for other in ("monday.yaml", "wednesday.yaml", name)]
        code, said = forewarn("check", *beside)
        assert code == 0, f"{name}: {said}"
        assert "warning" not in said and "error" not in said, f"{name}: {said}"
        flat = " ".join(said.split())
        for sentence in (line.lstrip("> ") for line in read.strip().split("\n")):
            assert " ".join(sentence.split()) in flat, f"{name}: book.md says\n  {sentence}\ncheck says\n{said}"
    code, said = forewarn("test", *(str(one) for one in sorted((FILES / "tests").glob("*.yaml"))))
    assert code == 0, said
    print(said.strip().splitlines()[-1])


run()
