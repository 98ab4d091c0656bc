#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""contmon log --follow with a contmond that runs, is started again, killed, closed
to some, or not there; and with servers that are none.

Usage: follow.py BUILD
"""

import contextlib
import grp
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../guest"))

import tap  # pylint: disable=wrong-import-position
from daemon import Contmond, free_port  # pylint: disable=wrong-import-position
from fake_host import Container, FakeHost  # pylint: disable=wrong-import-position
from tls import Certificate  # pylint: disable=wrong-import-position

BUILD = os.path.abspath(sys.argv[1])
CONTMON = os.path.join(BUILD, "bin/contmon")
KEYS = ["seq", "t", "kind", "container", "container_id", "pid", "comm", "detail"]
NAMES = ["web", "job", "other", "first", "second", "reloaded"]
NOBODY = 65534
SILENT = "contmond does not answer at"


class Host:
    """A contmond with events: containers made of files come and go"""

    def __init__(self, directory):
        self.directory = directory
        self.socket = directory / "http.sock"
        self.store = directory / "contmond.db"
        self.fake = FakeHost(directory / "host", [])
        # What the engine says is read once, before they begin.
        self.fake.containers = self.containers = [
            self.container(nr, name) for nr, name in enumerate(NAMES, 1)]
        self.fake.put_names()
        self.fake.containers = []
        self.ended = []
        self.contmond = Contmond(BUILD, directory)
        self.contmond.program = os.path.join(BUILD, "tests/pty/fake_contmond")
        self.contmond.env = {**self.contmond.env, "FAKE_ROOT": str(directory / "host")}
        self.configure()

    def configure(self, **settings):
        self.contmond.configure({"store": self.store, "interval_ms": 100,
                                 "policy_dir": self.directory / "policy.d",
                                 "socket": self.socket, **settings}, {})

    @property
    def url(self):
        return f"http://127.0.0.1:{self.contmond.port}"

    @staticmethod
    def container(nr, name):
        """With an id that begins as no other does"""
        container = Container(nr, name, f"{name}:1")
        container.id = f"{nr:04x}" * 16
        container.cgroup = f"/system.slice/docker-{container.id}.scope"
        return container

    def begin(self, name):
        container = self.containers[NAMES.index(name)]
        self.fake.containers.append(container)
        with self.seen("container_started", container):
            self.fake.put_container(container, 1)
        return container

    def end(self, container):
        """No cgroup after it gets its id: a directory that is open keeps its inode."""
        self.ended.append(os.open(f"{self.fake.root}/cgroup{container.cgroup}",
                                  os.O_RDONLY))
        with self.seen("container_ended", container):
            self.fake.end(container)

    @contextlib.contextmanager
    def seen(self, kind, container):
        """What comes and goes while contmond is stopped was never there for it."""
        def nr():
            return sum(row["kind"] == kind and row["container_id"] == container.id
                       for row in self.events())

        before = nr()
        with self.contmond.stopped():
            yield
        tap.wait_for(lambda: nr() > before)

    def events(self):
        """The oldest first"""
        return self.contmond.rows("events")[::-1]

    def has(self, nr):
        return tap.wait_for(lambda: len(self.events()) >= nr)


class Follower:
    """A contmon log --follow, and what it has said so far; ends with `with`"""

    def __init__(self, *options, **how):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen([CONTMON, "log", "--follow", *map(str, options)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, env={**os.environ, "TZ": "UTC"}, **how)
        self.out, self.err = [], []
        self.threads = [threading.Thread(target=self.read, args=pipe) for pipe in (
            (self.process.stdout, self.out), (self.process.stderr, self.err))]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def read(pipe, lines):
        for line in pipe:
            lines.append(line.rstrip("\n"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.end()

    def end(self):
        """Its status"""
        status = self.process.wait(tap.PATIENCE_S)
        for thread in self.threads:
            thread.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return status

    def rows(self, nr):
        """So many lines of JSON"""
        tap.wait_for(lambda: len(self.out) >= nr)
        return [json.loads(line) for line in self.out]

    def says(self, text):
        return tap.wait_for(lambda: any(text in line for line in self.err))


def failing(*options, **how):
    """Status and message of one that ends"""
    follower = Follower(*options, **how)
    status = follower.end()
    return status, "\n".join(follower.err)


def listening(host, nr):
    """Until so many streams of this contmond were begun: nothing happens before"""
    return tap.wait_for(lambda: host.contmond.row("self")["streams"] >= nr)


def check_live(host):
    """Over the address and the socket, for programs and for people"""
    with Follower("--json", "--contmond", host.url) as live, \
            Follower("--contmond", host.socket) as people, \
            Follower("--csv", "--kind", "container_ended", "--contmond", host.socket,
                     "-o", "kind,container", "--count", 1) as one:
        listening(host, 3)
        web = host.begin("web")
        row = live.rows(1)[0]
        tap.equal((row["kind"], row["container"], row["container_id"], list(row)),
                  ("container_started", "web", web.id, KEYS),
                  "a start is shown as it happens")
        host.end(web)
        rows = live.rows(2)
        tap.equal((rows[1]["kind"], rows[1]["container"]), ("container_ended", "web"),
                  "and the end")
        tap.equal([row["seq"] for row in rows],
                  [row["seq"] for row in host.events()], "they are those of the API")
        tap.equal((one.end(), one.out), (0, ["kind,container", "container_ended,web"]),
                  "only of a kind, and only so many")
        tap.wait_for(lambda: len(people.out) >= 3)
        tap.equal([line.split()[:1] + line.split()[2:3] for line in people.out[:1]] +
                  [line.split()[2] for line in people.out[1:]],
                  [["TIME", "CONTAINER"], "container_started", "container_ended"],
                  "people get a table with headings")
        tap.equal(live.err + people.err + one.err, [], "without a complaint")


def check_from(host):
    """What has happened before comes first"""
    want = [row["seq"] for row in host.events()]
    with Follower("--json", "--from", "-1h", "--contmond", host.url) as live:
        tap.equal([row["seq"] for row in live.rows(len(want))], want,
                  "--from begins with what was recorded")
        job = host.begin("job")
        tap.equal(live.rows(len(want) + 1)[-1]["container_id"], job.id, "and goes on")
    with Follower("--json", "--from", "-1h", "--container", job.id[:7], "--contmond",
                  host.url) as live:
        tap.equal([row["container_id"] for row in live.rows(1)], [job.id],
                  "of a container by the beginning of its id")
    with Follower("--json", "--from", "-1h", "--container", "job", "--contmond",
                  host.url) as live:
        live.rows(1)
        other = host.begin("other")
        host.end(job)
        host.end(other)
        host.has(len(want) + 4)
        tap.equal([row["container"] for row in live.rows(2)], ["job", "job"],
                  "of a container by its name")


def check_restarts(host):
    """Nothing is missed and nothing comes twice."""
    with host.contmond:
        begin = len(host.events())
        live = Follower("--json", "--contmond", host.socket)
        listening(host, 1)
        first = host.begin("first")
        live.rows(1)
    tap.ok(live.says(SILENT), "it says that contmond does not answer", live.err)
    with host.contmond:
        second = host.begin("second")
        host.has(begin + 2)
        tap.ok(live.says("contmond answers again"), "and that it does again", live.err)
        live.rows(2)
        host.contmond.kill()
    tap.ok(tap.wait_for(lambda: len(live.err) == 3), "the same after kill -9", live.err)
    with host.contmond:
        host.end(first)
        host.end(second)
        host.has(begin + 4)
        live.rows(4)
        tap.equal([row["seq"] for row in live.rows(4)],
                  [row["seq"] for row in host.events()[begin:]],
                  "no event is missing or there twice")
        tap.equal([line.split(": ")[1].split(" at ")[0] for line in live.err],
                  [SILENT.removesuffix(" at"), "contmond answers again"] * 2,
                  "each is said once")
        with live:
            pass


def check_reload(host):
    """contmond ends streams when what they may see has changed."""
    with host.contmond:
        with Follower("--json", "--contmond", host.url) as live:
            listening(host, 1)
            host.configure(open_on_loopback="no")
            host.contmond.reload("configuration reloaded")
            container = host.begin("reloaded")
            tap.equal([row["container_id"] for row in live.rows(1)], [container.id],
                      "a reload costs no event")
            tap.equal(live.err, [], "and is not worth a word")
            host.end(container)
    host.configure()


def check_rights(host, directory):
    """A token, and a socket for a group"""
    token, wrong = directory / "token", directory / "wrong"
    for path, text in ((token, "0123456789abcdef"), (wrong, "fedcba9876543210")):
        path.write_text(text)
        path.chmod(0o600)
    host.configure(token_file=token)
    with host.contmond:
        status, said = failing("--contmond", host.url)
        tap.ok(status == 1 and "HTTP status 401: " in said and
               said.endswith("--contmond-token-file FILE"), "without the token", said)
        status, said = failing("--contmond", host.url, "--contmond-token-file", wrong)
        tap.ok(status == 1 and "HTTP status 401: " in said, "with a wrong one", said)
        with Follower("--json", "--from", "-1h", "--contmond", host.url,
                      "--contmond-token-file", token) as live:
            tap.ok(live.rows(1), "with the token")
        with Follower("--json", "--from", "-1h", "--contmond", host.socket) as live:
            tap.ok(live.rows(1), "the socket needs none")
    host.configure()


def can_run_as_nobody():
    with contextlib.suppress(OSError, PermissionError):
        return subprocess.run([CONTMON, "--version"], user=NOBODY, group=NOBODY,
                              extra_groups=[], stdout=subprocess.DEVNULL,
                              check=False).returncode == 0
    return False


def check_group(host, directory):
    """Not root: a member of the socket's group, and somebody else"""
    if not can_run_as_nobody():
        tap.skip("members of the group", "cannot run contmon as nobody here")
        return
    group = grp.getgrnam("daemon")
    directory.chmod(0o755)
    host.configure(socket_group=group.gr_name, socket_mode="0660")
    with host.contmond:
        nobody = {"user": NOBODY, "group": NOBODY, "cwd": "/"}
        with Follower("--json", "--from", "-1h", "--contmond", host.socket,
                      extra_groups=[group.gr_gid], **nobody) as live:
            tap.ok(live.rows(1), "a member of the group follows")
        tap.equal(failing("--contmond", host.socket, extra_groups=[], **nobody),
                  (1, f"contmon: {SILENT} {host.socket}: Permission denied; be root, or "
                      "a member of the group contmon"), "somebody else is told why not")
    host.configure()


