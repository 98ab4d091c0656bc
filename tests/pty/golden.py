#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares what contmon prints to a pipe, to terminals of several widths and on
the full screen with golden.md beside this file.

Usage: golden.py BUILD [--update]

The program is fake_contmon, whose device is the same everywhere. tmux captures
the screens. --update rewrites golden.md; review its diff."""

import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../guest"))
import fake_root  # noqa: E402
import tap  # noqa: E402
import terminal  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
PROGRAM = os.path.join(BUILD, "tests/pty/fake_contmon")
GOLDEN = os.path.join(HERE, "golden.md")

ENV = {"PATH": os.environ["PATH"], "HOME": "/", "TERM": "screen-256color",
       "LC_ALL": "C.UTF-8", "TZ": "UTC", "CONTMON_SOURCE": "driver"}

# Parts that change from run to run
MASKS = [
    (r"\bup \d.*?(?=  |$)", "up UPTIME"),
    (r"\d\d:\d\d:\d\d(?=[ .])", "hh:mm:ss"),
    (r"hh:mm:ss\.\d+", "hh:mm:ss.mmm"),
    (r'"taken_boottime_ns": \d+', '"taken_boottime_ns": NS'),
    (r'"t":\d+', '"t":MS'),
    (r",17\d{11},", ",MS,"),
    (r"^17\d{11},", "MS,"),
    (r'"cpu_cores":[\d.]+', '"cpu_cores":CORES'),
]

# Terminals on which nothing can be drawn
TERMINFO = tempfile.TemporaryDirectory(prefix="contmon-terminfo-")
TERMINALS = r"""
no-cup|as of Emacs' shell, cols#80, clear=\E[H\E[2J, bold=\E[1m, sgr0=\E[m,
no-clear|cannot clear, cols#80, cup=\E[%i%p1%d;%p2%dH,
hardcopy|paper, hc, os, cols#80, cud1=\n, cup=\E[%i%p1%d;%p2%dH,
"""

# Two hours recorded by contmond
PAST = tempfile.TemporaryDirectory(prefix="contmon-past-")
THEN = "--store past.db --at 2026-01-31T10:20:07Z"
# The first sample covers no time.
FIRST = "--store past.db --at 2026-01-31T10:00Z"
MOMENT = "--store past.db --from 2026-01-31T10:00:10 --to 2026-01-31T10:00:19"
QUARTER = "--store past.db --from 2026-01-31T10:00 --to 2026-01-31T10:15"
WHOLE = "--store past.db --from 2026-01-31T10:00 --to 2026-01-31T11:59"

# What an export has written, with a bad row
ROWS = """t,container,cpu_cores,cpu_seconds_total
1769853600000,web,0.5,10
1769853610000,web,half,15
1769853620000,web,0.5,20
"""

# What would have been done in them
PAST_RULES = """[policy]
min_age = 0
warn = 20s
[rule memory-hog]
select = name night*
all = memory_current_bytes > 512M
for = 10m
action = stop kill
[rule busy]
select = image nginx*
all = cpu_cores > 1.1
action = notify
"""

# A file of rules, and one with mistakes
RULES = """[type cpu]
match = command word:--cpu
[rule hog]
select = type cpu
all = cpu_percent > 20
for = 30s
action = stop kill
"""
MISTAKES = """[rule hog]
slect = type cpu
for = 2 days
all = cpu > 20
"""

# name, arguments, where ("pipe" or columns), more of the environment
CASES = [
    ("help", "--help", "pipe", {}),
    *((f"{command}, help", f"{command} --help", "pipe", {}) for command in (
        "info", "ps", "containers", "top", "watch", "history", "export",
        "import", "policy", "policy status", "policy veto", "policy log",
        "policy explain", "policy replay", "policy check", "grafana",
        "grafana push", "events", "log", "cmdline", "alloc", "load")),
    ("ps, piped", "ps", "pipe", {}),
    ("ps, 80 columns", "ps", 80, {"NO_COLOR": "1"}),
    ("ps, 60 columns", "ps", 60, {"NO_COLOR": "1"}),
    ("ps, without names", "ps", 80,
     {"NO_COLOR": "1", "FAKE_NAMELESS": "1"}),
    ("ps, what columns are", "ps -o help", "pipe", {}),
    ("ps, of a container by its name",
     "ps --container shop-web-1 -o pid,container,container-id", "pipe", {}),
    ("ps, 200 columns, coloured", "ps --sort rss", 200, {}),
    ("ps, tree", "ps --tree -o pid,container,comm", "pipe", {}),
    ("ps, locale C", "ps -o pid,comm --user 999", "pipe", {"LC_ALL": "C"}),
    ("ps, CSV", "ps --csv -o pid,user,rss,cpu,oom-score,container,comm", "pipe", {}),
    ("ps, JSON", "ps --json 40", "pipe", {}),
    ("ps, units", "ps --units KiB 60", "pipe", {}),
    ("ps, a process that is not there", "ps 60 12345", "pipe", {}),
    ("ps, none matches", "ps --name nothing", "pipe", {}),
    ("ps, TERM=", "ps 60", 80, {"TERM": ""}),
    ("containers, piped", "containers", "pipe", {}),
    ("containers, none matches", "containers --name nothing", "pipe", {}),
    ("containers, 80 columns", "containers", 80, {"NO_COLOR": "1"}),
    ("containers, without names", "containers", 80,
     {"NO_COLOR": "1", "FAKE_NAMELESS": "1"}),
    ("containers, what columns are", "containers -o help", "pipe", {}),
    ("containers, tree, 50 columns", "containers --tree", 50,
     {"NO_COLOR": "1"}),
    ("containers, tree", "containers -a --tree -o cgroup,processes,memory-current",
     "pipe", {}),
    ("containers, CSV", "containers --csv -o id,short-id,memory-current,"
     "memory-limit-bytes", "pipe", {}),
    ("info", "info", "pipe", {}),
    ("info, CSV", "info --csv", "pipe", {}),
    ("watch", "watch -n 0.1 -o state,vsz,rss,rss-percent-of-vsz,oom-score,"
     "comm 60", "pipe",
     {"FAKE_ENDS": "3"}),
    ("watch, 80 columns", "watch -n 0.1 -o state,rss,cpu-seconds-total 60", 80,
     {"FAKE_ENDS": "2"}),
    ("watch, JSON", "watch -n 0.1 --json -o pid,rss 60", "pipe",
     {"FAKE_ENDS": "2"}),
    ("watch, a process that is not there", "watch 12345", "pipe", {}),
    ("watch, no process id", "watch me", "pipe", {}),
    ("watch, an end without an event", "watch -n 0.1 -o state 60", "pipe",
     {"FAKE_ENDS": "1", "FAKE_MUTE": "1"}),
    ("events", "events --count 8", "pipe", {}),
    ("events, 80 columns", "events --count 4 --type populated,exec,exit", 80,
     {}),
    ("events, filters", "events --count 2 --container 01 --type exec,exit",
     "pipe", {}),
    ("events, OOM kills", "events --count 2 --type oom", "pipe", {}),
    ("events, OOM kills, JSON", "events --count 2 --json --type oom", "pipe", {}),
    ("events, no such type", "events --type exec,bogus", "pipe", {}),
    ("events, JSON", "events --count 1 --json --type exit", "pipe", {}),
    ("events, CSV", "events --count 2 --csv --type created,exit", "pipe", {}),
    ("events, a driver without them", "events", "pipe", {"FAKE_MUTE": "1"}),
    ("log", "log --store past.db", "pipe", {}),
    ("log, 80 columns", "log --store past.db", 80, {"NO_COLOR": "1"}),
    ("log, coloured", "log --store past.db --kind oom_killed", 120, {}),
    ("log, JSON of one", "log --store past.db --json --container shop-web-1 --count 1",
     "pipe", {}),
    ("log, CSV", "log --store past.db --csv --kind container_ended", "pipe", {}),
    ("log, what columns are", "log -o help", "pipe", {}),
    ("log, no such kind", "log --kind oom", "pipe", {}),
    ("log, no URL", "log --follow --contmond no.sock", "pipe", {}),
    ("log, no socket", "log --follow --contmond /nowhere.sock", "pipe", {}),
    ("history, piped", f"history shop-web-1 {WHOLE} --step 20m", "pipe", {}),
    ("history, 80 columns", f"history shop-web-1 {WHOLE} --step 20m", 80,
     {"NO_COLOR": "1"}),
    ("history, 200 columns, coloured", f"history 0123feed {WHOLE} --step 5m "
     "-o t,container,cpu-percent,max-memory-current", 200, {}),
    ("history, CSV", f"history shop-web-1 {WHOLE} --step 1h --csv", "pipe", {}),
    ("history, JSON", f"history shop-web-1 {WHOLE} --step 1h --json "
     "-o t,cpu-cores,read-ops-total", "pipe", {}),
    ("history, of the host", f"history host {WHOLE} --step 30m", 80, {}),
    ("history, what columns of the host are", "history -o help host", "pipe",
     {}),
    ("history, commands", f"history shop-web-1 {WHOLE} --commands --step 1h", 80, {}),
    ("history, commands, 40 columns", f"history 0123feed {WHOLE} --commands --step 10m", 40,
     {"NO_COLOR": "1"}),
    ("history, commands of the host, CSV", f"history host {WHOLE} --commands --step 1h --csv",
     "pipe", {}),
    ("history, commands of a device", "history web --commands --device sda", "pipe", {}),
    ("history, what columns of commands are", "history --commands -o help web", "pipe", {}),
    ("history, of nobody", "history shop --store past.db", "pipe", {}),
    ("history, of another time", "history 0123feed --store past.db --to "
     "2026-01-31T12:00", "pipe", {}),
    ("history, without a file", "history web --store nowhere.db", "pipe", {}),
    ("history, no such time", "history web --from noon", "pipe", {}),
    ("history, what columns are", "history -o help", "pipe", {}),
    ("export, workloads", f"export {MOMENT} --format workloads", "pipe", {}),
    ("import", "import --store new.db rows.csv", 80, {}),
    ("import, again", "import --store new.db rows.csv", "pipe", {}),
    ("import, over contmond's file", "import --store past.db rows.csv", "pipe",
     {}),
    ("import, history", "history web --store new.db --from 2026-01-31T10:00 "
     "--to 2026-01-31T10:01 --step 10s -o t,cpu-cores", "pipe", {}),
    ("export, nothing", "export --store past.db --to 2026-01-01", "pipe", {}),
    ("export, no such format", "export --format xml", "pipe", {}),
    ("policy log", "policy log --store past.db", "pipe", {}),
    ("policy log, 80 columns", "policy log --store past.db", 80,
     {"NO_COLOR": "1"}),
    ("policy log, CSV", "policy log --store past.db --csv", "pipe", {}),
    ("policy log, JSON of one", "policy log --store past.db --json --count 1 "
     "0123feed", "pipe", {}),
    ("policy log, what columns are", "policy log -o help", "pipe", {}),
    ("policy status", "policy status --rules rules.conf --store past.db",
     "pipe", {}),
    ("policy explain", "policy explain --rules rules.conf --store past.db "
     "--at 2026-01-31T10:05Z", "pipe", {}),
    ("policy explain, of one, JSON", "policy explain --rules rules.conf "
     "--store past.db --json shop-web-1", "pipe", {}),
    ("policy replay", f"policy replay rules.conf {QUARTER}", "pipe", {}),
    ("policy replay, states, 80 columns", "policy replay rules.conf "
     f"{QUARTER} --states", 80, {"NO_COLOR": "1"}),
    ("policy replay, wrong rules", "policy replay wrong.conf", "pipe", {}),
    ("policy veto, none", "policy veto x-1 --store past.db", "pipe", {}),
    ("policy, without a command", "policy", "pipe", {}),
    ("policy, no such command", "policy chek", "pipe", {}),
    ("grafana, no such command", "grafana pul", "pipe", {}),
    ("grafana push, where to", "grafana push --token-file t", "pipe", {}),
    ("grafana push, with which token", "grafana push http://x", "pipe", {}),
    ("grafana push, no such contmond", "grafana push --contmond box", "pipe",
     {}),
    ("policy check", "policy check good.conf", "pipe", {}),
    ("policy check, JSON", "policy check --json good.conf", "pipe", {}),
    ("policy check, mistakes", "policy check bad.conf nowhere.conf", "pipe", {}),
    ("policy check, mistakes, JSON", "policy check --json bad.conf", "pipe",
     {}),
    ("cmdline", "cmdline 52", "pipe", {}),
    ("cmdline, JSON", "cmdline --json 52", "pipe", {}),
    ("cmdline, CSV", "cmdline --csv 52", "pipe", {}),
    ("cmdline, no right", "cmdline 60 52 12345", "pipe", {}),
    ("cmdline without a process", "cmdline", "pipe", {}),
    ("top, no terminal", "top", "pipe", {}),
    *((f"top, TERM={term}", "top", 80, {"TERM": term})
      for term in ("bogus", "", "dumb")),
    *((f"top, TERM={term}", "top", 80, {"TERM": term, "TERMINFO": TERMINFO.name})
      for term in ("no-cup", "no-clear", "hardcopy")),
    ("top, count on a screen", "top --count 1", 80, {}),
    ("top, JSON", "top --json -n 0.1 --count 1", "pipe", {}),
    ("top, CSV of a container", "top --csv -n 0.1 --count 2 --container "
     "shop-web-1", "pipe", {}),
    ("top, of the past, piped", f"top {THEN}", "pipe", {}),
    ("top, of the past, of a container", f"top {THEN} --container 0123feed",
     "pipe", {}),
    ("top, of the past, JSON", f"top {THEN} --json", "pipe", {}),
    ("top, of the past, commands", f"top {THEN} --commands", "pipe", {}),
    ("top, of the past, commands of a container, JSON",
     f"top {THEN} --commands --json --container shop-web-1", "pipe", {}),
    ("top, of the past, commands, CSV", f"top {THEN} --commands --csv", "pipe",
     {}),
    ("top, commands are not kept", f"top {FIRST} --commands", "pipe", {}),
    ("top, commands are not kept, JSON", f"top {FIRST} --commands --json",
     "pipe", {}),
    ("top, of the past, CSV of the host", f"top {THEN} --csv --container host",
     "pipe", {}),
    ("top, of the past, TERM=dumb", f"top {THEN} --container host", 80,
     {"TERM": "dumb"}),
    ("top, before all that is recorded", "top --store past.db --at "
     "2026-01-31T09:00", "pipe", {}),
    ("top, of the past, for ever", f"top {THEN} -n 1", "pipe", {}),
    ("no such option", "ps --bogus", "pipe", {}),
    ("no such column", "containers -o id,bogus", "pipe", {}),
    ("a column without its unit", "watch -o state,cpu 1", "pipe", {}),
    ("no such source", "ps", "pipe", {"CONTMON_SOURCE": "magic"}),
    ("no device", "ps", "pipe", {"FAKE_OPEN_ERRNO": "2"}),
    ("no procfs", "ps", "pipe", {"CONTMON_SOURCE": "procfs",
                                 "FAKE_ROOT": "/nowhere"}),
    ("a refresh of 0x1", "watch -n 0x1 1", "pipe", {}),
    ("no right", "top", 80, {"FAKE_OPEN_ERRNO": "13"}),
]

# The same without a driver
ROOT = tempfile.TemporaryDirectory(prefix="contmon-root-")
PROCFS = {"CONTMON_SOURCE": "procfs", "FAKE_ROOT": ROOT.name}
BARE = tempfile.TemporaryDirectory(prefix="contmon-root-")    # has no cgroups
CASES += [(f"procfs: {name}", args, where, {**PROCFS, **more})
          for name, args, where, more in [
    ("ps, piped", "ps", "pipe", {}),
    ("ps, 80 columns", "ps", 80, {"NO_COLOR": "1"}),
    ("ps, threads", "ps --threads", "pipe", {}),
    ("ps, tree", "ps --tree -o pid,container,comm", "pipe", {}),
    ("ps, filters", "ps --user 33 --min-rss 1M --container shop-web-1 --csv "
     "-o pid,container,container-id,rss,oom-score", "pipe", {}),
    ("ps, exact", "ps --exact", "pipe", {}),
    ("ps, a process that is not there", "ps 60 52", "pipe", {}),
    ("containers, piped", "containers", "pipe", {}),
    ("containers, 80 columns", "containers", 80, {"NO_COLOR": "1"}),
    ("containers, exact", "containers --exact", "pipe", {}),
    ("containers, no cgroup v2", "containers", "pipe",
     {"FAKE_ROOT": BARE.name}),
    ("events", "events", "pipe", {}),
    ("top, CSV", "top --csv -n 0.1 --count 1", "pipe", {}),
]]

# name, columns, rows, keys, more of the environment
SCREENS = [
    ("top, 80x24", 80, 24, [], {}),
    ("top, 300x16", 300, 16, [], {}),
    ("top, without names", 80, 24, [], {"FAKE_NAMELESS": "1"}),
    ("top, 40x10", 40, 10, [], {}),
    ("top, 30x5", 30, 5, [], {}),
    ("procfs: top, 120x24", 120, 24, [], PROCFS),
    ("procfs: top, all processes", 80, 24, ["Tab"], PROCFS),
    ("top, inside of a container", 80, 24, ["Down", "Enter"], {}),
    ("top, all processes as a tree", 90, 24, ["Tab", "t", "N"], {}),
    ("top, filter", 80, 16, ["Tab", "/", "n", "g"], {}),
    ("top, nothing passes", 80, 12, ["/", "x"], {}),
    ("top, its keys", 80, 24, ["h"], {}),
    ("top, some of its keys", 80, 10, ["h"], {}),
    ("top, paused and back", 80, 16, ["Tab", "Escape", "Space"], {}),
    ("top, 10000 processes, the last", 80, 16, ["Tab", "N", "End"],
     {"FAKE_TASKS": "10000"}),
]


# The same for the past
PAST_SCREENS = [
    ("top, of the past, 100x14", 100, 14, [], {}),
    ("top, of the past, 40x6", 40, 6, [], {}),
    ("top, the next moment, processes", 80, 12, ["Right", "Tab", "N"], {}),
    ("top, of the past, commands on a screen", 100, 14, ["Tab", "Tab"], {}),
    ("top, of the past, 40x8, commands", 40, 8, ["Tab", "Tab"], {}),
    ("top, an hour later and a minute back", 80, 12, ["}", "["], {}),
    ("top, before the first moment", 80, 12, ["Home", "Left", "M"], {}),
    ("top, commands of the first moment", 80, 12, ["Home", "Tab", "Tab"], {}),
]

# The same with attributes
COLOURED = [
    ("top, coloured", 120, 16, ["Down"], {}),
    ("top, coloured processes", 120, 18, ["Tab", "M"], {}),
]


def masked(text):
    for pattern, word in MASKS:
        text = re.sub(pattern, word, text, flags=re.M)
    return "\n".join(line.rstrip() for line in text.splitlines())


def piped(args, more):
    run = subprocess.run([PROGRAM, *args.split()], env={**ENV, **more},
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT)
    return run.stdout, run.returncode


# A rate is on the screen only after the second sample.
RATES = r"(of 4 cores|\d\.\d\d +\d+\.\d%)"


def top_screen(args, columns, rows, more):
    words = " ".join(f"{k}='{v}'" for k, v in {**ENV, **more}.items())
    return terminal.Screen(f"env -i {words} '{PROGRAM}' top {args}", columns,
                           rows)


def screen(name, columns, rows, keys, more, *look, args=""):
    """The screen after the last key, when it is as expected, or after half a
    minute."""
    def seen():
        return masked(top.look(*look).replace("\x1b", "^["))
    want = read_golden().get(name, "").splitlines()
    top = top_screen(args, columns, rows, more)
    try:
        if args:
            top.wait("one sample")
        elif keys:  # else it may be too narrow for rates
            top.wait(RATES)
        for key in keys:
            top.press(key)
            # A page is only complete with its rates.
            if key in ("Tab", "Enter") and not args:
                top.wait(r"Processes.*\n.*\n.*" + RATES)
            if key == "Escape":
                top.wait("Containers, by")
        if "--update" in sys.argv:
            time.sleep(3)
        else:
            tap.wait_for(lambda: seen().splitlines() == want, 30)
        return seen()
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
            output, status = terminal.run([PROGRAM, *args.split()], where,
                                          {**ENV, **more})
        tap.ok(terminal.is_harmless(output), f"{name}: moves no cursor", repr(output))
        text = output.decode("utf-8", "replace").replace("\x1b", "^[")
        seen[name] = masked(f"$ contmon {args}\n{text}exit {status}")
    for name, columns, rows, keys, more in SCREENS:
        seen[name] = screen(name, columns, rows, keys, more)
    for name, columns, rows, keys, more in PAST_SCREENS:
        seen[name] = screen(name, columns, rows, keys, more, args=THEN)
    for name, columns, rows, keys, more in COLOURED:
        seen[name] = screen(name, columns, rows, keys, more, "-e")
    return seen


# Tables, and the name of one of their rows; the last has no name
NAMED = [("ps", "nginx"), ("containers", "shop-web-1"),
         ("containers -a", "/system.slice"),
         ("events --count 4 --type fork,exec,exit", "postgres"),
         (f"history shop-web-1 {WHOLE} --step 20m", "2026-0"),
         (f"history shop-web-1 {WHOLE} --step 20m --commands", "2026-0"),
         ("watch -n 0.1 60", "")]
LEAST = 6
WIDTHS = [20, 30, 46, 63, 64, 80]


def keeps_what_names_a_row():
    """In a terminal of any width: names may be cut, but no line is folded."""
    for args, name in NAMED:
        for columns in WIDTHS:
            output, _ = terminal.run(
                [PROGRAM, *args.split()], columns,
                {**ENV, "NO_COLOR": "1", "FAKE_ENDS": "2"})
            lines = output.decode("utf-8", "replace").splitlines()
            table = [line for line in lines if not line.startswith(
                ("total:", "process ", "contmon: "))]
            tap.ok(name[:min(LEAST, columns)] in "\n".join(table),
                   f"{args}, {columns} columns: rows have names", table)
            tap.ok(all(len(line) <= columns for line in table),
                   f"{args}, {columns} columns: no line is folded", table)


def survives_resizing():
    """Any size works, and the last one is drawn as if it were the first."""
    top = top_screen("-n 0.1", 80, 24, {})
    try:
        top.wait(RATES)
        for columns, rows in ((300, 50), (20, 3), (1, 1), (5, 40), (80, 24)):
            top.resize(columns, rows)
            time.sleep(0.3)  # else it may see the last size only
        text = top.wait(r"q quit .*h help")
        tap.ok("contmon top" in text and "shop-web-1" in text,
               "top: survives being resized", text)
        top.scribble("\x1b[12;5HSCRIBBLE")
        top.wait("SCRIBBLE")
        top.press("C-l")
        tap.ok(tap.wait_for(lambda: "SCRIBBLE" not in top.look()),
               "top: Ctrl-L draws the whole screen again", top.look())
    finally:
        top.close()


def leaves_the_terminal_as_it_was():
    for key in ("q", "C-c"):
        top = top_screen("", 80, 24, {})
        try:
            top.wait(RATES)
            top.press(key)
            text = top.wait("ended 0")
            tap.ok("ended 0" in text and "CORES" not in text,
                   f"top: {key} ends it, and all is as it was", text)
        finally:
            top.close()


def ends_with_its_terminal():
    """Even if no signal ends it, it must not spin waiting for keys."""
    pid, fd = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        os.execve(PROGRAM, ["contmon", "top"], ENV)
    os.read(fd, 1)
    os.close(fd)
    ended = tap.wait_for(lambda: os.waitpid(pid, os.WNOHANG)[0] == pid)
    tap.ok(ended, "top: ends with its terminal")
    if not ended:
        os.kill(pid, signal.SIGKILL)


def make_terminals():
    subprocess.run(["tic", "-x", "-o", TERMINFO.name, "-"], check=True,
                   input=TERMINALS, text=True, stderr=subprocess.DEVNULL)


def run():
    make_terminals()
    os.chdir(PAST.name)
    subprocess.run([os.path.join(BUILD, "tests/pty/fake_past"), "past.db", "events"],
                   check=True)
    for name, text in (("rows.csv", ROWS), ("good.conf", RULES),
                       ("bad.conf", MISTAKES), ("rules.conf", PAST_RULES),
                       ("wrong.conf", "[rule x]\n")):
        with open(name, "w") as file:
            file.write(text)
    fake_root.make(ROOT.name)
    os.symlink(os.path.join(ROOT.name, "proc"),
               os.path.join(BARE.name, "proc"))
    seen = collect()
    if "--update" in sys.argv:
        write_golden(seen)
    golden = read_golden()
    tap.equal(len(seen), len(CASES + SCREENS + PAST_SCREENS + COLOURED),
              "no two cases of a name")
    for name, text in seen.items():
        tap.equal(text.splitlines(), golden.get(name, "").splitlines(), name)
    tap.equal(sorted(golden), sorted(seen), "golden.md has no other case")
    keeps_what_names_a_row()
    survives_resizing()
    leaves_the_terminal_as_it_was()
    ends_with_its_terminal()


tap.main(run, "--update")
