# SPDX-License-Identifier: GPL-2.0-only
"""A contmond that a test starts, asks, kills and starts again."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import tap

ENV = {**os.environ, "CONTMON_SOURCE": "procfs"}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def fetch(url):
    """The body, also of an error; None when there is no answer"""
    try:
        with urllib.request.urlopen(url, timeout=tap.PATIENCE_S) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()
    except OSError:
        return None


class Contmond:
    """Used with `with`: it runs inside."""

    def __init__(self, build, directory):
        self.program = os.path.join(build, "bin/contmond")
        self.file = directory / "contmond.conf"
        self.log_file = directory / "contmond.log"
        self.address, self.port = "127.0.0.1", free_port()
        self.prefix = []  # of its command, if it does not run here
        self.env = ENV
        self.process = None

    def configure(self, settings, targets):
        text = "".join(f"{key} = {value}\n" for key, value in {
            "listen": f"{self.address}:{self.port}", "log_file": self.log_file,
            **settings}.items())
        for name, keys in targets.items():
            text += f"[forward {name}]\n"
            text += "".join(f"{key} = {value}\n" for key, value in keys.items())
        self.file.write_text(text)

    def __enter__(self):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [*self.prefix, self.program, "-c", self.file], env=self.env)
        tap.wait_for(lambda: fetch(self.url("info")) or
                     self.process.poll() is not None)
        assert self.process.poll() is None, "contmond does not start"
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(tap.PATIENCE_S)

    def kill(self):
        self.process.kill()
        self.process.wait()

    @contextlib.contextmanager
    def stopped(self):
        """What is done inside it sees at once, as what the kernel does in one call."""
        self.process.send_signal(signal.SIGSTOP)
        # It stops a little later; one that has ended is left to its wait().
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def reload(self, answer):
        """SIGHUP, until the log has this answer once more"""
        before = self.log().count(answer)
        self.process.send_signal(signal.SIGHUP)
        return tap.wait_for(lambda: self.log().count(answer) > before)

    def log(self):
        return self.log_file.read_text() if self.log_file.exists() else ""

    def url(self, path):
        return f"http://{self.address}:{self.port}/api/v1/{path}"

    def rows(self, path):
        body = fetch(self.url(path))
        return json.loads(body).get("rows", []) if body else []

    def row(self, path):
        return self.rows(path)[0]

    def targets(self):
        return {row["target"]: row for row in self.rows("forward")}

    def metrics(self):
        return fetch(f"http://{self.address}:{self.port}/metrics")
