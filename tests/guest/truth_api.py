# SPDX-License-Identifier: GPL-2.0-only
"""contmond's answers about four containers of known behaviour, against the
files of their cgroups. A part of truth_containers.py."""

import os
import time

import api
import cgroups
import docker
import proc
import tap

MIB = docker.MIB

# CPU numbers of two readers whose intervals of a second do not begin together:
# the quota of 50 ms in each period of 100 falls into the one or the other, and
# as much again when a sample came late on a busy machine.
CPU_TOLERANCE = 0.1

# What half a CPU may look like: no more than the quota, and less only where an
# emulator's two CPUs share their host with others.
HALF_A_CPU = (0.2, 0.5 + CPU_TOLERANCE)

# s until a change is seen that comes by way of the engine: its event, a
# request for the rest, the next sample; slow in an emulator
ENGINE_SECONDS = 15


def interval():
    return api.row("info")["interval_ms"] / 1000


def sample_ms(reported):
    return min((one["t"] for one in reported.values()), default=0)


def fresh(samples=1):
    """{name: row} of a sample that began after this call. Its t is rounded and
    may be in the future: what counts is that it is another."""
    until = sample_ms(api.containers()) + samples * 1000 * interval()

    def later():
        reported = api.containers()
        return reported if sample_ms(reported) >= until else None
    reported = tap.wait_for(later, (samples + 5) * interval() + 5)
    if not reported:
        raise TimeoutError("no new sample")
    return reported


def now_ms():
    return int(time.time() * 1000)


def check_names(containers):
    names = {one.name for one in containers}
    found = tap.wait_for(lambda: names <= set(api.containers()), ENGINE_SECONDS)
    tap.ok(found, "containers are known by their names",
           f"{names} in {set(api.containers())}")
    rows = fresh()  # they were paused a moment ago
    for one in containers:
        row = rows.get(one.name, {})
        tap.equal((row.get("id"), row.get("runtime"), row.get("cgroup"),
                   row.get("image"), row.get("state")),
                  (one.id, "docker", one.path, docker.IMAGE, "running"),
                  f"{one.name}: who it is")


def is_half_a_cpu(cores):
    return HALF_A_CPU[0] <= cores <= HALF_A_CPU[1]


def check_cpu(cpu):
    """Five intervals, by contmond and by the file."""
    began, used = time.time(), cgroups.cpu_seconds(cpu.directory)
    before = fresh()[cpu.name]
    after = fresh(5)[cpu.name]
    now_used = cgroups.cpu_seconds(cpu.directory)
    truth = (now_used - used) / (time.time() - began)
    tap.ok(is_half_a_cpu(truth), "cpu: it burns half a CPU", truth)
    tap.ok(used <= before["cpu_seconds_total"] <=
           after["cpu_seconds_total"] <= now_used,
           "cpu: cpu_seconds_total equals cpu.stat", (used, after, now_used))
    cores = (after["cpu_seconds_total"] - before["cpu_seconds_total"]) / \
        (after["t"] - before["t"]) * 1000
    tap.ok(abs(cores - truth) <= CPU_TOLERANCE,
           "cpu: contmond's total grows as cpu.stat does", (cores, truth))
    samples = [row["v"] for row in api.rows(
        "series", metric="cpu_cores", container=cpu.name,
        from_=before["t"] + 1, to=after["t"] + 1)]
    mean = sum(samples) / max(1, len(samples))
    tap.ok(samples and abs(mean - cores) <= CPU_TOLERANCE,
           "cpu: cpu_cores is by how much it grows", (samples, cores))
    nr_cpus = api.row("info")["nr_cpus"]
    tap.ok(abs(after["cpu_percent"] - after["cpu_cores"] / nr_cpus * 100) < 0.1,
           "cpu: cpu_percent is of the host", after)
    tap.ok(after["cpu_throttled_seconds_total"] > 0, "cpu: it is throttled")


