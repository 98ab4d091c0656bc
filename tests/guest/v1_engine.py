#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A container that Docker starts again and again, on a host whose controllers
are all in cgroup v1: each run has new cgroups at the same paths, and nothing of
the run before. If it is in v2 as well, there is a record of each run; else one,
of the last."""

import time

import api
import docker
import proc
import tap
import v1_files

RESTARTS = 2
NAME = docker.PREFIX + "again"

# Uses CPU in the first run only
SCRIPT = ("[ -e /ran ] || { >/ran; head -c 100000000 /dev/zero >/dev/null; }; "
          "exec sleep 100000")


def row(container):
    return next((row for row in api.rows("containers")
                 if row["id"] == container), {})


def ended(container):
    return [row for row in api.rows("containers/ended", limit=1000)
            if row["id"] == container]


def v2():
    """Where v2 is mounted; None without v2"""
    mounts = map(str.split, proc.read("/proc/self/mounts").splitlines())
    return next((point for _, point, kind, *_ in mounts if kind == "cgroup2"), None)


def directories(container):
    """In v2, contmond reads the CPU there."""
    return {name: f"{v1_files.mount_of(name)}/docker/{container}"
            for name in v1_files.CONTROLLERS if name != "cpuacct" or not v2()}


def cpu_seconds(container):
    if not v2():
        return v1_files.read_files(directories(container))["cpu_seconds_total"]
    return int(proc.table(f"{v2()}/docker/{container}/cpu.stat")["usage_usec"]) / 1e6


class Run:
    """Of a container, started in one of two ways"""

    def __init__(self, container, how):
        self.how = how
        self.before = time.time()
        docker.ask("POST", f"/containers/{container}/{how}")
        self.after = time.time()
        self.id = container

    def began(self, row_):
        began = row_.get("started_ms") or 0
        return self.before - 0.1 <= began / 1000 <= self.after + 0.1

    def check(self):
        tap.ok(tap.wait_for(lambda: self.began(row(self.id))),
               f"{self.how}: contmond has its start", row(self.id))
        tap.ok(tap.wait_for(lambda: row(self.id).get("container") == NAME),
               f"{self.how}: it has its name", row(self.id))
        before = cpu_seconds(self.id)
        row_ = v1_files.check_numbers(directories(self.id), self.id, bool(v2()))
        tap.ok(before - 1e-6 <= row_["cpu_seconds_total"] <=
               cpu_seconds(self.id) + 1e-6, f"{self.how}: it has its CPU")


def check_record(run_, cpu):
    """@cpu: seconds that it had used before it was killed"""
    found = ended(run_.id)
    tap.equal(len(found), 1 + RESTARTS if v2() else 1,
              "there is a record of each run, or of the last")
    tap.ok(run_.began(found[0]), "it has the start of the last run", found[0])
    tap.equal(found[0]["exit_code"], 137, "it was killed")
    used = found[0]["cpu_seconds_total"]
    tap.ok(used is not None and cpu - 1e-6 <= used <= cpu + 1,
           "it has the CPU of the last run", (used, cpu))


def check(container):
    for how in ["start"] + RESTARTS * ["restart?t=0"]:
        last = Run(container, how)
        last.check()
    cpu = cpu_seconds(container)
    docker.ask("POST", f"/containers/{container}/kill")
    tap.ok(tap.wait_for(lambda: any(map(last.began, ended(container)))),
           "the last run ended")
    check_record(last, cpu)
    tap.ok(tap.wait_for(lambda: not row(container)), "it is gone")


def run():
    if not v1_files.are_all_mounted():
        return
    why = docker.unavailable()
    if why:
        tap.skip("a container that is started again", f"no Docker: {why}")
        return
    docker.remove(NAME)
    container = docker.ask("POST", f"/containers/create?name={NAME}", {
        "Image": docker.IMAGE, "Cmd": ["sh", "-c", SCRIPT],
        "HostConfig": {"NetworkMode": "none"}})["Id"]
    try:
        check(container)
    finally:
        docker.remove(container)


tap.main(run)
