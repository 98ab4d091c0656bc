# SPDX-License-Identifier: GPL-2.0-only
"""Hierarchies of cgroups that a test mounts, or that are mounted."""

import os
import subprocess
import tempfile

import proc
import subjects
import tap


def is_gone(name):
    return f":{name}:" not in proc.read("/proc/self/cgroup")


def mount_of(name):
    """Where systemd mounted this hierarchy of v1; None if it did not"""
    for line in proc.read("/proc/self/mounts").splitlines():
        _, point, kind, options, *_ = line.split()
        if kind == "cgroup" and name in options.split(","):
            return point
    return None


class Hierarchy:
    """A hierarchy of v1 with a name and without controllers, or with one;
    without a name: v2"""
    def __init__(self, name=None):
        self.name = name
        self.point = mount_of(name) if name else proc.CGROUPS
        self.is_own = self.point is None
        self.made = []
        if self.is_own:
            # Not in /tmp: contmond has one of its own.
            self.point = tempfile.mkdtemp(dir="/run")
            self.mount()

    def mount(self):
        options = f"none,{self.name}" if "=" in self.name else self.name
        subprocess.run(["mount", "-t", "cgroup", "-o", options, "cgroup",
                        self.point], check=True)

    def unmount(self):
        """A hierarchy ends with its last mount if all of its cgroups are freed
        by then, which the kernel does some time after they are removed. If
        not, it stays until a later mount ends."""
        seconds = 0.5
        while True:
            subprocess.run(["umount", self.point], check=True)
            if tap.wait_for(lambda: is_gone(self.name), seconds) or \
                    seconds > tap.PATIENCE_S:
                break
            seconds *= 2
            self.mount()
        os.rmdir(self.point)
        tap.ok(is_gone(self.name), f"the guest is restored: no {self.name}")

    def make(self, path):
        """Returns the directory"""
        directory = self.point
        for part in path.split("/"):
            directory += f"/{part}"
            if not os.path.isdir(directory):
                os.mkdir(directory)
                self.made.append(directory)
        return directory

    def put(self, pid, path):
        subjects.write(f"{self.make(path)}/cgroup.procs", str(pid))

    def end(self):
        for one in reversed(self.made):
            tap.wait_for(lambda one=one: not subprocess.call(["rmdir", one]))
        if self.is_own:
            self.unmount()
