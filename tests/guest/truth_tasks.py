#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares every field of every process, as `contmon ps` shows it, with /proc.

/proc is read before and after the snapshot. A constant value must be equal. A
growing value, and one that goes up and down, must lie between the two readings.
Only a busy process may have reached a peak that neither reading saw. A race
does not repeat but a wrong number does, so rounds are repeated until no value
was wrong in all of them, or the tries are used up."""

import json
import os
import subprocess

import proc
import subjects
import tap

# In contmon_task.flags, and the kernel's own
KTHREAD, EXITING = 1, 2
PF_KTHREAD, PF_EXITING = 0x200000, 4

# Of all processes and rows found. Processes that start or end in a round, such
# as the command itself, are not compared; more than a tenth would hide an
# error.
COMPARED_AT_LEAST = 0.9

SAME = [
    "ppid", "uid", "gid", "euid", "egid", "nice", "policy", "rt_priority",
    "cgroup_id", "pid_ns", "net_ns", "oom_score_adj",
]
COUNTERS = [
    "minor_faults", "major_faults", "read_chars", "write_chars",
    "read_syscalls", "write_syscalls", "read_bytes", "write_bytes",
    "cancelled_write_bytes",
]
GAUGES = ["vsz_bytes", "pgtables_bytes", "locked_bytes", "nr_threads",
          "last_cpu", "oom_score"]
# /proc adds up per-CPU parts, or does not, depending on the kernel: it must
# agree with the exact numbers or with the fast ones.
RSS = ["rss_anon_bytes", "rss_file_bytes", "rss_shmem_bytes", "swap_bytes",
       "rss_peak_bytes"]
TIMES = {"utime_ns": "utime_ticks", "stime_ns": "stime_ticks"}


def snapshot(*options):
    """{pid: row}"""
    done = subprocess.run(["contmon", "ps", "--json", *options], check=True,
                          stdout=subprocess.PIPE)
    rows = json.loads(done.stdout)["rows"]
    return {row["pid"]: row for row in rows}


def between(before, value, after):
    return min(before, after) <= value <= max(before, after)


def same(name, before, row, after):
    return row[name] in (before[name], after[name])


def gauge(name, before, row, after):
    if None in (before[name], row[name], after[name]):
        return same(name, before, row, after)
    return between(before[name], row[name], after[name])


def counter(name, before, row, after):
    if None in (before[name], row[name], after[name]):
        return same(name, before, row, after)
    return before[name] <= row[name] <= after[name]


def rss(name, before, row, after):
    return gauge(name, before, row, after) or \
        gauge(name, before, row["fast"], after)


def cpu_time(name, before, row, after):
    """/proc cuts off fractions of a tick, and the driver does not: one tick.
    """
    ticks = TIMES[name]
    return before[ticks] * proc.TICK_NS <= row[name] < \
        (after[ticks] + 1) * proc.TICK_NS


def start_time(_name, before, row, _after):
    return row["start_boottime_ns"] // proc.TICK_NS == before["start_ticks"]


def runtime(_name, before, row, _after):
    """utime and stime are a split of the scheduler's clock; one tick for what
    ran between the two readings."""
    split = row["utime_ns"] + row["stime_ns"]
    return abs(split - row["runtime_ns"]) <= proc.TICK_NS and \
        row["runtime_ns"] >= before["utime_ticks"] * proc.TICK_NS


def switches(name, before, row, _after):
    """/proc has only the first thread's, the driver the sum of all."""
    return row[name] >= before["leader_" + name.removesuffix("_switches")]


def flags(_name, before, row, after):
    """The kernel's own split is in /proc/PID/stat."""
    kthread = bool(before["task_flags"] & PF_KTHREAD)
    exiting = [bool(one["task_flags"] & PF_EXITING or one["state"] in "ZX")
               for one in (before, after)]
    return bool(row["flags"] & KTHREAD) == kthread and \
        bool(row["flags"] & EXITING) in exiting and row["flags"] < 4


def tgid(_name, before, row, _after):
    return row["tgid"] == before["pid"]


