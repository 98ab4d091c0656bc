# SPDX-License-Identifier: GPL-2.0-only
"""The memory of contmon-engine: an engine has thousands of containers, most of
them ended, and a list of 32 MiB. Some labels are hostile. All that run have
their names, and so do as many of the ended as there is room for.

Usage: engine_memory.py BUILD
"""

import http.server
import json
import os
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../guest"))

import tap  # pylint: disable=wrong-import-position

BUILD = os.path.abspath(sys.argv[1])

MIB = 1 << 20
LIST_BYTES = 32 * MIB
LIMIT_MIB = 64
RUNNING, ENDED = 500, 10000
CLIENTS = 70

BEGIN = "2026-01-01T00:00:00.5Z"
NEVER = "0001-01-01T00:00:00Z"


def id_of(n):
    return f"{n:064x}"


def name_of(n):
    return f"web-{n}"


def is_running(n):
    return n < RUNNING


HOSTILE = {
    0: {"nul": "a\0b", "good": "yes"},
    1: {"long": MIB * "x", "good": "yes"},
    2: {MIB * "k": "v", "good": "yes"},
    3: {**{f"k{i}": "v" for i in range(50000)}, "good": "yes"},
}


def labels_of(n):
    filler = LIST_BYTES // (RUNNING + ENDED) // 10
    return HOSTILE.get(n) or {f"label{i}": filler * "x" for i in range(10)}


def listed(n):
    return {"Id": id_of(n), "Names": [f"/{name_of(n)}"], "Image": "web:1",
            "Command": "serve", "Created": 1767225600, "Labels": labels_of(n),
            "State": "running" if is_running(n) else "exited"}


def inspected(n):
    return {
        "Id": id_of(n), "Name": f"/{name_of(n)}", "Created": BEGIN,
        "Path": "serve", "Args": [], "RestartCount": 0,
        "State": {"Status": "running" if is_running(n) else "exited",
                  "Running": is_running(n), "StartedAt": BEGIN,
                  "FinishedAt": NEVER if is_running(n) else BEGIN,
                  "ExitCode": 0, "OOMKilled": False, "Pid": 0},
        "Config": {"Image": "web:1", "Labels": labels_of(n)},
        "HostConfig": {}}


LIST = json.dumps([listed(n) for n in range(RUNNING + ENDED)]).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as Docker does, as far as contmon-engine asks"""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def address_string(self):
        return "-"

    def send(self, body, status=200):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def events(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.server.done.wait()
        self.close_connection = True

    def do_GET(self):  # pylint: disable=invalid-name
        path = self.path.partition("?")[0].split("/")[1:]
        if path[-1] == "version":
            self.send(b'{"Version":"28.2.2","ApiVersion":"1.50","MinAPIVersion":"1.24"}')
        elif path[-1] == "events":
            self.events()
        elif path[-2:] == ["containers", "json"]:
            self.send(LIST)
        elif path[-3:-2] == ["containers"]:
            self.send(json.dumps(inspected(int(path[-2], 16))).encode())
        else:
            self.send(b"{}", 404)


class Engine(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path):
        self.done = threading.Event()
        super().__init__(path, Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Program:
    """contmon-engine with a /run of its own, where it makes its socket"""

    def __init__(self, path):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /run && "
             'mkdir /run/contmon && exec "$@"', "sh",
             f"{BUILD}/bin/contmon-engine", "--socket", path],
            stderr=subprocess.DEVNULL)
        self.socket = f"/proc/{self.process.pid}/root/run/contmon/engine.sock"
        tap.wait_for(lambda: os.path.exists(self.socket))

    def peak_mib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file
                        if line.startswith("VmHWM")) / 1024

    def end(self):
        self.process.terminate()
        self.process.wait()


class Client:
    """What contmond is to contmon-engine"""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.socket.settimeout(tap.PATIENCE_S)
        self.known = {}
        self.has_list = False

    def read(self):
        """Until there is a list, and all that runs in it has been inspected"""
        with self.socket.makefile("rb") as file:
            for line in file:
                message = json.loads(line)
                if message["op"] == "set":
                    self.known[message["id"]] = message
                if message["op"] == "remove":
                    self.known.pop(message["id"], None)
                self.has_list |= message["op"] == "sync"
                if self.is_complete():
                    return

    def running(self):
        return [self.known.get(id_of(n), {}) for n in range(RUNNING)]

    def is_complete(self):
        return self.has_list and all(one.get("started_ms") for one in self.running())


def check_names(client):
    tap.equal([one.get("name") for one in client.running()],
              [name_of(n) for n in range(RUNNING)],
              f"{RUNNING} containers that run have their names")
    ended = [one for one in client.known.values() if one.get("state") == "exited"]
    tap.equal([one["name"] for one in ended],
              [name_of(int(one["id"], 16)) for one in ended],
              f"{len(ended)} containers that ended have theirs")
    tap.ok(len(ended) >= 1000, "they are many", len(ended))
    tap.equal([n for n in HOSTILE if "name" not in client.known[id_of(n)]], [],
              "what has hostile labels has its name")
    tap.equal(client.known[id_of(0)]["labels"].get("good"), "yes",
              "a label beside one with NUL is there")
    tap.equal(client.known[id_of(1)]["labels"].get("good"), "yes",
              "so is one beside a megabyte")


def check(program):
    client = Client(program.socket)
    client.read()
    check_names(client)
    idle = [Client(program.socket) for _ in range(CLIENTS)]
    another = Client(program.socket)
    another.read()
    tap.ok(another.is_complete(), f"{CLIENTS} idle clients keep nobody out")
    peak = program.peak_mib()
    tap.ok(peak < LIMIT_MIB, f"less than {LIMIT_MIB} MiB of memory", peak)
    tap.note(f"peak: {peak:.1f} MiB; list: {len(LIST) / MIB:.0f} MiB")
    for one in idle:
        one.socket.close()


def run():
    with tempfile.TemporaryDirectory() as place:
        engine = Engine(f"{place}/docker.sock")
        program = Program(f"{place}/docker.sock")
        try:
            check(program)
        finally:
            program.end()
            engine.done.set()
            engine.shutdown()


tap.main(run)
