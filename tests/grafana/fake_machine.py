# SPDX-License-Identifier: GPL-2.0-only
"""The numbers of fake_contmond.py: containers, processes and events that are a
pure function of the clock."""

import functools
import hashlib
import math
import time

INTERVAL_MS = 1000
PHASE_MS = 137  # samples are not taken on the full second, as in life
HISTORY_MS = 900 * 1000
NR_CPUS = 8
RAM = 16 << 30
PAUSE_EVERY_MS, PAUSE_MS = 300000, 60000
MIB = 1 << 20
HOSTILE = '<img src=x onerror="window.owned=1">'

# name, image, cpu base, cpu swing, memory MiB, limit MiB, alive for the last
# ... seconds, gone since ... seconds (None: running)
CONTAINERS = [
    ("api-1", "shop/api:4.2", 1.10, 0.60, 430, 512, 86400 * 3, None),
    ("cache-1", "redis:7.4", 0.12, 0.08, 210, 256, 86400 * 9, None),
    ("db-1", "postgres:16", 0.55, 0.40, 1900, 4096, 86400 * 9, None),
    ("mail-1", "postfix:3.9", 0.01, 0.01, 48, None, 7200, None),
    ("queue-1", "rabbitmq:4.0", 0.30, 0.10, 340, 1024, 86400 * 2, None),
    ("search-1", "opensearch:2.17", 1.40, 0.90, 2900, 3072, 5400, None),
    ("web-1", "nginx:1.27", 0.20, 0.15, 36, 128, 86400 * 9, None),
    ("web-2", "nginx:1.27", 0.22, 0.15, 38, 128, 170, None),
    ("backup-1", "restic:0.17", 0.80, 0.30, 150, None, 1200, 200),
    (HOSTILE, HOSTILE, 0.05, 0.04, 20, 64, 600, None),
]


def add_containers(n):
    CONTAINERS.extend(("job-%d" % i, "batch/job:1", 0.01 + i % 7 / 50, 0.01,
                       20 + i % 90, 256 if i % 2 else None, 3600, None)
                      for i in range(n))


@functools.cache
def names_of(name):
    """What a container is called, and its id; the engine has not named one."""
    full_id = hashlib.sha256(name.encode()).hexdigest()
    return (name if name != "mail-1" else full_id[:12]), full_id


def wave(seed, t_ms, period_s):
    """0..1, smooth and with a little noise that depends only on the time."""
    x = t_ms / 1000 / period_s
    slow = 0.5 + 0.5 * math.sin(2 * math.pi * (x + seed * 0.37))
    noise = math.sin(t_ms * 0.0137 + seed * 7) * math.sin(t_ms * 0.00071 * seed)
    return max(0.0, min(1.0, 0.85 * slow + 0.15 * (0.5 + 0.5 * noise)))