def busy(before, after):
    return any(before[name] != after[name] for name in
               ("leader_voluntary", "leader_involuntary", "utime_ticks",
                "stime_ticks", "last_cpu"))


def state(_name, before, row, after):
    """A process that runs at intervals may have run just then."""
    if row["state"] in (before["state"], after["state"]):
        return True
    return busy(before, after) and row["state"] in "RSDI"


def comm(_name, before, row, after):
    """/proc shows a kernel thread's full name, which may exceed the 15 bytes
    of comm, and appends a worker's last task to it; a module cannot do that.
    """
    if row["flags"] & KTHREAD:
        return before["comm"].startswith(row["comm"]) or \
            after["comm"].startswith(row["comm"])
    return same("comm", before, row, after)


def all_checks():
    checks = {"comm": comm, "state": state, "start_boottime_ns": start_time,
              "runtime_ns": runtime, "voluntary_switches": switches,
              "involuntary_switches": switches, "flags": flags, "tgid": tgid}
    for names, check in ((SAME, same), (COUNTERS, counter), (GAUGES, gauge),
                         (RSS, rss), (TIMES, cpu_time)):
        checks.update({name: check for name in names})
    return checks


CHECKS = all_checks()


def expected_unknown(name, before, row):
    """The driver reports no namespaces of dead tasks; /proc may or may not."""
    return name in ("pid_ns", "net_ns") and row["flags"] & EXITING and \
        before["state"] in "ZX"


class Round:
    """One reading before, the snapshots, one reading after."""

    def __init__(self):
        self.before = proc.processes()
        self.rows = snapshot("--exact")
        fast = snapshot()
        self.after = proc.processes()
        self.lived = [pid for pid, one in self.before.items()
                      if pid in self.after and
                      self.after[pid]["start_ticks"] == one["start_ticks"]]
        self.missing = [pid for pid in self.lived if pid not in self.rows]
        self.compared = [pid for pid in self.lived
                         if pid in self.rows and pid in fast]
        for pid in self.compared:
            self.rows[pid]["fast"] = fast[pid]
        self.strangers = len(self.rows) - len(self.compared)

    def wrong(self, name):
        """{(pid, start): what is wrong} for one field"""
        found = {}
        for pid in self.compared:
            before, row, after = (self.before[pid], self.rows[pid],
                                  self.after[pid])
            if expected_unknown(name, before, row):
                continue
            if not CHECKS[name](name, before, row, after):
                key = TIMES.get(name, name)
                found[pid, before["start_ticks"]] = (
                    f"{name} of {pid} ({before['comm']!r}) is "
                    f"{row.get(name)}; /proc: {before.get(key)} before, "
                    f"{after.get(key)} after")
        return found


def always_wrong(rounds, name):
    """What is wrong with one field in each round, as texts of the last round
    """
    wrong = [one.wrong(name) for one in rounds]
    return [wrong[-1][who] for who in
            sorted(set(wrong[0]).intersection(*wrong[1:]))]


def make_rounds(make, names):
    """Until no field is wrong in every round"""
    rounds = []
    for _ in range(tap.TRIES):
        rounds.append(make())
        if not any(always_wrong(rounds, name) for name in names):
            break
    return rounds


def report_fields(rounds):
    for name in CHECKS:
        wrong = always_wrong(rounds, name)
        tap.ok(not wrong, f"{name} of {len(rounds[-1].compared)} processes "
               "equals /proc", "\n".join(wrong[:10]))


def report_rows(rounds):
    for one in rounds:
        tap.note(f"{len(one.lived)} processes lived through, "
                 f"{len(one.compared)} compared, "
                 f"{len(one.rows)} rows, {one.strangers} of them not compared")
    most = max(len(one.compared) /
               max(len(one.before), len(one.rows), len(one.after))
               for one in rounds)
    tap.ok(most >= COMPARED_AT_LEAST, "nearly all processes were compared",
           f"only {most:.0%}")
    missing = [pid for one in rounds for pid in one.missing]
    tap.equal(missing, [], "no process is missing")
    order = list(rounds[0].rows)
    tap.equal(order, sorted(order), "rows are in ascending order of pid")


