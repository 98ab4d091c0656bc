#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""/metrics for others: promtool and a strict parser of OpenMetrics accept it, and
a real Prometheus that scrapes it answers what dashboards and alerts for cAdvisor
ask (dashboards.promql). The containers are those of fake_host.py.

Usage: prometheus.py BUILD
"""

import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../guest"))

import databases  # pylint: disable=wrong-import-position
import strict  # pylint: disable=wrong-import-position
import tap  # pylint: disable=wrong-import-position
from daemon import Contmond, fetch  # pylint: disable=wrong-import-position
from fake_host import Container, FakeHost  # pylint: disable=wrong-import-position

BUILD = os.path.abspath(sys.argv[1])
QUERIES = pathlib.Path(__file__).with_name("dashboards.promql")
LABEL_VALUES = re.compile(r"label_values\((.*), (\w+)\)")
OPENMETRICS = "application/openmetrics-text;version=1.0.0"

# What kube-state-metrics knows, and the kubernetes-mixin joins with
STATE = ('kube_pod_info{namespace="shop",pod="till-0",node="n1"} 1\n')

LABELS = {
    "io.kubernetes.container.name": "till", "io.kubernetes.pod.name": "till-0",
    "io.kubernetes.pod.namespace": "shop", "com.docker.compose.project": "shop",
    "com.docker.compose.service": "till",
}


class State(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # pylint: disable=invalid-name
        self.send_response(200)
        self.end_headers()
        self.wfile.write(STATE.encode())

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Scraper(databases.Prometheus):
    """Scrapes contmond as the job cadvisor, each second"""

    def __init__(self, directory, contmond, state):
        super().__init__(directory)
        self.contmond = contmond
        self.state = state

    def arguments(self):
        arguments = super().arguments()
        job = """- job_name: {}
  metrics_path: {}
  static_configs: [{{targets: ["127.0.0.1:{}"], labels: {{cluster: one}}}}]
