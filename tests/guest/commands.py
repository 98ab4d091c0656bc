#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""CPU by command, as contmond serves it, of containers whose work is done by
processes that end at once.

The kernel's cpu.stat has the expected values. A container is paused for each
reading of it, so that no value changes until a sample has everything before."""

import os
import platform
import re
import signal
import time

import api
import docker
import lives
import proc
import tap

SCRIPT = "while :; do /bin/true; done"

# CPU time between two samples, and how many processes must have ended between
# two readings of cpu.stat
CPU_S = 2
LIVES = 12
WINDOWS = 5
CLEAN_TRIES = 20
# Of one sample a second; how much of what they have may be in another step
STEPS, OVER_TIME = 20, 0.1
# The rest is what processes ran after their last accounting and before their
# first, which takes longer on kernels that check themselves.
SLOW = re.search("debug|kcsan", platform.release())
ATTRIBUTED_AT_LEAST, ATTRIBUTED_AT_MOST = 0.97 if SLOW else 0.99, 1.01


class Plain(lives.Life):
    """A cgroup at a path that makes it a container, and a shell in it"""

    def __init__(self):
        super().__init__()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self.enter()
                os.execv("/bin/sh", ["sh", "-c", SCRIPT])
            finally:
                os._exit(255)

    def freeze(self, text):
        with open(f"{self.directory}/cgroup.freeze", "w",
                  encoding="ascii") as file:
            file.write(text)
        tap.wait_for(lambda: f"frozen {text}" in
                     proc.read(f"{self.directory}/cgroup.events"))

    def pause(self):
        self.freeze("1")

    def unpause(self):
        self.freeze("0")

    def remove(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.unpause()
        tap.wait_for(lambda: "populated 0" in
                     proc.read(f"{self.directory}/cgroup.events"))
        os.rmdir(self.directory)


class Real(docker.Container):
    """The same in a container of Docker"""

    def __init__(self):
        super().__init__("commands", SCRIPT)

    def remove(self):
        docker.remove(self.id)


def usage(container):
    """Seconds"""
    text = proc.read(f"{container.directory}/cpu.stat")
    return int(re.search(r"usage_usec (\d+)", text)[1]) / 1e6


class Sums:
    """What contmond gave each command of a container, over several samples.
    One is only taken when the test wants it."""

    def __init__(self, container):
        self.container = container
        self.seconds = {}
        self.exited = 0
        self.unknown = []
        self.wrong = []
        self.t = None

    def sample(self):
        """Returns the rows, and the seconds since the sample before."""
        before = self.t
        lives.take_sample()
        rows = api.rows("commands", container=self.container.id)
        self.t = rows[0]["t"]
        return rows, (self.t - (before or self.t)) / 1000

    def add(self):
        rows, seconds = self.sample()
        for row in rows:
            if row["cpu_cores"] is None:
                self.unknown.append(row)
                continue
            comm = row["comm"]
            self.seconds[comm] = (self.seconds.get(comm, 0) +
                                  row["cpu_cores"] * seconds)
            self.exited += row["processes_exited"]
            both = row["cpu_living_cores"] + row["cpu_exited_cores"]
            if abs(both - row["cpu_cores"]) > 2e-6:
                self.wrong.append(row)


def pause(container):
    """While no process has ended that was not reaped: its end may be reported, and
    what it used not yet be in its parent's account."""
    for _ in range(CLEAN_TRIES):
        container.pause()
        if not any(is_zombie_of(container.pid, pid) for pid in proc.pids()):
            return
        container.unpause()
    container.pause()


def is_zombie_of(parent, pid):
    found = {}
    return proc.from_stat(pid, found) and found["ppid"] == parent and \
        found["state"] == "Z"


def window(container):
    """Returns what contmond gave its commands, and what cpu.stat says."""
    sums = Sums(container)
    pause(container)
    sums.sample()
    first = usage(container)
    container.unpause()
    while sums.exited < LIVES:
        tap.wait_for(lambda begin=usage(container):
                     usage(container) > begin + CPU_S)
        sums.add()
    pause(container)
    sums.add()
    truth = usage(container) - first
    container.unpause()
    return sums, truth


