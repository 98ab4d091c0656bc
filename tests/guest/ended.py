#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A real container that an OOM kill ends: none of its series is left in
/metrics, but its final record with the kill, for a few scrapes."""

import api
import docker
import proc
import tap
import truth_api

KILLS = "container_oom_events_total"
FINAL_KILLS = "contmon_ended_oom_kills"
HOST_KILLS = "contmon_system_oom_kills_total"

# As long as Prometheus needs for some scrapes; a unit test of contmond covers
# the whole 5 minutes.
SCRAPES_MS = 30000


def metrics():
    return api.Metrics(api.Answer("/metrics").text())


def kills(box):
    return metrics().value(KILLS, id=box.path, name=box.name)


def final_kills(box):
    return metrics().value(FINAL_KILLS, id=box.path, name=box.name)


def host_kills():
    return int(proc.table("/proc/vmstat")["oom_kill"])


def sampled_ms():
    return api.row("system")["t"]


def is_sampled(box):
    """It must have been sampled, because only then is its end noticed."""
    row = api.containers().get(box.name, {})
    return row.get("state") == "running" and row["processes"] > 0


def check_kill(box, nr):
    what = f"kill {nr}"
    tap.ok(tap.wait_for(lambda: is_sampled(box)), f"{what}: it is running")
    tap.equal(kills(box), nr - 1, f"{what}: kills before")
    before = host_kills()
    tap.equal(metrics().value(HOST_KILLS), before,
              f"{what}: kills before, on the host")
    tap.ok(box.doom(), f"{what}: the engine reports a kill")
    tap.wait_for(lambda: box.name not in api.containers())
    tap.ok(box.name not in api.containers(), f"{what}: its container ended")
    tap.equal(final_kills(box), nr, f"{what}: /metrics has the kill")
    tap.equal(host_kills(), before + 1, f"{what}: the host had no other kill")
    tap.equal((metrics().value(HOST_KILLS),
               api.row("system")["oom_kills_total"]), (before + 1,) * 2,
              f"{what}: the host's count in /metrics and the API")


def check_final(box):
    """Its final record is left, and nothing else."""
    shown = metrics()
    families = {name for name, labels in shown.samples
                if dict(labels).get("id") == box.path}
    tap.ok("contmon_ended_cpu_seconds" in families and
           all(family.startswith("contmon_ended_") for family in families),
           "ended: it has only its final record", sorted(families))
    tap.equal(shown.errors, [], "ended: /metrics is well formed")


def check_scrapes(box, nr):
    """It stays for some scrapes: for as many samples as that takes."""
    seen = set()
    until = sampled_ms() + SCRAPES_MS

    def passed():
        seen.add(final_kills(box))
        return sampled_ms() >= until
    tap.ok(tap.wait_for(passed, step=1), "ended: sampling continues")
    tap.equal(seen, {nr}, "ended: the record is still there, with its kills")


def run():
    why = docker.unavailable()
    if why:
        tap.skip("containers that an OOM kill ends", f"no Docker: {why}")
        return
    box = docker.Doomed()
    try:
        check_kill(box, 1)
        check_final(box)
        check_scrapes(box, 1)
        box.start_again()
        check_kill(box, 2)
    finally:
        docker.remove(box.id)


tap.main(run)
