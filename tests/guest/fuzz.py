#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs test_fuzz while everything else changes: many processes and threads
start and end, cgroups are made and removed, memory runs out, and the module is
unloaded whenever the device is not open.

Usage: fuzz.py [SECONDS [SEED]]"""

import os
import signal
import subprocess
import sys
import threading

import tap
from module import DEVICE, is_loaded, load, unload, with_daemon_stopped

FUZZ = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "../uapi/test_fuzz")
SECONDS = sys.argv[1] if len(sys.argv) > 1 else "12"
SEED = sys.argv[2:3]

CGROUP = "/sys/fs/cgroup/contmon-fuzz"
STORM = "while :; do /bin/true & /bin/true; wait; done"
# Joins the cgroup, is killed there by the OOM killer, and so on
HUNGRY = f"""while :; do
    sh -c 'echo $$ >{CGROUP}/small/cgroup.procs; exec tail /dev/zero'
done"""


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


class Storms:
    """Shells in sessions of their own, so that all their processes can be
    killed"""

    def __init__(self, scripts):
        self.shells = [subprocess.Popen(["sh", "-c", script],
                                        stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL,
                                        start_new_session=True)
                       for script in scripts]

    def end(self):
        """How many were still running"""
        alive = sum(shell.poll() is None for shell in self.shells)
        for shell in self.shells:
            os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
        return alive


class Turns(threading.Thread):
    """Repeats an action, and counts how often it succeeded"""

    def __init__(self, turn):
        super().__init__(daemon=True)
        self.turn = turn
        self.stopping = threading.Event()
        self.done = 0
        self.error = None
        self.start()

    def run(self):
        try:
            while not self.stopping.wait(0.01):
                self.done += bool(self.turn())
        except OSError as error:
            self.error = error

    def end(self):
        self.stopping.set()
        self.join()


def make_and_remove():
    """A cgroup with one below it, and a process that passes through both"""
    inner = f"{CGROUP}/churn/inner"
    os.makedirs(inner)
    sleeper = subprocess.Popen(["sleep", "100"])
    for directory in (inner, f"{CGROUP}/churn"):
        write(f"{directory}/cgroup.procs", str(sleeper.pid))
    sleeper.kill()
    sleeper.wait()
    # Dead processes leave their cgroup a moment later
    return tap.wait_for(lambda: removed(inner), step=0.01) and \
        tap.wait_for(lambda: removed(f"{CGROUP}/churn"), step=0.01)


def removed(directory):
    try:
        os.rmdir(directory)
    except OSError:
        return False
    return True


def go_and_come():
    if not unload():
        return False
    load()
    return True


def oom_kills():
    with open(f"{CGROUP}/small/memory.events", encoding="ascii") as file:
        return dict(line.split() for line in file)["oom_kill"]


def make_cgroups():
    write("/sys/fs/cgroup/cgroup.subtree_control", "+memory")
    os.mkdir(CGROUP)
    write(f"{CGROUP}/cgroup.subtree_control", "+memory")
    os.mkdir(f"{CGROUP}/small")
    write(f"{CGROUP}/small/memory.max", str(4 << 20))
    write(f"{CGROUP}/small/memory.swap.max", "0")


def run():
    make_cgroups()
    storms = Storms([STORM, STORM, HUNGRY])
    cgroups, module = Turns(make_and_remove), Turns(go_and_come)
    done = subprocess.run([FUZZ, SECONDS, *SEED], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    tap.wait_for(lambda: cgroups.done and module.done and int(oom_kills()) or
                 cgroups.error or module.error)
    for turns in (cgroups, module):
        turns.end()
    tap.equal(storms.end(), 3, "the storms ran until the end")
    for line in done.stdout.splitlines():
        if line.startswith("#"):
            print(line)
    tap.ok(done.returncode == 0, "every call returned an allowed result",
           done.stdout)
    tap.ok(cgroups.done and not cgroups.error, "cgroups were made and removed",
           cgroups.error)
    tap.ok(int(oom_kills()), "the OOM killer killed processes")
    tap.ok(module.done and not module.error, "the module was reloaded",
           module.error)
    tap.note(f"{cgroups.done} cgroups, {oom_kills()} killed, "
             f"{module.done} times reloaded")
    tap.ok(tap.wait_for(unload) if is_loaded() else True, "the module unloads")
    tap.ok(not os.path.exists(DEVICE), "the device is gone")
    for name in ("small", ""):
        tap.ok(tap.wait_for(lambda: removed(f"{CGROUP}/{name}")),
               f"the cgroup {name or 'itself'} is empty")


if __name__ == "__main__":
    tap.main(lambda: with_daemon_stopped(run))
