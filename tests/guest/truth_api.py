# SPDX-License-Identifier: GPL-2.0-only
"""Compares contmond's answers about four containers of known behaviour with
the files of their cgroups. A part of truth_containers.py and truth_procfs.py."""

import os
import time

import api
import cgroups
import docker
import proc
import tap

MIB = docker.MIB

# The burner's quota is half a CPU, 50 ms in each period of 100. It gets less on
# a busy host; an interval may begin and end in a burst.
QUOTA_CORES = 0.5
CPU_TOLERANCE = 0.1


def interval():
    return api.row("info")["interval_ms"] / 1000


def sample_ms(reported):
    return min((one["t"] for one in reported.values()), default=0)


def fresh(samples=1):
    """{name: row} of a sample that began after this call. A sample has the time
    when it began; one that began before may be shown much later."""
    until = now_ms() + 1 + (samples - 1) * 1000 * interval()

    def later():
        reported = api.containers()
        return reported if sample_ms(reported) >= until else None
    reported = tap.wait_for(later)
    if not reported:
        raise TimeoutError("no new sample")
    return reported


def now_ms():
    return int(time.time() * 1000)


def check_names(containers):
    names = {one.name for one in containers}
    found = tap.wait_for(lambda: names <= set(api.containers()))
    tap.ok(found, "containers are listed by name",
           f"{names} in {set(api.containers())}")
    rows = fresh()  # they were paused a moment ago
    for one in containers:
        row = rows.get(one.name, {})
        tap.equal((row.get("id"), row.get("runtime"), row.get("cgroup"),
                   row.get("image"), row.get("state")),
                  (one.id, "docker", one.path, docker.IMAGE, "running"),
                  f"{one.name}: its identity")


def is_within_quota(cores):
    return 0 < cores <= QUOTA_CORES + CPU_TOLERANCE


def sampled_cpu(cpu):
    """A row, between two readings of cpu.stat"""
    low = cgroups.cpu_seconds(cpu.directory)
    row = fresh()[cpu.name]
    high = cgroups.cpu_seconds(cpu.directory)
    tap.ok(low <= row["cpu_seconds_total"] <= high,
           "cpu: cpu_seconds_total equals cpu.stat",
           (low, row["cpu_seconds_total"], high))
    return row


def check_cpu(cpu):
    """Several intervals. The rate over all of them is between the lowest and
    the highest of them, no matter how late each sample was."""
    before = sampled_cpu(cpu)
    fresh(5)
    after = sampled_cpu(cpu)
    cores = (after["cpu_seconds_total"] - before["cpu_seconds_total"]) / \
        (after["t"] - before["t"]) * 1000
    samples = [row["v"] for row in api.rows(
        "series", metric="cpu_cores", container=cpu.name,
        from_=before["t"] + 1, to=after["t"] + 1)]
    tap.ok(samples and min(samples) - CPU_TOLERANCE <= cores <=
           max(samples) + CPU_TOLERANCE,
           "cpu: cpu_cores is its growth per second", (samples, cores))
    tap.ok(is_within_quota(cores), "cpu: it uses CPU within its quota", cores)
    nr_cpus = api.row("info")["nr_cpus"]
    tap.ok(abs(after["cpu_percent"] - after["cpu_cores"] / nr_cpus * 100) < 0.1,
           "cpu: cpu_percent is relative to the host", after)
    tap.ok(tap.wait_for(lambda: api.containers()[cpu.name]
                        ["cpu_throttled_seconds_total"]),
           "cpu: it is throttled")


def waits(one):
    """The expected values of the row, from the files. The kernel updates
    totals of pressure when their file is read."""
    stat = proc.table(one.file("cpu.stat"))
    found = {"cpu_periods_total": int(stat["nr_periods"]),
             "cpu_throttled_periods_total": int(stat["nr_throttled"])}
    for what in "cpu", "io", "memory":
        for line in proc.read(one.file(f"{what}.pressure")).splitlines():
            share, total = line.split()[0], line.rpartition("total=")[2]
            found[f"psi_{what}_{share}_seconds_total"] = int(total) / 1e6
    return found