"""
        (self.directory / "prometheus.yml").write_text(
            "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n" +
            job.format("cadvisor", "/metrics", self.contmond) +
            job.format("kube-state-metrics", "/metrics", self.state))
        return arguments

    def values(self, match, label):
        """Of a label, as Grafana asks for those of a variable"""
        answer = json.loads(fetch(self.url(f"/api/v1/label/{label}/values",
                                           **{"match[]": match})))
        return answer.get("data", [])

    def ask(self, query):
        variable = LABEL_VALUES.fullmatch(query)
        if variable:
            return [{"value": (0, value)} for value in self.values(*variable.groups())]
        answer = json.loads(fetch(self.url("/api/v1/query", query=query)))
        if answer["status"] != "success":
            return [answer["error"]]
        return [one for one in answer["data"]["result"]
                if one["value"][1] not in ("NaN", "+Inf", "-Inf")]

    def number(self, query):
        result = self.ask(query)
        return float(result[0]["value"][1]) if result else None


def metrics(contmond, accept):
    request = urllib.request.Request(contmond.url("").replace("/api/v1/", "/metrics"),
                                     headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=tap.PATIENCE_S) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def check_formats(contmond):
    kind, text = metrics(contmond, "text/plain")
    tap.ok("version=0.0.4" in kind, "the text format is 0.0.4", kind)
    done = subprocess.run(["promtool", "check", "metrics"], input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    tap.equal((done.returncode, done.stdout), (0, ""), "promtool finds nothing")
    kind, text = metrics(contmond, OPENMETRICS)
    tap.ok("openmetrics-text; version=1.0.0" in kind, "OpenMetrics is 1.0.0", kind)
    tap.equal(strict.mistakes(text), [], "the parsers of OpenMetrics find nothing")
    tap.equal(strict.self_test(), [], "and would find what is wrong")


def queries():
    for line in QUERIES.read_text().splitlines():
        if line and not line.startswith("#"):
            yield line.removeprefix("! "), line.startswith("! ")


def check_queries(prometheus):
    wrong = []
    for query, is_empty in queries():
        result = prometheus.ask(query)
        if not is_empty and (not result or isinstance(result[0], str)) or \
                is_empty and result:
            wrong.append((query, result[:2]))
    tap.equal(wrong, [], "every query of dashboards.promql has the answer it should")


def check_values(prometheus, host):
    shop = host.containers[0]
    tap.equal(set(prometheus.values('{__name__=~"container.*"}', "name")),
              {container.name for container in host.containers},
              "a dashboard's variable has each container")
    name = f'{{name="{shop.name}"}}'
    tap.equal(prometheus.ask(f"container_last_seen{name}")[0]["metric"]["id"],
              shop.cgroup, "the label id is the path of the cgroup")
    for metric, want in (("container_spec_cpu_quota", 90000),
                         ("container_spec_cpu_period", 100000),
                         ("container_spec_cpu_shares", 2597),
                         ("container_spec_memory_limit_bytes", 128 << 20),
                         ("container_memory_rss", 32 << 20)):
        tap.equal(prometheus.number(f"{metric}{name}"), want, metric)
    tap.equal(prometheus.number("machine_memory_bytes"), 4194304 * 1024,
              "machine_memory_bytes")
    root = os.statvfs("/")
    tap.equal(prometheus.number('container_fs_limit_bytes{id="/"}'),
              root.f_blocks * root.f_frsize, "the disk's size is that of its file system")
    tap.equal(prometheus.number('container_memory_usage_bytes{id="/"}'),
              (4194304 - 524288) * 1024, "the host is the container /")


def check_end(prometheus, host):
    """Of two scrapes in a row the first has it, and the second nothing of it"""
    gone = host.containers[-1]
    mine = f'{{__name__=~"container_.*",name="{gone.name}"}}'
    tap.ok(prometheus.ask(mine), "a container is there")
    host.end(gone)
    tap.ok(tap.wait_for(lambda: prometheus.ask(f'contmon_ended_time_seconds{{name="{gone.name}"}}')),
           "after its end it has a final record")
    tap.equal(prometheus.ask(mine), [], "and in the same scrape no series")
    tap.ok(prometheus.number(f'contmon_ended_cpu_seconds{{name="{gone.name}"}}') > 0,
           "the record has the CPU time")


def check_prometheus(directory, contmond, host):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), State)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with Scraper(directory, contmond.port, server.server_address[1]) as prometheus:
        def scraped():
            host.tick()
            return (prometheus.number("contmon_samples_total") and prometheus.number(
                'min(count_over_time(container_cpu_usage_seconds_total{name!=""}[5m]))')
                or 0) >= 5 and prometheus.ask("kube_pod_info")
        tap.ok(tap.wait_for(scraped, step=0.5), "Prometheus scrapes it")
        check_queries(prometheus)
        check_values(prometheus, host)
        check_end(prometheus, host)
    server.shutdown()


def run():
    if not shutil.which("promtool"):
        tap.skip("/metrics in Prometheus", "it is not installed")
        return
    directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-prometheus-"))
    try:
        host = FakeHost(directory / "host", [
            Container(1, "shop-till-1", "till:2", LABELS, tasks=2),
            Container(2, 'odd "name"\\', "nginx:1"), Container(3, "job", "job:1")])
        contmond = Contmond(BUILD, directory)
        contmond.program = os.path.join(BUILD, "tests/pty/fake_contmond")
        os.environ["FAKE_ROOT"] = str(directory / "host")
        contmond.env = {**os.environ, "CONTMON_SOURCE": "procfs"}
        contmond.configure({"store": "memory", "interval_ms": 200,
                            "policy_dir": directory}, {})
        with contmond:
            tap.ok(tap.wait_for(lambda: len(contmond.rows("containers")) == 3),
                   "contmond sees the containers", contmond.log())
            host.tick()
            check_formats(contmond)
            check_prometheus(directory, contmond, host)
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    tap.main(run)
