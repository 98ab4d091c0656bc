# SPDX-License-Identifier: GPL-2.0-only
"""A procfs and a cgroupfs made of plain files, for fake_contmon without its
device: two processes of the host, and a container with a process of two
threads. Their names contain control characters and other unsafe text."""

import os

ID = "0123456789abcdef" * 4
CONTAINER = f"/system.slice/docker-{ID}.scope"
PRESSURE = """some avg10=0.00 avg60=0.00 avg300=0.00 total=1000
full avg10=0.00 avg60=0.00 avg300=0.00 total=0
"""

# pid, parent, name, state, user, threads, MiB reserved, KiB of each part of RSS
PROCESSES = [
    (1, 0, "systemd", "S", 0, [1], 160, 4096, "/init.scope"),
    (40, 1, "two\nlines\t|", "R", 1000, [40], 64, 1024, "/system.slice"),
    (52, 40, "\033[2J) S 1", "S", 33, [52, 53], 80, 2048, CONTAINER),
]

CGROUPS = {
    "": {"cgroup.controllers": "cpu io memory\n"},
    "/init.scope": {"memory.current": "8388608\n", "memory.max": "max\n"},
    "/system.slice": {"memory.current": "99614720\n",
                      "memory.max": "100663296\n", "memory.peak": "99614720\n",
                      "memory.swap.current": "0\n", "memory.swap.max": "max\n",
                      "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n",
                      "cpu.max": "50000 100000\n"},
    CONTAINER: {"memory.current": "67108864\n", "memory.max": "134217728\n",
                "memory.peak": "83886080\n", "memory.swap.current": "0\n",
                "memory.swap.max": "0\n", "cpu.pressure": PRESSURE,
                "io.pressure": PRESSURE, "memory.pressure": PRESSURE,
                "cpu.stat": "usage_usec 90000000\n",
                "cpu.max": "max 100000\n",
                "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 2\n"},
}


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def put_task(path, tid, process):
    pid, parent, name, state, uid, threads, vsz, rss, cgroup = process
    put(f"{path}/stat",
        f"{tid} ({name}) {state} {parent} 1 1 0 -1 0 100 0 3 0 250 125 0 0 20 "
        f"0 {len(threads)} 0 700 {vsz << 20} 9 1 1 1 0 0 0 0 0 0 0 0 0 0 17 3 "
        "0 0 0 0 0\n")
    escaped = name.replace("\n", "\\n")
    put(f"{path}/status",
        f"Name:\t{escaped}\nTgid:\t{pid}\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n"
        f"Gid:\t{uid}\t{uid}\t{uid}\t{uid}\nVmSize:\t{vsz << 10} kB\n"
        f"VmLck:\t0 kB\nVmHWM:\t{4 * rss} kB\nRssAnon:\t{rss} kB\n"
        f"RssFile:\t{rss} kB\nRssShmem:\t0 kB\nVmPTE:\t4 kB\nVmSwap:\t8 kB\n"
        "voluntary_ctxt_switches:\t1\nnonvoluntary_ctxt_switches:\t2\n")
    put(f"{path}/io", "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\n"
        "read_bytes: 8192\nwrite_bytes: 4096\ncancelled_write_bytes: 0\n")
    put(f"{path}/oom_score", "666\n")
    put(f"{path}/oom_score_adj", "0\n")
    put(f"{path}/cgroup", f"0::{cgroup}\n")


def make(root):
    """Below `root`: proc and cgroup"""
    for process in PROCESSES:
        put_task(f"{root}/proc/{process[0]}", process[0], process)
        for tid in process[5]:
            put_task(f"{root}/proc/{process[0]}/task/{tid}", tid, process)
    put(f"{root}/proc/loadavg", "1.50 0.75 0.25 1/4 60\n")
    put(f"{root}/proc/uptime", "1000.00 900.00\n")
    put(f"{root}/proc/stat", "cpu 100 0 100 800 0 0 0 0 0 0\n")
    put(f"{root}/proc/meminfo", "MemTotal: 4194304 kB\nMemFree: 524288 kB\n"
        "MemAvailable: 1048576 kB\nBuffers: 1024 kB\nShmem: 2048 kB\n")
    for path, files in CGROUPS.items():
        for name, text in {"cgroup.events": "populated 1\nfrozen 0\n",
                           **files}.items():
            put(f"{root}/cgroup{path}/{name}", text)
