# SPDX-License-Identifier: GPL-2.0-only
"""What a query of Grafana gets, compared with the API's own rows. Each check
yields complaints."""

import time

import dashboards
import infinity
from client import PATIENCE, Unusable

MAX_ROWS = 50000
MOST = 20000  # the largest `limit`
# Paths with from and to, and the time of a row that these select
TIME_OF = {"events": "t", "audit": "t", "containers/ended": "ended_ms"}
LIMITED = {"events", "audit", "containers/ended", "processes", "commands"}
# What changes with every request: only its type is checked
VOLATILE = {"health": {"uptime_seconds"}, "ready": {"sample_age_seconds"}}
ALL_VOLATILE = {"self"}
PREFIX = "/api/v1/"


class Question:
    """A query with all variables filled in: one request of Grafana. `names`:
    the containers, None for All; `others`: the other variables."""

    def __init__(self, target, names, from_ms, to_ms, others=None):
        self.target = target
        self.names = names
        self.from_ms = from_ms
        self.to_ms = to_ms
        self.endpoint = target["url"].removeprefix(PREFIX)
        values = {"container": "*" if names is None else names,
                  "__timeFrom": str(from_ms), "__timeTo": str(to_ms),
                  **(others or {})}
        self.params = dict(dashboards.parameters(target, values))
        self.path = dashboards.request_path(target, values)
        self.metric = self.params.get("metric", "")
        self.metrics = self.metric.split(",")
        self.step = int(self.params.get("step", 0))
        # The values of a series: the name of the field -> the key of the row
        self.values = {column["text"]: column["selector"]
                       for column in target["columns"]
                       if column["selector"] not in ("t", "container")}

    def wanted(self, running):
        """Labels that the panel must have, no matter what All adds."""
        if self.metric.startswith("system_"):
            return {"host"}
        return set(running if self.names is None else self.names)


def ask(client, question):
    """(frame, answer) or Unusable."""
    answer = client.ask(question.path)
    if answer.status != 200:
        raise Unusable("%d %s: %s" % (answer.status, answer.reason,
                                      question.path))
    return infinity.frame(answer.text, question.target), answer


# --- over time ----------------------------------------------------------------

def check_meta(meta, step):
    """Complaints about how much of the range a time series answer has."""
    if meta.get("truncated"):
        yield "truncated"
    if meta.get("step_ms") != step:
        yield "step_ms is %r, not %d" % (meta.get("step_ms"), step)


def check_series(client, question, running, interval):
    """Complaints about one time series answer."""
    frame, answer = ask(client, question)
    if "device" in question.params and not frame.fields:
        # Not every container uses every device
        if own_points(client, question):
            yield "no points of the device"
        return
    step = max(question.step, interval)
    yield from check_meta(answer.json()["meta"], step)
    if not answer.keeps:
        yield "the connection is not kept"
    if not frame.wide:
        yield "LongToWide gives up: the panel shows one jagged line"
        return
    times, lines = frame.fields[0], frame.fields[1:]
    if (times.name, times.type) != ("time", "time"):
        yield "the first field is %s, a %s" % (times.name, times.type)
    if len(times.values) > MAX_ROWS:
        yield "%d rows" % len(times.values)
    if any(t % step for t in times.values):
        yield "times are not aligned to %d ms" % step
    # A step begins before the range when the range begins within it.
    if times.values[0] <= question.from_ms - step or \
            times.values[-1] > question.to_ms:
        yield "times are out of the range"
    yield from check_lines(question, lines, running)
    yield from compare(client, question, times.values, lines, step)


def check_lines(question, lines, running):
    names = [(line.name, line.labels.get("container")) for line in lines]
    shown = [name for _, name in names]
    wanted = question.wanted(running)
    if len(set(names)) < len(names):
        yield "two lines have one name: %s" % names
    if len(names) != len(question.values) * len(set(shown)):
        yield "not each of %s has all of %s" % (set(shown), question.values)
    if question.names is None and not wanted <= set(shown):
        yield "no line for %s" % (wanted - set(shown))
    if question.names is not None and wanted != set(shown):
        yield "lines %s, chosen %s" % (sorted(shown), sorted(wanted))
    for line in lines:
        if line.name not in question.values or \
                (line.type, list(line.labels)) != ("number", ["container"]):
            yield "legend: %s %s %s" % (line.name, line.type, line.labels)


def compare(client, question, times, lines, step):
    """The panel's points must be the API's rows, and vice versa."""
    for name, key in question.values.items():
        own = [line for line in lines if line.name == name]
        yield from compare_values(client, question, times, step, own, key)
        yield from check_known(client, question, own,
                               key if key in question.metrics else question.metric)


def own_points(client, question, key="v"):
    """The points of a series, asked for in another way: only those of one key"""
    params = {name: value for name, value in question.params.items()
              if name != "aggregate"}
    if key in question.metrics:
        params["metric"] = key
    elif key != "v":
        params["aggregate"] = key
    if question.names is not None and "container" in params:
        params["container"] = ",".join(question.names)
    return client.rows("series", **params)


