#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The command line from outside, with a real container: piped, in a terminal
and on the whole screen. Usage: cli.py [driver|procfs], which is its source.
"""

import json
import os
import subprocess
import sys
import threading
import time

import docker
import tap
import terminal

SOURCE = sys.argv[1] if len(sys.argv) > 1 else "driver"
ENV = {**os.environ, "CONTMON_SOURCE": SOURCE, "LC_ALL": "C.UTF-8", "TERM": "screen-256color",
       "NO_COLOR": "1"}

# An emulated machine takes its time.
PATIENCE_S = 60


def lines(*args):
    done = subprocess.run(["contmon", *args], env=ENV, check=True,
                          stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()


def check_filters(box):
    pids = lines("ps", "--csv", "--no-headings", "-o", "pid", "--container",
                 box.id[:8])
    tap.equal(sorted(map(int, pids)), box.pids(),
              "ps --container: its processes and no others")
    rows = lines("containers", "--csv", "-o", "id,limit", "--container",
                 box.id)
    tap.equal(rows, ["container,memory_max_bytes",
                     f"{box.id[:12]},{64 * docker.MIB}"],
              "containers --container: its limit")
    hosts = lines("ps", "--csv", "--no-headings", "-o", "pid", "--container",
                  "host")
    tap.ok("1" in hosts and not set(map(str, box.pids())) & set(hosts),
           "ps --container host: no process of a container", hosts)
    names = lines("ps", "--csv", "--no-headings", "-o", "command", "--name",
                  "kthreadd", "--user", "root", "--state", "SI")
    tap.equal(names, ["kthreadd"], "ps by name, user and state")


def check_order(box):
    # Memory moves between two snapshots, not within one.
    sizes = [int(size or -1) for size in lines(
        "ps", "--csv", "--no-headings", "-o", "rss", "--sort", "rss")]
    tap.equal(sizes, sorted(sizes, reverse=True), "ps --sort rss: descends")
    tree = lines("ps", "--no-headings", "--tree", "-o", "pid,command")
    tap.ok(tree[0].split()[0] == "1" and
           any(line.strip().startswith(f"{box.pid} ") and "\\_" in line
               for line in tree), "ps --tree: nested", "\n".join(tree))


def check_terminal():
    for columns in (40, 80, 200):
        output, status = terminal.run(["contmon", "ps"], columns, ENV)
        text = output.decode().splitlines()
        tap.ok(status == 0 and terminal.is_harmless(output) and
               text[-1].startswith("total: "),
               f"ps in {columns} columns", text[-1])
        if columns >= 80:
            tap.ok(all(len(line) <= columns for line in text),
                   f"ps in {columns} columns: no line is folded", text)


def check_watch():
    child = subprocess.Popen(["sleep", "1000"])
    watch = subprocess.Popen(["contmon", "watch", "-n", "0.5", "-o",
                              "state,rss", str(child.pid)], env=ENV,
                             stdout=subprocess.PIPE, text=True)
    seen = [watch.stdout.readline() for _ in range(3)]
    child.kill()
    # Nobody has asked yet how it ended: it is a zombie.
    rest = watch.stdout.read().splitlines()
    tap.ok(seen[0].split() == ["S", "RSS"] and seen[1].split()[1] == "S",
           "watch: a line for each look", seen)
    # Only the driver's events tell how.
    how = "killed by signal 9 (Killed), CPU 0:0" if SOURCE == "driver" else \
        "how is not known, CPU 0:0"
    tap.ok(rest[-1].startswith(f"process {child.pid} (sleep) has ended: {how}"),
           "watch: stops when the process ends, and says how", rest)
    tap.equal(watch.wait(), 0, "watch: that is no failure")
    child.wait()


class Stream:
    """contmon events --json, from when it listens"""

    def __init__(self):
        self.events = []
        self.process = subprocess.Popen(
            ["contmon", "events", "--json"], env=ENV, stdout=subprocess.PIPE,
            text=True)
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

        # It listens once it tells of a process that was made to be told of.
        def heard():
            subprocess.run(["true"], check=True)
            return self.events
        tap.wait_for(heard, PATIENCE_S)

    def listen(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def of(self, container_id):
        return [e for e in self.events if e["container_id"] == container_id]

    def close(self):
        self.process.terminate()
        self.listener.join()
        self.process.wait()


def run_shortly(script):
    """The id of a container that may be gone before anybody can look"""
    name = docker.PREFIX + "short"
    docker.remove(name)
    one = docker.ask("POST", f"/containers/create?name={name}", {
        "Image": docker.IMAGE, "Cmd": ["sh", "-c", script],
        "HostConfig": {"NetworkMode": "none"}})["Id"]
    docker.ask("POST", f"/containers/{one}/start")
    return one


def check_events():
    """A container of 50 ms, from its making to its end"""
    stream = Stream()
    try:
        one = run_shortly("usleep 50000; exit 3")
        tap.wait_for(lambda: [e for e in stream.of(one)
                              if e["container_event"] == "stop"], PATIENCE_S)
    finally:
        stream.close()
        docker.remove(docker.PREFIX + "short")

    mine = stream.of(one)
    names = [e["container_event"] or e["event"] for e in mine]
    ends = [e for e in mine if e["exit_code"] == 3 << 8]
    tap.equal([name for name in ("create", "start", "exec", "exit", "stop")
               if name not in names], [],
              "events: a container of 50 ms starts, runs and stops")
    tap.ok(names.index("create") < names.index("start") <
           names.index("exec") < mine.index(ends[0]) < names.index("stop"),
           "events: in this order", names)
    tap.ok(len(ends) == 1 and ends[0]["comm"] == "sh" and
           ends[0]["runtime_ns"] > 0 and ends[0]["rss_peak_bytes"] > 0,
           "events: how it ended, and what it used", ends)


def check_cmdline():
    child = subprocess.Popen(["sleep", "1000", "3"])
    out = lines("cmdline", "--no-headings", str(child.pid))
    tap.equal([line.split() for line in out],
              [[str(child.pid), "sleep", "1000", "3"]], "cmdline")
    child.kill()
    child.wait()


def check_top(box):
    label = box.id[:12]
    screen = terminal.Screen(f"CONTMON_SOURCE={SOURCE} LC_ALL=C.UTF-8 "
                             "contmon top -n 0.5", 80, 24)
    try:
        text = screen.wait(rf"{label} +\d\.\d\d", PATIENCE_S)
        row = next((line for line in text.splitlines() if label in line), "")
        tap.ok("[" in row and "%" in row, "top: a container with its limit",
               text)
        # By name: its row may move while we look for it.
        screen.press("/", *label, "Enter")
        screen.wait("filter: " + label, PATIENCE_S)
        screen.press("Enter")
        text = screen.wait(rf"Processes of {label}(.*\n)+ *{box.pid} ",
                           PATIENCE_S)
        tap.ok(f"Processes of {label}" in text and f" {box.pid} " in text,
               "top: the processes of a container", text)
        for columns, rows in ((300, 60), (30, 5), (80, 24)):
            screen.resize(columns, rows)
            time.sleep(1)
        text = screen.wait(f" {box.pid} ", PATIENCE_S)
        tap.ok(f" {box.pid} " in text, "top: survives being resized", text)
        screen.press("q")
        text = screen.wait("ended", PATIENCE_S)
        tap.ok("ended 0" in text, "top: quits", text)
    finally:
        screen.close()


def run():
    check_terminal()
    check_watch()
    check_cmdline()
    why = docker.unavailable()
    if why:
        tap.skip("filters, tree and top with a container", why)
        return
    if SOURCE == "driver":
        check_events()
    box = docker.Container("cli", "sleep 100000 & while :; do :; done",
                           Memory=64 * docker.MIB, NanoCpus=300_000_000)
    try:
        tap.wait_for(lambda: len(box.pids()) == 2, PATIENCE_S)
        check_filters(box)
        check_order(box)
        check_top(box)
    finally:
        docker.remove(box.name)


tap.main(run)
