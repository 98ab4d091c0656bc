#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""From a rule file to a container that was stopped: contmond with rules, and
contmon-engine, which may act, on real containers of Docker."""

import json
import os
import signal
import sqlite3
import subprocess
import time

import acting
import api
import boxes
import docker
import tap

FOLDER = "/etc/contmon/policy.d"
RULES = f"{FOLDER}/test.conf"
STORE = "/var/lib/contmon/contmond.db"
PREFIX = acting.PREFIX

# Burns what it may, and ends by SIGTERM with a status that nothing else gives.
BUSY = "trap 'exit 7' TERM; while :; do :; done"
SHARE = {"NanoCpus": 300_000_000}
IDLE = "trap 'exit 7' TERM; sleep 100000 & wait"

# Burns as long as there is a file /burn.
BURNS = ("trap 'exit 7' TERM; while :; do [ -e /burn ] || sleep 0.5; done")

# Says that it was asked to end, and ends when there is a file /end.
SLOW = ("trap 'echo >>/asked' TERM; while [ ! -e /end ]; do :; done; exit 7")

POLICY = {"dry_run": "no", "budget_per_minute": "60",
          "budget_per_hour": "1000", "cool_down": "1h", "warn": "0s",
          "min_age": "1s"}

# With a warning, and again soon: on a busy machine a container can be idle for
# a whole sample, and is spared then.
SHORT = {"warn": "2s", "cool_down": "5s"}


# Rules

def load(rules, **settings):
    """Have contmond use these rules"""
    os.makedirs(FOLDER, exist_ok=True)
    with open(RULES, "w", encoding="ascii") as file:
        file.write("[policy]\n")
        for key, value in {**POLICY, **settings}.items():
            file.write(f"{key} = {value}\n")
        file.write(rules)
    checked = json.loads(boxes.out("contmon", "policy", "check", "--json"))
    hashes = [rule["hash"] for rule in checked["rules"]]
    is_dry = int(settings.get("dry_run") == "yes")
    boxes.out("systemctl", "reload", "contmond")

    def is_used():
        rows = api.rows("policy")
        return ([row["rule_hash"] for row in rows] == hashes and
                {row["dry_run"] for row in rows} <= {is_dry})
    tap.ok(tap.wait_for(is_used), "contmond uses the rules", rules)


def hog(name, *more, action="stop kill", over_="0.15 until 0.01", for_="3s"):
    """A rule for what burns, of those whose names begin so"""
    lines = [f"select = name {PREFIX}{name}*", f"all = cpu_cores > {over_}",
             f"for = {for_}", f"action = {action}", *more]
    return f"[rule {name}]\n" + "\n".join(lines) + "\n"


def clear():
    if os.path.exists(RULES):
        os.remove(RULES)
    boxes.out("systemctl", "reload", "contmond")


# What was decided

def audit(box):
    """Rows of a container, the oldest first"""
    return api.rows("audit", container=box.id, limit=20000)[::-1]


def states(box):
    """Of its decisions, each as a text"""
    found = {}
    for row in audit(box):
        found.setdefault(row["decision"], []).append(row["state"])
    return [" ".join(one) for one in found.values()]


def wait_for_state(box, state):
    """Its row, or None"""
    def reached():
        return next((row for row in audit(box) if row["state"] == state), None)
    return tap.wait_for(reached)


TERM = str(int(signal.SIGTERM))
DONE = "planned acted verified"
WARNED = "planned warned acted verified"
ENDS = "verified", "failed", "vetoed", "expired", "spared", "gone"


def ends_as(box, want, what):
    """Its one decision"""
    tap.wait_for(lambda: any(row["state"] in ENDS for row in audit(box)))
    good = tap.equal(states(box), [want], what)
    if not good:
        tap.note(describe(box))
    return good


def describe(box):
    return "\n# ".join(f"{row['decision']} {row['state']}: {row['reason']}"
                       for row in audit(box))


def over(rule):
    return next(row["over"] for row in api.rows("policy")
                if row["rule"] == rule)


def finding(box):
    """What each rule says of it, by the command line"""
    shown = subprocess.run(
        ["contmon", "policy", "explain", "--json", "-o",
         "container,rule,finding,reason", box.name], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    rows = json.loads(shown.stdout)["rows"] if shown.stdout else []
    return [(row["finding"], row["reason"]) for row in rows]


def asked(box):
    """How often SIGTERM came"""
    path = f"/proc/{box.pid}/root/asked"
    return os.path.getsize(path) if os.path.exists(path) else 0


def touch(box, name):
    with open(f"/proc/{box.pid}/root/{name}", "wb"):
        pass


def busy(kind, script=BUSY, **more):
    return acting.Box(kind, script, HostConfig=dict(SHARE), **more)


def runs(box):
    return box.state()["Running"]


# Checks

def check_protected():
    """Those that are protected are found first, and the others beside them."""
    load(hog("stop") + hog("grafana"), dry_run="yes", **SHORT)
    spared = [busy("stop-shielded", Labels={"contmon.protect": "yes"}),
              busy("grafana")]
    for box in spared:
        tap.ok(tap.wait_for(lambda box=box: any(
            one[0] == "protected" for one in finding(box)), step=1),
            f"{box.name}: explain says that it is protected", finding(box))
        tap.note(finding(box))
    return spared


def candidates(row):
    return {one["container"]: (one["finding"], one["why"])
            for one in json.loads(row["detail"])["candidates"]}


def check_stop():
    spared = check_protected()
    idle = acting.Box("stop-idle", IDLE)
    box = busy("stop-busy")
    row = wait_for_state(box, "acted")
    tap.equal(row["dry_run"], 1, "dry run: it would be stopped")
    tap.ok(runs(box), "dry run: it still runs")
    tap.ok("planned warned acted" in states(box), "dry run: its states",
           describe(box))
    load(hog("stop") + hog("grafana"), **SHORT)

    end = tap.wait_for(lambda: next(
        (row for row in audit(box) if row["state"] in ("verified", "failed")),
        None))
    real = [row for row in audit(box) if end and
            row["decision"] == end["decision"]]
    if not tap.equal(" ".join(row["state"] for row in real), WARNED,
                     "it is stopped, with all states"):
        tap.note(describe(box))
    tap.equal({(row["rule_hash"], row["action"]) for row in audit(box)},
              {(row["rule_hash"], row["action"])},
              "dry run: it decides the same")
    tap.equal(box.state()["ExitCode"], 7, "its handler of SIGTERM ran")
    tap.ok(all(runs(one) for one in [*spared, idle]), "no other is stopped")
    tap.equal([states(one) for one in [*spared, idle]], [[], [], []],
              "nor is there a decision about another")
    shown = candidates(real[0])
    tap.note(shown)
    tap.equal(shown[spared[0].name][0], "protected",
              "the audit says that one is protected")
    tap.equal(shown[idle.name][0], "not_over", "and that one is not over")
    check_shown(box, real)
    for one in [*spared, idle]:
        docker.remove(one.id)


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
    store = sqlite3.connect(f"file:{STORE}?mode=ro", uri=True)

    def deletions():
        return store.execute("SELECT reason FROM deletions WHERE container_id"
                             " = ?", (box.id,)).fetchall()
    tap.wait_for(deletions, 10)
    tap.equal(deletions(), [(rows[0]["reason"],)],
              "the view deletions has it, and why")
    store.close()


def check_spike():
    load(hog("spike", over_="0.15", for_="2m"))
    box = busy("spike", BURNS)
    for _ in range(2):
        touch(box, "burn")
        tap.wait_for(lambda: over("spike") == 1)
        tap.equal(over("spike"), 1, "a spike is seen")
        os.remove(f"/proc/{box.pid}/root/burn")
        tap.wait_for(lambda: over("spike") == 0)
    tap.equal(states(box), [], "a short spike is no reason to act")
    tap.ok(runs(box), "it runs")
    docker.remove(box.id)


def check_veto():
    load(hog("veto"), warn="10m")
    box = busy("veto")
    row = wait_for_state(box, "warned")
    done = subprocess.run(["contmon", "policy", "veto", row["decision"]],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    tap.equal(done.returncode, 0, "a veto succeeds")
    tap.note(done.stdout.strip())
    ends_as(box, "planned warned vetoed", "it is vetoed")
    tap.ok("root" in audit(box)[-1]["reason"], "and the audit says by whom",
           audit(box)[-1])
    tap.ok(runs(box), "it runs")
    docker.remove(box.id)


def signals(box, since):
    """That its engine has sent it"""
    return boxes.out("docker", "events", "--since", str(since), "--until",
                     str(int(time.time()) + 1), "--filter",
                     f"container={box.id}", "--filter", "event=kill",
                     "--format", "{{.Actor.Attributes.signal}}").split()


def check_killed(kind, kill):
    """One of the two programs is killed while a container takes its time to
    end. Returns the signals that it got."""
    since = int(time.time())
    load(hog(kind, "grace = 5m"))
    box = busy(kind, SLOW)
    tap.ok(tap.wait_for(lambda: asked(box)), f"{kind}: it is asked to end")
    kill()
    tap.ok(runs(box), f"{kind}: it still runs")
    tap.equal(states(box), ["planned acted"], f"{kind}: no end yet")
    touch(box, "end")
    ends_as(box, DONE, f"{kind}: its decision gets its end, once")
    tap.equal(box.state()["ExitCode"], 7, f"{kind}: it ended by itself")
    return signals(box, since)


def check_engine_killed():
    """contmon-engine goes on with the step in which it was killed."""
    sent = check_killed("engine-dies", acting.kill_engine)
    tap.equal(set(sent), {TERM}, "engine-dies: it is not killed")


def kill_contmond():
    def pid():
        return int(boxes.out("systemctl", "show", "-P", "MainPID", "contmond"))
    old = pid()
    os.kill(old, signal.SIGKILL)
    tap.wait_for(lambda: pid() not in (0, old))

    def answers():
        try:
            return api.rows("policy") and api.row("health")["samples_total"]
        except (OSError, RuntimeError):
            return False
    tap.ok(tap.wait_for(answers), "contmond is there again")


def check_contmond_killed():
    sent = check_killed("daemon-dies", kill_contmond)
    tap.equal(sent, [TERM], "daemon-dies: it was asked once")


def check_newest():
    """The older ones of each type, whether they run or have ended"""
    types = "".join(f"[type {one}]\nmatch = label kind={one}\n"
                    for one in ("a", "b"))
    made = [acting.Box(f"newest-{i}", IDLE, Labels={"kind": "ab"[i % 2]})
            for i in range(5)]
    docker.ask("POST", f"/containers/{made[0].id}/kill")
    load(types + f"[rule newest]\nselect = name {PREFIX}newest-*\n"
         "keep_newest = 1\nper = type\naction = stop kill remove\n")
    for box in made[:3]:
        ends_as(box, DONE, f"{box.name}: not the newest of its type")
        tap.ok(not box.exists(), f"{box.name}: it is removed")
    tap.equal([audit(box)[0]["action"] for box in made[:3]],
              ["remove"] + 2 * ["stop kill remove"],
              "what has ended is only removed")
    tap.ok(all(runs(box) for box in made[3:]), "the newest of each type run")
    tap.equal([states(box) for box in made[3:]], [[], []],
              "and nothing was decided about them")
    for box in made[3:]:
        docker.remove(box.id)


def check_pause():
    load(hog("pause", "hold = 30s", action="pause"))
    box = busy("pause")
    tap.ok(tap.wait_for(lambda: box.state()["Status"] == "paused"),
           "it is paused")
    ends_as(box, DONE, "the pause is verified")
    tap.ok(tap.wait_for(lambda: box.state()["Status"] == "running"),
           "the pause ends")
    docker.remove(box.id)


def check_limit():
    load(hog("limit", "hold = 30s", "limit_cpu_cores = 0.1", action="limit"))
    box = busy("limit")
    before = box.file("cpu.max")
    ends_as(box, DONE, "the limit is verified")
    tap.ok(tap.wait_for(lambda: box.file("cpu.max") == before),
           "the limit ends")
    docker.remove(box.id)


def check_restart():
    load(hog("restart", action="restart"))
    box = busy("restart")
    ends_as(box, DONE, "the restart is verified")
    tap.ok(runs(box) and acting.engine_ms(box.state()["StartedAt"]) !=
           box.started_ms, "it was started again")
    docker.remove(box.id)


def check_remove():
    """What has ended, but not with a volume that nobody else has"""
    load(f"[rule old]\nselect = name {PREFIX}old*, state exited\n"
         "all = ended_seconds > 3s\naction = remove\n")
    old = acting.Box("old", IDLE)
    keeper = acting.Box("old-volume", IDLE, Volumes={"/data": {}})
    other = acting.Box("old-runs", IDLE)
    for box in old, keeper:
        docker.ask("POST", f"/containers/{box.id}/kill")
    ends_as(old, DONE, "what has ended is removed")
    tap.ok(not old.exists(), "its engine says so")
    tap.equal(states(keeper), [], "one with an anonymous volume is spared")
    tap.ok(keeper.exists(), "it is there")
    tap.equal(states(other), [], "one that runs is none")


CHECKS = [check_newest, check_remove, check_engine_killed,
          check_contmond_killed, check_pause, check_limit, check_restart,
          check_veto, check_stop, check_spike]


def run():
    why = docker.unavailable()
    if why:
        tap.skip("policies", why)
        return
    try:
        acting.set_engine(*acting.WIDE)
        for check in CHECKS:
            began = time.monotonic()
            check()
            tap.note(f"{check.__name__}: {time.monotonic() - began:.0f} s")
    finally:
        acting.remove_all()
        clear()
        acting.set_engine()


if __name__ == "__main__":
    tap.main(run)