def check_nobody_there(host):
    url = f"http://127.0.0.1:{free_port()}"
    tap.equal(failing("--contmond", url),
              (1, f"contmon: {SILENT} {url}: Connection refused; is it running?"),
              "no contmond at an address")
    tap.equal(failing("--contmond", host.directory / "no.sock"),
              (1, f"contmon: {SILENT} {host.directory}/no.sock: No such file or directory; "
                  "is it running?"), "no socket")


def is_open(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def check_tls(host, directory):
    certificate = Certificate(directory, "good")
    url = f"https://127.0.0.1:{host.contmond.port}"
    host.configure(**certificate.keys())
    # host.contmond itself can only be asked without TLS.
    server = subprocess.Popen(  # pylint: disable=consider-using-with
        [host.contmond.program, "-c", host.contmond.file], env=host.contmond.env)
    try:
        tap.wait_for(lambda: is_open(host.contmond.port))
        with Follower("--json", "--from", "-1h", "--contmond", url, "--ca-file",
                      certificate.file) as live:
            tap.ok(live.rows(1), "over TLS, with the certificate")
        status, said = failing("--contmond", url)
        tap.ok(status == 1 and said.startswith(f"contmon: {SILENT} {url}: ") and
               "certificate" in said, "not with one that nobody vouches for", said)
    finally:
        server.terminate()
        server.wait()
    host.configure()


class Stranger(http.server.HTTPServer):
    """Answers once each of: status, type and body; None: not at all"""

    def __init__(self, *answers):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.answers, self.last_ids = list(answers), []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # pylint: disable=invalid-name
            self.server.last_ids.append(self.headers["Last-Event-ID"])
            answer = self.server.answers.pop(0)
            if not answer:
                return
            status, kind, body = answer
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body.encode())

        def log_message(self, format, *args):  # pylint: disable=redefined-builtin
            pass

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


