#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""From a rule file to a container that was stopped: contmond with rules, and
contmon-engine, which may act, on real containers of Docker and Podman."""

import json
import os
import shutil
import signal
import subprocess
import time

import acting
import acting_podman
import api
import boxes
import docker
import rules
import tap

PREFIX = acting.PREFIX
TERM = str(int(signal.SIGTERM))

# All end by SIGTERM with a status that nothing else gives.
IDLE = "trap 'exit 7' TERM; sleep 100000 & wait"
MANY = "trap 'exit 7' TERM; sleep 100000 & sleep 100000 & wait"
BUSY = "trap 'exit 7' TERM; while :; do :; done"

# Burns for 2 s, each time that there is a file /burn.
SPIKES = ("trap 'exit 7' TERM; while :; do [ ! -e /burn ] || { rm /burn; "
          "while :; do :; done & sleep 2; kill $!; }; sleep 0.5; done")

# Ends when there is a file /end; without it when it is started again
AGAIN = ("trap 'exit 7' TERM; rm -f /end; sleep 100000 & sleep 100000 & "
         "while [ ! -e /end ]; do sleep 0.5; done; exit 3")

# Says that it was asked to end, and ends when there is a file /end.
SLOW = ("trap 'echo >>/asked' TERM; sleep 100000 & sleep 100000 & "
        "while [ ! -e /end ]; do sleep 0.5; done; exit 7")

# With a warning, and again soon: on a busy machine a container can be idle for
# a whole sample, and is spared then.
SHORT = {"warn": "2s", "cool_down": "5s"}


# Rules

def rule(name, *lines, of=None):
    """A rule for the containers whose names begin so"""
    return "\n".join([f"[rule {name}]", f"select = name {PREFIX}{of or name}*",
                      *lines, ""])


def many(name, action, *lines):
    """A rule for what has many processes; those with MANY and SLOW do."""
    return rule(name, "all = pids_current > 2", f"action = {action}", *lines)


def hog(name, *lines, action="stop kill", until=" until 0.01", of=None):
    """A rule for what burns"""
    return rule(name, f"all = cpu_cores > 0.15{until}", "for = 10s",
                f"action = {action}", *lines, of=of)


KINDS = (many("pause", "pause", "hold = 30s") +
         many("limit", "limit", "hold = 30s", "limit_cpu_cores = 0.1") +
         many("restart", "restart") +
         many("veto", "stop kill", "warn = 10m") +
         many("reused", "kill", "warn = 10m") +
         many("rerun", "stop kill", "warn = 10m") +
         rule("old", "select = state exited", "all = ended_seconds > 3s",
              "action = remove") +
         "".join(f"[type {one}]\nmatch = label kind={one}\n" for one in "ab") +
         rule("newest", "keep_newest = 1", "per = type",
              "action = stop kill remove"))


# Containers

def asked(box):
    """How often SIGTERM came"""
    path = f"/proc/{box.pid}/root/asked"
    return os.path.getsize(path) if os.path.exists(path) else 0


def touch(box, name):
    with open(f"/proc/{box.pid}/root/{name}", "wb"):
        pass


def busy(kind, script=BUSY, **more):
    return acting.Box(kind, script, HostConfig={"NanoCpus": 300_000_000},
                      **more)


def runs(box):
    return box.state()["Running"]


def end(box):
    docker.ask("POST", f"/containers/{box.id}/kill")


def engine_events(box, since, event, what="Action"):
    """That the engine has had of it"""
    return boxes.out("docker", "events", "--since", str(since), "--until",
                     str(int(time.time()) + 1), "--filter",
                     f"container={box.id}", "--filter", f"event={event}",
                     "--format", "{{.%s}}" % what).split()


def signals(box, since):
    return engine_events(box, since, "kill", "Actor.Attributes.signal")


# Each kind of rule; returns {container: rule} of those that it acts on

def make_all():
    """Before there are rules, which could be faster than a container that does
    not handle signals yet"""
    made = {kind: acting.Box(kind, MANY)
            for kind in ("pause", "limit", "restart", "veto", "reused")}
    for i in range(4):
        made[f"newest-{i}"] = acting.Box(f"newest-{i}", IDLE,
                                         Labels={"kind": "ab"[i % 2]})
    made["rerun"] = acting.Box("rerun", AGAIN, HostConfig={
        "RestartPolicy": {"Name": "always"}})
    made["old"] = acting.Box("old", IDLE)
    made["old-volume"] = acting.Box("old-volume", IDLE, Volumes={"/data": {}})
    for kind in "newest-0", "old", "old-volume":
        docker.ask("POST", f"/containers/{made[kind].id}/kill")
    return made


def check_holds(made, since, limits):
    pause, limit = made["pause"], made["limit"]
    for box in pause, limit:
        rules.wait_for_state(box, "restored")
        rules.ends_as(box, f"{rules.DONE} restored",
                      f"the {box.name} is verified, and its end is audited")
    tap.ok(rules.wait_for(lambda: engine_events(pause, since, "unpause")),
           "the pause ends")
    tap.equal(pause.state()["Status"], "running", "its engine says so")
    tap.equal(limits.all(), ["max 100000", "10000 100000", "max 100000"],
              "the limit ends")
    return {pause: "pause", limit: "limit"}


def check_newest(made):
    """The older ones of each type, whether they run or have ended"""
    older = [made["newest-0"], made["newest-1"]]
    for box in older:
        rules.ends_as(box, rules.DONE,
                      f"{box.name}: not the newest of its type")
        tap.ok(not box.exists(), f"{box.name}: it is removed")
    tap.equal([rules.audit(box)[0]["action"] for box in older],
              ["remove", "stop kill remove"], "what has ended is only removed")
    tap.ok(runs(made["newest-2"]) and runs(made["newest-3"]),
           "the newest of each type run")
    return {box: "newest" for box in older}


def check_remove(made):
    """What has ended, but not with a volume that nobody else has"""
    old, keeper = made["old"], made["old-volume"]
    rules.ends_as(old, rules.DONE, "what has ended is removed")
    tap.ok(not old.exists(), "its engine says so")
    tap.equal(rules.states(keeper), [],
              "one with an anonymous volume is spared")
    tap.ok(keeper.exists(), "it is there")
    return {old: "old"}


def check_restart(made):
    box = made["restart"]
    rules.ends_as(box, rules.DONE, "the restart is verified")
    tap.ok(runs(box) and acting.engine_ms(box.state()["StartedAt"]) !=
           box.started_ms, "it was started again")
    return {box: "restart"}


def check_veto(made):
    box = made["veto"]
    row = rules.wait_for_state(box, "warned")
    done = subprocess.run(["contmon", "policy", "veto", row["decision"]],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    tap.equal(done.returncode, 0, "a veto succeeds")
    tap.note(done.stdout.strip())
    rules.ends_as(box, "planned warned vetoed", "it is vetoed")
    tap.equal(rules.audit(box)[-1]["reason"], "vetoed by user 0",
              "and the audit says by whom")
    tap.ok(runs(box), "it runs")
    return {box: "veto"}


def take_pid(pid):
    """A process with this id, or None if others are always faster"""
    for _ in range(1000):
        with open("/proc/sys/kernel/ns_last_pid", "w",
                  encoding="ascii") as file:
            file.write(str(pid - 1))
        # pylint: disable=consider-using-with
        process = subprocess.Popen(["sleep", "100000"])
        if process.pid == pid:
            return process
        process.kill()
        process.wait()
    return None


def check_reused(made):
    """Another one with the name of one that a decision is about, and with its
    first process's id"""
    box = made["reused"]
    rules.wait_for_state(box, "warned")
    docker.remove(box.id)
    tap.wait_for(lambda: not os.path.exists(f"/proc/{box.pid}"))
    process = take_pid(box.pid)
    other = acting.Box("reused", MANY)
    try:
        if tap.ok(process, "the id of its process is used again"):
            with open(f"{other.directory}/cgroup.procs", "w",
                      encoding="ascii") as file:
                file.write(str(process.pid))
        rules.ends_as(box, "planned warned gone", "one that is gone is none")
        tap.note(rules.audit(box)[-1]["reason"])
        tap.ok(rules.wait_for(lambda: any(
            one[0] == "cooling" for one in rules.finding(other))),
            "one with its name and process id is another",
            rules.finding(other))
        tap.ok(runs(other) and process and process.poll() is None, "it runs")
    finally:
        docker.remove(other.id)
        if process:
            process.kill()
            process.wait()
    return {box: "reused"}


