#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Sends the dashboards' requests to a running contmond as Grafana would, parses
the answers as the Infinity plugin does, and compares what a panel would show
with the API's own rows. Needs only Python's standard library.

    live.py BASEURL [--token TOKEN] [--dashboards DIR]
    live.py --self-test      a good and several broken fake_contmond.py"""

import argparse
import http.client
import math
import sys
import time
import traceback

import alerts
import dashboards
import infinity
import shown
import shown_commands
from client import PATIENCE, SHAPELESS, Client, Unusable, settled_ms
from tap import Tap

RANGES = {"5 m": 5 * 60000, "1 h": 60 * 60000}
SAMPLES = 6  # how many samples the series are compared with one by one
PAGE = 4096
DECIMALS = 1e-6  # contmond writes six of them
# A container is not read at the same moment of each tick, and a busy machine is
# late; the rates of the history are those of the ticks. Over some samples this
# evens out.
JITTER = 0.1


# --- panels, annotations, variables, alerts ------------------------------------

def asked(board):
    """(title, query) of everything that a dashboard asks for."""
    for panel, target in dashboards.targets(board):
        yield "%s %s" % (panel["title"], target["refId"]), target
    for item in dashboards.annotations(board):
        yield "annotation " + item["name"], item["target"]


def test_targets(tap, client, boards, ranges):
    interval = client.rows("info")[0]["interval_ms"]
    for name, board in boards:
        for title, target in asked(board):
            takes_time = "__time" in str(target)
            for label in ranges if takes_time else list(ranges)[:1]:
                complaints = []
                for chosen in selections(client, board, target):
                    complaints += check_target(client, target, chosen,
                                               ranges[label], interval)
                tap.check(not complaints, "%s: %s%s" % (
                    name, title, ", " + label if takes_time else ""),
                    "\n".join(complaints))


# What variables/containers has when there is nothing to choose
NOTHING = "(none)"


def test_nothing(tap, client, boards):
    """With no container to choose, panels are empty and show no error."""
    now = settled_ms(client)
    for name, board in boards:
        complaints = []
        for title, target in asked(board):
            others = {item["name"]: item["current"].get("value", NOTHING)
                      for item in dashboards.variables(board)
                      if item["name"] != "container"}
            question = shown.Question(target, [NOTHING], now - 60000, now,
                                      others)
            try:
                frame, _ = shown.ask(client, question)
                if "container" in question.params and frame.fields:
                    complaints.append("%s: %s" % (title, frame.fields))
            except (Unusable, infinity.Broken) as error:
                complaints.append("%s: %s" % (title, error))
        tap.check(not complaints, "%s: nothing chosen is no error" % name,
                  "\n".join(complaints))


def selections(client, board, target):
    """[(names, other variables)]: one container, some, All, as far as the
    dashboard lets one choose; and each value of other variables. Only those that
    have run for a while: a new one may have no second sample yet."""
    names = settled_names(client)
    items = {item["name"]: item for item in dashboards.variables(board)}
    if "container" not in items or "${container" not in str(target):
        choices = [None]
    elif items["container"]["multi"]:
        choices = [names[:1], names[-2:], None] if len(names) > 1 \
            else [names[:1], None]
    else:
        choices = [names[:1]]
    lists = {name: [option["value"] for option in item["options"]]
             for name, item in items.items() if item["type"] == "custom"}
    for name, item in items.items():
        if item["type"] == "query" and name != "container":
            query = item["query"]["infinityQuery"]
            rows = client.rows(query["url"].removeprefix(shown.PREFIX))
            lists[name] = [row["value"] for row in rows]
    count = max([len(choices)] + [
        len(values) for name, values in lists.items()
        if "${%s" % name in str(target)])
    return [(choices[i % len(choices)],
             {name: values[i % len(values)] for name, values in lists.items()})
            for i in range(count)]


def settled_names(client):
    return [row["container"] for row in client.rows("containers")
            if row["cpu_cores"] is not None]


def check_target(client, target, chosen, length, interval):
    names, others = chosen
    running = settled_names(client)
    now = settled_ms(client)
    begin, end = now - length, now
    if length == 0:  # the range that has not come yet
        begin, end = now + 3600000, now + 7200000
    what = "%s: " % (names or "All")
    try:
        question = shown.Question(target, names, begin, end, others)
        if target["format"] == "table":
            complaints = shown.check_table(client, question)
        elif length == 0:
            complaints = shown.check_empty(client, question)
        elif question.endpoint == shown_commands.ENDPOINT:
            complaints = shown_commands.check(client, question, interval)
        else:
            complaints = shown.check_series(client, question, running,
                                            interval)
        return [what + text for text in complaints]
    except (Unusable, infinity.Broken, infinity.Unsupported,
            dashboards.Undefined) as error:
        return [what + str(error)]
    except SHAPELESS as error:
        return [what + "not an answer after API.md: %r" % error]


def test_variables(tap, client, boards):
    """Each row is a choice; a running container is among those of containers."""
    for name, board in boards:
        for variable in dashboards.variables(board):
            if variable["type"] != "query":
                continue
            query = variable["query"]["infinityQuery"]
            now = settled_ms(client)
            question = shown.Question(query, None, now - 60000, now)
            complaints = list(check_variable(client, question))
            tap.check(not complaints, "%s: variable %s lists what there is" % (
                name, variable["name"]), "\n".join(complaints))


def check_variable(client, question):
    yield from shown.check_table(client, question)
    frame, _ = shown.ask(client, question)
    values = {field.name: field.values for field in frame.fields}
    if sorted(values) != ["__text", "__value"]:
        yield "the plugin fails: fields %s" % sorted(values)
    elif None in values["__text"] + values["__value"]:
        yield "a choice without a text"
    elif question.endpoint == "variables/containers":
        missing = set(settled_names(client)) - set(values["__value"])
        if missing:
            yield "not listed: %s" % missing


def test_alerts(tap, client, _boards):
    if alerts.yaml is None:
        tap.skip("alert rules", "python3-yaml is not installed")
        return
    interval = client.rows("info")[0]["interval_ms"]
    for rule in alerts.load():
        try:
            complaints = list(alerts.check(client, rule, settled_ms(client),
                                           settled_names(client), interval))
        except (Unusable, infinity.Broken, infinity.Unsupported) as error:
            complaints = [str(error)]
        tap.check(not complaints, "alert %s gets what it needs" % rule["uid"],
                  "\n".join(complaints))


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
    metrics = {metric for _, board in boards
               for _, target in dashboards.targets(board)
               for param in target["url_options"]["params"]
               if param["key"] == "metric"
               for metric in param["value"].split(",")}
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
# A rate that samples have too. The mean of theirs is another than that of the
# whole time where samples come at uneven times, as on a busy machine.
TOTALS = {"cpu_cores": "cpu_seconds_total"}


def is_rate(metric):
    return metric in RATES or metric.endswith("_per_second")


def resolution(metric, value, step):
    """How far a number of the store may differ from the sample: STORE.md."""
    if is_rate(metric):
        unit = 0.001 if metric.endswith("_seconds_per_second") else \
            RATES.get(metric, 1)
        return JITTER * abs(value) + 2000 * unit / step
    if metric.endswith("_bytes"):
        return PAGE / 2 + DECIMALS
    if metric.endswith("_seconds_total"):
        return 0.0005 + DECIMALS
    if metric.endswith("_total"):
        return DECIMALS
    return 0.005 + DECIMALS


def sampled(seen, key, step):
    """{(name, step): number} that the series must have."""
    steps = {}
    for t, rows in seen.items():
        for name, row in rows.items():
            if row[key] is not None:
                steps.setdefault((name, t // step * step), []).append(row[key])
    return {at: values[-1] if key.endswith("_total") else mean(values)
            for at, values in steps.items()}


def gained(seen, key, step):
    """The same for the gain of a total: that of all samples of a step, over the
    time since the samples before them."""
    steps, before = {}, {}
    for t in sorted(seen):
        for name, row in seen[t].items():
            if row[key] is None:
                continue
            # Not across a sample that we have not seen: it has its own step
            if name in before and t - before[name][0] < 1.5 * step:
                t0, value = before[name]
                steps.setdefault((name, t // step * step), []).append(
                    (row[key] - value, t - t0))
            before[name] = (t, row[key])
    return {at: 1000 * math.fsum(gain for gain, _ in values) /
            sum(ms for _, ms in values) for at, values in steps.items()}


def check_history(client, metric, key, seen, step):
    row = next(iter(next(iter(seen.values())).values()))
    source = TOTALS.get(key) or shown.source_of(key, row)
    steps = (sampled if source == key else gained)(seen, source, step)
    first, last = min(seen) // step * step, max(seen) // step * step
    if len(seen) < SAMPLES or first == last:
        yield "only %d samples came" % len(seen)
    rows = client.rows("series", metric=metric, step=step, to=last + step,
                       **{"from": first})
    reported = {(row["container"], row["t"]): row["v"] for row in rows}
    # Of the first and the last step we may have seen only some samples.
    pairs = {at: (value, reported.get(at)) for at, value in steps.items()
             if at[1] not in (first, last)}
    if is_rate(metric):
        pairs = means(pairs)
    for (name, t), (expected, value) in pairs.items():
        if not isinstance(value, (int, float)) or \
                abs(value - expected) > resolution(metric, expected, step):
            yield "%s at %s: sampled %r, series has %r" % (
                name, t, expected, value)


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
            ("series?metric=cpu_cores,nope", 404, "an unknown metric of two"),
            ("series?metric=cpu_cores,system_load1", 400,
             "a metric of the host and one of containers"),
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
    ready = client.ask("/api/v1/ready")
    tap.check(ready.status == 200 and ready.rows(),
              "the datasource's health check passes", ready.text)
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
                        (test_nothing, boards),
                        (test_targets, boards, ranges),
                        (test_alerts, boards),
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
