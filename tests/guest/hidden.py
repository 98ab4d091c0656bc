#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What procfs hides from who asks, and what goes away while it is read: the
source without the driver tells less then, but nothing wrong, and no error."""

import json
import os
import subprocess
import threading

import proc
import subjects
import tap

ENV = {**os.environ, "CONTMON_SOURCE": "procfs"}
NOBODY = 65534
PR_SET_DUMPABLE = 4

# Files of /proc/PID that only who may trace the process can read
PRIVATE = {"IO": "read_chars", "NS": "pid_ns"}
PUBLIC = ["comm", "state", "uid", "vsz_bytes", "utime_ns", "minor_faults",
          "oom_score", "cgroup_id", "run_delay_ns", "start_boottime_ns"]


def ps(before=""):
    """{pid: row} for nobody, after a command of the shell in his own mounts"""
    script = f"{before} exec setpriv --reuid={NOBODY} --regid={NOBODY} " \
        "--clear-groups contmon ps --json"
    done = subprocess.run(["unshare", "--mount", "sh", "-ec", script], env=ENV,
                          check=True, stdout=subprocess.PIPE)
    return {row["pid"]: row for row in json.loads(done.stdout)["rows"]}


def as_nobody():
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    # Who changes his ids loses both.
    subjects.LIBC.prctl(PR_SET_DUMPABLE, 1)
    subjects.die_with_parent()


def check_rights(mine, others):
    rows = ps()
    for group, name in PRIVATE.items():
        tap.ok(rows[others][name] is None and not rows[others]["valid"] &
               {"IO": 1 << 8, "NS": 1 << 4}[group],
               f"{name} of another's process is not known", rows[others])
    unknown = [name for name in PUBLIC if rows[others][name] is None]
    tap.equal(unknown, [], "the rest of it is known")
    tap.equal(rows[others]["uid"], 0, "and is what it is")
    unknown = [name for name in (*PUBLIC, *PRIVATE.values())
               if rows[mine][name] is None]
    tap.equal(unknown, [], "all of one's own process is known")


def check_hidden(mine, others):
    """1: nobody else's files can be read; 2: nor are they seen."""
    for kind in ("noaccess", "invisible"):
        rows = ps(f"mount -t proc -o hidepid={kind} proc /proc;")
        tap.ok(mine in rows and {row["uid"] for row in rows.values()} ==
               {NOBODY}, f"hidepid={kind}: one's own processes and no others",
               list(rows))
        tap.ok(others not in rows, f"hidepid={kind}: root's is not there")


def check_cmdline(mine):
    def cmdline(pid):
        return subprocess.run(["contmon", "cmdline", str(pid)], env=ENV,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, check=False, user=NOBODY)

    tap.ok("python3" in cmdline(mine).stdout, "the command line of one's own",
           cmdline(mine))
    gone = cmdline(2 ** 22)
    tap.ok(gone.returncode == 1 and gone.stderr.count("\n") == 1,
           "one line for a process that is not there", gone)


def storm(stop):
    while not stop.is_set():
        subprocess.run(["true"], check=False)


def check_vanishing(stays):
    """Processes come and go between any two reads."""
    stop = threading.Event()
    makers = [threading.Thread(target=storm, args=(stop,)) for _ in range(3)]
    for maker in makers:
        maker.start()
    failed, missing = [], 0
    for command in ("ps", "ps", "containers", "info") * 3:
        done = subprocess.run(["contmon", command, "--json"], env=ENV,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, check=False)
        if done.returncode or done.stderr:
            failed.append((command, done.returncode, done.stderr))
        elif command == "ps":
            pids = [row["pid"] for row in json.loads(done.stdout)["rows"]]
            missing += stays not in pids or len(pids) != len(set(pids))
    stop.set()
    for maker in makers:
        maker.join()
    tap.equal(failed, [], "nothing fails while processes come and go")
    tap.equal(missing, 0, "and who stays is there, once")


def run():
    mine = subjects.start(as_nobody)
    others = subjects.start(subjects.idle)
    try:
        check_rights(mine, others)
        check_hidden(mine, others)
        check_cmdline(mine)
        check_vanishing(others)
    finally:
        subjects.end(mine)
        subjects.end(others)
    tap.ok(proc.read("/proc/1/stat"), "the host's own /proc is as it was")


tap.main(run)
