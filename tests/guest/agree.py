#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares the driver and procfs under load: each number of each process,
thread, cgroup and of the host, as the same command shows it from both sources.

procfs is read before and after the driver. <linux/contmon.h> defines what each
number is, and <contmon.h> how procfs may differ; any other difference is an
error. A race does not repeat but a wrong number does, so a test fails only if a
number is wrong in three rounds."""

import json
import os
import subprocess

import cgroups
import docker
import proc
import subjects
import tap
from truth_containers import OBSERVER, leave_for_own_cgroup
from truth_tasks import COMPARED_AT_LEAST, KTHREAD, between

ROUNDS = 3
TICK_NS = proc.TICK_NS
US = 1000
MIB = subjects.MIB


def shown(source, *command):
    done = subprocess.run(["contmon", *command, "--json"], check=True,
                          stdout=subprocess.PIPE,
                          env={**os.environ, "CONTMON_SOURCE": source})
    return json.loads(done.stdout)


def by(key, source, *command):
    return {row[key]: row for row in shown(source, *command)["rows"]}


# How to compare the numbers of one record: before and after are from procfs,
# now is from the driver. All of them are known.

def same(before, now, after):
    return now in (before, after)


def gauge(before, now, after):
    return between(before, now, after)


def counter(before, now, after):
    return before <= now <= after


def ticks(before, now, after):
    """procfs cuts off fractions of a tick."""
    return before <= now < after + TICK_NS


def split(before, now, after):
    """The sum of two times that are cut off"""
    return before <= now < after + 2 * TICK_NS


def started(before, now, _after):
    return before == now // TICK_NS * TICK_NS


def stall(before, now, after):
    """*.pressure cut off fractions of a us."""
    return before <= now < after + US


def charged(before, now, after):
    return min(before, after) - cgroups.CHARGE_BYTES <= now <= \
        max(before, after) + cgroups.CHARGE_BYTES


def observed(before, now, after):
    """The command itself uses some more memory when it reads procfs."""
    return min(before, after) - MIB <= now <= max(before, after) + MIB


def all_of(rule, *names):
    return {name: rule for name in names}


TASK = {
    **all_of(same, "pid", "tgid", "ppid", "flags", "uid", "gid", "euid",
             "egid", "nice", "policy", "rt_priority", "cgroup_id", "pid_ns",
             "net_ns", "oom_score_adj", "container_id", "runtime",
             "cgroup"),
    **all_of(gauge, "nr_threads", "last_cpu", "vsz_bytes", "rss_anon_bytes",
             "rss_file_bytes", "rss_shmem_bytes", "swap_bytes",
             "pgtables_bytes", "locked_bytes", "rss_peak_bytes", "oom_score"),
    **all_of(counter, "minor_faults", "major_faults", "read_chars",
             "write_chars", "read_syscalls", "write_syscalls", "read_bytes",
             "write_bytes", "cancelled_write_bytes", "run_delay_ns",
             "timeslices"),
    **all_of(ticks, "utime_ns", "stime_ns"),
    "runtime_ns": split,
    "start_boottime_ns": started,
}
DELAYS = [f"{name}_delay_ns" for name in (
    "blkio", "swapin", "freepages", "thrashing", "compact", "wpcopy")]
SWITCHES = ["voluntary_switches", "involuntary_switches"]

# Only for tasks that are alive; no file has the usage of dead ones
SUMS = {
    **all_of(gauge, "nr_tasks", "nr_threads", "nr_running", "nr_sleeping",
             "nr_uninterruptible", "nr_stopped", "nr_zombie", "nr_idle",
             "vsz_sum_bytes", "rss_anon_sum_bytes", "rss_file_sum_bytes",
             "rss_shmem_sum_bytes", "swap_sum_bytes", "pgtables_sum_bytes"),
    **all_of(counter, "minor_faults_sum", "major_faults_sum",
             "read_chars_sum", "write_chars_sum", "read_syscalls_sum",
             "write_syscalls_sum", "read_bytes_sum", "write_bytes_sum",
             "cancelled_write_bytes_sum"),
}
CGROUP = {
    **all_of(same, "parent_id", "level", "populated", "memory_max_bytes",
             "swap_max_bytes", "id", "runtime", "cgroup"),
    **all_of(charged, "memory_current_bytes", "swap_current_bytes"),
    **all_of(counter, "memory_peak_bytes", "events_low", "events_high",
             "events_max", "events_oom", "events_oom_kill"),
    **all_of(stall, "psi_cpu_some_ns", "psi_cpu_full_ns", "psi_io_some_ns",
             "psi_io_full_ns", "psi_memory_some_ns", "psi_memory_full_ns"),
    **SUMS,
}

HOST = {
    **all_of(same, "ram_total_bytes", "nr_cpus", "swap_total_bytes"),
    **all_of(gauge, "ram_free_bytes", "ram_available_bytes",
             "ram_shared_bytes", "ram_buffers_bytes", "swap_free_bytes",
             "nr_tasks", "nr_threads", "nr_zombie", "nr_stopped",
             "reserved_bytes"),
    "committed_bytes": observed,
    **all_of(ticks, *(f"cpu_{name}_ns" for name in (
        "user", "nice", "system", "irq", "softirq", "steal"))),
}


class Round:
    """procfs, the driver, procfs. read(source, exact) gives {key: row}."""

    def __init__(self, read, lives_on, before):
        self.before = before
        self.now = read("driver", "--exact")
        self.fast = read("driver")
        self.after = read("procfs")
        self.lived = [key for key in self.before
                      if key in self.after and
                      lives_on(self.before[key], self.after[key])]
        self.missing = [key for key in self.lived if key not in self.now]
        self.compared = [key for key in self.lived
                         if key in self.now and key in self.fast]

    def is_part_of_zombie(self, key, name):
        """The driver has all namespaces of a task or none; a zombie has left
        its network namespace, but procfs still shows its pid namespace."""
        return name == "pid_ns" and self.after[key]["net_ns"] is None and \
            self.now[key]["net_ns"] is None

    def agrees(self, key, name, rule):
        """procfs shows exact RSS on some kernels, and the fast one on others.
        """
        if self.is_part_of_zombie(key, name) and self.now[key][name] is None:
            return True
        return any(one_agrees(self.before[key][name], rows[key][name],
                              self.after[key][name], rule)
                   for rows in (self.now, self.fast))

    def wrong(self, name, rule):
        return {key: f"{name} of {key} ({self.now[key].get('comm')!r}): "
                f"driver {self.now[key][name]} ({self.fast[key][name]}), "
                f"procfs {self.before[key][name]} before, "
                f"{self.after[key][name]} after"
                for key in self.compared if not self.agrees(key, name, rule)}


def make_rounds(read, lives_on=lambda before, after: True):
    """A round begins with the last readings of the previous one."""
    rounds = []
    last = read("procfs")
    for _ in range(ROUNDS):
        rounds.append(Round(read, lives_on, last))
        last = rounds[-1].after
    return rounds


def one_agrees(before, now, after, rule):
    if None in (before, now, after):
        return now in (before, after)
    return rule(before, now, after)


def report(what, rounds, rules):
    least = min(len(one.compared) / max(len(one.before), len(one.now))
                for one in rounds)
    tap.ok(least >= COMPARED_AT_LEAST, f"{what}: nearly all were compared, "
           f"{len(rounds[-1].compared)}", f"only {least:.0%}")
    tap.equal([key for one in rounds for key in one.missing], [],
              f"{what}: the driver has all that procfs has")
    for name, rule in rules.items():
        wrong = [one.wrong(name, rule) for one in rounds]
        always = set(wrong[0]).intersection(*wrong)
        tap.ok(not always, f"{what}: {name} agrees",
               "\n".join(wrong[-1][key] for key in sorted(always)[:10]))


def report_unknown(what, rounds, names):
    """Only numbers that <contmon.h> lists may be unknown to procfs alone."""
    last = rounds[-1]
    lines = [f"{name} of {key}" for key in last.compared
             for name in last.now[key]
             if last.now[key][name] is not None and
             last.after[key][name] is None and
             last.before[key][name] is None and name not in names]
    tap.ok(not lines, f"{what}: procfs has every part it declares valid",
           "\n".join(lines[:10]))
    known = [f"{name} of {key}" for key in last.compared for name in names
             if last.after[key][name] is not None]
    tap.ok(not known, f"{what}: procfs has no value that it cannot read",
           "\n".join(known[:10]))


def state(one, key):
    """A process that runs at intervals may have run just then."""
    row = one.now[key]
    return row["state"] in (one.before[key]["state"], one.after[key]["state"],
                            one.fast[key]["state"]) or \
        (one.before[key]["utime_ns"], one.before[key]["timeslices"]) != \
        (one.after[key]["utime_ns"], one.after[key]["timeslices"])


def comm(one, key):
    """procfs appends the current work to the name of a kernel thread."""
    row = one.now[key]["comm"]
    names = (one.before[key]["comm"], one.after[key]["comm"])
    if one.now[key]["flags"] & KTHREAD:
        return any(name.startswith(row) for name in names)
    return row in names


def report_names(what, rounds):
    for check in (state, comm):
        wrong = [{key for key in one.compared if not check(one, key)}
                 for one in rounds]
        always = set(wrong[0]).intersection(*wrong)
        last = rounds[-1]
        tap.ok(not always, f"{what}: {check.__name__} agrees", "\n".join(
            f"{key}: driver {last.now[key][check.__name__]!r}, "
            f"procfs {last.before[key][check.__name__]!r}" for key in always))


def is_same_task(before, after):
    return before["start_boottime_ns"] == after["start_boottime_ns"]


def read_processes(source, *options):
    return by("pid", source, "ps", *options)


def check_processes():
    rounds = make_rounds(read_processes, is_same_task)
    report("processes", rounds, TASK)
    report_names("processes", rounds)
    report_unknown("processes", rounds, DELAYS + SWITCHES)


def check_threads():
    """All of a thread's own numbers are known, except for its delays."""
    rules = {**TASK, **all_of(counter, *SWITCHES)}
    rounds = make_rounds(lambda source, *options: read_processes(
        source, "--threads", *options), is_same_task)
    report("threads", rounds, rules)
    report_names("threads", rounds)
    report_unknown("threads", rounds, DELAYS)


