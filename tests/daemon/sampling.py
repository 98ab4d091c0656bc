#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""When a running contmond takes its samples: at multiples of the interval of
the wall clock, whatever stops it. What is late is taken once, and what was due
in between is counted.

Usage: sampling.py BUILD
"""

import os
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../guest"))

import tap  # pylint: disable=wrong-import-position
from daemon import Contmond  # pylint: disable=wrong-import-position

INTERVAL_MS = 100
STOPS = 12
# Samples after a stop, and intervals of it
SAMPLES = 10
STOPPED = 5
# Stops after which the next sample was seen to be on time, and how often the
# machine may keep the test from seeing that
SEEN = 3
TRIES = 200
LATE_MS, ON_TIME_MS = 40, 20


def now_ms():
    return time.time_ns() // 1000000


def phase(t_ms):
    return t_ms % INTERVAL_MS


class Ticks:
    """Samples as /api/v1/health counts them: {number: its time}"""

    def __init__(self, contmond):
        self.contmond = contmond
        self.seen = {}
        self.uncounted = []
        self.row = self.look()

    def look(self):
        """What remains of the number of the interval, counted since 1970, is constant
        if each interval has one sample, or is counted as missed. A sample that began
        late, after it was due, makes it larger; only until the next one."""
        row = self.contmond.row("health")
        nr, t_ms = row["samples_total"], row["last_sample_ms"]
        if nr and nr not in self.seen:
            self.seen[nr] = t_ms
            self.uncounted.append((t_ms + INTERVAL_MS // 20) // INTERVAL_MS - nr -
                                  row["samples_missed_total"])
        self.row = row
        return row

    def wait(self, samples):
        """So many more are seen; returns what is not counted."""
        first, end = len(self.uncounted), len(self.uncounted) + samples
        tap.wait_for(lambda: self.look() and len(self.uncounted) >= end, step=0.005)
        return min(self.uncounted[first:])


def stop(ticks, until_phase):
    """Stopped for some intervals, up to this moment of one; returns how many began
    meanwhile."""
    with ticks.contmond.stopped():
        began_ms = now_ms()
        end_ms = (began_ms // INTERVAL_MS + STOPPED) * INTERVAL_MS + until_phase
        while now_ms() < end_ms:
            time.sleep((end_ms - now_ms()) / 1000)
        return now_ms() // INTERVAL_MS - began_ms // INTERVAL_MS


def check_stops(ticks):
    """Each ends at another moment of the interval, some of them twice in one."""
    uncounted = ticks.wait(2 * SAMPLES)
    begin, began_ms = dict(ticks.row), ticks.row["last_sample_ms"]
    for nr in range(STOPS):
        before = ticks.look()
        due = stop(ticks, nr * INTERVAL_MS // STOPS)
        if nr % 3 == 0:
            # The sample that is late is not yet taken, or just was.
            due += stop(ticks, (nr * 7 + 1) * INTERVAL_MS // STOPS % INTERVAL_MS) - 1
        after = ticks.wait(SAMPLES)
        missed = ticks.row["samples_missed_total"] - before["samples_missed_total"]
        tap.equal(after, uncounted, f"stop {nr}: each interval has one sample, or is "
                  "counted")
        tap.ok(missed >= due - 1, f"stop {nr}: what it kept from being taken is counted",
               (missed, due))
    samples, missed = (ticks.row[key] - begin[key]
                       for key in ("samples_total", "samples_missed_total"))
    intervals = (ticks.row["last_sample_ms"] - began_ms) // INTERVAL_MS
    tap.note(f"{samples} samples and {missed} missed in {intervals} intervals")


def is_on_grid(seen):
    """A sample that was late, and the next one on time: less than an interval
    later. One that counts its intervals from the last sample is never that early."""
    return any(phase(t_ms) >= LATE_MS and
               seen.get(nr + 1, 0) // INTERVAL_MS == t_ms // INTERVAL_MS + 1 and
               phase(seen[nr + 1]) <= ON_TIME_MS for nr, t_ms in seen.items())


def check_grid(ticks):
    """The machine may make both late, or the test miss one: then it is done again."""
    found, phases = 0, []
    for _ in range(TRIES):
        stop(ticks, INTERVAL_MS // 2)
        ticks.seen.clear()
        ticks.wait(4)
        phases.append({nr: phase(t_ms) for nr, t_ms in ticks.seen.items()})
        found += is_on_grid(ticks.seen)
        if found == SEEN:
            break
    tap.equal(found, SEEN, "after a late sample the next one is on time again")
    if found < SEEN:
        tap.note(phases[-20:])


def run():
    with tempfile.TemporaryDirectory(prefix="contmon-sampling-") as directory:
        contmond = Contmond(sys.argv[1], pathlib.Path(directory))
        contmond.configure({"store": "memory", "interval_ms": INTERVAL_MS}, {})
        with contmond:
            tap.wait_for(lambda: contmond.row("health")["samples_total"])
            ticks = Ticks(contmond)
            check_stops(ticks)
            check_grid(ticks)


if __name__ == "__main__":
    tap.main(run)
