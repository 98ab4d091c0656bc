# SPDX-License-Identifier: GPL-2.0-only
"""Networks of their own for hosts on one machine: each has an address, a loopback
and a host name that nobody else has. Only root can make them."""

import ipaddress
import os
import shutil
import subprocess

import tap

BLOCK = ipaddress.ip_address("198.18.0.0")  # for tests between networks (RFC 2544)
HOSTS_MAX = 4  # of one test; another one that runs beside it has other addresses


def call(*command):
    subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Namespace:
    """Used with `with`: it is there inside. `address` is its own, `outside` that of
    this machine in its network. It ends with this process, whatever ends that."""

    def __init__(self, nr, name):
        first = BLOCK + 4 * (HOSTS_MAX * (os.getpid() % 8192) + nr)
        self.outside, self.address = str(first + 1), str(first + 2)
        self.name = name
        self.link = f"cm{os.getpid()}-{nr}"
        self.holder = None

    @property
    def prefix(self):
        """Of a command that runs inside; it has the process id of that"""
        return ["nsenter", "--target", str(self.holder.pid), "--net", "--uts"]

    def is_made(self):
        return self.holder.poll() is not None or all(
            os.readlink(f"/proc/{self.holder.pid}/ns/{kind}") !=
            os.readlink(f"/proc/self/ns/{kind}") for kind in ("net", "uts"))

    def __enter__(self):
        # pylint: disable=consider-using-with
        self.holder = subprocess.Popen(["unshare", "--net", "--uts", "cat"],
                                       stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        try:
            tap.wait_for(self.is_made, step=0.01)
            call("ip", "link", "add", self.link, "type", "veth", "peer", "name", "eth0",
                 "netns", str(self.holder.pid))
            call("ip", "address", "add", f"{self.outside}/30", "dev", self.link)
            call("ip", "link", "set", self.link, "up")
            for command in (("ip", "address", "add", f"{self.address}/30", "dev", "eth0"),
                            ("ip", "link", "set", "eth0", "up"),
                            ("ip", "link", "set", "lo", "up"), ("hostname", self.name)):
                call(*self.prefix, *command)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        subprocess.run(["ip", "link", "delete", self.link], check=False,
                       stderr=subprocess.DEVNULL)
        self.holder.stdin.close()
        self.holder.wait(tap.PATIENCE_S)


def why_not():
    """Why there can be none here, or None"""
    if os.geteuid() != 0:
        return "only root can make network namespaces"
    for program in ("ip", "nsenter", "unshare", "hostname"):
        if not shutil.which(program):
            return f"{program} is not installed"
    try:
        with Namespace(0, "attempt"):
            return None
    except subprocess.CalledProcessError as error:
        return f"{error.cmd[0]}: {error.stderr.decode().strip()}"
