#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares every cgroup, as `contmon containers` shows it, with its files and
its tasks; then does the same with contmond's answers about real containers.

Values that change are read before and after, as in truth_tasks.py. The values
of paused containers do not change and must be equal."""

import concurrent.futures
import json
import os
import subprocess

import cgroups
import docker
import proc
import tap
import truth_api
import truth_tasks

# Sums, and the member of a task that they are made of
SUMS = {name: name.replace("_sum", "") for name in (
    "vsz_sum_bytes", "rss_anon_sum_bytes", "rss_file_sum_bytes",
    "rss_shmem_sum_bytes", "swap_sum_bytes", "pgtables_sum_bytes",
    "utime_sum_ns", "stime_sum_ns", "runtime_sum_ns", "minor_faults_sum",
    "major_faults_sum", "voluntary_switches_sum", "involuntary_switches_sum",
    "read_chars_sum", "write_chars_sum", "read_syscalls_sum",
    "write_syscalls_sum", "read_bytes_sum", "write_bytes_sum",
    "cancelled_write_bytes_sum")}
SUMS["nr_threads"] = "nr_threads"

FILES = [*cgroups.MEMORY, *cgroups.EVENTS, "nr_tasks", "populated"]

# Those that /proc has in the same unit
PROC_SUMS = [name for name in SUMS if name not in (
    "utime_sum_ns", "stime_sum_ns", "runtime_sum_ns",
    "voluntary_switches_sum", "involuntary_switches_sum")]


def snapshot(*options):
    """{cgroup id: row}"""
    done = subprocess.run(["contmon", "containers", "--all", "--json",
                           *options], check=True, stdout=subprocess.PIPE)
    return {row["cgroup_id"]: row for row in json.loads(done.stdout)["rows"]}


def of_files(row, name):
    """cgroup.procs does not list zombies, which the driver counts."""
    if name == "nr_tasks":
        return row["nr_tasks"] - row["nr_zombie"]
    return row[name]


def agrees(name, before, row, after):
    values = [before[name], of_files(row, name), after[name]]
    if None in values:
        return values[1] in (values[0], values[2])
    if name == "memory_current_bytes":
        values[0] = min(values[0], values[2]) - cgroups.CHARGE_BYTES
        values[2] = max(before[name], values[2]) + cgroups.CHARGE_BYTES
    return truth_tasks.between(*values)


# The observer is in some cgroup, too, and the command that takes the snapshot
# is an additional process there: it gets a cgroup of its own.
OBSERVER = f"{proc.CGROUPS}/contmon-test-observer"


def leave_for_own_cgroup():
    os.makedirs(OBSERVER, exist_ok=True)
    with open(f"{OBSERVER}/cgroup.procs", "w", encoding="ascii") as file:
        file.write("0")


class Round:
    """Files, snapshot, files."""

    def __init__(self):
        self.before = cgroups.every()
        self.rows = snapshot("--exact")
        self.after = cgroups.every()
        self.lived = [one for one, files in self.before.items()
                      if one in self.after and files["directory"] != OBSERVER]
        self.missing = [self.before[one]["directory"] for one in self.lived
                        if one not in self.rows]

    def wrong(self, name):
        found = {}
        for one in self.lived:
            if one not in self.rows or self.before[one]["nr_tasks"] is None:
                continue
            before, row, after = (self.before[one], self.rows[one],
                                  self.after[one])
            if not agrees(name, before, row, after):
                found[one] = (f"{name} of {before['directory']} is "
                              f"{of_files(row, name)}; files: {before[name]} "
                              f"before, {after[name]} after")
        return found


def check_every_cgroup():
    rounds = truth_tasks.make_rounds(Round, FILES)
    tap.equal([path for one in rounds for path in one.missing], [],
              "no cgroup is missing")
    tap.ok(len(rounds[0].rows) > 10, "there are cgroups", len(rounds[0].rows))
    for name in FILES:
        wrong = truth_tasks.always_wrong(rounds, name)
        tap.ok(not wrong, f"{name} of {len(rounds[0].lived)} cgroups equals "
               "its files", "\n".join(wrong))


def sum_of(tasks, member):
    """Unknown values, such as the memory of a zombie, count as zero."""
    return sum(task[member] or 0 for task in tasks)


def check_sums(container, row, fast, tasks, reported):
    """Compares row with the same driver's tasks, and with those of /proc,
    which are exact or fast ones, as in truth_tasks.py."""
    kind = container.name.removeprefix(docker.PREFIX)
    wrong = [f"{name}: {row[name]}, tasks {sum_of(tasks, member)}"
             for name, member in SUMS.items()
             if row[name] != sum_of(tasks, member)]
    tap.ok(not wrong, f"{kind}: sums equal the sums over its tasks",
           "\n".join(wrong))
    wrong = [f"{name}: {row[name]}, /proc {sum_of(reported, SUMS[name])}"
             for name in PROC_SUMS
             if sum_of(reported, SUMS[name]) not in (row[name], fast[name])]
    tap.ok(not wrong, f"{kind}: sums equal the sums over /proc",
           "\n".join(wrong))
    # /proc cuts off fractions of a tick, for each task.
    for name, ticks in (("utime_sum_ns", "utime_ticks"),
                        ("stime_sum_ns", "stime_ticks")):
        low = sum_of(reported, ticks) * proc.TICK_NS
        tap.ok(low <= row[name] < low + len(reported) * proc.TICK_NS,
               f"{kind}: {name} equals the sum over /proc", (row[name], low))


def check_paused(containers):
    """Several tries, because the kernel may still be writing back."""
    for one in containers:
        row = snapshot("--exact")[one.cgroup_id]
        fast = snapshot()[one.cgroup_id]
        tasks = [task for task in truth_tasks.snapshot("--exact").values()
                 if task["cgroup_id"] == one.cgroup_id]
        reported = [proc.process(pid, {}) for pid in one.pids()]
        tap.equal(sorted(task["pid"] for task in tasks), one.pids(),
                  f"{one.name}: its tasks are those of cgroup.procs")
        check_sums(one, row, fast, tasks, reported)
        tap.ok(tap.wait_for(lambda one=one: equals_files(one)),
               f"{one.name}: memory equals its files", row)


def equals_files(container):
    row = snapshot()[container.cgroup_id]
    files = cgroups.one(container.directory)
    return all(of_files(row, name) == files[name] for name in FILES)


def check_behaviour(cpu, memory, disk):
    # dd is a child of the shell, which inherits its numbers by waiting for it.
    tap.ok(tap.wait_for(lambda: snapshot()[disk.cgroup_id]["write_bytes_sum"]),
           "the disk container has written")
    tap.ok(tap.wait_for(lambda: snapshot()[cpu.cgroup_id]["runtime_sum_ns"]),
           "the cpu container has used CPU")
    rows = snapshot("--exact")
    tap.ok(rows[memory.cgroup_id]["memory_current_bytes"] >= 64 * docker.MIB,
           "the memory container uses its 64 MiB", rows[memory.cgroup_id])
    tap.ok(rows[memory.cgroup_id]["rss_anon_sum_bytes"] >= 64 * docker.MIB,
           "the memory container has 64 MiB of RSS", rows[memory.cgroup_id])


def check_oom(container):
    killed = tap.wait_for(lambda: cgroups.one(container.directory)
                          ["events_oom_kill"])
    tap.ok(killed, "the oom container had a process killed")
    for name in cgroups.EVENTS:
        tap.settles(lambda name=name: (
            snapshot()[container.cgroup_id][name],
            cgroups.one(container.directory)[name]),
            f"oom: {name} equals memory.events")
    row = snapshot()[container.cgroup_id]
    tap.ok(row["events_oom_kill"] >= 1, "oom: the kill is counted")
    tap.equal(row["memory_max_bytes"], docker.OOM_LIMIT, "oom: its limit")


def run():
    why = docker.unavailable()
    if why:
        tap.skip("containers", f"no container can be started: {why}")
        return
    leave_for_own_cgroup()
    # All at once: most of the time is spent waiting for the engine.
    with concurrent.futures.ThreadPoolExecutor() as pool:
        try:
            *three, oom = pool.map(lambda make: make(), [
                docker.cpu, docker.memory, docker.disk, docker.oom])
            check_behaviour(*three)
            check_oom(oom)
            list(pool.map(docker.Container.pause, three))
            check_every_cgroup()
            check_paused(three)
            list(pool.map(docker.Container.unpause, three))
            truth_api.run(*three, oom)
        finally:
            list(pool.map(docker.remove, docker.left_over()))


if __name__ == "__main__":
    tap.main(run)
