# SPDX-License-Identifier: GPL-2.0-only
"""Real containers with known behaviour, started through the engine's API,
because a docker command takes seconds in an emulated machine."""

import http.client
import json
import signal
import socket

import proc
import tap

SOCKET = "/var/run/docker.sock"
PREFIX = "contmon-test-"
IMAGE = "busybox:latest"
MIB = 1 << 20

# More than the runtime needs before it starts the program
OOM_LIMIT = 32 * MIB


class Connection(http.client.HTTPConnection):
    """HTTP over the engine's socket"""

    def __init__(self):
        super().__init__("localhost", timeout=tap.PATIENCE_S)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(SOCKET)


def ask(method, path, body=None, missing_is_fine=False):
    connection = Connection()
    connection.request(method, path, json.dumps(body) if body else None,
                       {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    if answer.status >= 400 and not (missing_is_fine and answer.status == 404):
        raise RuntimeError(f"{method} {path}: {answer.status} {text}")
    return json.loads(text) if text[:1] in ("{", "[") else text


def remove(container):
    """By name or id; it is no error if the container does not exist."""
    ask("DELETE", f"/containers/{container}?force=1", missing_is_fine=True)


def left_over():
    """Ids of all containers of the tests"""
    return [one["Id"] for one in ask("GET", "/containers/json?all=1")
            if one["Names"][0].startswith("/" + PREFIX)]


class Container:
    """Started by its constructor; remove() ends it."""

    def __init__(self, kind, script, **limits):
        self.name = PREFIX + kind
        remove(self.name)
        self.id = ask("POST", f"/containers/create?name={self.name}", {
            "Image": IMAGE, "Cmd": ["sh", "-c", script],
            "HostConfig": {"NetworkMode": "none", **limits}})["Id"]
        ask("POST", f"/containers/{self.id}/start")
        self.pid = ask("GET", f"/containers/{self.id}/json")["State"]["Pid"]
        self.path = proc.cgroup_path(self.pid)
        self.directory = proc.CGROUPS + self.path
        self.cgroup_id = proc.inode(self.directory)

    def file(self, name):
        return f"{self.directory}/{name}"

    def pids(self):
        return sorted(map(int, (proc.read(self.file("cgroup.procs")) or
                                "").split()))

    def pause(self):
        ask("POST", f"/containers/{self.id}/pause")

    def unpause(self):
        ask("POST", f"/containers/{self.id}/unpause")

    def rename(self, name):
        ask("POST", f"/containers/{self.id}/rename?name={name}")
        self.name = name


def cpu():
    """Burns all it may: half a CPU, 50 ms in each 100."""
    return Container("cpu", "while :; do :; done", NanoCpus=500_000_000)


def memory():
    """tail keeps 64 MiB, because its output is never read."""
    one = Container("memory", f"head -c {64 * MIB} /dev/zero | "
                    f"tail -c {64 * MIB} | sleep 100000")

    def anonymous():
        """From page table entries, which do not lag like counters"""
        return sum(proc.kib(f"/proc/{pid}/smaps_rollup", "Anonymous")
                   for pid in one.pids())
    if not tap.wait_for(lambda: anonymous() >= 64 * MIB):
        raise RuntimeError("the memory container did not fill its memory")
    return one


def disk():
    """Writes a MiB and waits for the disk, about three times a second."""
    return Container("disk", "while :; do dd if=/dev/zero of=/data bs=64k "
                     "count=16 conv=fsync 2>/dev/null; sleep 0.3; done")


def oom():
    """One of its processes is killed by the OOM killer, and it keeps running.
    """
    return Container("oom", "tail /dev/zero; sleep 100000",
                     Memory=OOM_LIMIT, MemorySwap=OOM_LIMIT)


class Doomed(Container):
    """Its only process is killed by the OOM killer, after doom()."""

    def __init__(self):
        super().__init__("doomed", "until rm /doom 2>/dev/null; do sleep 0.2; "
                         "done; exec tail /dev/zero",
                         Memory=OOM_LIMIT, MemorySwap=OOM_LIMIT)

    def doom(self):
        """Whether the engine says that it was killed, when it has ended.

        Not OOMKilled: Docker can miss the kill of a container that ends by it.
        """
        with open(f"/proc/{self.pid}/root/doom", "wb"):
            pass
        tap.wait_for(lambda: not self.state()["Running"])
        return self.state()["ExitCode"] == 128 + signal.SIGKILL

    def state(self):
        return ask("GET", f"/containers/{self.id}/json")["State"]

    def start_again(self):
        ask("POST", f"/containers/{self.id}/start")
        self.pid = self.state()["Pid"]


def unavailable():
    """Why there can be no containers, or None."""
    try:
        ask("GET", f"/images/{IMAGE}/json")
    except (OSError, RuntimeError) as error:
        return error
    return None
