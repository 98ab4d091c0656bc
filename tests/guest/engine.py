#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a real Docker reports about containers through the shipped
contmon-engine: unusual places and texts, and an engine that is stopped."""

import json
import math
import os
import shutil
import signal
import subprocess
import time

import api
import docker
import tap

CONFIG = "/etc/docker/daemon.json"
DROP_IN = "/etc/systemd/system/contmon-engine.service.d/test.conf"

# A path that is a container's only according to the engine; docker.Container()
# accepts it like limits.
PARENTS = {"job": None, "deep": "/batch/job-7"}


def rows():
    done = subprocess.run(["contmon", "containers", "--json"], check=True,
                          stdout=subprocess.PIPE)
    return {row["id"]: row for row in json.loads(done.stdout)["rows"]}


def answers():
    return {row["id"]: row for row in api.rows("containers")}


def use_docker(config):
    """Restart it with this configuration, None for none."""
    if config:
        os.makedirs(os.path.dirname(CONFIG), exist_ok=True)
        with open(CONFIG, "w", encoding="ascii") as file:
            json.dump(config, file)
    elif os.path.exists(CONFIG):
        os.remove(CONFIG)
    subprocess.run(["systemctl", "restart", "docker"], check=True)


def start(name, parent):
    limits = {"CgroupParent": parent} if parent else {}
    return docker.Container(name, "sleep 100000", **limits)


def check_places():
    boxes = [start(name, parent) for name, parent in PARENTS.items()]
    for box in boxes:
        want = ("docker", box.path)

        def reported(source, box=box):
            row = source().get(box.id, {})
            return row.get("runtime"), row.get("cgroup")
        for who, source in ("contmon", rows), ("contmond", answers):
            tap.wait_for(lambda: reported(source) == want)
            tap.equal(reported(source), want,
                      f"{who}: {box.name} in {os.path.dirname(box.path)}")
        tap.wait_for(lambda: answers().get(box.id, {}).get("container") ==
                     box.name)
        tap.equal(answers().get(box.id, {}).get("container"), box.name,
                  f"contmond: the name of {box.name}")
    return boxes


def check_odd_label():
    """A NUL in one container's label loses no name."""
    name = docker.PREFIX + "nul"
    docker.remove(name)
    one = docker.ask("POST", f"/containers/create?name={name}", {
        "Image": docker.IMAGE, "Cmd": ["sleep", "100000"],
        "Labels": {"note": "a\0b", "large": "x" * 300000},
        "HostConfig": {"NetworkMode": "none"}})["Id"]
    docker.ask("POST", f"/containers/{one}/start")
    subprocess.run(["systemctl", "restart", "contmon-engine"], check=True)
    later = start("later", None)

    def names():
        reported = answers()
        return [reported.get(box, {}).get("container")
                for box in (one, later.id)]
    want = [name, later.name]
    tap.wait_for(lambda: names() == want)
    tap.equal(names(), want, "names beside a label with a NUL")


def use_engine(*options):
    """Restart contmon-engine with these options, none as it is shipped."""
    if options:
        os.makedirs(os.path.dirname(DROP_IN), exist_ok=True)
        with open(DROP_IN, "w", encoding="ascii") as file:
            file.write("[Service]\nExecStart=\nExecStart="
                       f"{shutil.which('contmon-engine')} "
                       f"{' '.join(options)}\n")
    elif os.path.exists(DROP_IN):
        os.remove(DROP_IN)
    subprocess.run(["systemctl", "daemon-reload"], check=True)
    subprocess.run(["systemctl", "restart", "contmon-engine"], check=True)


def check_layer():
    """Only if it is asked for, and as Docker says it"""
    written = 5 * docker.MIB
    box = docker.Container("layer", f"head -c {written} /dev/zero >/file; "
                           "sleep 100000")

    def size():
        return docker.ask("GET", f"/containers/{box.id}/json?size=1")["SizeRw"]

    def reported():
        row = answers().get(box.id, {})
        return row.get("writable_layer_bytes"), row.get("writable_layer_ms")
    tap.ok(tap.wait_for(lambda: size() >= written), "a container has written",
           size())
    tap.equal(reported(), (None, None), "as shipped: its layer is not known")
    began_ms = int(time.time() * 1000)
    use_engine("--writable-layers")
    tap.wait_for(lambda: reported()[0] is not None)
    found, at_ms = reported()
    tap.equal(found, size(), "its layer is as large as Docker says")
    tap.ok(began_ms <= (at_ms or 0) <= time.time() * 1000,
           "and was measured since", (began_ms, at_ms))
    use_engine()
    tap.settles(lambda: (reported(), (None, None)),
                "without the option it is not known any more")


def engine():
    """the state of Docker, whatever other engines there are"""
    states = {row["engine"]: row["state"] for row in api.rows("engines")}
    return states.get("/run/docker.sock")


def logged(since, text):
    """When contmon-engine wrote the first such line after that, by its own
    clock: a test that waits on a busy machine is late itself."""
    done = subprocess.run(
        ["journalctl", "-q", "-o", "json", "-u", "contmon-engine",
         f"--since=@{int(since)}"], check=True, stdout=subprocess.PIPE)
    for line in done.stdout.splitlines():
        entry = json.loads(line)
        when = int(entry.get("_SOURCE_REALTIME_TIMESTAMP",
                             entry["__REALTIME_TIMESTAMP"])) / 1e6
        if when >= since and text in entry["MESSAGE"]:
            return when
    return None


def check_stopped():
    pid = int(subprocess.run(["pidof", "dockerd"], check=True,
                             stdout=subprocess.PIPE).stdout.split()[0])
    tap.wait_for(lambda: engine() == "connected")
    tap.equal(engine(), "connected", "an engine that answers")
    os.kill(pid, signal.SIGSTOP)
    stopped = time.time()
    try:
        tap.wait_for(lambda: engine() != "connected")
        tap.equal(engine(), "disconnected", "an engine that is stopped")
        tap.wait_for(lambda: logged(stopped, ": no answer: "))
        seconds = (logged(stopped, ": no answer: ") or math.inf) - stopped
        tap.ok(seconds <= 10, "contmon-engine noticed it within 10 s",
               seconds)
    finally:
        os.kill(pid, signal.SIGCONT)
    tap.wait_for(lambda: engine() == "connected")
    tap.equal(engine(), "connected", "an engine that continues")


def run():
    why = docker.unavailable()
    if why:
        tap.skip("answers of the engine", why)
        return
    use_docker({"exec-opts": ["native.cgroupdriver=cgroupfs"],
                "cgroup-parent": "/actions_job"})
    try:
        check_places()
        check_odd_label()
        check_layer()
        check_stopped()
    finally:
        use_engine()
        for one in docker.left_over():
            docker.remove(one)
        use_docker(None)


tap.main(run)
