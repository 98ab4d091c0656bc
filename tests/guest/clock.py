#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The wall clock is set forward and back: contmond must lose no history and
miss no sample, and no age may change."""

import time

import api
import tap

HOUR = 3600
HISTORY_SAMPLES = 8


def set_clock(seconds):
    time.clock_settime(time.CLOCK_REALTIME, time.time() + seconds)


def now_ms():
    return int(time.time() * 1000)


def history(at_ms):
    """Recorded times do not change when the clock is set"""
    return [row["t"] for row in api.rows("series", metric="system_load1",
                                         from_=at_ms - 600000, to=at_ms)]


def ages():
    """(contmond's uptime, start of init by its age) in seconds"""
    init = api.row("processes", pid=1)
    return (api.row("health")["uptime_seconds"],
            now_ms() / 1000 - init["start_ms"] / 1000)


def sampled_after(samples):
    return tap.wait_for(
        lambda: api.row("health")["samples_total"] > samples, 30)


def check_step(seconds, what):
    at_ms = now_ms()
    before, uptime = history(at_ms), ages()
    samples = api.row("health")["samples_total"]
    began = time.monotonic()
    set_clock(seconds)
    tap.ok(sampled_after(samples + 1), f"{what}: sampling continues")
    after, uptime_after = history(at_ms), ages()
    passed = time.monotonic() - began
    tap.ok(len(after) >= len(before), f"{what}: no sample is lost",
           (len(before), len(after)))
    tap.ok(after == sorted(set(after)) and after[-1] <= at_ms,
           f"{what}: the history is in order and not in the future", after[-5:])
    for name, old, new in zip(("contmond", "init"), uptime, uptime_after):
        tap.ok(-1 <= new - old <= passed + 2,
               f"{what}: the age of {name} does not change",
               (old, new, passed))
    tap.equal(api.Answer("/api/v1/health").status, 200,
              f"{what}: the status is ok")


def run():
    tap.ok(tap.wait_for(
        lambda: api.Answer("/api/v1/health").status == 200 and
        len(history(now_ms())) >= HISTORY_SAMPLES, 60), "history is available")
    try:
        check_step(2 * HOUR, "2 hours forward")
        check_step(-3 * HOUR, "3 hours back")
    finally:
        set_clock(HOUR)


if __name__ == "__main__":
    tap.main(run)