# For the groups LIMIT and STAT; the limit itself is a column of both
ABOVE_AND_BELOW = ["memory_limit_cgroup_id", "nr_descendants",
                   "nr_dying_descendants"]


def known_to_driver(rows):
    return [name for name in next(iter(rows.values()))
            if name.startswith("exited_")] + \
        [f"{name}_sum" for name in SWITCHES] + ABOVE_AND_BELOW


def check_cgroups(quiet):
    """Sums only of cgroups whose tasks stay the same; other numbers of all"""
    def read(source, *options):
        rows = by("cgroup_id", source, "containers", "--all", *options)
        return {key: row for key, row in rows.items()
                if row["cgroup"] != OBSERVER.removeprefix(proc.CGROUPS)}

    rounds = make_rounds(read)
    report("cgroups", rounds, {name: rule for name, rule in CGROUP.items()
                               if name not in SUMS})
    report_unknown("cgroups", rounds, known_to_driver(rounds[-1].now))
    for one in rounds:
        one.compared = [key for key in one.compared if key in quiet]
        one.missing = [key for key in quiet if key not in one.now]
    for name, rule in SUMS.items():
        wrong = [one.wrong(name, rule) for one in rounds]
        always = set(wrong[0]).intersection(*wrong)
        tap.ok(not always, f"quiet cgroups: {name} agrees",
               "\n".join(wrong[-1][key] for key in sorted(always)))
    tap.equal([key for one in rounds for key in one.missing], [],
              "quiet cgroups: all are found")


