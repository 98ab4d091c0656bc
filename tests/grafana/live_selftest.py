# SPDX-License-Identifier: GPL-2.0-only
"""Does live.py find errors? It is run against a correct fake contmond, and
against fakes with one error each. Called by live.py --self-test."""

import contextlib
import copy
import io
import multiprocessing

import alerts
import fake_contmond
import fake_machine
import live
from client import Client
from tap import Tap

# Of each dashboard's time series; tables are all looked at
PANELS = {"CPU", "CPU by command", "Load", "Memory, percent of the limit",
          "CPU pressure"}
# What the fakes with an error are asked for, if they do not say it
OVERVIEW = ("contmon / Overview", {"CPU", "Load", "Containers",
                                   "Memory, percent of the limit"})


class Good(fake_contmond.Api):
    """Asked for everything"""
    asked = (None, None)


class Uneven(fake_contmond.Api):
    """A busy machine: samples come at uneven times, so their rates differ."""

    def containers(self, query):
        rows, meta = super().containers(query)
        odd = fake_machine.now_ms() // fake_machine.INTERVAL_MS % 2
        return [dict(row, cpu_cores=row["cpu_cores"] * (1.9 if odd else 0.8))
                if "cpu_cores" in row else row for row in rows], meta


class Unsorted(fake_contmond.Api):
    def series(self, query):
        rows, meta = super().series(query)
        return rows[::-1], meta


class Unaligned(fake_contmond.Api):
    def series(self, query):
        rows, meta = super().series(query)
        return [dict(row, t=row["t"] + 7) for row in rows], meta


def changed_values(rows, change):
    """Rows of a series in which each value is another one"""
    return [{key: value if key in ("t", "container") else change(value)
             for key, value in row.items()} for row in rows]


class Texts(fake_contmond.Api):
    def series(self, query):
        rows, meta = super().series(query)
        return changed_values(rows, str), meta


class Drifting(fake_contmond.Api):
    """The history differs from the samples."""

    def series(self, query):
        rows, meta = super().series(query)
        return changed_values(rows, lambda v: v and v * 1.001), meta


class Forgetful(fake_contmond.Api):
    """All values of the history are unknown."""

    def series(self, query):
        rows, meta = super().series(query)
        return changed_values(rows, lambda _: None), meta


class OneMissing(fake_contmond.Api):
    def series(self, query):
        rows, meta = super().series(query)
        return [row for row in rows if row["container"] != "web-1"], meta


class Unfiltered(fake_contmond.Api):
    def series(self, query):
        return super().series(dict(query, container=""))


class Generous(fake_contmond.Api):
    """A row from before the asked range."""

    def series(self, query):
        rows, meta = super().series(query)
        early = [dict(row, t=row["t"] - 5 * meta["step_ms"])
                 for row in rows[:1]]
        return early + rows, meta


class Coarse(fake_contmond.Api):
    """Another step than requested."""

    def series(self, query):
        return super().series(dict(query, step="3000"))


class NoColumn(fake_contmond.Api):
    def containers(self, query):
        rows, meta = super().containers(query)
        if "fields" in query:
            for row in rows:
                row.pop("cpu_cores", None)
        return rows, meta


class Rounded(fake_contmond.Api):
    """The table differs from the API's own rows."""

    def containers(self, query):
        rows, meta = super().containers(query)
        if "fields" in query:
            for row in rows:
                if "cpu_cores" in row:
                    row["cpu_cores"] = round(row["cpu_cores"], 1)
        return rows, meta


class Steep(fake_contmond.Api):
    """The gains of totals are too large."""
    asked = ("contmon / Container", {"CPU pressure"})

    def series(self, query):
        rows, meta = super().series(query)
        if query["metric"].endswith("_seconds_per_second"):
            rows = changed_values(rows, lambda v: v and v * 1.3)
        return rows, meta


