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
import rules
import tap

PREFIX = acting.PREFIX

# Burns what it may, and ends by SIGTERM with a status that nothing else gives.
BUSY = "trap 'exit 7' TERM; while :; do :; done"
SHARE = {"NanoCpus": 300_000_000}
IDLE = "trap 'exit 7' TERM; sleep 100000 & wait"

# Burns as long as there is a file /burn.
BURNS = ("trap 'exit 7' TERM; while :; do [ -e /burn ] || sleep 0.5; done")

# Says that it was asked to end, and ends when there is a file /end.
SLOW = ("trap 'echo >>/asked' TERM; while [ ! -e /end ]; do :; done; exit 7")

# With a warning, and again soon: on a busy machine a container can be idle for
# a whole sample, and is spared then.
SHORT = {"warn": "2s", "cool_down": "5s"}


def hog(name, *more, action="stop kill", over_="0.15 until 0.01", for_="3s"):
    """A rule for what burns, of those whose names begin so"""
    lines = [f"select = name {PREFIX}{name}*", f"all = cpu_cores > {over_}",
             f"for = {for_}", f"action = {action}", *more]
    return f"[rule {name}]\n" + "\n".join(lines) + "\n"


TERM = str(int(signal.SIGTERM))


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
    rules.load(hog("stop") + hog("grafana"), dry_run="yes", **SHORT)
    spared = [busy("stop-shielded", Labels={"contmon.protect": "yes"}),
              busy("grafana")]
    for box in spared:
        tap.ok(tap.wait_for(lambda box=box: any(
            one[0] == "protected" for one in rules.finding(box)), step=1),
            f"{box.name}: explain says that it is protected",
            rules.finding(box))
        tap.note(rules.finding(box))
    return spared


def candidates(row):
    return {one["container"]: (one["finding"], one["why"])
            for one in json.loads(row["detail"])["candidates"]}