def check_rerun(made):
    """Its restart policy starts it again while a decision waits."""
    box = made["rerun"]
    rules.wait_for_state(box, "warned")
    touch(box, "end")
    rules.ends_as(box, "planned warned gone",
                  "one that its engine has started again is another")
    tap.note(rules.audit(box)[-1]["reason"])
    tap.ok(tap.wait_for(lambda: runs(box)), "it runs")
    return {box: "rerun"}


def check_kinds():
    """Each rule acts on its container, and no rule on another."""
    since = time.time()
    made = tap.timed(make_all)
    limits, acted = acting.Values(made["limit"], "cpu.max"), {}
    rules.load(KINDS)
    for check in (check_newest, check_remove, check_restart, check_veto,
                  check_reused, check_rerun):
        acted.update(tap.timed(check, made))
    acted.update(tap.timed(check_holds, made, int(since), limits))
    acted.update(tap.timed(check_killed))
    acted.update(tap.timed(check_frozen))
    want = {(box.id, name) for box, name in acted.items()}
    rows = [row for row in api.rows("audit", limit=20000)
            if row["t"] >= since * 1000]
    tap.equal({(row["container_id"], row["rule"]) for row in rows}, want,
              "no rule acts on another container")
    tap.equal(len({row["decision"] for row in rows}), len(want),
              "and each only once, although contmond was killed")
    acting.remove_all()


