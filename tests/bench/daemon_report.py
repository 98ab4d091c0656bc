#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""From the lines of the daemon's benchmark to build/bench-daemon.json, a table
and a page.

Usage:
daemon_report.py json  <LINES              >bench-daemon.json
daemon_report.py table <bench-daemon.json             for a terminal
daemon_report.py page  <bench-daemon.json  >PERFORMANCE.md
"""

import json
import sys

from report import number, print_markdown, print_text, target_lines

TITLES = {
    "contmond": "contmond with the driver",
    "contmond-procfs": "contmond without the driver",
    "contmond-scraped": "contmond with the driver, `/metrics` read each second",
    "node-exporter": "node_exporter with its processes collector, read each "
                     "second",
    "process-exporter": "prometheus-process-exporter, read each second",
    "atop": "`atop -w`",
    "docker-stats": "`docker stats`",
    "podman-stats": "`podman stats`",
}
# Those that have numbers of each process, or of each container
OTHERS = ("process-exporter", "atop", "docker-stats", "podman-stats")
ENGINES = {"docker": "of Docker", "podman": "of Podman"}
TARGET_SCALE = {"kind": "cgroups", "containers": 100, "tasks": 1000}
CORE_TARGET_PERCENT = 0.5
RSS_TARGET_MB = 16
GROWTH_TARGET_MB = 1


def scale(row):
    return row["kind"], row["containers"], row["tasks"]


def with_costs(rows):
    """Adds what each tick cost: the tool itself, and how much more than
    without it the kernel's threads and the other services used"""
    idle = {scale(row): row for row in rows if row["subject"] == "nothing"}
    for row in rows:
        base = idle.get(scale(row))
        if not base or row is base:
            continue
        cost = {"tool": row["us"]["tool"]}
        for part in ("kernel", "others", "containers"):
            without = base["us"][part] * row["seconds"] / base["seconds"]
            cost[part] = row["us"][part] - without
        each = {part: round(1000 * us / row["ticks"])
                for part, us in cost.items()}
        yield {**row, "instructions_per_tick":
               each["tool"] + each["kernel"] + each["others"], "parts": each}


def find(rows, subject, kind, containers, tasks):
    for row in rows:
        if (row["subject"], *scale(row)) == (subject, kind, containers, tasks):
            return row
    return None


def add_ratios(rows):
    for row in rows:
        base = find(rows, "contmond", *scale(row))
        row["ratio_to_contmond"] = None
        if base and base["instructions_per_tick"] > 0:
            row["ratio_to_contmond"] = round(row["instructions_per_tick"] /
                                             base["instructions_per_tick"], 2)


def target(what, wanted, got, met):
    return {"what": what, "wanted": wanted, "got": got,
            "met": None if got is None else met(got)}


def times_less(rows, subject, wanted):
    """Than the cheapest of the others, at the scale of the targets"""
    row = find(rows, subject, **TARGET_SCALE)
    others = [other["instructions_per_tick"] for name in OTHERS
              if (other := find(rows, name, **TARGET_SCALE))]
    got = None
    if row and others:
        got = round(min(others) / row["instructions_per_tick"], 2)
    return target(f"{TITLES[subject]}: times less than the cheapest of the "
                  "others that has numbers of each process or container",
                  f">= {wanted}", got, lambda got: got >= wanted)


def core_percent(rows, host):
    """Of atop on a real core, divided by its ratio to contmond"""
    row = find(rows, "atop", **TARGET_SCALE)
    got = None
    if row and row["ratio_to_contmond"] and host:
        percent = host["us"] / host["seconds"] / 10000
        got = round(percent / row["ratio_to_contmond"], 3)
    return target("contmond with the driver, percent of a real core, from what "
                  "`atop` takes of one", f"<= {CORE_TARGET_PERCENT}", got,
                  lambda got: got <= CORE_TARGET_PERCENT)


def rss(rows):
    row = find(rows, "contmond", **TARGET_SCALE)
    got = row and round(row["rss_bytes"]["contmond"] / 1e6, 1)
    return target("contmond with the driver: RSS in MB",
                  f"<= {RSS_TARGET_MB}", got, lambda got: got <= RSS_TARGET_MB)


def growth(lines):
    """Only if it saw all of them"""
    row = next((line for line in lines if line["kind"] == "growth"), None)
    got = None
    if row and not row["missed"]:
        got = round((row["rss_bytes"] - row["rss_bytes_before"]) / 1e6, 2)
    return target("contmond with the driver: growth of RSS in MB from 500 "
                  f"ended containers to {number(row['lives'] if row else 0)}",
                  f"<= {GROWTH_TARGET_MB}", got,
                  lambda got: got <= GROWTH_TARGET_MB)


def make_json():
    lines = [json.loads(line) for line in sys.stdin]
    host = next((line for line in lines if line["kind"] == "host"), None)
    rows = list(with_costs([line for line in lines
                            if line["kind"] in ("cgroups", *ENGINES)]))
    add_ratios(rows)
    targets = [times_less(rows, "contmond", 20),
               times_less(rows, "contmond-procfs", 3),
               core_percent(rows, host), rss(rows), growth(lines)]
    accuracy = [line for line in lines if line["kind"] in ("storm", "lives")]
    json.dump({"results": rows, "accuracy": accuracy, "host": host,
               "targets": targets}, sys.stdout, indent=1)
    print()


def scales(rows):
    return sorted(set(map(scale, rows)))


