#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The device and the module are removed while contmond runs. contmond must
read procfs until the device is back, and report that."""

import subprocess

import api
import tap
from module import is_loaded, load, unload

UEVENT = "/sys/class/misc/contmon/uevent"


def main_pid():
    done = subprocess.run(["systemctl", "show", "-P", "MainPID", "contmond"],
                          check=True, text=True, stdout=subprocess.PIPE)
    return int(done.stdout)


def health():
    return api.Answer("/api/v1/health").json()["rows"][0]


def take_away():
    """As if it were pulled out: contmond gets an event and closes the device,
    and for a moment the module is not in use."""
    with open(UEVENT, "w", encoding="ascii") as file:
        file.write("remove")
    return tap.wait_for(unload, 0.8, 0.005)


def run():
    pid = main_pid()
    if not tap.ok(pid and tap.wait_for(
            lambda: health()["status"] == "ok"), "contmond runs"):
        return
    samples = health()["samples_total"]
    try:
        tap.ok(tap.wait_for(take_away),
               "contmond closes a device that is removed")
        tap.ok(tap.wait_for(lambda: health()["source"] == "procfs"),
               "its source is then procfs", health())
        tap.equal(health()["status"], "ok", "its status is ok")
        tap.ok(health()["source_lacks"], "it reports what procfs lacks")
        tap.note(health()["source_lacks"])
        before = health()["samples_total"]
        tap.ok(tap.wait_for(
            lambda: health()["samples_total"] > before + 1),
            "it continues sampling", health())
        pids = {row["pid"] for row in api.rows("processes", limit=20000)}
        tap.ok({1, pid} <= pids, "it shows processes of other users",
               sorted(pids))
    finally:
        if not is_loaded():
            load()
    tap.ok(tap.wait_for(lambda: health()["source"] == "driver"),
           "it reads the device again when it is back", health())
    tap.equal(health()["source_lacks"], None, "source_lacks is empty")
    tap.ok(tap.wait_for(
        lambda: health()["samples_total"] > samples + 1),
        "it takes samples", health())
    tap.ok(tap.wait_for(lambda: api.rows("processes")),
           "it shows processes")
    tap.equal(main_pid(), pid, "it is still the same process")


if __name__ == "__main__":
    tap.main(run)
