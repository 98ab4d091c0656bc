#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What people see, piped, in a terminal of some width and on the whole screen,
against golden.md beside this file. Usage: golden.py BUILD [--update]

The program is fake_contmon, whose device is the same everywhere. Screens are
read with tmux. With --update golden.md is written anew: read its diff.
"""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../guest"))
import tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
PROGRAM = os.path.join(BUILD, "tests/pty/fake_contmon")
GOLDEN = os.path.join(HERE, "golden.md")

ENV = {"PATH": os.environ["PATH"], "HOME": "/", "TERM": "screen-256color",
       "LC_ALL": "C.UTF-8", "TZ": "UTC"}

# What is not the same each time
MASKS = [
    (r"\d\d:\d\d:\d\d(?= )", "hh:mm:ss"),
    (r"\bup \S+", "up UPTIME"),
    (r'"taken_boottime_ns": \d+', '"taken_boottime_ns": NS'),
    (r'"realtime_ms":\d+', '"realtime_ms":MS'),
    (r'"cpu_cores":[\d.]+', '"cpu_cores":CORES'),
]

# name, arguments, where ("pipe" or columns), more of the environment
CASES = [
    ("ps, piped", "ps", "pipe", {}),
    ("ps, 80 columns", "ps", 80, {"NO_COLOR": "1"}),
    ("ps, 60 columns", "ps", 60, {"NO_COLOR": "1"}),
    ("ps, 200 columns, coloured", "ps --sort rss", 200, {}),
    ("ps, tree", "ps --tree -o pid,container,command", "pipe", {}),
    ("ps, locale C", "ps -o pid,command --user 999", "pipe", {"LC_ALL": "C"}),
    ("ps, CSV", "ps --csv -o pid,user,rss,oom,container,command", "pipe", {}),
    ("ps, JSON", "ps --json 40", "pipe", {}),
    ("ps, units", "ps --units KiB 60", "pipe", {}),
    ("ps, a process that is not there", "ps 60 12345", "pipe", {}),
    ("containers, piped", "containers", "pipe", {}),
    ("containers, 80 columns", "containers", 80, {"NO_COLOR": "1"}),
    ("containers, tree", "containers -a --tree -o cgroup,tasks,memory",
     "pipe", {}),
    ("containers, CSV", "containers --csv -o id,memory,limit", "pipe", {}),
    ("info", "info", "pipe", {}),
    ("info, CSV", "info --csv", "pipe", {}),
    ("watch", "watch -n 0.1 -o state,vsz,rss,rss%,oom,command 60", "pipe",
     {"FAKE_ENDS": "3"}),
    ("watch, 80 columns", "watch -n 0.1 -o state,rss,time 60", 80,
     {"FAKE_ENDS": "2"}),
    ("watch, JSON", "watch -n 0.1 --json -o pid,rss 60", "pipe",
     {"FAKE_ENDS": "2"}),
    ("watch, a process that is not there", "watch 12345", "pipe", {}),
    ("watch, no process id", "watch me", "pipe", {}),
    ("top, no terminal", "top", "pipe", {}),
    ("no such option", "ps --bogus", "pipe", {}),
    ("no such column", "containers -o id,bogus", "pipe", {}),
    ("no device", "ps", "pipe", {"FAKE_OPEN_ERRNO": "2"}),
    ("no right", "top", 80, {"FAKE_OPEN_ERRNO": "13"}),
]

# name, arguments, columns, rows, keys
SCREENS = [
    ("top, 80x24", "", 80, 24, []),
    ("top, 300x16", "", 300, 16, []),
    ("top, 40x10", "", 40, 10, []),
    ("top, inside of a container", "", 80, 24, ["Down", "Enter"]),
    ("top, all processes as a tree", "", 90, 24, ["Tab", "t", "N"]),
    ("top, filter", "", 80, 16, ["Tab", "/", "n", "g"]),
    ("top, help", "", 80, 24, ["h"]),
    ("top, paused and back", "", 80, 16, ["Tab", "Escape", "Space"]),
    ("top, 10000 processes, the last", "", 80, 16, ["Tab", "N", "End"]),
]


def masked(text):
    for pattern, word in MASKS:
        text = re.sub(pattern, word, text)
    return "\n".join(line.rstrip() for line in text.splitlines())


def piped(args, more):
    run = subprocess.run([PROGRAM, *args.split()], env={**ENV, **more},
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, timeout=60)
    return run.stdout, run.returncode


def in_terminal(args, columns, more):
    pid, fd = pty.fork()
    if pid == 0:
        # The child waits for its size, which its parent sets.
        sys.stdin.readline()
        os.execve(PROGRAM, [PROGRAM, *args.split()], {**ENV, **more})
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
    """Colours apart, nothing but lines of what can be printed"""
    text = re.sub(rb"\x1b\[[0-9;]*m", b"", output).decode("utf-8", "strict")
    return all(c == "\n" or c.isprintable() for c in text)


class Screen:
    """contmon top in a terminal of tmux"""

    def __init__(self, args, columns, rows, more):
        self.server = f"contmon-{os.getpid()}"
        words = " ".join(f"{k}='{v}'" for k, v in {**ENV, **more}.items())
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns),
                  "-y", str(rows), f"env -i {words} '{PROGRAM}' top {args};"
                  "echo ended $?; sleep 60")

    def tmux(self, *args):
        return subprocess.run(["tmux", "-L", self.server, *args], check=True,
                              stdout=subprocess.PIPE).stdout.decode()

    def look(self):
        return self.tmux("capture-pane", "-p")

    def wait(self, what):
        """The screen when `what` has come to be on it, or after 10 s"""
        tap.wait_for(lambda: re.search(what, self.look()), 10)
        return self.look()

    def press(self, key):
        self.tmux("send-keys", key)

    def close(self):
        self.tmux("kill-server")
        time.sleep(0.1)


# A rate is on the screen only once the second sample has been taken.
RATES = r"\d\.\d\d +\d+\.\d%"


def screen(args, columns, rows, keys):
    more = {"FAKE_TASKS": "10000"} if "10000" in args else {}
    top = Screen("", columns, rows, more)
    try:
        top.wait(RATES)
        for key in keys:
            top.press(key)
            # A page is only there once its rates are.
            if key in ("Tab", "Enter"):
                top.wait(r"Processes.*\n.*\n.*" + RATES)
            if key == "Escape":
                top.wait("Containers, by")
            time.sleep(0.2)
        return top.look()
    finally:
        top.close()


def read_golden():
    if not os.path.exists(GOLDEN):
        return {}
    with open(GOLDEN, encoding="utf-8") as file:
        return dict(re.findall(r"^## (.*?)\n\n```\n(.*?)\n```\n", file.read(),
                               re.M | re.S))


def write_golden(seen):
    with open(GOLDEN, "w", encoding="utf-8") as file:
        file.write("# What people see\n\nWritten by `golden.py --update`, "
                   "compared by every test run.\n")
        for name, text in seen.items():
            file.write(f"\n## {name}\n\n```\n{text}\n```\n")


def collect():
    seen = {}
    for name, args, where, more in CASES:
        if where == "pipe":
            output, status = piped(args, more)
        else:
            output, status = in_terminal(args, where, more)
        tap.ok(is_harmless(output), f"{name}: moves no cursor", repr(output))
        text = output.decode("utf-8", "replace").replace("\x1b", "^[")
        seen[name] = masked(f"$ contmon {args}\n{text}exit {status}")
    for name, args, columns, rows, keys in SCREENS:
        seen[name] = masked(screen(name, columns, rows, keys))
    return seen


def survives_resizing():
    """Any size will do, and the last one is drawn as if it were the first."""
    top = Screen("-n 0.1", 80, 24, {})
    try:
        top.wait(RATES)
        for columns, rows in ((300, 50), (20, 3), (1, 1), (5, 40), (80, 24)):
            top.tmux("resize-window", "-x", str(columns), "-y", str(rows))
            time.sleep(0.3)
        text = top.wait(r"q quit .*h help")
        tap.ok("contmon top" in text and "0123456789ab" in text,
               "top: survives being resized", text)
        top.press("q")
        text = top.wait("ended 0")
        tap.ok("ended 0" in text and "CORES" not in text,
               "top: leaves the terminal as it was", text)
    finally:
        top.close()


def run():
    seen = collect()
    if "--update" in sys.argv:
        write_golden(seen)
    golden = read_golden()
    for name, text in seen.items():
        tap.equal(text.splitlines(), golden.get(name, "").splitlines(), name)
    tap.equal(sorted(golden), sorted(seen), "golden.md has no other case")
    survives_resizing()


tap.main(run)
