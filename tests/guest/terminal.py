# SPDX-License-Identifier: GPL-2.0-only
"""Runs programs in a terminal: what they write to it, and, with tmux, what is
on its screen."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import tap


def run(command, columns, env):
    """All output of `command` to a terminal of some width, and its exit status
    """
    pid, fd = pty.fork()
    if pid == 0:
        # The child waits for the size, which its parent sets.
        sys.stdin.readline()
        os.execvpe(command[0], command, env)
    attributes = termios.tcgetattr(fd)
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(fd, termios.TCSANOW, attributes)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.write(fd, b"\n")
    output = b""
    try:
        while select.select([fd], [], [], 60)[0]:
            output += os.read(fd, 65536)
    except OSError:     # the terminal's last user has gone
        pass
    os.close(fd)
    return (output.replace(b"\r\n", b"\n"),
            os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def is_harmless(output):
    """Apart from colours, only lines of printable characters"""
    text = re.sub(rb"\x1b\[[0-9;]*m", b"", output).decode("utf-8", "strict")
    return all(c == "\n" or c.isprintable() for c in text)


class Screen:
    """A shell command in a terminal of tmux; when it has ended, "ended" and
    its exit status are shown there."""

    count = 0

    def __init__(self, command, columns, rows):
        # A session that is ending would end the next one, too.
        Screen.count += 1
        self.server = f"contmon-{os.getpid()}-{Screen.count}"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns),
                  "-y", str(rows), f"{command}; echo ended $?; sleep 600")

    def tmux(self, *args):
        return subprocess.run(["tmux", "-L", self.server, *args], check=True,
                              stdout=subprocess.PIPE).stdout.decode()

    def look(self, *more):
        return self.tmux("capture-pane", "-p", *more)

    def wait(self, what, seconds=tap.PATIENCE_S):
        """The screen when `what` appears on it, or after the time limit"""
        tap.wait_for(lambda: re.search(what, self.look()), seconds)
        return self.look()

    def press(self, *keys):
        self.tmux("send-keys", *keys)

    def scribble(self, text):
        """Write to the terminal without the program's knowledge."""
        tty = self.tmux("display-message", "-p", "#{pane_tty}").strip()
        with open(tty, "w", encoding="utf-8") as file:
            file.write(text)

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def close(self):
        """Kills what still runs: LeakSanitizer can hang in a program that ends
        because its terminal is gone."""
        shell = int(self.tmux("display-message", "-p", "#{pane_pid}"))
        self.tmux("kill-server")
        time.sleep(0.1)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell, signal.SIGKILL)
