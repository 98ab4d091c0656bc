#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Targets that die: samples are taken while a request waits for one of them for
as long as it may, at every stage of it; and real databases that are killed when
they have half of a body have everything afterwards.

Usage: forward_dead.py BUILD
"""

import contextlib
import http.client
import os
import pathlib
import shutil
import signal
import socket
import socketserver
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../guest"))

import databases  # pylint: disable=wrong-import-position
import recorded  # pylint: disable=wrong-import-position
import tap  # pylint: disable=wrong-import-position
from past_host import Host  # pylint: disable=wrong-import-position
from script import Script  # pylint: disable=wrong-import-position

BUILD = sys.argv[1]

# How long a request may take, and how many samples are taken meanwhile. Nobody
# waits longer than 10 s for a connection.
TIMEOUT_MS = 600000
SAMPLES = 20

# Those requests do not come to their end.
KILLED_AT = (2, 4, 7)


# --- samples go on ---------------------------------------------------------------

@contextlib.contextmanager
def silent():
    """The kernel takes no connection: the queue of those that nobody accepts is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@contextlib.contextmanager
def deaf():
    """Accepts, and reads nothing: most of a large body stays with the sender."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@contextlib.contextmanager
def mute():
    """Reads all of it, and does not answer"""
    with Script() as server:
        server.default = "hang"
        yield server.port


def tcp():
    """Of each connection in /proc/net/tcp: its columns"""
    lines = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
    return [line.split() for line in lines]


def request_of(contmond, port):
    """The socket of the request that is under way, or None"""
    mine = set()
    for fd in pathlib.Path(f"/proc/{contmond.process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):    # it was closed meanwhile
            mine.add(os.readlink(fd))
    return next((words[9] for words in tcp() if words[2].endswith(f":{port:04X}") and
                 f"socket:[{words[9]}]" in mine), None)


def samples_beside_one(contmond, port):
    """How many samples were taken while the same request was under way: as many as
    are wanted, in spite of those that end because nobody takes their connection."""
    request = first = taken = None

    def look():
        nonlocal request, first, taken
        samples = contmond.row("health")["samples_total"]
        now = request_of(contmond, port)
        if not now or now != request:
            request, first = now, samples
        taken = samples - first
        return request and taken >= SAMPLES
    tap.wait_for(look, step=0.02)
    return taken


def check_samples(host, kind):
    """A sample that waited for a request would be the last one beside it."""
    with kind() as port:
        host.begin_at(1, "dead")
        host.configure({"dead": {
            "type": "influx", "url": f"http://127.0.0.1:{port}/", "interval_ms": 100,
            "batch_max_kb": 1024, "compress": "none", "timeout_ms": TIMEOUT_MS}},
            interval_ms=100)
        with host.contmond:
            taken = samples_beside_one(host.contmond, port)
            row = host.contmond.targets()["dead"]
            # Else it would wait for the end of the request for some time.
            host.contmond.kill()
        tap.equal(row["delivered_ticks_total"], 0, f"{kind.__name__}: nothing arrives")
        tap.ok(taken >= SAMPLES, f"{kind.__name__}: samples are taken beside one request",
               (taken, row))


# --- a database that is killed -----------------------------------------------------

class Relay(socketserver.ThreadingTCPServer):
    """In front of a database: some requests get only half of their body there, and
    the database is killed then."""

    daemon_threads = True

    def __init__(self, database):
        super().__init__(("127.0.0.1", 0), Connection)
        self.database = database
        self.lock = threading.Lock()
        self.requests = self.kills = 0

    def url(self, url):
        return url.replace(str(self.database.port), str(self.server_address[1]), 1)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        """One request, as it came; so each has a connection."""
        line = self.rfile.readline()
        headers = http.client.parse_headers(self.rfile)
        length = int(headers["Content-Length"])
        del headers["Connection"]
        head = line + b"".join(f"{key}: {value}\r\n".encode()
                               for key, value in headers.items()) + \
            b"Connection: close\r\n\r\n"
        with self.server.lock:
            self.server.requests += 1
            with socket.create_connection(("127.0.0.1", self.server.database.port)) as to:
                to.sendall(head)
                if self.server.requests in KILLED_AT:
                    self.kill(to, length // 2)
                    return
                to.sendall(self.rfile.read(length))
                while answer := to.recv(65536):
                    self.wfile.write(answer)

    def kill(self, to, length):
        """When the database has taken all that was sent"""
        to.sendall(self.rfile.read(length))
        tap.wait_for(lambda: unread(to) == 0, step=0.01)
        self.server.database.restart()
        self.server.kills += 1


def unread(connection):
    """Bytes that the kernel keeps for the other end, which is of this host"""
    ours, theirs = (f":{end[1]:04X}" for end in (connection.getsockname(),
                                                 connection.getpeername()))
    return next((int(words[4].split(":")[1], 16) for words in tcp() if
                 words[1].endswith(theirs) and words[2].endswith(ours)), 0)


def check_database(host, directory, kind):
    """Only one that keeps what it has confirmed when it is killed: VictoriaMetrics
    writes to disk some seconds later."""
    if kind not in databases.installed():
        tap.skip(f"{kind.program} is killed", "it is not installed")
        return
    with kind(directory) as database, Relay(database) as relay:
        target = database.target()
        host.begin_at(1, "killed")
        host.configure({"killed": {**target, "url": relay.url(target["url"]),
                                   **({"batch_max_kb": 16} if kind is databases.InfluxDB
                                      else {})}})
        with host.contmond:
            host.wait_for_cursor("killed")
            row = host.contmond.targets()["killed"]
            log = host.contmond.log()
        tap.equal(relay.kills, len(KILLED_AT),
                  f"{kind.program}: it is killed, each time with half of a body")
        tap.ok(row["failed_requests_total"] >= len(KILLED_AT) and
               "killed: delivers again" in log,
               f"{kind.program}: contmond tells of it, and of its end", (row, log))
        tap.equal((row["rejected_rows_total"], row["dropped_ticks_total"]), (0, 0),
                  f"{kind.program}: nothing is refused or dropped")
        tap.equal(list(recorded.compare_series(database.series))[:5], [],
                  f"{kind.program}: it has every sample once")


def run():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-forward-dead-"))
    try:
        for nr, kind in enumerate((silent, deaf, mute)):
            check_samples(Host(BUILD, directory, nr), kind)
        for nr, kind in enumerate((databases.InfluxDB, databases.Prometheus)):
            check_database(Host(BUILD, directory, 10 + nr), directory, kind)
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    tap.main(run)