class Swapped(fake_contmond.Api):
    """Of several metrics in one answer, two have each other's values."""
    asked = ("contmon / Container", {"CPU, user and system"})

    def series(self, query):
        rows, meta = super().series(query)
        for row in rows:
            keys = [key for key in row if key not in ("t", "container")]
            row.update(zip(keys, [row[key] for key in reversed(keys)]))
        return rows, meta


class Exaggerating(fake_contmond.Api):
    """Of several aggregates in one answer, one is wrong."""
    asked = ("contmon / Container", {"CPU, lowest to highest"})

    def series(self, query):
        rows, meta = super().series(query)
        return [dict(row, max=row["max"] + 1) if "max" in row else row
                for row in rows], meta


class Restless(fake_contmond.Api):
    """Commands without the rest, so that they do not add up"""
    asked = ("contmon / Container", {"CPU by command"})

    def commands_series(self, query):
        rows, meta = super().commands_series(query)
        return [row for row in rows if row["commands"]], meta


class Greedy(fake_contmond.Api):
    """The rest is more than what is left of the CPU of a container."""
    asked = ("contmon / Container", {"CPU by command"})

    def commands_series(self, query):
        rows, meta = super().commands_series(query)
        return [dict(row, cpu_cores=row["cpu_cores"] and 1 + row["cpu_cores"])
                if row["commands"] is None else row for row in rows], meta


class Mingling(fake_contmond.Api):
    """The commands of all containers, whichever was chosen"""
    asked = ("contmon / Container", {"CPU by command"})

    def commands_series(self, query):
        return super().commands_series(dict(query, container=""))


class Everyones(fake_contmond.Api):
    """The processes of all containers, whichever was chosen."""
    asked = ("contmon / Container", {"Processes now"})

    def processes(self, query):
        return super().processes(dict(query, container=""))


class Shuffled(fake_contmond.Api):
    """Processes in another order than asked for."""
    asked = ("contmon / Processes", {"Processes now"})

    def processes(self, query):
        return super().processes(dict(query, sort=""))


class Eternal(fake_contmond.Api):
    """Events from outside of the range."""

    def events(self, query):
        return super().events(dict(query, **{"from": "", "to": ""}))


class AllKinds(fake_contmond.Api):
    """Annotations of other events."""

    def events(self, query):
        return super().events(dict(query, kind=""))


class NoEnds(fake_contmond.Api):
    """The end records lack a column."""
    asked = ("contmon / Policy and audit", {"Containers that ended"})

    def containers_ended(self, query):
        rows, meta = super().containers_ended(query)
        return [{key: value for key, value in row.items()
                 if key != "exit_code"} for row in rows], meta


class NumberAsText(fake_contmond.Api):
    """A text that the plugin would show as 1.234567e+06"""
    asked = ("contmon / Policy and audit", {"Audit"})

    def audit(self, query):
        rows, meta = super().audit(query)
        return [dict(row, reason=1234567) for row in rows], meta


class NoChoice(fake_contmond.Api):
    """A variable without rows, for which the plugin fails"""

    def variables_containers(self, _query):
        return [], {}


class Stubborn(fake_contmond.Api):
    """A container that is not there is an error."""

    def series(self, query):
        if query.get("container") == live.NOTHING:
            raise fake_contmond.BadRequest("no such container")
        return super().series(query)


class Descending(fake_contmond.Api):
    """Events the newest first, although `after` is given: a long series"""

    def events(self, query):
        rows, meta = super().events(dict(query, after=""))
        return rows, meta


class Polite(fake_contmond.Api):
    """An unknown metric is no error."""

    def series(self, query):
        try:
            return super().series(query)
        except fake_contmond.NotFound:
            return [], {}


class Enough(Exception):
    pass


class UntilFailure(Tap):
    """One error is enough to know that a fake is noticed."""

    def check(self, holds, what, seen=""):
        super().check(holds, what, seen)
        if not holds:
            raise Enough
        return True


