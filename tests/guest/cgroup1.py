#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A hybrid host, on which processes are in a container only in a cgroup v1
hierarchy. That is systemd's own hierarchy, because v2 has the controllers. Two
other hierarchies have similar names and must be ignored. contmond must show the
same, also where v2 is not mounted. At last hierarchies have controllers, and
contmond the numbers of their files."""

import json
import os
import signal
import subprocess
import tempfile
import threading

import api
import proc
import subjects
import tap
import v1_files
from hierarchy import Hierarchy

# Elsewhere than only at the end
DOCKER, OTHER, IN_POD, V2 = ("0123456789abcdef" * 3 + f"0123456789abcde{n}"
                            for n in range(4))
POD = "12345678-1234-1234-1234-123456789abc"
COUNTS = "name=systemd"
ALIKE = ["name=memory", "name=systemdx"]

# The place of a process, and its expected owner
IN_V1 = {
    "docker": (f"docker/{DOCKER}", DOCKER, "docker", None),
    "another": (f"docker/{OTHER}", OTHER, "docker", None),
    "in a pod": (f"kubepods/pod{POD}/{IN_POD}", IN_POD, "kubernetes", POD),
    "there, too": (f"kubepods/pod{POD}/{IN_POD}", IN_POD, "kubernetes", POD),
    "lxc": ("lxc/web", "web", "lxc", None),
    "its namesake": ("machine.slice/machine-web.scope", "web", "nspawn", None),
}

# Keys that contmond has for a v1 container without a pod and an engine
KNOWN = {"t", "host", "container", "id", "short_id", "runtime", "started_ms",
         "uptime_seconds", "state", "state_code", "cpu_cores", "cpu_percent",
         "rss_sum_bytes", "vsz_sum_bytes", "processes", "threads",
         "minor_faults", "major_faults", "network",
         *(f"processes_{state}" for state in (
             "running", "sleeping", "uninterruptible", "stopped", "zombie",
             "idle"))}


def ps(source, *options):
    """{pid: row}; a thread has its own row"""
    done = subprocess.run(["contmon", "ps", "--json", *options], check=True,
                          stdout=subprocess.PIPE,
                          env={**os.environ, "CONTMON_SOURCE": source})
    return {row["pid"]: row for row in json.loads(done.stdout)["rows"]}


def threads():
    threading.Thread(target=signal.pause, daemon=True).start()


WORK = {"docker": threads, "another": subjects.burner}


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
                  f"{source}: a v1 container is recognized: {name}")
    host = container(None, "host", path=proc.cgroup_path(who["host"]))
    tap.equal(shown(rows[who["host"]]), host,
              f"{source}: a process outside containers is the host's, by v2")
    tap.equal([shown(rows[who[name]]) for name in ALIKE], [host] * len(ALIKE),
              f"{source}: other hierarchies have no containers")
    tap.equal(shown(rows[who["v2"]]),
              container(V2, "docker", path=f"/docker/{V2}"),
              f"{source}: v2 takes precedence over v1")


def check_filters(source, who):
    tap.equal(list(ps(source, "--container", DOCKER)), [who["docker"]],
              f"{source}: ps --container: only its processes")
    rows = ps(source, "--threads", "--container", DOCKER)
    tap.equal(sorted(rows), sorted(map(int, os.listdir(
        f"/proc/{who['docker']}/task"))),
              f"{source}: ps --threads --container: all its threads")
    hosts = ps(source, "--container", "host")
    tap.equal({name for name, pid in who.items() if pid in hosts},
              {"host", *ALIKE},
              f"{source}: ps --container host: not in the containers")


def check_text(who):
    said = subprocess.run(["contmon", "ps", "--columns", "pid,container",
                           str(who["docker"])], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    tap.ok(DOCKER[:12] in said and DOCKER[:13] not in said,
           "its id is short in tables", said)
    want = {(id_, runtime) for _, id_, runtime, _ in IN_V1.values()}
    said = subprocess.run(["contmon", "containers", "--json"], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    listed = {(row["id"], row["runtime"]) for row in json.loads(said)["rows"]}
    tap.ok(want <= listed, "the containers command lists them", said)
    said = subprocess.run(["contmon", "top", "--json", "--count", "1"],
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    listed = {(row["id"], row["runtime"])
              for row in map(json.loads, said.splitlines())}
    tap.ok(want <= listed, "top lists them", said)


def contmond_rows():
    """{(id, runtime): row} of a sample that is not the first, which has no
    rates; None before"""
    if api.Answer("/api/v1/health").json()["rows"][0]["samples_total"] < 2:
        return None
    return {(row["id"], row["runtime"]): row for row in api.rows("containers")}


def wait_for_contmond():
    def ready():
        try:
            return contmond_rows()
        except (OSError, RuntimeError):
            return None
    return tap.wait_for(ready) or {}


def uses_cpu_and_memory():
    """In the time between two samples, which may be short, the kernel may not
    have accounted for what its process uses."""
    row = contmond_rows()[OTHER, "docker"]
    return row["cpu_cores"] > 0 and row["rss_sum_bytes"] > 0


def check_contmond(what, who):
    rows = wait_for_contmond()
    want = {(id_, runtime) for _, id_, runtime, _ in IN_V1.values()}
    if not tap.ok(want <= set(rows), f"{what}: contmond has all of them",
                  list(rows)):
        return
    for name, (_, id_, runtime, pod) in IN_V1.items():
        row = rows[id_, runtime]
        tap.equal((row["processes"], row["pod"], row["cgroup"], row["state"]),
                  (2 if pod else 1, pod, None, "running"),
                  f"{what}: contmond's process count of {name}")
    row = rows[OTHER, "docker"]
    tap.equal({key for key, value in row.items() if value is not None}, KNOWN,
              f"{what}: all other keys are null")
    tap.ok(tap.wait_for(uses_cpu_and_memory),
           f"{what}: CPU and memory of its processes", row)
    tap.equal(row["threads"], 2, f"{what}: threads")
    owners = {row["pid"]: (row["container_id"], row["container"])
              for row in api.rows("processes")}
    tap.equal({name: owners[who[name]][0] for name in IN_V1},
              {name: id_ for name, (_, id_, *_) in IN_V1.items()},
              f"{what}: contmond's rows name the containers")
    tap.equal([owners[who[name]] for name in ("host", *ALIKE)],
              [(None, "host")] * 3, f"{what}: other processes are the host's")


def check_hybrid(who):
    """The service, with the rights of its unit"""
    subprocess.run(["systemctl", "restart", "contmond"], check=True)
    check_contmond("hybrid", who)
    row = contmond_rows().get((V2, "docker"), {})
    tap.ok(row.get("cgroup") == f"/docker/{V2}" and
           row["cpu_seconds_total"] is not None,
           "hybrid: a v2 container has all v2 numbers", row)


def check_v1_only(who):
    """In a world of its own without v2; the service has to make room."""
    subprocess.run(["systemctl", "stop", "contmond"], check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write("store = memory\n")
        file.flush()
        daemon = subprocess.Popen([
            "unshare", "--mount", "sh", "-c",
            f"umount -l {proc.CGROUPS} && exec contmond -c {file.name}"])
        try:
            check_contmond("v1 alone", who)
            tap.equal(api.row("system")["containers"], len(
                {row[1:3] for row in IN_V1.values()} | {(V2, "docker")}),
                "v1 only: the host counts them")
        finally:
            daemon.terminate()
            daemon.wait()


def put_all(who, hierarchies):
    # No matter which hierarchy comes first in the file, one of the similar
    # names comes before the one that counts.
    for name in (ALIKE[0], COUNTS, ALIKE[1], None):
        hierarchies[name] = Hierarchy(name)
    for name, (path, *_) in IN_V1.items():
        hierarchies[COUNTS].put(who[name], path)
    for name in ALIKE:
        hierarchies[name].put(who[name], f"docker/{OTHER}")
    hierarchies[COUNTS].put(who["v2"], f"docker/{OTHER}")
    hierarchies[None].put(who["v2"], f"docker/{V2}")


def run():
    who = {name: subjects.start(WORK.get(name, subjects.idle))
           for name in (*IN_V1, *ALIKE, "host", "v2")}
    hierarchies = {}
    try:
        put_all(who, hierarchies)
        for source in ("driver", "procfs"):
            check_rows(source, who)
            check_filters(source, who)
        check_text(who)
        check_hybrid(who)
        check_v1_only(who)
    finally:
        for pid in who.values():
            subjects.end(pid)
        for one in hierarchies.values():
            one.end()
        subprocess.run(["systemctl", "restart", "contmond"], check=True)
    v1_files.check()


tap.main(run)