class Nest:
    """A cgroup with two below it, each with a process that burns CPU time"""

    def __init__(self):
        self.path = "/contmon-test-nest"
        self.pids = []
        for name in ("", "/one", "/two"):
            os.makedirs(proc.CGROUPS + self.path + name, exist_ok=True)
        for name in ("/one", "/two"):
            pid = subjects.start(subjects.burner)
            with open(f"{proc.CGROUPS}{self.path}{name}/cgroup.procs", "w",
                      encoding="ascii") as file:
                file.write(str(pid))
            self.pids.append(pid)

    def usage(self, source):
        """(of all three, of the two below)"""
        rows = by("cgroup", source, "containers", "--all")
        two = sum(rows[self.path + name]["cpu_usage_ns"]
                  for name in ("/one", "/two"))
        return rows[self.path]["cpu_usage_ns"] + two, two

    def end(self):
        for pid in self.pids:
            subjects.end(pid)
        for name in ("/one", "/two", ""):
            tap.wait_for(lambda name=name: not self.remove(name))

    def remove(self, name):
        try:
            os.rmdir(proc.CGROUPS + self.path + name)
        except OSError as error:
            return error
        return None


def check_usage():
    """A cgroup's own time, and that of its subtree: nothing counts twice."""
    nest = Nest()
    try:
        before, now, after = (nest.usage(source) for source in
                              ("procfs", "driver", "procfs"))
    finally:
        nest.end()
    for i, what in enumerate(("a subtree", "its leaves")):
        tap.ok(before[i] <= now[i] <= after[i] + 3 * US and before[i] > 0,
               f"cgroups: cpu_usage_ns of {what} agrees",
               (before[i], now[i], after[i]))


def read_host(source, *options):
    return {"host": shown(source, "info", *options)["system"]}


def check_host():
    report("host", make_rounds(read_host), HOST)


def check_command_lines(pids):
    for pid in pids:
        both = [shown(source, "cmdline", str(pid))["rows"][0]
                for source in ("driver", "procfs")]
        tap.equal(both[0], both[1], f"command line of {pid} agrees")


WORKS = [
    subjects.idle, subjects.burner, subjects.anonymous, subjects.shared,
    subjects.swapped, subjects.locked, subjects.file_mapped, subjects.peaked,
    subjects.batch, subjects.fifo, subjects.oom_likely, subjects.hostile,
    subjects.other_ids, subjects.other_network, subjects.disk,
    subjects.headless,
]


def make_containers():
    """Two that do not change, and one whose processes come and go"""
    if docker.unavailable():
        tap.skip("containers",
                 f"no container can be started: {docker.unavailable()}")
        return []
    return [docker.cpu(), docker.memory(), docker.Container(
        "storm", "while :; do /bin/true; done", NanoCpus=300_000_000)]


def run():
    leave_for_own_cgroup()
    pids = [subjects.start(work) for work in WORKS]
    pids += [subjects.stopped(), subjects.zombie()]
    containers = make_containers()
    try:
        check_processes()
        check_threads()
        check_cgroups([one.cgroup_id for one in containers[:2]])
        check_usage()
        # A walk through procfs takes longer than its processes live.
        for one in containers[2:]:
            docker.remove(one.name)
        check_host()
        check_command_lines([*pids[:3], *(one.pid for one in containers[:2])])
    finally:
        for one in containers:
            docker.remove(one.name)
        for pid in pids:
            subjects.end(pid)


tap.main(run)