def check_stop():
    spared = check_protected()
    idle = acting.Box("stop-idle", IDLE)
    box = busy("stop-busy")
    row = rules.wait_for_state(box, "acted")
    tap.equal(row["dry_run"], 1, "dry run: it would be stopped")
    tap.ok(runs(box), "dry run: it still runs")
    tap.ok("planned warned acted" in rules.states(box), "dry run: its states",
           rules.describe(box))
    rules.load(hog("stop") + hog("grafana"), **SHORT)

    end = tap.wait_for(lambda: next(
        (row for row in rules.audit(box)
         if row["state"] in ("verified", "failed")), None))
    real = [row for row in rules.audit(box) if end and
            row["decision"] == end["decision"]]
    if not tap.equal(" ".join(row["state"] for row in real), rules.WARNED,
                     "it is stopped, with all states"):
        tap.note(rules.describe(box))
    tap.equal({(row["rule_hash"], row["action"]) for row in rules.audit(box)},
              {(row["rule_hash"], row["action"])},
              "dry run: it decides the same")
    tap.equal(box.state()["ExitCode"], 7, "its handler of SIGTERM ran")
    tap.ok(all(runs(one) for one in [*spared, idle]), "no other is stopped")
    tap.equal([rules.states(one) for one in [*spared, idle]], [[], [], []],
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
    store = sqlite3.connect(f"file:{rules.STORE}?mode=ro", uri=True)

    def deletions():
        return store.execute("SELECT reason FROM deletions WHERE container_id"
                             " = ?", (box.id,)).fetchall()
    tap.wait_for(deletions, 10)
    tap.equal(deletions(), [(rows[0]["reason"],)],
              "the view deletions has it, and why")
    store.close()


def check_spike():
    rules.load(hog("spike", over_="0.15", for_="2m"))
    box = busy("spike", BURNS)
    for _ in range(2):
        touch(box, "burn")
        tap.wait_for(lambda: rules.over("spike") == 1)
        tap.equal(rules.over("spike"), 1, "a spike is seen")
        os.remove(f"/proc/{box.pid}/root/burn")
        tap.wait_for(lambda: rules.over("spike") == 0)
    tap.equal(rules.states(box), [], "a short spike is no reason to act")
    tap.ok(runs(box), "it runs")
    docker.remove(box.id)


def check_veto():
    rules.load(hog("veto"), warn="10m")
    box = busy("veto")
    row = rules.wait_for_state(box, "warned")
    done = subprocess.run(["contmon", "policy", "veto", row["decision"]],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    tap.equal(done.returncode, 0, "a veto succeeds")
    tap.note(done.stdout.strip())
    rules.ends_as(box, "planned warned vetoed", "it is vetoed")
    tap.ok("root" in rules.audit(box)[-1]["reason"],
           "and the audit says by whom", rules.audit(box)[-1])
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
    rules.load(hog(kind, "grace = 5m"))
    box = busy(kind, SLOW)
    tap.ok(tap.wait_for(lambda: asked(box)), f"{kind}: it is asked to end")
    kill()
    tap.ok(runs(box), f"{kind}: it still runs")
    tap.equal(rules.states(box), ["planned acted"], f"{kind}: no end yet")
    touch(box, "end")
    rules.ends_as(box, rules.DONE, f"{kind}: its decision gets its end, once")
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
    rules.load(types + f"[rule newest]\nselect = name {PREFIX}newest-*\n"
         "keep_newest = 1\nper = type\naction = stop kill remove\n")
    for box in made[:3]:
        rules.ends_as(box, rules.DONE,
                      f"{box.name}: not the newest of its type")
        tap.ok(not box.exists(), f"{box.name}: it is removed")
    tap.equal([rules.audit(box)[0]["action"] for box in made[:3]],
              ["remove"] + 2 * ["stop kill remove"],
              "what has ended is only removed")
    tap.ok(all(runs(box) for box in made[3:]), "the newest of each type run")
    tap.equal([rules.states(box) for box in made[3:]], [[], []],
              "and nothing was decided about them")
    for box in made[3:]:
        docker.remove(box.id)


def check_pause():
    rules.load(hog("pause", "hold = 30s", action="pause"))
    box = busy("pause")
    tap.ok(tap.wait_for(lambda: box.state()["Status"] == "paused"),
           "it is paused")
    rules.ends_as(box, rules.DONE, "the pause is verified")
    tap.ok(tap.wait_for(lambda: box.state()["Status"] == "running"),
           "the pause ends")
    docker.remove(box.id)


def check_limit():
    rules.load(hog("limit", "hold = 30s", "limit_cpu_cores = 0.1",
                   action="limit"))
    box = busy("limit")
    before = box.file("cpu.max")
    rules.ends_as(box, rules.DONE, "the limit is verified")
    tap.ok(tap.wait_for(lambda: box.file("cpu.max") == before),
           "the limit ends")
    docker.remove(box.id)


def check_restart():
    rules.load(hog("restart", action="restart"))
    box = busy("restart")
    rules.ends_as(box, rules.DONE, "the restart is verified")
    tap.ok(runs(box) and acting.engine_ms(box.state()["StartedAt"]) !=
           box.started_ms, "it was started again")
    docker.remove(box.id)


def check_remove():
    """What has ended, but not with a volume that nobody else has"""
    rules.load(f"[rule old]\nselect = name {PREFIX}old*, state exited\n"
         "all = ended_seconds > 3s\naction = remove\n")
    old = acting.Box("old", IDLE)
    keeper = acting.Box("old-volume", IDLE, Volumes={"/data": {}})
    other = acting.Box("old-runs", IDLE)
    for box in old, keeper:
        docker.ask("POST", f"/containers/{box.id}/kill")
    rules.ends_as(old, rules.DONE, "what has ended is removed")
    tap.ok(not old.exists(), "its engine says so")
    tap.equal(rules.states(keeper), [],
              "one with an anonymous volume is spared")
    tap.ok(keeper.exists(), "it is there")
    tap.equal(rules.states(other), [], "one that runs is none")


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
        rules.clear()
        acting.set_engine()


if __name__ == "__main__":
    tap.main(run)