def check(kind, container):
    """Most of several windows must be right, not one of them: where one of its ends
    could not be a clean one, a part of a process is missing."""
    tap.wait_for(lambda: usage(container) > 0.1)
    # A container's first sample cannot know what ended before.
    Sums(container).sample()
    found = [window(container) for _ in range(WINDOWS)]
    shares = []
    for sums, truth in found:
        named = sums.seconds.get("sh", 0) + sums.seconds.get("true", 0)
        shares.append(named / truth)
        tap.note(f"{kind}: {named / truth:.4f} of cpu.stat, {sums.exited} "
                 f"processes, {sums.seconds}")
    shares.sort()
    tap.ok(ATTRIBUTED_AT_LEAST <= shares[WINDOWS // 2] <= ATTRIBUTED_AT_MOST,
           f"{kind}: its CPU time is that of its two commands", shares)
    ended = sum(sums.seconds.get("true", 0) for sums, _ in found)
    tap.ok(ended > sum(truth for _, truth in found) / 2,
           f"{kind}: most of it is that of the one that ends at once", ended)
    unknown = found[-1][0].unknown
    tap.ok(not unknown, f"{kind}: all of it is known", unknown[:3])
    wrong = [row for sums, _ in found for row in sums.wrong]
    tap.ok(not wrong, f"{kind}: living and ended processes add up", wrong[:3])


class Past:
    """What contmond has of a container, for each step of which it knows both"""

    def __init__(self, container):
        since = int(time.time() * 1000) - 15 * 60000
        query = {"container": container.id, "from": since, "step": 1000}
        self.rows = api.rows("commands/series", **query)
        used = {row["t"]: row["v"] for row in
                api.rows("series", metric="cpu_cores", **query)}
        self.used = {row["t"]: used[row["t"]] for row in self.rows
                     if row["commands"] is None and row["cpu_cores"] is not None
                     and used.get(row["t"]) is not None}

    def told(self, *comms):
        """Of these commands, or of all with the rest"""
        return sum(row["cpu_cores"] or 0 for row in self.rows
                   if row["t"] in self.used and
                   (not comms or row["comm"] in comms))


def check_over_time():
    """Here samples are taken all the time, so their ends are no clean ones."""
    lives.configure_often()
    lives.restart()
    container = Plain()
    try:
        tap.wait_for(lambda: len(Past(container).used) >= STEPS)
        past = Past(container)
    finally:
        container.remove()
    used = sum(past.used.values())
    tap.note(f"over time: {past.told()} of {used} in {len(past.used)} steps")
    tap.ok(abs(past.told() - used) < OVER_TIME * used,
           "over time: commands and the rest are the CPU of the container",
           past.rows[-9:])
    tap.ok(past.told("true", "sh") > used / 2,
           "over time: most of it is that of its two commands", past.rows[-9:])


def check_without_driver():
    """Only living processes are known."""
    lives.leave_driver()
    lives.take_sample()
    rows = api.rows("commands")
    tap.ok(rows and all(row["cpu_cores"] is row["processes_exited"] is None
                        for row in rows),
           "without the driver: what ended is unknown", rows[:3])
    tap.ok(any(row["cpu_living_cores"] is not None for row in rows),
           "without the driver: the living are known", rows[:3])


def check_one(kind, start):
    container = start()
    try:
        check(kind, container)
    finally:
        container.remove()


def run():
    try:
        lives.configure()
        lives.restart()
        check_one("a cgroup", Plain)
        why = docker.unavailable()
        if why:
            tap.skip("a container of Docker", f"no Docker: {why}")
        else:
            check_one("Docker", Real)
        check_over_time()
        check_without_driver()
    finally:
        lives.restore()


if __name__ == "__main__":
    tap.main(run)
