# SPDX-License-Identifier: GPL-2.0-only
"""CPU time of a whole guest, by who used it: what cgroups have counted, and the
kernel's own threads, which are in no cgroup but the root."""

import os

CGROUPS = "/sys/fs/cgroup"
SLICE = CGROUPS + "/system.slice"
CONTAINERS = CGROUPS + "/docker"
PODMAN = CGROUPS + "/machine.slice"


def read(path):
    """A file's text; "" if it is not there."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def directories(path, prefix=""):
    """Those in it; none if it is not there"""
    if not os.path.isdir(path):
        return []
    return [entry.path for entry in os.scandir(path)
            if entry.is_dir() and entry.name.startswith(prefix)]


def containers_of_engines():
    """Without conmon, which is a part of Podman in a cgroup beside each"""
    return directories(SLICE, "docker-") + [
        path for path in directories(PODMAN, "libpod-")
        if not os.path.basename(path).startswith("libpod-conmon-")]


def used_us(cgroup):
    """What a cgroup and all below it have used; 0 before it is made."""
    for line in read(cgroup + "/cpu.stat").splitlines():
        key, value = line.split()
        if key == "usage_usec":
            return int(value)
    return 0


def kernel_threads_us():
    total_ns = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        # The kernel's threads are those that have no command line and no size.
        if read(f"/proc/{pid}/statm").startswith("0 "):
            total_ns += int((read(f"/proc/{pid}/schedstat") or "0").split()[0])
    return total_ns // 1000


def snapshot(units):
    """Microseconds so far of a tool's units, the containers, the benchmark
    itself, everything else (engines among it), and the kernel's threads"""
    containers = [CONTAINERS, *containers_of_engines()]
    all_us = sum(map(used_us, directories(CGROUPS)))
    parts = {
        "tool": sum(used_us(f"{SLICE}/{unit}.service") for unit in units),
        "containers": sum(map(used_us, containers)),
        "bench": used_us(f"{SLICE}/vm-guest.service"),
    }
    parts["others"] = all_us - sum(parts.values())
    parts["kernel"] = kernel_threads_us()
    return parts


def rss_bytes(units):
    """{unit: the sum over its processes}"""
    sizes = dict.fromkeys(units, 0)
    for unit in units:
        for pid in read(f"{SLICE}/{unit}.service/cgroup.procs").split():
            for line in read(f"/proc/{pid}/status").splitlines():
                if line.startswith("VmRSS:"):
                    sizes[unit] += int(line.split()[1]) * 1024
    return sizes
