#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A container whose work is done by short-lived processes: compares what the
driver attributes to it with the cgroup's own files.

The kernel's cpu.stat has the expected values. The container is paused for each
reading, so that no value changes meanwhile."""

import platform
import re

import docker
import tap
from truth_containers import snapshot

# How many processes must have lived and died between two readings
LIVES = 100
# The rest is what processes ran after their last accounting and before their
# first, which takes longer on kernels that check themselves.
SLOW = re.search("debug|kcsan", platform.release())
ATTRIBUTED_AT_LEAST, ATTRIBUTED_AT_MOST = 0.97 if SLOW else 0.99, 1.01


def usage_ns(directory):
    with open(f"{directory}/cpu.stat", encoding="ascii") as file:
        return 1000 * int(dict(line.split() for line in file)["usage_usec"])


class Reading:
    """cpu.stat and a snapshot while nothing runs"""

    def __init__(self, container):
        container.pause()
        self.used = usage_ns(container.directory)
        self.row = snapshot()[container.cgroup_id]
        container.unpause()

    @property
    def attributed(self):
        """Attributed to processes, living and ended ones"""
        return self.row["runtime_sum_ns"] + self.row["exited_runtime_ns"]


def check_window(first, last):
    truth = last.used - first.used
    for what, used in (
            ("living and dead processes", last.attributed - first.attributed),
            ("the cgroup's own account",
             last.row["cpu_usage_ns"] - first.row["cpu_usage_ns"])):
        tap.ok(ATTRIBUTED_AT_LEAST * truth <= used <=
               ATTRIBUTED_AT_MOST * truth, f"{what} agree with cpu.stat",
               f"{used} ns, cpu.stat {truth}")
        tap.note(f"{what}: {used / truth:.4f} of cpu.stat")
    dead = last.row["exited_runtime_ns"] - first.row["exited_runtime_ns"]
    tap.ok(dead > truth / 2,
           "most of it from processes that ended meanwhile", dead)


def check_counts(first, last):
    died = last.row["exited_tasks"] - first.row["exited_tasks"]
    tap.ok(died >= LIVES, "there were many of them", died)
    tap.ok(last.row["exited_minor_faults"] - first.row["exited_minor_faults"] >=
           died, "each had its page faults")
    tap.equal(last.row["exited_utime_ns"] + last.row["exited_stime_ns"],
              last.row["exited_runtime_ns"], "user and system time add up")


def check_removal(container):
    """The parent inherits the usage of a removed cgroup"""
    parent_id = snapshot()[container.cgroup_id]["parent_id"]
    dead = snapshot()[container.cgroup_id]["exited_tasks"]
    before = snapshot()[parent_id]["exited_tasks"]
    docker.remove(container.id)
    after = tap.wait_for(
        lambda: container.cgroup_id not in snapshot() and
        snapshot()[parent_id]["exited_tasks"])
    tap.ok(after and after >= before + dead,
           "the numbers of a removed cgroup go to its parent",
           f"{before} and {dead}, then {after}")


def run():
    why = docker.unavailable()
    if why:
        tap.skip("short-lived processes", f"no Docker: {why}")
        return
    container = docker.Container("moments", "while :; do /bin/true; done")
    first = Reading(container)
    tap.wait_for(lambda: snapshot()[container.cgroup_id]["exited_tasks"] >=
                 first.row["exited_tasks"] + LIVES)
    last = Reading(container)
    check_window(first, last)
    check_counts(first, last)
    check_removal(container)


if __name__ == "__main__":
    tap.main(run)
