#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The part of the daemon's benchmark in the guest: makes containers, runs each
monitor on them, one after another, and writes a line of JSON for each
measurement. The clock counts instructions: a microsecond is a thousand.

Usage: daemon_guest.py RESULTS TICKS ENGINES LIVES [CONTAINERS:TASKS...]
No monitor is measured for more than TICKS seconds. ENGINES are numbers of real
containers that each engine has at the end, ascending: 10,100; or 0. LIVES is how
many containers end to see whether contmond grows by them. Without
CONTAINERS:TASKS and ENGINES that is all.
"""

import json
import os
import subprocess
import sys
import time

import daemon_accuracy as accuracy
import daemon_engines as engines
import daemon_growth as growth
import daemon_tools as tools
import daemon_usage as usage

WARM_TICKS = 2
BUSY_US = 1000
CONTROLLERS = "+memory +cpu +io +pids"


def say(text):
    print(f"{time.monotonic():.0f} s: {text}", file=sys.stderr, flush=True)


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


class Population:
    """Cgroups at paths of Docker's containers, and processes in them"""

    def __init__(self, containers, tasks):
        self.paths = [f"{usage.CONTAINERS}/{i:04x}" + "b0" * 30
                      for i in range(containers)]
        for path in self.paths:
            os.mkdir(path)
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [tools.PROGRAMS + "/population", str(tasks // containers),
             *self.paths], stdout=subprocess.PIPE,
            env={"BENCH_BUSY_US": str(BUSY_US)})
        self.process.stdout.readline()

    def remove(self):
        write(usage.CONTAINERS + "/cgroup.kill", "1")
        self.process.kill()
        self.process.wait()
        for path in self.paths:
            tools.wait_for(lambda: "populated 0" in
                           usage.read(path + "/cgroup.events"))
            os.rmdir(path)


def pace(tool, ticks):
    """Returns the seconds that it took: a tick may last longer than one."""
    begin = time.monotonic()
    for i in range(1, ticks + 1):
        tool.tick()
        time.sleep(max(0, begin + i - time.monotonic()))
    return time.monotonic() - begin


def measure(tool, most_ticks):
    """One line of the results: microseconds in all ticks"""
    ticks = min(tool.ticks, most_ticks)
    tool.start()
    pace(tool, WARM_TICKS)
    samples = tool.samples() if hasattr(tool, "samples") else None
    before = usage.snapshot(tool.units)
    seconds = pace(tool, ticks)
    after = usage.snapshot(tool.units)
    row = {"ticks": ticks, "seconds": seconds,
           "us": {part: after[part] - before[part] for part in after},
           "rss_bytes": usage.rss_bytes(tool.units)}
    if samples is not None:
        row["samples"] = tool.samples() - samples
    tool.stop()
    return row


def attempt(tool, what, results, **where):
    """One that does not run does not cost the others' numbers."""
    say(f"{tool.subject}, {where}")
    try:
        row = {**where, "subject": tool.subject, **what(tool)}
    except (OSError, RuntimeError, LookupError, ValueError,
            subprocess.SubprocessError) as error:
        say(f"{tool.subject} is left out: {error!r}")
        subprocess.run(["systemctl", "stop", *tool.units], check=False)
        return
    with open(results, "a", encoding="ascii") as file:
        print(json.dumps(row), file=file)


def with_engine(engine, numbers, cost, results):
    for containers in numbers:
        say(f"starting {containers} containers of {engine.name}")
        engine.grow(containers)
        for kind in engine.monitors:
            attempt(kind(), cost, results, kind=engine.name,
                    containers=containers,
                    tasks=engines.PROCESSES * containers)


def with_engines(numbers, cost, results):
    """One that does not run does not cost the other's numbers."""
    for kind in engines.ALL:
        try:
            with kind() as engine:
                with_engine(engine, numbers, cost, results)
        except subprocess.SubprocessError as error:
            say(f"{kind.name} is left out: {error!r}")


def prepare():
    tools.run("modprobe", "contmon")
    # A connection to it would start Docker.
    tools.run("systemctl", "stop", "docker.socket")
    write(usage.CGROUPS + "/cgroup.subtree_control", CONTROLLERS)
    os.mkdir(usage.CONTAINERS)
    write(usage.CONTAINERS + "/cgroup.subtree_control", CONTROLLERS)
    accuracy.programs()


def main(results, ticks, wanted, lives, *scales):
    def cost(tool):
        return measure(tool, int(ticks))

    open(results, "w", encoding="ascii").close()
    prepare()
    for scale in scales:
        containers, tasks = map(int, scale.split(":"))
        population = Population(containers, tasks)
        for kind in tools.EVERYWHERE:
            attempt(kind(), cost, results, kind="cgroups",
                    containers=containers, tasks=tasks)
        population.remove()
    for kind in accuracy.WATCHERS if scales else ():
        for question in (accuracy.storm, accuracy.lives):
            attempt(kind(), lambda tool: accuracy.ask(tool, question), results,
                    kind=question.__name__)
    attempt(tools.Contmond(), lambda tool: growth.measure(tool, int(lives)),
            results, kind="growth")
    if wanted != "0":
        with_engines(list(map(int, wanted.split(","))), cost, results)
    say("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
