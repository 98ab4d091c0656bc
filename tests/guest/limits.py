#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Containers in a slice whose limits are lower than their own: the effective
limits, and the cgroups that they belong to."""

import json
import os

import api
import boxes
import docker
import proc
import tap
import truth_api

MIB = docker.MIB
SLICE = "contmontest-job.slice"
UNIT = f"/run/systemd/system/{SLICE}"
SLICE_PATH = f"/contmontest.slice/{SLICE}"
DIRECTORY = proc.CGROUPS + SLICE_PATH

SLICE_MEMORY = 96 * MIB
SLICE_CORES = 0.4
OWN_MEMORY = 64 * MIB
OWN_CORES = 0.1

# Keys of a container with limits of its own; the slice has them, too, and its
# siblings must not be shown to have them.
FILLED = 32 * MIB
SLACK = 2 * MIB

BURN = "while :; do :; done"
FILL = f"head -c {FILLED} /dev/zero | tail -c {FILLED} | sleep 100000"

KEYS = ("memory_limit_bytes", "memory_limit_owner", "memory_max_bytes",
        "cpu_limit_cores", "cpu_limit_owner", "cpu_max_cores")


def make_slice():
    with open(UNIT, "w", encoding="ascii") as file:
        file.write(f"[Slice]\nMemoryMax={SLICE_MEMORY}\nMemorySwapMax=0\n")
    boxes.out("systemctl", "daemon-reload")


def wait_until_filled(bound):
    if not tap.wait_for(lambda: proc.number(bound.file("memory.current")) >=
                        FILLED):
        raise RuntimeError("it did not fill its memory")


def limit_cpu(bound):
    """Called after all have started, which would take too long with so little.
    """
    docker.ask("POST", f"/containers/{bound.id}/update",
               {"NanoCpus": round(OWN_CORES * 1e9)})
    boxes.out("systemctl", "set-property", "--runtime", SLICE,
              f"CPUQuota={round(100 * SLICE_CORES)}%")


def throttled_s(directory):
    stat = proc.table(f"{directory}/cpu.stat")
    return int(stat["throttled_usec"]) / 1e6


def own_limits(directory):
    """(bytes, cores), None for none"""
    memory = (proc.read(f"{directory}/memory.max") or "max").strip()
    quota, period = (proc.read(f"{directory}/cpu.max") or "max 1").split()
    return (None if memory == "max" else int(memory),
            None if quota == "max" else int(quota) / int(period))


def files_say(one):
    """The values of KEYS from cgroupfs"""
    path, lowest = one.path, [(None, None)] * 2
    while path != "/":
        for i, value in enumerate(own_limits(proc.CGROUPS + path)):
            if value is not None and (lowest[i][0] is None or
                                      value < lowest[i][0]):
                lowest[i] = (value, path)
        path = os.path.dirname(path)
    memory, cores = own_limits(one.directory)
    return (*lowest[0], memory, *lowest[1], cores)


def from_api():
    return {row["id"]: row for row in truth_api.fresh().values()}


def from_top():
    rows = map(json.loads, boxes.out("contmon", "top", "--json", "--count",
                                     "1").splitlines())
    return {row["id"]: row for row in rows}


SOURCES = {"API": from_api, "CLI": from_top}


def check_limits(wanted):
    """@wanted: for each container, what the files should contain, to be sure
    that the setup is as intended"""
    for one, want in wanted.items():
        tap.equal(files_say(one), want, f"{one.name}: limits in cgroupfs")
    for who, source in SOURCES.items():
        rows = source()
        for one, want in wanted.items():
            row = rows.get(one.id, {})
            tap.equal(tuple(row.get(key) for key in KEYS), want,
                      f"{one.name}: limits from the {who}")


def check_share(one, limit):
    """Its own memory as a share of @limit of any cgroup, read before and after
    """
    def fits(source):
        before = proc.number(one.file("memory.current"))
        share = source()[one.id]["memory_limit_percent"]
        after = proc.number(one.file("memory.current"))
        low, high = sorted((before, after))
        return low - SLACK <= share / 100 * limit <= high + SLACK
    for who, source in SOURCES.items():
        tap.ok(tap.wait_for(lambda source=source: fits(source)),
               f"{one.name}: its share of the limit, from the {who}")


def check_throttling(one):
    low = throttled_s(DIRECTORY)
    row = truth_api.fresh(2)[one.name]
    high = throttled_s(DIRECTORY)
    shown = row["cpu_limit_throttled_seconds_total"]
    tap.ok(0 < low <= shown <= high, "without limits of its own: its slice "
           "is throttled", (low, shown, high))
    tap.equal(row["cpu_throttled_seconds_total"], 0,
              "without limits of its own: its own throttling is null")


def check_metrics(free):
    shown = api.Metrics(api.Answer("/metrics").text())
    tap.equal(shown.value("contmon_container_memory_limit_bytes",
                         name=free.name), SLICE_MEMORY, "metrics: memory")
    tap.equal(shown.value("contmon_container_cpu_limit_cores",
                         name=free.name), SLICE_CORES, "metrics: CPU")
    tap.equal(shown.value("container_spec_memory_limit_bytes",
                         name=free.name), None, "metrics: no limit of its own")


def check_all(free, bound, outside):
    ids = {one.id for one in (free, bound, outside)}
    tap.wait_for(lambda: ids <= set(from_api()))
    check_limits({
        free: (SLICE_MEMORY, SLICE_PATH, None, SLICE_CORES, SLICE_PATH, None),
        bound: (OWN_MEMORY, bound.path, OWN_MEMORY,
                OWN_CORES, bound.path, OWN_CORES),
        outside: (None,) * len(KEYS)})
    check_share(free, SLICE_MEMORY)
    check_share(bound, OWN_MEMORY)
    for who, source in SOURCES.items():
        tap.equal(source()[outside.id]["memory_limit_percent"], None,
                  f"{outside.name}: no limit and no share, from the {who}")
    check_throttling(free)
    check_metrics(free)


def run():
    why = docker.unavailable()
    if why:
        tap.skip("limits of containers", why)
        return
    make_slice()
    containers = [
        docker.Container("free", BURN, CgroupParent=SLICE),
        docker.Container("bound", FILL, CgroupParent=SLICE, Memory=OWN_MEMORY),
        docker.Container("outside", "sleep 100000")]
    try:
        wait_until_filled(containers[1])
        limit_cpu(containers[1])
        check_all(*containers)
    finally:
        for one in containers:
            docker.remove(one.name)
        os.unlink(UNIT)
        boxes.out("systemctl", "stop", "contmontest.slice")
        boxes.out("systemctl", "daemon-reload")


tap.main(run)
