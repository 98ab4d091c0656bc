# SPDX-License-Identifier: GPL-2.0-only
"""What is wrong with a text of OpenMetrics 1.0. The parser of
python3-prometheus-client does most of it; the rest are rules of the standard that
it does not check."""

import re

from prometheus_client.openmetrics import parser

UNITS = ("bytes", "seconds")
LINE = re.compile(r"# (?P<what>HELP|TYPE|UNIT) (?P<family>[a-zA-Z_:][\w:]*) (?P<text>.*)")
SUFFIXES = {"counter": {"_total", "_created"}, "gauge": {""}, "info": {"_info"}}


def rules(text):
    """Yields a sentence for each rule that is broken."""
    seen, family, kind, unit, samples = set(), None, None, None, 0
    series = set()
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        if line == "# EOF":
            if not samples:
                yield f"{family} has no samples"
            return
        if line.startswith("#") and not match:
            yield f"neither HELP, TYPE nor UNIT: {line}"
            continue
        if match and match["family"] != family:
            if family and not samples:
                yield f"{family} has no samples"
            family, kind, unit, samples = match["family"], None, None, 0
            if family in seen:
                yield f"{family} is in two places"
            seen.add(family)
        if match and samples:
            yield f"after the samples of {family}: {line}"
        if match and match["what"] == "TYPE":
            kind = match["text"]
        if match and match["what"] == "UNIT":
            unit = match["text"]
        if match:
            continue
        samples += 1
        if line.rpartition(" ")[0] in series:
            yield f"twice: {line}"
        series.add(line.rpartition(" ")[0])
        name = re.match(r"[\w:]*", line)[0]
        if not family or not name.startswith(family) or \
                name[len(family):] not in SUFFIXES.get(kind, ()):
            yield f"{name} is no sample of {family}, a {kind}"
        if " # " in line:
            yield f"an exemplar: {line}"
        wanted = next((one for one in UNITS if (family or "").endswith("_" + one)), None)
        if unit != wanted:
            yield f"the unit of {family} is {unit}, not {wanted}"


def mistakes(text):
    found = list(rules(text))
    if not text.endswith("# EOF\n"):
        found.append("it does not end in # EOF")
    try:
        for family in parser.text_string_to_metric_families(text):
            if not family.documentation:
                found.append(f"{family.name} has no help")
    except ValueError as error:
        found.append(str(error))
    return found


GOOD = """# HELP a_seconds A.
# TYPE a_seconds counter
# UNIT a_seconds seconds
a_seconds_total{x="1"} 2
a_seconds_created{x="1"} 1
# HELP b B.
# TYPE b gauge
b 1
# EOF
"""


def self_test():
    """The mistakes that are not noticed"""
    broken = {
        "no end": GOOD.replace("# EOF\n", ""),
        "no unit": GOOD.replace("# UNIT a_seconds seconds\n", ""),
        "wrong unit": GOOD.replace("a_seconds seconds", "a_seconds bytes"),
        "no total": GOOD.replace("a_seconds_total", "a_seconds"),
        "a total that is no counter": GOOD.replace("\nb 1", "\nb_total 1"),
        "twice": GOOD.replace("# EOF\n", "# TYPE b gauge\nb 1\n# EOF\n"),
        "the same sample twice": GOOD.replace("b 1\n", "b 1\nb 2\n"),
        "a bad label": GOOD.replace('x="1"} 2', 'x="1} 2'),
        "no number": GOOD.replace("b 1", "b one"),
        "an exemplar": GOOD.replace('"1"} 2', '"1"} 2 # {t="1"} 1'),
        "an empty line": GOOD.replace("b 1\n", "b 1\n\n"),
        "a comment": GOOD.replace("b 1\n", "b 1\n# by hand\n"),
        "no samples": GOOD.replace("b 1\n", ""),
    }
    return [what for what, text in broken.items()
            if not mistakes(text)] + mistakes(GOOD)
