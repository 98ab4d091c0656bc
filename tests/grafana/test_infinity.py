# SPDX-License-Identifier: GPL-2.0-only
"""Compares infinity.py with frames written by hand: the plugin's known
behaviour, special cases first. Called by static.py."""

import json

import dashboards
import infinity
from infinity import Broken, Field, Unsupported

T0, T1 = 1795220610000, 1795220620000


def target(columns, form="table", root="rows"):
    return {"type": "json", "parser": "backend", "format": form,
            "root_selector": root, "columns": [
                {"selector": selector, "text": text, "type": kind}
                for selector, text, kind in columns]}


SERIES = target([("t", "time", "timestamp_epoch"),
                 ("container", "container", "string"),
                 ("v", "Value", "number")], "timeseries")


def rows(*values):
    return json.dumps({"rows": list(values), "meta": {}})


def sample(t, name, value):
    return {"t": t, "container": name, "v": value}


def one(kind, *values):
    """One column of `kind` through all steps."""
    body = rows(*({"x": value} for value in values))
    return infinity.frame(body, target([("x", "x", kind)])).fields[0].values


def raises(error, body, query):
    try:
        infinity.frame(body, query)
    except error:
        return True
    return False


def conversions(tap):
    for kind, given, expected, what in (
        ("number", [1, 2.5, None, "7", "x", True], [1, 2.5, None, 7, None, None],
         "number: numbers and numeric strings, no booleans"),
        ("number", [2**53 + 1], [2**53], "number: whole numbers are float64"),
        ("string", ["a", 1234567, 123456, 0.5, True, None],
         ["a", "1.234567e+06", "123456", "0.5", "true", None],
         "string: a number in Go's %v"),
        ("string", [1e-5, 21.0, -1e6, 0], ["1e-05", "21", "-1e+06", "0"],
         "string: where Go begins to write exponents"),
        ("boolean", [True, "TRUE", "false", 1, None],
         [True, True, None, None, None], "boolean: only bool and \"true\""),
        ("timestamp", [2026, T0, "2026-11-21T01:02:03Z", ""],
         [1767225600000, None, 1795222923000, None],
         "timestamp: a number is a year, milliseconds are null"),
        ("timestamp_epoch", [T0, T0 + 0.9, str(T0), "x", None],
         [T0, T0, T0, None, None], "timestamp_epoch: ms, fraction cut"),
        ("timestamp_epoch_s", [1795220610.9, "1795220610"], [T0, T0],
         "timestamp_epoch_s: whole seconds"),
        ("", [None, 1, 2], [None, 1, 2], "no type: the first value's"),
    ):
        tap.equal(one(kind, *given), expected, what)
    tap.check(raises(Broken, rows({"x": 1}, {"x": "a"}),
                     target([("x", "x", "")])),
              "no type: the plugin panics when the type changes")
    tap.equal(infinity.frame(rows({"x": None}), target([("x", "x", "")])).fields,
              [Field("x", "string", [None])], "no type: all null is string")


def shapes(tap):
    frame = infinity.frame(rows({"b": 1, "a": 2}), target(
        [("b", "Zulu", "number"), ("a", "alpha", "number"),
         ("nope", "Alpha", "number")]))
    tap.equal([field.name for field in frame.fields],
              ["Alpha", "Zulu", "alpha"], "fields come in the order of bytes")
    tap.equal(frame.fields[0].values, [None], "a missing key is null")
    tap.equal(infinity.frame(rows(), SERIES).fields, [],
              "no rows: no fields at all")
    tap.equal(infinity.frame('{"x": 5}', target([("x", "x", "number")],
                                                root="")).fields,
              [Field("x", "number", [5.0])], "a root object is one row")
    tap.check(raises(Broken, '{"meta": {}}', SERIES),
              "a missing root is an error")
    tap.check(raises(Broken, "", SERIES), "an empty body is an error")
    tap.check(raises(Broken, '{"rows": [{"t": NaN}]}', SERIES),
              "NaN is not JSON")
    tap.check(raises(Unsupported, rows({"x": {"y": 1}}),
                     target([("x", "x", "string")])),
              "nested values are not guessed at")
    tap.check(raises(Unsupported, rows({"x": 1}),
                     target([("$.x", "x", "number")])),
              "nor selectors that are no plain path")


