#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""contmond's HTTP from outside: the socket beside the address, what each shows,
and streams of events, also when contmond is reloaded and stopped.

Usage: serving.py BUILD
"""

import contextlib
import grp
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../guest"))

import daemon  # pylint: disable=wrong-import-position
import tap  # pylint: disable=wrong-import-position

GROUP = grp.getgrnam("daemon") if os.geteuid() == 0 else grp.getgrgid(os.getegid())
PROCESSES = ("processes", "processes/past", "commands", "commands/past", "commands/series")
OWN_PROC = ("unshare", "--mount", "sh", "-c",
            'mount -t proc proc /proc && exec "$0" "$@"')
STREAM = b"GET /api/v1/events/stream HTTP/1.1\r\nHost: any\r\n\r\n"


class OverSocket(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("any.example", timeout=tap.PATIENCE_S)
        self.path = path

    def connect(self):
        self.sock = connect(self.path)


def connect(path):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(tap.PATIENCE_S)
    client.connect(str(path))
    return client


def ask(connection, path):
    """Status and answer"""
    with contextlib.closing(connection):
        connection.request("GET", f"/api/v1/{path}")
        answer = connection.getresponse()
        return answer.status, json.load(answer)


def over_address(host, path):
    return ask(http.client.HTTPConnection("127.0.0.1", host.port,
                                          timeout=tap.PATIENCE_S), path)


def over_socket(path, what="info"):
    try:
        return ask(OverSocket(path), what)[0]
    except OSError:
        return None


def settings(directory, **more):
    return {"store": "memory", "policy_dir": directory / "policy.d", **more}


def read_until(client, end):
    data = b""
    while end not in data:
        more = client.recv(65536)
        if not more:
            break
        data += more
    return data


def check_socket(host, path):
    with host:
        mode = path.stat()
        tap.equal((stat.S_ISSOCK(mode.st_mode), oct(mode.st_mode & 0o777)),
                  (True, "0o600"), "the socket has its mode")
        tap.equal(mode.st_gid, GROUP.gr_gid, "and its group")
        tap.wait_for(lambda: over_address(host, "containers")[0] == 200)
        for what in PROCESSES:
            tap.equal((over_address(host, what)[0], over_socket(path, what)),
                      (403, 200), f"{what} are shown over the socket only")
        tap.equal(over_address(host, "containers")[0], 200, "containers are shown")
        with connect(path) as client:
            client.sendall(STREAM)
            tap.ok(b"retry: " in read_until(client, b"retry: "),
                   "events are streamed over the socket")
            with subprocess.Popen([host.program, "-c", host.file], env=daemon.ENV,
                                  stderr=subprocess.DEVNULL) as other:
                tap.equal(other.wait(tap.PATIENCE_S), 1, "nobody else can have it")
            tap.equal(over_socket(path), 200, "and it is not taken away")
            host.process.send_signal(signal.SIGTERM)
            tap.ok(read_until(client, b"\r\n0\r\n\r\n").endswith(b"\r\n0\r\n\r\n") or
                   not client.recv(1), "SIGTERM ends the stream")
        tap.equal(host.process.wait(tap.PATIENCE_S), 0, "and contmond")
    tap.ok(not path.exists(), "the socket is gone then")


def check_what_is_left_behind(host, path):
    with host:
        host.kill()
        tap.ok(path.exists(), "a contmond that is killed leaves its socket")
    with host:
        tap.equal(over_socket(path), 200, "the next one replaces it")


def check_reload(host, directory, path):
    moved = directory / "moved.sock"
    host.configure(settings(directory, socket=path), {})
    with host:
        for what in PROCESSES[:1]:
            tap.wait_for(lambda: over_address(host, "containers")[0] == 200)
            tap.equal(over_address(host, what)[0], 200,
                      "processes are shown to everyone by default")
        host.configure(settings(directory, socket=moved, open_on_loopback="no"), {})
        host.reload("configuration reloaded")
        tap.equal((over_socket(moved), path.exists()), (200, False),
                  "a reload moves the socket")
        tap.equal(over_address(host, "processes")[0], 403, "and hides processes")
        path.write_text("not a socket")
        host.configure(settings(directory, socket=path), {})
        host.reload("the old configuration stays in use")
        tap.equal((over_socket(moved), path.read_text()), (200, "not a socket"),
                  "another file is not replaced")
        path.unlink()
        host.configure(settings(directory, socket=path, listen="none"), {})
        host.reload("configuration reloaded")
        tap.equal((over_socket(path), daemon.fetch(host.url("info"))), (200, None),
                  "the address can be given up")


def check_proc(host, directory, path):
    """/proc is mounted with other options while contmond runs."""
    if subprocess.run([*OWN_PROC, "true"], check=False).returncode != 0:
        tap.skip("/proc that hides processes", "only root can mount it")
        return
    host.configure(settings(directory, socket=path), {})
    host.prefix = OWN_PROC
    with host:
        for option, status in (("off", 200), ("invisible", 403), ("off", 200)):
            subprocess.run(["nsenter", "--target", str(host.process.pid), "--mount",
                            "mount", "-o", f"remount,hidepid={option}", "/proc"],
                           check=True)
            tap.ok(tap.wait_for(lambda: over_address(host, "processes")[0] == status),
                   f"hidepid={option}: {status} from processes")
            tap.equal(over_socket(path, "processes"), 200, "200 over the socket")
    host.prefix = []


def check_clients(host, directory, path):
    """Of one place they cannot keep out those of the other."""
    host.configure(settings(directory, socket=path), {})
    with host, contextlib.ExitStack() as held:
        for _ in range(300):
            client = held.enter_context(socket.create_connection(
                ("127.0.0.1", host.port)))
            client.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: 127")
        tap.equal(over_socket(path), 200, "the socket answers beside 300 half requests")
        for _ in range(20):
            client = connect(path)
            client.sendall(STREAM)
            client.recv(1)
            client.close()
        tap.equal(over_socket(path), 200, "and after streams that were left")
        tap.equal(over_address(host, "info")[0], 200, "and the address does")


def run():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-http-"))
    path = directory / "http.sock"
    (directory / "policy.d").mkdir()
    host = daemon.Contmond(sys.argv[1], directory)
    closed = settings(directory, socket=path, socket_mode="0600", open_on_loopback="no",
                      socket_group=GROUP.gr_name)
    host.configure(closed, {})
    try:
        check_socket(host, path)
        check_what_is_left_behind(host, path)
        check_reload(host, directory, path)
        check_proc(host, directory, path)
        check_clients(host, directory, path)
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    tap.main(run)
