#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Containers below a slice that has lower limits than they have themselves: the
limits that bind, and whose they are."""

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

BURN = "while :; do :; done"
PATIENCE_S = 30


def make_slice():
    with open(UNIT, "w", encoding="ascii") as file:
        file.write(f"[Slice]\nMemoryMax={SLICE_MEMORY}\nMemorySwapMax=0\n")
    boxes.out("systemctl", "daemon-reload")


def limit_cpu(bound):
    """After all have started, which takes too long with so little."""
    docker.ask("POST", f"/containers/{bound.id}/update",
               {"NanoCpus": round(OWN_CORES * 1e9)})
    boxes.out("systemctl", "set-property", "--runtime", SLICE,
              f"CPUQuota={round(100 * SLICE_CORES)}%")


def throttled_s(directory):
    stat = proc.table(f"{directory}/cpu.stat")
    return int(stat["throttled_usec"]) / 1e6


def check(one, row, memory, cores, what):
    """@memory, @cores: (own, the one that binds, whose)"""
    tap.equal((row["memory_limit_bytes"], row["memory_limit_effective_bytes"],
               row["memory_limit_owner"]), memory, f"{what}: memory")
    tap.equal((row["cpu_limit_cores"], row["cpu_limit_effective_cores"],
               row["cpu_limit_owner"]), cores, f"{what}: CPU")
    tap.equal(row["id"], one.id, f"{what}: it is that one")


def check_fullness(one):
    """How full the slice is, which is not what the container has: bracketed."""
    def fits():
        before = proc.number(f"{DIRECTORY}/memory.current")
        share = truth_api.fresh()[one.name]["memory_limit_percent"]
        after = proc.number(f"{DIRECTORY}/memory.current")
        low, high = sorted((before, after))
        slack = 2 * MIB
        return low - slack <= share / 100 * SLICE_MEMORY <= high + slack
    tap.ok(tap.wait_for(fits, PATIENCE_S),
           "without limits of its own: how full the slice's limit is")


def check_throttling(one):
    low = throttled_s(DIRECTORY)
    row = truth_api.fresh(2)[one.name]
    high = throttled_s(DIRECTORY)
    shown = row["cpu_limit_throttled_seconds_total"]
    tap.ok(0 < low <= shown <= high, "without limits of its own: it is the "
           "slice that is throttled", (low, shown, high))
    tap.equal(row["cpu_throttled_seconds_total"], 0,
              "without limits of its own: it has no quota to be throttled by")


def check_metrics(free):
    shown = api.Metrics(api.Answer("/metrics").text())
    tap.equal(shown.value("contmon_container_memory_limit_effective_bytes",
                         name=free.name), SLICE_MEMORY, "metrics: memory")
    tap.equal(shown.value("contmon_container_cpu_limit_effective_cores",
                         name=free.name), SLICE_CORES, "metrics: CPU")
    tap.equal(shown.value("container_spec_memory_limit_bytes",
                         name=free.name), None, "metrics: no own limit")


def check_all(free, bound, outside):
    names = {one.name for one in (free, bound, outside)}
    tap.wait_for(lambda: names <= set(api.containers()), PATIENCE_S)
    rows = truth_api.fresh()
    check(free, rows[free.name], (None, SLICE_MEMORY, SLICE_PATH),
          (None, SLICE_CORES, SLICE_PATH), "without limits of its own")
    check(bound, rows[bound.name], (OWN_MEMORY, OWN_MEMORY, bound.path),
          (OWN_CORES, OWN_CORES, bound.path), "with lower ones of its own")
    check(outside, rows[outside.name], (None, None, None), (None, None, None),
          "outside of the slice")
    tap.equal(rows[outside.name]["memory_limit_percent"], None,
              "outside of the slice: no share of no limit")
    check_throttling(free)
    check_fullness(free)
    check_metrics(free)


def run():
    why = docker.unavailable()
    if why:
        tap.skip("limits of containers", why)
        return
    make_slice()
    containers = [
        docker.Container("free", BURN, CgroupParent=SLICE),
        docker.Container("bound", BURN, CgroupParent=SLICE, Memory=OWN_MEMORY),
        docker.Container("outside", "sleep 100000")]
    try:
        limit_cpu(containers[1])
        check_all(*containers)
    finally:
        for one in containers:
            docker.remove(one.name)
        os.unlink(UNIT)
        boxes.out("systemctl", "stop", "contmontest.slice")
        boxes.out("systemctl", "daemon-reload")


tap.main(run)
