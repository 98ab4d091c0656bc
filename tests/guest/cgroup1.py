#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A hybrid host: processes that are in a container by a hierarchy of cgroup v1
alone, which is systemd's own here, as v2 has the controllers."""

import json
import os
import subprocess
import tempfile

import proc
import subjects
import tap

ID = "0123456789abcdef" * 4


def ps(source, *options):
    done = subprocess.run(["contmon", "ps", "--json", *options], check=True,
                          stdout=subprocess.PIPE,
                          env={**os.environ, "CONTMON_SOURCE": source})
    return {row["pid"]: row for row in json.loads(done.stdout)["rows"]}


def is_gone():
    return "name=systemd" not in proc.read("/proc/self/cgroup")


def check(source, inside, outside):
    rows = ps(source)
    told = {name: rows[inside][name] for name in (
        "container_id", "runtime", "rootless", "pod", "cgroup_path")}
    tap.equal(told, {"container_id": ID, "runtime": "docker",
                     "rootless": False, "pod": None, "cgroup_path": None},
              f"{source}: a container of v1 is one")
    told = (rows[outside]["runtime"], rows[outside]["cgroup_path"])
    tap.equal(told, ("host", proc.cgroup_path(outside)),
              f"{source}: a process in none is the host's, by v2")
    tap.equal(list(ps(source, "--container", ID[:6])), [inside],
              f"{source}: ps --container: its processes and no others")
    hosts = ps(source, "--container", "host")
    tap.ok(outside in hosts and inside not in hosts,
           f"{source}: ps --container host: without them")


def run():
    inside, outside = (subjects.start(subjects.idle) for _ in range(2))
    with tempfile.TemporaryDirectory() as point:
        subprocess.run(["mount", "-t", "cgroup", "-o", "none,name=systemd",
                        "cgroup", point], check=True)
        directory = f"{point}/docker/{ID}"
        try:
            os.makedirs(directory)
            subjects.write(f"{directory}/cgroup.procs", str(inside))
            for source in ("driver", "procfs"):
                check(source, inside, outside)
            said = subprocess.run(["contmon", "containers"], check=True,
                                  stdout=subprocess.PIPE, text=True).stdout
            tap.ok("contmon ps shows those of v1" in said,
                   "containers does not deny them", said)
        finally:
            subjects.end(inside)
            subjects.end(outside)
            for one in (directory, f"{point}/docker"):
                tap.wait_for(lambda one=one: not os.path.isdir(one) or
                             not subprocess.call(["rmdir", one]), 10)
            subprocess.run(["umount", point], check=True)
    # The hierarchy ends some time after its last cgroup and mount.
    tap.ok(tap.wait_for(is_gone, 30), "the guest is as it was")


tap.main(run)
