#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""contmon-engine acts on containers of Podman as it does on those of Docker."""

import contextlib
import os
import shutil
import subprocess

import acting
import boxes
import docker
import tap

SOCKET = "/run/podman/podman.sock"


class PodmanBox(acting.Box):
    """A container of Podman, without an image"""

    def __init__(self, kind, script=acting.GRACEFUL):
        # pylint: disable=super-init-not-called
        self.name = acting.PREFIX + kind
        boxes.out("podman", "rm", "-f", "-i", "-t", "0", self.name)
        self.id = boxes.out("podman", "run", "-d", "--name", self.name,
                            "--network", "none", "--rootfs", boxes.tree(kind),
                            "/bin/sh", "-c", script)
        self.see()


@contextlib.contextmanager
def podman():
    """Podman's service as the engine, of contmon-engine and of docker.ask()"""
    os.makedirs(os.path.dirname(SOCKET), exist_ok=True)
    shutil.rmtree(boxes.TREES, ignore_errors=True)
    with subprocess.Popen(["podman", "system", "service", "--time=0",
                           f"unix://{SOCKET}"],
                          env=boxes.ENV) as service:
        tap.wait_for(lambda: os.path.exists(SOCKET))
        docker.SOCKET, old = SOCKET, docker.SOCKET
        try:
            acting.set_engine(*acting.WIDE, "--socket", SOCKET)
            yield
        finally:
            acting.remove_all()
            docker.SOCKET = old
            service.terminate()
    if os.path.exists(SOCKET):
        os.unlink(SOCKET)
    shutil.rmtree(boxes.TREES, ignore_errors=True)


def run():
    if not shutil.which("podman"):
        tap.skip("acts of Podman", "podman is not installed")
        return
    try:
        with podman():
            acting.check_steps(PodmanBox)
    finally:
        acting.set_engine()


if __name__ == "__main__":
    tap.main(run)
