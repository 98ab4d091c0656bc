#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What contmond sends, from outside: to a server that fails in every way, to
the example of a receiver, and to VictoriaMetrics, InfluxDB and Prometheus. Each
number that arrives is compared with what was recorded: two hours of a host, by
tests/pty/fake_recorded.

Usage: forward.py BUILD
"""

import base64
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../guest"))

import databases  # pylint: disable=wrong-import-position
import recorded  # pylint: disable=wrong-import-position
import tap  # pylint: disable=wrong-import-position
from daemon import free_port  # pylint: disable=wrong-import-position
from past_host import Host  # pylint: disable=wrong-import-position
from script import Script  # pylint: disable=wrong-import-position

BUILD = sys.argv[1]
TOP = pathlib.Path(__file__).resolve().parents[2]


def json_target(server, **settings):
    return {"type": "json", "url": server.url, "interval_ms": 100, **settings}


def sequence(bodies):
    return [json.loads(body)["seq"] for body in bodies]


# --- a server that fails -----------------------------------------------------

def check_failures(host):
    """Each failure once; between them, and afterwards, everything arrives."""
    with Script() as server, Script() as dead:
        moved = f"http://127.0.0.1:{server.port}/moved"
        server.script = [
            ("after 1 s", 429, {"Retry-After": "1"}), ("ok", 204, {}),
            ("an error", 500, {}), ("ok", 204, {}),
            ("closed", "close", {}), ("ok", 204, {}),
            ("no answer", "hang", {}), ("ok", 204, {}),
            ("moved", 302, {"Location": moved}), ("ok", 204, {}),
            ("no such path", 404, {}), ("ok", 204, {}),
            ("bad", 400, {}), ("ok", 204, {}),
        ]
        dead.default = "hang"
        host.begin_at(1, "scripted", "dead")
        secret = host.directory / "token"
        secret.write_text("not-to-be-seen\n")
        secret.chmod(0o600)
        host.configure({
            "dead": json_target(dead),
            "scripted": json_target(server, timeout_ms=3000, token_file=secret,
                                    labels="site=berlin, rack=7"),
        }, interval_ms=100)
        with host.contmond:
            host.wait_for_all("scripted")
            tap.wait_for(lambda: len(server.of(204)) > recorded.TICKS)
            row = host.contmond.targets()["scripted"]
            log = host.contmond.log()
        first = server.of(204)[0]
        # libcurl itself repeats a request when its connection was closed.
        tap.ok(row["failed_requests_total"] in (6, 7), "each failure is counted", row)
        tap.equal(row["rejected_rows_total"], 3, "rows of a bad sample are counted")
        seqs = sequence(server.of(204))
        bad = sequence(server.of(400))
        tap.equal(sorted(seqs[:recorded.TICKS - 1] + bad), list(range(1, recorded.TICKS + 1)),
                  "every other sample arrives once, in spite of each failure")
        tap.equal(seqs, sorted(seqs), "they arrive in their order")
        repeated = server.of(429, 500, "close", "hang", 302, 404)
        tap.ok(len(repeated) == 6 and all(body in server.of(204) for body in repeated),
               "what failed is sent again unchanged", repeated)
        tap.equal({path for path, _ in server.seen}, {"/"}, "a redirect is not followed")
        times = server.times("after 1 s")
        tap.ok(times[1] - times[0] >= 1, "Retry-After is respected", times)
        tap.equal(json.loads(first)["labels"],
                  {"host": os.uname().nodename, "rack": "7", "site": "berlin"},
                  "labels are sent")
        tap.equal(set(server.headers["Authorization"]), {"Bearer not-to-be-seen"},
                  "the token is sent")
        tap.ok("not-to-be-seen" not in log, "the token is not logged", log)
        tap.ok("forward scripted: delivers again" in log and
               "forward scripted: HTTP status 500" in log,
               "a failure is logged at its begin and its end", log)
        tap.ok(dead.seen and row["delivered_ticks_total"] >= recorded.TICKS - 1,
               "a target that never answers delays no other", dead.seen)
        tap.ok(max(sequence(server.of(204))) > recorded.TICKS,
               "samples are taken meanwhile, and sent", seqs[-1])


def check_secrets(host):
    """A server that answers with what it was sent, some of it behind the end of what
    is shown of an answer"""
    files = {"token": "tokens-are-not-to-be-seen", "password": "nor-are-passwords",
             "headers": "Cookie: a=nor-is-this-one; b=2222",
             "url": f"http://127.0.0.9:{free_port()}/"}
    for name, text in files.items():
        (host.directory / name).write_text(text)
        (host.directory / name).chmod(0o600)
    basic = base64.b64encode(b"joe:nor-are-passwords").decode()
    sent = {"bearer": "Bearer tokens-are-not-to-be-seen", "basic": f"Basic {basic}",
            "cookie": "a=nor-is-this-one;"}
    keys = {"bearer": {"token_file": host.directory / "token"},
            "basic": {"user": "joe", "password_file": host.directory / "password"},
            "cookie": {"headers_file": host.directory / "headers"}}
    with contextlib.ExitStack() as stack:
        targets = {}
        for name, keys_of in keys.items():
            for room in (10, 20):
                server = stack.enter_context(Script())
                server.script = [("", 500, {"body": "-" * (139 - room) + sent[name]})] * 9
                targets[f"{name}{room}"] = json_target(server, **keys_of)
        targets["refused"] = {"type": "json", "url_file": host.directory / "url"}
        host.begin_at(1, *targets)
        host.configure(targets)
        with host.contmond:
            tap.wait_for(lambda: sum(row["failed_requests_total"] > 0 for row in
                                     host.contmond.targets().values()) == len(targets))
            shown = json.dumps(host.contmond.targets()) + host.contmond.log()
            host.contmond.kill()
    tap.ok("HTTP status 500" in shown and not [
        secret for secret in ("tokens", "not-to", "nor-", basic[:8], "127.0.0.9")
        if secret in shown], "of an answer with a secret nothing is shown", shown)


def check_endless_answers(host):
    """They end long before timeout_ms, and say what is wrong."""
    with Script() as server:
        server.script = [("header", "header", {}), ("ok", 204, {}),
                         ("endless", "endless", {}), ("ok", 204, {}),
                         ("trailers", "trailers", {}), ("ok", 204, {})]
        host.begin_at(1, "scripted")
        host.configure({"scripted": json_target(server, timeout_ms=600000)})
        with host.contmond:
            host.wait_for_all("scripted")
            row = host.contmond.targets()["scripted"]
            log = host.contmond.log()
        tap.ok("forward scripted: a header of its answer is too long" in log and
               "memory" not in log, "a header that has no end is told", log)
        seqs = sequence(server.of("endless", "trailers", 204))[:recorded.TICKS]
        tap.equal((row["failed_requests_total"], seqs),
                  (1, list(range(1, recorded.TICKS + 1))),
                  "an answer that has no end is taken for its status")


def check_one_bad_row(host):
    """Only the row that the server refuses is missing."""
    with Script() as server:
        marker = f" {recorded.t_ms(100)}000000"
        def judge(body):
            lines = body.decode().splitlines()
            return 400 if any("night" in line and line.endswith(marker)
                              for line in lines) else 204
        server.judge = judge
        host.begin_at(1, "picky")
        host.configure({"picky": {**json_target(server), "type": "influx"}})
        with host.contmond:
            host.wait_for_all("picky")
            row = host.contmond.targets()["picky"]
        lines = [line for body in server.of(204) for line in body.decode().splitlines()
                 if int(line.split()[-1]) < recorded.t_ms(recorded.TICKS) * 1000000]
        tap.equal(row["rejected_rows_total"], 1, "one bad row of many is refused alone")
        tap.equal(len(lines), len(set(lines)), "no other row is sent twice")
        rows = {(line.split(",")[0], "night" in line, "web" in line, line.split()[-1])
                for line in lines}
        wanted = recorded.TICKS + 2 * recorded.TICKS + 2 * (recorded.JOB_TICKS - 1)
        tap.equal(len(rows), wanted, "all other rows arrive")


def check_packed(host):
    """By the servers' answers to it, unless it is configured"""
    def lines(server):
        return [line for body in server.of(204) for line in body.decode().splitlines()
                if int(line.split()[-1]) < recorded.t_ms(recorded.TICKS) * 1000000]
    def target(server, **settings):
        return {**json_target(server), "type": "influx", "batch_max_kb": 64, **settings}
    with Script() as able, Script() as unable, Script() as plain, Script() as asked:
        unable.unpacks = False
        # After something else that says nothing of it, a bad row, too
        unable.script = [("busy", 503, {}), ("packed", 400, {}), ("busy", 503, {}),
                         ("bad", 400, {})]
        unable.judge = lambda body: 400 if body.startswith(b"\x1f\x8b") else 204
        host.begin_at(1, "able", "unable", "plain", "asked")
        host.configure({
            "able": target(able), "unable": target(unable),
            "plain": target(plain, compress="none"),
            "asked": json_target(asked, compress="gzip"),
        })
        with host.contmond:
            host.wait_for_all("able", "unable", "plain", "asked")
            rows = host.contmond.targets()
            log = host.contmond.log()
        wanted = sorted(lines(plain))
        tap.ok(wanted and "Content-Encoding" not in plain.headers,
               "with compress = none nothing is packed", dict(plain.headers))
        tap.equal((set(able.headers["Content-Encoding"]), len(able.headers["Content-Encoding"])),
                  ({"gzip"}, len(able.seen)), "what goes to a database is packed")
        tap.equal(sorted(lines(able)), wanted, "it is the same when it is unpacked")
        sizes = [sum(map(int, server.headers["Content-Length"])) for server in (able, plain)]
        tap.ok(sizes[0] < sizes[1] / 5, "it is less than a fifth", sizes)
        tap.note(f"packed: {sizes[0]} of {sizes[1]} bytes")
        tap.equal(sorted(lines(unable)), wanted, "a target that does not unpack gets everything")
        tap.equal(rows["unable"]["rejected_rows_total"], 0, "none of its rows is refused")
        # Twice all of it, and again the half of it after what was a bad row
        tap.equal(len(unable.headers["Content-Encoding"]), 3,
                  "after it has taken what is not packed, nothing is packed")
        tap.equal([line.split("forward ")[1] for line in log.splitlines() if "packed" in line],
                  ["unable: refuses what is packed, so nothing is packed any more"],
                  "that is logged")
        tap.equal((set(asked.headers["Content-Encoding"]),
                   sequence(asked.of(204))[:recorded.TICKS]),
                  ({"gzip"}, list(range(1, recorded.TICKS + 1))),
                  "any service gets it packed with compress = gzip")


