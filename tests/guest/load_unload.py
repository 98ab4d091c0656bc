#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Loads and unloads the module while readers open the device. It must never be
unloaded under an open file or a mapping, and must not crash or leak.

Usage: load_unload.py [TIMES]"""

import glob
import mmap
import os
import signal
import subprocess
import sys
import tempfile

import proc
import tap
from module import DEVICE, is_loaded, load, unload, with_daemon_stopped

STRESS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../uapi/test_stress")
tap.usage()
TIMES = int(sys.argv[1]) if len(sys.argv) > 1 else 200


# Three times the changes on a quiet system, and the size of a leak: slab, in
# bytes: 64 for each of some 2000 opens are 125 KiB;
# areas: one of each of thousands of mappings; the kernel frees them lazily;
# unavailable, in bytes: 100 KiB of module for each of 150 loads are 15 MiB.
LIMITS = {"slab": 100 << 10, "areas": 64, "unavailable": 10 << 20}


def cycles(times):
    """Load and unload; returns how often a reader kept it loaded."""
    refused = 0
    for _ in range(times):
        load()
        if not unload():
            refused += 1
            if not tap.wait_for(unload, step=0.005):
                raise TimeoutError("in use all the time")
    return refused


def check_open_keeps_it():
    fd = os.open(DEVICE, os.O_RDWR)
    tap.ok(not unload(), "it is not unloaded while it is open")
    os.close(fd)


def mapped_keeps_it():
    """In a separate process: Python's mapping hides a descriptor, so that all
    are closed and the memory is freed when the process ends."""
    memory = mmap.mmap(os.open(DEVICE, os.O_RDWR), 65536, mmap.MAP_SHARED,
                       mmap.PROT_READ)
    os.closerange(3, 64)
    return not unload() and memory[:] == bytes(65536)


def check_mapping_keeps_it():
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            status = 0 if mapped_keeps_it() else 2
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    tap.equal(status, 0, "it is not unloaded while it is mapped")


class Memory:
    """Memory that the kernel uses, after its caches were dropped."""

    def __init__(self):
        os.sync()
        proc_write("/proc/sys/vm/drop_caches", "3")
        for path in glob.glob("/sys/kernel/slab/kmalloc-*/shrink"):
            proc_write(path, "1")
        # The memory of a module is from the general pools. Columns: name,
        # objects in use, objects, bytes per object.
        rows = [line.split() for line in
                proc.read("/proc/slabinfo").splitlines()]
        self.slab = sum(int(row[1]) * int(row[3]) for row in rows
                        if row[0].startswith("kmalloc-"))
        # Stacks of processes and programs of BPF come and go with others.
        self.areas = sum("dup_task" not in line and "bpf" not in line
                         for line in
                         proc.read("/proc/vmallocinfo").splitlines())
        # Pages on the lists of the CPUs are free, but not part of MemAvailable:
        # many MiB after mappings were freed.
        available_kb = proc.table("/proc/meminfo")["MemAvailable"].split()[0]
        listed_pages = sum(int(line.split()[1]) for line in
                           proc.read("/proc/zoneinfo").splitlines()
                           if line.split()[:1] == ["count:"])
        self.unavailable = -(1024 * int(available_kb) +
                             mmap.PAGESIZE * listed_pages)


def proc_write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


class Readers:
    """test_stress, repeatedly, in a session of its own."""

    def __init__(self):
        self.log = tempfile.TemporaryFile("w+")
        self.shell = subprocess.Popen(
            ["sh", "-c", f'while "{STRESS}" 2 reopen; do :; done'],
            stdout=self.log, stderr=self.log, start_new_session=True)

    def end(self):
        running = self.shell.poll() is None
        if running:
            os.killpg(self.shell.pid, signal.SIGKILL)
        self.shell.wait()
        self.log.seek(0)
        return running, self.log.read()


def check_cycles():
    # The first rounds make the kernel keep memory, for its own use and for that
    # of so many forks, which is no leak: the last three quarters are measured.
    readers = Readers()
    refused = cycles(TIMES // 4)
    readers.end()
    before = Memory()
    readers = Readers()
    refused += cycles(TIMES - TIMES // 4)
    running, log = readers.end()
    after = Memory()
    tap.ok(True,
           f"it was loaded and unloaded {TIMES} times with readers running")
    tap.ok(refused, "readers sometimes prevented the unloading")
    tap.note(f"{refused} times")
    tap.ok(running and "\nok 1 " in log and "not ok" not in log,
           "the readers saw no errors", log)
    check_memory(before, after)


def check_memory(before, after):
    for name, limit in LIMITS.items():
        grown = getattr(after, name) - getattr(before, name)
        tap.ok(grown <= limit, f"{name}: no memory is leaked",
               f"{grown} more, limit {limit}")
        tap.note(f"{name}: {grown:+}")


def check_log(lines_before):
    done = subprocess.run(["dmesg"], stdout=subprocess.PIPE, text=True,
                          check=True)
    bad = [line for line in done.stdout.splitlines()[lines_before:]
           if any(word in line for word in
                  ("cut here", "BUG:", "WARNING:", "Oops", "refcount_t",
                   "KASAN", "leaked"))]
    tap.equal(bad, [], "the kernel's log is clean")


def dmesg_lines():
    done = subprocess.run(["dmesg"], stdout=subprocess.PIPE, check=True)
    return done.stdout.count(b"\n")


def run():
    lines = dmesg_lines()
    if is_loaded():
        tap.ok(unload(), "it unloads")
    load()
    check_open_keeps_it()
    check_mapping_keeps_it()
    tap.ok(unload(), "it unloads when the readers are gone")
    tap.ok(not os.path.exists(DEVICE), "the device is removed with it")
    check_cycles()
    check_log(lines)


if __name__ == "__main__":
    tap.main(lambda: with_daemon_stopped(run))