HTML, JSON, STREAM = "text/html", "application/json", "text/event-stream"
STRANGE = [
    ((200, HTML, "<p>"), "HTTP status 200: not an answer of contmond"),
    ((200, HTML, "x" * 100000), "HTTP status 200: not an answer of contmond"),
    ((404, JSON, '{"error": "no such path"}'), "HTTP status 404: no such path"),
    ((503, JSON, '{"error": "too many streams"}'), "HTTP status 503: too many streams"),
]


def check_strangers():
    """Servers that are no contmond, or a strange one"""
    for answer, want in STRANGE:
        with Stranger(answer) as server:
            tap.equal(failing("--contmond", server.url),
                      (1, f"contmon: {server.url}: {want}"), f"{answer[:2]}: {want}")
    with Stranger((200, STREAM, "id: 1\ndata: {\n\n")) as server:
        tap.equal(failing("--contmond", server.url),
                  (1, "contmon: an event of contmond: Bad message"), "no JSON")
    with Stranger((200, STREAM, "retry: 10\nid: 5\n\nid: 6\ndata: {\"seq\":6,\"kind\":\"a\"}"
                                "\n\nid: 7\ndata: {\"seq\":"),
                  (503, JSON, "{}"), None,
                  (200, STREAM, 'id: 7\ndata: {"seq":7,"kind":"\\u001b[2J"}\n\n')) as server:
        live = Follower("--contmond", server.url, "--count", 2, "-o", "seq,kind")
        tap.equal((live.end(), live.out),
                  (0, ["    SEQ KIND", "      6 a", "      7 \\x1b[2J"]),
                  "an event that was cut comes again, and is escaped")
        tap.equal(server.last_ids, [None, "6", "6", "6"],
                  "each time after the last whole one")


def run():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-follow-"))
    (directory / "policy.d").mkdir()
    host = Host(directory)
    try:
        with host.contmond:
            check_live(host)
            check_from(host)
        check_restarts(host)
        check_reload(host)
        check_rights(host, directory)
        check_group(host, directory)
        check_tls(host, directory)
        check_nobody_there(host)
        check_strangers()
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    tap.main(run)