def check_waits(cpu):
    low = waits(cpu)
    row = fresh()[cpu.name]
    high = waits(cpu)
    for name in low:
        tap.ok(low[name] - 1e-6 <= row[name] <= high[name] + 1e-6,
               f"cpu: {name} equals its file",
               (low[name], row[name], high[name]))


def memory_stat(memory):
    """The expected values of the row, from the files"""
    stat = {key: int(value) for key, value in
            proc.table(memory.file("memory.stat")).items()}
    current = proc.number(memory.file("memory.current"))
    return {"memory_current_bytes": current,
            "memory_anon_bytes": stat["anon"],
            "memory_file_bytes": stat["file"],
            "memory_shmem_bytes": stat["shmem"],
            "memory_kernel_bytes": stat["kernel"],
            "memory_kernel_stack_bytes": stat["kernel_stack"],
            "memory_page_tables_bytes": stat["pagetables"],
            "memory_slab_bytes": stat["slab"],
            "memory_sock_bytes": stat["sock"],
            "memory_other_bytes": max(0, current - stat["anon"] -
                                      stat["file"] - stat["kernel"] -
                                      stat["sock"]),
            "memory_working_set_bytes": current - stat["inactive_file"],
            "memory_percpu_bytes": stat["percpu"],
            "memory_file_mapped_bytes": stat["file_mapped"],
            "memory_active_anon_bytes": stat["active_anon"],
            "memory_inactive_file_bytes": stat["inactive_file"],
            "memory_slab_reclaimable_bytes": stat["slab_reclaimable"],
            "memory_faults_total": stat["pgfault"],
            "memory_major_faults_total": stat["pgmajfault"],
            "memory_refaults_file_total": stat["workingset_refault_file"]}


def limit(one, name):
    """None for none, and if there is no such file"""
    text = (proc.read(one.file(name)) or "max").split()[0]
    return None if text == "max" else int(text)


def settings(one):
    """The same for settings, and for tasks"""
    cpus = proc.read(one.file("cpuset.cpus.effective")).strip()
    return {"cpu_weight": limit(one, "cpu.weight"),
            "cpuset_cpus": sum(int(part.split("-")[-1]) -
                               int(part.split("-")[0]) + 1
                               for part in cpus.split(",")),
            "memory_high_bytes": limit(one, "memory.high"),
            "pids_current": limit(one, "pids.current"),
            "pids_peak": limit(one, "pids.peak"),
            "pids_max": limit(one, "pids.max")}


def check_settings(memory):
    for name in settings(memory):
        tap.settles(lambda name=name: (api.containers()[memory.name][name],
                                       settings(memory)[name]),
                    f"memory: {name} equals its file")


def check_memory(memory):
    """It sleeps, so its memory does not change and must be equal."""
    for name in memory_stat(memory):
        tap.settles(lambda name=name: (api.containers()[memory.name][name],
                                       memory_stat(memory)[name]),
                    f"memory: {name} equals its files")
    row = api.containers()[memory.name]
    tap.ok(row["memory_current_bytes"] >= 64 * MIB,
           "memory: it is at least 64 MiB", row)
    tap.equal(row["memory_max_bytes"], None, "memory: a missing limit is null")
    tap.equal(row["processes"], len(memory.pids()), "memory: its processes")


def check_disk(disk):
    """Its total is between those of the file before and after the sample."""
    low = cgroups.io_bytes(disk.directory)[1]
    first = fresh()[disk.name]
    tap.ok(tap.wait_for(lambda: cgroups.io_bytes(disk.directory)[1] >
                        first["write_bytes_total"]), "disk: it writes")
    second = fresh()[disk.name]
    high = cgroups.io_bytes(disk.directory)[1]
    tap.ok(low <= first["write_bytes_total"] <= second["write_bytes_total"] <=
           high, "disk: write_bytes_total equals io.stat",
           (low, first["write_bytes_total"], second["write_bytes_total"],
            high))
    tap.ok(second["write_bytes_total"] > first["write_bytes_total"],
           "disk: write_bytes_total grows", (first, second))
    tap.ok(second["write_bytes_per_second"] is not None,
           "disk: it has a rate", second)


