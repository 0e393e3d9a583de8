#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether pages that Forewarn sends can be read by everyone: language, title, headings in order, words for pictures, heads of
tables, nothing fetched from outside; and with a browser, on a telephone 360 pixels wide, by day and by night: contrast of
every word by WCAG 2.2 AA as the browser computed it, nothing wider than the screen.

  scripts/check_pages.py PAGE.html...                      the page's own text, without a browser
  scripts/check_pages.py --browser PAGE.html...            in headless Chromium as well
  scripts/check_pages.py --browser --pictures DIR PAGE...  and keeps what it looked like

It finds what a program can find. A person still looks at the pictures."""
import argparse
import html
import html.parser
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

WIDTH = 360
# For each word on the page: its colour, what lies behind it, its size. Colours laid over each other are mixed.
LOOK = r"""
function parts(text) {
  const found = text.match(/rgba?\(([^)]+)\)/);
  const all = found ? found[1].split(/[ ,\/]+/).map(Number) : [0, 0, 0, 0];
  return all.length === 3 ? [...all, 1] : all;
}
function over(top, under) {
  const a = top[3];
  return [0, 1, 2].map(i => top[i] * a + under[i] * (1 - a)).concat(1);
}
function look(page) {
  const view = page.defaultView, body = page.body, wrong = [];
  const probe = page.createElement('i');
  probe.style.cssText = 'background:Canvas';
  body.appendChild(probe);
  const canvas = parts(view.getComputedStyle(probe).backgroundColor);
  probe.remove();
  function behind(element) {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(parts(view.getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), canvas);
  }
  function light(c) {
    const [r, g, b] = c.slice(0, 3).map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  let words = 0, least = 99;
  const walk = page.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, on = node.parentElement, text = node.textContent.trim();
    const style = view.getComputedStyle(on);
    if (!text || ['STYLE', 'SCRIPT', 'TITLE'].includes(on.tagName) || style.visibility === 'hidden' || style.display === 'none') continue;
    words += 1;
    const back = behind(on);
    const ink = over(parts(on.closest('svg') ? style.fill : style.color), back);
    const [a, b] = [light(ink), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    const wanted = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    least = Math.min(least, ratio);
    if (ratio < wanted) wrong.push(`contrast ${ratio.toFixed(2)}, wanted ${wanted}: "${text.slice(0, 40)}"`);
    if (size < 11) wrong.push(`letters of ${size} px: "${text.slice(0, 40)}"`);
  }
  const root = page.documentElement;
  if (root.scrollWidth > view.innerWidth) {
    const widest = [...body.querySelectorAll('*')].filter(e => !e.closest('.wide') && e.getBoundingClientRect().right > view.innerWidth + 1)
      .slice(0, 3).map(e => e.tagName.toLowerCase() + ' "' + e.textContent.trim().slice(0, 30) + '"');
    wrong.push(`${root.scrollWidth} pixels wide on ${view.innerWidth}: ${widest.join(', ')}`);
  }
  for (const picture of body.querySelectorAll('img'))
    if (!picture.complete || picture.naturalWidth === 0) wrong.push('a picture that does not show');
  return {words, least: least.toFixed(2), width: view.innerWidth, dark: view.matchMedia('(prefers-color-scheme: dark)').matches, wrong};
}
"""


class Structure(html.parser.HTMLParser):
    """What the text of a page says of its own build."""

    def __init__(self):
        super().__init__()
        self.wrong, self.headings, self.title, self.language, self.viewport = [], [], "", None, False
        self.table, self.inside = None, None

    def handle_starttag(self, tag, attrs):
        had = dict(attrs)
        self.inside = tag if tag == "title" else None
        if tag == "html":
            self.language = had.get("lang")
        if tag == "meta" and had.get("name") == "viewport":
            self.viewport = "width=device-width" in had.get("content", "") and "user-scalable=no" not in had["content"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img" and not had.get("alt"):
            self.wrong.append("a picture without words (alt)")
        if tag == "svg" and not (had.get("role") == "img" and had.get("aria-label")):
            self.wrong.append("a drawing without words (role, aria-label)")
        if tag == "table":
            self.table = "presentation" if had.get("role") == "presentation" else "no head"
        if tag == "th" and had.get("scope") in ("col", "row"):
            self.table = "head"
        for where in ("src", "href", "background"):
            if tag != "a" and re.match(r"(https?:)?//", had.get(where, "") or ""):
                self.wrong.append(f"fetches {had[where]}")
        if tag in ("script", "iframe", "form", "object"):
            self.wrong.append(f"a <{tag}>, which mail programs drop")
        style = had.get("style", "") or ""
        for length in re.findall(r"(?<!max-)(?:min-)?width:\s*(\d+)px", style):
            if int(length) > WIDTH:
                self.wrong.append(f"a fixed width of {length} px")
        colour, back = (re.search(rf"(?<![-\w]){name}:\s*(#[0-9a-f]+|[a-z]+)", style) for name in ("color", "background(?:-color)?"))
        if (colour is None) != (back is None) and (colour or back)[1] not in ("rgba", "inherit", "none", "transparent"):
            self.wrong.append(f"{(colour or back)[0]}: words and what lies behind them are given together, or neither")

    def handle_endtag(self, tag):
        self.inside = None
        if tag == "table" and self.table == "no head":
            self.wrong.append("a table without heads (th scope)")

    def handle_data(self, data):
        if self.inside == "title":
            self.title += data


def structure(text):
    seen = Structure()
    seen.feed(text)
    wrong = list(seen.wrong)
    if not (seen.language or "").startswith("en"):
        wrong.append("its language is not said (html lang)")
    if not seen.title.strip():
        wrong.append("it has no title")
    if not seen.viewport:
        wrong.append("a telephone shows it small (meta viewport)")
    if seen.headings.count(1) != 1 or seen.headings[:1] != [1]:
        wrong.append(f"one first heading is wanted, not {seen.headings}")
    if any(after > before + 1 for before, after in zip(seen.headings, seen.headings[1:])):
        wrong.append(f"headings leave out a level: {seen.headings}")
    return wrong


def in_browser(page, dark, picture):
    """What the browser computed, on a screen of that width: the page stands in a frame of it."""
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="forewarn-pages-") as folder:
        frame = pathlib.Path(folder) / "frame.html"
        # A scroll bar would take some of the width; telephones have none.
        frame.write_text(
            f'<!doctype html><meta name="color-scheme" content="light dark"><style>body{{margin:0}}iframe{{border:0;'
            f'width:{WIDTH}px;height:3200px}}</style><iframe id="page" srcdoc="{html.escape(text, quote=True)}"></iframe>'
            f"<script>{LOOK}\nonload = () => {{ const out = document.createElement('pre'); out.id = 'found'; out.hidden = true;"
            f"out.textContent = JSON.stringify(look(document.getElementById('page').contentDocument));"
            f"document.body.appendChild(out); }};</script>", encoding="utf-8")
        words = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/me",
                 f"--blink-settings=preferredColorScheme={0 if dark else 1}", "--virtual-time-budget=3000"]
        if picture:
            subprocess.run([*words, f"--window-size={WIDTH},3200", f"--screenshot={picture}", frame.as_uri()], check=True,
                           capture_output=True, timeout=120)
        done = subprocess.run([*words, "--dump-dom", frame.as_uri()], check=True, capture_output=True, text=True, timeout=120)
    found = re.search(r'<pre id="found" hidden="">(.*?)</pre>', done.stdout, re.S)
    if not found:
        return {"words": 0, "wrong": ["the browser showed nothing"]}
    return json.loads(html.unescape(found[1]))


def check(pages, browser=False, pictures=None):
    """Page -> what is wrong with it."""
    out = {}
    for page in pages:
        wrong = structure(page.read_text(encoding="utf-8"))
        for dark in (False, True) if browser else ():
            when = "dark" if dark else "light"
            seen = in_browser(page, dark, pictures and pictures / f"{page.stem}.{when}.png")
            wrong += [f"{when}: {one}" for one in seen["wrong"]]
            if seen.get("dark") != dark:
                wrong.append(f"{when}: the browser did not take the scheme")
            if seen.get("width") != WIDTH:
                wrong.append(f"{when}: shown {seen.get('width')} pixels wide, not {WIDTH}")
            print(f"{page.name}, {when}: {seen['words']} pieces of text, least contrast {seen.get('least')}")
        out[page] = wrong
    return out


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("pages", nargs="+", type=pathlib.Path)
    options.add_argument("--browser", action="store_true", help="in headless Chromium as well")
    options.add_argument("--pictures", type=pathlib.Path, help="a folder for what it looked like")
    given = options.parse_args()
    if given.browser and not shutil.which("chromium"):
        sys.exit("check_pages.py: there is no chromium: apt-get install chromium, or leave out --browser")
    if given.pictures:
        given.pictures.mkdir(parents=True, exist_ok=True)
        given.pictures = given.pictures.resolve()
    found = check([page.resolve() for page in given.pages], given.browser, given.pictures)
    for page, wrong in found.items():
        for one in wrong:
            print(f"{page}: {one}")
    print(f"{len(found)} pages, {sum(bool(wrong) for wrong in found.values())} with something wrong")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
