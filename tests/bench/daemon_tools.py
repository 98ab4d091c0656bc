# SPDX-License-Identifier: GPL-2.0-only
"""The monitors that are compared. Each runs as a unit of systemd, so that it
has a cgroup of its own; what only answers when asked is asked once a second.
"""

import glob
import json
import os
import subprocess
import time
import urllib.error
import urllib.request

PROGRAMS = os.path.dirname(os.path.realpath(__file__))
PATIENCE_S = 120


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def get(url):
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        return answer.read().decode()


def wait_for(ask):
    end = time.monotonic() + PATIENCE_S
    while not ask():
        if time.monotonic() > end:
            raise TimeoutError("nothing after a long time")
        time.sleep(0.1)


class Tool:
    """Nothing at all: what the guest uses by itself"""

    subject = "nothing"
    units = ()
    ticks = 3

    def start(self):
        """Return when it has begun to measure."""

    def tick(self):
        """Once a second"""

    def stop(self):
        for unit in self.units:
            run("systemctl", "stop", unit)


class Started(Tool):
    """A command of its own"""

    command = ()
    url = None

    def start(self):
        run("systemd-run", "--quiet", "--collect", "--unit", self.units[0],
            *self.command)
        if self.url:
            wait_for(self.answers)

    def answers(self):
        try:
            return get(self.url)
        except (urllib.error.URLError, ConnectionError):
            return None

    def tick(self):
        if self.url:
            get(self.url)


class Contmond(Tool):
    """As it is installed, with the driver, and with its database"""

    subject = "contmond"
    units = ("contmond", "contmon-engine")
    # Some of its work is done once in ten seconds, or in a minute.
    ticks = 60
    source = "driver"
    url = "http://127.0.0.1:9477"
    drop_in = "/run/systemd/system/contmond.service.d"

    def start(self):
        os.makedirs(self.drop_in, exist_ok=True)
        with open(self.drop_in + "/bench.conf", "w", encoding="ascii") as file:
            file.write(f"[Service]\nEnvironment=CONTMON_SOURCE={self.source}\n")
        run("systemctl", "daemon-reload")
        run("systemctl", "start", *self.units)
        wait_for(lambda: self.health()["status"] == "ok")
        if self.health()["source"] != self.source:
            raise RuntimeError(f"contmond reads from {self.health()}")

    def health(self):
        try:
            text = get(self.url + "/api/v1/health")
        except urllib.error.HTTPError as error:
            text = error.read().decode()
        return json.loads(text)["rows"][0]

    def samples(self):
        return self.health()["samples_total"]

    def database_bytes(self):
        return sum(map(os.path.getsize, glob.glob("/var/lib/contmon/*")))


class ContmondProcfs(Contmond):
    subject = "contmond-procfs"
    source = "procfs"
    ticks = 20


class ContmondScraped(Contmond):
    subject = "contmond-scraped"
    ticks = 20

    def tick(self):
        get(self.url + "/metrics")


class ProcessExporter(Started):
    """One group of numbers for each command, as its package configures it"""

    subject = "process-exporter"
    units = ("bench-process-exporter",)
    url = "http://127.0.0.1:9256/metrics"
    config = "/run/bench-process-exporter.yaml"
    command = (PROGRAMS + "/prometheus-process-exporter", "-config.path",
               config)

    def start(self):
        with open(self.config, "w", encoding="ascii") as file:
            file.write('process_names:\n  - name: "{{.Comm}}"\n'
                       "    cmdline:\n    - '.*'\n")
        super().start()


class NodeExporter(Started):
    subject = "node-exporter"
    units = ("bench-node-exporter",)
    url = "http://127.0.0.1:9100/metrics"
    command = (PROGRAMS + "/prometheus-node-exporter",
               "--collector.processes")


class Atop(Started):
    subject = "atop"
    units = ("bench-atop",)
    file = "/var/tmp/bench-atop.raw"
    command = ("atop", "-w", file, "1")

    def start(self):
        if os.path.exists(self.file):
            os.unlink(self.file)
        super().start()
        wait_for(lambda: os.path.exists(self.file))


class DockerStats(Started):
    """Its client; dockerd, containerd and their shims are the others."""

    subject = "docker-stats"
    units = ("bench-docker-stats",)
    command = ("docker", "stats", "--no-trunc")


class PodmanStats(Started):
    """It asks no service. What looks after each container is among the
    others."""

    subject = "podman-stats"
    units = ("bench-podman-stats",)
    command = ("podman", "stats", "--no-trunc", "--no-reset", "--interval", "1")


EVERYWHERE = (Tool, Contmond, ContmondProcfs, ContmondScraped, NodeExporter,
              ProcessExporter, Atop)
WITH_DOCKER = (Tool, Contmond, DockerStats)
WITH_PODMAN = (Tool, Contmond, PodmanStats)
