#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""systemctl or systemd-run, by the name that it is called by, as far as `contmon
load` uses them. Its timers are lines of $FAKE_ENGINE/systemd/units, and every
command is a line of $FAKE_ENGINE/systemd/log.

As the real ones, it finds the systemd of a user by XDG_RUNTIME_DIR, and gives a
timer's command no variables but those that are named. A timer is due once, at
once."""

import fcntl
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

NAME = os.path.basename(sys.argv[0])
HOME = pathlib.Path(os.environ["FAKE_ENGINE"]) / "systemd"


def check_user(words):
    """Root's is the host's, and needs no option."""
    user = os.geteuid()
    if ("--user" in words) != (user != 0):
        sys.exit(f"{NAME}: --user is for users")
    if user and os.environ.get("XDG_RUNTIME_DIR") != f"/run/user/{user}":
        sys.exit("Failed to connect to bus")


def start(words):
    nr = next(i for i, word in enumerate(words) if word[0] != "-")
    options, command = words[:nr], words[nr:]
    value = dict(word[2:].partition("=")[::2] for word in options)
    names = [word.partition("=")[2] for word in options
             if word.startswith("--setenv=")]
    env = {name: os.environ[name] for name in [*names, "FAKE_ENGINE"]}
    if os.geteuid():
        env["XDG_RUNTIME_DIR"] = os.environ["XDG_RUNTIME_DIR"]
    # pylint: disable=consider-using-with
    process = subprocess.Popen(command, env=env, start_new_session=True,
                               stdin=subprocess.DEVNULL,
                               stdout=open(HOME / "round", "wb"),
                               stderr=subprocess.STDOUT)
    with open(HOME / "units", "a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps({"name": value["unit"], "pid": process.pid}) +
                   "\n")


def units():
    path = HOME / "units"
    return [json.loads(line) for line in path.read_text().splitlines()] \
        if path.exists() else []


def runs(pid):
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def stop(names):
    for unit in units():
        if f"{unit['name']}.service" in names and runs(unit["pid"]):
            os.kill(unit["pid"], signal.SIGTERM)
            while runs(unit["pid"]):
                time.sleep(0.02)
    left = [unit for unit in units() if f"{unit['name']}.timer" not in names]
    (HOME / "units").write_text("".join(json.dumps(unit) + "\n"
                                        for unit in left))


def main():
    words = sys.argv[1:]
    with open(HOME / "log", "a", encoding="utf-8") as log:
        log.write(json.dumps([NAME, *words]) + "\n")
    check_user(words)
    if NAME == "systemd-run":
        start(words)
    elif "list-units" in words:
        begin = words[-1].removesuffix(".*").removesuffix("*")
        for unit in units():
            if unit["name"].startswith(begin):
                print(f"{unit['name']}.service loaded active running x\n"
                      f"{unit['name']}.timer loaded active waiting x")
    elif "stop" in words:
        stop(words)
    else:
        sys.exit(f"no command {words}")


main()
