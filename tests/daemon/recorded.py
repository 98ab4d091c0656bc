# SPDX-License-Identifier: GPL-2.0-only
"""What tests/unit/past_world.h records, as a target must have it: at the
precision of the database, and with the names of /metrics."""

import os

BEGIN_MS = 1769853600000
STEP_MS = 10000
TICKS = 720
JOB_TICKS = 180

ID = "0123456789abcdef"
WEB_ID = ID * 4
JOB_ID = "0123feed" + ID * 3 + "01234567"


def t_ms(tick):
    return BEGIN_MS + tick * STEP_MS


def web(tick):
    return {
        "state_code": 1,
        "cpu_seconds_total": 100 + 15 * (tick // 3) + (12 if tick % 3 else 0),
        "memory_current_bytes": (64 + tick // 6) * 1048576,
        "memory_limit_bytes": 256 * 1048576,
        "read_bytes_total": 4096 * tick,
        "write_bytes_total": 1048576 * tick,
        "network_receive_bytes_total": 20480 * tick,
        "processes": 2,
        "threads": 4,
        "oom_kills_total": int(tick >= 360),
    }


def job(tick):
    return {"state_code": 1, "cpu_seconds_total": 20 * tick,
            "memory_current_bytes": 1073741824, "processes": 1}


def host(_tick):
    return {"nr_cpus": 4, "load1": 1.25, "ram_total_bytes": 8589934592,
            "processes": 120}


HOST_ONLY_JSON = {"cpu_percent": 30, "ram_used_bytes": 3221225472}

NAMES = {
    "state_code": "contmon_container_state_code",
    "cpu_seconds_total": "container_cpu_usage_seconds_total",
    "memory_current_bytes": "container_memory_usage_bytes",
    "memory_limit_bytes": "contmon_container_memory_limit_bytes",
    "read_bytes_total": "container_fs_reads_bytes_total",
    "write_bytes_total": "container_fs_writes_bytes_total",
    "network_receive_bytes_total": "container_network_receive_bytes_total",
    "processes": "container_processes",
    "threads": "container_threads",
    "oom_kills_total": "container_oom_events_total",
}
HOST_NAMES = {
    "nr_cpus": "contmon_system_cpus",
    "load1": "contmon_system_load1",
    "ram_total_bytes": "contmon_system_ram_total_bytes",
    "processes": "contmon_system_processes",
}
OWNERS = {
    "shop-web-1": (web, TICKS, {
        "id": f"/system.slice/docker-{WEB_ID}.scope", "image": "nginx:1"}),
    "night,job": (job, JOB_TICKS, {"id": f"/system.slice/docker-{JOB_ID}.scope"}),
}
LABELS = {"host": os.uname().nodename, "site": "berlin"}


def rate(of, tick):
    """CPU cores since the tick before"""
    if tick == 0:
        return None
    seconds = of(tick)["cpu_seconds_total"] - of(tick - 1)["cpu_seconds_total"]
    return round(seconds / (STEP_MS / 1000), 6)


def compare_json(sample):
    """The numbers of a sample that are not what they should be"""
    tick = sample["seq"] - 1
    rows = {row["container"]: row for row in sample["rows"]}
    wanted = {"host": {**host(tick), **HOST_ONLY_JSON}}
    for name, (of, nr, _) in OWNERS.items():
        if tick < nr:
            wanted[name] = {**of(tick), "cpu_cores": rate(of, tick)}
    if list(rows) != list(wanted) or sample["t"] != t_ms(tick):
        yield "rows", list(rows), list(wanted)
        return
    for name, numbers in wanted.items():
        texts = ("container", "id", "cgroup", "runtime", "pod", "pod_namespace", "image",
                 "compose_project", "compose_service")
        for key, is_ in rows[name].items():
            if key not in texts and is_ != numbers.get(key) and not (
                    key.endswith("_per_second") and key not in numbers):
                yield f"{name} {key}", is_, numbers.get(key)


def wanted_series():
    """{(name, labels): {ms: value}}"""
    series = {}
    for key, name in HOST_NAMES.items():
        series[name, frozenset(LABELS.items())] = {
            t_ms(tick): host(tick)[key] for tick in range(TICKS)}
    for owner, (of, nr, labels) in OWNERS.items():
        labels = frozenset({**LABELS, **labels, "name": owner}.items())
        for key in of(0):
            series[NAMES[key], labels] = {t_ms(tick): of(tick)[key]
                                          for tick in range(nr)}
        series["contmon_container_cpu_cores", labels] = {
            t_ms(tick): rate(of, tick) for tick in range(1, nr)}
    return series


def compare_series(fetch):
    """fetch(name) gives [(labels, [(ms, value), ...]), ...]"""
    wanted = wanted_series()
    for name in sorted({name for name, _ in wanted}):
        found = {frozenset(labels.items()): [(t, round(v, 6)) for t, v in points]
                 for labels, points in fetch(name)}
        for labels in {labels for other, labels in wanted if other == name}:
            points = [(t, v) for t, v in found.pop(labels, [])
                      if t < t_ms(TICKS)]
            if points != sorted(wanted[name, labels].items()):
                yield (name, sorted(labels), len(points),
                       sorted(set(points) ^ set(wanted[name, labels].items()))[:3])
        for labels, points in found.items():
            if any(t < t_ms(TICKS) for t, _ in points):
                yield name, "series that should not be there", sorted(labels)
