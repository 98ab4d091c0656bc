# SPDX-License-Identifier: GPL-2.0-only
"""The contents of cgroup files, with the names of <linux/contmon.h>."""

import os

import proc

MEMORY = {
    "memory_current_bytes": "memory.current",
    "memory_peak_bytes": "memory.peak",
    "memory_max_bytes": "memory.max",
    "swap_current_bytes": "memory.swap.current",
    "swap_max_bytes": "memory.swap.max",
}
# A CPU charges 64 pages in advance and returns them at any time, so
# memory.current of a running cgroup varies by that much.
CHARGE_BYTES = 64 * 4096 * os.cpu_count()
EVENTS = {
    "events_low": "low", "events_high": "high", "events_max": "max",
    "events_oom": "oom", "events_oom_kill": "oom_kill",
}


def one(directory):
    """One cgroup, or None if it is gone."""
    reported = {"directory": directory, "cgroup_id": proc.inode(directory)}
    for name, file in MEMORY.items():
        reported[name] = proc.number(f"{directory}/{file}")
    events = proc.table(f"{directory}/memory.events")
    for name, key in EVENTS.items():
        reported[name] = int(events[key]) if key in events else None
    procs = proc.read(f"{directory}/cgroup.procs")
    # A threaded cgroup has no list: None.
    reported["nr_tasks"] = None if procs is None else len(procs.split())
    # The root has no such file and is never empty.
    events = proc.table(f"{directory}/cgroup.events")
    reported["populated"] = int(events.get("populated", 1))
    # Discard everything read from a directory that was removed meanwhile.
    return reported if proc.inode(directory) == reported["cgroup_id"] else None


def every():
    """{id: cgroup} of the whole hierarchy"""
    reported = {}
    for directory, _, _ in os.walk(proc.CGROUPS):
        cgroup = one(directory)
        if cgroup and cgroup["cgroup_id"]:
            reported[cgroup["cgroup_id"]] = cgroup
    return reported


def io_bytes(directory):
    """(read, written) on all devices, from io.stat"""
    read = written = 0
    for line in (proc.read(f"{directory}/io.stat") or "").splitlines():
        pairs = dict(word.split("=") for word in line.split()[1:])
        read += int(pairs.get("rbytes", 0))
        written += int(pairs.get("wbytes", 0))
    return read, written


def cpu_seconds(directory):
    stat = proc.table(f"{directory}/cpu.stat")
    return int(stat["usage_usec"]) / 1e6
