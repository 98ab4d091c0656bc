# SPDX-License-Identifier: GPL-2.0-only
"""What must be seen of a panel. Each check yields complaints."""

import re

import dashboards

# Why a panel may be empty: {(picture, panel): reason}, both regular expressions
SILENT = {
    (r".*-before", r".*"): "it is before the first sample",
    (r"(prometheus-)?container-none", r".*"): "there is no such container",
    (r"overview-none", r"Containers|CPU|Memory.*|Working set|Disk .*|IO .*|"
     r"Network .*"): "no container runs",
    (r"prometheus-overview-none", r"Containers|CPU, in CPUs|Throttled periods|"
     r"Memory.*|Network, .*|Disk.*|Waiting for memory"): "no container runs",
    (r"policy-none", r"(Memory|CPU) of containers"): "no container runs",
    (r"processes-none", r"Processes of containers|Busiest .*"): "no container runs",
    (r"prometheus-processes-none", r"Containers|Processes|Threads|Uninterruptible|"
     r"Zombies|Reserved|Committed"): "no container runs",
    (r"(container|policy)-(?!driver).*", r"Events|Decisions.*|Audit|End records|"
     r"Containers that ended"): "nothing has happened",
    (r"prometheus-(container|policy)-(?!ended).*", r"Ended .*"): "none has ended",
    (r"container-(?!driver).*", r"Forks refused"): "the test's cgroups lack it",
    (r"container-(?!driver).*", r"CPU by command"): "only the driver tells who ended",
    (r"contmond-driver", r"What is wrong"): "nothing is wrong",
}

# What no panel may say: "No data" does not say why
WRONG = re.compile(r"undefined|\bNaN\b|\[object|Invalid|\bnull\b|(?<!for )Infinity|No data|"
                   r"Data is missing|\$\{(?!container\})|\$__(?!all)|#[A-Z]\b")

# How a number of each unit is written
UNITS = {
    "none": r"", "short": r"( (K|Mil|Bil))?", "percent": "%", "percentunit": "%",
    "bytes": r" [KMGTP]?i?B", "binBps": r" [KMGTP]?i?B/s", "iops": r" [Kk]?io/s",
    "ops": r" [KkM]?ops/s", "reqps": r" [KkM]?req/s", "cps": r" [KkM]?c/s",
    "pps": r" (m|K|k|M)?p/s", "ms": r" (µs|ms|s|mins?|hours?|days?)",
    "s": r" (ns|µs|ms|s|mins?|hours?|days?|weeks?|years?)",
}
NUMBER = r"-?[\d.,]+(e[+-]?\d+)?"

used = set()


def reason(picture, title):
    """Why this panel may be empty here"""
    for key, why in SILENT.items():
        if re.fullmatch(key[0], picture) and re.fullmatch(key[1], title):
            used.add(key)
            return why
    return None


def unused(only):
    if not only:
        for picture, title in SILENT.keys() - used:
            yield f"{picture}: {title}: expected to be empty"


def fields(panel):
    return [field for frame in panel["frames"] for field in frame["fields"]]


def numbers(panel):
    return [field for field in fields(panel) if field["type"] == "number"]


def is_empty(panel):
    return panel["empty"] or not any(
        field["known"] for field in fields(panel) if field["type"] != "time")


def unit_pattern(unit):
    if unit is None or unit in UNITS:
        return NUMBER + UNITS.get(unit, "")
    kind, _, word = unit.partition(":")
    return NUMBER + " ?" + re.escape(word) if kind == "suffix" else None


def check_words(panel):
    text = panel["text"]
    for match in WRONG.finditer(text):
        yield f"says {text[max(0, match.start() - 40):match.end() + 40]!r}"


def wanted(source, frame, field):
    """Properties of a field, as the dashboard's JSON has them"""
    config = source.get("fieldConfig", {})
    found = dict(config.get("defaults", {}))
    for override in config.get("overrides", []):
        kind, options = override["matcher"]["id"], override["matcher"]["options"]
        if (kind, options) in (("byName", field["name"]),
                               ("byFrameRefID", frame["refId"])):
            found.update((item["id"], item["value"])
                         for item in override["properties"])
    return found


def check_overrides(source, panel):
    for frame in panel["frames"]:
        for field in frame["fields"]:
            want = wanted(source, frame, field)
            if field["unit"] != want.get("unit"):
                yield f"{field['name']}: {field['unit']}, not {want.get('unit')}"
            name = want.get("displayName", "$")
            if "$" not in name and field["name"] != name:
                yield f"{field['name']} is to be called {name}"


def mapped(config, field):
    """What a value mapping puts in place of a field's last value"""
    for one in config.get("mappings") or []:
        if str(field["last"]) in one["options"]:
            return one["options"][str(field["last"])]
    return {}