def compare_values(client, question, times, step, lines, key):
    """One of several metrics or aggregates must be what a request for it alone
    gets."""
    rows = own_points(client, question, key)
    # The last step may have got another sample in between.
    settled = max(times[0], question.to_ms - 2 * step)
    reported = {(row["t"], row["container"]): row["v"] for row in rows
            if row["t"] <= settled}
    shown = {(t, line.labels["container"]): value for line in lines
             for t, value in zip(times, line.values) if t <= settled}
    for at, value in reported.items():
        if at not in shown or shown[at] != value:
            yield "at %s the API says %r, the panel %r" % (
                at, value, shown.get(at))
            return
    extra = [at for at, value in shown.items()
             if value is not None and at not in reported]
    if extra:
        yield "points that the API does not have: %s" % extra[:3]


def source_of(metric, row):
    """The key of a sample from which a metric is made: a gain has a total."""
    return metric if metric in row else \
        metric.removesuffix("_per_second") + "_total"


def check_known(client, question, lines, metric):
    """A line without any value is only correct for unknown metrics."""
    empty = {line.labels["container"] for line in lines
             if all(value is None for value in line.values)}
    if not empty:
        return
    if metric.startswith("system_"):
        yield "no value of %s at all" % metric
        return
    for row in client.rows("containers"):
        key = source_of(metric, row)
        if row["container"] in empty and row[key] is not None:
            yield "%s: no value at all, yet %s is %r now" % (
                row["container"], key, row[key])


def check_empty(client, question):
    frame, answer = ask(client, question)
    if answer.json().get("rows") != [] or frame.fields:
        yield "rows from the future: %s" % answer.text[:200]


# --- rows ----------------------------------------------------------------------

def own_rows(client, question):
    """The rows that a query must get, chosen here and not by contmond."""
    params = dict(question.params)
    names = question.names if "container" in params else None
    kinds = params.get("kind", "*").split(",")
    low, high = int(params.get("from", 0)), int(params.get("to", 1 << 53))
    limit = int(params.get("limit", 500 if question.endpoint in LIMITED
                           else MOST))
    query = {key: value for key, value in params.items()
             if key in ("after", "sort", "at") or
             question.endpoint.startswith("variables/")}
    if question.endpoint in LIMITED:
        query["limit"] = MOST
    rows = client.rows(question.endpoint, **query)
    time_key = TIME_OF.get(question.endpoint)
    rows = [row for row in rows
            if (names is None or row["container"] in names)
            and (kinds == ["*"] or row["kind"] in kinds)
            and (time_key is None or low <= row[time_key] <= high)]
    if question.metric:
        rows = [{"container": row["container"], "v": row[question.metric]}
                for row in rows]
    return rows[:limit]


def is_volatile(question, key):
    return question.endpoint in ALL_VOLATILE or \
        key in VOLATILE.get(question.endpoint, ())


def steady(question, rows):
    return [{key: value for key, value in row.items()
             if not is_volatile(question, key)} for row in rows]


CONVERT = {
    "string": lambda value: value if isinstance(value, str) else None,
    "number": lambda value: None if value is None else float(value),
    "timestamp_epoch": lambda value: None if value is None else int(value),
}


def converted(column, row):
    value = row[column["selector"]]
    if column["type"] == "string" and not isinstance(value, (str, type(None))):
        raise Unusable("%s is %r, shown as a text" % (column["selector"],
                                                      value))
    return CONVERT[column["type"]](value)


def check_table(client, question):
    """The fields must have the names, types and values of the API's rows: of
    those before, or of those after a sample that was taken in between."""
    end = time.monotonic() + PATIENCE
    while True:
        before = own_rows(client, question)
        frame, answer = ask(client, question)
        after = own_rows(client, question)
        found = [list(check_rows(question, frame, rows))
                 for rows in (before, after)]
        if [] in found or steady(question, before) == steady(question, after):
            break
        if time.monotonic() > end:
            yield "a new sample between any two requests"
            return
    yield from min(found, key=len)
    if answer.json()["meta"].get("truncated") and \
            "limit" not in question.params:
        yield "truncated"


def check_rows(question, frame, rows):
    yield from check_order(question, rows)
    if rows or frame.fields:
        yield from check_fields(question, frame, rows)


def check_order(question, rows):
    key = question.params.get("sort")
    values = [row[key] for row in rows if key and row[key] is not None]
    if values != sorted(values, reverse=True):
        yield "not sorted by %s" % key


def check_fields(question, frame, rows):
    columns = {column["text"]: column
               for column in question.target["columns"]}
    if [field.name for field in frame.fields] != sorted(columns):
        yield "fields %s" % [field.name for field in frame.fields]
        return
    expected = chosen(question, rows)
    for field in frame.fields:
        column = columns[field.name]
        kind = {"timestamp_epoch": "time"}.get(column["type"], column["type"])
        if field.type != kind:
            yield "%s is a %s" % (field.name, field.type)
        values = [row[field.name] for row in expected]
        if is_volatile(question, column["selector"]):
            values = [type(value) for value in values]
            field.values = [type(value) for value in field.values]
        if field.values != values:
            yield "%s: the API says %r, the panel %r" % (
                field.name, values, field.values)


def chosen(question, rows):
    """Rows as the columns name them, and those that the filter keeps."""
    named = [{column["text"]: converted(column, row)
              for column in question.target["columns"]} for row in rows]
    expression = question.target.get("filterExpression")
    return [row for row in named
            if not expression or infinity.holds(expression, row)]