# Programs that are killed

def kill_contmond():
    def pid():
        return int(boxes.out("systemctl", "show", "-P", "MainPID", "contmond"))
    old = pid()
    os.kill(old, signal.SIGKILL)
    rules.wait_for(lambda: pid() not in (0, old))

    def answers():
        try:
            return api.rows("policy") and api.row("health")["samples_total"]
        except (OSError, RuntimeError):
            return False
    tap.ok(rules.wait_for(answers), "contmond is there again")


def let_end(box):
    """It must end by itself, with one decision."""
    tap.ok(runs(box), f"{box.name}: it still runs")
    tap.equal(rules.states(box), ["planned acted"], f"{box.name}: no end yet")
    touch(box, "end")
    rules.ends_as(box, rules.DONE,
                  f"{box.name}: its decision gets its end, once")
    tap.equal(box.state()["ExitCode"], 7, f"{box.name}: it ended by itself")


def check_killed():
    """contmond and contmon-engine, while containers take their time to end"""
    since = int(time.time())
    made = [acting.Box(f"dies-{i}", SLOW) for i in range(2)]
    rules.load(KINDS + many("dies", "stop kill", "grace = 30m"))
    for box in made:
        tap.ok(tap.wait_for(lambda box=box: asked(box)),
               f"{box.name}: it is asked to end")
    kill_contmond()
    let_end(made[0])
    tap.equal(signals(made[0], since), [TERM],
              f"{made[0].name}: it was asked once")
    acting.kill_engine()
    let_end(made[1])
    tap.equal(set(signals(made[1], since)), {TERM},
              f"{made[1].name}: it is not killed")
    return {box: "dies" for box in made}


def check_frozen():
    """An engine that gives no answer while a decision is due"""
    since = int(time.time())
    box = acting.Box("frozen", MANY)
    rules.load(KINDS + many("frozen", "stop kill", "warn = 20s"))
    rules.wait_for_state(box, "warned")
    pid = int(boxes.out("systemctl", "show", "-P", "MainPID", "docker"))
    os.kill(pid, signal.SIGSTOP)
    try:
        acted = rules.wait_for_state(box, "acted")
    finally:
        os.kill(pid, signal.SIGCONT)
    tap.ok(acted, f"{box.name}: its decision is not forgotten",
           rules.describe(box))
    rules.ends_as(box, rules.WARNED, f"{box.name}: it is stopped when its "
                  "engine answers again")
    tap.equal(signals(box, since), [TERM], f"{box.name}: once")
    return {box: "frozen"}


# What burns

def check_spike(box):
    def is_seen():
        cores = api.containers().get(box.name, {}).get("cpu_cores")
        return cores is not None and cores > 0.15

    def spikes():
        touch(box, "burn")
        return tap.wait_for(is_seen, 20)
    tap.ok(rules.wait_for(spikes), "a spike of 2 s is seen")
    rules.wait_for(lambda: rules.over("spike") == 0)


def candidates(row):
    return {one["container"]: (one["finding"], one["why"])
            for one in json.loads(row["detail"])["candidates"]}


def check_dry_run(box):
    tap.ok(rules.wait_for(lambda: "planned warned acted" in
                          rules.states(box)), "dry run: its states",
           rules.describe(box))
    tap.equal({row["dry_run"] for row in rules.audit(box)}, {1},
              "dry run: it would be stopped")
    tap.ok(runs(box), "dry run: it still runs")