def outcome(api, boards):
    server = fake_contmond.Fake(api=api()).start()
    tap = Tap() if api is Good else UntilFailure()
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output), \
                contextlib.suppress(Enough):
            live.run(tap, Client(server.url), boards,
                     {"30 s": 30000, "the future": 0})
    finally:
        server.shutdown()
        server.server_close()
    failures = [line for line in output.getvalue().splitlines()
                if not line.startswith("ok")]
    return tap, "\n".join(failures)


# --- which alerts fire ----------------------------------------------------------

class Calm(Good):
    """Nothing that an alert is about, but throttling and pressure"""

    values = {"cpu_throttled_periods_per_second": 0,
              "psi_cpu_some_seconds_per_second": 0,
              "psi_io_full_seconds_per_second": 0,
              "psi_memory_full_seconds_per_second": 0}
    now = {}

    def containers(self, query):
        rows, meta = super().containers(query)
        metric = query.get("metric")
        return [dict(row, v=self.now[metric]) if metric in self.now else row
                for row in rows], meta

    def series(self, query):
        rows, meta = super().series(query)
        metric = query["metric"]
        return [dict(row, v=self.values.get(metric, row["v"]))
                for row in rows], meta

    def events(self, _query):
        return [], {}

    def audit(self, _query):
        return [], {}


def loud(**values):
    """A class whose series have these values"""
    return type("Loud", (Calm,), {"values": {**Calm.values, **values}})


def now(**values):
    """A class whose containers have these values"""
    return type("Now", (Calm,), {"now": values})


def with_rows(name, *rows):
    """A class whose method `name` answers with these rows"""
    return type("Rows", (Calm,), {name: lambda _self, _query: (
        [dict(row) for row in rows], {})})


def changed(name, **values):
    """A class whose method `name` has other values in each row"""
    def method(self, query):
        rows, meta = getattr(Calm, name)(self, query)
        return [dict(row, **values) for row in rows], meta
    return type("Changed", (Calm,), {name: method})


class Shrinking(Calm):
    """The memory that is available falls."""

    def series(self, query):
        rows, meta = super().series(query)
        if query["metric"] == "system_ram_available_bytes":
            is_old = int(query["to"]) < fake_machine.now_ms() - 600000
            share = 0.6 if is_old else 0.2
            rows = [dict(row, v=share * fake_machine.RAM) for row in rows] or \
                [{"t": int(query["from"]) // 60000 * 60000 + 60000,
                  "container": "host", "v": share * fake_machine.RAM}]
        return rows, meta


class Gone(Calm):
    def ready(self, _query):
        raise fake_contmond.BadRequest("gone")


def event(kind, age_s):
    return {"seq": 100 - age_s, "t": fake_machine.now_ms() - age_s * 1000,
            "kind": kind, "container": "web", "container_id": None,
            "pid": None, "comm": None, "detail": None}


def decision(state, dry_run):
    return {"seq": 1, "t": fake_machine.now_ms() - 60000, "decision": "d",
            "state": state, "action": "stop", "dry_run": dry_run,
            "container": "web", "container_id": None, "rule": "big",
            "rule_hash": "0", "reason": "why", "detail": None}


