# SPDX-License-Identifier: GPL-2.0-only
"""A host made of plain files for tests/pty/fake_contmond: processes, containers
in cgroup v2, a disk, and what the engine says. Its counters grow by tick()."""

import json
import os
import shutil

DEVICE = "259:7"
DISK = "nvme0n1"
EVENTS = "low 0\nhigh 0\nmax 0\noom 0\noom_kill {}\n"
PRESSURE = ("some avg10=0.00 avg60=0.00 avg300=0.00 total={}\n"
            "full avg10=0.00 avg60=0.00 avg300=0.00 total={}\n")
ENGINE = {"socket": "/run/docker.sock", "state": "connected", "listed": True,
          "runtime": "docker", "version": "20.10.24"}
# A disk, and file systems that are not to be asked: nobody would answer
MOUNTS = """21 1 {} / / rw,relatime shared:1 - ext4 /dev/{} rw
22 21 0:50 / /dead rw - nfs4 server:/files rw
23 22 8:1 / /dead/disk rw - xfs /dev/sda1 rw
"""
NET_DEV = """Inter-|   Receive                            |  Transmit
 face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed
    lo: 9 9 9 9 0 0 0 0 9 9 9 9 0 0 0 0
{}"""


def interface(name, n):
    return (f"  {name}: {1000 * n} {10 * n} {n} {n} 0 0 0 0 "
            f"{2000 * n} {20 * n} {n} {n} 0 0 0 0\n")


class Container:
    """One container of `tasks` processes, with a quota and a memory limit. No
    engine knows one without a name."""

    def __init__(self, nr, name, image, labels=None, tasks=1):
        self.id = f"{nr:064x}"
        self.name = name
        self.image = image
        self.labels = labels or {}
        self.first_pid = 1000 + nr * 100
        self.tasks = tasks
        self.cgroup = f"/system.slice/docker-{self.id}.scope"

    def pids(self):
        return range(self.first_pid, self.first_pid + self.tasks)


