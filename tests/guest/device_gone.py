#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The device goes away under contmond, and the module with it; contmond reports
it, keeps running, and reads again when the device is back."""

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
    """As if it were pulled out: contmond hears of it and closes the device, and
    for a moment the module is not in use."""
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
        tap.ok(tap.wait_for(lambda: health()["source"] is None),
               "it reports no source", health())
        tap.equal(health()["status"], "degraded", "its status is degraded")
        tap.equal(api.Answer("/api/v1/health").status, 503,
                  "its HTTP status is one that probes notice")
        tap.ok(health()["reason"], "with a reason")
        tap.note(health()["reason"])
        tap.equal(api.Answer("/api/v1/processes").status, 503,
                  "it has no processes to show")
    finally:
        if not is_loaded():
            load()
    tap.ok(tap.wait_for(lambda: health()["status"] == "ok"),
           "it is well again when the device is back", health())
    tap.ok(tap.wait_for(
        lambda: health()["samples_total"] > samples + 1),
        "and takes samples", health())
    tap.ok(tap.wait_for(lambda: api.rows("processes")),
           "and shows processes")
    tap.equal(main_pid(), pid, "it is still the same process")


if __name__ == "__main__":
    tap.main(run)