def check_memory(memory):
    """It sleeps, so its memory stands still: equal."""
    row = fresh()[memory.name]
    stat = {key: int(value) for key, value in
            proc.table(memory.file("memory.stat")).items()}
    current = proc.number(memory.file("memory.current"))
    tap.equal(row["memory_current_bytes"], current,
              "memory: memory_current_bytes equals memory.current")
    tap.ok(current >= 64 * MIB, "memory: that is at least 64 MiB", current)
    for name, key in (("anon", "anon"), ("file", "file"), ("shmem", "shmem"),
                      ("kernel", "kernel")):
        tap.equal(row[f"memory_{name}_bytes"], stat[key],
                  f"memory: memory_{name}_bytes equals memory.stat")
    tap.equal(row["memory_working_set_bytes"],
              current - stat["inactive_file"], "memory: working set")
    tap.equal(row["memory_limit_bytes"], None, "memory: no limit is null")
    tap.equal(row["processes"], len(memory.pids()), "memory: its processes")


def check_disk(disk):
    """Its total lies between the file's before and after the sample."""
    low = cgroups.io_bytes(disk.directory)[1]
    first = fresh()[disk.name]
    second = fresh(3)[disk.name]
    high = cgroups.io_bytes(disk.directory)[1]
    tap.ok(low <= first["write_bytes_total"] <= second["write_bytes_total"] <=
           high, "disk: write_bytes_total equals io.stat",
           (low, first["write_bytes_total"], second["write_bytes_total"],
            high))
    tap.ok(second["write_bytes_total"] > first["write_bytes_total"],
           "disk: it grows", (first, second))
    tap.ok(second["write_bytes_per_second"] is not None,
           "disk: it has a rate", second)


def check_oom(oom):
    row = fresh()[oom.name]
    tap.equal(row["oom_kills_total"],
              cgroups.one(oom.directory)["events_oom_kill"],
              "oom: oom_kills_total equals memory.events")
    tap.equal(row["memory_limit_bytes"], docker.OOM_LIMIT, "oom: its limit")


def check_processes(containers):
    for one in containers[:2]:
        rows = api.rows("processes", container=one.name)
        tap.equal(sorted(row["pid"] for row in rows), one.pids(),
                  f"{one.name}: its processes are those of cgroup.procs")
        tap.equal({(row["container"], row["container_id"]) for row in rows},
                  {(one.name, one.id)}, f"{one.name}: they say whose they are")
    pid = containers[0].pid
    row = api.row("processes", pid=pid)
    tap.equal((row["pid"], row["container"]), (pid, containers[0].name),
              "a process is found by its id")
    tap.ok(is_half_a_cpu(row["cpu_cores"]), "the burner's cpu_cores is half a "
           "CPU", row)
    host = {row["pid"] for row in api.rows("processes", container="host",
                                           limit=20000)}
    tap.ok(1 in host, "init is the host's")
    inside = {pid for one in containers for pid in one.pids()}
    tap.equal(host & inside, set(), "no process of a container is the host's")


def idle_seconds():
    """What the CPUs have spent idle, waiting for storage, or taken away. Time
    at work is what is left: the kernel counts it by ticks and misses some."""
    ticks = list(map(int, proc.read("/proc/stat").splitlines()[0].split()[1:9]))
    return (ticks[3] + ticks[4] + ticks[7]) / os.sysconf("SC_CLK_TCK")


def check_system():
    """Free memory moves by some MiB between two looks; 32 are 1.5 % of the
    guest's. CPU: the interval is a second of 10 ms ticks on two CPUs and does
    not begin where we do; a tenth of the host either way."""
    idle, began = idle_seconds(), time.monotonic()
    time.sleep(3 * interval())
    system = api.row("system")
    idle, seconds = idle_seconds() - idle, time.monotonic() - began
    busy = 1 - idle / seconds / system["nr_cpus"]
    meminfo = {key: int(value.split()[0]) * 1024 for key, value in
               proc.table("/proc/meminfo").items()}
    tap.equal(system["ram_total_bytes"], meminfo["MemTotal"], "system: RAM")
    tap.equal(system["swap_total_bytes"], meminfo["SwapTotal"], "system: swap")
    for name, key in (("ram_available_bytes", "MemAvailable"),
                      ("ram_free_bytes", "MemFree")):
        tap.ok(abs(system[name] - meminfo[key]) <= 32 * MIB,
               f"system: {name} equals {key}", (system[name], meminfo[key]))
    since = now_ms() - int(3000 * interval())
    values = [row["v"] for row in api.rows(
        "series", metric="system_cpu_percent", from_=since)]
    mean = sum(values) / max(1, len(values))
    tap.ok(values and abs(mean - 100 * busy) <= 10,
           "system: cpu_percent equals /proc/stat", (values, busy))
    tap.ok(abs(system["processes"] - len(proc.pids())) <= 10,
           "system: processes", (system["processes"], len(proc.pids())))
    tap.ok(system["containers"] >= 4, "system: containers", system)


