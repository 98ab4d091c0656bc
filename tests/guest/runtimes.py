#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Finds the container of a process with the real runtimes: with the command
line and each of its two sources, and with contmond. The expected values come
from the runtimes."""

import concurrent.futures
import json
import os
import shutil
import subprocess
import time

import api
import boxes
import cgroups
import proc
import tap
import truth_tasks

SOURCES = ("driver", "procfs")
PODMAN_SOCKET = "/run/podman/podman.sock"
DROP_IN = "/run/systemd/system/contmon-engine.service.d"

# An emulated machine is slow.
PATIENCE_S = tap.PATIENCE_S


def title(box):
    return type(box).__name__


def rows(source, *command):
    done = subprocess.run(["contmon", *command, "--json"], check=True,
                          env={**os.environ, "CONTMON_SOURCE": source},
                          stdout=subprocess.PIPE)
    return json.loads(done.stdout)["rows"]


def start(kind):
    """A box; a text with the reason if there is none; None without its program
    """
    if not shutil.which(kind.program):
        return None
    try:
        box = kind()
        # The first process may not have started the second yet.
        tap.wait_for(lambda: len(box.processes()) >= 2 + box.counts_helper,
                     PATIENCE_S)
        return box
    except Exception as error:  # pylint: disable=broad-except
        return f"{kind.__name__}: {error}"


def start_all():
    """In parallel, because most of the time is spent waiting for the runtimes.
    """
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        made = list(pool.map(start, boxes.KINDS))
    for kind, box in zip(boxes.KINDS, made):
        if box is None:
            tap.skip(kind.__name__, f"{kind.program} is not installed")
        else:
            tap.ok(isinstance(box, boxes.Box), f"{kind.__name__}: starts", box)
    return [box for box in made if isinstance(box, boxes.Box)]


def check_helpers(running):
    for box in running:
        comm = (proc.read(f"/proc/{box.parent()}/comm") or "").strip()
        tap.ok(comm.startswith(box.helper),
               f"{title(box)}: its parent is {box.helper}", comm)


def mine(box, shown, key="id"):
    return [row for row in shown if row[key] == box.id]


def check_row(box, source, shown):
    found = [(row["runtime"], row["pod"], row["rootless"])
             for row in mine(box, shown)]
    if tap.equal(found, [(box.runtime, box.pod, box.rootless)],
                 f"{title(box)}, {source}: one row identifies it"):
        row = mine(box, shown)[0]
        tap.equal(sorted(tree_pids(row)), box.processes(),
                  f"{title(box)}, {source}: its cgroup contains its processes")
        tap.equal(row["nr_tasks"], len(box.processes()),
                  f"{title(box)}, {source}: its process count is right")


def tree_pids(row):
    pids = []
    for directory, _, _ in os.walk(proc.CGROUPS + row["cgroup"]):
        pids += map(int, proc.read(f"{directory}/cgroup.procs").split())
    return pids


def memory(shown):
    """{path: bytes} of the rows' files"""
    return {row["cgroup"]:
            cgroups.one(proc.CGROUPS + row["cgroup"])
            ["memory_current_bytes"] for row in shown}


def check_memory(running, source):
    """Only the kernel's own counters change in there, so several tries may be
    needed."""
    ids = {box.id for box in running}
    shown, wrong = [], []

    def fits():
        before = memory(shown)
        shown[:] = [row for row in rows(source, "containers")
                   if row["id"] in ids]
        after = memory(shown)
        wrong[:] = [(path, before.get(path), row["memory_current_bytes"],
                     after[path])
                    for row in shown for path in [row["cgroup"]]
                    if path not in before or not truth_tasks.between(
                        before[path], row["memory_current_bytes"],
                        after[path])]
        return shown and not wrong
    tap.wait_for(fits, PATIENCE_S)
    tap.ok(len(shown) == len(running) and not wrong,
           f"{source}: memory equals its file in all containers", wrong)


