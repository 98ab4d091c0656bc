#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Events of real containers: a short-lived one from the creation of its cgroup
to its end, an OOM kill, several readers at once, and a reader that does not
read."""

import subprocess
import time

import docker
import tap
from stream import Stream

PROCESS = ("fork", "exec", "exit", "oom")
CGROUP = ("created", "populated", "emptied", "removed")

SHORT = docker.PREFIX + "short"
# A shell and a child that burns for a moment: 50 ms in all, on fast machines
SCRIPT = "i=0; while [ $i -lt 300 ]; do i=$((i+1)); done; exit 7"


def collect(stream, wanted):
    """Events until one of them is @wanted"""
    events, end = [], time.monotonic() + tap.PATIENCE_S
    while time.monotonic() < end:
        new = stream.read()
        events += new
        if any(wanted(event) for event in new):
            return events
        stream.wait(1)
    return events


def of_container(events, container_id):
    """Events of the container's cgroup, by its path, and the cgroup's id"""
    born = [e for e in events if e.name == "created" and
            container_id.encode() in e.path]
    if not born:
        return None, []
    return born[0].cgroup_id, [e for e in events
                               if e.cgroup_id == born[0].cgroup_id]


def run_short():
    docker.remove(SHORT)
    made = docker.ask("POST", f"/containers/create?name={SHORT}", {
        "Image": docker.IMAGE, "Cmd": ["sh", "-c", SCRIPT],
        "HostConfig": {"NetworkMode": "none"}})["Id"]
    docker.ask("POST", f"/containers/{made}/start")
    return made


def check_order(names):
    """Single events, in this order; a cgroup may be removed before its last
    task has left it"""
    once = ["created", "populated", "exec", "removed"]
    at = [names.index(name) for name in once if name in names]
    tap.ok(len(at) == len(once) and at == sorted(at),
           "short: created, populated, exec, removed in this order", names)
    for name in ("created", "populated", "emptied", "removed"):
        tap.equal(names.count(name), 1, f"short: {name} once")


def check_short():
    with Stream(*PROCESS, *CGROUP) as stream:
        made = run_short()
        events = collect(stream, lambda e: e.name == "removed" and
                         made.encode() in e.path)
    docker.remove(SHORT)
    cgroup_id, own = of_container(events, made)
    if not tap.ok(cgroup_id, "short: its cgroup was seen"):
        return
    check_order([event.name for event in own])
    tap.ok(all(e.dropped == 0 for e in events), "short: nothing was lost")
    sequences = [event.sequence for event in events]
    tap.ok(sequences == sorted(set(sequences)), "short: no event is repeated")
    runs = [e for e in own if e.name == "exec" and e.comm == b"sh"]
    tap.ok(runs, "short: it ran sh", [e.comm for e in own])
    ends = [e for e in own if e.name == "exit" and runs and
            e.pid == runs[-1].pid]
    if tap.equal(len(ends), 1, "short: sh ended once"):
        check_end(runs[-1], ends[0])


def check_end(run, end):
    tap.equal(end.exit_code, 7 << 8, "short: with the status of its script")
    tap.equal(end.start_boottime_ns, run.start_boottime_ns,
              "short: it is the same process")
    tap.ok(end.runtime_ns > 0 and
           end.utime_ns + end.stime_ns == end.runtime_ns,
           "short: its CPU time", (end.utime_ns, end.stime_ns,
                                       end.runtime_ns))
    tap.ok(end.runtime_ns <= end.boottime_ns - end.start_boottime_ns,
           "short: no more CPU time than its lifetime")
    tap.ok(end.rss_peak_bytes >= 4096 and end.minor_faults > 0,
           "short: its memory")


def check_oom():
    with Stream("oom") as stream:
        container = docker.oom()
        events = collect(stream,
                         lambda e: e.cgroup_id == container.cgroup_id)
    docker.remove(container.id)
    victims = [e for e in events if e.cgroup_id == container.cgroup_id]
    if tap.equal(len(victims), 1, "oom: one victim, in its container"):
        tap.equal(victims[0].comm, b"tail", "oom: its name")
        # It fills its container, and maps a few MiB of files
        limit = docker.OOM_LIMIT
        tap.ok(limit * 3 // 4 < victims[0].rss_bytes < limit * 5 // 4,
               "oom: its memory", (victims[0].rss_bytes, limit))


def what(event):
    """An event without the members that differ between streams"""
    return (event.type, event.pid, event.ppid, event.uid, event.comm,
            event.cgroup_id, event.start_boottime_ns, event.exit_code,
            event.runtime_ns)


def check_readers():
    container = docker.Container("readers", "while :; do /bin/true; done")
    with Stream(*PROCESS) as everything, \
            Stream("exec", cgroup_id=container.cgroup_id) as inside, \
            Stream("exit", pid=container.pid) as leader:
        inside.wait(tap.PATIENCE_S)
        subprocess.run(["true"], check=True)
        docker.remove(container.id)
        parts = {"inside": inside.read(), "leader": leader.read()}
        whole = {what(e): e for e in everything.read()}
    tap.ok(all(parts.values()), "readers: each received events",
           {name: len(events) for name, events in parts.items()})
    tap.ok(all(e.name == "exec" and e.cgroup_id == container.cgroup_id
               for e in parts["inside"]), "readers: one sees only its cgroup")
    tap.equal([(e.name, e.pid) for e in parts["leader"]],
              [("exit", container.pid)], "readers: one sees only its process")
    tap.ok(any(e.cgroup_id != container.cgroup_id for e in whole.values()),
           "readers: one also sees events outside")
    for name, events in parts.items():
        tap.ok(all(what(e) in whole for e in events),
               f"readers: what {name} saw, the unfiltered reader saw too")


def run():
    why = docker.unavailable()
    if why:
        tap.skip("events of containers", f"no Docker: {why}")
        return
    for container in docker.left_over():
        docker.remove(container)
    check_short()
    check_oom()
    check_readers()


if __name__ == "__main__":
    tap.main(run)
