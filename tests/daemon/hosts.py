#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Three hosts behind one Prometheus, which scrapes them, and one
VictoriaMetrics, to which they send: one query over all of them, and every query
of the dashboards for Prometheus and of the alerts. Prometheus runs with the
files of grafana/prometheus. The hosts are those of fake_host.py. As root each has a
network and a name of its own, with the databases outside; otherwise they are
three processes with three ports.

Usage: hosts.py BUILD
"""

import base64
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import yaml

HERE = os.path.dirname(__file__)
sys.path.insert(0, os.path.join(HERE, "../guest"))
sys.path.append(os.path.join(HERE, "../grafana"))

import dashboards  # pylint: disable=wrong-import-position
import databases  # pylint: disable=wrong-import-position
import namespaces  # pylint: disable=wrong-import-position
import promql  # pylint: disable=wrong-import-position
import tap  # pylint: disable=wrong-import-position
from client import Client  # pylint: disable=wrong-import-position
from daemon import Contmond, fetch  # pylint: disable=wrong-import-position
from fake_host import Container, FakeHost  # pylint: disable=wrong-import-position

BUILD = os.path.abspath(sys.argv[1])
TOKEN = "not-for-everyone"
USER = "contmon"
MIB = 1 << 20
PORT = 9477  # of each host that has a network of its own

# What the dashboards need for one interface and one disk (METRICS.md), and the host
# that has the default instead
SERIES_MAX = 59
BY_DEFAULT = "web2"

# The names of the containers of each host. db1 has one that no engine names.
HOSTS = {"web1": ["shop", "till"], "web2": ["shop"], "db1": ["base", None, "job"]}

RULE = """[class shop]
match = name shop*
minimum = 1
[rule busy]
select = name shop*
all = cpu_percent > 50
for = 1m
action = stop
"""

# Alerts that say nothing here, where all is well with contmond itself
QUIET = {"ContmondDown", "ContmondStale", "ContmondLosesHistory",
         "EngineNotAnswering", "ForwardLosesSamples", "ForwardRefused",
         "PolicyActed", "PolicyFailed"}

# What contmond does not send, so that only Prometheus has it; neither the row of the
# host as a container and containers that ended
NOT_SENT = {"up", "scrape_duration_seconds", "container_start_time_seconds",
            "container_spec_cpu_quota", "container_spec_cpu_period",
            "contmon_system_cpu_seconds_total", "contmon_policy_actions_total"}


class Database:
    """The same query for both"""

    headers = {}

    def ask(self, query):
        """[(labels, number)], without what is no number"""
        request = urllib.request.Request(
            self.url("/api/v1/query"), headers=self.headers,
            data=urllib.parse.urlencode({"query": query}).encode())
        with urllib.request.urlopen(request, timeout=tap.PATIENCE_S) as answer:
            result = json.load(answer)["data"]["result"]
        return [(one["metric"], float(one["value"][1])) for one in result
                if one["value"][1] not in ("NaN", "+Inf", "-Inf")]

    def by(self, label, query):
        return {labels.get(label): number for labels, number in self.ask(query)}


class Prometheus(Database, databases.Prometheus):
    """With the files that grafana/compose.hosts.yaml gives it"""

    def __init__(self, directory, token_file, hosts):
        super().__init__(directory)
        promql.configure(self.directory, token_file, "1s")
        (self.directory / "hosts.yaml").write_text(yaml.safe_dump(
            [{"targets": [f"{host.contmond.address}:{host.contmond.port}"],
              "labels": {"host": host.name}} for host in hosts]))

    def arguments(self):
        return [f"--config.file={self.directory}/prometheus.yml",
                f"--storage.tsdb.path={self.directory}/data",
                f"--web.listen-address=127.0.0.1:{self.port}"]


class VictoriaMetrics(Database, databases.VictoriaMetrics):
    """With what grafana/compose.hosts.yaml tells it"""

    headers = {"Authorization": "Basic " + base64.b64encode(
        f"{USER}:{TOKEN}".encode()).decode()}

    def arguments(self):
        """On all addresses: the hosts send to it from networks of their own."""
        return [*(one for one in super().arguments() if "httpListenAddr" not in one),
                f"-httpListenAddr=:{self.port}", f"-httpAuth.username={USER}",
                f"-httpAuth.password={TOKEN}"]


class Host:
    def __init__(self, directory, nr, name, names):
        self.name = name
        self.directory = directory / name
        self.directory.mkdir()
        self.fake = FakeHost(self.directory / "host", self.containers(nr, names))
        self.contmond = Contmond(BUILD, self.directory)
        self.contmond.program = os.path.join(BUILD, "tests/pty/fake_contmond")
        self.contmond.env = {**os.environ, "CONTMON_SOURCE": "procfs",
                             "FAKE_ROOT": str(self.directory / "host")}
        self.network = None

    def move(self, network):
        """Into a network of its own"""
        self.network = network
        self.contmond.address, self.contmond.port = network.address, PORT
        self.contmond.prefix = network.prefix

    @staticmethod
    def containers(nr, names):
        return [Container(10 * nr + one, name, f"{name}:1", tasks=one)
                for one, name in enumerate(names, 1)]

    def configure(self, token_file, url):
        """As README.md of grafana/ says, with no more series than needed"""
        if self.network:
            url = url.replace("127.0.0.1", self.network.outside)
        series = {} if self.name == BY_DEFAULT else {"metrics_series_max": SERIES_MAX}
        policies = self.directory / "policy.d"
        policies.mkdir()
        (policies / "busy.conf").write_text(RULE)
        self.contmond.configure({
            "store": self.directory / "contmond.db", "interval_ms": 500,
            "policy_dir": policies, "token_file": token_file,
            **series,
        }, {"victoriametrics": {
            "type": "prometheus_text", "url": url, "user": USER,
            "password_file": token_file, "labels": f"host={self.name}"}})


def same(is_, want):
    """For tap.in_one_try(): a scrape that took too long leaves a hole."""
    return is_ == want, f"is {is_!r}, not {want!r}"


def check_one_query(databases_):
    """What was put into the files of each host, in one answer of each database"""
    for database in databases_:
        def seen(query, want, label="host", database=database):
            return lambda: same(database.by(label, query), want)
        tap.in_one_try(
            seen('sum by (host) (container_memory_rss{id!="/"})',
                 {name: 32.0 * MIB * len(names) for name, names in HOSTS.items()}),
            f"{database.program}: one query over three hosts")
        tap.in_one_try(
            seen('sum by (host) (container_processes{id!="/"})',
                 {name: sum(range(len(names) + 1)) for name, names in HOSTS.items()}),
            f"{database.program}: another one")
        tap.in_one_try(seen('container_threads{name="shop"}', {"web1": 1, "web2": 1}),
                       f"{database.program}: one name on two hosts")
        tap.in_one_try(
            seen('container_threads{host="db1",name!~"base|job|"}', {"0" * 12: 2}, "name"),
            f"{database.program}: what no engine names has its id as its name")


# Without data here, with the reason
WITHOUT = {"contmon_ended_exit_code": "this engine says nothing of ends"}


def values(board, host, container):
    """Of the variables: all, where several can be chosen"""
    several = {item["name"] for item in board["templating"]["list"]
               if item.get("includeAll")}
    return {"host": list(HOSTS) if "host" in several else host,
            "container": ".*" if "container" in several else container,
            "__rate_interval": "5m", "__range": "5m"}


def without_data(database, board, picks):
    """(where, query) of what has no data for any of these containers. What is only
    shown in place of something else is asked for although that is there."""
    for where, query in (*promql.targets(board), *promql.annotations(board)):
        query = promql.unfiltered(query).partition(" unless ")[0]
        if not any(database.ask(promql.expand(query, values(board, *pick)))
                   for pick in picks):
            yield where, query


def without_values(database, board, pick):
    for variable, query, label in promql.variables(board):
        found = database.by(label, promql.expand(query, values(board, *pick)))
        if not (set(HOSTS) if variable == "host" else {"shop"}) <= set(found):
            yield variable, found


def check_dashboards(prometheus, victoria, ended):
    """`ended`: host and name of a container that has ended"""
    picks = [("web1", "shop"), ended]
    for name, board in promql.load():
        tap.in_one_try(lambda board=board: same(
            [one for one in without_data(prometheus, board, picks)
             if not WITHOUT.keys() & metrics_of(one[1])], []),
                       f"{name}: every panel and annotation has data")
        tap.in_one_try(lambda board=board: same(
            list(without_values(prometheus, board, picks[0])), []),
                       f"{name}: every variable has its values")
        if name in ("overview.json", "container.json", "processes.json"):
            check_sent(victoria, name, board, picks[:1])


def empty_panels(database, board):
    """Of the host with the default, where nothing has ended"""
    pick = values(board, BY_DEFAULT, HOSTS[BY_DEFAULT][0])
    if isinstance(pick["host"], list):
        pick["host"] = [BY_DEFAULT]
    filled = {}
    for panel, target in dashboards.targets(board):
        if "contmon_ended_" not in target["expr"]:
            query = promql.expand(promql.unfiltered(target["expr"]), pick)
            where = panel["id"], panel["title"]
            filled[where] = filled.get(where) or bool(database.ask(query))
    return [where for where, has_data in filled.items() if not has_data]


def check_default(prometheus):
    """The container has limits of all kinds, one interface and one disk."""
    counted = "count by (host) ({__name__=~\"(contmon_)?container_.+\",name=\"shop\"})"
    tap.in_one_try(lambda: same(prometheus.by("host", counted),
                                {"web1": SERIES_MAX, BY_DEFAULT: 40}),
                   "a container has as many series as it may")
    for name, board in promql.load():
        tap.in_one_try(lambda board=board: same(empty_panels(prometheus, board), []),
                       f"{name}: with the default of metrics_series_max no panel is empty")


def metrics_of(query):
    return {metric for metric, _, _ in promql.selectors(query)}


def is_sent(query):
    """Or something in its place"""
    return 'id="/"' not in query and any(not any(
        metric in NOT_SENT or metric.startswith("contmon_ended_")
        for metric in metrics_of(part)) for part in query.split(" or "))


def check_sent(victoria, name, board, picks):
    without = dict(without_data(victoria, board, picks))
    tap.equal({where for where, query in without.items() if is_sent(query)}, set(),
              f"{name}: what contmond sends is in VictoriaMetrics, too")
    with_data = [query for where, query in promql.targets(board)
                 if where not in without]
    tap.equal([query for query in with_data if not is_sent(query)], [],
              f"{name}: and nothing else")


def alerts():
    with open(promql.ALERTS, encoding="utf-8") as file:
        for group in yaml.safe_load(file)["groups"]:
            for rule in group["rules"]:
                yield rule["alert"], rule["expr"]


def check_alerts(prometheus):
    """Each query of an alert says something of each host, 0 or 1, and no part of
    it asks for what is not there."""
    for alert, query in alerts():
        tap.in_one_try(lambda query=query: same(
            [metric for metric, labels, _ in promql.selectors(query)
             if not prometheus.ask(metric + (labels or ""))], []),
                       f"{alert}: all of its series are there")
        tap.in_one_try(lambda query=query: same(
            set(prometheus.by("host", promql.unfiltered(query))), set(HOSTS)),
                       f"{alert} knows all hosts")
        if alert in QUIET:
            tap.in_one_try(lambda query=query: same(prometheus.ask(query), []),
                           f"{alert} does not fire")


def check_host_down(prometheus, victoria, host):
    host.contmond.kill()
    query = dict(alerts())["ContmondDown"]
    tap.ok(tap.wait_for(lambda: set(prometheus.by("host", query)) == {host.name}),
           "that a host is down is seen, and of that host alone")
    tap.ok(set(HOSTS) - {host.name} <= set(victoria.by(
        "host", "contmon_system_cpus")), "the others go on sending")


def check_networks(prometheus, hosts):
    """Each is reached by its own address alone, and with the token"""
    tap.in_one_try(lambda: same(prometheus.by("instance", "up"), {
        f"{host.network.address}:{PORT}": 1 for host in hosts}),
                   "each host has an address of its own")
    for host in hosts:
        url = f"http://{host.network.address}:{PORT}"
        tap.equal(Client(url, TOKEN).rows("info")[0]["host"], host.name,
                  f"{host.name}: another host answers than this one")
        tap.ok("cpu" not in (fetch(f"{url}/metrics") or "cpu"),
               f"{host.name}: nothing without the token")


def all_there(database, hosts, least):
    def look():
        for host in hosts:
            host.fake.tick()
        found = database.by("host", "min by (host) (count_over_time("
                            'container_cpu_usage_seconds_total{id!="/"}[5m]))')
        return set(found) == set(HOSTS) and min(found.values()) >= least
    return look


def check(stack, directory, hosts, token_file):
    victoria = stack.enter_context(VictoriaMetrics(directory))
    for host in hosts:
        host.configure(token_file, victoria.url("/api/v1/import/prometheus"))
        stack.enter_context(host.contmond)
    prometheus = stack.enter_context(Prometheus(directory, token_file, hosts))
    tap.ok(tap.wait_for(all_there(prometheus, hosts, 4)),
           "Prometheus scrapes three hosts, with a token")
    tap.ok(tap.wait_for(all_there(victoria, hosts, 4)),
           "three hosts send to VictoriaMetrics, with a password")
    if hosts[0].network:
        check_networks(prometheus, hosts)
    check_one_query((prometheus, victoria))
    *_, job = hosts[-1].fake.containers
    hosts[-1].fake.end(job)
    tap.ok(tap.wait_for(lambda: prometheus.ask("contmon_ended_time_seconds")),
           "the end of a container arrives")
    tap.equal([metric for metric in WITHOUT if prometheus.ask(metric)], [],
              "what cannot have data has none")
    check_dashboards(prometheus, victoria, (hosts[-1].name, job.name))
    check_default(prometheus)
    check_alerts(prometheus)
    check_host_down(prometheus, victoria, hosts[1])


def run():
    for program in ("prometheus", "victoria-metrics"):
        if not shutil.which(program):
            tap.skip("three hosts in one database", f"{program} is not installed")
            return
    directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-hosts-"))
    begin = time.monotonic()
    try:
        token_file = directory / "token"
        token_file.write_text(TOKEN + "\n")
        token_file.chmod(0o600)
        hosts = [Host(directory, nr, name, names)
                 for nr, (name, names) in enumerate(HOSTS.items(), 1)]
        why = namespaces.why_not()
        if why:
            tap.skip("a network for each host", why)
        with contextlib.ExitStack() as stack:
            for nr, host in enumerate(hosts if not why else []):
                host.move(stack.enter_context(namespaces.Namespace(nr, host.name)))
            check(stack, directory, hosts, token_file)
        tap.note(f"all: {time.monotonic() - begin:.1f} s")
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    tap.main(run)
