#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Containers that start and end between two samples, compared with what they
did: plain cgroups whose paths make them containers, and real containers of
Docker."""

import itertools
import json
import os
import subprocess
import time

import api
import docker
import proc
import tap

CONF = "/etc/contmon/conf.d/lives-test.conf"
DROP_IN = "/run/systemd/system/contmond.service.d"
SLICE = proc.CGROUPS + "/system.slice"
HOUR_MS = 3600 * 1000
TURNS = itertools.count()

NR = 100
NR_REAL = 10
NR_STORM = 3000
NR_WITHOUT = 40
LIFE_S = 0.05
CPU_S = 0.02
MIB = 1 << 20

# Memory that a test's process may have in addition to what it fills
OTHER_MIB = 32


def health():
    return api.Answer("/api/v1/health").json()["rows"][0]


def samples():
    return health()["samples_total"]


def configure():
    """An interval of about an hour, another one each time. Samples are taken at
    multiples of it since 1970: the next one is due in fifty minutes or more."""
    now_ms = int(time.time() * 1000)
    number = now_ms // HOUR_MS + 1 + next(TURNS) % 2
    os.makedirs(os.path.dirname(CONF), exist_ok=True)
    with open(CONF, "w", encoding="ascii") as file:
        file.write(f"interval_ms = {now_ms // number}\n")


def configure_often():
    """An interval of a second, as by default"""
    with open(CONF, "w", encoding="ascii") as file:
        file.write("interval_ms = 1000\n")


def take_sample():
    """contmond takes one when its interval changes. Before, it must have been a
    long one, too: one of its samples would be taken for this."""
    before = samples()
    configure()
    subprocess.run(["systemctl", "reload", "contmond"], check=True)
    tap.wait_for(lambda: samples() > before)


def listed(id_):
    """The row of a container, in a sample or not; or None"""
    return next(iter(api.rows("containers", container=id_)), None)


class Life:
    """A container that is a plain cgroup, and its one process"""

    count = 0

    def __init__(self):
        Life.count += 1
        self.id = f"{Life.count:04x}{os.getpid():08x}" + "c0" * 26
        self.directory = f"{SLICE}/docker-{self.id}.scope"
        os.mkdir(self.directory)

    def limit(self, bytes_):
        for name, value in (("memory.max", bytes_), ("memory.swap.max", 0)):
            with open(f"{self.directory}/{name}", "w",
                      encoding="ascii") as file:
                file.write(str(value))

    def enter(self):
        with open(f"{self.directory}/cgroup.procs", "w",
                  encoding="ascii") as file:
            file.write(str(os.getpid()))

    def run(self, work):
        """Fork a process into it; sets its exit status as in wait(2), and its
        usage."""
        self.began = time.time()
        pid = os.fork()
        if pid == 0:
            try:
                self.enter()
                os._exit(work())
            finally:
                os._exit(255)
        _, self.status, self.used = os.wait4(pid, 0)
        self.ended = time.time()

    def remove(self):
        os.rmdir(self.directory)


def busy(mib, code):
    """Fill memory, use CPU, and live for a while"""
    def work():
        end = time.monotonic() + LIFE_S
        memory = bytearray(mib * MIB)
        for page in range(0, len(memory), 4096):
            memory[page] = 1
        begin = time.process_time()
        while time.process_time() - begin < CPU_S:
            pass
        time.sleep(max(0, end - time.monotonic()))
        return code
    return work


def ended(ids):
    """{id: [rows]}"""
    found = {}
    for row in api.rows("containers/ended", limit=20000):
        if row["id"] in ids:
            found.setdefault(row["id"], []).append(row)
    return found


def events(ids):
    """{id: [kinds], the oldest first}"""
    found = {}
    for row in reversed(api.rows("events", limit=20000)):
        if row["container_id"] in ids:
            found.setdefault(row["container_id"], []).append(row["kind"])
    return found


def wait_for_ended(ids):
    tap.wait_for(lambda: len(ended(ids)) >= len(ids), 60)
    return ended(ids)


def latency_ms(ask):
    """How long it certainly took: until the last request began whose answer did not
    show it. How long answers take is not part of it."""
    begin = last = time.monotonic()
    while True:
        asked = time.monotonic()
        if ask() or asked - begin > tap.PATIENCE_S:
            return 1000 * (last - begin)
        last = asked
        time.sleep(0.001)


def check_start():
    """Each is listed before a sample has it, and no longer after its end."""
    before = samples()
    seen, gone, rows = [], [], []
    for _ in range(11):
        life = Life()
        seen.append(latency_ms(lambda id_=life.id: listed(id_)))
        row = listed(life.id) or {}
        rows.append((row.get("id") == life.id, row.get("state", ""),
                     row.get("t", "")))
        life.remove()
        gone.append(latency_ms(lambda id_=life.id: not listed(id_)))
    tap.equal(rows, [(True, None, None)] * len(rows),
              "start: the row of each has its id and no numbers")
    tap.equal(samples(), before, "start: all are seen between two samples")
    # The scheduler may keep contmond waiting for some of them.
    for what, latencies in (("in the API", seen), ("no longer in it", gone)):
        latencies.sort()
        tap.note(f"start: {what} after {latencies[0]:.0f} to {latencies[-1]:.0f} ms")
        tap.ok(latencies[len(latencies) // 2] < 100,
               f"start: {what} within 100 ms, half of them at least", latencies)


def wrong(life, row, mib, code):
    """Differences between the record and what the process did"""
    used = life.used.ru_utime + life.used.ru_stime
    if row["exit_code"] != code:
        yield f"exit code {row['exit_code']}, not {code}"
    if not CPU_S * 0.8 <= row["cpu_seconds_total"] <= used + 0.05:
        yield f"CPU {row['cpu_seconds_total']}, not {used}"
    if not mib <= row["memory_peak_bytes"] / MIB <= mib + OTHER_MIB:
        yield f"peak {row['memory_peak_bytes'] / MIB}, not {mib} MiB"
    began, end = row["started_ms"] / 1000, row["ended_ms"] / 1000
    if not life.began - 0.1 <= began <= end <= life.ended + 0.1:
        yield f"{began} to {end}, not {life.began} to {life.ended}"


def check_lives():
    before = samples()
    lives = [(Life(), 4 + i % 5, i % 256) for i in range(NR)]
    for life, mib, code in lives:
        life.run(busy(mib, code))
        life.remove()
    ids = {life.id for life, _, _ in lives}
    rows = wait_for_ended(ids)
    tap.equal(len(rows), NR, "lives: all are recorded")
    tap.equal({len(found) for found in rows.values()}, {1},
              "lives: each is recorded once")
    bad = [(life.id, complaint) for life, mib, code in lives
           for complaint in wrong(life, rows[life.id][0], mib, code)
           if life.id in rows]
    tap.ok(not bad, "lives: each with its process's numbers", bad[:5])
    want = ["container_started", "container_ended"]
    tap.equal([kinds for kinds in events(ids).values() if kinds != want], [],
              "lives: one start and one end event each")
    tap.equal(samples(), before, "lives: no sample was taken meanwhile")


def check_sampled():
    """A sample has it, and it ends long before the next sample."""
    life = Life()
    ours, theirs = os.pipe()

    def work():
        os.close(theirs)
        os.read(ours, 1)
        return busy(4, 0)() or 7

    pid = os.fork()
    if pid == 0:
        life.run(work)
        life.remove()
        os._exit(0)
    tap.wait_for(lambda: proc.read(f"{life.directory}/cgroup.procs"))
    take_sample()
    row = listed(life.id) or {}
    tap.ok(row.get("processes") == 1, "sampled: a sample has it", row)
    os.close(ours)
    os.write(theirs, b"+")
    os.close(theirs)
    os.waitpid(pid, 0)
    rows = wait_for_ended({life.id}).get(life.id, [{}])
    tap.equal((len(rows), rows[0].get("exit_code")), (1, 7),
              "sampled: it ended, with its exit code")
    tap.ok((rows[0].get("cpu_seconds_total") or 0) >= CPU_S * 0.8,
           "sampled: with CPU time after the sample", rows)
    take_sample()
    tap.equal((len(ended({life.id})[life.id]), events({life.id})[life.id]),
              (1, ["container_started", "container_ended"]),
              "sampled: the next sample adds nothing")


def memory_of_victim(id_):
    """What the event of its OOM kill says; None if it says nothing"""
    kill = api.row("events", container=id_, kind="oom_killed")
    return json.loads(kill["detail"] or "{}").get("victim_rss_bytes")


def check_kill():
    limit = 16 * MIB
    life = Life()
    life.limit(limit)

    def work():
        return len(bytearray(os.urandom(MIB)) * 64) and 0
    life.run(work)
    life.remove()
    row = wait_for_ended({life.id}).get(life.id, [{}])[0]
    tap.equal((life.status, row.get("exit_code"), row.get("oom_kills_total")),
              (9, 137, 1), "kill: the record has the OOM kill")
    tap.equal(events({life.id}).get(life.id),
              ["container_started", "oom_killed", "container_ended"],
              "kill: the events are in order")
    memory = memory_of_victim(life.id)
    tap.ok(memory and limit * 3 // 4 <= memory <= limit + OTHER_MIB * MIB,
           "kill: the event has the memory of its process", memory)


def check_real():
    """Docker containers: contmond must report the same ends as the engine."""
    before = samples()
    ids = {}
    for i in range(NR_REAL):
        name = f"{docker.PREFIX}life-{i}"
        docker.remove(name)
        made = docker.ask("POST", f"/containers/create?name={name}", {
            "Image": docker.IMAGE, "Cmd": ["sh", "-c", f"exit {i + 1}"],
            "HostConfig": {"NetworkMode": "none"}})["Id"]
        docker.ask("POST", f"/containers/{made}/start")
        ids[made] = i + 1
    try:
        rows = wait_for_ended(set(ids))
        tap.equal({id_: [row["exit_code"] for row in found]
                   for id_, found in rows.items()},
                  {id_: [code] for id_, code in ids.items()},
                  "real: each is recorded once, with its exit code")
        tap.ok(all(row["cpu_seconds_total"] > 0 and
                   row["memory_peak_bytes"] > 0 and row["started_ms"] and
                   row["ended_ms"] for found in rows.values()
                   for row in found), "real: with their numbers", rows)
        tap.ok(tap.wait_for(lambda: all(
            row["image"] == docker.IMAGE for found in ended(set(ids)).values()
            for row in found)), "real: with the image from the engine")
        tap.equal({tuple(kinds) for kinds in events(set(ids)).values()},
                  {("container_started", "container_ended")},
                  "real: one start and one end event each")
        tap.equal(samples(), before, "real: no sample was taken meanwhile")
    finally:
        for id_ in ids:
            docker.remove(id_)


def check_storm():
    """Too many starts are counted; requests are answered meanwhile."""
    missed = health()["runs_missed_total"]
    pid = os.fork()
    if pid == 0:
        for _ in range(NR_STORM):
            Life().remove()
        os._exit(0)
    answers = []
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        begin = time.monotonic()
        health()
        answers.append(time.monotonic() - begin)
        time.sleep(0.05)
    tap.note(f"storm: {len(answers)} answers, the slowest after "
             f"{1000 * max(answers):.0f} ms")
    tap.ok(len(answers) > 10, "storm: requests are answered", answers)
    take_sample()
    first = Life.count + 1
    ids = {f"{first + i:04x}{pid:08x}" + "c0" * 26 for i in range(NR_STORM)}
    recorded = len(ended(ids))
    missed = health()["runs_missed_total"] - missed
    tap.note(f"storm: {recorded} recorded, {missed} counted as missed")
    tap.ok(recorded + missed >= NR_STORM,
           "storm: each is recorded or counted as missed",
           (recorded, missed))
    tap.ok(recorded >= 100, "storm: many are recorded", recorded)


def leave_driver():
    """contmond reads procfs, until restore()."""
    os.makedirs(DROP_IN, exist_ok=True)
    with open(DROP_IN + "/lives-test.conf", "w", encoding="ascii") as file:
        file.write("[Service]\nEnvironment=CONTMON_SOURCE=procfs\n")
    restart()


def check_without_driver():
    """With inotify. If a cgroup is removed immediately, its files cannot be
    read, so a note says of how many containers the usage is known."""
    leave_driver()
    before = samples()
    lives = []
    for i in range(NR_WITHOUT):
        life = Life()
        life.run(busy(4, 0))
        time.sleep(i % 2 * 0.05)    # as runtimes do
        life.remove()
        lives.append(life)
    ids = {life.id for life in lives}
    rows = wait_for_ended(ids)
    tap.equal(health()["source"], "procfs",
              "without the driver: the source is procfs")
    tap.ok(len(rows) > NR_WITHOUT / 2, "without the driver: most are recorded",
           len(rows))
    tap.equal({len(found) for found in rows.values()}, {1},
              "without the driver: each is recorded once")
    tap.equal(samples(), before,
              "without the driver: no sample was taken meanwhile")
    for key, least in (("cpu_seconds_total", CPU_S * 0.8),
                       ("memory_peak_bytes", 4 * MIB)):
        known = [row[key] for found in rows.values() for row in found
                 if row[key] is not None]
        tap.ok(all(number >= least for number in known),
               f"without the driver: {key}, where it is known", known)
        tap.note(f"without the driver: {len(rows)} of {NR_WITHOUT}, "
                 f"{len(known)} with {key}")


def restart():
    subprocess.run(["systemctl", "daemon-reload"], check=True)
    subprocess.run(["systemctl", "restart", "contmond"], check=True)

    def ready():
        try:
            return health()["samples_total"] >= 1
        except OSError:
            return False
    tap.wait_for(ready)


def restore():
    """As it was installed"""
    for path in (CONF, DROP_IN + "/lives-test.conf"):
        if os.path.exists(path):
            os.unlink(path)
    restart()


def run():
    try:
        configure()
        restart()
        check_start()
        check_lives()
        check_sampled()
        check_kill()
        why = docker.unavailable()
        if why:
            tap.skip("containers of Docker", f"no Docker: {why}")
        else:
            check_real()
        check_storm()
        check_without_driver()
    finally:
        restore()


if __name__ == "__main__":
    tap.main(run)
