#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A contmond without a machine: it serves contmond/API.md with numbers that are
a pure function of the clock. The tests of the page and of the dashboards are
themselves tested with it. Its answers are no evidence about contmond.

    fake_contmond.py [--port N] [--web DIR] [--token TOKEN] [--more N]

--more adds N containers to the ten that are always there."""

import argparse
import gzip
import hashlib
import http.server
import json
import math
import os
import threading
import time
import urllib.parse

INTERVAL_MS = 1000
PHASE_MS = 137  # samples are not taken on the full second, as in life
HISTORY_MS = 900 * 1000
MAX_SERIES_ROWS = 50000
NR_CPUS = 8
RAM = 16 << 30
MIB = 1 << 20
HOSTILE = '<img src=x onerror="window.owned=1">'

WEB_FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/index.html": ("index.html", "text/html; charset=utf-8"),
    "/app.js": ("app.js", "text/javascript; charset=utf-8"),
    "/style.css": ("style.css", "text/css; charset=utf-8"),
    "/uplot.js": ("uplot.js", "text/javascript; charset=utf-8"),
    "/uplot.css": ("uplot.css", "text/css; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}

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


class BadRequest(Exception):
    pass


class NotFound(Exception):
    pass


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
        engine = name != "mail-1"  # the engine has not named this one
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
        full_id = hashlib.sha256(name.encode()).hexdigest()
        procs = 2 + seed % 5 + int(3 * wave(seed, t, 60))
        return {
            "t": t,
            "container": name if engine else full_id[:12],
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

    def containers(self, t):
        rows = [self.container(i, t) for i in range(len(CONTAINERS))
                if self.alive(i, t)]
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
            "dry_run": k // 2 % 2, "container": "search-1",
            "container_id": None, "rule": HOSTILE, "rule_hash": "0" * 8,
            "reason": HOSTILE, "detail": None,
        } for k in recent(9000)]

    def ended(self):
        """One that ends every 61 s"""
        return [{
            "container": HOSTILE, "id": "f" * 64, "short_id": "f" * 12,
            "runtime": "docker", "pod": None, "image": HOSTILE,
            "command": None, "compose_project": None,
            "compose_service": None, "labels": None, "cgroup": "/gone",
            "created_ms": None, "started_ms": k * 61000 - 60000,
            "ended_ms": k * 61000, "lifetime_seconds": 60,
            "exit_code": 137, "oom_killed": 1, "restarts_total": 0,
            "cpu_seconds_total": 12.5, "cpu_user_seconds_total": 10,
            "cpu_system_seconds_total": 2.5, "memory_peak_bytes": 99 * MIB,
            "oom_kills_total": 1, "read_bytes_total": 0,
            "write_bytes_total": 0, "read_ops_total": 0, "write_ops_total": 0,
            "network_receive_bytes_total": None,
            "network_transmit_bytes_total": None,
        } for k in recent(61000)]

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


def chosen(query, key="container"):
    value = query.get(key, "")
    return None if value in ("", "*") else set(value.split(","))


def matches(row, names):
    return (names is None or row["container"] in names
            or row.get("id", row.get("container_id")) in names)


def number(query, key, default):
    text = query.get(key, "")
    if text == "":
        return default
    try:
        value = int(text)
    except ValueError:
        raise BadRequest("%s is not a number" % key) from None
    if value < 0:
        raise BadRequest("%s is negative" % key)
    return value


def numeric_keys(row):
    return {key for key, value in row.items() if key not in (
        "t", "container", "id", "short_id", "runtime", "pod", "image",
        "command", "cgroup", "state", "network", "health", "engine",
        "engine_version", "compose_project", "compose_service")
        and not key.endswith(("_owner", "_ms"))
        and not isinstance(value, str)}


def unit_of(metric):
    for end, unit in (("bytes_per_second", "bytes_per_second"),
                      ("bytes", "bytes"), ("bytes_total", "bytes"),
                      ("percent", "percent"), ("cores", "cores"),
                      ("seconds", "seconds"), ("seconds_total", "seconds")):
        if metric.endswith(end):
            return unit
    return "count"


class Api:
    def __init__(self):
        self.machine = Machine()

    def health(self, _query):
        t = self.machine.last_sample()
        return [{
            "status": "ok", "reason": None, "source": "driver",
            "source_lacks": None,
            "engine": "connected", "engines": 1, "engines_connected": 1,
            "engine_error": None, "store": "file", "store_reason": None,
            "store_put_aside": None,
            "last_sample_ms": t,
            "samples_total": (t - self.machine.booted_ms) // INTERVAL_MS,
            "samples_missed_total": 0,
            "runs_missed_total": 0,
            "policy": "dry run", "policy_rules": 1, "policy_error": None,
            "forward_targets": 1, "forward_failing": 0,
            "forward_backlog_ticks": 2, "forward_dropped_ticks_total": 0,
            "forward_rejected_rows_total": 0, "forward_error": None,
            "uptime_seconds": (now_ms() - self.machine.booted_ms) / 1000,
        }], {}

    def info(self, _query):
        return [{
            "version": "0.1.0", "api_version": 1, "source": "driver",
            "driver_release": "0.1.0",
            "driver_api_version": 1, "host": "fake-host",
            "kernel": "6.12.0-fake", "boot_id": "0" * 8, "nr_cpus": NR_CPUS,
            "interval_ms": INTERVAL_MS, "history_seconds": HISTORY_MS // 1000,
            "forward": "influx", "engines": "docker 27.1 /run/docker.sock",
        }], {}

    def self(self, _query):
        up = (now_ms() - self.machine.booted_ms) / 1000
        return [{
            "started_ms": self.machine.booted_ms, "uptime_seconds": up,
            "cpu_seconds_total": 0.01 * up, "rss_bytes": 12 * MIB,
            "cpu_user_seconds_total": 0.004 * up, "threads": 6,
            "cpu_system_seconds_total": 0.006 * up, "max_fds": 1024,
            "rss_peak_bytes": 14 * MIB, "open_fds": 40,
            "last_sample_seconds": 0.012, "sample_seconds_total": 0.012 * up,
            "clients": 2, "streams": 0, "requests_total": int(up),
            "requests_5xx_total": 0, "sent_bytes_total": int(up * 9000),
            "store_bytes": 90 * MIB, "store_max_bytes": 250 * MIB,
            "store_waiting": 0, "store_waiting_bytes": 0,
            "store_lost_total": 0, "store_damaged_total": 0,
            "store_commits_total": int(up),
            "store_last_commit_seconds": 0.001,
            "store_slowest_commit_seconds": 0.02,
        }], {}

    def ready(self, _query):
        t = self.machine.last_sample()
        return [{"ready": 1, "reason": None, "error": None,
                 "last_sample_ms": t,
                 "sample_age_seconds": (now_ms() - t) / 1000}], {}

    def variables_containers(self, query):
        low, high = number(query, "from", None), number(query, "to", now_ms())
        names = {row["container"] for t in {
            self.machine.last_sample(),
            *([high, (low + high) // 2, low] if low else [])}
            for row in self.machine.containers(t)}
        return [{"text": name, "value": name}
                for name in sorted(names) or ["(none)"]], {}

    def variables_devices(self, _query):
        return [{"text": "sda", "value": "8:0"}], {}

    def engines(self, _query):
        return [{"engine": "/run/docker.sock", "runtime": "docker",
                 "version": "27.1", "api_version": "1.46",
                 "state": "connected", "reason": None, "user_id": 0}], {}

    def forward(self, _query):
        return [{"target": "influx", "type": "influx", "error": None,
                 "rejection": None, "backlog_ticks": 2,
                 "delivered_ticks_total": 900, "dropped_ticks_total": 0,
                 "rejected_rows_total": 0, "requests_total": 90,
                 "failed_requests_total": 1,
                 "last_delivered_ms": self.machine.start_ms}], {}

    def containers_devices(self, query):
        names = chosen(query)
        return [row for row in self.machine.devices(self.machine.last_sample())
                if matches(row, names)], {}

    def containers(self, query):
        names = chosen(query)
        t = self.machine.last_sample()
        rows = [row for row in self.machine.containers(t)
                if matches(row, names)]
        metric = query.get("metric", "")
        fields = query.get("fields", "")
        known = self.machine.container(0, t)
        if metric:
            if metric not in numeric_keys(known):
                raise NotFound("no such metric")
            rows = [{"container": row["container"], "v": row[metric]}
                    for row in rows]
        elif fields:
            keys = fields.split(",")
            if any(key not in known for key in keys):
                raise BadRequest("no such field")
            rows = [{key: row[key] for key in keys} for row in rows]
        return rows, {}

    def processes(self, query):
        names = chosen(query)
        limit = min(number(query, "limit", 500), 20000)
        pid = number(query, "pid", None)
        sort = query.get("sort", "") or "cpu_cores"
        rows = [row for row in self.machine.processes(
                    self.machine.last_sample())
                if (names is None or row["container"] in names
                    or row["container_id"] in names)
                and (pid is None or row["pid"] == pid)]
        if rows and isinstance(rows[0].get(sort, ""), str):
            raise BadRequest("cannot sort by that")
        rows.sort(key=lambda row: (-(row[sort] or 0), row["pid"]))
        return rows[:limit], {"truncated": len(rows) > limit}

    def events(self, query):
        names = chosen(query)
        kinds = chosen(query, "kind")
        low, high = number(query, "from", 0), number(query, "to", 1 << 60)
        rows = [row for row in self.machine.events() if matches(row, names)
                and (kinds is None or row["kind"] in kinds)
                and low <= row["t"] <= high]
        rows = continued(rows, query)
        limit = number(query, "limit", 500)
        return rows[:limit], {"truncated": len(rows) > limit}

    def audit(self, query):
        names = chosen(query)
        low, high = number(query, "from", 0), number(query, "to", 1 << 60)
        rows = [row for row in self.machine.audit() if matches(row, names)
                and low <= row["t"] <= high]
        return continued(rows, query), {}

    def policy(self, _query):
        return [{"rule": HOSTILE, "rule_hash": "0" * 8, "file": "a.conf",
                 "line": 1, "action": "notify", "dry_run": 1,
                 "state": "active", "selected": 3, "over": 1,
                 "decisions_total": 1}], {}

    def policy_pending(self, _query):
        row = self.machine.audit()[0]
        return [{**row, "state": "warned", "acts_ms": now_ms() + 60000}], {}

    def commands(self, query):
        names = chosen(query)
        rows = {}
        for row in self.machine.processes(self.machine.last_sample()):
            if names is not None and row["container"] not in names:
                continue
            into = rows.setdefault((row["container"], row["comm"]), {
                "t": row["t"], "container": row["container"],
                "container_id": row["container_id"], "comm": row["comm"],
                "commands": 1, "cpu_cores": 0, "cpu_percent": 0,
                "cpu_living_cores": 0, "processes": 0,
                "cpu_exited_cores": 0, "processes_exited": 0})
            into["cpu_cores"] += row["cpu_cores"]
            into["cpu_living_cores"] += row["cpu_cores"]
            into["processes"] += 1
        return list(rows.values())[:number(query, "limit", 500)], {}

    def processes_past(self, query):
        names = chosen(query)
        at = number(query, "at", now_ms())
        t = (at - PHASE_MS) // INTERVAL_MS * INTERVAL_MS + PHASE_MS
        if t < self.machine.booted_ms:
            return [], {"t": None, "width_ms": 0}
        rows = [row for row in self.machine.processes(t)
                if names is None or row["container"] in names]
        rows.sort(key=lambda row: -row["cpu_cores"])
        kept = {}
        for row in rows:
            kept.setdefault(row["container"], []).append(row)
        return [{key: row[key] for key in (
            "container", "pid", "start_ms", "comm", "cpu_cores",
            "rss_bytes")} for rows in kept.values() for row in rows[:3]
        ], {"t": t, "width_ms": 0}

    def containers_ended(self, query):
        names = chosen(query)
        low, high = number(query, "from", 0), number(query, "to", 1 << 60)
        rows = [row for row in self.machine.ended() if matches(row, names)
                and low <= row["ended_ms"] <= high]
        limit = number(query, "limit", 500)
        return rows[:limit], {"truncated": len(rows) > limit}

    def system(self, _query):
        return [self.machine.system(self.machine.last_sample())], {}

    def series(self, query):
        metric = query.get("metric", "")
        if not metric:
            raise BadRequest("metric is missing")
        to_ms = number(query, "to", now_ms())
        from_ms = number(query, "from", max(0, to_ms - 900000))
        step = max(number(query, "step", INTERVAL_MS), INTERVAL_MS)
        names = chosen(query)
        if query.get("device", "8:0") not in ("8:0", "sda"):
            names = set()
        known = self.machine.container(0, self.machine.last_sample())
        host = metric.startswith("system_")
        key = metric[len("system_"):] if host else metric
        if host:
            known = self.machine.system(self.machine.last_sample())
        key, gain = total_of(key, known)
        buckets = {}
        # The first bucket is gained since the sample before it
        for t in self.machine.sample_times(from_ms - gain * INTERVAL_MS, to_ms):
            rows = [dict(self.machine.system(t), container="host")] if host \
                else [row for row in self.machine.containers(t)
                      if matches(row, names)]
            for row in rows:
                bucket = (t // step * step, row["container"])
                buckets.setdefault(bucket, []).append((t, row[key]))
        if gain:
            buckets = gains(buckets, from_ms)
        hows = query.get("aggregate", "").split(",")
        rows = [{"t": t, "container": name, **{
                    how if len(hows) > 1 else "v": reduce(
                        "" if gain else key, [value for _, value in values],
                        how) for how in hows}}
                for (t, name), values in sorted(buckets.items())]
        return rows[:MAX_SERIES_ROWS], {
            "metric": metric, "unit": unit_of(key), "from": from_ms,
            "to": to_ms, "step_ms": step,
            "truncated": len(rows) > MAX_SERIES_ROWS}


def continued(rows, query):
    """With `after` only later rows, the oldest first"""
    after = number(query, "after", None)
    return rows if after is None else [
        row for row in rows[::-1] if row["seq"] > after]


def total_of(key, known):
    """The key, and whether its gain is asked for"""
    total = key.removesuffix("_per_second") + "_total"
    if key in numeric_keys(known):
        return key, False
    if key.endswith("_per_second") and total in numeric_keys(known):
        return total, True
    raise NotFound("no such metric")


def gains(buckets, from_ms):
    """What totals gain in a second from sample to sample"""
    found, before = {}, {}
    for (step, name), values in sorted(buckets.items()):
        for t, value in values:
            t0, value0 = before.get(name, (t, value))
            before[name] = (t, value)
            if t >= from_ms:
                found.setdefault((step, name), []).append((t, None if (
                    t == t0 or value is None) else
                    (value - value0) * 1000 / (t - t0)))
    return found


def reduce(key, values, how):
    values = [value for value in values if value is not None]
    if not values:
        return None
    if how in ("min", "max"):
        return {"min": min, "max": max}[how](values)
    return values[-1] if key.endswith("_total") \
        else sum(values) / len(values)


PARAMETERS = {
    "health": set(), "info": set(), "system": set(), "engines": set(),
    "forward": set(), "ready": set(), "self": set(), "variables/containers": {
        "from", "image", "to"}, "variables/devices": set(), "containers/devices": {"container"},
    "containers": {"container", "fields", "metric"},
    "containers/ended": {"container", "from", "limit", "to"},
    "events": {"after", "container", "from", "kind", "limit", "to"},
    "processes": {"container", "limit", "pid", "sort"},
    "processes/past": {"at", "container"},
    "commands": {"container", "limit"},
    "audit": {"after", "container", "from", "limit", "to"},
    "policy": set(), "policy/pending": set(),
    "series": {"aggregate", "container", "device", "from", "metric", "step", "to"},
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query,
                                            keep_blank_values=True))
        token = self.server.token
        if url.path in WEB_FILES and self.server.web:
            return self.page(*WEB_FILES[url.path])
        if token and self.headers["Authorization"] != "Bearer " + token:
            return self.error(401, "a token is required")
        name = url.path.removeprefix("/api/v1/")
        if name == url.path or name not in PARAMETERS:
            return self.error(404, "no such path")
        unknown = set(query) - PARAMETERS[name]
        if unknown:
            return self.error(400, "unknown parameter: %s" % unknown.pop())
        try:
            rows, meta = getattr(self.server.api,
                                 name.replace("/", "_"))(query)
        except BadRequest as error:
            return self.error(400, str(error))
        except NotFound as error:
            return self.error(404, str(error))
        return self.answer(200, {"rows": rows, "meta": meta})

    do_HEAD = do_GET

    def do_POST(self):
        self.close_connection = True
        self.error(405, "GET and HEAD only")

    do_PUT = do_DELETE = do_POST

    def page(self, name, kind):
        try:
            with open(os.path.join(self.server.web, name), "rb") as file:
                body = file.read()
        except FileNotFoundError:
            return self.error(404, "no such path")
        return self.send(200, kind, body, {
            "Content-Security-Policy": "default-src 'self'"})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send(status, "application/json", body,
                  {"Cache-Control": "no-store"})

    def error(self, status, text):
        self.answer(status, {"error": text})

    def send(self, status, kind, body, headers):
        packed = "gzip" in self.headers.get("Accept-Encoding", "")
        if packed:
            body = gzip.compress(body, 1)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_args):
        pass


class Fake(http.server.ThreadingHTTPServer):
    """Serves on loopback; port 0 picks a free one, which is in `url`."""

    daemon_threads = True

    def __init__(self, port=0, web=None, token=None, api=None):
        super().__init__(("127.0.0.1", port), Handler)
        self.api = api or Api()
        self.web = web
        self.token = token
        self.url = "http://127.0.0.1:%d" % self.server_address[1]

    def start(self):
        threading.Thread(target=self.serve_forever, args=(0.05,),
                         daemon=True).start()
        return self


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--web", help="folder that contmond/serve/web/build made")
    parser.add_argument("--token")
    parser.add_argument("--more", type=int, default=0)
    args = parser.parse_args()
    add_containers(args.more)
    server = Fake(args.port, args.web, args.token)
    print(server.url, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
