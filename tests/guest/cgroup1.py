#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A hybrid host: processes that are in a container by a hierarchy of cgroup v1
alone, which is systemd's own here, as v2 has the controllers. Two more that
count for nothing have names alike."""

import json
import os
import signal
import subprocess
import tempfile
import threading

import proc
import subjects
import tap

# Unlike at the end alone
DOCKER, OTHER, IN_POD, V2 = ("0123456789abcdef" * 3 + f"0123456789abcde{n}"
                            for n in range(4))
POD = "12345678-1234-1234-1234-123456789abc"
COUNTS = "name=systemd"
ALIKE = ["name=memory", "name=systemdx"]

# Where a process is, and what is shown of it
IN_V1 = {
    "docker": (f"docker/{DOCKER}", DOCKER, "docker", None),
    "another": (f"docker/{OTHER}", OTHER, "docker", None),
    "in a pod": (f"kubepods/pod{POD}/{IN_POD}", IN_POD, "kubernetes", POD),
    "there, too": (f"kubepods/pod{POD}/{IN_POD}", IN_POD, "kubernetes", POD),
    "lxc": ("lxc/web", "web", "lxc", None),
    "its namesake": ("machine.slice/machine-web.scope", "web", "nspawn", None),
}


def ps(source, *options):
    """{pid: row}, of a thread its own"""
    done = subprocess.run(["contmon", "ps", "--json", *options], check=True,
                          stdout=subprocess.PIPE,
                          env={**os.environ, "CONTMON_SOURCE": source})
    return {row["pid"]: row for row in json.loads(done.stdout)["rows"]}


def is_gone():
    return "name=" not in proc.read("/proc/self/cgroup")


def threads():
    threading.Thread(target=signal.pause, daemon=True).start()


def shown(row):
    return {name: row[name] for name in (
        "container_id", "runtime", "rootless", "pod", "cgroup")}


def container(id_, runtime, pod=None, path=None):
    return {"container_id": id_, "runtime": runtime, "rootless": False,
            "pod": pod, "cgroup": path}


def check_rows(source, who):
    rows = ps(source)
    for name, (_, *what) in IN_V1.items():
        tap.equal(shown(rows[who[name]]), container(*what),
                  f"{source}: a container of v1 is one: {name}")
    host = container(None, "host", path=proc.cgroup_path(who["host"]))
    tap.equal(shown(rows[who["host"]]), host,
              f"{source}: a process in none is the host's, by v2")
    tap.equal([shown(rows[who[name]]) for name in ALIKE], [host] * len(ALIKE),
              f"{source}: in other hierarchies there is no container")
    tap.equal(shown(rows[who["v2"]]),
              container(V2, "docker", path=f"/docker/{V2}"),
              f"{source}: v2 comes before v1")


def check_filters(source, who):
    tap.equal(list(ps(source, "--container", DOCKER)), [who["docker"]],
              f"{source}: ps --container: its processes and no others")
    rows = ps(source, "--threads", "--container", DOCKER)
    tap.equal(sorted(rows), sorted(map(int, os.listdir(
        f"/proc/{who['docker']}/task"))),
              f"{source}: ps --threads --container: all of its threads")
    hosts = ps(source, "--container", "host")
    tap.equal({name for name, pid in who.items() if pid in hosts},
              {"host", *ALIKE},
              f"{source}: ps --container host: without them")


def check_text(who):
    said = subprocess.run(["contmon", "ps", "--columns", "pid,container",
                           str(who["docker"])], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    tap.ok(DOCKER[:12] in said and DOCKER[:13] not in said,
           "for people its id is short", said)
    said = subprocess.run(["contmon", "containers", "--name", "none"],
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    tap.ok("contmon ps shows those of v1" in said,
           "containers does not deny them", said)


class Hierarchy:
    """Of v1, with a name and without controllers; without a name: v2"""
    def __init__(self, name=None):
        self.name = name
        self.point = tempfile.mkdtemp() if name else proc.CGROUPS
        self.made = []
        if name:
            subprocess.run(["mount", "-t", "cgroup", "-o", f"none,{name}",
                            "cgroup", self.point], check=True)

    def put(self, pid, path):
        directory = self.point
        for part in path.split("/"):
            directory += f"/{part}"
            if not os.path.isdir(directory):
                os.mkdir(directory)
                self.made.append(directory)
        subjects.write(f"{directory}/cgroup.procs", str(pid))

    def end(self):
        for one in reversed(self.made):
            tap.wait_for(lambda one=one: not subprocess.call(["rmdir", one]))
        if self.name:
            subprocess.run(["umount", self.point], check=True)
            os.rmdir(self.point)


def put_all(who, hierarchies):
    # Whichever of the hierarchies comes first in the file, one of those whose
    # names are alike is before the one that counts.
    for name in (ALIKE[0], COUNTS, ALIKE[1], None):
        hierarchies[name] = Hierarchy(name)
    for name, (path, *_) in IN_V1.items():
        hierarchies[COUNTS].put(who[name], path)
    for name in ALIKE:
        hierarchies[name].put(who[name], f"docker/{OTHER}")
    hierarchies[COUNTS].put(who["v2"], f"docker/{OTHER}")
    hierarchies[None].put(who["v2"], f"docker/{V2}")


def run():
    who = {name: subjects.start(threads if name == "docker" else
                                subjects.idle)
           for name in (*IN_V1, *ALIKE, "host", "v2")}
    hierarchies = {}
    try:
        put_all(who, hierarchies)
        for source in ("driver", "procfs"):
            check_rows(source, who)
            check_filters(source, who)
        check_text(who)
    finally:
        for pid in who.values():
            subjects.end(pid)
        for one in hierarchies.values():
            one.end()
    # The hierarchies end some time after their last cgroup and mount.
    tap.ok(tap.wait_for(is_gone), "the guest is as it was")


tap.main(run)
