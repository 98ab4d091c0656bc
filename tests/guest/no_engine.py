#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Rules act on containers that no engine owns, through their cgroups: those of
LXC, of systemd-nspawn and of containerd's own client."""

import contextlib
import os
import shutil

import acting
import api
import boxes
import docker
import proc
import rules
import tap

KINDS = [kind for kind in (boxes.Lxc, boxes.Nspawn, boxes.Containerd)
         if shutil.which(kind.program)]
RUNTIMES = " ".join(kind.runtime for kind in KINDS)


class Foreign:
    """A container of a runtime without an engine. One with contmon in its
    name would be protected."""

    def __init__(self, kind, action):
        self.id = self.name = f"{acting.PREFIX}{kind.runtime}-{action}"
        self.box = type(kind.__name__, (kind,), {"id": self.id})()
        row = tap.wait_for(lambda: api.containers().get(self.id), step=1)
        if not row:
            raise RuntimeError(f"contmond does not show {self.id}")
        self.directory = proc.CGROUPS + row["cgroup"]

    def file(self, name):
        return (proc.read(f"{self.directory}/{name}") or "").strip()

    def runs(self):
        return os.path.exists(f"/proc/{self.box.pid}")

    def remove(self):
        """Whether or not it was killed"""
        with contextlib.suppress(RuntimeError):
            self.box.remove()
        if isinstance(self.box, boxes.Containerd):
            for what in "task", "container":
                with contextlib.suppress(RuntimeError):
                    self.box.ctr(what, "rm", self.id)


@contextlib.contextmanager
def foreigners(action):
    """One of each kind, made while there are no rules"""
    rules.clear()
    made = []
    try:
        for kind in KINDS:
            made.append(Foreign(kind, action))
        yield made
    finally:
        for one in made:
            one.remove()
        shutil.rmtree(boxes.TREES, ignore_errors=True)


def load(action, *lines):
    rules.load("\n".join([f"[rule {action}]", f"select = runtime {RUNTIMES}",
                          "all = pids_current > 0", f"action = {action}",
                          *lines, ""]))


def audited_only(made, since):
    tap.equal({row["container_id"] for row in api.rows("audit", limit=20000)
               if row["decision"] not in since}, {one.id for one in made},
              "no other container is acted on")


def decisions():
    return {row["decision"] for row in api.rows("audit", limit=20000)}


def check_hold(action, name, values, *lines):
    """What is done, and undone after its time"""
    with foreigners(action) as made:
        before = decisions()
        seen = [acting.Values(one, name) for one in made]
        load(action, "hold = 30s", *lines)
        for one, value in zip(made, seen):
            tap.ok(rules.wait_for_state(one, "restored"),
                   f"{one.name}: it is undone", rules.describe(one))
            tap.equal(rules.states(one), [f"{rules.DONE} restored"],
                      f"{one.name}: with all states")
            tap.equal(value.all(), values, f"{one.name}: {name} says so")
            tap.ok(one.runs(), f"{one.name}: it runs")
        audited_only(made, before)


def check_kill():
    with foreigners("kill") as made:
        before = decisions()
        load("kill")
        for one in made:
            rules.ends_as(one, rules.DONE, f"{one.name}: it is killed")
            tap.ok(tap.wait_for(lambda one=one: not one.runs()),
                   f"{one.name}: it runs no more")
        audited_only(made, before)


def check_stop():
    """No engine can ask it to end."""
    with foreigners("stop") as made:
        load("stop")
        for one in made:
            tap.ok(rules.wait_for_state(one, "failed"),
                   f"{one.name}: a stop fails", rules.describe(one))
            tap.ok(one.runs(), f"{one.name}: it runs")


def run():
    if not KINDS:
        tap.skip("acts without an engine", "no such runtime is installed")
        return
    bystander = None
    try:
        acting.set_engine(*acting.WIDE)
        if not docker.unavailable():
            bystander = acting.Box("bystander")
        tap.timed(check_hold, "pause", "cgroup.freeze", ["0", "1", "0"])
        tap.timed(check_hold, "limit", "cpu.max",
                  ["max 100000", "10000 100000", "max 100000"],
                  "limit_cpu_cores = 0.1")
        tap.timed(check_kill)
        tap.timed(check_stop)
        if bystander:
            tap.ok(bystander.state()["Running"], "Docker's container runs")
    finally:
        if bystander:
            docker.remove(bystander.id)
        rules.clear()
        acting.set_engine()


if __name__ == "__main__":
    tap.main(run)
