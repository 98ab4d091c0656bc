#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The device goes away under contmond, and the module with it; contmond says so,
lives on, and goes on when the device is back."""

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
    """As if it were pulled out: contmond, told so, closes it, and for a moment
    nobody keeps the module in."""
    with open(UEVENT, "w", encoding="ascii") as file:
        file.write("remove")
    return tap.wait_for(unload, 0.8, 0.005)


def run():
    pid = main_pid()
    if not tap.ok(pid and tap.wait_for(
            lambda: health()["status"] == "ok", 30), "contmond runs"):
        return
    samples = health()["samples_total"]
    try:
        tap.ok(tap.wait_for(take_away, 60),
               "it lets go of a device that is removed")
        tap.ok(tap.wait_for(lambda: health()["source"] is None, 30),
               "it tells that there is none", health())
        tap.equal(health()["status"], "degraded", "it is degraded now")
        tap.equal(api.Answer("/api/v1/health").status, 503,
                  "its status is one that probes notice")
        tap.ok(health()["reason"], "and says why")
        tap.note(health()["reason"])
        tap.equal(api.Answer("/api/v1/processes").status, 503,
                  "it shows no process that it cannot see")
    finally:
        if not is_loaded():
            load()
    tap.ok(tap.wait_for(lambda: health()["status"] == "ok", 30),
           "it goes on when the device is back", health())
    tap.ok(tap.wait_for(
        lambda: health()["samples_total"] > samples + 1, 30),
        "and takes samples", health())
    tap.ok(tap.wait_for(lambda: api.rows("processes"), 30),
           "and shows processes")
    tap.equal(main_pid(), pid, "it is the same process still")


if __name__ == "__main__":
    tap.main(run)
