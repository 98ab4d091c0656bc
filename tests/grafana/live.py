#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Sends the dashboards' requests to a running contmond as Grafana would, parses
the answers as the Infinity plugin does, and compares what a panel would show
with the API's own rows. Needs only Python's standard library.

    live.py BASEURL [--token TOKEN] [--dashboards DIR]
    live.py --self-test      a good and several broken fake_contmond.py"""

import argparse
import gzip
import http.client
import json
import math
import sys
import time
import traceback
import urllib.parse

import dashboards
import infinity
from tap import Tap

RANGES = {"5 m": 5 * 60000, "1 h": 60 * 60000}
MAX_ROWS = 50000
PATIENCE = 300  # seconds after which a wait is given up: it hangs
SAMPLES = 6  # how many samples the series are compared with one by one
PAGE = 4096
DECIMALS = 1e-6  # contmond writes six of them
# A container is not read at the same moment of each tick, and a busy machine is
# late; the rates of the history are those of the ticks. Over some samples this
# evens out.
JITTER = 0.1


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.reason = response.reason
        self.headers = response.headers
        self.keeps = not response.will_close
        self.raw = response.read()
        packed = self.headers.get("Content-Encoding") == "gzip"
        self.text = (gzip.decompress(self.raw) if packed and self.raw
                     else self.raw).decode()

    def json(self):
        return json.loads(self.text)

    def rows(self):
        return self.json()["rows"]


class Client:
    """One connection, like that of the plugin."""

    def __init__(self, base, token=None):
        url = urllib.parse.urlsplit(base)
        self.address = (url.hostname, url.port or 80)
        self.token = token
        self.connection = http.client.HTTPConnection(*self.address,
                                                     timeout=PATIENCE)

    def ask(self, path, headers=None, method="GET", token=True):
        headers = dict(dashboards.HEADERS if headers is None else headers)
        if self.token and token:
            headers["Authorization"] = "Bearer " + self.token
        self.connection.request(method, path, headers=headers)
        return Answer(self.connection.getresponse())

    def rows(self, path, **query):
        """The API's own rows, read differently from the plugin: parameters in
        another order, %20 for a space, no gzip, whole numbers unchanged."""
        pairs = sorted(query.items(), reverse=True)
        text = urllib.parse.urlencode(pairs, quote_via=urllib.parse.quote)
        answer = self.ask("/api/v1/%s?%s" % (path, text), headers={})
        if answer.status != 200:
            raise Unusable("/api/v1/%s?%s answers %d %s" % (
                path, text, answer.status, answer.reason))
        return answer.rows()


class Unusable(Exception):
    pass


# The result of a missing key or a value of another type
SHAPELESS = (KeyError, TypeError, ValueError, IndexError, AttributeError)


def settled_ms(client):
    """The end of the range that no longer changes, by contmond's clock, which
    may be on another machine: the newest steps may get another sample."""
    interval = client.rows("info")[0]["interval_ms"]
    return client.rows("system")[0]["t"] - 2 * interval


# --- what a panel shows -------------------------------------------------------

class Question:
    """A target with all variables filled in: one request of Grafana."""

    def __init__(self, panel, target, names, from_ms, to_ms):
        self.target = target
        self.params = {param["key"]: param["value"]
                       for param in target["url_options"]["params"]}
        self.metric = self.params.get("metric", "")
        self.names = names  # None: All
        self.from_ms = from_ms
        self.to_ms = to_ms
        self.step = dashboards.interval_ms(panel, from_ms, to_ms)
        self.path = dashboards.request_path(target, {
            "container": "*" if names is None else names,
            "__timeFrom": str(from_ms), "__timeTo": str(to_ms),
            "__interval_ms": str(self.step)})

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


def check_series(client, question, running, interval):
    """Complaints about one time series answer."""
    frame, answer = ask(client, question)
    meta = answer.json()["meta"]
    step = max(question.step, interval)
    if meta.get("truncated"):
        yield "truncated"
    if meta.get("step_ms") != step:
        yield "step_ms is %r, not %d" % (meta.get("step_ms"), step)
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
    shown = [line.labels.get("container") for line in lines]
    wanted = question.wanted(running)
    if len(set(shown)) < len(shown):
        yield "two lines have one name: %s" % shown
    if question.names is None and not wanted <= set(shown):
        yield "no line for %s" % (wanted - set(shown))
    if question.names is not None and wanted != set(shown):
        yield "lines %s, chosen %s" % (sorted(shown), sorted(wanted))
    for line in lines:
        if (line.name, line.type, list(line.labels)) != (
                "Value", "number", ["container"]):
            yield "legend: %s %s %s" % (line.name, line.type, line.labels)


def compare(client, question, times, lines, step):
    """The panel's points must be the API's rows, and vice versa."""
    query = {"metric": question.metric, "from": question.from_ms,
             "to": question.to_ms, "step": step}
    if question.names is not None and not question.metric.startswith("system_"):
        query["container"] = ",".join(question.names)
    rows = client.rows("series", **query)
    # The last step may have got another sample in between.
    settled = max(times[0], question.to_ms - 2 * step)
    reported = {(row["t"], row["container"]): row["v"] for row in rows
            if row["t"] <= settled}
    shown = {(t, line.labels["container"]): value for line in lines
             for t, value in zip(times, line.values) if t <= settled}
    for key, value in reported.items():
        if key not in shown or shown[key] != value:
            yield "at %s the API says %r, the panel %r" % (
                key, value, shown.get(key))
            return
    extra = [key for key, value in shown.items()
             if value is not None and key not in reported]
    if extra:
        yield "points that the API does not have: %s" % extra[:3]
    yield from check_known(client, question, lines)


def check_known(client, question, lines):
    """A line without any value is only correct for unknown metrics."""
    empty = {line.labels["container"] for line in lines
             if all(value is None for value in line.values)}
    if not empty:
        return
    if question.metric.startswith("system_"):
        yield "no value at all"
        return
    for row in client.rows("containers"):
        if row["container"] in empty and row[question.metric] is not None:
            yield "%s: no value at all, yet it is %r now" % (
                row["container"], row[question.metric])


def check_empty(client, question):
    frame, answer = ask(client, question)
    if answer.json().get("rows") != [] or frame.fields:
        yield "rows from the future: %s" % answer.text[:200]


def check_table(client, question, running):
    columns = question.target["columns"]
    selectors = {column["text"]: column["selector"] for column in columns}
    end = time.monotonic() + PATIENCE
    while True:
        before = client.rows("containers")
        frame, _ = ask(client, question)
        after = client.rows("containers")
        if [row["t"] for row in before] == [row["t"] for row in after]:
            break
        if time.monotonic() > end:
            yield "a new sample between any two requests"
            return
    names = question.wanted(running)
    reported = [row for row in before if row["container"] in names]
    if [field.name for field in frame.fields] != sorted(selectors):
        yield "fields %s" % [field.name for field in frame.fields]
        return
    for field in frame.fields:
        expected = [row[selectors[field.name]] for row in reported]
        if field.values != expected:
            yield "%s: the API says %r, the panel %r" % (
                field.name, expected, field.values)
        declared = {column["text"]: column["type"] for column in columns}
        if field.type != declared[field.name]:
            yield "%s is a %s" % (field.name, field.type)


def test_targets(tap, client, boards, ranges):
    interval = client.rows("info")[0]["interval_ms"]
    for name, board in boards:
        for panel, target in dashboards.targets(board):
            for label, length in ranges.items():
                what = "%s: %s %s, %s" % (name, panel["title"],
                                          target["refId"], label)
                complaints = []
                for names in selections(client):
                    complaints += check_target(client, panel, target, names,
                                               length, interval)
                tap.check(not complaints, what, "\n".join(complaints))


def selections(client):
    """One container, some, All. Only those that have run for a while: a new
    one may have no second sample yet."""
    names = [row["container"] for row in client.rows("containers")
             if row["cpu_cores"] is not None]
    yield names[:1]
    if len(names) > 1:
        yield names[-2:]
    yield None


def check_target(client, panel, target, names, length, interval):
    running = [row["container"] for row in client.rows("containers")
               if row["cpu_cores"] is not None]
    now = settled_ms(client)
    begin, end = now - length, now
    if length == 0:  # the range that has not come yet
        begin, end = now + 3600000, now + 7200000
    question = Question(panel, target, names, begin, end)
    try:
        if target["format"] == "table":
            complaints = check_table(client, question, running)
        elif length == 0:
            complaints = check_empty(client, question)
        else:
            complaints = check_series(client, question, running, interval)
        return ["%s: %s" % (names or "All", text) for text in complaints]
    except (Unusable, infinity.Broken, infinity.Unsupported) as error:
        return ["%s: %s" % (names or "All", error)]
    except SHAPELESS as error:
        return ["%s: not an answer after API.md: %r" % (names or "All", error)]


def test_variables(tap, client, boards):
    for name, board in boards:
        for variable in dashboards.variables(board):
            query = variable["query"]["infinityQuery"]
            path = dashboards.request_path(query, {})
            for _ in range(5):
                reported = {row["container"]
                            for row in client.rows("containers")}
                frame = infinity.frame(client.ask(path).text, query)
                values = {field.name: field.values for field in frame.fields}
                if set(values.get("__value", ())) == reported:
                    break  # else a container came or went in between
            what = "%s: variable %s " % (name, variable["name"])
            tap.equal(sorted(values), ["__text", "__value"],
                      what + "has texts and values")
            tap.equal(sorted(values.get("__value", ())), sorted(reported),
                      what + "lists the running containers")


# --- are the rows of the history what was sampled? -----------------------------

def collect(client, interval, path, count):
    """{t: {label: row}} of `count` consecutive samples."""
    seen = {}
    end = time.monotonic() + PATIENCE + count * interval / 1000
    while len(seen) < count + 1 and time.monotonic() < end:
        rows = client.rows(path)
        if rows:
            seen[rows[0]["t"]] = {row.get("container", "host"): row
                                  for row in rows}
        time.sleep(interval / 5000)
    return seen


def test_history(tap, client, boards):
    """Every metric of the dashboards, sample by sample at the finest step."""
    interval = client.rows("info")[0]["interval_ms"]
    metrics = {Question(panel, target, None, 0, 1).metric
               for _, board in boards
               for panel, target in dashboards.targets(board)} - {""}
    for path, prefix in (("containers", ""), ("system", "system_")):
        seen = collect(client, interval, path, SAMPLES)
        time.sleep(2 * interval / 1000)
        for metric in sorted(metrics):
            if metric.startswith("system_") == bool(prefix):
                key = metric.removeprefix(prefix)
                complaints = list(check_history(client, metric, key, seen,
                                                interval))
                tap.check(not complaints, "%s is what was sampled" % metric,
                          "\n".join(complaints))


RATES = {"cpu_cores": 0.001, "cpu_percent": 0.1}


def is_rate(metric):
    return metric in RATES or metric.endswith("_per_second")


def resolution(metric, value, step):
    """How far a number of the store may differ from the sample: STORE.md."""
    if is_rate(metric):
        return JITTER * abs(value) + 2000 * RATES.get(metric, 1) / step
    if metric.endswith("_bytes"):
        return PAGE / 2 + DECIMALS
    if metric.endswith("_seconds_total"):
        return 0.0005 + DECIMALS
    if metric.endswith("_total"):
        return DECIMALS
    return 0.005 + DECIMALS


def check_history(client, metric, key, seen, step):
    steps = {}
    for t, rows in seen.items():
        for name, row in rows.items():
            if row[key] is not None:
                steps.setdefault((t // step * step, name), []).append(row[key])
    first, last = min(seen) // step * step, max(seen) // step * step
    if len(seen) < SAMPLES or first == last:
        yield "only %d samples came" % len(seen)
    rows = client.rows("series", metric=metric, step=step, to=last + step,
                       **{"from": first})
    reported = {(row["t"], row["container"]): row["v"] for row in rows}
    # Of the first and the last step we may have seen only some samples.
    inner = {at: values for at, values in steps.items()
             if at[0] not in (first, last)}
    pairs = {(name, t): (values[-1] if key.endswith("_total")
                         else mean(values), reported.get((t, name)))
             for (t, name), values in inner.items()}
    if is_rate(metric):
        pairs = means(pairs)
    for (name, t), (sampled, value) in pairs.items():
        if not isinstance(value, (int, float)) or \
                abs(value - sampled) > resolution(metric, sampled, step):
            yield "%s at %s: sampled %r, series has %r" % (
                name, t, sampled, value)


def mean(values):
    return math.fsum(values) / len(values)


def means(pairs):
    """The means of each container's values. Where the series lacks one, the
    pairs of that container stay as they are."""
    found = {}
    for name in {name for name, _ in pairs}:
        own = {at: pair for at, pair in pairs.items() if at[0] == name}
        if any(value is None for _, value in own.values()):
            found.update(own)
        else:
            found[name, "all times"] = tuple(map(mean, zip(*own.values())))
    return found


# --- what is not there, and HTTP ------------------------------------------------

def test_errors(tap, client):
    for path, status, what in (
            ("series?metric=cpu_precent", 404, "an unknown metric"),
            ("series?metric=system_nope", 404, "an unknown metric of the host"),
            ("series?metric=image", 404, "a metric that is no number"),
            ("containers?metric=nope", 404, "an unknown metric now"),
            ("series", 400, "no metric"),
            ("series?metric=cpu_cores&from=yesterday", 400, "no time"),
            ("processes?limits=5", 400, "an unknown parameter"),
            ("nope", 404, "an unknown path")):
        answer = client.ask("/api/v1/" + path)
        tap.equal(answer.status, status, "%s is %d" % (what, status))
        tap.check(answer.reason and isinstance(
            answer.json().get("error"), str), what + " has a reason",
            "%r %s" % (answer.reason, answer.text))
    answer = client.ask("/api/v1/health", method="POST")
    tap.equal(answer.status, 405, "POST is 405")
    client.connection.close()
    future = settled_ms(client) + 3600000
    for path, what in (
            ("series?metric=cpu_cores&from=%d&to=%d" % (future, future + 1000),
             "the future"),
            ("series?metric=cpu_cores&from=0&to=1000", "1970"),
            ("series?metric=cpu_cores&container=no+such%20one",
             "an unknown container"),
            ("containers?container=no%20such+one", "an unknown container now")):
        answer = client.ask("/api/v1/" + path)
        tap.equal((answer.status, answer.json()["rows"]), (200, []),
                  what + " is no error, but no rows")


def test_http(tap, client):
    to = settled_ms(client)
    path = "/api/v1/series?metric=cpu_cores&from=%d&to=%d" % (to - 60000, to)
    plain, packed = client.ask(path, headers={}), client.ask(path)
    tap.equal(packed.json(), plain.json(), "gzip changes nothing")
    tap.equal(packed.headers.get("Content-Encoding"), "gzip",
              "gzip is used when it is accepted")
    tap.equal(plain.headers.get("Content-Encoding"), None,
              "and not otherwise")
    for answer in (plain, packed):
        tap.equal((answer.headers.get("Content-Type", "").split(";")[0],
                   answer.headers.get("Cache-Control")),
                  ("application/json", "no-store"), "type and caching are said")
        tap.equal(int(answer.headers.get("Content-Length", -1)),
                  len(answer.raw), "the length is said")
    head = client.ask(path, headers={}, method="HEAD")
    tap.equal((head.status, head.raw, head.headers.get("Content-Length")),
              (200, b"", str(len(plain.raw))), "HEAD is GET without the body")
    encoded = path.replace("cpu_cores", "%63pu%5Fcores")
    tap.equal(client.ask(encoded).json(), plain.json(), "%XX is decoded")
    tap.equal(client.ask(path + "&container=*").json(),
              client.ask(path + "&container=").json(),
              "* and nothing filter nothing")
    health = client.ask("/api/v1/health")
    tap.check(health.status == 200 and health.rows(),
              "the datasource's health check passes", health.text)
    if client.token:
        answer = client.ask("/api/v1/health", token=False)
        tap.equal(answer.status, 401, "no token is 401")
    else:
        tap.skip("no token is 401", "contmond was asked without a token")


# --- running -------------------------------------------------------------------

def wait_for_history(client):
    """Two samples and a container: required by the tests below."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        rows = client.rows("containers")
        if any(row["cpu_cores"] is not None for row in rows):
            return True
        time.sleep(1)
    return False


def run(tap, client, boards, ranges):
    if not tap.check(wait_for_history(client), "a container is running"):
        return
    if len(client.rows("containers")) < 2:
        tap.skip("a choice of several containers", "only one is running")
    for test, *args in ((test_variables, boards),
                        (test_targets, boards, ranges),
                        (test_history, boards), (test_errors,), (test_http,)):
        try:
            test(tap, client, *args)
        except SHAPELESS + (OSError, http.client.HTTPException, Unusable):
            tap.check(False, "%s: answers after API.md" % test.__name__,
                      traceback.format_exc())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("base", nargs="?")
    parser.add_argument("--token")
    parser.add_argument("--dashboards")
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    tap = Tap()
    boards = dashboards.load(args.dashboards)
    if args.self_test:
        import live_selftest
        live_selftest.run(tap, boards)
        sys.exit(tap.end())
    if not args.base:
        parser.error("BASEURL is missing")
    try:
        run(tap, Client(args.base, args.token), boards,
            {**RANGES, "the future": 0})
    except (OSError, http.client.HTTPException, Unusable) as error:
        tap.check(False, "contmond answers", error)
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
