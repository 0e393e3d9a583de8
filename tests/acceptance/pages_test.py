#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pages as they are sent (the golden files) can be read by everyone, and the check does find what it is for. On a long run
(FOREWARN_LONG=1) in headless Chromium as well, 360 pixels wide, light and dark."""

import os
import pathlib
import shutil
import sys
import tempfile

import harness

sys.path.insert(0, str(harness.SOURCE / "scripts"))
import check_pages  # noqa: E402  (found only now)

GOOD = ('<!doctype html><html lang="en"><head><title>T</title><meta name="viewport" content="width=device-width"></head>'
        "<body><h1>One</h1>{}</body></html>")
# What is put into a good page, and what must be said of it; the last ones only a browser sees.
BAD = [
    ("<h3>Two levels down</h3>", "headings leave out a level"),
    ("<h1>Again</h1>", "one first heading"),
    ('<img src="cid:1">', "without words (alt)"),
    ('<img alt="a" src="https://example.org/a.png">', "fetches https://example.org/a.png"),
    ("<table><tr><td>1</td></tr></table>", "a table without heads"),
    ('<p style="color:#777">Grey</p>', "given together, or neither"),
    ('<div style="width:480px">Wide</div>', "a fixed width of 480 px"),
    ("<script>1</script>", "which mail programs drop"),
]
ONLY_SEEN = [
    ('<p style="color:#949494;background:#fff">Too pale</p>', "contrast 3.03, wanted 4.5"),
    ("<p>" + "x" * 90 + "</p>", "pixels wide on 360"),
    ('<p style="font-size:9px">Too small</p>', "letters of 9 px"),
]


def main():
    pages = sorted((harness.SOURCE / "tests" / "daemon" / "golden").glob("*.html"))
    assert len(pages) >= 6, pages
    browser = os.environ.get("FOREWARN_LONG") == "1" and shutil.which("chromium") is not None
    wrong = [f"{page.name}: {one}" for page, found in check_pages.check(pages, browser).items() for one in found]
    assert not wrong, "\n".join(wrong)
    assert check_pages.structure(GOOD.format("")) == []
    for bad, said in BAD:
        found = check_pages.structure(GOOD.format(bad))
        assert any(said in one for one in found), f"{bad}: {found}"
    assert "language" in check_pages.structure("<html><title>T</title><h1>x</h1></html>")[0]
    if browser:
        with tempfile.TemporaryDirectory(prefix="forewarn-pages-") as folder:
            for number, (bad, said) in enumerate(ONLY_SEEN):
                page = pathlib.Path(folder) / f"{number}.html"
                page.write_text(GOOD.format(bad), encoding="utf-8")
                found = check_pages.check([page], True)[page]
                assert any(said in one for one in found), f"{bad}: {found}"
    print(f"{len(pages)} pages{', in Chromium as well' if browser else ''}: nothing wrong")


if __name__ == "__main__":
    main()