class FakeHost:
    """Below the directory `root`"""

    def __init__(self, root, containers):
        self.root = root
        self.containers = list(containers)
        self.ticks = 0
        self.put("cgroup/cgroup.controllers", "cpu io memory pids\n")
        self.put("cgroup/cgroup.events", "populated 1\nfrozen 0\n")
        self.put("cgroup/system.slice/cgroup.events", "populated 1\nfrozen 0\n")
        self.put("cgroup/system.slice/memory.max", "max\n")
        self.put("proc/loadavg", "1.50 0.75 0.25 1/4 60\n")
        self.put("proc/uptime", "1000.00 900.00\n")
        self.put("proc/meminfo", "MemTotal: 4194304 kB\nMemFree: 524288 kB\n"
                 "MemAvailable: 1048576 kB\nBuffers: 1024 kB\nShmem: 2048 kB\n")
        self.put("proc/self/mountinfo", MOUNTS.format(DEVICE, DISK))
        self.put("proc/vmstat", "nr_inactive_file 100\nnr_anon_pages 200\n"
                 "nr_file_pages 300\noom_kill 0\n")
        self.put_task(1, "systemd", "/init.scope")
        os.makedirs(f"{root}/sys/dev/block")
        os.symlink(f"../../devices/virtual/block/{DISK}",
                   f"{root}/sys/dev/block/{DEVICE}")
        self.put_names()
        self.tick()

    def put(self, path, text):
        """A reader sees the old or the new file, never a part of one. The directory is
        there before its files, which a cgroup's never is: mkdir() makes them, and only
        then tells who watches. Where a contmond runs, see Contmond.stopped()."""
        path = f"{self.root}/{path}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.exists(path):
            # contmond keeps it open
            with open(path, "r+", encoding="utf-8") as file:
                file.write(text)
                file.truncate()
            return
        aside = f"{self.root}/aside"
        with open(aside, "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(aside, path)

    def put_task(self, pid, name, cgroup):
        stat = (f"{pid} ({name}) S 1 1 1 0 -1 0 100 0 3 0 250 125 0 0 20 0 1 0 700 "
                "83886080 9 1 1 1 0 0 0 0 0 0 0 0 0 0 17 3 0 0 0 0 0\n")
        status = (f"Name:\t{name}\nTgid:\t{pid}\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n"
                  "VmSize:\t81920 kB\nVmLck:\t0 kB\nVmHWM:\t8192 kB\n"
                  "RssAnon:\t2048 kB\nRssFile:\t2048 kB\nRssShmem:\t0 kB\n"
                  "VmPTE:\t4 kB\nVmSwap:\t0 kB\nvoluntary_ctxt_switches:\t1\n"
                  "nonvoluntary_ctxt_switches:\t2\n")
        for directory in (f"proc/{pid}", f"proc/{pid}/task/{pid}"):
            self.put(f"{directory}/stat", stat)
            self.put(f"{directory}/status", status)
            self.put(f"{directory}/io", "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\n"
                     "read_bytes: 8192\nwrite_bytes: 4096\n"
                     "cancelled_write_bytes: 0\n")
            self.put(f"{directory}/oom_score", "666\n")
            self.put(f"{directory}/oom_score_adj", "0\n")
            self.put(f"{directory}/cgroup", f"0::{cgroup}\n")

    def put_names(self):
        lines = [{"op": "hello", "version": 1}, {"op": "reset"}]
        lines += [{"op": "set", "id": container.id, "name": container.name,
                   "image": container.image, "runtime": "docker",
                   "state": "running", "restarts": 0, "labels": container.labels}
                  for container in self.containers if container.name]
        lines += [{"op": "engines", "engines": [ENGINE]}, {"op": "sync"},
                  {"op": "engine", "connected": True}]
        self.put("names", "".join(json.dumps(line) + "\n" for line in lines))

    def tick(self):
        """A second more of everything"""
        self.ticks += 1
        n = self.ticks
        self.put("proc/stat", f"cpu {100 * n} 0 {50 * n} {200 * n} 0 0 0 0 0 0\n")
        self.put("proc/1/net/dev", NET_DEV.format(interface("enp1s0", n) +
                                                  interface("veth1", n)))
        for container in self.containers:
            self.put_container(container, n)

    def put_container(self, container, n):
        files = {
            "cgroup.events": "populated 1\nfrozen 0\n",
            "cpu.stat": f"usage_usec {900000 * n}\nuser_usec {600000 * n}\n"
                        f"system_usec {300000 * n}\nnr_periods {10 * n}\n"
                        f"nr_throttled {5 * n}\nthrottled_usec {250000 * n}\n",
            "cpu.max": "90000 100000\n",
            "cpu.weight": "100\n",
            "memory.current": f"{(64 << 20) + 4096 * n}\n",
            "memory.max": f"{128 << 20}\n",
            "memory.peak": f"{80 << 20}\n",
            "memory.swap.current": "4096\n",
            "memory.swap.max": "max\n",
            "memory.events": EVENTS.format(n // 2),
            "memory.stat": f"anon {32 << 20}\nfile {16 << 20}\nkernel 65536\n"
                           "sock 0\nshmem 0\ninactive_file 1048576\n"
                           f"pgfault {100 * n}\npgmajfault {n}\n",
            "io.stat": f"{DEVICE} rbytes={4096 * n} wbytes={8192 * n} rios={n} "
                       f"wios={2 * n} dbytes=0 dios=0\n",
            "pids.current": f"{container.tasks}\n",
            "pids.max": "100\n",
        }
        for kind in ("cpu", "io", "memory"):
            files[f"{kind}.pressure"] = PRESSURE.format(2000 * n, 1000 * n)
        for name, text in files.items():
            self.put(f"cgroup{container.cgroup}/{name}", text)
        for pid in container.pids():
            if n == 1:
                self.put_task(pid, (container.name or "task")[:15],
                              container.cgroup)
        self.put(f"proc/{container.first_pid}/net/dev",
                 NET_DEV.format(interface("eth0", n)))

    def end(self, container):
        self.containers.remove(container)
        for pid in container.pids():
            shutil.rmtree(f"{self.root}/proc/{pid}")
        shutil.rmtree(f"{self.root}/cgroup{container.cgroup}")