def check_oom(oom):
    row = fresh()[oom.name]
    tap.equal(row["oom_kills_total"],
              cgroups.one(oom.directory)["events_oom_kill"],
              "oom: oom_kills_total equals memory.events")
    tap.equal(row["memory_max_bytes"], docker.OOM_LIMIT, "oom: its limit")


def check_processes(containers):
    for one in containers[:2]:
        tap.settles(lambda one=one: (
            sorted(row["pid"] for row in api.rows("processes",
                                                  container=one.name)),
            one.pids()),
            f"{one.name}: its processes are those of cgroup.procs")
        rows = api.rows("processes", container=one.name)
        tap.equal({(row["container"], row["container_id"]) for row in rows},
                  {(one.name, one.id)}, f"{one.name}: its processes name it")
    pid = containers[0].pid
    row = api.row("processes", pid=pid)
    tap.equal((row["pid"], row["container"]), (pid, containers[0].name),
              "a process is found by its pid")
    tap.ok(tap.wait_for(lambda: is_within_quota(
        api.row("processes", pid=pid)["cpu_cores"])),
           "the burner's cpu_cores is within its quota", row)
    host = {row["pid"] for row in api.rows("processes", container="host",
                                           limit=20000)}
    tap.ok(1 in host, "init is the host's")
    inside = {pid for one in containers for pid in one.pids()}
    tap.equal(host & inside, set(), "no container's process is the host's")


def idle_seconds():
    """Time that the CPUs were idle, waited for storage, or were taken away.
    The rest is busy time, which the kernel counts by ticks and misses some of.
    """
    ticks = list(map(int, proc.read("/proc/stat").splitlines()[0].split()[1:9]))
    return (ticks[3] + ticks[4] + ticks[7]) / os.sysconf("SC_CLK_TCK")


MEMORY_SLACK = 32 * MIB  # 1.5 % of the guest's: free memory moves all the time
CPU_SLACK_PERCENT = 10   # three intervals, which do not begin where we do


def meminfo():
    return {key: int(value.split()[0]) * 1024 for key, value in
            proc.table("/proc/meminfo").items()}


def system_is_between(name, key):
    """A sample's value, and the values of /proc/meminfo before and after"""
    before = meminfo()[key]
    fresh()
    value = api.row("system")[name]
    after = meminfo()[key]
    return (min(before, after) - MEMORY_SLACK <= value <=
            max(before, after) + MEMORY_SLACK), (before, value, after)


def system_cpu_is_stat():
    began_ms, idle, began = now_ms(), idle_seconds(), time.monotonic()
    fresh(3)
    idle, seconds = idle_seconds() - idle, time.monotonic() - began
    busy = 100 * (1 - idle / seconds / api.row("system")["nr_cpus"])
    values = [row["v"] for row in api.rows(
        "series", metric="system_cpu_percent", from_=began_ms)]
    mean = sum(values) / max(1, len(values))
    return (values and abs(mean - busy) <= CPU_SLACK_PERCENT), (values, busy)


def system_has_all_processes():
    before = len(proc.pids())
    fresh()
    value = api.row("system")["processes"]
    after = len(proc.pids())
    return (min(before, after) - 1 <= value <= max(before, after) + 1,
            (before, value, after))


def check_system():
    system, files = api.row("system"), meminfo()
    tap.equal(system["ram_total_bytes"], files["MemTotal"], "system: RAM")
    tap.equal(system["swap_total_bytes"], files["SwapTotal"], "system: swap")
    for name, key in (("ram_available_bytes", "MemAvailable"),
                      ("ram_free_bytes", "MemFree")):
        tap.in_one_try(lambda name=name, key=key: system_is_between(name, key),
                       f"system: {name} equals {key}")
    tap.in_one_try(system_cpu_is_stat,
                   "system: cpu_percent equals /proc/stat")
    tap.in_one_try(system_has_all_processes, "system: processes")
    tap.ok(system["containers"] >= 4, "system: containers", system)


