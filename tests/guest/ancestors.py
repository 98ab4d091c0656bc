#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The shipped presets, made real, on what contmon load makes with real Docker,
ten containers of four types in each round: the newest of each type stays, and
so does Grafana, and so many of each class as must."""

import collections
import json
import os
import shutil
import signal
import threading
import time

import acting
import boxes
import docker
import load
import proc
import rules
import tap

MIX = {"cpu": 3, "disk": 2, "io": 2, "ram": 3}
TYPES = list(MIX)
TEN = sum(MIX.values())
ROUNDS = 3
GRAFANA = "grafana/grafana"
MIB = docker.MIB

# More memory than the presets allow, and a command like that of the type cpu
SCRIPT = (f"head -c {64 * MIB} /dev/zero | tail -c {64 * MIB} | "
          "sleep 100000")
COMMAND = ["sh", "-c", SCRIPT, "stress", "--cpu", "1"]


class Made:
    """A container of the load"""

    def __init__(self, one, name, kind=None):
        self.id, self.name = one, name
        self.type = kind or name.split("-")[1]

    def __repr__(self):
        return self.name


class Grafana:
    """What has its name and image, and would be acted on without them"""

    name = "grafana"

    def __init__(self):
        docker.remove(self.name)
        docker.ask("POST", f"/images/{docker.IMAGE}/tag?repo={GRAFANA}"
                   "&tag=latest")
        self.id = docker.ask("POST", f"/containers/create?name={self.name}", {
            "Image": GRAFANA, "Cmd": COMMAND,
            "HostConfig": {"NetworkMode": "none", "Memory": 128 * MIB}})["Id"]
        docker.ask("POST", f"/containers/{self.id}/start")

    def check(self, when):
        tap.ok(rules.wait_for(lambda: any(
            finding == "protected" for finding, _ in rules.finding(self))),
            f"{when}: Grafana would be acted on, but is protected",
            rules.finding(self))
        tap.ok(docker.ask("GET", f"/containers/{self.id}/json")
               ["State"]["Running"], f"{when}: Grafana runs")
        tap.equal(rules.audit(self), [],
                  f"{when}: nothing was decided about it")

    def remove(self):
        docker.remove(self.id)
        docker.ask("DELETE", f"/images/{GRAFANA}", missing_is_fine=True)


def use(preset, much="20%"):
    """Make it real, as its first comment says"""
    prefix = os.path.dirname(os.path.dirname(shutil.which("contmon")))
    text = proc.read(f"{prefix}/share/contmon/policy.d/{preset}.conf")
    rules.load(text.replace("dry_run = yes\n", "").replace("20%", much))


class Scenario:
    """A load, what is made by it, and what of that must be left"""

    def __init__(self):
        self.engine = load.Engine("docker", boxes.ENV)
        self.process = None
        self.since = int(time.time())
        self.made = []          # the newest last
        self.taken = set()      # by the test itself

    def begin(self):
        """The first ten, and a timer that makes ten again and again"""
        self.process = self.engine.start(
            "--mix", ",".join(f"{one}={nr}" for one, nr in MIX.items()),
            "--count", str(TEN), "--every", "1", "--timer")
        rows = load.read_rows(self.process, TEN)
        self.timer = json.loads(self.process.stdout.readline())["name"]
        self.session = self.timer.removeprefix("contmon-load-").partition(
            ".")[0]
        self.note([Made(row["id"], row["name"], row["type"])
                   for row in rows if row["what"] == "container"])

    def note(self, made):
        self.made += made
        return made

    def rounds(self):
        """What is made, round by round, the last one not complete"""
        self.note(self.created())
        return [self.made[at:at + TEN] for at in
                range(0, len(self.made), TEN)]

    def stop_rounds(self):
        """Once the round that may be under way is over, no other follows."""
        boxes.out("systemctl", "stop", self.timer)
        unit = self.timer.replace(".timer", ".service")
        rules.wait_for(lambda: boxes.out(
            "systemctl", "show", "-P", "ActiveState", unit) not in
            ("active", "activating", "deactivating"))
        self.note(self.created())

    def created(self):
        """What Docker has made and is not known yet, in this order"""
        seen = boxes.out(
            "docker", "events", "--since", str(self.since), "--until",
            str(int(time.time()) + 1), "--filter", "event=create", "--filter",
            "label=contmon.load", "--format",
            "{{.Actor.ID}} {{.Actor.Attributes.name}}").splitlines()
        known = {one.id for one in self.made}
        return [Made(*line.split()) for line in seen
                if line.split()[0] not in known]

    def add(self, *words):
        text = boxes.out("contmon", "load", "--engine", "docker", "--add",
                         self.session, "--json", *words)
        rows = map(json.loads, text.splitlines())
        return self.note([Made(row["id"], row["name"], row["type"])
                          for row in rows if row["what"] == "container"])

    def take(self, one):
        docker.remove(one.id)
        self.taken.add(one.id)

    def close(self):
        if self.process and self.process.poll() is None:
            load.end(self.process, signal.SIGKILL)
            boxes.out("contmon", "load", "--clean")

    def check_left(self, want, what):
        """Only these, and those that were removed are in the audit."""
        ids = {one.id for one in want}
        rules.wait_for(lambda: set(self.engine.containers()) <= ids)
        self.check_audit()
        names = {one.id: one.name for one in self.made}
        tap.equal(sorted(names.get(one, one) for one in
                         self.engine.containers()),
                  sorted(one.name for one in want), what)

    def check_audit(self):
        """Of all that is not there any more"""
        left = set(self.engine.containers())
        gone = [one for one in self.made
                if one.id not in left and one.id not in self.taken]
        for one in gone:
            rules.wait_for(lambda one=one: any(
                row["state"] in rules.ENDS for row in rules.audit(one)))
        tap.equal({one.name: rules.states(one) for one in gone},
                  {one.name: [rules.DONE] for one in gone},
                  "each that is gone has its decision")
        reasons = {one.id: [rules.audit(one)[0]["reason"]] for one in gone}
        rules.wait_for(lambda: reasons.keys() <= rules.deletions().keys())
        found = rules.deletions()
        tap.equal({one.id: found.get(one.id) for one in gone}, reasons,
                  "and its row in deletions, with the same reason")
        tap.equal({one.name: found[one.id] for one in self.made
                   if one.id in found and one.id in left}, {},
                  "nothing else is there")
        for one in gone[-3:]:
            tap.note(f"{one.name}: {reasons[one.id][0]}")


def newest(made):
    """Of each type; the later ones are behind the others"""
    return list({one.type: one for one in made}.values())


class Watch(threading.Thread):
    """How few containers of each type ran at the same time, from when there
    was one of each"""

    def __init__(self, scenario):
        super().__init__(daemon=True)
        self.scenario = scenario
        self.ends = threading.Event()
        self.fewest = {}
        self.looks = 0
        self.start()

    def look(self):
        """By the names, which contain the type"""
        found = dict.fromkeys(TYPES, 0)
        for name in self.scenario.engine.out(
                "docker", "ps", "--format", "{{.Names}}", "--filter",
                "label=contmon.load"):
            found[Made("", name).type] += 1
        if self.looks or all(found.values()):
            self.looks += 1
            self.fewest = {one: min(nr, self.fewest.get(one, nr))
                           for one, nr in found.items()}

    def run(self):
        while not self.ends.wait(0.5):
            self.look()

    def end(self):
        self.ends.set()
        self.join(tap.PATIENCE_S)


# Checks

def check_rounds(scenario):
    """While the load goes on, its rules act: what is older goes, and there is
    one of each type at any time."""
    watch = Watch(scenario)
    tap.timed(scenario.begin)
    tap.timed(rules.wait_for, lambda: len(scenario.rounds()) > ROUNDS)
    tap.timed(scenario.stop_rounds)
    watch.end()
    for made in scenario.rounds()[:ROUNDS]:
        tap.equal(dict(collections.Counter(one.type for one in made)), MIX,
                  "a round makes ten, so many of each type")
    tap.note(f"{len(scenario.made)} made")
    tap.ok(watch.looks and all(watch.fewest.values()),
           "meanwhile there is always one of each type",
           (watch.looks, watch.fewest))
    scenario.check_left(newest(scenario.made),
                        "001: exactly the newest of each type are left")


def check_001(scenario):
    """It leaves those that have ended, which are no longer of the newest."""
    kept = newest(scenario.made)
    ended = [one for one in kept if one.type in ("cpu", "io")]
    rules.clear()
    for one in ended:
        docker.ask("POST", f"/containers/{one.id}/kill")
    scenario.add("--mix", "cpu,io", "--count", "4")
    use("ancestor-001")
    scenario.check_left(newest(scenario.made) + ended,
                        "001: those that have ended are left")


def check_000(scenario):
    """It removes those as well, and an older one when there is a newer one."""
    use("ancestor-000")
    scenario.check_left(newest(scenario.made),
                        "000: what has ended is removed, too")
    scenario.add("--mix", "cpu", "--count", "1")
    scenario.check_left(newest(scenario.made),
                        "000: a newer one takes the place of the older one")
    return newest(scenario.made)


def check_002(scenario, kept):
    """What uses much goes, the worst first, until so many are left of each
    class. Each of the load may use only some 3 % of the guest's memory."""
    rules.clear()
    for one in kept:
        if one.type in ("disk", "io"):
            scenario.take(one)
    high = [one for one in kept if one.type == "cpu"]
    low = [one for one in kept if one.type == "ram"]
    high += scenario.add("--mix", "ram", "--count", "3", "--class", "high")
    low += scenario.add("--mix", "ram", "--count", "2", "--class", "low")
    use("ancestor-002", "2%")

    def left(made):
        there = scenario.engine.running()
        return [one for one in made if one.id in there]

    def spared():
        """By the class's minimum, as explain says it"""
        return [one for one in left(high + low) if any(
            finding == "minimum" for finding, _ in rules.finding(one))]
    for made, nr, name in (high, 2, "high"), (low, 2, "low, with Grafana"):
        rules.wait_for(lambda made=made, nr=nr: len(left(made)) <= nr)
    tap.ok(rules.wait_for(lambda: len(spared()) >= 3),
           "002: others are spared because of the minimum", spared())
    for made, nr, name in (high, 2, "high"), (low, 2, "low, with Grafana"):
        tap.equal(len(left(made)), nr, f"002: so many are left of {name}")
    scenario.check_audit()


