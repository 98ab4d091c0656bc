#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What contmond sends of events and decisions, from outside: to servers that
take nothing that is not exactly the protocol of Loki, VictoriaLogs, Grafana or a
webhook, and that fail in every way.

Usage: forward_events.py BUILD
"""

import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../guest"))

import recorded  # pylint: disable=wrong-import-position
import tap  # pylint: disable=wrong-import-position
from daemon import Contmond  # pylint: disable=wrong-import-position
from fake_host import Container, FakeHost  # pylint: disable=wrong-import-position
from past_host import Host  # pylint: disable=wrong-import-position
from script import Script  # pylint: disable=wrong-import-position

BUILD = os.path.abspath(sys.argv[1])
NODE = os.uname().nodename
T0 = 1764331200000
# Events of a batch, and of those that are sent one by one
MANY, FEW = 300, 40
# What a small batch has of them, at most
BATCH = 100

# --- protocols -----------------------------------------------------------------


def need(good, why):
    if not good:
        raise ValueError(why)


def rows_of_loki(request, body):
    """The lines of a push"""
    need(request.path == "/loki/api/v1/push", request.path)
    need(request.headers["Content-Type"] == "application/json", "Content-Type")
    need(request.headers["Content-Encoding"] == "gzip", "Content-Encoding")
    push = json.loads(body)
    need(list(push) == ["streams"] and len(push["streams"]) == 1, "streams")
    stream = push["streams"][0]
    need(set(stream) == {"stream", "values"} and stream["values"], "stream")
    need(stream["stream"] == {"host": NODE, "site": "berlin", "feed": "events",
                              "service_name": "contmond"}, stream["stream"])
    rows = []
    for at, line in stream["values"]:
        row = json.loads(line)
        need(re.fullmatch(r"\d{19}", at) and int(at) == row["t"] * 1000000, at)
        rows.append(row)
    return rows


def rows_of_jsonline(request, body):
    need(request.path == "/insert/jsonline?_stream_fields=host", request.path)
    need(request.headers["Content-Type"] == "application/stream+json", "Content-Type")
    need(request.headers["Content-Encoding"] == "gzip", "Content-Encoding")
    need(body.endswith(b"\n"), "the last line has no end")
    rows = [json.loads(line) for line in body.decode().splitlines()]
    for row in rows:
        when = datetime.datetime.strptime(row["_time"], "%Y-%m-%dT%H:%M:%S.%f%z")
        need(round(when.timestamp() * 1000) == row["t"], row["_time"])
        need(row["_msg"], "_msg")
    return rows


def rows_of_webhook(request, body):
    need((request.command, request.path) == ("PUT", "/hook/not-to-be-seen"), request.path)
    need(request.headers["Content-Type"] == "application/json", "Content-Type")
    need("Content-Encoding" not in request.headers, "Content-Encoding")
    message = json.loads(body)
    need(set(message) == {"key", "text", "event"} and
         message["key"] == "not-to-be-seen-in-it", message)
    row = message["event"]
    need(request.headers["Idempotency-Key"] == f"{NODE}-events-{row['seq']}-{row['t']}",
         request.headers["Idempotency-Key"])
    need(message["text"] == f"{row['container']} on {NODE}: {row['comm']}", message["text"])
    return [row]


def rows_of_annotations(request, body):
    need(request.path == "/api/annotations", request.path)
    need(request.headers["Content-Type"] == "application/json", "Content-Type")
    need(request.headers["Authorization"] == "Bearer not-to-be-seen", "Authorization")
    need("Content-Encoding" not in request.headers, "Content-Encoding")
    mark = json.loads(body)
    need(set(mark) == {"time", "tags", "text"} and mark["text"] and
         isinstance(mark["time"], int), mark)
    need(all(isinstance(tag, str) for tag in mark["tags"]) and
         mark["tags"][0] == "contmon" and f"host:{NODE}" in mark["tags"] and
         "kind:oom_killed" in mark["tags"], mark["tags"])
    key = request.headers["Idempotency-Key"].removeprefix(f"{NODE}-events-")
    return [{"seq": int(key.split("-")[0])}]


def lines_of_live(request, body):
    """One tick in InfluxDB's line protocol, at whole ms"""
    need(request.path == "/api/live/push/contmon", request.path)
    need(request.headers["Authorization"] == "Bearer not-to-be-seen", "Authorization")
    need("Content-Encoding" not in request.headers, "Content-Encoding")
    times = set()
    for line in body.decode().splitlines():
        found = re.fullmatch(r"([a-z_]+)((?:,[a-z_]+=(?:[^ ,=\\]|\\.)+)+) "
                             r"([a-z0-9_]+=[0-9.e+-]+(?:,[a-z0-9_]+=[0-9.e+-]+)*) (\d{19})",
                             line)
        need(found, line)
        times.add(int(found.group(4)))
    need(len(times) == 1, times)
    return [{"seq": (times.pop() // 1000000 - recorded.t_ms(0)) // recorded.STEP_MS}]


class Receiver(Script):
    """Notes the rows that it has taken; what is not the protocol gets 400."""

    def __init__(self, rows_of):
        super().__init__()
        self.rows_of = rows_of
        self.taken, self.wrong = [], []

    def script_of(self, request, body):
        what, headers = super().script_of(request, body)
        try:
            rows = self.rows_of(request, body)
        except (ValueError, KeyError, TypeError) as error:
            self.wrong.append(f"{error}: {body[:300]}")
            return 400, {}
        if what in (200, 204):
            self.taken += [row["seq"] for row in rows]
        return what, headers


# --- what there is to send -------------------------------------------------------

def event(nr):
    """Every fifth one is a kill."""
    row = {"t_ms": T0 + nr, "kind": "container_started" if nr % 5 else "oom_killed",
           "container": f'web "{nr}"'}
    if nr % 5 == 0:
        row.update(pid=nr, comm="a\nb", detail='{"memory_limit_bytes": 4096}')
    return row


def write_private(path, text):
    path.write_text(text)
    path.chmod(0o600)
    return path


def quiet_host(directory, nr):
    """One on which nothing happens: no container of this machine is seen."""
    host = Host(BUILD, directory, nr)
    FakeHost(host.directory / "root", [])
    host.contmond.program = os.path.join(BUILD, "tests/pty/fake_contmond")
    host.contmond.env = {**host.contmond.env, "FAKE_ROOT": str(host.directory / "root")}
    return host


def targets(host, servers):
    """A target of each type of events, by the name of its server"""
    port = {name: server.port for name, server in servers.items()}
    token = write_private(host.directory / "token", "not-to-be-seen\n")
    headers = write_private(host.directory / "headers", "X-Scope-OrgID: not-to-be-seen\n")
    every = {"timeout_ms": 10000, "labels": "site=berlin", "batch_max_kb": 16}
    all_of = {
        "loki": {"type": "loki", "headers_file": headers,
                 "url": f"http://127.0.0.1:{port.get('loki')}/loki/api/v1/push", **every},
        "logs": {"type": "jsonline", **every, "url": f"http://127.0.0.1:{port.get('logs')}"
                 "/insert/jsonline?_stream_fields=host"},
        "hook": {"type": "webhook", "method": "PUT", "kinds": "oom_killed", **every},
        "marks": {"type": "grafana_annotations", "kinds": "oom_killed", "token_file": token,
                  "url": f"http://127.0.0.1:{port.get('marks')}/api/annotations", **every},
    }
    if "hook" in servers:
        all_of["hook"]["url_file"] = write_private(
            host.directory / "url", f"http://127.0.0.1:{port['hook']}/hook/not-to-be-seen\n")
        all_of["hook"]["body_file"] = write_private(host.directory / "body", """{
    "key": "not-to-be-seen-in-it",
    "text": "{{container}} on {{host}}: {{comm}}",
    "event": { "seq": {{seq}}, "t": {{t}}, "container": {{container}}, "comm": {{comm}},
               "limit": {{detail.memory_limit_bytes}} }
}
""")
    return {name: all_of[name] for name in servers}


RECEIVERS = {"loki": rows_of_loki, "logs": rows_of_jsonline, "hook": rows_of_webhook,
             "marks": rows_of_annotations}


def wanted(name, last):
    """The events that this target must get"""
    step = 5 if name in ("hook", "marks") else 1
    return list(range(step, last + 1, step))


def cursor_of(name):
    return f"events/{name}"


def wait_for(host, servers, last):
    """Until the database says that each has all of them"""
    if not tap.wait_for(lambda: all((host.cursor(cursor_of(name)) or 0) > last
                                    for name in servers)):
        tap.note(host.contmond.targets())


def check_failures(host):
    """Each failure once at each of them; everything arrives, once and in order."""
    servers = {name: Receiver(rows_of) for name, rows_of in RECEIVERS.items()}
    for name, server in servers.items():
        # Nothing that the target of jsonline answers is a secret.
        echo = {"body": "it broke" if name == "logs" else
                "no /hook/not-to-be-seen, but not-to-be-seen-in-it"}
        server.__enter__()
        server.script = [
            ("after 1 s", 429, {"Retry-After": "1"}), ("ok", 204, {}),
            ("an error", 500, echo), ("closed", "close", {}), ("no answer", "hang", {}),
            ("moved", 302, {"Location": "/moved"}), ("no such path", 404, echo),
        ]
    last = 5 * FEW
    host.add("event", [event(nr) for nr in range(1, last + 1)])
    host.begin_at(1, *map(cursor_of, servers))
    host.configure(targets(host, servers))
    with host.contmond:
        wait_for(host, servers, last)
        tap.wait_for(lambda: not any(row["backlog_ticks"]
                                     for row in host.contmond.targets().values()))
        rows = host.contmond.targets()
        log = host.contmond.log()
        status = json.dumps(host.contmond.rows("forward"))
    for name, server in servers.items():
        server.__exit__()
        kind = rows[name]["type"]
        tap.equal(server.wrong, [], f"{kind}: every request is as the protocol says")
        tap.equal(server.taken, wanted(name, last),
                  f"{kind}: each event arrives once, in order, in spite of each failure")
        times = server.times("after 1 s")
        tap.ok(times[1] - times[0] >= 1, f"{kind}: Retry-After is respected", times)
        tap.equal((rows[name]["dropped_ticks_total"], rows[name]["rejected_rows_total"],
                   rows[name]["backlog_ticks"]), (0, 0, 0), f"{kind}: nothing is lost")
        # libcurl itself repeats a request when its connection was closed.
        tap.ok(rows[name]["failed_requests_total"] in (5, 6),
               f"{kind}: failures are counted", rows[name])
    tap.equal(set(servers["loki"].headers["X-Scope-OrgID"]), {"not-to-be-seen"},
              "headers of a file are sent")
    tap.ok("not-to-be-seen" not in log + status, "no secret is logged or shown",
           log + status)
    tap.ok("forward logs: HTTP status 500: it broke" in log, "a failure is logged", log)


def check_one_bad(host):
    """Only the event that the server refuses is missing."""
    servers = {name: Receiver(RECEIVERS[name]) for name in ("loki", "logs", "hook")}
    for server in servers.values():
        server.__enter__()
        server.judge = lambda body: 400 if b'web \\"35\\"' in body or \
            rb'web \\\"35\\\"' in body else 204
    host.add("event", [event(nr) for nr in range(1, FEW + 1)])
    host.begin_at(1, *map(cursor_of, servers))
    host.configure(targets(host, servers))
    with host.contmond:
        wait_for(host, servers, FEW)
        rows = host.contmond.targets()
    for name, server in servers.items():
        server.__exit__()
        tap.equal((server.taken, rows[name]["rejected_rows_total"]),
                  ([nr for nr in wanted(name, FEW) if nr != 35], 1),
                  f"{rows[name]['type']}: one bad event of many is refused alone")


def check_kills(host):
    """contmond is killed in the middle of batches, and the server hangs."""
    servers = {name: Receiver(RECEIVERS[name]) for name in ("loki", "hook")}
    for server in servers.values():
        server.__enter__()
    servers["loki"].script = [("", what, {}) for what in (204, "hang", "hang", 204, "hang")]
    servers["hook"].script = [("", "hang" if nr in (3, 9, 20) else 204, {})
                              for nr in range(24)]
    host.add("event", [event(nr) for nr in range(1, MANY + 1)])
    host.begin_at(1, *map(cursor_of, servers))
    # The server keeps the request that hangs; contmond does not give up before.
    settings = {name: {**keys, "timeout_ms": 600000}
                for name, keys in targets(host, servers).items()}
    host.configure(settings)
    for nr in range(1, 4):
        with host.contmond:
            tap.wait_for(lambda nr=nr: all(len(server.of("hang")) >= nr
                                           for server in servers.values()))
            host.contmond.kill()
    with host.contmond:
        wait_for(host, servers, MANY)
    for name, server in servers.items():
        server.__exit__()
        tap.equal(server.wrong, [], f"{name}: after kills it is the protocol still")
        tap.equal(sorted(set(server.taken)), wanted(name, MANY),
                  f"{name}: after three kills every event is there")
        tap.equal(list(dict.fromkeys(server.taken)), sorted(set(server.taken)),
                  f"{name}: they arrive in their order")
        limit = 3 * (BATCH if name == "loki" else 1)
        tap.ok(len(server.taken) - len(set(server.taken)) <= limit,
               f"{name}: each kill repeats one request at most", server.taken)


def check_dropped(host):
    """Events that were deleted before their turn came, and others after a pause"""
    with Receiver(rows_of_loki) as loki:
        host.add("event", [event(nr) for nr in range(1, FEW + 1)])
        host.delete("event", 11)
        host.begin_at(1, cursor_of("loki"))
        host.configure(targets(host, {"loki": loki}))
        with host.contmond:
            wait_for(host, ["loki"], FEW)
            row = host.contmond.targets()["loki"]
            metrics = host.contmond.metrics()
        tap.equal((row["dropped_ticks_total"], row["drop_reason"], loki.taken),
                  (10, "the database no longer has them", list(range(11, FEW + 1))), "deleted events are counted")
        tap.ok('contmon_forward_dropped_ticks_total{target="loki"} 10' in metrics,
               "/metrics has their number", metrics)
        tap.ok("10 events are skipped: the database no longer has them" in
               host.contmond.log(), "the log has it, and why",
               host.contmond.log())
        host.add("event", [event(nr) for nr in range(FEW + 1, FEW + 4)])
        with host.contmond:
            wait_for(host, ["loki"], FEW + 3)
        tap.equal(loki.taken, list(range(11, FEW + 4)), "it continues after a restart")


def check_replaced(host):
    """The events of a new database are sent from its beginning, while it runs."""
    with Receiver(rows_of_loki) as loki:
        host.add("event", [event(nr) for nr in range(1, FEW + 1)])
        host.begin_at(1, cursor_of("loki"))
        host.configure(targets(host, {"loki": loki}))
        with host.contmond:
            wait_for(host, ["loki"], FEW)
            host.forget_events()
            host.add("event", [event(nr) for nr in range(1, 4)])
            tap.wait_for(lambda: len(loki.taken) >= FEW + 3)
            tap.wait_for(lambda: host.cursor(cursor_of("loki")) == 4)
            row = host.contmond.targets()["loki"]
        tap.equal((loki.taken, row["dropped_ticks_total"]),
                  (list(range(1, FEW + 1)) + [1, 2, 3], 0),
                  "a new database is sent from its beginning")


def check_silent_names(host):
    """Name servers that do not answer: a target that waits for them holds up nothing."""
    silent = {"type": "loki", "url": "http://silent.example/"}
    host.begin_at(1, cursor_of("loki"), cursor_of("silent"))

    def arrives(nr):
        host.add("event", [event(nr)])
        return tap.wait_for(lambda: nr in loki.taken, 60)

    def reload(timeout_ms):
        host.configure({**settings, "silent": {**silent, "timeout_ms": timeout_ms}})
        return host.contmond.reload("configuration reloaded")

    with Receiver(rows_of_loki) as loki:
        settings = targets(host, {"loki": loki})
        host.configure({**settings, "silent": {**silent, "timeout_ms": 200}})
        with host.contmond:
            good = arrives(1) and tap.wait_for(lambda: "forward silent: " in
                                               host.contmond.log(), 60)
            if not tap.ok(good and arrives(2),
                          "a target whose name nobody knows delays no other", loki.taken):
                host.contmond.kill()
                return
            good = reload(600000) and arrives(3) and reload(599999) and arrives(4)
            tap.ok(good, "nor does a reload while it waits", loki.taken)
            begin = time.monotonic()
        took = time.monotonic() - begin
        tap.ok(took < 60, "nor the end of contmond", took)


def check_decisions(host):
    """They have a cursor of their own, also when a target changes what it gets."""
    def rows_of(_, body):
        return [json.loads(body)]
    with Receiver(rows_of) as hook:
        host.add("event", [event(nr) for nr in range(1, 4)])
        template = write_private(host.directory / "body", """{"kind": {{kind}}, "seq": {{seq}},
            "key": "not-to-be-seen-in-it"}""")
        hook.script = [("", 500, {"body": "bad key not-to-be-seen-in-it"})]
        host.configure({"hook": {"type": "webhook", "url": hook.url,
                                 "body_file": template}})
        host.begin_at(1, cursor_of("hook"), "decisions/hook")
        with host.contmond:
            wait_for(host, ["hook"], 3)
            events = [json.loads(body) for body in hook.of(204)]
            host.configure({"hook": {"type": "webhook", "url": hook.url,
                                     "send": "decisions", "kinds": "gone"}})
            host.contmond.reload("configuration reloaded")
            tap.wait_for(lambda: len(hook.taken) > 3)
            decision = json.loads(hook.of(204)[3])
            log = host.contmond.log()
        tap.ok("HTTP status 500" in log and "bad key" not in log,
               "a key of a body is not logged", log)
        tap.equal([row["kind"] for row in events], ["container_started"] * 3,
                  "events are sent first")
        tap.equal((decision["state"], decision["reason"], decision["dry_run"]),
                  ("gone", "it ended by itself", 0), "then the decisions that are wanted")
        tap.equal(hook.headers["Idempotency-Key"][-1].rsplit("-", 2)[0],
                  f"{NODE}-decisions", "their key differs from that of events")


def check_live(host):
    with Receiver(lines_of_live) as live:
        token = write_private(host.directory / "token", "not-to-be-seen\n")
        host.begin_at(recorded.TICKS - 20, "live")
        host.configure({"live": {"type": "grafana_live", "token_file": token,
                                 "url": f"{live.url}api/live/push/contmon"}})
        with host.contmond:
            host.wait_for_cursor("live")
        tap.equal(live.wrong, [], "grafana_live: every request is as the protocol says")
        tap.equal(live.taken[:21], list(range(recorded.TICKS - 21, recorded.TICKS)),
                  "grafana_live: each request has one tick, in their order")


# --- as it happens ---------------------------------------------------------------

RULES = """[policy]
min_age = 0s
warn = 2s

[rule busy]
select = name shop-*
all = memory_current_bytes > 1M
for = 1s
action = stop
"""


def check_warning(directory):
    """A policy's warning reaches a webhook before the policy acts."""
    def rows_of(_, body):
        return [json.loads(body)]
    fake = FakeHost(directory / "fake", [Container(1, "shop-web-1", "nginx:1")])
    (directory / "policy").mkdir()
    (directory / "policy/busy.conf").write_text(RULES)
    contmond = Contmond(BUILD, directory)
    contmond.program = os.path.join(BUILD, "tests/pty/fake_contmond")
    contmond.env = {**contmond.env, "FAKE_ROOT": str(directory / "fake")}
    with Receiver(rows_of) as hook:
        contmond.configure(
            {"store": directory / "contmond.db", "interval_ms": 200,
             "policy_dir": directory / "policy"},
            {"hook": {"type": "webhook", "url": hook.url,
                      "kinds": "policy_warned, policy_acted"}})
        with contmond:
            def warned():
                fake.tick()
                return len(hook.taken) >= 2
            tap.wait_for(warned, step=0.2)
            rows = [json.loads(body) for body in hook.of(204)]
            log = contmond.log()
        tap.equal([row["kind"] for row in rows[:2]], ["policy_warned", "policy_acted"],
                  "a warning and then the action reach a webhook")
        if len(rows) < 2:
            tap.note(log)
            return
        detail = rows[0]["detail"]
        tap.equal((rows[0]["container"], detail["rule"], detail["action"], detail["dry_run"]),
                  ("shop-web-1", "busy", "stop", True), "it says who, why and what")
        came = hook.when[0][1] - hook.when[1][1]
        tap.ok(came < 0 and detail["acts_ms"] - rows[0]["t"] == 2000,
               "the warning is ahead", (came, rows[0]))


def run():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-events-"))
    begin = time.monotonic()
    try:
        checks = [check_failures, check_one_bad, check_kills, check_dropped,
                  check_replaced, check_silent_names, check_decisions,
                  check_live]
        for nr, check in enumerate(checks):
            check(quiet_host(directory, nr))
            tap.note(f"{check.__name__}: {time.monotonic() - begin:.1f} s")
        (directory / "live").mkdir()
        check_warning(directory / "live")
        tap.note(f"all: {time.monotonic() - begin:.1f} s")
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    tap.main(run)
