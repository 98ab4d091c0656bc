#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A contmond without a machine: it serves contmond/API.md with numbers that are
a pure function of the clock. The tests of the page and of the dashboards are
themselves tested with it. Its answers are no evidence about contmond.

    fake_contmond.py [--port N] [--web DIR] [--token TOKEN] [--more N]

--more adds N containers to the ten that are always there."""

import argparse
import gzip
import http.server
import json
import os
import sys
import threading
import urllib.parse
import zlib

from fake_machine import (HISTORY_MS, HOSTILE, INTERVAL_MS, MIB, NR_CPUS,
                          PHASE_MS, Machine, add_containers, now_ms)
from fake_series import gains, points_of, reduce, steps, unit_of

MAX_SERIES_ROWS = 50000
MAX_METRICS = 16

WEB_FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/index.html": ("index.html", "text/html; charset=utf-8"),
    "/app.js": ("app.js", "text/javascript; charset=utf-8"),
    "/style.css": ("style.css", "text/css; charset=utf-8"),
    "/uplot.js": ("uplot.js", "text/javascript; charset=utf-8"),
    "/uplot.css": ("uplot.css", "text/css; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}


class BadRequest(Exception):
    pass


class NotFound(Exception):
    pass


def chosen(query, key="container"):
    value = query.get(key, "")
    return None if value in ("", "*") else set(value.split(","))


def matches(row, names):
    return (names is None or row["container"] in names
            or row.get("id", row.get("container_id")) in names)


def number(query, key, default):
    text = query.get(key, "")
    if text == "":
        return default
    try:
        value = int(text)
    except ValueError:
        raise BadRequest("%s is not a number" % key) from None
    if value < 0:
        raise BadRequest("%s is negative" % key)
    return value


def numeric_keys(row):
    return {key for key, value in row.items() if key not in (
        "t", "container", "id", "short_id", "runtime", "pod", "image",
        "command", "cgroup", "state", "network", "health", "engine",
        "engine_version", "compose_project", "compose_service", "pod_namespace")
        and not key.endswith(("_owner", "_ms"))
        and not isinstance(value, str)}


class Api:
    def __init__(self):
        self.machine = Machine()

    def known(self, host=False):
        """A row, for what it has"""
        one = self.machine if host else self.machine.all[0]
        return one.row(self.machine.last_sample())

    def health(self, _query):
        t = self.machine.last_sample()
        return [{
            "status": "ok", "reason": None, "source": "driver",
            "source_reason": None, "source_lacks": None,
            "engine": "connected", "engines": 1, "engines_connected": 1,
            "engine_error": None, "store": "file", "store_reason": None,
            "store_put_aside": None, "store_removed_total": 0,
            "store_lost_total": 0, "store_lost_of_users_total": 0,
            "last_sample_ms": t,
            "samples_total": (t - self.machine.booted_ms) // INTERVAL_MS,
            "samples_missed_total": 0,
            "runs_missed_total": 0,
            "policy": "dry run", "policy_rules": 1, "policy_error": None,
            "forward_targets": 1, "forward_failing": 0,
            "forward_backlog_ticks": 2, "forward_dropped_ticks_total": 0,
            "forward_rejected_rows_total": 0, "forward_error": None,
            "uptime_seconds": (now_ms() - self.machine.booted_ms) / 1000,
        }], {}

    def info(self, _query):
        return [{
            "version": "0.1.0", "api_version": 1, "source": "driver",
            "driver_release": "0.1.0",
            "driver_api_version": 1, "host": "fake-host",
            "kernel": "6.12.0-fake", "boot_id": "0" * 8, "nr_cpus": NR_CPUS,
            "interval_ms": INTERVAL_MS, "history_seconds": HISTORY_MS // 1000,
            "forward": "influx", "engines": "docker 27.1 /run/docker.sock",
        }], {}

    def self(self, _query):
        up = (now_ms() - self.machine.booted_ms) / 1000
        return [{
            "started_ms": self.machine.booted_ms, "uptime_seconds": up,
            "cpu_seconds_total": 0.01 * up, "rss_bytes": 12 * MIB,
            "cpu_user_seconds_total": 0.004 * up, "threads": 6,
            "cpu_system_seconds_total": 0.006 * up, "max_fds": 1024,
            "rss_peak_bytes": 14 * MIB, "open_fds": 40,
            "last_sample_seconds": 0.012, "sample_seconds_total": 0.012 * up,
            "clients": 2, "streams": 0, "requests_total": int(up),
            "requests_5xx_total": 0, "sent_bytes_total": int(up * 9000),
            "store_bytes": 90 * MIB, "store_max_bytes": 250 * MIB,
            "store_waiting": 0, "store_waiting_bytes": 0,
            "store_lost_total": 0, "store_lost_of_users_total": 0,
            "store_damaged_total": 0, "store_removed_total": 0,
            "store_commits_total": int(up),
            "store_last_commit_seconds": 0.001,
            "store_slowest_commit_seconds": 0.02,
        }], {}

    def ready(self, _query):
        t = self.machine.last_sample()
        return [{"ready": 1, "reason": None, "error": None,
                 "last_sample_ms": t,
                 "sample_age_seconds": (now_ms() - t) / 1000}], {}

    def variables_containers(self, query):
        low, high = number(query, "from", None), number(query, "to", now_ms())
        names = {row["container"] for t in {
            self.machine.last_sample(),
            *([high, (low + high) // 2, low] if low else [])}
            for row in self.machine.containers(t)}
        return [{"text": name, "value": name}
                for name in sorted(names) or ["(none)"]], {}

    def variables_devices(self, _query):
        return [{"text": "sda", "value": "8:0"}], {}

    def engines(self, _query):
        return [{"engine": "/run/docker.sock", "runtime": "docker",
                 "version": "27.1", "api_version": "1.46",
                 "state": "connected", "reason": None, "user_id": 0}], {}

    def forward(self, _query):
        return [{"target": "influx", "type": "influx", "error": None,
                 "rejection": None, "drop_reason": None, "backlog_ticks": 2,
                 "delivered_ticks_total": 900, "dropped_ticks_total": 0,
                 "rejected_rows_total": 0, "requests_total": 90,
                 "failed_requests_total": 1,
                 "last_delivered_ms": self.machine.start_ms}], {}

    def containers_devices(self, query):
        names = chosen(query)
        return [row for row in self.machine.devices(self.machine.last_sample())
                if matches(row, names)], {}

    def containers(self, query):
        names = chosen(query)
        t = self.machine.last_sample()
        rows = self.machine.containers(t, names)
        metric = query.get("metric", "")
        fields = query.get("fields", "")
        known = self.known()
        if metric:
            if metric not in numeric_keys(known):
                raise NotFound("no such metric")
            rows = [{"container": row["container"], "v": row[metric]}
                    for row in rows]
        elif fields:
            keys = fields.split(",")
            if any(key not in known for key in keys):
                raise BadRequest("no such field")
            rows = [{key: row[key] for key in keys} for row in rows]
        return rows, {}

    def processes(self, query):
        names = chosen(query)
        limit = min(number(query, "limit", 500), 20000)
        pid = number(query, "pid", None)
        sort = query.get("sort", "") or "cpu_cores"
        rows = [row for row in self.machine.processes(
                    self.machine.last_sample())
                if (names is None or row["container"] in names
                    or row["container_id"] in names)
                and (pid is None or row["pid"] == pid)]
        if rows and isinstance(rows[0].get(sort, ""), str):
            raise BadRequest("cannot sort by that")
        rows.sort(key=lambda row: (-(row[sort] or 0), row["pid"]))
        return rows[:limit], {"truncated": len(rows) > limit}

    def events(self, query):
        names = chosen(query)
        kinds = chosen(query, "kind")
        low, high = number(query, "from", 0), number(query, "to", 1 << 60)
        rows = [row for row in self.machine.events() if matches(row, names)
                and (kinds is None or row["kind"] in kinds)
                and low <= row["t"] <= high]
        rows = continued(rows, query)
        limit = number(query, "limit", 500)
        return rows[:limit], {"truncated": len(rows) > limit}

    def audit(self, query):
        names = chosen(query)
        low, high = number(query, "from", 0), number(query, "to", 1 << 60)
        rows = [row for row in self.machine.audit() if matches(row, names)
                and low <= row["t"] <= high]
        return continued(rows, query), {}

    def policy(self, _query):
        return [{"rule": HOSTILE, "rule_hash": "0" * 8, "file": "a.conf",
                 "line": 1, "action": "notify", "dry_run": 1,
                 "state": "active", "selected": 3, "over": 1,
                 "decisions_total": 1}], {}

    def policy_classes(self, _query):
        running = sum(row["state"] == "running" for row in
                      self.machine.containers(self.machine.last_sample()))
        return [{"class": name, "file": "a.conf", "line": line,
                 "minimum": minimum, "running": count, "counted": counted,
                 "above_minimum": counted - minimum}
                for name, line, minimum, count, counted in (
                    (HOSTILE, 3, 2, running, running),
                    ("job", 6, 3, 3, 2), ("none", 9, 0, 0, 0))], {}

    def policy_pending(self, _query):
        row = self.machine.audit()[0]
        return [{**row, "state": "warned", "acts_ms": now_ms() + 60000}], {}

    def commands(self, query):
        names = chosen(query)
        rows = commands_of(row for row in self.machine.processes(
            self.machine.last_sample())
            if names is None or row["container"] in names)
        return rows[:number(query, "limit", 500)], {}

    def processes_at(self, query):
        """When they were sampled, None before all samples; the busiest first"""
        names = chosen(query)
        at = number(query, "at", now_ms())
        t = (at - PHASE_MS) // INTERVAL_MS * INTERVAL_MS + PHASE_MS
        if t < self.machine.booted_ms:
            return None, []
        rows = [row for row in self.machine.processes(t)
                if names is None or row["container"] in names]
        return t, sorted(rows, key=lambda row: -row["cpu_cores"])

    def processes_past(self, query):
        t, rows = self.processes_at(query)
        return kept_of(rows, ("container", "pid", "start_ms", "comm",
                              "cpu_cores", "rss_bytes")), {
            "t": t, "width_ms": 0}

    def commands_past(self, query):
        """Those of the host are not known to have ended."""
        t, rows = self.processes_at(query)
        commands = commands_of(rows)
        for row in commands:
            if row["container"] == "host":
                row["cpu_exited_cores"] = None
                row["cpu_cores"] = row["cpu_percent"] = None
        return kept_of(commands, (
            "container", "comm", "cpu_cores", "cpu_percent",
            "cpu_living_cores", "cpu_exited_cores")), {
            "t": t, "width_ms": 0, "known": t is not None}

    def commands_series(self, query):
        """The first command uses half of the CPU, the next a quarter, ..."""
        limit = number(query, "limit", 5)
        rows, meta = self.series({**{
            key: query[key] for key in query if key != "limit"},
            "metric": "cpu_cores"})
        comms = comms_of(self.machine.processes(self.machine.last_sample()))
        return [point for row in rows for point in points_of_commands(
            row, comms.get(row["container"], ["gone"])[:limit])], {
            "from": meta["from"], "to": meta["to"], "step_ms": meta["step_ms"],
            "step_widened": False, "resolution_ms": 0, "known": True,
            "truncated": meta["truncated"]}

    def containers_ended(self, query):
        names = chosen(query)
        low, high = number(query, "from", 0), number(query, "to", 1 << 60)
        rows = [row for row in self.machine.ended() if matches(row, names)
                and low <= row["ended_ms"] <= high]
        limit = number(query, "limit", 500)
        return rows[:limit], {"truncated": len(rows) > limit}

    def system(self, _query):
        return [self.machine.row(self.machine.last_sample())], {}

    def series(self, query):
        metrics = metrics_of(query)
        hows = query.get("aggregate", "").split(",")
        if len(metrics) > 1 and len(hows) > 1:
            raise BadRequest("aggregate: only one of several metrics")
        to_ms = number(query, "to", now_ms())
        from_ms = number(query, "from", max(0, to_ms - 900000))
        step = max(number(query, "step", INTERVAL_MS), INTERVAL_MS)
        names = chosen(query)
        if query.get("device", "8:0") not in ("8:0", "sda"):
            names = set()
        host = metrics[0].startswith("system_")
        known, units, rows = self.known(host), set(), {}
        for metric in metrics:
            key, gain = total_of(metric.removeprefix("system_"), known)
            units.add(unit_of(key))
            # The first step is gained since the sample before it
            times = self.machine.sample_times(from_ms - gain * INTERVAL_MS, to_ms)
            for one in [self.machine] if host else self.machine.chosen(names):
                points = points_of(one.columns[key], filter(one.alive, times))
                if gain:
                    points = gains(points, from_ms)
                for t, values in steps(points, step):
                    row = rows.setdefault((t, one.title), {
                        "t": t, "container": one.title})
                    for how in hows:
                        row[metric if len(metrics) > 1 else how if len(hows) > 1
                            else "v"] = reduce("" if gain else key, values, how)
        rows = [rows[at] for at in sorted(rows)]
        most = MAX_SERIES_ROWS // len(metrics)
        return rows[:most], {
            "metric": ",".join(metrics),
            "unit": units.pop() if len(units) == 1 else None, "from": from_ms,
            "to": to_ms, "step_ms": step, "step_widened": False,
            "truncated": len(rows) > most}


def metrics_of(query):
    if not query.get("metric"):
        raise BadRequest("metric is missing")
    metrics = list(dict.fromkeys(query["metric"].split(",")))
    if len(metrics) > MAX_METRICS:
        raise BadRequest("metric: more than %d" % MAX_METRICS)
    if len({metric.startswith("system_") for metric in metrics}) > 1:
        raise BadRequest("metric: not both of the host and of containers")
    return metrics


def continued(rows, query):
    """With `after` only later rows, the oldest first"""
    after = number(query, "after", None)
    return rows if after is None else [
        row for row in rows[::-1] if row["seq"] > after]


def total_of(key, known):
    """The key, and whether its gain is asked for"""
    total = key.removesuffix("_per_second") + "_total"
    if key in numeric_keys(known):
        return key, False
    if key.endswith("_per_second") and total in numeric_keys(known):
        return total, True
    raise NotFound("no such metric")


def commands_of(processes):
    """Each has used a quarter more in processes that ended."""
    rows = {}
    for process in processes:
        row = rows.setdefault((process["container"], process["comm"]), {
            "t": process["t"], "container": process["container"],
            "container_id": process["container_id"], "comm": process["comm"],
            "commands": 1, "cpu_cores": 0, "cpu_percent": 0,
            "cpu_living_cores": 0, "processes": 0,
            "cpu_exited_cores": 0, "processes_exited": 1})
        row["cpu_cores"] += 1.25 * process["cpu_cores"]
        row["cpu_percent"] += 1.25 * process["cpu_percent"]
        row["cpu_living_cores"] += process["cpu_cores"]
        row["cpu_exited_cores"] += 0.25 * process["cpu_cores"]
        row["processes"] += 1
    return list(rows.values())


def comms_of(processes):
    """The commands of each container"""
    comms = {}
    for process in processes:
        own = comms.setdefault(process["container"], [])
        if process["comm"] not in own:
            own.append(process["comm"])
    return comms


def points_of_commands(row, comms):
    """Rows of a step of a container, and the rest"""
    used = row["v"]
    for comm in comms:
        used = None if used is None else used / 2
        yield {"t": row["t"], "container": row["container"], "comm": comm,
               "commands": 1, "cpu_cores": used, "cpu_living_cores": used,
               "cpu_exited_cores": None if used is None else 0}
    yield {"t": row["t"], "container": row["container"],
           "comm": "(all other commands)", "commands": None, "cpu_cores": used,
           "cpu_living_cores": None, "cpu_exited_cores": None}


def kept_of(rows, keys):
    """Of each container the first three"""
    kept = {}
    for row in rows:
        kept.setdefault(row["container"], []).append(row)
    return [{key: row[key] for key in keys}
            for rows in kept.values() for row in rows[:3]]


PARAMETERS = {
    "health": set(), "info": set(), "system": set(), "engines": set(),
    "forward": set(), "ready": set(), "self": set(), "variables/containers": {
        "from", "image", "to"}, "variables/devices": set(),
    "containers/devices": {"container"},
    "containers": {"container", "fields", "metric"},
    "containers/ended": {"container", "from", "limit", "to"},
    "events": {"after", "container", "from", "kind", "limit", "to"},
    "processes": {"container", "limit", "pid", "sort"},
    "processes/past": {"at", "container"},
    "commands": {"container", "limit"},
    "commands/past": {"at", "container"},
    "commands/series": {"container", "from", "limit", "step", "to"},
    "audit": {"after", "container", "from", "limit", "to"},
    "policy": set(), "policy/classes": set(), "policy/pending": set(),
    "series": {"aggregate", "container", "device", "from", "metric", "step",
               "to"},
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query,
                                            keep_blank_values=True))
        token = self.server.token
        if url.path in WEB_FILES and self.server.web:
            return self.page(*WEB_FILES[url.path])
        if token and self.headers["Authorization"] != "Bearer " + token:
            return self.error(401, "a token is required")
        name = url.path.removeprefix("/api/v1/")
        if name == url.path or name not in PARAMETERS:
            return self.error(404, "no such path")
        unknown = set(query) - PARAMETERS[name]
        if unknown:
            return self.error(400, "unknown parameter: %s" % unknown.pop())
        try:
            rows, meta = getattr(self.server.api,
                                 name.replace("/", "_"))(query)
        except BadRequest as error:
            return self.error(400, str(error))
        except NotFound as error:
            return self.error(404, str(error))
        return self.answer(200, {"rows": rows, "meta": meta})

    do_HEAD = do_GET

    def do_POST(self):
        self.close_connection = True
        self.error(405, "GET and HEAD only")

    do_PUT = do_DELETE = do_POST

    def page(self, name, kind):
        try:
            with open(os.path.join(self.server.web, name), "rb") as file:
                body = file.read()
        except FileNotFoundError:
            return self.error(404, "no such path")
        return self.send(200, kind, body, {
            "Content-Security-Policy": "default-src 'self'"})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        headers = {"Cache-Control": "no-store"}
        if status == 200:
            headers["ETag"] = 'W/"%08x"' % zlib.crc32(body)
            if headers["ETag"] == self.headers["If-None-Match"]:
                status, body = 304, b""
        self.send(status, "application/json", body, headers)

    def error(self, status, text):
        self.answer(status, {"error": text})

    def send(self, status, kind, body, headers):
        packed = body and "gzip" in self.headers.get("Accept-Encoding", "")
        if packed:
            body = gzip.compress(body, 1)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_args):
        pass


class Fake(http.server.ThreadingHTTPServer):
    """Serves on loopback; port 0 picks a free one, which is in `url`."""

    daemon_threads = True

    def __init__(self, port=0, web=None, token=None, api=None):
        super().__init__(("127.0.0.1", port), Handler)
        self.api = api or Api()
        self.web = web
        self.token = token
        self.url = "http://127.0.0.1:%d" % self.server_address[1]

    def handle_error(self, request, client_address):
        """A browser closes what it needs no more; that is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def start(self):
        threading.Thread(target=self.serve_forever, args=(0.05,),
                         daemon=True).start()
        return self


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--web", help="directory that contmond/serve/web/build made")
    parser.add_argument("--token")
    parser.add_argument("--more", type=int, default=0)
    args = parser.parse_args()
    add_containers(args.more)
    server = Fake(args.port, args.web, args.token)
    print(server.url, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