def check_end(scenario):
    status, text = load.end(scenario.process)
    tap.equal((status, scenario.engine.left()), (0, []),
              "Ctrl-C leaves neither container nor image nor unit")
    tap.equal(json.loads(text.splitlines()[-1])["what"], "image",
              "the image is removed last")
    scenario.process = scenario.engine.start(
        "--mix", "cpu", "--count", "1", "--every", "1d", "--timer")
    load.read_rows(scenario.process, 1)
    scenario.process.stdout.readline()
    status, text = load.end(scenario.process)
    tap.equal((status, scenario.engine.left()), (0, []),
              "neither does it leave a timer")
    tap.equal(json.loads(text.splitlines()[0])["what"], "timer",
              "the timer is removed first")


def check(scenario, grafana):
    use("ancestor-001")
    tap.timed(check_rounds, scenario)
    grafana.check("while the load went on")
    tap.timed(check_001, scenario)
    grafana.check("001")
    kept = tap.timed(check_000, scenario)
    grafana.check("000")
    tap.timed(check_002, scenario, kept)
    grafana.check("002")
    tap.timed(check_end, scenario)


def run():
    why = docker.unavailable()
    if why:
        tap.skip("ancestors", why)
        return
    grafana, scenario = Grafana(), Scenario()
    try:
        acting.set_engine(*acting.WIDE)
        check(scenario, grafana)
    finally:
        rules.clear()
        scenario.close()
        grafana.remove()
        acting.set_engine()


if __name__ == "__main__":
    tap.main(run)
