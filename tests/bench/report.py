#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Turns the benchmark's lines into build/bench.json, a table and a page.

Usage:
report.py json  <LINES       >bench.json    medians, ratios, targets
report.py table <bench.json                 for a terminal
report.py page  <bench.json  >PERFORMANCE.md"""

import json
import statistics
import sys
from collections import defaultdict

# What a subject is compared with: the driver, asked for the same fields
BASELINE = {
    "tasks": {"proc-stat": "driver-stat", "taskstats": "driver-taskstats"},
    "cgroups": {"memory-opened": "driver-memory",
                "memory-kept": "driver-memory"},
    "docker": {"docker-api": "driver-all"},
    "monitors": dict.fromkeys(
        ("contmon", "contmon-processes", "contmon-busy", "htop", "top", "atop"),
        "contmon-processes"),
}

TITLES = {
    "driver": "the driver, same fields",
    "driver-all": "the driver, all fields",
    "driver-exact": "the driver, exact RSS",
    "driver-copy": "the driver, records copied",
    "driver-stat": "the driver, fields of `stat`",
    "driver-taskstats": "the driver, fields of taskstats",
    "driver-changed": "the driver, only what ran since the last call",
    "driver-walk": "the driver, a user without processes: only the walk",
    "driver-memory": "the driver, only memory",
    "driver-tasks": "the driver, only sums over tasks",
    "driver-parts": "the driver, same fields, in parts of 4 096",
    "driver-all-parts": "the driver, all fields, in parts of 4 096",
    "driver-cgroups": "the driver, all fields of cgroups",
    "proc-six": "`/proc`: six files, tight C",
    "proc-stat": "only `/proc/PID/stat`, tight C",
    "libproc2": "procps' libproc2",
    "ps": "`ps -eo`",
    "taskstats": "taskstats over netlink",
    "bpf-iterator": "BPF task iterator",
    "bpf-syscall": "BPF syscall program, mapped array",
    "files-opened": "five files, opened each time",
    "files-kept": "five files, kept open",
    "memory-opened": "four files of memory, opened each time",
    "memory-kept": "four files of memory, kept open",
    "docker-api": "Docker's API, one-shot",
    "contmon": "`contmon top`, containers",
    "contmon-processes": "`contmon top`, all processes",
    "contmon-busy": "`contmon top`, all processes, all of them busy",
    "htop": "`htop`",
    "top": "`top`",
    "atop": "`atop`",
    "idle": "idle",
    "unloaded": "driver not loaded",
    "watched": "driver loaded, events watched",
    "crowded": "256 readers wait for an OOM kill",
    "crowded-forks": "256 readers wait for forks of another process",
    "null-charged": "/dev/null: charged to the memory cgroup",
    "null-slab": "/dev/null: slab",
    "null-vmalloc": "/dev/null: vmalloc",
    "null-host": "/dev/null: taken from the host's free memory",
    "open-charged": "the driver: charged to the memory cgroup",
    "open-slab": "the driver: slab",
    "open-vmalloc": "the driver: vmalloc",
    "open-host": "the driver: taken from the host's free memory",
    "mapped-charged": "mapped for 30 000 records: charged",
    "mapped-slab": "mapped: slab",
    "mapped-vmalloc": "mapped: vmalloc",
    "mapped-host": "mapped: taken from the host's free memory",
}

# bench, subject, at least so many times the driver's cost
RATIO_TARGETS = [
    ("tasks", "proc-six", 350),
    ("tasks", "ps", 600),
    ("tasks", "taskstats", 20),
    ("tasks", "bpf-iterator", 3),
    ("tasks", "bpf-syscall", 1),
    ("cgroups", "files-opened", 300),
    ("cgroups", "files-kept", 35),
    ("monitors", "htop", 5),
    ("monitors", "top", 5),
    ("monitors", "atop", 10),
]
# contmon top with 1000 processes, a refresh a second, on the machine itself
CORE_TARGET_PERCENT = 0.2
LATENCY_TARGET = 5
FORK_TARGET_PERCENT = 1

WHY_NOT_BPF = """\
A BPF program that runs as a system call and fills a mapped array is the only
alternative that costs about as much as the driver, and it is the right choice where
no module can be loaded. But it takes none of the locks that the kernel's own
readers take, so a record may be inconsistent, and it cannot take part in the accounting
that keeps user and system time from running backwards. It stays in one RCU section
from the first task to the last, because it cannot leave the section and continue
later at the same place; the table above shows the effect on a real-time thread. Only root
may load it (it needs CAP_BPF and CAP_PERFMON), and it cannot apply the caller's
pid namespace or the ptrace rule of `/proc/PID/io`: a daemon would have to run
with those rights and make these checks itself, while the driver lets a group of users
open one device. On the other hand, a BPF program cannot crash the kernel and a module
can. That is why this module uses no symbol that is not exported, and is tested on
kernels with KASAN, lockdep and fault injection.
"""

SUMS = """\
The sums over tasks need a walk over all processes, no matter how few cgroups there
are. An idle process with one thread costs about 150 instructions, counted in the code
that the compiler makes for Debian's 6.12:

| part | instructions |
|---|--:|
| find the process in the table of ids | 28 |
| find the row of its cgroup | 15 |
| its state, its threads, whether it has memory of its own | 17 |
| `task_lock()` and `task_unlock()` | 24 |
| 6 numbers of its memory | 29 |
| 14 numbers of its usage | 38 |

So a cgroup of ten such processes costs about 1 500, and its own row comes on top. The
goal was 1 000, or 100 for each process, and cannot be met: the lock and the 20 numbers
alone take 91, and a walk has to find the process and its cgroup as well.

- Without the lock, the kernel may free the memory description while it is read.
- Each number is loaded and added, and those of the memory are in pages, and for a
  moment may be below zero.
- Numbers kept from an earlier call would be wrong: a process that has not run since may
  have lost memory to reclaim.

A process with several threads, or of which a thread or child has ended, or that has run
since its CPU time was last read, costs more: its usage is added up as the kernel does
it. Groups of fields other than the sums need no walk.
"""

NOT_HAD = """\
The driver uses only exported symbols. Therefore it cannot read for a cgroup:

- `pids.current` and `pids.max`: the structure of the pids controller is in no header.
  The sum of `nr_threads` over the subtree is close to `pids.current`;
- `memory.stat`, `io.stat` and the sums of `cpu.stat` over a subtree: the kernel
  updates them only when a function that is not exported is called;
- what changed since an earlier call: the kernel keeps no time at which a cgroup last
  changed, and storing each caller's last numbers would cost more than a row.

