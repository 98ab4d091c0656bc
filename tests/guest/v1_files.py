# SPDX-License-Identifier: GPL-2.0-only
"""The numbers of a container against the files of cgroup v1: each must be
between two readings of its file. A controller that this guest's v2 does not
give away is skipped; v1.py runs where v1 has all of them."""

import os
import signal
import subprocess
import time

import api
import proc
import subjects
import tap
from hierarchy import Hierarchy, mount_of

ID = "fedcba9876543210" * 4
PATH = f"docker/{ID}"
TICK = os.sysconf("SC_CLK_TCK")

# v1's controllers by their names in v2; None: v2 has no such controller
CONTROLLERS = {"cpuacct": None, "freezer": None, "cpu": "cpu", "pids": "pids",
               "cpuset": "cpuset", "blkio": "io", "memory": "memory"}

# What is set before contmond sees the container; its own, and above it. v1
# refuses a quota that is larger than that above.
SETTINGS = {
    "cpu": {f"{PATH}/cpu.shares": "2048", "docker/cpu.cfs_quota_us": "150000"},
    "pids": {f"{PATH}/pids.max": "50", "docker/pids.max": "40"},
    "memory": {f"{PATH}/memory.limit_in_bytes": str(256 << 20),
               "docker/memory.limit_in_bytes": str(128 << 20)},
}


def word(key):
    """The number after a key of a flat file"""
    def find(text):
        for line in text.splitlines():
            if line.startswith(key + " "):
                return int(line.split()[1])
        return None
    return find


def scaled(unit, find=int):
    return lambda text: None if find(text) is None else find(text) / unit


def quota(text):
    """In cores of the usual period; None if there is no quota"""
    return int(text) / 100000 if int(text) >= 0 else None


def limit(text):
    """None if there is none: a word, or as much as fits into the counter"""
    return None if text.strip() == "max" or int(text) > 1 << 60 else int(text)


def stat(key):
    return "memory.stat", word(f"total_{key}")


def io(kind):
    def sum_up(text):
        found = [int(line.split()[2]) for line in text.splitlines()
                 if line.split()[1:2] == [kind]]
        return sum(found) if found else None
    return sum_up


BYTES = "blkio.throttle.io_service_bytes_recursive"
OPS = "blkio.throttle.io_serviced_recursive"

# {controller: {key: (file, how to find the number in it)}}
FILES = {
    "name=systemd": {},
    "cpuacct": {
        "cpu_seconds_total": ("cpuacct.usage", scaled(1e9)),
        "cpu_user_seconds_total": ("cpuacct.stat",
                                   scaled(TICK, word("user"))),
        "cpu_system_seconds_total": ("cpuacct.stat",
                                     scaled(TICK, word("system"))),
    },
    "freezer": {},
    "cpu": {
        "cpu_periods_total": ("cpu.stat", word("nr_periods")),
        "cpu_throttled_periods_total": ("cpu.stat", word("nr_throttled")),
        "cpu_throttled_seconds_total": ("cpu.stat",
                                        scaled(1e9, word("throttled_time"))),
        "cpu_limit_throttled_seconds_total": (
            "../cpu.stat", scaled(1e9, word("throttled_time"))),
        "cpu_max_cores": ("cpu.cfs_quota_us", quota),
        "cpu_limit_cores": ("../cpu.cfs_quota_us", quota),
        "cpu_weight": ("cpu.shares", scaled(1024 / 100)),
    },
    "pids": {
        "pids_current": ("pids.current", int),
        "pids_max": ("pids.max", limit),
        "pids_limit": ("../pids.max", limit),
        "pids_max_events_total": ("pids.events", word("max")),
    },
    "cpuset": {},
    "blkio": {
        "read_bytes_total": (BYTES, io("Read")),
        "write_bytes_total": (BYTES, io("Write")),
        "discard_bytes_total": (BYTES, io("Discard")),
        "read_ops_total": (OPS, io("Read")),
        "write_ops_total": (OPS, io("Write")),
        "discard_ops_total": (OPS, io("Discard")),
    },
    "memory": {
        "memory_current_bytes": ("memory.usage_in_bytes", int),
        "memory_peak_bytes": ("memory.max_usage_in_bytes", int),
        "memory_max_bytes": ("memory.limit_in_bytes", limit),
        "memory_limit_bytes": ("../memory.limit_in_bytes", limit),
        "memory_max_events_total": ("memory.failcnt", int),
        "oom_kills_total": ("memory.oom_control", word("oom_kill")),
        "memory_kernel_bytes": ("memory.kmem.usage_in_bytes", int),
        "memory_file_bytes": stat("cache"),
        "memory_anon_bytes": stat("rss"),
        "memory_shmem_bytes": stat("shmem"),
        "memory_file_mapped_bytes": stat("mapped_file"),
        "memory_inactive_file_bytes": stat("inactive_file"),
        "memory_active_file_bytes": stat("active_file"),
        "memory_faults_total": stat("pgfault"),
        "memory_major_faults_total": stat("pgmajfault"),
        "swap_current_bytes": stat("swap"),
    },
}

# With the controllers of v2, or never in v1
NEVER = ["memory_sock_bytes", "memory_other_bytes", "memory_high_bytes",
         "swap_max_bytes", "swap_limit_bytes", "memory_low_events_total",
         "io_weight"]
# Known of what is in v2 as well
OF_V2 = ["cgroup", "psi_cpu_some_seconds_total"]


def cgroups_with(controller):
    """The cgroups of v2 that give a controller to those below, parents first"""
    for directory, _, files in os.walk(proc.CGROUPS):
        if "cgroup.subtree_control" in files and controller in proc.read(
                f"{directory}/cgroup.subtree_control").split():
            yield directory