def report_subjects(row_of):
    """The subjects have the intended values, so that no field is trivial."""
    mib = subjects.MIB
    expect = {
        "burner": lambda r: r["nr_threads"] == 2 and r["nice"] == 19 and
        r["runtime_ns"] > 90_000_000,
        "anonymous": lambda r: r["rss_anon_bytes"] >= 5 * mib,
        "shared": lambda r: r["rss_shmem_bytes"] >= 3 * mib,
        "locked": lambda r: r["locked_bytes"] == mib,
        "file_mapped": lambda r: r["rss_file_bytes"] >= 2 * mib,
        "peaked": lambda r: r["rss_peak_bytes"] >= 7 * mib +
        r["rss_anon_bytes"] + r["rss_file_bytes"],
        "nice": lambda r: r["nice"] == 11,
        "batch": lambda r: r["policy"] == os.SCHED_BATCH,
        "fifo": lambda r: (r["policy"], r["rt_priority"]) ==
        (os.SCHED_FIFO, 5),
        "idle_class": lambda r: r["policy"] == os.SCHED_IDLE,
        "oom_likely": lambda r: r["oom_score_adj"] == 500 and
        r["oom_score"] >= 900,
        "oom_never": lambda r: r["oom_score_adj"] == -1000 and
        r["oom_score"] == 0,
        "oom_unlikely": lambda r: r["oom_score_adj"] == -300 and
        0 < r["oom_score"] < 500,
        "hostile": lambda r: r["comm"] == subjects.HOSTILE_COMM,
        "other_ids": lambda r: (r["uid"], r["euid"], r["gid"], r["egid"]) ==
        (2001, 2002, 3001, 3002),
        "other_network": lambda r: r["net_ns"] != row_of["idle"]["net_ns"],
        "disk": lambda r: r["write_bytes"] >= mib and r["read_bytes"] > 0 and
        r["cancelled_write_bytes"] >= mib // 2,
        "headless": lambda r: r["state"] == "Z" and r["nr_threads"] == 2 and
        r["vsz_bytes"],
        "stopped": lambda r: r["state"] == "T",
        "zombie": lambda r: r["state"] == "Z" and r["flags"] & EXITING and
        r["vsz_bytes"] is None,
    }
    for name, check in expect.items():
        tap.ok(check(row_of[name]), f"the {name} one is shown as such",
               {k: v for k, v in row_of[name].items() if k != "fast"})
    if len(proc.read("/proc/swaps").splitlines()) > 1:  # below a heading
        tap.ok(row_of["swapped"]["swap_bytes"] >= mib,
               "the swapped one is shown as such", row_of["swapped"])
    else:
        tap.skip("the swapped one is shown as such", "no swap is on")


def report_kernel_threads(one):
    rows = [one.rows[pid] for pid in one.compared
            if one.rows[pid]["flags"] & KTHREAD]
    tap.ok(len(rows) >= 10, "kernel threads are marked", len(rows))
    tap.ok(all(row["vsz_bytes"] is None for row in rows),
           "kernel threads have no memory")


WORKS = [
    subjects.idle, subjects.burner, subjects.anonymous, subjects.shared,
    subjects.swapped, subjects.locked, subjects.file_mapped, subjects.peaked,
    subjects.nice, subjects.batch, subjects.fifo, subjects.idle_class,
    subjects.oom_likely, subjects.oom_never, subjects.oom_unlikely,
    subjects.hostile, subjects.other_ids, subjects.other_network,
    subjects.disk, subjects.headless,
]


def run():
    pids = {work.__name__: subjects.start(work) for work in WORKS}
    pids["stopped"] = subjects.stopped()
    pids["zombie"] = subjects.zombie()
    tap.wait_for(lambda: proc.process(pids["headless"], {})["state"] == "Z")
    rounds = make_rounds(Round, CHECKS)
    report_rows(rounds)
    report_fields(rounds)
    last = rounds[-1]
    report_subjects({name: last.rows[pid] for name, pid in pids.items()})
    report_kernel_threads(last)
    for pid in pids.values():
        subjects.end(pid)


if __name__ == "__main__":
    tap.main(run)