class Container:
    """One of CONTAINERS. `columns`: what a row has, each a function of a sample's
    time of its own, as a series needs one of them for many times."""

    def __init__(self, seed, start_ms, name, image, cpu, swing, mem, limit, age, gone):
        self.name = name
        self.seed = seed
        self.cpu, self.swing = cpu, swing
        self.mem = mem
        self.cap = limit * MIB if limit else None
        self.born = start_ms - age * 1000
        self.gone = None if gone is None else start_ms - gone * 1000
        self.title, self.id = names_of(name)
        self.cgroup = "/system.slice/docker-%s.scope" % self.id
        self.columns = {
            "t": lambda t: t, **self.facts(image), **self.cpu_columns(),
            **self.memory_columns(), **self.task_columns(), **self.io_columns()}

    def alive(self, t):
        return t >= self.born and (self.gone is None or t < self.gone)

    def row(self, t):
        return {key: column(t) for key, column in self.columns.items()}

    def uptime(self, t):
        return (t - self.born) / 1000

    def paused(self, t):
        return self.name == "queue-1" and t % PAUSE_EVERY_MS < PAUSE_MS

    def paused_ms(self, t):
        """For how long it was paused until t"""
        return t // PAUSE_EVERY_MS * PAUSE_MS + min(t % PAUSE_EVERY_MS, PAUSE_MS) \
            if self.name == "queue-1" else 0

    def cores(self, t):
        """What used() gained since the sample before"""
        return max(0.0, self.used(t) - self.used(t - INTERVAL_MS)) * 1000 / INTERVAL_MS

    def used(self, t):
        """CPU seconds. They swing about self.cpu per second, and stand while
        the container is paused."""
        if t < self.born:
            return 0.0
        ran = (t - self.paused_ms(t) - self.born + self.paused_ms(self.born)) / 1000
        turns = 2 * math.pi / (40 + 7 * self.seed)
        return self.cpu * ran + self.swing / turns * (1 - math.cos(turns * ran))

    def memory(self, t):
        current = int((self.mem + 0.14 * self.mem * wave(self.seed, t, 90)) * MIB)
        return min(current, self.cap) if self.cap else current

    def processes(self, t):
        return 2 + self.seed % 5 + int(3 * wave(self.seed, t, 60))

    def grown(self, per_second):
        """A total that begins with the container"""
        return lambda t: per_second * self.uptime(t)

    def counted(self, per_second):
        return lambda t: int(per_second * self.uptime(t))

    def facts(self, image):
        engine = self.title == self.name
        return {
            **fixed(container=self.title, id=self.id, short_id=self.id[:12],
                    runtime="docker", pod=None, pod_namespace=None,
                    image=image if engine else None,
                    command="/entrypoint.sh" if engine else None,
                    compose_project="shop", compose_service="service",
                    engine="/run/docker.sock" if engine else None,
                    engine_version="27.1" if engine else None,
                    health="healthy" if self.name == "api-1" else None,
                    restarts_total=0, created_ms=self.born if engine else None,
                    started_ms=self.born, cgroup=self.cgroup),
            "uptime_seconds": self.uptime if engine else lambda t: None,
            "state": lambda t: "paused" if self.paused(t) else "running",
            "state_code": lambda t: 2 if self.paused(t) else 1,
        }

    def cpu_columns(self):
        limited = self.name == "api-1"
        return {
            "cpu_cores": self.cores,
            "cpu_percent": lambda t: 100 * self.cores(t) / NR_CPUS,
            "cpu_seconds_total": self.used,
            "cpu_user_seconds_total": lambda t: 0.7 * self.used(t),
            "cpu_system_seconds_total": lambda t: 0.3 * self.used(t),
            "cpu_throttled_seconds_total": self.grown(0.01),
            "cpu_periods_total": self.counted(10),
            "cpu_throttled_periods_total": self.counted(self.seed),
            **fixed(cpu_limit_cores=2.0 if limited else None,
                    cpu_limit_owner="/system.slice" if limited else None,
                    cpu_max_cores=None, cpu_limit_throttled_seconds_total=None,
                    cpu_weight=100, cpuset_cpus=NR_CPUS),
            **{f"psi_{what}_{share}_seconds_total": self.grown(0.01 * self.seed)
               for what in ("cpu", "io", "memory") for share in ("some", "full")},
        }

    def share(self, of_memory):
        return lambda t: int(self.memory(t) * of_memory)

    def memory_columns(self):
        search = self.name == "search-1"
        return {
            "memory_current_bytes": self.memory,
            "memory_limit_percent": lambda t: (
                100 * self.memory(t) / self.cap if self.cap else None),
            **{f"memory_{part}_bytes": self.share(of) for part, of in (
                ("working_set", 0.8), ("anon", 0.7), ("file", 0.25),
                ("shmem", 0.02), ("kernel", 0.05))},
            "rss_sum_bytes": self.share(1.2), "vsz_sum_bytes": self.share(9),
            "memory_major_faults_total": self.counted(0.02 * self.seed),
            "memory_refaults_file_total": self.counted(3),
            "minor_faults": self.counted(20), "major_faults": self.counted(0.01),
            **fixed(**{f"memory_{part}_bytes": 4096 * self.seed for part in (
                        "kernel_stack", "page_tables", "slab", "sock", "other")},
                    **{f"memory_{kind}_events_total": 0 for kind in (
                        "low", "high", "max", "oom")},
                    memory_peak_bytes=int(self.mem * 1.14 * MIB),
                    memory_limit_bytes=self.cap, memory_max_bytes=self.cap,
                    memory_limit_owner=self.cgroup if self.cap else None,
                    memory_high_bytes=None, memory_high_limit_bytes=None,
                    memory_high_limit_owner=None, memory_refaults_anon_total=0,
                    swap_max_bytes=None, swap_limit_bytes=None, swap_limit_owner=None,
                    swap_peak_bytes=12 * MIB, swap_max_events_total=0,
                    swap_fail_events_total=0,
                    swap_current_bytes=12 * MIB if search else 0,
                    oom_kills_total=2 if search else 0),
        }

    def task_columns(self):
        return {
            "processes": self.processes,
            "processes_running": lambda t: 0 if self.paused(t) else 1,
            "processes_sleeping": lambda t: self.processes(t) - 1,
            "threads": lambda t: self.processes(t) * 3,
            "pids_current": lambda t: self.processes(t) * 3,
            **fixed(processes_uninterruptible=0, processes_stopped=0,
                    processes_zombie=0, processes_idle=0, pids_max=500,
                    pids_limit=500, pids_peak=40, pids_max_events_total=0,
                    pids_limit_owner=self.cgroup),
        }

    def io_columns(self):
        seed, swing = self.seed, self.swing
        return {
            "read_bytes_total": self.counted(40000 * seed),
            "write_bytes_total": self.counted(90000 * seed),
            "read_ops_total": self.counted(3 * seed),
            "write_ops_total": self.counted(7 * seed),
            "read_bytes_per_second": lambda t: int(
                swing * 4e6 * wave(seed + 3, t, 23) ** 4),
            "write_bytes_per_second": lambda t: int(
                swing * 9e6 * wave(seed + 5, t, 31) ** 3),
            **{f"network_{way}_{what}_total": self.counted(rate * seed)
               for way in ("receive", "transmit")
               for what, rate in (("bytes", 9000), ("packets", 30),
                                  ("errors", 0), ("drops", 0.1))},
            **fixed(network="own", network_owner=None,
                    network_receive_bytes_per_second=9000 * seed,
                    network_transmit_bytes_per_second=9000 * seed,
                    discard_bytes_total=0, discard_ops_total=0, io_weight=100),
        }


