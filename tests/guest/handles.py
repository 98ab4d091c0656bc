#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""libcontmon handles in two threads, and one handle in a parent and its child
at the same time. Every snapshot must be consistent, which it would not be if
two writers shared a mapping. One of the two asks for threads, the other for
processes."""

import ctypes
import json
import os
import subprocess
import sys
import threading

import tap

LIBRARY = ctypes.CDLL("libcontmon.so.1")
SNAPSHOTS = 300
MEM = 1 << 5
THREADS = 1 << 3
PID_AT, TGID_AT = 8, 12  # in struct contmon_task

# Its threads make the two results differ.
SUBJECT = """
import threading, time
for _ in range(100):
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
print("ready", flush=True)
time.sleep(600)
"""


class Tasks(ctypes.Structure):
    """struct contmon_tasks"""
    _fields_ = [("entries", ctypes.c_void_p), ("nr", ctypes.c_size_t),
                ("nr_allocated", ctypes.c_size_t)] + [
                    (name, ctypes.c_uint64)
                    for name in ("taken", "done", "stamp", "nr_seen")]


def entry_size():
    printed = subprocess.run(["contmon", "info", "--json"], check=True,
                          stdout=subprocess.PIPE).stdout
    return json.loads(printed)["info"]["task_entry_size"]


def open_handle():
    handle = ctypes.c_void_p()
    if LIBRARY.contmon_open(None, ctypes.byref(handle)) < 0:
        raise OSError("contmon_open")
    return handle


def is_whole(tasks, size, flags):
    """Every task once, in order, including ours, and threads if asked for"""
    def number(i, offset):
        return ctypes.c_int32.from_address(tasks.entries + i * size +
                                           offset).value

    pids = [number(i, PID_AT) for i in range(tasks.nr)]
    tgids = [number(i, TGID_AT) for i in range(tasks.nr)]
    return pids == sorted(set(pids)) and os.getpid() in pids and \
        (pids != tgids) == bool(flags)


def nr_whole(handle, size, flags):
    """How many of SNAPSHOTS are correct"""
    tasks, whole = Tasks(), 0
    for _ in range(SNAPSHOTS):
        r = LIBRARY.contmon_snapshot_tasks(handle, ctypes.c_uint64(MEM), flags,
                                           ctypes.byref(tasks))
        whole += r >= 0 and is_whole(tasks, size, flags)
    LIBRARY.contmon_tasks_done(ctypes.byref(tasks))
    return whole


def check_threads(size):
    found = []

    def use(flags):
        handle = open_handle()
        found.append(nr_whole(handle, size, flags))
        LIBRARY.contmon_close(handle)

    threads = [threading.Thread(target=use, args=(flags,))
               for flags in (0, THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tap.equal(found, [SNAPSHOTS] * 2, "two threads with two handles")


def check_fork(size):
    handle = open_handle()
    nr_whole(handle, size, 0)
    child = os.fork()
    if child == 0:
        whole = nr_whole(handle, size, THREADS)
        LIBRARY.contmon_close(handle)
        os._exit(whole != SNAPSHOTS)
    tap.equal(nr_whole(handle, size, 0), SNAPSHOTS,
              "the parent, while the child uses the handle")
    tap.equal(os.waitpid(child, 0)[1], 0, "the child, which closes the handle")
    tap.equal(nr_whole(handle, size, 0), SNAPSHOTS,
              "the parent after the child closed it")
    LIBRARY.contmon_close(handle)


def run():
    size = entry_size()
    with subprocess.Popen([sys.executable, "-c", SUBJECT],
                          stdout=subprocess.PIPE, text=True) as subject:
        subject.stdout.readline()
        check_threads(size)
        check_fork(size)
        subject.kill()


tap.main(run)
