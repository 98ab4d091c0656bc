#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The device and the module are removed while contmond runs. contmond must
read procfs until the device is back, and report that. A container that runs all
the time stays the same one, and its series go on: each sample has it."""

import grp
import os
import signal
import subprocess
import time

import api
import lives
import proc
import tap
from module import DEVICE, is_loaded, load, unload

UEVENT = "/sys/class/misc/contmon/uevent"

# procfs has starts in whole ticks of 10 ms; they are shown in ms.
START_MS = 10 + 2


def main_pid():
    done = subprocess.run(["systemctl", "show", "-P", "MainPID", "contmond"],
                          check=True, text=True, stdout=subprocess.PIPE)
    return int(done.stdout)


def health():
    return api.Answer("/api/v1/health").json()["rows"][0]


def after_samples(nr):
    """However long they take: the row when so many more were taken"""
    first = health()["samples_total"]
    tap.wait_for(lambda: health()["samples_total"] >= first + nr)
    return health()


def uncounted():
    """The intervals since 1970 without those that have a sample, or are counted as
    missed: a sample that is lost makes it larger, and so does one that is late,
    until the next one. A change of source takes one at once, out of turn."""
    row, width = health(), api.row("info")["interval_ms"]
    return (row["last_sample_ms"] + width // 20) // width - \
        row["samples_total"] - row["samples_missed_total"]


class Kept(lives.Life):
    """A container that is a plain cgroup. Its one process works now and then."""

    def __init__(self):
        super().__init__()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self.enter()
                self.held = bytearray(4 << 20)
                while True:
                    sum(range(20000))
                    time.sleep(0.1)
            finally:
                os._exit(255)
        tap.wait_for(lambda: (lives.listed(self.id) or {}).get("processes") == 1)
        self.began_ms = int(time.time() * 1000)

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        tap.wait_for(lambda: "populated 0" in proc.read(
            f"{self.directory}/cgroup.events"))
        self.remove()

    def identity(self):
        row = lives.listed(self.id) or {}
        shown = tuple(row.get(key) for key in ("id", "container", "cgroup", "runtime",
                                               "processes"))
        pids = [one["pid"] for one in api.rows("processes", container=self.id)]
        return shown, pids, lives.events({self.id}), lives.ended({self.id})

    def started_ms(self):
        return lives.listed(self.id)["started_ms"]

    def series(self, metric):
        return api.rows("series", metric=metric, container=self.id,
                        from_=self.began_ms)


def check_identity(kept, before, started_ms, what):
    tap.equal(kept.identity(), before, f"{what}: the container is the same")
    tap.ok(abs(kept.started_ms() - started_ms) <= START_MS,
           f"{what}: it has the same start", (kept.started_ms(), started_ms))


def check_series(kept, what):
    """Of the steps between two that are over: what is added while this looks is
    left out."""
    end_ms = health()["last_sample_ms"]
    cpu = [row for row in kept.series("cpu_seconds_total") if row["t"] < end_ms]
    values = [row["v"] for row in cpu]
    tap.equal(len({row["container"] for row in cpu}), 1, f"{what}: one series")
    tap.ok(None not in values and
           all(old <= new for old, new in zip(values, values[1:])),
           f"{what}: its CPU time goes on from where it was", values)
    tap.ok(values[-1] > values[0], f"{what}: and grows", values)
    host = [row["t"] for row in api.rows("series", metric="system_load1",
                                         from_=cpu[0]["t"], to=cpu[-1]["t"])]
    tap.equal([row["t"] for row in cpu], host, f"{what}: each sample has it")
    for metric in "processes", "memory_current_bytes":
        values = [row["v"] for row in kept.series(metric)]
        tap.ok(values and None not in values, f"{what}: {metric} is known all the time",
               values)
    tap.equal({row["v"] for row in kept.series("processes")}, {1},
              f"{what}: it is one process all the time")


def wait_for_access():
    """udev sets the group of the node some time after it was made."""
    group = grp.getgrnam("contmon").gr_gid
    tap.wait_for(lambda: os.stat(DEVICE).st_gid == group)


def take_away():
    """As if it were pulled out: contmond gets an event and closes the device,
    and for a moment the module is not in use."""
    with open(UEVENT, "w", encoding="ascii") as file:
        file.write("remove")
    return tap.wait_for(unload, 0.8, 0.005)


def check_procfs(pid):
    """The device was closed, so a sample that begins later is of procfs."""
    row = after_samples(2)
    tap.equal((row["source"], row["status"]), ("procfs", "ok"),
              "its source is then procfs, and its status ok")
    tap.ok(row["source_lacks"], "it reports what procfs lacks")
    tap.note(row["source_lacks"])
    pids = {one["pid"] for one in api.rows("processes", limit=20000)}
    tap.ok({1, pid} <= pids, "it shows processes of other users", sorted(pids))


def check_driver(pid):
    """A sample that begins when the device can be opened is of the driver."""
    wait_for_access()
    row = after_samples(2)
    tap.equal((row["source"], row["status"], row["source_lacks"]),
              ("driver", "ok", None), "it reads the device again when it is back")
    tap.ok(api.rows("processes"), "it shows processes")
    tap.equal(main_pid(), pid, "it is still the same process")


def check_all(pid, kept):
    after_samples(2)
    known, started_ms = kept.identity(), kept.started_ms()
    tap.equal(known[1], [kept.pid], "before: the container has its process")
    before = min(uncounted() for _ in range(3) if after_samples(1))
    try:
        tap.ok(tap.wait_for(take_away),
               "contmond closes a device that is removed")
        check_procfs(pid)
        check_identity(kept, known, started_ms, "without the device")
        check_series(kept, "without the device")
    finally:
        if not is_loaded():
            load()
    check_driver(pid)
    check_identity(kept, known, started_ms, "with the device again")
    check_series(kept, "with the device again")
    tap.ok(tap.wait_for(lambda: uncounted() <= before),
           "no sample was lost", (uncounted(), before))


def run():
    pid = main_pid()
    if not tap.ok(pid and tap.wait_for(
            lambda: health()["status"] == "ok"), "contmond runs"):
        return
    kept = Kept()
    try:
        check_all(pid, kept)
    finally:
        kept.end()


if __name__ == "__main__":
    tap.main(run)