def check_dropped(host):
    """Ticks that were deleted before their turn came"""
    with Script() as server:
        host.begin_at(1, "late")
        host.forget(1)
        host.configure({"late": json_target(server)})
        with host.contmond:
            host.wait_for_all("late")
            row = host.contmond.targets()["late"]
            health = host.contmond.row("health")
            metrics = host.contmond.metrics()
        tap.equal(row["dropped_ticks_total"], 600, "deleted ticks are counted")
        tap.equal(sequence(server.of(204))[:recorded.TICKS - 600],
                  list(range(601, recorded.TICKS + 1)), "the others arrive")
        tap.equal(health["forward_dropped_ticks_total"], 600, "health has their number")
        tap.ok('contmon_forward_dropped_ticks_total{target="late"} 600' in metrics,
               "so has /metrics", metrics)


def check_kills(host):
    """contmond is killed while a request is under way, again and again."""
    with Script() as server:
        server.script = [(f"kill {i}", what, {}) for i in range(45)
                         for what in (["hang"] if i % 15 == 5 else [204])]
        host.begin_at(1, "victim")
        host.configure({"victim": json_target(server)})
        for nr in range(1, 4):
            with host.contmond:
                tap.wait_for(lambda nr=nr: len(server.of("hang")) >= nr)
                host.contmond.kill()
        with host.contmond:
            host.wait_for_cursor("victim")
        got = sequence(server.of(204))
        tap.equal(sorted(set(got))[:recorded.TICKS], list(range(1, recorded.TICKS + 1)),
                  "after three kills every sample is there")
        tap.ok(len(got) - len(set(got)) <= 3, "each kill repeats one sample at most",
               len(got) - len(set(got)))
        keys = list(dict.fromkeys(server.headers["Idempotency-Key"]))
        tap.equal(len(keys), len(set(sequence(body for _, body in server.seen))),
                  "a sample that is sent again has the same key")
        tap.equal(list(dict.fromkeys(got)), sorted(set(got)),
                  "they arrive in their order")


