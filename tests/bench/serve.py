#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""contmond's HTTP server under load, beside node_exporter's /metrics: 500
containers and 10 000 processes, made of files (tests/daemon/fake_host.py), as
many clients as wrk makes. Prints a table, and with --page writes
contmond/SERVE.md. Processes are copied from the first snapshot, which costs about
what the driver does; all else is read for each sample. Exits with 1 if a goal
was missed.

Usage: serve.py BUILD [--quick] [--page]
"""

import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests/guest"), str(TOP / "tests/daemon"), str(TOP / "tests/page")]

import tap  # pylint: disable=wrong-import-position
from chromium import Chromium  # pylint: disable=wrong-import-position
from daemon import Contmond, free_port  # pylint: disable=wrong-import-position
from fake_host import Container, FakeHost  # pylint: disable=wrong-import-position
from paint import first_paint_ms  # pylint: disable=wrong-import-position

CONTAINERS, TASKS, CLIENTS = 500, 20, 200
QUICK_CONTAINERS = 100
EXPORTER = "prometheus-node-exporter"
PAGE = TOP / "contmond/SERVE.md"
UNITS_MS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}


def get(url, **headers):
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=tap.PATIENCE_S) as answer:
        return answer.read()


class Load:
    """What wrk says of many requests for one URL"""

    def __init__(self, url, clients, seconds, coding="gzip"):
        done = subprocess.run(
            ["wrk", "--latency", "--timeout", "60s", "-t", "1" if clients == 1 else "2",
             "-c", str(clients), "-d", f"{seconds}s", "-H", f"Accept-Encoding: {coding}",
             url], stdout=subprocess.PIPE, text=True, check=True)
        self.p50_ms, self.p99_ms = (self.latency(done.stdout, part) for part in (50, 99))
        self.requests = int(re.search(r"(\d+) requests in", done.stdout)[1])
        errors = re.search(r"Socket errors: (.*)", done.stdout)
        failed = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
        self.errors = sum(map(int, re.findall(r"\d+", errors[1]))) if errors else 0
        self.errors += int(failed[1]) if failed else 0

    @staticmethod
    def latency(text, part):
        """Infinite if no request was answered in time"""
        found = re.search(rf"^ +{part}% +([\d.]+)(us|ms|s|m)$", text, re.M)
        number, unit = found.groups() if found else ("0", "us")
        return float(number) * UNITS_MS[unit] or math.inf


class Exporter:
    """node_exporter, as its package configures it, on a port of its own"""

    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/metrics"
        self.process = None

    def is_up(self):
        try:
            return get(self.url)
        except OSError:
            return None

    def __enter__(self):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [EXPORTER, f"--web.listen-address=127.0.0.1:{self.port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert tap.wait_for(self.is_up), "node_exporter does not answer"
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def rss_kb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])


def cpu_ms(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def load_with_cpu(contmond, url, seconds, coding):
    """The load, and contmond's CPU time for each answer, its samples included"""
    before = cpu_ms(contmond.process.pid)
    load = Load(url, 1, seconds, coding)
    return load, (cpu_ms(contmond.process.pid) - before) / (load.requests or math.nan)


def missed(contmond):
    return contmond.row("health")["samples_missed_total"]


def megabytes(kilobytes):
    return f"{kilobytes / 1024:.1f}"


class Report:
    def __init__(self):
        self.rows = []

    def add(self, what, wanted, got, met):
        self.rows.append((what, wanted, got, "-" if met is None else
                          "met" if met else "missed"))
        print(f"# {what}: {got} ({wanted}: {self.rows[-1][3]})", flush=True)

    def has_missed(self):
        return any(row[-1] == "missed" for row in self.rows)

    def table(self):
        lines = ["|  | wanted | got |  |", "|---|--:|--:|--:|"]
        return "\n".join(lines + [f"| {' | '.join(row)} |" for row in self.rows])