Read these from the cgroup's files. A BPF program may call more kernel functions:
since Linux 7.0 there are kfuncs for a memory cgroup's counters, those of `memory.stat`
included.
"""


def read_lines(stream):
    """(bench, mode, scale, subject, unit) -> [(n, value)]"""
    groups = defaultdict(list)
    for line in stream:
        row = json.loads(line)
        scale = 0 if row["bench"] in ("forks", "memory") else row["scale"]
        key = (row["bench"], row["mode"], scale, row["subject"], row["unit"])
        groups[key].append((row["n"], row["value"]))
    return groups


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def medians(groups):
    """One result for each key; latency gives two"""
    results = []
    for (bench, mode, scale, subject, unit), samples in groups.items():
        each = [value / n for n, value in samples]
        if unit == "ns" and mode == "icount" and bench != "latency":
            unit = "instructions"
        if mode == "host":      # of a second each
            unit = "percent"
            each = [100 * value / 1e9 for value in each]
        row = {"mode": mode, "scale": scale, "subject": subject,
               "n": round(statistics.median(n for n, _ in samples)),
               "samples": len(samples), "unit": unit}
        if bench == "latency":
            results.append({"bench": "latency-p99", **row,
                            "value": percentile(each, 99)})
            bench = "latency-median"
        results.append({"bench": bench, **row,
                        "value": statistics.median(each)})
    return results


def find(results, bench, mode, scale, subject):
    for row in results:
        if (row["bench"], row["mode"], row["scale"], row["subject"]) == (
                bench, mode, scale, subject):
            return row
    return None


def add_ratios(results):
    for row in results:
        baseline = BASELINE.get(row["bench"], {}).get(row["subject"], "driver")
        driver = find(results, row["bench"], row["mode"], row["scale"],
                      baseline)
        row["ratio_to_driver"] = None
        if driver and driver["value"]:
            row["compared_with"] = baseline
            row["ratio_to_driver"] = round(row["value"] / driver["value"], 3)


def ratio_target(results, bench, subject, wanted):
    """The worst of all scales counts, except those below 1000 tasks"""
    rows = [row for row in results
            if row["bench"] == bench and row["subject"] == subject and
            row["mode"] == "icount" and row["ratio_to_driver"] and
            row["scale"] >= (1000 if bench == "tasks" else 100)]
    got = min((row["ratio_to_driver"] for row in rows), default=None)
    whose = "`contmon top`'s" if bench == "monitors" else "the driver's"
    return {"what": f"{bench}: {subject}, instructions, times {whose}",
            "wanted": f">= {wanted}", "got": got,
            "met": None if got is None else got >= wanted}


def core_target(what, percent):
    got = None if percent is None else round(percent, 3)
    return {"what": f"monitors: {what}",
            "wanted": f"< {CORE_TARGET_PERCENT}", "got": got,
            "met": None if got is None else got < CORE_TARGET_PERCENT}


def own_core_target(results):
    row = find(results, "monitors", "host", 1000, "contmon-processes")
    return core_target("`contmon top` of 1000 processes without the "
                       "driver's part, percent of a core", row and row["value"])


def whole_core_target(results):
    """Another monitor's percent divided by its ratio to contmon and the driver
    in the guest; of three monitors and two clocks the worst counts"""
    shares = []
    for subject in ("htop", "top", "atop"):
        here = find(results, "monitors", "host", 1000, subject)
        for mode in ("icount", "wall"):
            there = find(results, "monitors", mode, 1000, subject)
            if here and there and there["ratio_to_driver"]:
                shares.append(here["value"] / there["ratio_to_driver"])
    return core_target("the same with the driver, from the ratios of three "
                       "others", max(shares) if len(shares) == 6 else None)


def latency_target(results, mode):
    def median(subject):
        return next((row["value"] for row in results
                     if row["bench"] == "latency-median" and
                     row["mode"] == mode and row["subject"] == subject), None)

    idle, driver = median("idle"), median("driver")
    got = round(driver / idle, 2) if idle and driver else None
    return {"what": f"latency ({mode}): median wake-up during a snapshot, "
                    "times idle",
            "wanted": f"<= {LATENCY_TARGET}", "got": got,
            "met": None if got is None else got <= LATENCY_TARGET}


def fork_target(results, subject, base, what):
    new = find(results, "forks", "icount", 0, subject)
    old = find(results, "forks", "icount", 0, base)
    got = None
    if new and old:
        got = round((new["value"] / old["value"] - 1) * 100, 2)
    return {"what": f"forks: added to fork, exit and wait by {what}, percent",
            "wanted": f"< {FORK_TARGET_PERCENT}", "got": got,
            "met": None if got is None else got < FORK_TARGET_PERCENT}


def make_json():
    results = medians(read_lines(sys.stdin))
    add_ratios(results)
    targets = [ratio_target(results, *target) for target in RATIO_TARGETS]
    targets += [own_core_target(results), whole_core_target(results),
                latency_target(results, "wall"),
                latency_target(results, "icount"),
                fork_target(results, "driver", "unloaded",
                            "loading the driver"),
                fork_target(results, "crowded", "driver",
                            "256 readers that wait for an OOM kill")]
    json.dump({"results": results, "targets": targets}, sys.stdout, indent=1)
    print()


def number(value):
    if value is None:
        return "-"
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def title(subject):
    return TITLES.get(subject, subject)


def scales(rows):
    return sorted({row["scale"] for row in rows})


def subjects(rows):
    return list(dict.fromkeys(row["subject"] for row in rows))


def cell(rows, subject, scale):
    for row in rows:
        if row["subject"] == subject and row["scale"] == scale:
            ratio = row["ratio_to_driver"]
            if ratio is None or row.get("compared_with") == subject:
                return number(row["value"])
            return f"{number(row['value'])} ({number(ratio)}x)"
    return "-"


def grid(results, bench, mode):
    """A header and rows of text: a line for each subject, a column a scale"""
    rows = [row for row in results
            if row["bench"] == bench and row["mode"] == mode]
    if not rows:
        return None
    lines = [["", *(number(scale) for scale in scales(rows))]]
    for subject in subjects(rows):
        lines.append([title(subject), *(cell(rows, subject, scale)
                                        for scale in scales(rows))])
    return lines


def print_text(lines):
    widths = [max(len(line[i]) for line in lines)
              for i in range(len(lines[0]))]
    for line in lines:
        print("  " + line[0].ljust(widths[0]) + "".join(
            "  " + text.rjust(width)
            for text, width in zip(line[1:], widths[1:])))
    print()


def print_markdown(lines):
    for i, line in enumerate(lines):
        print("| " + " | ".join(line) + " |")
        if not i:
            print("|---" + "|--:" * (len(line) - 1) + "|")
    print()


SECTIONS = [
    ("tasks", "icount", "Instructions for each process, by number of processes"),
    ("tasks", "wall", "Nanoseconds for each process, by number of processes"),
    ("cgroups", "icount", "Instructions for each cgroup, by number of cgroups"),
    ("cgroups", "wall", "Nanoseconds for each cgroup, by number of cgroups"),
    ("task-calls", "icount", "Instructions for the longest call, by number of "
                             "processes"),
    ("cgroup-calls", "icount", "Instructions for the longest call, by number "
                               "of cgroups"),
    ("docker", "wall", "Nanoseconds for each of ten containers"),
    ("monitors", "icount", "Instructions for each second of a full screen, by "
                           "number of processes"),
    ("monitors", "wall", "Nanoseconds for each second of a full screen, by "
                         "number of processes"),
    ("monitors", "host", "Percent of one core of the machine itself for a full "
                         "screen, refreshed once a second"),
    ("latency-median", "icount", "Wake-up of a real-time thread: median, in "
                                 "instructions"),
    ("latency-p99", "icount", "The same: 99th percentile"),
    ("latency-median", "wall", "Wake-up of a real-time thread: median, ns"),
    ("latency-p99", "wall", "The same: 99th percentile"),
    ("forks", "icount", "Instructions for fork, exit and wait"),
    ("memory", "icount", "Kernel memory for each open file, bytes"),
    ("groups", "icount", "Instructions for each process, by group of fields"),
]


def print_sections(results, heading, table):
    for bench, mode, text in SECTIONS:
        lines = grid(results, bench, mode)
        if lines:
            print(heading + text + "\n")
            table(lines)


def target_lines(targets):
    verdicts = {True: "met", False: "missed", None: "not measured"}
    lines = [["", "wanted", "got", ""]]
    for target in targets:
        lines.append([target["what"], target["wanted"], number(target["got"]),
                      verdicts[target["met"]]])
    return lines


def print_table():
    data = json.load(sys.stdin)
    print_sections(data["results"], "", print_text)
    print("Targets\n")
    print_text(target_lines(data["targets"]))


INTRODUCTION = """\
<!-- SPDX-License-Identifier: GPL-2.0-only -->
<!-- Made by tests/bench/run --page: change tests/bench/report.py instead. -->

