# SPDX-License-Identifier: GPL-2.0-only
"""Real containers of Docker and of Podman, each a shell with nine sleeping
processes."""

import contextlib
import os
import subprocess
import time

import daemon_tools as tools

PROCESSES = 10
SCRIPT = "for i in 1 2 3 4 5 6 7 8 9; do sleep 1000000 & done; wait"
IMAGE = "docker.io/library/busybox:latest"
# Docker's image, for Podman
FILE = "/var/tmp/bench-busybox.tar"
# Podman leaves conmon there if it runs in a unit of systemd, as this does.
ENV = {key: value for key, value in os.environ.items()
       if key != "INVOCATION_ID"}


@contextlib.contextmanager
def steady_clock():
    """A clock that leaps ahead while a drive is waited for makes engines give
    up. It cannot while something runs."""
    with subprocess.Popen(["chrt", "--idle", "0", "sh", "-c",
                           "while :; do :; done"]) as spinner:
        try:
            yield
        finally:
            spinner.kill()


class Engine:
    """Started with `with`; afterwards its containers are gone"""

    name = None
    monitors = ()

    def __init__(self):
        self.nr = 0

    def run(self, *words):
        return subprocess.run((self.name, *words), check=True, env=ENV,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True).stdout

    def grow(self, containers):
        with steady_clock():
            while self.nr < containers:
                self.run("run", "--detach", "--network", "none", IMAGE, "sh",
                         "-c", SCRIPT)
                self.nr += 1
        # Until all of that is done
        time.sleep(10)

    def __enter__(self):
        with steady_clock():
            self.start()
        return self

    def __exit__(self, *_):
        with steady_clock():
            for container in self.run("ps", "--all", "--quiet").split():
                self.run("rm", "--force", container)
            self.stop()

    def start(self):
        """Have the image"""

    def stop(self):
        """What has no containers any more"""


class Docker(Engine):
    name = "docker"
    monitors = tools.WITH_DOCKER

    def start(self):
        tools.run("systemctl", "start", "docker.service")
        self.run("save", "--output", FILE, IMAGE)

    def stop(self):
        tools.run("systemctl", "stop", "docker.service", "docker.socket",
                  "containerd.service")


class Podman(Engine):
    name = "podman"
    monitors = tools.WITH_PODMAN

    def start(self):
        self.run("load", "--input", FILE)


ALL = (Docker, Podman)