def check_reload(host):
    """Other targets while it runs; nothing of a refused configuration"""
    with Script() as old, Script() as new, Script() as added:
        host.begin_at(1, "a", "b")
        host.configure({"a": json_target(old)})
        with host.contmond:
            host.wait_for_all("a")
            host.configure({"a": json_target(new), "b": {"type": "json"}})
            host.contmond.reload("the old configuration stays in use")
            tap.equal(list(host.contmond.targets()), ["a"],
                      "a reload with a bad target is refused as a whole")
            host.configure({"a": json_target(new), "b": json_target(added)},
                           interval_ms=100)
            host.contmond.reload("configuration reloaded")
            tap.wait_for(lambda: "b" in host.contmond.targets())
            host.wait_for_all("b")
            tap.wait_for(lambda: len(new.seen) > 5)
            last, first = max(sequence(old.of(204))), min(sequence(new.of(204)))
            # The last request to the old URL may have come, and its answer not.
            tap.ok(first in (last, last + 1), "a target with another URL continues where "
                   "it was, and the old URL gets nothing more", (last, first))
            tap.equal(host.contmond.row("info")["forward"], "a,b", "info has their names")
            host.configure({})
            host.contmond.reload("configuration reloaded")
            tap.ok(tap.wait_for(lambda: not host.contmond.targets()),
                   "targets can be removed")