def check_units(source, panel):
    for frame in panel["frames"]:
        for field in frame["fields"]:
            text = mapped(wanted(source, frame, field), field).get("text")
            pattern = unit_pattern(field["unit"]) if field["type"] == "number" else None
            if text is not None and field["text"] != text:
                yield f"{field['name']}: {field['text']!r}, not {text!r}"
            if text is None and field["text"] and pattern and \
                    not re.fullmatch(pattern, field["text"]):
                yield f"{field['name']}: {field['text']!r} is no {field['unit']}"


def near(one, other):
    """Are two colours the same, or rounded differently?"""
    return all(abs(int(one[at:at + 2], 16) - int(other[at:at + 2], 16)) <= 2
               for at in (1, 3, 5))


def check_graph(panel):
    if not panel["graph"]:
        yield "no graph"
    drawn = [field["name"] for field in numbers(panel)]
    if panel["legend"] and sorted(panel["legend"]) != sorted(drawn):
        yield f"legend {panel['legend']}, lines {drawn}"
    if len(set(drawn)) < len(drawn):
        yield f"two lines have one name: {drawn}"
    # Bars of nothing have no height; lines of nothing may hide others.
    lines = {field["line"] for field in numbers(panel) if field["known"]}
    if not all(field["nothing"] for field in numbers(panel)) and not any(
            near(line, colour) for line in lines for colour in panel["colours"]):
        yield f"no line is painted: {lines}"


def check_stat(panel):
    shown = panel["text"].removeprefix(panel["title"]).replace("\n", "").replace(" ", "")
    for field in numbers(panel):
        if field["text"] and field["text"].replace(" ", "") not in shown:
            yield f"{field['text']!r} is not in {panel['text']!r}"


def check_table(panel):
    names = [field["name"] for field in fields(panel)]
    strange = [text for text in panel["headings"] if text not in names]
    if strange or not panel["headings"]:
        yield f"headings {panel['headings']}, fields {names}"
    if panel["clipped"]:
        yield f"headings that are cut off: {panel['clipped']}"
    if not panel["cells"]:
        yield "no cell"
    if "" in panel["cells"]:
        yield f"an empty cell: {panel['cells'][:40]}"


CHECKS = {"timeseries": check_graph, "stat": check_stat, "table": check_table,
          "text": lambda panel: []}


def colour_of(config, field):
    """The name of the colour of a field's last value, by mappings and thresholds;
    None if it has none of them"""
    if config.get("color", {}).get("mode") != "thresholds":
        return None
    name = mapped(config, field).get("color")
    if name is None and isinstance(field["last"], (int, float)):
        for step in config["thresholds"]["steps"]:
            if step["value"] is None or step["value"] <= field["last"]:
                name = step["color"]
    return name


def check_colours(source, panel, colours):
    """Of the last value, and of lines that have a colour of their own"""
    for frame in panel["frames"]:
        for field in frame["fields"]:
            config = wanted(source, frame, field)
            name = colour_of(config, field) if field["type"] != "time" else None
            if name and field["colour"] != colours.get(name):
                yield f"{field['name']}: {field['last']} is {field['colour']}, not {name}"
            fixed = config.get("color", {}).get("fixedColor")
            if fixed and field["type"] == "number" and not near(
                    field["line"], colours.get(fixed, "#000000")):
                yield f"{field['name']}: the line is {field['line']}, not {fixed}"


def check_names(panel, names):
    """Names of containers are shown as they are."""
    shown = {field["name"] for field in fields(panel)}
    for name in names:
        if name in shown and panel["type"] == "timeseries" and panel["legend"] \
                and name not in panel["legend"]:
            yield f"{name!r} is not in the legend"


def complaints(source, panel, colours, names):
    yield from panel["complaints"]
    yield from check_words(panel)
    yield from check_overrides(source, panel)
    yield from check_units(source, panel)
    yield from CHECKS[panel["type"]](panel)
    yield from check_colours(source, panel, colours)
    yield from check_names(panel, names)


def check(board, panels, colours, picture, names):
    """(panel, (what, complaints)) of each panel"""
    sources = {panel["id"]: panel for panel in dashboards.panels(board)}
    for panel in panels:
        title = panel["title"] or panel["type"]
        if panel["type"] != "text" and is_empty(panel):
            why = reason(picture, title)
            found = list(check_words(panel)) + panel["complaints"]
            if not why:
                found.append(f"is empty: {panel['text']!r}")
            yield title, (f"empty: {why}" if why else "has data", found)
            continue
        yield title, ("is right", list(complaints(
            sources[panel["id"]], panel, colours, names)))