def fixed(**values):
    """Columns that never change"""
    return {key: lambda t, value=value: value for key, value in values.items()}


class Machine:
    """The host and its containers, with columns as those have them"""

    title = "host"

    def __init__(self):
        self.booted_ms = now_ms() - HISTORY_MS
        self.start_ms = now_ms()
        self.all = sorted((Container(i, self.start_ms, *facts)
                           for i, facts in enumerate(CONTAINERS, 1)),
                          key=lambda one: one.title)
        self.columns = {"t": lambda t: t, **self.cpu_columns(),
                        **self.memory_columns(), **self.task_columns()}

    def sample_times(self, from_ms, to_ms):
        from_ms = max(from_ms, self.booted_ms)
        to_ms = min(to_ms, now_ms())
        k = math.ceil((from_ms - PHASE_MS) / INTERVAL_MS)
        return range(k * INTERVAL_MS + PHASE_MS, to_ms, INTERVAL_MS)

    def last_sample(self):
        now = now_ms()
        return (now - PHASE_MS) // INTERVAL_MS * INTERVAL_MS + PHASE_MS

    def alive(self, _t):
        return True

    def row(self, t):
        return {key: column(t) for key, column in self.columns.items()}

    def chosen(self, names):
        return [one for one in self.all
                if names is None or not names.isdisjoint((one.title, one.id))]

    def containers(self, t, names=None):
        return [one.row(t) for one in self.chosen(names) if one.alive(t)]

    def sum_of(self, key, t):
        return sum(one.columns[key](t) for one in self.all if one.alive(t))

    def busy(self, t):
        return self.sum_of("cpu_percent", t) + 3 + 2 * wave(1, t, 30)

    def used(self, t):
        return self.sum_of("memory_current_bytes", t) + 1400 * MIB

    def tasks(self, t):
        return self.sum_of("processes", t) + 190

    def cpu_columns(self):
        return {
            "cpu_percent": self.busy,
            **{f"cpu_{what}_percent": lambda t, share=share: self.busy(t) * share
               for what, share in (("user", 0.68), ("system", 0.24), ("irq", 0.01),
                                   ("softirq", 0.03), ("steal", 0.04))},
            "cpu_iowait_percent": lambda t: 2.5 * wave(4, t, 17),
            "cpu_idle_percent": lambda t: (
                100 - self.busy(t) - 2.5 * wave(4, t, 17)),
            **{f"load{n}": lambda t, per=per: self.busy(t) * NR_CPUS / per
               for n, per in ((1, 100), (5, 110), (15, 120))},
            **fixed(nr_cpus=NR_CPUS, cpu_nice_percent=0.0),
        }

    def memory_columns(self):
        return {
            "ram_free_bytes": lambda t: (RAM - self.used(t)) // 2,
            "ram_available_bytes": lambda t: RAM - self.used(t),
            "ram_used_bytes": self.used,
            "ram_used_percent": lambda t: 100 * self.used(t) / RAM,
            "swap_used_bytes": lambda t: self.sum_of("swap_current_bytes", t),
            "reserved_bytes": lambda t: self.used(t) * 14,
            "committed_bytes": lambda t: int(self.used(t) * 1.3),
            **fixed(ram_total_bytes=RAM, swap_total_bytes=2 << 30),
        }

    def task_columns(self):
        return {
            "processes": self.tasks, "threads": lambda t: self.tasks(t) * 3,
            "processes_sleeping": lambda t: self.tasks(t) - 4,
            "containers": lambda t: sum(one.alive(t) for one in self.all),
            **fixed(processes_running=3, processes_uninterruptible=1,
                    processes_stopped=0, processes_zombie=0, processes_idle=0,
                    oom_kills_total=1),
        }

    def devices(self, t):
        return [{
            "t": t, "container": row["container"], "device": "8:0",
            "device_name": "sda",
            **{key: row[key] for key in (
                "read_bytes_total", "write_bytes_total", "read_ops_total",
                "write_ops_total", "discard_bytes_total",
                "discard_ops_total", "read_bytes_per_second",
                "write_bytes_per_second")},
            "read_ops_per_second": 3.0, "write_ops_per_second": 7.5,
            **{"%s_%s_%s_per_second" % (way, kind, what): None
               for way in ("read", "write") for kind in ("max", "limit")
               for what in ("bytes", "ops")},
        } for row in self.containers(t)]

    def events(self):
        """Containers that started, ended and lost a process, every 7 s"""
        kinds = ("oom_killed", "container_ended", "container_started")
        return [{
            "seq": k, "t": k * 7000, "kind": kinds[k % 3],
            "container": CONTAINERS[k % 8][0], "container_id": None,
            "pid": 42 if k % 3 == 0 else None,
            "comm": HOSTILE[:15] if k % 3 == 0 else None,
            "detail": None,
        } for k in recent(7000)]

    def audit(self):
        """A rule that acts every 9 s, each other time in a dry run"""
        return [{
            "seq": k, "t": k * 9000, "decision": "d-%d" % (k // 2),
            "state": ("planned", "acted")[k % 2], "action": "notify",
            "dry_run": k // 2 % 2,
            "container": ("search-1", "api-1")[k // 4 % 2],
            "container_id": None, "rule": HOSTILE, "rule_hash": "0" * 8,
            "reason": HOSTILE, "detail": None,
        } for k in recent(9000)]

    def ended(self):
        """One that ends every 5 s, so that any range has some"""
        return [{
            "container": (HOSTILE, "api-1")[k % 2], "id": "f" * 64, "short_id": "f" * 12,
            "runtime": "docker", "pod": None, "pod_namespace": None,
            "image": HOSTILE, "command": None, "compose_project": None,
            "compose_service": None, "labels": None, "cgroup": "/gone",
            "created_ms": None, "started_ms": k * 5000 - 60000,
            "ended_ms": k * 5000, "lifetime_seconds": 60,
            "exit_code": 137, "oom_killed": 1, "restarts_total": 0,
            "cpu_seconds_total": 12.5, "cpu_user_seconds_total": 10,
            "cpu_system_seconds_total": 2.5, "memory_peak_bytes": 99 * MIB,
            "oom_kills_total": 1, "read_bytes_total": 0,
            "write_bytes_total": 0, "read_ops_total": 0, "write_ops_total": 0,
            "network_receive_bytes_total": None,
            "network_transmit_bytes_total": None,
        } for k in recent(5000)]

    def processes(self, t):
        out = []
        for index, row in enumerate(self.containers(t)):
            for n in range(row["processes"]):
                share = row["cpu_cores"] / (n + 1.8) / 2
                comm = (row["image"] or "master").split(":")[0].split("/")[-1]
                if row["container"] == HOSTILE:
                    comm = "<b>x</b>\ufffd"
                if n == 1:
                    comm = "(other)"  # not the rest
                out.append(process(t, 1000 + index * 50 + n, comm[:15],
                                   row, share, n))
        for n in range(190):
            share = 0.06 * wave(n + 1, t, 25) / (1 + n)
            comm = ("systemd", "dockerd", "containerd", "contmond")[n] \
                if n < 4 else "kworker/%d:1" % (n % NR_CPUS)
            out.append(process(t, 1 + n, comm, None, share, n))
        return out


def process(t, pid, comm, row, cores, n):
    rss = (row["memory_current_bytes"] // (n + 2)) if row else 9 * MIB // (n + 1)
    return {
        "t": t, "pid": pid, "ppid": max(1, pid - 1) if pid > 1 else 0,
        "start_ms": t - t % 3600000 - pid * 1000, "comm": comm,
        "state": "R" if cores > 0.3 else "S",
        "container": row["container"] if row else "host",
        "container_id": row["id"] if row else None,
        "uid": 1000 if row else 0, "nice": 0, "threads": 3,
        "cpu_cores": cores, "cpu_percent": 100 * cores / NR_CPUS,
        "cpu_seconds_total": cores * 3600,
        "cpu_user_seconds_total": cores * 2600,
        "cpu_system_seconds_total": cores * 1000,
        "vsz_bytes": rss * 9, "rss_bytes": rss,
        "rss_anon_bytes": int(rss * 0.7), "rss_file_bytes": int(rss * 0.28),
        "rss_shmem_bytes": int(rss * 0.02), "swap_bytes": 0,
        "rss_percent_of_vsz": 100 / 9, "rss_percent_of_ram": 100 * rss / RAM,
        "minor_faults": pid * 100, "major_faults": 1,
        "read_bytes_total": pid * 4096 if row else None,
        "write_bytes_total": pid * 8192 if row else None,
        "oom_score": 10, "oom_score_adj": 0,
    }


def now_ms():
    return int(time.time() * 1000)


def recent(period_ms):
    """The numbers of the periods of the last 15 minutes, the newest first"""
    last = now_ms() // period_ms
    return range(last, last - HISTORY_MS // period_ms, -1)