def check_series(cpu, memory):
    def history():
        return api.Answer("/api/v1/series", metric="cpu_cores",
                          container=cpu.name).json()
    tap.wait_for(lambda: len(history()["rows"]) >= 10)
    answer = history()
    step, rows = answer["meta"]["step_ms"], answer["rows"]
    tap.equal(answer["meta"]["unit"], "cores", "series: its unit")
    tap.equal(step, int(1000 * interval()), "series: its step")
    tap.ok(len(rows) >= 10, "series: it has a history", rows)
    tap.ok(all(row["t"] % step == 0 for row in rows), "series: t is aligned")
    tap.equal(rows, sorted(rows, key=lambda row: row["t"]), "series: in order")
    values = [row["v"] for row in rows[-5:]]
    tap.ok(is_within_quota(sum(values) / 5), "series: within the quota", values)
    rows = api.rows("series", metric="memory_current_bytes",
                    container=memory.name)
    tap.ok(rows and rows[-1]["v"] >= 64 * MIB, "series: memory", rows)
    tap.equal(api.Answer("/api/v1/series", metric="nonsense").status, 404,
              "series: an unknown metric")
    tap.equal(api.rows("series", metric="cpu_cores", container="none"), [],
              "series: an unknown container")


def metrics():
    return api.Metrics(api.Answer("/metrics").text())


def check_metrics(cpu, memory):
    one = metrics()
    tap.equal(one.errors, [], "metrics: every line is well-formed")
    name = "container_cpu_usage_seconds_total"
    before = one.value(name, name=cpu.name)
    tap.ok(before, "metrics: the burner's CPU", before)
    tap.equal(one.types.get(name), "counter", "metrics: it is a counter")
    tap.settles(lambda: (
        metrics().value("container_memory_usage_bytes", name=memory.name),
        proc.number(memory.file("memory.current"))),
        "metrics: memory equals memory.current")
    tap.ok(tap.wait_for(lambda: metrics().value(name, name=cpu.name) > before),
           "metrics: the counter grows", before)


def check_shape():
    for endpoint in ("health", "info", "containers", "processes", "system"):
        plain = api.Answer(f"/api/v1/{endpoint}")
        tap.equal(list(api.shape_errors(plain.json())), [],
                  f"{endpoint}: the answer has the right form")
        tap.equal((plain.headers["Content-Type"],
                   plain.headers["Cache-Control"]),
                  ("application/json", "no-store"), f"{endpoint}: headers")
    small = api.Answer("/api/v1/processes", {"Accept-Encoding": "gzip"})
    tap.equal(small.headers.get("Content-Encoding"), "gzip", "gzip on request")
    tap.ok(small.json()["rows"], "the compressed answer has rows")
    tap.equal(api.Answer("/api/v1/nonsense").status, 404, "an unknown path")


def check_rename(memory):
    old = memory.name
    memory.rename(docker.PREFIX + "renamed")
    found = tap.wait_for(lambda: memory.name in api.containers())
    tap.ok(found,
           "a renamed container has its new name", list(api.containers()))
    tap.ok(old not in api.containers(), "the old name is gone")


def check_removal(disk):
    """Counted in samples, which a busy machine takes late."""
    docker.remove(disk.id)
    first = last = api.row("health")["samples_total"]

    def is_gone():
        nonlocal last
        samples = api.row("health")["samples_total"]
        if disk.name not in api.containers():
            return True
        last = samples
        return False
    tap.ok(tap.wait_for(is_gone) and last <= first + 2,
           "a container that ended is gone after two samples", (first, last))


def is_there():
    try:
        return api.Answer("/api/v1/health").status == 200
    except OSError:
        return False


def run(cpu, memory, disk, oom):
    if not tap.ok(tap.wait_for(is_there), "contmond answers"):
        return
    containers = [cpu, memory, disk, oom]
    check_shape()
    check_names(containers)
    check_cpu(cpu)
    check_waits(cpu)
    check_memory(memory)
    check_settings(memory)
    check_disk(disk)
    check_oom(oom)
    check_processes(containers)
    check_system()
    check_series(cpu, memory)
    check_metrics(cpu, memory)
    check_rename(memory)
    check_removal(disk)