# What the driver costs

Measured by `make bench` in one guest with Debian's kernel, with all subjects side
by side on the same processes.

- *Instructions* are counted by an emulator whose clock advances by one nanosecond
  for each instruction, in the kernel and in user space. They are the same on
  every host, and repeated runs differ by less than one percent.
- *Nanoseconds* are those of an emulated processor: use them only as ratios.
- *Percent of one core* is measured on the machine that ran the benchmark, without
  an emulator. No module can be loaded there, so `contmon` reads from a fake device
  in its own process, and the cost of the driver is not included. To include it,
  `contmon top` is compared with `htop`, `top` and `atop` in the guest: their
  percentage of a core here, divided by that ratio, is that of `contmon top`.

A ratio in brackets is relative to the driver when the same fields, or more, are
requested from it. Every reader of `/proc` had its inodes cached.
"""


def print_page():
    data = json.load(sys.stdin)
    print(INTRODUCTION)
    print("## Targets\n")
    print_markdown(target_lines(data["targets"]))
    print_sections(data["results"], "## ", print_markdown)
    print("## Why a module and not BPF\n")
    print(WHY_NOT_BPF)
    print("## What the sums over tasks cost\n")
    print(SUMS)
    print("## What the driver cannot read of a cgroup\n")
    print(NOT_HAD, end="")


if __name__ == "__main__":
    COMMANDS = {"json": make_json, "table": print_table, "page": print_page}
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    COMMANDS[sys.argv[1]]()