def wide(tap):
    frame = infinity.frame(rows(
        sample(T0, "web", 1), sample(T0, "db", 2), sample(T1, "db", 3)), SERIES)
    tap.equal(frame.fields, [
        Field("time", "time", [T0, T1]),
        Field("Value", "number", [2, 3], {"container": "db"}),
        Field("Value", "number", [1, None], {"container": "web"}),
    ], "long rows become one field for each label, gaps null")
    tap.check(frame.wide, "and the frame is wide")
    for what, body in (
        ("unsorted times", rows(sample(T1, "a", 1), sample(T0, "a", 1))),
        ("a null time", rows(sample(T0, "a", 1), sample(None, "a", 1)))):
        frame = infinity.frame(body, SERIES)
        tap.check(not frame.wide and len(frame.fields) == 3,
                  "%s: silently left long" % what, frame)
    frame = infinity.frame(rows(sample(T0, "a", 1), sample(T0, "a", 2)), SERIES)
    tap.equal(frame.fields[1].values, [2], "of two equal rows the last stays")
    frame = infinity.frame(rows(sample(T0, None, 1)), SERIES)
    tap.equal(frame.fields[1].labels, {"container": ""},
              "a null label is empty")
    both = target([("t", "time", "timestamp_epoch"),
                   ("container", "container", "string"),
                   ("b", "written", "number"), ("a", "read", "number")],
                  "timeseries")
    frame = infinity.frame(rows(
        {"t": T0, "container": "web", "b": 2, "a": 1},
        {"t": T0, "container": "db", "b": None, "a": 3}), both)
    tap.equal(frame.fields, [
        Field("time", "time", [T0]),
        Field("read", "number", [3], {"container": "db"}),
        Field("read", "number", [1], {"container": "web"}),
        Field("written", "number", [None], {"container": "db"}),
        Field("written", "number", [2], {"container": "web"}),
    ], "several values of a row are fields, by name and then by label")
    columns = [("t", "time", "timestamp_epoch"), ("on", "on", "boolean"),
               ("v", "Value", "number")]
    frame = infinity.frame(rows({"t": T0, "on": True, "v": 1}),
                           target(columns, "timeseries"))
    tap.equal(frame.fields[1].labels, {"on": "true"}, "a boolean is a label")


def filters(tap):
    query = dict(target([("s", "state", "string"), ("n", "n", "number")]))
    body = rows({"s": "a", "n": 1}, {"s": "b", "n": 0}, {"s": None, "n": None},
                {"s": "a", "n": 0})
    for expression, expected in (
            ("state == 'a'", [1, 0]), ("state != 'a'", [0, None]),
            ("state == 'a' && n == 0", [0]),
            ("state == 'b' || n == 1", [1, 0]), ("state == 'c'", [])):
        query["filterExpression"] = expression
        frame = infinity.frame(body, query)
        tap.equal((frame.fields[0].name, frame.fields[0].values),
                  ("n", expected), "filter: " + expression)
    for error, expression in ((Broken, "n > 0"), (Broken, "nope == 1"),
                              (Unsupported, "(n == 1)"),
                              (Unsupported, "n == state")):
        query["filterExpression"] = expression
        tap.check(raises(error, body, query), "filter: no %s" % expression)
    tap.equal(infinity.frame(rows(), query).fields, [],
              "filter: nothing of nothing")


def macros(tap):
    text = "$__customInterval(5m,1000,1h,10000,60000)"
    for minutes, expected in ((1, "1000"), (5, "1000"), (6, "10000"),
                              (60, "10000"), (61, "60000")):
        tap.equal(dashboards.custom_interval(text, minutes * 60000), expected,
                  "a step for %d minutes" % minutes)


def run(tap):
    filters(tap)
    macros(tap)
    conversions(tap)
    shapes(tap)
    wide(tap)