def alert_cases():
    """(rule, fake, the state of the rule)"""
    starts = [event("container_started", age) for age in (90, 60, 30, 10)]
    for uid, api in (
            ("memory-limit", now(memory_working_set_bytes=95,
                                 memory_limit_bytes=100)),
            ("cpu-limit", type("Busy", (Calm,), {
                "now": {"cpu_limit_cores": 2},
                "values": {**Calm.values, "cpu_cores": 1.9}})),
            ("tasks-limit", now(pids_current=95, pids_limit=100)),
            ("throttled", loud(cpu_throttled_periods_per_second=5)),
            ("pressure-memory", loud(psi_memory_full_seconds_per_second=.2)),
            ("pressure-io", loud(psi_io_full_seconds_per_second=.6)),
            ("pressure-cpu", loud(psi_cpu_some_seconds_per_second=.8)),
            ("host-memory", loud(system_ram_available_bytes=1000)),
            ("host-memory-soon", Shrinking), ("stale", Gone),
            ("stale", changed("ready", sample_age_seconds=90)),
            ("lossy", changed("health", samples_missed_total=500)),
            ("runs-missed", changed("health", runs_missed_total=11)),
            ("store-lost", changed("self", store_lost_total=1)),
            ("forward-behind", changed("forward", backlog_ticks=301)),
            ("forward-dropped", changed("forward", dropped_ticks_total=99)),
            ("oom-killed", with_rows("events", event("oom_killed", 10))),
            ("restarting", with_rows("events", *starts)),
            ("policy-acted", with_rows("audit", decision("acted", 0))),
            ("policy-failed", with_rows("audit", decision("failed", 0)))):
        yield "contmon-" + uid, api, "Alerting"
    yield "contmon-restarting", with_rows("events", *starts[:3]), "OK"
    yield "contmon-policy-acted", with_rows("audit", decision("acted", 1)), "OK"
    yield "contmon-policy-acted", with_rows("audit", decision("spared", 0)), \
        "OK"
    yield "contmon-forward-behind", with_rows("forward"), "OK"
    yield "contmon-throttled", loud(cpu_periods_per_second=0), "OK"


def state_of(api, rule):
    server = fake_contmond.Fake(api=api()).start()
    try:
        return alerts.evaluate(Client(server.url), rule,
                               fake_machine.now_ms())
    finally:
        server.shutdown()
        server.server_close()


def check_alerts(tap):
    if alerts.yaml is None:
        tap.skip("alert rules", "python3-yaml is not installed")
        return
    known = {rule["uid"]: rule for rule in alerts.load()}
    for uid, rule in known.items():
        state, why = state_of(Calm, rule)
        tap.check(state == "OK", "%s is silent" % uid, why)
    tried = set()
    for uid, api, expected in alert_cases():
        state, why = state_of(api, known[uid])
        tap.check(state == expected, "%s is %s: %s" % (
            uid, expected, api.__doc__ or api.__name__), (state, why))
        tried.add(uid)
    tap.equal(tried, set(known), "every rule was made to fire")


# How many checks pass, at the least
RIGHT = {Good: 30, Uneven: 15}


def cut(boards, api):
    """The part of the dashboards that a fake is asked for"""
    title, panels = getattr(api, "asked", OVERVIEW)
    kept = copy.deepcopy([(name, board) for name, board in boards
                          if title in (None, board["title"])])
    for _, board in kept:
        board["panels"] = [
            panel for panel in board["panels"]
            if panel["title"] in (panels or PANELS)
            or panels is None and panel["type"] == "table"]
    return kept


def check_cheap(tap):
    """The page waits 10 s for an hour of all containers, also on a busy machine."""
    api, made = fake_contmond.Api(), []
    for one in api.machine.all:
        one.row = lambda t, row=one.row: made.append(t) or row(t)
    rows, _ = api.series({"metric": "cpu_cores", "step": "12000"})
    tap.check(len(rows) > 300 and len(made) < 2,
              "a series of a fake is made without whole rows", len(made))


def run(tap, boards):
    check_cheap(tap)
    check_alerts(tap)
    live.SAMPLES = 4
    # All at once, because they mostly wait for samples; each has its own stdout
    apis = fake_contmond.Api.__subclasses__()
    with multiprocessing.get_context("fork").Pool(len(apis)) as pool:
        outcomes = pool.starmap(outcome, [(api, cut(boards, api))
                                          for api in apis])
    for api, (result, failures) in zip(apis, outcomes):
        if api in RIGHT:
            tap.check(result.failed == 0 and result.passed > RIGHT[api],
                      "a contmond that is right passes: " + api.__doc__, failures)
        else:
            tap.check(result.failed, "%s is noticed: %s" % (
                api.__name__, failures.partition("\n")[0]))
