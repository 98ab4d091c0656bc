#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""How long it takes until every panel of a dashboard has its answer, against a
contmond with a month of 100 containers: the goal is a second. A dashboard waits
for its variables first. Then all requests are sent at once, as the backend of
Grafana's plugin sends those of different panels. This is the worst case: it sends
those of one panel one after another, and Grafana asks for panels that are not on
the screen only when they come into sight. So the first screen is measured, too.

The past is made by tests/bench/store, the containers that run of files
(tests/daemon/fake_host.py). Not a part of make check. It fails when a dashboard
misses the goal.

Usage: first_paint.py BUILD [--days N] [--full] [--store FILE] [--rounds N]
       first_paint.py --self-test
--full: feed every tick of the past, which needs an hour or more; otherwise one for
each bucket that the database keeps, about 10 minutes of CPU time
--store: a past that was made before, by BUILD/tests/bench/store/history FILE N
100 quick; it is not changed
"""

import argparse
import contextlib
import gzip
import http.client
import io
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/guest"))
sys.path += [str(TOP / "tests/daemon"), str(TOP / "tests/panels")]

import answers  # pylint: disable=wrong-import-position
import dashboards  # pylint: disable=wrong-import-position
import shown  # pylint: disable=wrong-import-position
from client import PATIENCE, Client  # pylint: disable=wrong-import-position
from daemon import Contmond  # pylint: disable=wrong-import-position
from fake_host import Container, FakeHost  # pylint: disable=wrong-import-position

GOAL_S = 1
CONTAINERS, TASKS = 100, 3
BUSY = "service-9"  # where a dashboard has one container; it is never idle
RANGES = ("24h", "7d", "30d")  # besides the one that the dashboard begins with
SCREEN = 24  # rows of Grafana's grid on a screen of 1080 lines


def containers():
    """Those of tests/bench/store, by name and by id"""
    for nr in range(CONTAINERS):
        container = Container(nr * 7919 + 1, f"service-{nr}", "example.org/team/service:1.2.3",
                              tasks=TASKS)
        container.first_pid = 1000 + nr * 100
        yield container


class Request(threading.Thread):
    """One, with a connection of its own. `end`: when its answer was there"""

    def __init__(self, port, path, gate):
        super().__init__(daemon=True)
        self.port = port
        self.path = path
        self.gate = gate
        self.status = self.end = self.body = None

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.gate.wait()
        try:
            connection.request("GET", self.path, headers=dashboards.HEADERS)
            answer = connection.getresponse()
            self.body = answer.read()
            self.status = answer.status
        except OSError as error:
            self.status = error
        self.end = time.monotonic()
        connection.close()

    def rows(self):
        return json.loads(gzip.decompress(self.body) if self.body[:2] == b"\x1f\x8b"
                          else self.body)["rows"]


class Wave:
    """Requests that are sent at once, and answered"""

    def __init__(self, port, paths):
        gate = threading.Barrier(len(paths) + 1)
        self.requests = [Request(port, path, gate) for path in paths]
        for request in self.requests:
            request.start()
        gate.wait()
        begin = time.monotonic()
        for request in self.requests:
            request.join()
        for request in self.requests:
            if request.status != 200:
                sys.exit(f"first_paint.py: {request.status}: {request.path}")
        self.seconds = max([request.end - begin for request in self.requests] or [0])
        self.slowest = max(self.requests, key=lambda one: one.end).path \
            if self.requests else ""


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def paths_of(client, board, span):
    """Of the variables; of panels and annotations that are switched on; of those
    that are seen first"""
    others = answers.chosen(client, board, None, span)
    del others["container"]
    items = {item["name"]: item for item in dashboards.variables(board)}
    several = items.get("container", {"multi": True})["multi"]
    marks = [item["target"] for item in dashboards.annotations(board) if item["enable"]]
    panels = list(dashboards.targets(board))
    choices = [item["query"]["infinityQuery"] for item in items.values()
               if item["type"] == "query"]
    return tuple([shown.Question(target, None if several else [BUSY], *span, others).path
                  for target in targets] for targets in (
                      choices, marks + [target for _, target in panels],
                      marks + [target for panel, target in panels
                               if panel["gridPos"]["y"] < SCREEN]))


def ranges_of(board):
    return dict.fromkeys([board["time"]["from"].removeprefix("now-"), *RANGES])


class Paint:
    """One dashboard in one range, drawn several times"""

    def __init__(self, contmond, board, length, rounds):
        self.seconds, self.cpu, self.screen = [], [], []
        client = Client(f"http://127.0.0.1:{contmond.port}")
        for _ in range(rounds):
            now = int(time.time() * 1000)
            choices, wanted, first = paths_of(client, board, (
                now - dashboards.duration_ms(length), now))
            before = cpu_seconds(contmond.process.pid)
            chosen = Wave(contmond.port, choices).seconds
            self.wave = Wave(contmond.port, wanted)
            self.cpu.append(cpu_seconds(contmond.process.pid) - before)
            self.seconds.append(chosen + self.wave.seconds)
            self.screen.append(chosen + Wave(contmond.port, first).seconds)

    @property
    def is_met(self):
        """The first time counts: contmond has nothing at hand yet"""
        return self.seconds[0] <= GOAL_S

    def row(self, name, length):
        requests = self.wave.requests
        empty = sum(not request.rows() for request in requests)
        size = sum(len(request.body) for request in requests)
        return (name, length, str(len(requests)), str(empty), f"{size / 1000:.0f}",
                f"{self.seconds[0]:.2f}", f"{statistics.median(self.seconds):.2f}",
                f"{statistics.median(self.cpu):.2f}",
                "met" if self.is_met else "missed",
                f"{statistics.median(self.screen):.2f}")


HEADINGS = ("dashboard", "range", "requests", "without rows", "KB", "first time, s",
            "median, s", "CPU of contmond, s", f"first time within {GOAL_S} s",
            "median of the first screen, s")


def measure(contmond, rounds):
    """(whether the goal is met, row) of each. Each dashboard begins with a contmond
    that has drawn nothing yet."""
    for name, board in dashboards.load():
        with contmond:
            time.sleep(3)  # rates need two samples
            found = contmond.rows("containers")
            assert len(found) == CONTAINERS, contmond.log()
            for length in ranges_of(board):
                paint = Paint(contmond, board, length, rounds)
                yield paint.is_met, paint.row(name.removesuffix(".json"), length)
                print(f"# {name}, {length}: {paint.seconds[0]:.2f} s, the last answer: "
                      f"{paint.wave.slowest}", file=sys.stderr, flush=True)


def report(measured, days):
    """The status to exit with: 1 if any of them is too slow, or there are none"""
    rows = [row for _, row in measured]
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{CONTAINERS} containers, {days:g} days, {os.cpu_count()} CPUs; "
          f"load of this machine at the end: {loads}\n")
    for row in (HEADINGS, ["---"] * 2 + ["--:"] * (len(HEADINGS) - 2), *rows):
        print(f"| {' | '.join(row)} |")
    missed = [f"{row[0]}, {row[1]}" for is_met, row in measured if not is_met]
    if missed:
        print(f"first_paint.py: not within {GOAL_S} s: {'; '.join(missed)}",
              file=sys.stderr)
    return 1 if missed or not rows else 0


def self_test():
    """Paints that took this long, and the status that they lead to"""
    for seconds, status in (((0.2, 0.9), 0), ((0.2, 1.1), 1), ((1.1, 0.2), 1), ((), 1)):
        measured = []
        for first in seconds:
            paint = Paint.__new__(Paint)
            paint.seconds = paint.cpu = paint.screen = [first, 0.1, 0.1]
            paint.wave = Wave(0, [])
            measured.append((paint.is_met, paint.row("overview", "24h")))
        with contextlib.redirect_stdout(io.StringIO()), \
                contextlib.redirect_stderr(io.StringIO()):
            found = report(measured, 30)
        if found != status:
            sys.exit(f"first_paint.py: {seconds}: exits with {found}")


def feed(build, store, days, pace):
    print("# making the past: takes minutes", file=sys.stderr, flush=True)
    subprocess.run([f"{build}/tests/bench/store/history", store, str(days),
                    str(CONTAINERS), pace], check=True, stdout=sys.stderr)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", nargs="?")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--store")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    if args.self_test:
        self_test()
        return 0
    if not args.build:
        parser.error("BUILD is missing")
    build = os.path.abspath(args.build)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-paint-"))
    try:
        store = directory / "contmond.db"
        if args.store:
            shutil.copy(args.store, store)
        else:
            feed(build, store, args.days, "now" if args.full else "quick")
        FakeHost(directory / "host", containers())
        contmond = Contmond(build, directory)
        contmond.program = os.path.join(build, "tests/pty/fake_contmond")
        contmond.env = {**os.environ, "CONTMON_SOURCE": "procfs", "FAKE_DRIVER": "1",
                        "FAKE_ROOT": str(directory / "host")}
        contmond.configure({"store": store, "policy_dir": directory}, {})
        return report(list(measure(contmond, args.rounds)), args.days)
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    sys.exit(main())