def check_series(cpu, memory):
    answer = api.Answer("/api/v1/series", metric="cpu_cores",
                        container=cpu.name, from_=now_ms() - 60000).json()
    step, rows = answer["meta"]["step_ms"], answer["rows"]
    tap.equal(answer["meta"]["unit"], "cores", "series: its unit")
    tap.equal(step, int(1000 * interval()), "series: its step")
    tap.ok(len(rows) >= 10, "series: it has a history", rows)
    tap.ok(all(row["t"] % step == 0 for row in rows), "series: t is aligned")
    tap.equal(rows, sorted(rows, key=lambda row: row["t"]), "series: in order")
    values = [row["v"] for row in rows[-5:]]
    tap.ok(is_half_a_cpu(sum(values) / 5), "series: half a CPU", values)
    rows = api.rows("series", metric="memory_current_bytes",
                    container=memory.name, from_=now_ms() - 5000)
    tap.ok(rows and rows[-1]["v"] >= 64 * MIB, "series: memory", rows)
    tap.equal(api.Answer("/api/v1/series", metric="nonsense").status, 404,
              "series: of no such metric")
    tap.equal(api.rows("series", metric="cpu_cores", container="none"), [],
              "series: of no container")


def check_metrics(cpu, memory):
    one = api.Metrics(api.Answer("/metrics").text())
    tap.equal(one.errors, [], "metrics: every line is well-formed")
    name = "container_cpu_usage_seconds_total"
    before = one.value(name, name=cpu.name)
    tap.ok(before, "metrics: the burner's CPU", before)
    tap.equal(one.types.get(name), "counter", "metrics: that is a counter")
    tap.equal(one.value("container_memory_usage_bytes", name=memory.name),
              proc.number(memory.file("memory.current")),
              "metrics: memory equals memory.current")
    fresh()
    after = api.Metrics(api.Answer("/metrics").text()).value(name,
                                                             name=cpu.name)
    tap.ok(None not in (before, after) and after > before,
           "metrics: the counter grows", (before, after))


def check_shape():
    for endpoint in ("health", "info", "containers", "processes", "system"):
        plain = api.Answer(f"/api/v1/{endpoint}")
        tap.equal(list(api.shape_errors(plain.json())), [],
                  f"{endpoint}: its shape is right")
        tap.equal((plain.headers["Content-Type"],
                   plain.headers["Cache-Control"]),
                  ("application/json", "no-store"), f"{endpoint}: headers")
    small = api.Answer("/api/v1/processes", {"Accept-Encoding": "gzip"})
    tap.equal(small.headers.get("Content-Encoding"), "gzip", "gzip if wanted")
    tap.ok(small.json()["rows"], "and it is what it says")
    tap.equal(api.Answer("/api/v1/nonsense").status, 404, "no such path")


def check_rename(memory):
    old = memory.name
    memory.rename(docker.PREFIX + "renamed")
    found = tap.wait_for(lambda: memory.name in api.containers(),
                         ENGINE_SECONDS)
    tap.ok(found, "a new name is followed", list(api.containers()))
    tap.ok(old not in api.containers(), "the old name is gone")


def check_removal(disk):
    """Two intervals, and half a second to ask in an emulated machine."""
    docker.remove(disk.id)
    began = time.monotonic()
    gone = tap.wait_for(lambda: disk.name not in api.containers(),
                        10 * interval())
    took = time.monotonic() - began
    tap.ok(gone and took <= 2 * interval() + 0.5,
           "a container that ended is gone within two intervals", took)


def is_there():
    try:
        return api.Answer("/api/v1/health").status == 200
    except OSError:
        return False


def run(cpu, memory, disk, oom):
    if not tap.ok(tap.wait_for(is_there, 20), "contmond answers"):
        return
    containers = [cpu, memory, disk, oom]
    check_shape()
    check_names(containers)
    check_cpu(cpu)
    check_memory(memory)
    check_disk(disk)
    check_oom(oom)
    check_processes(containers)
    check_system()
    check_series(cpu, memory)
    check_metrics(cpu, memory)
    check_rename(memory)
    check_removal(disk)
