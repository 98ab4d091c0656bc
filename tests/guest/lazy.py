#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Memory of CONTMON_ALLOC costs nothing until it is written: `contmon alloc`
allocates 256 MiB, and the test reads its /proc/PID/smaps."""

import json
import select
import subprocess

import proc
import tap

MIB = 1 << 20
SIZE = 256 * MIB
STEP = 128 * MIB

# What the command itself needs between two looks: buffers of stdio. Page tables
# are not part of RSS. The claim is "less than a MiB for 256".
COST = MIB

# ms after each step for a look. A look takes some 50 in an emulator, and much
# more on a busy host: then a longer delay is tried.
DELAYS_MS = (1000, 4000, 16000, 64000)


def alloc(*options):
    return ["contmon", "alloc", "--size", str(SIZE), "--step", str(STEP),
            *options]


def by_itself(touch):
    """The output of the command: {phase: the last row of that phase}"""
    done = subprocess.run(alloc("--touch", touch, "--json"),
                          stdout=subprocess.PIPE, check=False)
    tap.equal(done.returncode, 0, f"{touch}: the command succeeds")
    reported = json.loads(done.stdout)
    tap.equal(reported["meta"]["not_zero_address"], None,
              f"{touch}: every byte was zero")
    return {row["phase"]: row for row in reported["rows"]}


def grown(rows, phase, member):
    return rows[phase][member] - rows["before"][member]


def check_free_until_touched():
    rows = by_itself("none")
    tap.equal(grown(rows, "reserved", "vsz_bytes"), SIZE,
              "none: the address space grows by the whole size")
    cost = grown(rows, "reserved", "rss_bytes")
    tap.ok(cost < COST, "none: it costs less than 1 MiB", cost)
    tap.equal(rows["reserved"]["resident_bytes"], 0,
              "none: no page is resident")
    tap.equal(grown(rows, "freed", "vsz_bytes"), 0,
              "none: all of it is released")


def smaps_of_range(pid):
    """The smaps entry, in bytes, of the mapping that has the 256 MiB. The
    kernel may merge it with a neighbour, which is small."""
    size = 0
    found = {}
    for line in (proc.read(f"/proc/{pid}/smaps") or "").splitlines():
        words = line.split()
        if words[0] == "Size:":
            size = int(words[1]) * 1024
        if SIZE <= size < SIZE + 16 * MIB and words[-1] == "kB":
            found[words[0][:-1]] = int(words[1]) * 1024
    return found


def look(pid):
    """(smaps of the range, RSS of the process)"""
    smaps = smaps_of_range(pid)
    rss = proc.table(f"/proc/{pid}/status").get("VmRSS", "0")
    return smaps, int(rss.split()[0]) * 1024


def looks_within(touch, delay_ms):
    """A look after each step, or None if one came after the next step"""
    seen = []
    in_time = True
    with subprocess.Popen(alloc("--touch", touch, "--delay", str(delay_ms)),
                          stdout=subprocess.PIPE, bufsize=0) as command:
        for line in iter(command.stdout.readline, b""):
            if line.startswith(b"touched"):
                seen.append(look(command.pid))
                more, _, _ = select.select([command.stdout], [], [], 0)
                in_time = in_time and not more
    tap.equal(command.returncode, 0, f"{touch}: the command succeeds")
    return seen if in_time else None


def looks(touch):
    for delay_ms in DELAYS_MS:
        seen = looks_within(touch, delay_ms)
        if seen:
            break
    tap.equal(len(seen or []), SIZE // STEP,
              f"{touch}: each step was measured")
    return seen or []


def check_reading_is_free():
    rows = by_itself("read")
    cost = grown(rows, "touched", "rss_bytes")
    tap.ok(cost < COST, "read: reading costs less than 1 MiB", cost)
    tap.equal(rows["touched"]["resident_bytes"], 0, "read: no page is resident")
    for smaps, rss in looks("read"):
        tap.equal(smaps.get("Anonymous"), 0,
                  "read: smaps shows none of its pages")
        tap.ok(rss < 32 * MIB, "read: the process is small", rss)


def check_writing_costs_what_is_written():
    rows = by_itself("write")
    tap.equal(rows["touched"]["resident_bytes"], SIZE,
              "write: all pages are resident")
    cost = grown(rows, "touched", "rss_bytes")
    tap.ok(SIZE <= cost < SIZE + COST,
           "write: memory grows by what is written", cost)
    cost = grown(rows, "freed", "rss_bytes")
    tap.ok(cost < COST, "write: all of it is released", cost)
    touched = 0
    for smaps, rss in looks("write"):
        touched += STEP
        tap.equal(smaps.get("Anonymous"), touched,
                  f"write: smaps shows the {touched // MIB} MiB written")
        tap.ok(touched <= rss < touched + 32 * MIB,
               "write: RSS includes them", rss)


def run():
    check_free_until_touched()
    check_reading_is_free()
    check_writing_costs_what_is_written()


if __name__ == "__main__":
    tap.main(run)