class Lent:
    """A controller that v2 has given away for a time"""
    def __init__(self, controller):
        self.controller = controller
        self.places = list(cgroups_with(controller)) if controller else []
        self.set("-", reversed(self.places))

    def set(self, sign, places):
        for place in places:
            try:
                subjects.write(f"{place}/cgroup.subtree_control",
                               sign + self.controller)
            except OSError as error:
                tap.note(f"{sign}{self.controller} in {place}: {error}")

    def give_back(self):
        self.set("+", (place for place in self.places
                       if os.path.isdir(place)))


def are_all_mounted():
    missing = [name for name in CONTROLLERS if not mount_of(name)]
    return tap.equal(missing, [], "v1 has all controllers")


def mount(name, controller):
    """The hierarchy, and what v2 lent for it; None if it does not"""
    # Limits of memory would be lost, and what is charged is not freed soon.
    lent = Lent(None if controller == "memory" else controller)
    try:
        return Hierarchy(name), lent
    except subprocess.CalledProcessError:
        lent.give_back()
        tap.skip(f"the files of {name}", "this guest's v2 has the controller")
        return None


def set_up(name, hierarchy, pid):
    if name == "cpuset":
        subjects.write(f"{hierarchy.point}/cgroup.clone_children", "1")
    directory = hierarchy.make(PATH)
    for path, value in SETTINGS.get(name, {}).items():
        subjects.write(f"{hierarchy.point}/{path}", value)
    subjects.write(f"{directory}/cgroup.procs", str(pid))
    return directory


def row_after(t_ms=0, container=ID):
    """Of the first sample that began after this time and is not the first"""
    def look():
        try:
            found = [row for row in api.rows("containers")
                     if row["id"] == container and (row["t"] or 0) > t_ms]
            return found and found[0]["cpu_cores"] is not None and found[0]
        except (OSError, RuntimeError):
            return None
    return tap.wait_for(look)


def read_file(path, find):
    """A number; None if this kernel does not have it"""
    text = proc.read(path)
    return None if text is None else find(text)


def read_files(directories):
    """{key: number}"""
    return {key: read_file(f"{directory}/{file}", find)
            for name, directory in directories.items()
            for key, (file, find) in FILES[name].items()}


def is_without_limit(numbers, key):
    """Nobody throttles what has no limit."""
    return key == "cpu_limit_throttled_seconds_total" and \
        numbers["cpu_limit_cores"] is None


def between(before, row, after, key):
    low, high = before[key], after[key]
    if low is None or high is None or is_without_limit(before, key):
        return row[key] is None
    if key == "cpu_weight":
        return row[key] == round(low)
    # Totals are rounded down to microseconds.
    low, high = min(low, high) - 1e-6, max(low, high) + 1e-9
    return row[key] is not None and low <= row[key] <= high


def check_numbers(directories, container=ID, in_v2=False):
    def look():
        before = read_files(directories)
        row = row_after(time.time() * 1000, container)
        after = read_files(directories)
        return row, [(key, before[key], row[key], after[key])
                     for key in before if not between(before, row, after, key)]
    row, wrong = look()
    for _ in range(tap.TRIES):
        if not wrong:
            break
        row, wrong = look()
    tap.equal(wrong, [], f"each number is that of its file: "
              f"{sum(len(FILES[name]) for name in directories)} of "
              f"{', '.join(directories)}")
    tap.equal([key for key in NEVER + OF_V2 if row[key] is not None],
              OF_V2 if in_v2 else [], "what v1 does not have is null")
    return row


def check_owners(directories, row):
    owners = {"cpu": "cpu_limit_owner", "pids": "pids_limit_owner",
              "memory": "memory_limit_owner"}
    tap.equal({name: row[key] for name, key in owners.items()},
              {name: "/docker" if name in directories else None
               for name in owners}, "the lowest limit is that above")


def check_cpuset(directories, row):
    if "cpuset" in directories:
        tap.equal(row["cpuset_cpus"], len(os.sched_getaffinity(0)),
                  "its CPUs are counted")


def check_freezer(directories):
    if "freezer" not in directories:
        return

    def state():
        return row_after(time.time() * 1000)["state"]
    file = f"{directories['freezer']}/freezer.state"
    try:
        subjects.write(file, "FROZEN")
        tap.ok(tap.wait_for(lambda: state() == "paused"),
               "a container that is frozen is paused")
    finally:
        # Until then it could not be killed.
        subjects.write(file, "THAWED")
    tap.ok(tap.wait_for(lambda: state() == "running"),
           "one that is thawed runs again")


def check_metrics(directories):
    if "cpu" in directories:
        tap.ok(any(line.startswith("container_spec_cpu_shares") and ID in line
                   and line.endswith(" 2048")
                   for line in api.Answer("/metrics").text().splitlines()),
               "/metrics has cpu.shares as it is")


def check_all(pid, mounted):
    directories = {name: set_up(name, hierarchy, pid)
                   for name, (hierarchy, _) in mounted.items()}
    subprocess.run(["systemctl", "restart", "contmond"], check=True)
    row_after()
    row = check_numbers(directories)
    check_owners(directories, row)
    check_cpuset(directories, row)
    check_metrics(directories)
    check_freezer(directories)


def check():
    pid = subjects.start(subjects.burner)
    mounted = {"name=systemd": (Hierarchy("name=systemd"), Lent(None))}
    try:
        for name, controller in CONTROLLERS.items():
            found = mount(name, controller)
            if found:
                mounted[name] = found
        check_all(pid, mounted)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        # It has files of the hierarchies open.
        subprocess.run(["systemctl", "stop", "contmond"], check=True)
        for hierarchy, lent in mounted.values():
            hierarchy.end()
            lent.give_back()
        subprocess.run(["systemctl", "start", "contmond"], check=True)