def check_source(running, source):
    shown = rows(source, "containers")
    tasks = rows(source, "ps")
    owners = {row["pid"]: row["container_id"] for row in tasks}
    for box in running:
        check_row(box, source, shown)
        tap.equal(sorted(row["pid"] for row in
                         mine(box, tasks, "container_id")),
                  box.processes(),
                  f"{title(box)}, {source}: only its processes")
        if not box.counts_helper:
            tap.equal(owners[box.parent()], None,
                      f"{title(box)}, {source}: {box.helper} is the host's")
    check_memory(running, source)


def check_infra(running):
    """A pod has one more container, which holds its namespaces."""
    for box in running:
        if box.pod:
            shown = rows("driver", "containers")
            tap.equal([row["runtime"] for row in shown
                       if row["pod"] == box.pod], ["podman"] * 2,
                      f"{title(box)}: the pod's two containers")


def answers():
    """{id: row} of contmond, of those that a sample has"""
    return {row["id"]: row for row in api.rows("containers")
            if row["t"] is not None}


def check_daemon(running):
    ids = {box.id for box in running}
    tap.wait_for(lambda: ids <= set(answers()), PATIENCE_S)
    shown = answers()
    for box in running:
        row = shown.get(box.id, {})
        tap.equal((row.get("runtime"), row.get("processes"), row.get("pod")),
                  (box.runtime, len(box.processes()), box.pod),
                  f"{title(box)}: contmond lists it")
        tap.equal([row["id"] for row in api.rows(
            "containers", container=f"none,{box.id},other")], [box.id],
                  f"{title(box)}: contmond finds it by a list of ids")


def check_podman_names(running):
    """contmon-engine on the socket of Podman's service instead of Docker's"""
    names = {box.id: f"{boxes.NAME}-{box.kind}" for box in running
             if isinstance(box, boxes.Podman) and not box.rootless}
    if not names:
        tap.skip("names from Podman's service", "Podman did not start")
        return
    os.makedirs(os.path.dirname(PODMAN_SOCKET), exist_ok=True)
    with subprocess.Popen(["podman", "system", "service", "--time=0",
                           f"unix://{PODMAN_SOCKET}"]) as service:
        tap.wait_for(lambda: os.path.exists(PODMAN_SOCKET), PATIENCE_S)
        program = shutil.which("contmon-engine")
        set_engine(f"[Service]\nExecStart=\nExecStart={program} "
                   f"--socket {PODMAN_SOCKET}\n")

        def named():
            shown = answers()
            return {one: shown.get(one, {}).get("container") for one in names}
        tap.wait_for(lambda: named() == names, PATIENCE_S)
        tap.equal(named(), names,
                  "contmond has the names from Podman's service")
        set_engine("")
        service.terminate()
    if os.path.exists(PODMAN_SOCKET):
        os.unlink(PODMAN_SOCKET)


def set_engine(drop_in):
    os.makedirs(DROP_IN, exist_ok=True)
    with open(f"{DROP_IN}/test.conf", "w", encoding="ascii") as file:
        file.write(drop_in)
    boxes.out("systemctl", "daemon-reload")
    boxes.out("systemctl", "restart", "contmon-engine.service")


def remove(box):
    try:
        box.remove()
    except Exception as error:  # pylint: disable=broad-except
        return f"{title(box)}: {error}"
    return None


def check_removal(running):
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        errors = [error for error in pool.map(remove, running) if error]
    tap.equal(errors, [], "all containers are removed")
    ids = {box.id for box in running}
    for source in SOURCES:
        left = [row["id"] for row in rows(source, "containers")]
        tap.equal(ids & set(left), set(), f"{source}: their rows are gone")
    tap.wait_for(lambda: not ids & set(answers()), PATIENCE_S)
    tap.equal(ids & set(answers()), set(), "contmond: their rows are gone")


def run():
    shutil.rmtree(boxes.TREES, ignore_errors=True)
    began = time.monotonic()
    running = start_all()
    tap.note(f"started in {time.monotonic() - began:.0f} s")
    try:
        check_helpers(running)
        for source in SOURCES:
            check_source(running, source)
        check_infra(running)
        check_daemon(running)
        check_podman_names(running)
    finally:
        tap.note(f"checked in {time.monotonic() - began:.0f} s")
        check_removal(running)
        shutil.rmtree(boxes.TREES, ignore_errors=True)


tap.main(run)
