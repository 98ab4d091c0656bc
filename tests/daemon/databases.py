# SPDX-License-Identifier: GPL-2.0-only
"""Real databases as targets, each with private files and ports."""

import contextlib
import json
import shutil
import subprocess
import urllib.parse

import recorded
import tap
from daemon import fetch, free_port


class Database:
    """Used with `with`: it runs inside. Its series are what it has stored."""

    name = program = None

    def __init__(self, directory):
        self.directory = directory / self.name
        self.directory.mkdir()
        self.port = free_port()
        self.process = None

    def arguments(self):
        raise NotImplementedError

    def start(self):
        with open(self.directory / "log", "ab") as log:
            # pylint: disable=consider-using-with
            self.process = subprocess.Popen([self.program, *self.arguments()],
                                            stdout=log, stderr=log)
        if not tap.wait_for(lambda: self.is_up() or self.process.poll() is not None) or \
                self.process.poll() is not None:
            tap.note((self.directory / "log").read_text()[-2000:])

    def restart(self):
        """Like after a crash"""
        self.process.kill()
        self.process.wait()
        self.start()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def url(self, path, **query):
        return (f"http://127.0.0.1:{self.port}{path}" +
                (f"?{urllib.parse.urlencode(query)}" if query else ""))

    def is_up(self):
        raise NotImplementedError


class VictoriaMetrics(Database):
    name = "vm"
    program = "victoria-metrics"

    def arguments(self):
        return [f"-storageDataPath={self.directory}/data", "-retentionPeriod=100y",
                f"-httpListenAddr=127.0.0.1:{self.port}", "-search.latencyOffset=0s",
                "-dedup.minScrapeInterval=1ms"]

    def is_up(self):
        return fetch(self.url("/health")) == "OK"

    def target(self):
        return {"type": "influx", "url": self.url("/write"), "interval_ms": 100,
                "labels": "site=berlin", "batch_max_kb": 64}

    def series(self, name):
        fetch(self.url("/internal/force_flush"))
        body = fetch(self.url("/api/v1/export", **{"match[]": name,
                              "start": recorded.BEGIN_MS / 1000}))
        for line in body.splitlines():
            found = json.loads(line)
            labels = {key: value for key, value in found["metric"].items()
                      if key != "__name__"}
            yield labels, list(zip(found["timestamps"], found["values"]))


class VictoriaMetricsImport(VictoriaMetrics):
    name = "vm-import"

    def target(self):
        return {"type": "prometheus_text", "interval_ms": 100, "batch_max_kb": 64,
                "url": self.url("/api/v1/import/prometheus"), "labels": "site=berlin"}


class InfluxDB(Database):
    name = "flux"
    program = "influxd"

    def arguments(self):
        config = self.directory / "influxd.conf"
        config.write_text(f"""reporting-disabled = true
bind-address = "127.0.0.1:{free_port()}"
[meta]
dir = "{self.directory}/meta"
[data]
dir = "{self.directory}/data"
wal-dir = "{self.directory}/wal"
[http]
bind-address = "127.0.0.1:{self.port}"
""")
        return ["-config", config]

    def is_up(self):
        return "series" in (self.ask("SHOW DATABASES") or "")

    def start(self):
        super().start()
        self.ask('CREATE DATABASE "contmon"', method="POST")

    def ask(self, query, method="GET"):
        url = self.url("/query", db="contmon", epoch="ms", q=query)
        if method == "GET":
            return fetch(url)
        done = subprocess.run(["curl", "-s", "-X", method, url], check=False,
                              stdout=subprocess.PIPE, text=True)
        return done.stdout

    def target(self):
        return {"type": "influx", "url": self.url("/write", db="contmon"),
                "interval_ms": 100, "labels": "site=berlin", "batch_max_kb": 64}

    def series(self, name):
        measurement = next(m for m in ("contmon_container", "contmon_system", "container")
                           if name.startswith(m + "_"))
        field = name[len(measurement) + 1:]
        answer = json.loads(self.ask(f'SELECT "{field}" FROM "{measurement}" GROUP BY *'))
        for found in answer["results"][0].get("series", []):
            labels = {key: value for key, value in found["tags"].items() if value}
            yield labels, [(t, v) for t, v in found["values"] if v is not None]


class Prometheus(Database):
    name = "prom"
    program = "prometheus"

    def arguments(self):
        config = self.directory / "prometheus.yml"
        config.write_text("global: {}\n")
        return [f"--config.file={config}", f"--storage.tsdb.path={self.directory}/data",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--web.enable-remote-write-receiver",
                "--storage.tsdb.retention.time=100y"]

    def is_up(self):
        return "is Ready" in (fetch(self.url("/-/ready")) or "")

    def target(self):
        return {"type": "remote_write", "url": self.url("/api/v1/write"),
                "interval_ms": 100, "labels": "site=berlin"}

    def series(self, name):
        end = recorded.t_ms(recorded.TICKS) / 1000
        answer = json.loads(fetch(self.url("/api/v1/query", query=f"{name}[4h]",
                                           time=end)))
        for found in answer["data"]["result"]:
            labels = {key: value for key, value in found["metric"].items()
                      if key != "__name__"}
            yield labels, [(round(t * 1000), float(v)) for t, v in found["values"]]


ALL = (VictoriaMetrics, VictoriaMetricsImport, InfluxDB, Prometheus)


def installed():
    return [database for database in ALL if shutil.which(database.program)]


@contextlib.contextmanager
def all_running(directory):
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(database(directory)) for database in installed()]
