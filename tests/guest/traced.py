# SPDX-License-Identifier: GPL-2.0-only
"""A program that is stopped after each of its system calls, so that something
can happen between any two of them."""

import collections
import os
import tempfile

import subjects

PTRACE_TRACEME = 0
PTRACE_SYSCALL = 24


class Traced:
    """become() makes a child run as the program should."""
    def __init__(self, words, env, become):
        # pylint: disable=consider-using-with
        self.output = tempfile.TemporaryFile()
        self.status = None
        self.pid = os.fork()
        if self.pid == 0:
            try:
                for fd in (1, 2):
                    os.dup2(self.output.fileno(), fd)
                become()
                subjects.call("ptrace", PTRACE_TRACEME, 0, None, None)
                os.execvpe(words[0], words, env)
            finally:
                os._exit(99)
        self.wait()

    def wait(self):
        _, status = os.waitpid(self.pid, 0)
        if not os.WIFSTOPPED(status):
            self.status = os.waitstatus_to_exitcode(status)

    def go_on(self, request):
        if self.status is None:
            subjects.call("ptrace", request, self.pid, None, None)
            self.wait()

    def open_names(self):
        """Of all files that it has open, and of the directories they are in"""
        links = (os.readlink(f"/proc/{self.pid}/fd/{fd}")
                 for fd in os.listdir(f"/proc/{self.pid}/fd"))
        return {name for link in links for name in link.split("/")}

    def run(self, things):
        """Of things, which are {name: what ends it}, end the n-th after the
        n-th call that has something of its name open, or closes it. Those that
        it ended are things no more."""
        after = {name: n for n, name in enumerate(things, 1)}
        seen = collections.Counter()
        were_open = set()
        while True:
            for _ in ("into a call", "out of it"):
                self.go_on(PTRACE_SYSCALL)
            if self.status is not None:
                return
            are_open = self.open_names() & things.keys()
            for name in are_open | were_open:
                seen[name] += 1
                if seen[name] == after[name]:
                    things.pop(name)()
            were_open = are_open & things.keys()

    def end(self):
        """Its status, and all its output"""
        self.output.seek(0)
        return self.status, self.output.read().decode()
