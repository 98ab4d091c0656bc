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


class Machine:
    """The numbers. Every method is a function of a sample's time."""

    def __init__(self):
        self.booted_ms = now_ms() - HISTORY_MS
        self.start_ms = now_ms()

    def sample_times(self, from_ms, to_ms):
        from_ms = max(from_ms, self.booted_ms)
        to_ms = min(to_ms, now_ms())
        k = math.ceil((from_ms - PHASE_MS) / INTERVAL_MS)
        t = k * INTERVAL_MS + PHASE_MS
        while t < to_ms:
            yield t
            t += INTERVAL_MS

    def last_sample(self):
        now = now_ms()
        return (now - PHASE_MS) // INTERVAL_MS * INTERVAL_MS + PHASE_MS

    def alive(self, index, t):
        born = self.start_ms - CONTAINERS[index][6] * 1000
        gone = CONTAINERS[index][7]
        return t >= born and (gone is None
                              or t < self.start_ms - gone * 1000)

    def container(self, index, t):
        name, image, cpu, swing, mem, limit, age, _ = CONTAINERS[index]
        seed = index + 1
        title, full_id = names_of(name)
        engine = title == name
        born = self.start_ms - age * 1000
        uptime = (t - born) / 1000
        paused = name == "queue-1" and (t // 60000) % 5 == 0
        cores = 0.0 if paused else cpu + swing * (
            2 * wave(seed, t, 40 + 7 * seed) - 1)
        cores = max(0.0, cores)
        current = int((mem + 0.14 * mem * wave(seed, t, 90)) * MIB)
        cap = limit * MIB if limit else None
        if cap:
            current = min(current, cap)
        read = int(swing * 4e6 * wave(seed + 3, t, 23) ** 4)
        write = int(swing * 9e6 * wave(seed + 5, t, 31) ** 3)
        procs = 2 + seed % 5 + int(3 * wave(seed, t, 60))
        return {
            "t": t,
            "container": title,
            "id": full_id,
            "short_id": full_id[:12],
            "runtime": "docker",
            "pod": None,
            "image": image if engine else None,
            "command": "/entrypoint.sh" if engine else None,
            "compose_project": "shop",
            "compose_service": "service",
            "engine": "/run/docker.sock" if engine else None,
            "engine_version": "27.1" if engine else None,
            "health": "healthy" if name == "api-1" else None,
            "restarts_total": 0,
            "created_ms": born if engine else None, "started_ms": born,
            "uptime_seconds": uptime if engine else None,
            "cgroup": "/system.slice/docker-%s.scope" % full_id,
            "state": "paused" if paused else "running",
            "state_code": 2 if paused else 1,
            "cpu_cores": cores,
            "cpu_percent": 100 * cores / NR_CPUS,
            "cpu_seconds_total": cpu * uptime,
            "cpu_user_seconds_total": 0.7 * cpu * uptime,
            "cpu_system_seconds_total": 0.3 * cpu * uptime,
            "cpu_throttled_seconds_total": 0.01 * uptime,
            "cpu_periods_total": int(uptime * 10),
            "cpu_throttled_periods_total": int(uptime * seed),
            "cpu_limit_cores": 2.0 if name == "api-1" else None,
            "cpu_limit_owner": "/system.slice" if name == "api-1" else None,
            "cpu_max_cores": None,
            "cpu_limit_throttled_seconds_total": None,
            "cpu_weight": 100, "cpuset_cpus": NR_CPUS,
            "memory_current_bytes": current,
            "memory_peak_bytes": int(mem * 1.14 * MIB),
            "memory_limit_bytes": cap,
            "memory_limit_owner":
                "/system.slice/docker-%s.scope" % full_id if cap else None,
            "memory_max_bytes": cap,
            "memory_limit_percent": 100 * current / cap if cap else None,
            "memory_high_bytes": None, "memory_high_limit_bytes": None,
            "memory_high_limit_owner": None,
            "memory_working_set_bytes": int(current * 0.8),
            "memory_anon_bytes": int(current * 0.7),
            "memory_file_bytes": int(current * 0.25),
            "memory_shmem_bytes": int(current * 0.02),
            "memory_kernel_bytes": int(current * 0.05),
            **{f"memory_{part}_bytes": 4096 * seed for part in (
                "kernel_stack", "page_tables", "slab", "sock", "other")},
            **{f"memory_{kind}_events_total": 0 for kind in (
                "low", "high", "max", "oom")},
            "memory_major_faults_total": int(uptime * 0.02 * seed),
            "memory_refaults_anon_total": 0,
            "memory_refaults_file_total": int(uptime * 3),
            "swap_max_bytes": None, "swap_limit_bytes": None,
            "swap_limit_owner": None, "swap_peak_bytes": 12 * MIB,
            "swap_max_events_total": 0, "swap_fail_events_total": 0,
            "swap_current_bytes": 12 * MIB if name == "search-1" else 0,
            "rss_sum_bytes": int(current * 1.2),
            "vsz_sum_bytes": int(current * 9),
            "oom_kills_total": 2 if name == "search-1" else 0,
            "processes": procs,
            "threads": procs * 3,
            "processes_running": 0 if paused else 1,
            "processes_sleeping": procs - 1,
            "processes_uninterruptible": 0,
            "processes_stopped": 0,
            "processes_zombie": 0, "processes_idle": 0,
            "read_bytes_total": int(uptime * 40000 * seed),
            "write_bytes_total": int(uptime * 90000 * seed),
            "read_ops_total": int(uptime * 3 * seed),
            "write_ops_total": int(uptime * 7 * seed),
            "read_bytes_per_second": read,
            "write_bytes_per_second": write,
            **{f"psi_{what}_{share}_seconds_total": uptime * 0.01 * seed
               for what in ("cpu", "io", "memory")
               for share in ("some", "full")},
            "network": "own",
            "network_owner": None,
            **{f"network_{way}_{what}_total": int(uptime * rate * seed)
               for way in ("receive", "transmit")
               for what, rate in (("bytes", 9000), ("packets", 30),
                                  ("errors", 0), ("drops", 0.1))},
            "network_receive_bytes_per_second": 9000 * seed,
            "network_transmit_bytes_per_second": 9000 * seed,
            "minor_faults": int(uptime * 20),
            "major_faults": int(uptime * 0.01),
            "discard_bytes_total": 0, "discard_ops_total": 0,
            "io_weight": 100,
            "pids_current": procs * 3, "pids_max": 500, "pids_limit": 500,
            "pids_peak": 40, "pids_max_events_total": 0,
            "pids_limit_owner": "/system.slice/docker-%s.scope" % full_id,
        }

    def containers(self, t, names=None):
        rows = [self.container(i, t) for i in range(len(CONTAINERS))
                if (names is None or not names.isdisjoint(
                    names_of(CONTAINERS[i][0]))) and self.alive(i, t)]
        return sorted(rows, key=lambda row: row["container"])

    def system(self, t):
        rows = self.containers(t)
        busy = sum(row["cpu_percent"] for row in rows) + 3 + 2 * wave(1, t, 30)
        used = sum(row["memory_current_bytes"] for row in rows) + 1400 * MIB
        swap = sum(row["swap_current_bytes"] for row in rows)
        procs = sum(row["processes"] for row in rows) + 190
        return {
            "t": t, "nr_cpus": NR_CPUS, "cpu_percent": busy,
            "cpu_user_percent": busy * 0.68, "cpu_nice_percent": 0.0,
            "cpu_system_percent": busy * 0.24,
            "cpu_iowait_percent": 2.5 * wave(4, t, 17),
            "cpu_irq_percent": busy * 0.01,
            "cpu_softirq_percent": busy * 0.03,
            "cpu_steal_percent": busy * 0.04,
            "cpu_idle_percent": 100 - busy - 2.5 * wave(4, t, 17),
            "load1": busy * NR_CPUS / 100, "load5": busy * NR_CPUS / 110,
            "load15": busy * NR_CPUS / 120,
            "ram_total_bytes": RAM, "ram_free_bytes": (RAM - used) // 2,
            "ram_available_bytes": RAM - used, "ram_used_bytes": used,
            "ram_used_percent": 100 * used / RAM,
            "swap_total_bytes": 2 << 30, "swap_used_bytes": swap,
            "reserved_bytes": used * 14, "committed_bytes": int(used * 1.3),
            "processes": procs, "threads": procs * 3,
            "processes_running": 3, "processes_sleeping": procs - 4,
            "processes_uninterruptible": 1, "processes_stopped": 0,
            "processes_zombie": 0, "processes_idle": 0,
            "containers": len(rows), "oom_kills_total": 1,
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
            "runtime": "docker", "pod": None, "image": HOSTILE,
            "command": None, "compose_project": None,
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