def subjects(rows):
    return list(dict.fromkeys(row["subject"] for row in rows))


def heading(kind, containers, tasks):
    what = ENGINES.get(kind, "plain cgroups")
    return f"{containers} containers ({what}), {number(tasks)} processes"


def cell(row):
    if not row:
        return "-"
    text = number(row["instructions_per_tick"] / 1e6)
    ratio = row["ratio_to_contmond"]
    if row["subject"] == "contmond" or ratio is None:
        return text
    return f"{text} ({number(ratio)}x)"


def cost_lines(rows):
    lines = [["", *(heading(*where) for where in scales(rows))]]
    for subject in subjects(rows):
        lines.append([TITLES[subject],
                      *(cell(find(rows, subject, *where))
                        for where in scales(rows))])
    return lines


def part_lines(rows, where):
    lines = [["", "itself", "kernel threads", "other services", "RSS, MB"]]
    for row in rows:
        if scale(row) == where:
            lines.append([TITLES[row["subject"]],
                          *(number(row["parts"][part] / 1e6)
                            for part in ("tool", "kernel", "others")),
                          number(sum(row["rss_bytes"].values()) / 1e6)])
    return lines


def share(part, whole):
    return "-" if part is None else f"{100 * part / whole:.1f} %"


def accuracy_lines(rows):
    lines = [["", "the container's CPU time", "its processes'",
              "containers seen"]]
    for subject in subjects(rows):
        own = {row["kind"]: row for row in rows if row["subject"] == subject}
        storm, lives = own.get("storm"), own.get("lives")
        lines.append([
            TITLES[subject],
            *(share(storm and storm[what], storm and storm["cpu_seconds"])
              for what in ("container_seconds", "process_seconds")),
            "-" if not lives or lives["seen"] is None else
            f"{lives['seen']} of {lives['lived']}"])
    return lines


def print_all(data, mark, table):
    rows = data["results"]
    print(f"{mark}Targets\n")
    table(target_lines(data["targets"]))
    print(f"{mark}Millions of instructions for each second\n")
    table(cost_lines(rows))
    for where in scales(rows):
        print(f"{mark}The parts: {heading(*where)}\n")
        table(part_lines(rows, where))
    if data["accuracy"]:
        print(f"{mark}What is over before it is seen\n")
        table(accuracy_lines(data["accuracy"]))


INTRODUCTION = """\
<!-- SPDX-License-Identifier: GPL-2.0-only -->
<!-- Made by tests/bench/run --mode daemon --page: change
     tests/bench/daemon_report.py instead. -->

# What the daemon costs

Measured by `make bench-daemon` in one guest with Debian's kernel: each monitor on
the same containers, one after another, at one sample a second, as its package
installs it. contmond keeps its database. One process of each container works for
a millisecond each second, the others sleep.

The emulator's clock advances by one nanosecond for each instruction, in the kernel
and in user space, so CPU time is a number of instructions. The cost of a monitor is
what its own cgroup used, and what the kernel's threads and all other services,
dockerd, containerd and conmon among them, used more than without it. The kernel counts an
interrupt for what it interrupts. contmond is measured for a minute with the driver
and for 20 seconds without, because it does some of its work less often than once a
second; the others, which do the same each second, for three seconds.

A ratio in brackets compares with contmond with the driver. In the parts, a number
below zero is less than the guest used by itself, and the RSS of contmond includes
that of contmon-engine. What is over before it
is seen: a shell in a container starts programs as fast as it can for five seconds;
the table has the share of the CPU time in the container's `cpu.stat` that a monitor
gives the container, and that it gives the processes in it, by their names. Then ten
containers come, each with one process that sleeps for 50 ms. `-` is a number that a
monitor does not have; node_exporter has none of these.
"""


IN_THE_WAY = """\
## What stands in the way

From profiles by the guest's clock (`perf record -e cpu-clock`), with 100 containers
of 10 processes:

- With the driver, 64 % of contmond's instructions are in system calls. The driver's
  ioctls are 3 %; the rest are the files of each container, about six reads a second.
  The kernel spends 32 % on the text of `memory.stat`, which is read because one
  process of each container runs, 12 % on `cpu.stat`, and 7 % on opening files, most of
  them those that are read every 10 seconds. In contmond itself, parsing text is the
  largest part.
- Without the driver, contmond reads two files a second for each process that sleeps:
  `schedstat` says that it sleeps, `cgroup` where it is. Opening and closing files takes
  34 %, reading them 31 %, and looking up cgroups 6 %; of these, the text of `status`
  and that of `memory.stat` are 5 % each.

RSS is that of a minute with 100 containers and nothing but the database. With
everything on (samples every 200 ms, two targets of remote write, one of which cannot
be reached, and the API asked now and then) it is 24 MB: 13 MB are shared libraries,
of which libcurl and what it needs take 6, and 2 MB are a tick of remote write.
"""


def main(what):
    if what == "json":
        make_json()
        return
    if what == "growth":
        found = growth([json.loads(line) for line in sys.stdin])
        print(json.dumps(found, indent=1))
        sys.exit(0 if found["met"] else 1)
    data = json.load(sys.stdin)
    if what == "page":
        print(INTRODUCTION)
        print_all(data, "## ", print_markdown)
        print(IN_THE_WAY, end="")
    else:
        print_all(data, "", print_text)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("json", "table", "page", "growth"):
        sys.exit(__doc__)
    main(sys.argv[1])
