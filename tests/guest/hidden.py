#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Processes that procfs hides from the caller, and processes that end while
they are read: without the driver, the source must show less, but nothing wrong,
and must not fail."""

import json
import os
import signal
import subprocess
import threading

import proc
import subjects
import tap
from traced import Traced

ENV = {**os.environ, "CONTMON_SOURCE": "procfs"}
NOBODY = 65534
PR_SET_DUMPABLE = 4
CLONE_NEWNS = 0x20000
MS_REC = 0x4000
MS_PRIVATE = 1 << 18

HIDE = "mount -t proc -o hidepid={} proc /proc;"

OWN = f"{proc.CGROUPS}/contmon-test-own"
PASSING = f"{proc.CGROUPS}/contmon-test-passing"

# Files of /proc/PID that need the right to trace the process
PRIVATE = {"IO": "read_chars", "NS": "pid_ns"}
PUBLIC = ["comm", "state", "uid", "vsz_bytes", "utime_ns", "minor_faults",
          "oom_score", "cgroup_id", "run_delay_ns", "start_boottime_ns"]


def ask(command, before="", check=True):
    """As the user nobody, after a shell command in its own mount namespace"""
    script = f"{before} exec setpriv --reuid={NOBODY} --regid={NOBODY} " \
        f"--clear-groups contmon {command}"
    return subprocess.run(["unshare", "--mount", "sh", "-ec", script], env=ENV,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=check)


def ps(before=""):
    """{pid: row}"""
    done = ask("ps --json", before)
    return {row["pid"]: row for row in json.loads(done.stdout)["rows"]}


def as_nobody():
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    # A process that changes its ids loses both.
    subjects.LIBC.prctl(PR_SET_DUMPABLE, 1)
    subjects.die_with_parent()


def in_own_cgroup():
    os.mkdir(OWN)
    subjects.write(f"{OWN}/cgroup.procs", "0")
    as_nobody()


def check_rights(mine, others):
    rows = ps()
    for group, name in PRIVATE.items():
        tap.ok(rows[others][name] is None and not rows[others]["valid"] &
               {"IO": 1 << 8, "NS": 1 << 4}[group],
               f"{name} of a foreign process is unknown", rows[others])
    unknown = [name for name in PUBLIC if rows[others][name] is None]
    tap.equal(unknown, [], "all other values are known")
    tap.equal(rows[others]["uid"], 0, "the known values are right")
    unknown = [name for name in (*PUBLIC, *PRIVATE.values())
               if rows[mine][name] is None]
    tap.equal(unknown, [], "all values of one's own process are known")


def check_hidden(mine, others):
    """1: files of other users cannot be read; 2: nor are they visible."""
    for kind in ("noaccess", "invisible"):
        rows = ps(HIDE.format(kind))
        tap.ok(mine in rows and {row["uid"] for row in rows.values()} ==
               {NOBODY}, f"hidepid={kind}: only one's own processes",
               list(rows))
        tap.ok(others not in rows,
               f"hidepid={kind}: root's process is not listed")


def check_one(mine, others):
    """A hidden process that is asked for by id is reported as missing."""
    done = ask(f"cmdline {mine}")
    tap.ok("python3" in done.stdout,
           "the command line of one's own process", done)
    cases = (("is not there", "", 2 ** 22),
             ("is hidden", HIDE.format("noaccess"), others))
    for command in ("ps --no-headings", "cmdline --no-headings"):
        for what, before, pid in cases:
            done = ask(f"{command} {pid}", before, check=False)
            tap.equal((done.returncode, done.stdout, done.stderr),
                      (1, "", f"contmon: process {pid}: No such process\n"),
                      f"{command.split()[0]}: a process that {what}")


def check_sums(mine, others):
    """A sum with a hidden part is unknown."""
    done = ask("containers --all --json")
    rows = {row["cgroup"]: row for row in json.loads(done.stdout)["rows"]}
    row = rows[proc.cgroup_path(others)]
    tap.ok(row["nr_tasks"] > 0 and row["read_chars_sum"] is None,
           "IO of a cgroup with a foreign process is unknown", row)
    row = rows[proc.cgroup_path(mine)]
    tap.ok(row["nr_tasks"] == 1 and row["read_chars_sum"] > 0,
           "IO of one's own cgroup is known", row)


def check_left():
    """A zombie stays in its cgroup when that is removed."""
    os.mkdir(PASSING)
    pid = subjects.start(lambda: subjects.write(f"{PASSING}/cgroup.procs", "0"))
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    os.rmdir(PASSING)
    row = ps()[pid]
    os.waitpid(pid, 0)
    tap.equal((row["state"], row["cgroup_id"]), ("Z", None),
              "the removed cgroup of a zombie is unknown")


def processes(nr):
    pids = [subjects.start(as_nobody) for _ in range(nr)]
    return {str(pid): lambda pid=pid: subjects.end(pid) for pid in pids}


def cgroups(nr):
    """Each with one inside it, which is found first and read later"""
    def begin(name):
        os.makedirs(f"{proc.CGROUPS}/{name}/inner")
        return lambda: os.removedirs(f"{proc.CGROUPS}/{name}/inner")

    return {name: begin(name)
            for name in (f"contmon-test-{n}" for n in range(nr))}


def threads(nr):
    """Of one process, which stays"""
    pipes = [os.pipe() for _ in range(nr)]

    def work():
        as_nobody()
        for ours, _ in pipes:
            threading.Thread(target=os.read, args=(ours, 1),
                             daemon=True).start()

    pid = subjects.start(work)
    tids = sorted(map(int, os.listdir(f"/proc/{pid}/task")))[1:]

    def end(tid, pipe):
        os.write(pipe[1], b"+")
        tap.wait_for(lambda: not os.path.exists(f"/proc/{pid}/task/{tid}"),
                     step=0.001)
        for fd in pipe:
            os.close(fd)
    return pid, {str(tid): lambda tid=tid, pipe=pipe: end(tid, pipe)
                 for tid, pipe in zip(tids, pipes)}


def alone():
    """The user nobody, who can only see their own processes"""
    subjects.call("unshare", CLONE_NEWNS)
    subjects.call("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)
    subjects.call("mount", b"proc", b"/proc", b"proc", 0, b"hidepid=invisible")
    os.setgroups([])
    as_nobody()


def end_each(command, what, things, least):
    """One ends after the first call about it, one after the second, and so on:
    that is at least so many. The rows, or None."""
    nr = len(things)
    traced = Traced(["contmon", *command.split(), "--json"], ENV, alone)
    traced.run(things)
    status, said = traced.end()
    for end in things.values():
        end()
    good = tap.ok(status == 0 and said.startswith("{"),
                  f"{command}: {what} may end after any call about it", said)
    tap.ok(nr - len(things) >= least, "a process ended after each call",
           f"{len(things)} of {nr} did not")
    return json.loads(said)["rows"] if good else None


def check_ends():
    for command in ("ps", "ps --threads"):
        end_each(command, "a process", processes(60), 30)
    end_each("containers --all", "a cgroup", cgroups(70), 60)
    pid, things = threads(12)
    try:
        rows = end_each("ps", "a thread", things, 4) or []
        tap.equal([row["run_delay_ns"] is None for row in rows
                   if row["pid"] == pid], [False],
                  "values from the other threads are known")
    finally:
        subjects.end(pid)


def storm():
    """Processes and cgroups that exist only for a moment"""
    def one():
        os.mkdir(PASSING)
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.rmdir(PASSING)
        os.waitpid(pid, 0)
    return one


def check_storm():
    """Those that ended after their list was read, without a call about them"""
    maker = subjects.start(storm)
    failed = []
    try:
        for command in ("ps", "ps --threads", "containers", "info") * 4:
            done = subprocess.run(["contmon", *command.split(), "--json"],
                                  env=ENV, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True,
                                  check=False)
            if done.returncode or done.stderr:
                failed.append((command, done.returncode, done.stderr))
    finally:
        subjects.end(maker)
        if os.path.isdir(PASSING):
            os.rmdir(PASSING)
    tap.equal(failed, [], "nothing fails while processes and cgroups come and "
              "go")


def run():
    mine = subjects.start(in_own_cgroup)
    others = subjects.start(subjects.idle)
    try:
        check_rights(mine, others)
        check_hidden(mine, others)
        check_one(mine, others)
        check_sums(mine, others)
    finally:
        subjects.end(mine)
        subjects.end(others)
        os.rmdir(OWN)
    check_left()
    check_ends()
    check_storm()
    tap.ok(proc.read("/proc/1/stat"), "the host's own /proc is unchanged")


tap.main(run)