def check_wanted(box):
    """Three rules want it at the same tick."""
    rows = rules.audit(box)
    first = {row["rule"]: row["t"] for row in rows[::-1]
             if row["state"] == "planned"}
    tap.equal(first, dict.fromkeys(("say", "stop"), rows[0]["t"]),
              "a notice of it does not keep it, but the first action does")


def last_decision(box):
    """Its rows, when it has ended"""
    def mine():
        return [row for row in rules.audit(box) if row["rule"] == "stop"]
    last = rules.wait_for(lambda: next(
        (row for row in mine() if row["state"] in ("verified", "failed")),
        None))
    return [row for row in mine()
            if last and row["decision"] == last["decision"]]


def check_stop():
    """First dry, then real"""
    stop = (hog("say", "cool_down = 1h", action="notify", of="stop-busy") +
            hog("stop") + hog("late", action="kill", of="stop-busy") +
            hog("spike", until=""))
    idle, box = acting.Box("stop-idle", IDLE), busy("stop-busy")
    shielded = busy("stop-shielded", Labels={"contmon.protect": "yes"})
    spike = busy("spike", SPIKES)
    rules.load(stop, dry_run="yes", **SHORT)
    check_spike(spike)
    tap.ok(rules.wait_for(lambda: any(
        one[0] == "protected" for one in rules.finding(shielded))),
        "explain says that one is protected", rules.finding(shielded))
    check_dry_run(box)
    check_wanted(box)
    rules.load(stop, **SHORT)

    rows = last_decision(box)
    if not tap.equal(" ".join(row["state"] for row in rows), rules.WARNED,
                     "it is stopped, with all states"):
        tap.note(rules.describe(box))
    tap.equal({(row["rule_hash"], row["action"]) for row in rules.audit(box)
               if row["rule"] == "stop"},
              {(rows[0]["rule_hash"], rows[0]["action"])},
              "dry run: it decides the same")
    tap.equal(box.state()["ExitCode"], 7, "its handler of SIGTERM ran")
    check_others([shielded, idle, spike], candidates(rows[0]))
    check_shown(box, rows)


def check_others(others, shown):
    tap.ok(all(runs(one) for one in others), "no other is stopped")
    tap.equal([rules.states(one) for one in others], [[]] * len(others),
              "nor is there a decision about another, or about a spike")
    tap.note(shown)
    # The load of the protected one may have been below the limit for a moment
    tap.ok(shown[others[0].name][0] in ("protected", "too_brief") and
           shown[others[1].name][0] == "not_over", "the audit says of each why")


def check_shown(box, rows):
    """The same by the command line and by SQL"""
    logged = json.loads(boxes.out("contmon", "policy", "log", "--json",
                                  box.name))["rows"]
    decision = rows[0]["decision"]
    tap.equal([row["state"] for row in logged
               if row["decision"] == decision],
              [row["state"] for row in rows], "contmon policy log shows it")
    steps = json.loads(rows[-1]["detail"]).get("steps")
    tap.equal([(one["step"], one["result"]) for one in steps or []],
              [("stop", "done"), ("kill", "skipped")],
              "the audit has the engine's answers")
    rules.wait_for(lambda: box.id in rules.deletions())
    tap.equal(rules.deletions().get(box.id), [rows[0]["reason"]],
              "the view deletions has it, and why")


# Podman

def check_podman():
    if not shutil.which("podman"):
        tap.skip("rules for Podman", "it is not installed")
        return
    with acting_podman.podman():
        box = acting_podman.PodmanBox("podman", MANY)
        other = acting_podman.PodmanBox("podman-idle", IDLE)
        rules.load(many("podman", "stop kill"))
        rules.ends_as(box, rules.DONE, "Podman's container is stopped")
        tap.equal(box.state()["ExitCode"], 7, "its handler of SIGTERM ran")
        tap.ok(runs(other) and not rules.states(other), "the other one runs")


def run():
    why = docker.unavailable()
    if why:
        tap.skip("policies", why)
        return
    try:
        acting.set_engine(*acting.WIDE)
        for check in (check_kinds, check_stop, check_podman):
            tap.timed(check)
    finally:
        acting.remove_all()
        rules.clear()
        acting.set_engine()


if __name__ == "__main__":
    tap.main(run)
