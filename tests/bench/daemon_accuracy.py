# SPDX-License-Identifier: GPL-2.0-only
"""What a monitor says of what is over before it looks: a container whose shell
starts programs as fast as it can, and containers of 50 ms."""

import itertools
import json
import os
import re
import shutil
import subprocess
import time

import daemon_tools as tools
import daemon_usage as usage

STORM_TICKS = 5
LIVES = 10
LIFE_S = 0.05
# Names that nothing else in the guest has
PROGRAMS = "/var/tmp/bench-programs"
SHELL, PROGRAM, SLEEPER = "stormshell", "stormtrue", "shortlife"
NUMBERS = itertools.count()


class Watcher:
    """What a tool says; that it does not is None"""

    def __init__(self, tool):
        self.tool = tool

    def look(self, path):
        """Once a second"""

    def container_seconds(self, path):
        """CPU time that it gives the container; None if it has none"""

    def process_seconds(self):
        """CPU time that it gives the processes or commands in it"""

    def nr_seen(self, paths):
        """How many of the containers, or of their processes"""


class OfContmond(Watcher):
    def __init__(self, tool):
        super().__init__(tool)
        self.name = None
        self.from_ms = int(time.time() * 1000)

    def rows(self, what):
        answer = json.loads(tools.get(f"{self.tool.url}/api/v1/{what}"))
        return answer["rows"]

    def look(self, path):
        self.name = os.path.basename(path)

    def container_seconds(self, path):
        ids = {row["id"]: row["cpu_seconds_total"]
               for row in self.rows("containers")}
        return ids.get(os.path.basename(path))

    def process_seconds(self):
        """Each sample is in a step of its own."""
        rows = self.rows(f"commands/series?container={self.name}&step=1000"
                         f"&from={self.from_ms}&to={int(time.time() * 1000)}")
        # Without the driver, only the living are known.
        return sum(row["cpu_cores"] or row["cpu_living_cores"] or 0
                   for row in rows if row["comm"] in (SHELL, PROGRAM))

    def nr_seen(self, paths):
        ids = {row["id"] for row in self.rows("containers/ended?limit=20000")}
        return sum(os.path.basename(path) in ids for path in paths)


class OfProcessExporter(Watcher):
    def __init__(self, tool):
        super().__init__(tool)
        self.looks_with_life = 0

    def values(self, metric, name):
        pattern = rf'^{metric}{{groupname="{name}"[^}}]*}} (\S+)$'
        return map(float, re.findall(pattern, tools.get(self.tool.url),
                                     re.MULTILINE))

    def look(self, path):
        self.looks_with_life += any(
            self.values("namedprocess_namegroup_num_procs", SLEEPER))

    def process_seconds(self):
        return sum(sum(self.values("namedprocess_namegroup_cpu_seconds_total",
                                   name)) for name in (SHELL, PROGRAM))

    def nr_seen(self, paths):
        return min(self.looks_with_life, len(paths))


class OfAtop(Watcher):
    def lines(self, label, *names):
        for line in tools.run("atop", "-r", self.tool.file, "-P",
                              label).splitlines():
            words = line.split()
            if words[0] == label and words[7].strip("()") in names:
                yield words

    def process_seconds(self):
        return sum((int(words[10]) + int(words[11])) / int(words[9])
                   for words in self.lines("PRC", SHELL, PROGRAM))

    def nr_seen(self, paths):
        return len({words[6] for words in self.lines("PRC", SLEEPER)})


WATCHERS = {tools.Contmond: OfContmond, tools.ContmondProcfs: OfContmond,
            tools.ProcessExporter: OfProcessExporter, tools.Atop: OfAtop}


def programs():
    os.makedirs(PROGRAMS, exist_ok=True)
    for name, real in ((SHELL, "/bin/dash"), (PROGRAM, "/bin/true"),
                       (SLEEPER, "/bin/sleep")):
        shutil.copy(real, f"{PROGRAMS}/{name}")


def new_container():
    path = f"{usage.CONTAINERS}/{next(NUMBERS):04x}" + "ac" * 30
    os.mkdir(path)
    return path


def begin(path, *command):
    """A process that is in the container from its first instruction"""
    def enter():
        with open(path + "/cgroup.procs", "w", encoding="ascii") as file:
            file.write(str(os.getpid()))
    # pylint: disable=consider-using-with,subprocess-popen-preexec-fn
    return subprocess.Popen(command, preexec_fn=enter)


def look_each_second(watcher, path, seconds):
    for _ in range(seconds):
        time.sleep(1)
        watcher.tool.tick()
        watcher.look(path)


def storm(watcher):
    """In a container that was there before, and stays"""
    path = new_container()
    keeper = begin(path, "sleep", "1000")
    look_each_second(watcher, path, 2)
    shell = begin(path, f"{PROGRAMS}/{SHELL}", "-c",
                  f"while :; do {PROGRAMS}/{PROGRAM}; done")
    look_each_second(watcher, path, STORM_TICKS)
    shell.kill()
    shell.wait()
    look_each_second(watcher, path, 2)
    row = {"cpu_seconds": usage.used_us(path) / 1e6,
           "container_seconds": watcher.container_seconds(path),
           "process_seconds": watcher.process_seconds()}
    with open(path + "/cgroup.kill", "w", encoding="ascii") as file:
        file.write("1")
    keeper.wait()
    tools.wait_for(lambda: "populated 0" in
                   usage.read(path + "/cgroup.events"))
    os.rmdir(path)
    return row


def lives(watcher):
    paths = []
    for number in range(LIVES):
        paths.append(new_container())
        begin(paths[-1], f"{PROGRAMS}/{SLEEPER}", str(LIFE_S)).wait()
        os.rmdir(paths[-1])
        # At another moment of the second each time
        time.sleep(0.33)
        if number % 3 == 2:
            watcher.tool.tick()
            watcher.look(paths[-1])
    look_each_second(watcher, paths[-1], 3)
    return {"lived": LIVES, "seen": watcher.nr_seen(paths)}


def ask(tool, question):
    """storm or lives"""
    tool.start()
    watcher = WATCHERS[type(tool)](tool)
    look_each_second(watcher, usage.CONTAINERS, 3)
    row = question(watcher)
    tool.stop()
    return row
