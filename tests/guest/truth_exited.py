#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A container whose work is done by processes that live for a moment: what the
driver attributes to it, against the cgroup's own files.

The kernel's cpu.stat is the oracle. It is read before and after each snapshot:
the time between two snapshots is at least that between the inner readings and
at most that between the outer ones.
"""

import time

import docker
import tap
from truth_containers import snapshot

SECONDS = 6
ATTRIBUTED_AT_LEAST = 0.99
# A process that is reaped while a snapshot is taken may be in neither of its
# sums: what those of the first reading had used may come on top
IN_BETWEEN_NS = 50_000_000


def usage_ns(directory):
    with open(f"{directory}/cpu.stat", encoding="ascii") as file:
        return 1000 * int(dict(line.split() for line in file)["usage_usec"])


class Reading:
    """cpu.stat, snapshot, cpu.stat"""

    def __init__(self, container):
        self.before = usage_ns(container.directory)
        self.row = snapshot()[container.cgroup_id]
        self.after = usage_ns(container.directory)

    @property
    def attributed(self):
        """To processes, living and dead"""
        return self.row["runtime_sum_ns"] + self.row["exited_runtime_ns"]


def check_window(first, last):
    least, most = last.before - first.after, last.after - first.before
    for what, used in (
            ("living and dead processes", last.attributed - first.attributed),
            ("the cgroup's own account",
             last.row["cpu_usage_ns"] - first.row["cpu_usage_ns"])):
        tap.ok(ATTRIBUTED_AT_LEAST * least <= used <= most + IN_BETWEEN_NS,
               f"{what} have what cpu.stat says",
               f"{used} ns, cpu.stat {least} to {most}")
        tap.note(f"{what}: {used / ((least + most) / 2):.4f} of cpu.stat")
    dead = last.row["exited_runtime_ns"] - first.row["exited_runtime_ns"]
    tap.ok(dead > least / 2, "most of it by those that died meanwhile", dead)


def check_counts(first, last):
    died = last.row["exited_tasks"] - first.row["exited_tasks"]
    tap.ok(died >= 10 * SECONDS, "they were many", died)
    tap.ok(last.row["exited_minor_faults"] - first.row["exited_minor_faults"] >=
           died, "each had its page faults")
    tap.equal(last.row["exited_utime_ns"] + last.row["exited_stime_ns"],
              last.row["exited_runtime_ns"], "user and system time add up")


def check_removal(container):
    """What a removed cgroup had used goes to its parent"""
    parent_id = snapshot()[container.cgroup_id]["parent_id"]
    dead = snapshot()[container.cgroup_id]["exited_tasks"]
    before = snapshot()[parent_id]["exited_tasks"]
    docker.remove(container.id)
    after = tap.wait_for(
        lambda: container.cgroup_id not in snapshot() and
        snapshot()[parent_id]["exited_tasks"], 20)
    tap.ok(after and after >= before + dead,
           "the numbers of a removed cgroup go to its parent",
           f"{before} and {dead}, then {after}")


def run():
    why = docker.unavailable()
    if why:
        tap.skip("processes of a moment", f"no Docker: {why}")
        return
    container = docker.Container("moments", "while :; do /bin/true; done")
    first = Reading(container)
    time.sleep(SECONDS)
    last = Reading(container)
    check_window(first, last)
    check_counts(first, last)
    check_removal(container)


if __name__ == "__main__":
    tap.main(run)
