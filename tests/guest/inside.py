#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs test_inside in a real container that has the device, as the container's
root and as another user."""

import os
import subprocess

import docker
import tap

PROGRAMS = os.path.realpath(os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "../uapi"))
DEVICE = "/dev/contmon"
STORM = "while :; do /bin/true; done"

# Ids are the host's; the group may open the device
USERS = {"root": 0, "another user": 1234}


def execute(container, uid, command):
    """(status, output) of a command in the container"""
    made = docker.ask("POST", f"/containers/{container.id}/exec", {
        "AttachStdout": True, "AttachStderr": True, "Tty": True,
        "User": f"{uid}:{os.stat(DEVICE).st_gid}", "Cmd": command})
    output = docker.ask("POST", f"/exec/{made['Id']}/start",
                        {"Detach": False, "Tty": True})
    reported = docker.ask("GET", f"/exec/{made['Id']}/json")
    return reported["ExitCode"], output


def run():
    why = docker.unavailable()
    if why:
        tap.skip("inside a container", f"no Docker: {why}")
        return
    container = docker.Container(
        "inside", "sleep 100000", Binds=[f"{PROGRAMS}:/tests:ro"],
        Devices=[{"PathOnHost": DEVICE, "PathInContainer": DEVICE,
                  "CgroupPermissions": "rw"}])
    storm = subprocess.Popen(["sh", "-c", STORM])
    for name, uid in USERS.items():
        status, output = execute(container, uid,
                                 ["/tests/test_inside", str(storm.pid)])
        for line in str(output).splitlines():
            if line.startswith("#"):
                tap.note(line.lstrip("# ").rstrip())
        tap.ok(status == 0 and " 0 failed" in str(output),
               f"as {name} it sees only what is inside", output)
    storm.kill()
    storm.wait()
    docker.remove(container.id)


if __name__ == "__main__":
    tap.main(run)
