# SPDX-License-Identifier: GPL-2.0-only
"""Does seen.py find what is wrong? Panels with one fault each."""

import copy

import seen

NUMBER = {"name": "web-1", "type": "number", "unit": "bytes", "known": 2, "last": 90,
          "text": "90 B", "colour": "#73BF69", "line": "#73BF69", "nothing": False}
TIME = {"name": "time", "type": "time", "unit": "bytes", "known": 2, "last": 1,
        "text": "1970", "colour": None, "line": "#73BF69", "nothing": False}
PANEL = {"id": 1, "title": "Memory", "complaints": [], "empty": False, "graph": True,
         "frames": [{"refId": "A", "rows": 2, "fields": [TIME, NUMBER]}],
         "legend": ["web-1"], "colours": ["#73BF69"], "headings": [], "clipped": [], "cells": [],
         "text": "Memory\nweb-1\n90 B"}
STEPS = [{"color": "green", "value": None}, {"color": "red", "value": 95}]
COLOURS = {"green": "#73BF69", "red": "#F2495C", "blue": "#5794F2"}

# Of the field alone: it is red from 80 on, and 7 is a blue word. Or its line is red.
OVERRIDE = {"matcher": {"id": "byName", "options": "web-1"}, "properties": [
    {"id": "thresholds", "value": {"steps": [STEPS[0], {"color": "red", "value": 80}]}},
    {"id": "mappings", "value": [{"type": "value", "options": {
        "7": {"text": "seven", "color": "blue"}}}]}]}
FIXED = {"matcher": {"id": "byFrameRefID", "options": "A"}, "properties": [
    {"id": "color", "value": {"mode": "fixed", "fixedColor": "red"}}]}
RED = {"colour": "#F2495C"}
SEVEN = {"last": 7, "text": "seven", "colour": "#5794F2"}

# What is changed of a graph, a number or a table
GRAPH = {
    "No data": {"text": "Memory\nNo data", "empty": True},
    "NaN": {"text": "Memory\nNaN"},
    "a variable that is not filled in": {"text": "Memory of ${host}"},
    "a column without a name of its own": {"text": "Value #A"},
    "a line without a legend": {"legend": ["web-2"]},
    "nothing painted": {"colours": ["#CCCCDC"]},
    "an error of a component": {"complaints": ["TypeError"]},
}
FIELD = {
    "another unit": {"text": "90%"},
    "no unit in the text": {"text": "90"},
    "no unit": {"text": "90", "unit": None},
    "another colour": {"colour": "#F2495C"},
    "another number": {"text": "91 B"},
}
# What is changed of a field with an override: (what or None, override, change)
OVERRIDDEN = [
    (None, OVERRIDE, RED), (None, OVERRIDE, SEVEN), (None, FIXED, {"line": "#F2495C"}),
    ("a threshold of its own is ignored", OVERRIDE, {}),
    ("a mapping's text is ignored", OVERRIDE, {**SEVEN, "text": "7 B"}),
    ("a mapping's colour is ignored", OVERRIDE, {**SEVEN, "colour": "#73BF69"}),
    ("a text of a mapping for another value", OVERRIDE, {**RED, "text": "seven"}),
    ("a line without its own colour", FIXED, {}),
]
TABLE = {
    "a foreign heading": {"headings": ["Value #A"]},
    "a heading that is cut off": {"clipped": ["time"]},
    "an empty cell": {"cells": ["web-1", ""]},
    "no rows": {"cells": []},
}


def complaints(kind, panel, overrides):
    source = {"id": 1, "type": kind, "fieldConfig": {
        "defaults": {"unit": "bytes", "color": {"mode": "thresholds"},
                     "thresholds": {"steps": STEPS}},
        "overrides": overrides}}
    return [text for _, (_, found) in seen.check(
        {"panels": [source]}, [{**panel, "type": kind}], COLOURS, "x", ["web-1"])
            for text in found]


def changed(field):
    """A panel with this changed of its number"""
    panel = copy.deepcopy(PANEL)
    panel["frames"][0]["fields"][1].update(field)
    if field.get("text"):
        panel["text"] = f"Memory\nweb-1\n{field['text']}"
    return panel


def faults():
    """(what or None, kind, panel, overrides)"""
    table = {**PANEL, "headings": ["time", "web-1"], "cells": ["1970", "90 B"]}
    for kind, good, changes in (("timeseries", PANEL, GRAPH), ("table", table, TABLE)):
        yield None, kind, good, []
        for what, change in changes.items():
            yield what, kind, {**good, **change}, []
    yield None, "stat", PANEL, []
    for what, change in FIELD.items():
        yield what, "stat", {**changed(change), "text": PANEL["text"]}, []
    for what, override, change in OVERRIDDEN:
        yield what, "stat", changed(change), [override]


# Where something has happened, and where nothing has
EMPTY = [(f"{board}-{scene}", title, scene == "driver")
         for board, title in (("container", "Events"), ("container", "End records"),
                              ("container", "Decisions of policies"), ("policy", "Audit"),
                              ("policy", "Containers that ended"))
         for scene in ("one", "driver")]


def empty():
    """Panels without rows that are taken for what they are not"""
    used = set(seen.used)
    yield from (f"{picture}: {title}" for picture, title, is_wrong in EMPTY
                if (seen.reason(picture, title) is None) != is_wrong)
    seen.used &= used


def mistakes():
    """What is not found, and what is found where nothing is wrong"""
    return [what or f"good {kind}: {found}" for what, kind, panel, overrides in faults()
            for found in [complaints(kind, panel, overrides)] if bool(found) != bool(what)
            ] + list(empty())