def loaded(contmond, *libraries):
    """Those that the process has in memory"""
    maps = pathlib.Path(f"/proc/{contmond.process.pid}/maps").read_text()
    return [library for library in libraries if f"/{library}" in maps]


def check_libraries(host):
    """They take megabytes, so only a contmond with targets has them."""
    libraries = ("libcurl", "libsnappy")
    with Script() as server:
        host.configure({})
        with host.contmond:
            tap.equal(loaded(host.contmond, *libraries), [],
                      "without a target, its libraries are not loaded")
            host.configure({"a": json_target(server)})
            host.contmond.reload("configuration reloaded")
            tap.equal(loaded(host.contmond, *libraries), ["libcurl"],
                      "a target loads what it needs")
            host.configure({"a": {**json_target(server), "type": "remote_write"}})
            host.contmond.reload("configuration reloaded")
            tap.equal(loaded(host.contmond, *libraries), list(libraries),
                      "one of another type loads more")


def check_tls(host):
    certificate = host.directory / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
                    "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", host.directory / "key.pem",
                    "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    with Script(certificate, host.directory / "key.pem") as server:
        target = json_target(server)
        host.begin_at(700, "tls")
        host.configure({"tls": target})
        with host.contmond:
            error = tap.wait_for(lambda: host.contmond.targets().get("tls", {})
                                 .get("error"))
            tap.ok("certificate" in (error or ""), "an unknown certificate is refused",
                   error)
            tap.equal(server.seen, [], "nothing is sent then")
            host.configure({"tls": {**target, "ca_file": certificate}})
            host.contmond.reload("configuration reloaded")
            tap.ok(tap.wait_for(lambda: len(server.of(204)) >= recorded.TICKS - 700),
                   "a certificate of ca_file is accepted", host.contmond.log())


