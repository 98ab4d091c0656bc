#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests the command line with a real container: piped, in a terminal and on
the full screen.

Usage: cli.py [driver|procfs], the source to use."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import docker
import proc
import tap
import terminal

SOURCE = sys.argv[1] if len(sys.argv) > 1 else "driver"
ENV = {**os.environ, "CONTMON_SOURCE": SOURCE, "LC_ALL": "C.UTF-8",
       "TERM": "screen-256color", "NO_COLOR": "1"}

# An emulated machine is slow.
PATIENCE_S = tap.PATIENCE_S


def lines(*args):
    done = subprocess.run(["contmon", *args], env=ENV, check=True,
                          stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()


def check_filters(box):
    pids = lines("ps", "--csv", "--no-headings", "-o", "pid", "--container",
                 box.id[:8])
    tap.equal(sorted(map(int, pids)), box.pids(),
              "ps --container: only its processes")
    rows = lines("containers", "--csv", "-o", "id,memory-limit-bytes",
                 "--container", box.id)
    tap.equal(rows, ["id,memory_limit_bytes",
                     f"{box.id},{64 * docker.MIB}"],
              "containers --container: its limit")
    hosts = lines("ps", "--csv", "--no-headings", "-o", "pid", "--container",
                  "host")
    tap.ok("1" in hosts and not set(map(str, box.pids())) & set(hosts),
           "ps --container host: no process of a container", hosts)
    names = lines("ps", "--csv", "--no-headings", "-o", "comm", "--name",
                  "kthreadd", "--user", "root", "--state", "SI")
    tap.equal(names, ["kthreadd"], "ps filtered by name, user and state")


def rows_of(*args):
    return json.loads("\n".join(lines(*args, "--json")))["rows"]


def check_names(box):
    """contmon-engine is running and has the names of containers."""
    def names():
        return [row["container"] for row in rows_of("containers")
                if row["id"] == box.id]
    tap.wait_for(lambda: names() == [box.name], PATIENCE_S)
    tap.equal(names(), [box.name], "containers: its name")
    rows = rows_of("ps", "--container", box.name)
    tap.equal(sorted(row["pid"] for row in rows), box.pids(),
              "ps --container: by its name")
    tap.equal({row["container"] for row in rows}, {box.name},
              "ps: the name of each process's container")
    hosts = rows_of("ps", "1")[0]
    tap.equal((hosts["container_id"], hosts["container"]), (None, "host"),
              "ps: a process outside containers is the host's")


def check_threads():
    """A process of three threads, one of which has a name"""
    child = subprocess.Popen([sys.executable, "-c", """
import threading, time
for _ in range(2):
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
print("ready", flush=True)
time.sleep(1000)
"""], stdout=subprocess.PIPE, text=True)
    child.stdout.readline()
    out = lines("ps", "--threads", "--csv", "--no-headings", "-o", "pid,tid",
                str(child.pid))
    real = sorted(map(int, os.listdir(f"/proc/{child.pid}/task")))
    tap.equal(out, [f"{child.pid},{tid}" for tid in real],
              "ps --threads: the threads of one process")
    total = lines("ps", "--threads", "-o", "tid", str(child.pid))[-1]
    tap.ok(total.startswith("total: 3 threads of 1 process, "),
           "ps --threads: its memory is counted once", total)
    child.kill()
    child.wait()


def check_endings():
    """A reader that stops early, and a disk that is full"""
    head = subprocess.run("contmon ps | head -n 1; exit ${PIPESTATUS[0]}",
                          shell=True, executable="/bin/bash", env=ENV,
                          capture_output=True, text=True)
    tap.ok(head.returncode in (0, 141) and not head.stderr and
           head.stdout.split()[0] == "PID", "ps | head: no error message",
           (head.returncode, head.stderr))
    for args in ("ps", "ps --json", "containers -a --csv", "info", "ps -o help",
                 "top --json -n 0.1 --container host", "--help"):
        full = subprocess.run(f"contmon {args} > /dev/full", shell=True,
                              env=ENV, stderr=subprocess.PIPE, text=True,
                              timeout=PATIENCE_S)
        tap.equal((full.returncode, full.stderr),
                  (1, "contmon: standard output: No space left on device\n"),
                  f"{args}: a full disk is an error")
    closed = subprocess.run("contmon ps >&-", shell=True, env=ENV,
                            stderr=subprocess.PIPE, text=True)
    tap.equal((closed.returncode, closed.stderr),
              (1, "contmon: standard output: Bad file descriptor\n"),
              "ps: closed standard output is an error")


def check_refusals():
    for pid, why in (("0", "pid 0: not a process id"),
                     ("-1", "-1: no such option"),
                     ("99999999999", "pid 99999999999: not a process id"),
                     ("1x", "pid 1x: not a process id"),
                     ("4194305", "process 4194305: No such process")):
        done = subprocess.run(["contmon", "watch", pid], env=ENV,
                              capture_output=True, text=True,
                              timeout=PATIENCE_S)
        errors = done.stderr.splitlines()
        tap.ok(done.returncode in (1, 2) and not done.stdout and
               len(errors) == 1 and errors[0].startswith(f"contmon: {why}"),
               f"watch {pid}: one line gives the reason", done)
    exact = subprocess.run(["contmon", "ps", "--exact", "1"], env=ENV,
                           capture_output=True, text=True)
    if SOURCE == "driver":
        tap.equal(exact.returncode, 0, "ps --exact")
    else:
        tap.ok(exact.returncode == 1 and "needs the driver" in exact.stderr,
               "ps --exact: refused without the driver", exact)
    info = "\n".join(lines("info"))
    tap.ok(("loaded since" in info) == (SOURCE == "driver") and
           ("CONTMON_SOURCE forces it" in info) == (SOURCE == "procfs"),
           "info: the source and the reason for it", info)


def check_pause():
    """Intervals during which top was stopped are skipped."""
    top = subprocess.Popen(["contmon", "top", "--csv", "--no-headings", "-n",
                            "0.5", "--container", "host", "--count", "5"],
                           env=ENV, stdout=subprocess.PIPE, text=True)
    first = top.stdout.readline()
    top.send_signal(signal.SIGSTOP)
    time.sleep(3)
    top.send_signal(signal.SIGCONT)
    rest = top.stdout.read().splitlines()
    times = sorted({int(line.split(",")[0]) for line in [first, *rest]})
    gaps = [after - before for before, after in zip(times, times[1:])]
    # One after the pause may be late, and the next one soon after it.
    tap.ok(top.wait() == 0 and len(gaps) == 4 and max(gaps) > 2500 and
           sum(gaps[1:]) > 900, "top --csv: continues after a pause", gaps)


def check_alloc():
    """Reserved at once, committed step by step, and freed"""
    mib = 1 << 20
    rows = json.loads("\n".join(lines("alloc", "--size", "8M", "--step", "2M",
                                      "--delay", "0", "--json")))["rows"]
    tap.equal([(row["phase"], row["touched_bytes"] // mib) for row in rows],
              [("before", 0), ("reserved", 0), ("touched", 2), ("touched", 4),
               ("touched", 6), ("touched", 8), ("freed", 8)],
              "alloc: its phases")
    grown = [(row["vsz_bytes"] - rows[0]["vsz_bytes"]) // mib for row in rows]
    tap.equal(grown[1:-1], [8] * 5, "alloc: all memory is reserved at once")
    # The measuring process is measured, too.
    grown = [row["rss_anon_bytes"] - rows[1]["rss_anon_bytes"] - i * 2 * mib
             for i, row in enumerate(rows[1:-1])]
    tap.ok(all(abs(one) < mib for one in grown),
           "alloc: memory is committed as it is touched", grown)
    want = [0, 2 * mib, 4 * mib, 6 * mib, 8 * mib] if SOURCE == "driver" \
        else [None] * 5
    tap.equal([row["resident_bytes"] for row in rows[1:-1]], want,
              "alloc: the resident size")


def check_stream(box):
    """top for programs: the CPU time that the container's loop may burn"""
    rows = [json.loads(line) for line in lines(
        "top", "--json", "-n", "2", "--count", "2", "--container", box.name)]
    busy = [row["cpu_cores"] for row in rows if row["pid"] == box.pid]
    tap.equal((len(rows), {row["container"] for row in rows}),
              (4, {box.name}), "top --json: two processes in two samples")
    tap.ok(all(0.1 < cores < 0.6 for cores in busy),
           "top --json: the CPU that it uses", rows)
    rows = [json.loads(line) for line in lines("top", "--json", "--count",
                                               "1")]
    mine = [row for row in rows if row["id"] == box.id]
    tap.ok(len(mine) == 1 and
           mine[0]["memory_limit_bytes"] == 64 * docker.MIB and
           mine[0]["container"] == box.name,
           "top --json: the container", rows)


def check_limits():
    """A container without limits, in a cgroup with limits"""
    systemd = docker.ask("GET", "/info")["CgroupDriver"] == "systemd"
    parent = "contmontest.slice" if systemd else "/contmontest"
    box = docker.Container("bound", "sleep 100000", CgroupParent=parent)
    try:
        above = os.path.dirname(box.directory)
        for name, text in (("memory.max", f"{96 * docker.MIB}"),
                           ("cpu.max", "20000 100000")):
            with open(f"{above}/{name}", "w", encoding="ascii") as file:
                file.write(text)
        path = os.path.dirname(box.path)
        row = rows_of("containers", "--container", box.id)[0]
        tap.equal([row[key] for key in (
            "memory_limit_bytes", "memory_limit_owner", "memory_max_bytes",
            "cpu_limit_cores", "cpu_limit_owner", "cpu_max_cores")],
                  [96 * docker.MIB, path, None, 0.2, path, None],
                  "containers: limits of a parent, and the owner")
        rows = [json.loads(line) for line in lines("top", "--json", "--count",
                                                   "1")]
        tap.equal([(row["memory_limit_bytes"], row["cpu_limit_cores"])
                   for row in rows if row["id"] == box.id],
                  [(96 * docker.MIB, 0.2)], "top: the effective limits")
    finally:
        docker.remove(box.name)


def check_order(box):
    # Memory changes between two snapshots, but not within one.
    # An unknown size alone in its row is "", as an empty line is no row.
    sizes = [int(size.strip('"') or -1) for size in lines(
        "ps", "--csv", "--no-headings", "-o", "rss", "--sort", "rss")]
    tap.equal(sizes, sorted(sizes, reverse=True),
              "ps --sort rss: descending order")
    tree = lines("ps", "--no-headings", "--tree", "-o", "pid,comm")
    tap.ok(tree[0].split()[0] == "1" and
           any(line.strip().startswith(f"{box.pid} ") and "\\_" in line
               for line in tree), "ps --tree: children are indented",
           "\n".join(tree))


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
    tap.wait_for(lambda: proc.table(f"/proc/{child.pid}/status")["State"] ==
                 "S (sleeping)")
    watch = subprocess.Popen(["contmon", "watch", "-n", "0.5", "-o",
                              "state,rss", str(child.pid)], env=ENV,
                             stdout=subprocess.PIPE, text=True)
    seen = [watch.stdout.readline() for _ in range(3)]
    child.kill()
    # Its parent has not waited for it, so it is a zombie.
    rest = watch.stdout.read().splitlines()
    tap.ok(seen[0].split() == ["S", "RSS"] and seen[1].split()[1] == "S",
           "watch: one line per sample", seen)
    # Only the driver's events report how.
    how = "killed by signal 9 (Killed), CPU 0:0" if SOURCE == "driver" else \
        "how is unknown, CPU 0:0"
    tap.ok(rest[-1].startswith(f"process {child.pid} (sleep) has ended: {how}"),
           "watch: stops when the process ends, with the cause", rest)
    tap.equal(watch.wait(), 0, "watch: the exit status is 0 then")
    child.wait()


class Stream:
    """contmon events --json, as soon as it is ready"""

    def __init__(self):
        self.events = []
        self.process = subprocess.Popen(
            ["contmon", "events", "--json"], env=ENV, stdout=subprocess.PIPE,
            text=True)
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

        # It is ready when it reports a process that was started for this.
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
    """The id of a container that may be gone before it can be looked up"""
    name = docker.PREFIX + "short"
    docker.remove(name)
    one = docker.ask("POST", f"/containers/create?name={name}", {
        "Image": docker.IMAGE, "Cmd": ["sh", "-c", script],
        "HostConfig": {"NetworkMode": "none"}})["Id"]
    docker.ask("POST", f"/containers/{one}/start")
    return one


def check_events():
    """A container that lives for 50 ms, from its creation to its end"""
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
           "events: they are in this order", names)
    tap.ok(len(ends) == 1 and ends[0]["comm"] == "sh" and
           ends[0]["runtime_ns"] > 0 and ends[0]["rss_peak_bytes"] > 0,
           "events: exit status and usage", ends)


def check_cmdline():
    child = subprocess.Popen(["sleep", "1000", "3"])
    out = lines("cmdline", "--no-headings", str(child.pid))
    tap.equal([line.split() for line in out],
              [[str(child.pid), "sleep", "1000", "3"]], "cmdline")
    child.kill()
    child.wait()


def check_top(box):
    label = box.name
    screen = terminal.Screen(f"CONTMON_SOURCE={SOURCE} LC_ALL=C.UTF-8 "
                             "contmon top -n 0.5", 130, 24)
    try:
        text = screen.wait(rf"{label} +(\d\.\d\d|-) ", PATIENCE_S)
        row = next((line for line in text.splitlines() if label in line), "")
        tap.ok("[" in row and "%" in row, "top: a container with its limit",
               text)
        # By name, because its row may move during the search.
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
        box.rename(docker.PREFIX + "new")
        text = screen.wait(f"Processes of {box.name}", PATIENCE_S)
        tap.ok(f"Processes of {box.name}" in text,
               "top: a renamed container has its new name", text)
        screen.press("q")
        text = screen.wait("ended", PATIENCE_S)
        tap.ok("ended 0" in text, "top: quits", text)
    finally:
        screen.close()


def run():
    check_terminal()
    check_watch()
    check_cmdline()
    check_alloc()
    check_threads()
    check_endings()
    check_refusals()
    check_pause()
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
        check_names(box)
        check_order(box)
        check_stream(box)
        check_limits()
        check_top(box)
    finally:
        docker.remove(box.name)


tap.main(run)
