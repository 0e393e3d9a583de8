# SPDX-License-Identifier: Apache-2.0
"""A strict reader of Prometheus' text format 0.0.4: what promtool would complain about is an error here."""

import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)$")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)')


def number(text):
    return {"+Inf": math.inf, "-Inf": -math.inf, "NaN": math.nan}[text] if text in ("+Inf", "-Inf", "NaN") else float(text)


def labels_of(text):
    out, at = {}, 0
    while at < len(text):
        found = LABEL.match(text, at)
        assert found, f"labels that cannot be read: {text}"
        assert found[1] not in out, f"label {found[1]} twice: {text}"
        out[found[1]], at = found[2], found.end()
    return out


def family_of(name, types):
    if name in types:
        return name
    for end in ("_bucket", "_sum", "_count"):
        if name.endswith(end) and types.get(name.removesuffix(end)) == "histogram":
            return name.removesuffix(end)
    raise AssertionError(f"a sample without a # TYPE before it: {name}")


def check_histogram(name, samples):
    by_series = {}
    for sample, labels, value in samples:
        rest = frozenset((k, v) for k, v in labels.items() if k != "le")
        by_series.setdefault(rest, {}).setdefault(sample, []).append((labels.get("le"), value))
    for parts in by_series.values():
        buckets = [(number(bound), value) for bound, value in parts[f"{name}_bucket"]]
        assert buckets == sorted(buckets), f"{name}: buckets out of order or not rising: {buckets}"
        assert buckets[-1][0] == math.inf, f"{name} has no +Inf bucket"
        assert buckets[-1][1] == parts[f"{name}_count"][0][1], f"{name}: +Inf bucket and count differ"
        assert f"{name}_sum" in parts, f"{name} has no sum"


def read(text):
    """{(name, frozenset of labels): value} and {family: type}; AssertionError for what a strict reader refuses."""
    assert text.endswith("\n"), "the last line has no end"
    types, helps, samples, closed, current = {}, set(), {}, set(), None
    of_family = {}
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name = line.split(" ", 3)[2]
            assert name not in helps, f"# HELP {name} twice"
            helps.add(name)
            continue
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types, f"# TYPE {name} twice"
            assert kind in ("counter", "gauge", "histogram", "summary", "untyped"), line
            assert name in helps, f"{name} has no # HELP"
            assert (kind == "counter") == name.endswith("_total"), f"{name} is a {kind}"
            types[name] = kind
            continue
        assert line and not line.startswith("#"), f"what is this: {line!r}"
        found = SAMPLE.match(line)
        assert found, f"a sample that cannot be read: {line!r}"
        family = family_of(found[1], types)
        if family != current:
            assert family not in closed, f"the samples of {family} do not stand together"
            closed.add(family)
            current = family
        labels, value = labels_of(found[2] or ""), number(found[3])
        key = (found[1], frozenset(labels.items()))
        assert key not in samples, f"twice: {line}"
        samples[key] = value
        of_family.setdefault(family, []).append((found[1], labels, value))
        if types[family] == "counter":
            assert value >= 0, line
    for name, kind in types.items():
        if kind == "histogram":
            check_histogram(name, of_family.get(name, []))
    return samples, types