# --- the example ---------------------------------------------------------------

def check_receiver(host):
    journal = host.directory / "samples"
    port = free_port()

    @contextlib.contextmanager
    def receiver():
        with subprocess.Popen([sys.executable, TOP / "contmond/examples/receiver.py",
                               journal, str(port)], stdout=subprocess.DEVNULL) as program:
            try:
                yield program
            finally:
                program.kill()

    def nr_lines():
        return journal.read_bytes().count(b"\n") if journal.exists() else 0

    host.begin_at(1, "receiver")
    target = {"type": "json", "url": f"http://127.0.0.1:{port}/", "interval_ms": 100}
    host.configure({"receiver": target})
    with host.contmond:
        with receiver():
            tap.wait_for(lambda: nr_lines() > 100)
        host.configure({"receiver": {**target, "compress": "gzip"}})
        host.contmond.reload("configuration reloaded")
        with receiver():
            tap.wait_for(lambda: nr_lines() > 200)
            host.contmond.kill()
            with host.contmond:
                host.wait_for_cursor("receiver")
    samples = [json.loads(line)["sample"] for line in journal.open()]
    tap.equal([sample["seq"] for sample in samples[:recorded.TICKS]],
              list(range(1, recorded.TICKS + 1)),
              "the example has every sample once, though it and contmond were killed, "
              "and some were packed")
    wrong = [(sample["seq"], key, is_, want) for sample in samples[:recorded.TICKS]
             for key, is_, want in recorded.compare_json(sample)]
    tap.equal(wrong, [], "every number is what was recorded")


# --- real ones -------------------------------------------------------------------

def check_databases(host, directory):
    """All at once; contmond is killed meanwhile, and one of them is, too."""
    for database in databases.ALL:
        if database not in databases.installed():
            tap.skip(f"{database.program} has every sample", "it is not installed")
    with databases.all_running(directory) as running:
        names = [database.name for database in running]
        host.begin_at(1, *names)
        host.configure({database.name: database.target() for database in running})
        with host.contmond:
            tap.wait_for(lambda: any((host.cursor(name) or 0) > 50 for name in names))
            host.contmond.kill()
        with host.contmond:
            for database in running[-1:]:
                database.restart()
            host.wait_for_cursor(*names)
        # As if contmond had been killed before it knew that they arrived: the
        # samples that it took itself, one at each start
        last = host.newest()
        host.begin_at(recorded.TICKS + 1, *names)
        with host.contmond:
            host.wait_for_cursor(*names, last=last)
            rows = host.contmond.targets()
            log = host.contmond.log()
        tap.ok(running and "nothing is packed" not in log, "they unpack what is packed", log)
        for database in running:
            row, kind = rows[database.name], database.target()["type"]
            tap.equal((row["rejected_rows_total"], row["dropped_ticks_total"]), (0, 0),
                      f"{database.program} by {kind} refuses nothing")
            wrong = list(recorded.compare_series(database.series))
            tap.equal(wrong[:5], [], f"{database.program} by {kind} has every sample "
                                     "once, with the names of /metrics and all labels")


def run():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-forward-"))
    begin = time.monotonic()
    try:
        checks = [check_failures, check_secrets, check_endless_answers,
                  check_one_bad_row, check_packed, check_dropped, check_kills,
                  check_reload, check_libraries, check_tls, check_receiver]
        for nr, check in enumerate(checks):
            check(Host(BUILD, directory, nr))
            tap.note(f"{check.__name__}: {time.monotonic() - begin:.1f} s")
        check_databases(Host(BUILD, directory, len(checks)), directory)
        tap.note(f"all: {time.monotonic() - begin:.1f} s")
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    tap.main(run)