def measure_answers(report, contmond, exporter, nr_containers, seconds):
    api = contmond.url("containers")
    own = contmond.url("").replace("/api/v1/", "/metrics")
    small = len(get(api, **{"Accept-Encoding": "gzip"})) / 1000
    report.add("`/api/v1/containers`: size with gzip, KB", "<= 200", f"{small:.0f}",
               small <= 200)
    report.add("`/api/v1/containers`: size without, KB", "-",
               f"{len(get(api)) / 1000:.0f}", None)
    load, cpu = load_with_cpu(contmond, api, seconds, "gzip")
    report.add("`/api/v1/containers`: CPU time of an answer, ms", "-", f"{cpu:.2f}", None)
    report.add("`/api/v1/containers`: median, ms", "-", f"{load.p50_ms:.2f}", None)
    report.add("`/api/v1/containers`: 99th percentile, ms", "<= 5",
               f"{load.p99_ms:.2f}", load.p99_ms <= 5)
    load, cpu = load_with_cpu(contmond, own, seconds, "identity")
    other = Load(exporter.url, 1, seconds, "identity")
    report.add("`/metrics`: CPU time of an answer, ms", "-", f"{cpu:.2f}", None)
    text = get(own).decode()
    series = [len(re.findall(rf'^(?:contmon_)?container_\w+{{.*name="box{nr}"', text, re.M))
              for nr in range(1, nr_containers + 1)]
    report.add("`/metrics`: series of a container", "<= 40", str(max(series)),
               max(series) <= 40)
    report.add("`/metrics`: median, ms", "-", f"{load.p50_ms:.2f}", None)
    report.add("`/metrics`: 99th percentile, ms", "<= 10", f"{load.p99_ms:.2f}",
               load.p99_ms <= 10)
    report.add("`/metrics` with gzip: median, ms", "-",
               f"{Load(own, 1, seconds).p50_ms:.2f}", None)
    report.add("node_exporter's `/metrics` (this host alone): median, ms", "-",
               f"{other.p50_ms:.2f}", None)
    lines, theirs = (len([line for line in one.splitlines() if line[:1] != "#"])
                     for one in (text, get(exporter.url).decode()))
    report.add("times less for each sample of `/metrics` than node_exporter", "-",
               f"{other.p50_ms / theirs / (load.p50_ms / lines):.1f}", None)


def measure_page(report, contmond):
    with Chromium() as browser:
        browser.size(1280, 900)
        best = first_paint_ms(browser, contmond.url("").replace("/api/v1/", "/"))
    assert best is not None, "Chromium does not tell when it painted"
    report.add("the page: first paint in Chromium, the best of 5, ms", "<= 300",
               f"{best:.0f}", best <= 300)


def measure_clients(report, contmond, seconds, nr_requests):
    before, errors, done = missed(contmond), 0, 0
    own = contmond.url("").replace("/api/v1/", "/metrics")
    for url in (contmond.url("containers"), own):
        load = Load(url, CLIENTS, seconds)
        errors += load.errors
    report.add(f"{CLIENTS} clients: missed samples", "0",
               str(missed(contmond) - before), missed(contmond) == before)
    report.add(f"{CLIENTS} clients: requests without an answer of 200", "0", str(errors),
               errors == 0)
    first = rss_kb(contmond.process.pid)
    while done < nr_requests:
        done += Load(contmond.url("system"), 16, seconds).requests
        done += Load(contmond.url("containers"), 4, seconds).requests
    last = rss_kb(contmond.process.pid)
    report.add("RSS, MB", "-", megabytes(last), None)
    report.add(f"RSS gained over {nr_requests} requests, MB", "<= 1",
               megabytes(last - first), last - first <= 1024)


def measure(contmond, nr_containers, quick):
    report = Report()
    seconds = 2 if quick else 10
    with Exporter() as exporter:
        measure_answers(report, contmond, exporter, nr_containers, seconds)
    measure_page(report, contmond)
    measure_clients(report, contmond, seconds, 1000 if quick else 100000)
    return report


def page(report, nr_containers):
    return f"""<!-- SPDX-License-Identifier: GPL-2.0-only -->
<!-- Made by make bench-serve PAGE=1: change tests/bench/serve.py instead. -->

# What the HTTP server costs

Measured by `make bench-serve` with wrk over loopback, contmond and wrk on the same
{os.cpu_count()} CPUs: {nr_containers} containers with {nr_containers * TASKS} processes made of files, a sample
each second. Processes are copied from the first snapshot, which costs about what
the driver does. One client at a time unless it says otherwise.

{report.table()}
"""


def run(build, quick, write):
    for program in ("wrk", EXPORTER):
        if not shutil.which(program):
            sys.exit(f"serve.py: {program} is missing; see tests/deps bench")
    nr_containers = QUICK_CONTAINERS if quick else CONTAINERS
    directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-serve-"))
    try:
        FakeHost(directory / "host", [Container(nr, f"box{nr}", "box:1", tasks=TASKS)
                                      for nr in range(1, nr_containers + 1)])
        contmond = Contmond(build, directory)
        contmond.program = os.path.join(build, "tests/pty/fake_contmond")
        contmond.env = {**os.environ, "CONTMON_SOURCE": "procfs", "FAKE_DRIVER": "1",
                        "FAKE_ROOT": str(directory / "host")}
        contmond.configure({"store": directory / "contmond.db", "policy_dir": directory}, {})
        with contmond:
            assert tap.wait_for(lambda: contmond.row("health")["samples_total"] > 3)
            assert len(contmond.rows("containers")) == nr_containers, contmond.log()
            report = measure(contmond, nr_containers, quick)
    finally:
        shutil.rmtree(directory)
    text = page(report, nr_containers)
    print(text)
    if write:
        PAGE.write_text(text)
    return report.has_missed()


if __name__ == "__main__":
    tap.usage("--quick", "--page")
    sys.exit(run(os.path.abspath(sys.argv[1]), "--quick" in sys.argv,
                 "--page" in sys.argv))
