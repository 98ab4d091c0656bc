#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""contmon-engine acts on real containers of Docker, and on a cgroup that no
engine knows, as the shipped example allows it. acting_podman.py has Podman."""

import calendar
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import boxes
import docker
import proc
import tap

SOCKET = "/run/contmon/act.sock"
MEMORY = "/run/contmon-engine"
DROP_IN = "/run/systemd/system/contmon-engine.service.d"
EXAMPLE = "/share/doc/contmon/act.conf"

# Not docker.PREFIX: what has contmon in its name is protected.
PREFIX = "acting-"

# It ends by SIGTERM, with a status that nothing else gives.
GRACEFUL = "trap 'exit 7' TERM; while :; do sleep 0.2; done"
STUBBORN = "trap 'echo >/asked' TERM; while :; do sleep 0.2; done"

# Enough for a busy machine to end a program, and to look before a hold ends
GRACE_MS = 120_000
HOLD_MS = 30_000


class Asker:
    """A connection to contmon-engine"""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(tap.PATIENCE_S)
        self.socket.connect(SOCKET)
        self.lines = self.socket.makefile("rw", encoding="utf-8")
        self.hello = self.read()

    def read(self):
        line = self.lines.readline()
        if not line:
            raise RuntimeError("contmon-engine closed the connection")
        return json.loads(line)

    def send(self, **request):
        self.lines.write(json.dumps(request) + "\n")
        self.lines.flush()

    def answers(self, decision):
        """Without what is said to everybody; the last one last"""
        found = []
        while not found or found[-1]["op"] != "finished":
            one = self.read()
            if one["op"] != "undone" and one.get("decision") == decision:
                found.append(one)
        return found

    def ask(self, **request):
        self.send(**request)
        return self.answers(request["decision"])


decisions = 0


def act(target, *steps, **more):
    """The answers to a new decision about a container"""
    global decisions
    decisions += 1
    request = {"decision": f"d{decisions}-{os.getpid()}", **target.identity(),
               "steps": steps, "grace_ms": GRACE_MS, "hold_ms": HOLD_MS,
               "rule": "test", "reason": "a test", **more}
    return Asker().ask(op="act", **request)


def results(answers):
    return [(one.get("step"), one["result"]) for one in answers]


def engine_ms(text):
    """As contmon-engine reads the engine's times"""
    seconds, _, rest = text.rstrip("Z").partition(".")
    stamp = time.strptime(seconds, "%Y-%m-%dT%H:%M:%S")
    return calendar.timegm(stamp) * 1000 + int((rest + "000")[:3])


class Box:
    """A container of the engine that docker.ask() talks to"""

    def __init__(self, kind, script=GRACEFUL, **more):
        self.name = PREFIX + kind
        docker.remove(self.name)
        host = {"NetworkMode": "none", **more.pop("HostConfig", {})}
        self.id = docker.ask("POST", f"/containers/create?name={self.name}", {
            "Image": docker.IMAGE, "Cmd": ["sh", "-c", script],
            "HostConfig": host, **more})["Id"]
        docker.ask("POST", f"/containers/{self.id}/start")
        self.see()

    def see(self):
        """Waits for its handler: the first process of a container gets no
        signal that it has none for."""
        state = self.state()
        self.pid = state["Pid"]
        self.started_ms = engine_ms(state["StartedAt"])
        # Podman's processes are in one below it.
        above, _, name = proc.cgroup_path(self.pid).partition(self.id)
        self.directory = (proc.CGROUPS + above + self.id +
                          name.partition("/")[0])
        if not tap.wait_for(self.handles_term):
            raise RuntimeError(f"{self.name} has no handler of SIGTERM")

    def handles_term(self):
        caught = proc.table(f"/proc/{self.pid}/status").get("SigCgt", "0")
        return int(caught, 16) & 1 << (signal.SIGTERM - 1)

    def state(self):
        return docker.ask("GET", f"/containers/{self.id}/json")["State"]

    def exists(self):
        return self.id in [one["Id"] for one in
                           docker.ask("GET", "/containers/json?all=1")]

    def identity(self):
        return {"container": self.id, "started_ms": self.started_ms}

    def file(self, name):
        return (proc.read(f"{self.directory}/{name}") or "").strip()


class Values(threading.Thread):
    """Those that a file of a container has, one after the other: nr of them"""

    def __init__(self, box, name, nr=3):
        super().__init__(daemon=True)
        self.box, self.name, self.nr, self.seen = box, name, nr, []
        self.start()

    def run(self):
        while len(self.seen) < self.nr:
            value = self.box.file(self.name)
            if value and value not in self.seen[-1:]:
                self.seen.append(value)
            time.sleep(0.5)

    def all(self):
        self.join(tap.PATIENCE_S)
        return self.seen


class Cgroup:
    """A process in a cgroup that no engine knows"""

    def __init__(self, kind):
        self.path = f"/{PREFIX}{kind}"
        self.directory = proc.CGROUPS + self.path
        os.makedirs(self.directory, exist_ok=True)
        self.process = subprocess.Popen(["sleep", "100000"])
        self.write("cgroup.procs", self.process.pid)
        self.cgroup_id = proc.inode(self.directory)

    def write(self, name, value):
        with open(f"{self.directory}/{name}", "w", encoding="ascii") as file:
            file.write(str(value))

    def file(self, name):
        return (proc.read(f"{self.directory}/{name}") or "").strip()

    def identity(self):
        return {"container": None, "cgroup": self.path,
                "cgroup_id": self.cgroup_id}

    def remove(self):
        self.process.kill()
        self.process.wait()
        tap.wait_for(lambda: "populated 0" in self.file("cgroup.events"))
        os.rmdir(self.directory)


# contmon-engine

def pid_of_engine():
    return int(boxes.out("systemctl", "show", "-P", "MainPID",
                         "contmon-engine"))


def set_engine(*options):
    """Start it with the example's settings and these options; none: as it is
    shipped."""
    os.makedirs(DROP_IN, exist_ok=True)
    program = shutil.which("contmon-engine")
    prefix = os.path.dirname(os.path.dirname(program))
    for name in "act.conf", "test.conf":
        if os.path.exists(f"{DROP_IN}/{name}"):
            os.remove(f"{DROP_IN}/{name}")
    if options:
        shutil.copy(prefix + EXAMPLE, f"{DROP_IN}/act.conf")
        with open(f"{DROP_IN}/test.conf", "w", encoding="ascii") as file:
            file.write("[Service]\nExecStart=\nExecStart="
                       f"{program} {' '.join(options)}\n")
    boxes.out("systemctl", "daemon-reload")
    boxes.out("systemctl", "restart", "contmon-engine")
    if options:
        wait_for_engine()


def wait_for_engine():
    """It is there, and has found its engine."""
    def answers():
        try:
            last = Asker().ask(op="inspect", decision="q",
                               container="0" * 64)[-1]
        except (OSError, RuntimeError):
            return False
        return last["result"] == "gone"
    tap.ok(tap.wait_for(answers), "contmon-engine acts, and has an engine")


def kill_engine():
    pid = pid_of_engine()
    os.kill(pid, signal.SIGKILL)
    tap.wait_for(lambda: pid_of_engine() not in (0, pid))
    wait_for_engine()


ANY_AGE = "--act-min-age", "0"
WIDE = ("--act", "--act-per-minute", "1000", "--act-per-hour", "1000",
        *ANY_AGE)


# Checks

def check_off():
    set_engine()
    tap.ok(not os.path.exists(SOCKET), "as shipped there is no socket")


def check_stop(make):
    box = make("stop")
    answers = act(box, "stop", "kill")
    tap.equal(results(answers), [("stop", "done"), ("kill", "skipped"),
                                 (None, "done")],
              f"{make.__name__}: it is stopped")
    tap.equal(answers[-1].get("populated"), False,
              f"{make.__name__}: nothing of it runs")
    tap.equal(box.state()["ExitCode"], 7,
              f"{make.__name__}: its handler of SIGTERM ran")
    box.started_ms = None
    tap.equal(results(act(box, "remove")),
              [("remove", "done"), (None, "done")],
              f"{make.__name__}: it is removed")
    tap.ok(not box.exists(), f"{make.__name__}: its engine says so")


def check_only_stop(make):
    box = make("only-stop")
    tap.equal(results(act(box, "stop")), [("stop", "done"), (None, "done")],
              f"{make.__name__}: only stop")
    tap.equal(box.state()["ExitCode"], 7,
              f"{make.__name__}: its handler of SIGTERM ran again")


def check_kill(make):
    box = make("kill", STUBBORN)
    answers = act(box, "stop", "kill", "remove", grace_ms=2000)
    tap.equal(answers[0]["result"], "failed",
              f"{make.__name__}: one that ignores SIGTERM is not stopped")
    tap.equal(answers[-1]["result"], "done", f"{make.__name__}: it is killed")
    tap.ok(not box.exists(), f"{make.__name__}: and removed")


def check_restart(make):
    box = make("restart")
    tap.equal(results(act(box, "restart")),
              [("restart", "done"), (None, "done")],
              f"{make.__name__}: it is restarted")
    tap.equal(results(act(box, "kill"))[-1], (None, "replaced"),
              f"{make.__name__}: a decision about its last run does nothing")
    tap.ok(box.state()["Running"], f"{make.__name__}: it runs")


def check_pause(make):
    """contmon-engine is killed while it is paused."""
    box = make("pause")
    answers = act(box, "pause")
    tap.equal(answers[-1]["result"], "done", f"{make.__name__}: it is paused")
    tap.equal(answers[-1].get("held"), True, f"{make.__name__}: for a time")
    tap.equal(box.state()["Status"], "paused",
              f"{make.__name__}: its engine says so")
    kill_engine()
    tap.ok(tap.wait_for(lambda: box.state()["Status"] == "running"),
           f"{make.__name__}: the pause ends, although contmon-engine was "
           "killed")


def check_limit(make):
    box = make("limit")
    before = box.file("cpu.max"), box.file("memory.high")
    answers = act(box, "limit", cpu_cores=0.25, memory_bytes=64 << 20)
    if not tap.equal(answers[-1]["result"], "done",
                     f"{make.__name__}: it is limited"):
        tap.note(answers)
    tap.equal((box.file("cpu.max"), box.file("memory.high")),
              ("25000 100000", str(64 << 20)),
              f"{make.__name__}: its cgroup has the limits")
    kill_engine()
    tap.ok(tap.wait_for(lambda: (box.file("cpu.max"),
                                 box.file("memory.high")) == before),
           f"{make.__name__}: the limits end, although contmon-engine was "
           "killed")


def check_refusals():
    box = Box("protected", Labels={"contmon.protect": "yes"})
    tap.equal(act(box, "kill")[-1].get("code"), "protected",
              "a protected container is refused")
    named = Box("grafana")
    tap.equal(act(named, "kill")[-1].get("code"), "protected",
              "so is one by its name")
    keeper = Box("volume", Volumes={"/data": {}})
    tap.equal(act(keeper, "stop", "remove")[-1].get("code"), "volumes",
              "one with an anonymous volume is not removed")
    leaver = Box("leaver", Volumes={"/data": {}},
                 HostConfig={"AutoRemove": True})
    tap.equal(act(leaver, "kill")[-1].get("code"), "volumes",
              "nor killed if its engine removes it then")
    for one in box, named, keeper, leaver:
        tap.ok(one.state()["Running"], f"{one.name} still runs")


def check_user():
    """A user of the group may connect, but not ask."""
    script = ("import socket; s = socket.socket(socket.AF_UNIX); "
              f"s.connect('{SOCKET}'); print(s.recv(4096).decode())")
    said = boxes.out("setpriv", "--reuid", "65534", "--regid", "contmon",
                     "--clear-groups", "/usr/bin/python3", "-c", script)
    tap.equal(json.loads(said).get("code"), "user",
              "another user of the group is refused")


def check_budget():
    """With an hour's budget of one, because a minute may pass meanwhile"""
    set_engine()
    shutil.rmtree(MEMORY, ignore_errors=True)
    set_engine("--act")
    hello = Asker().hello
    tap.equal((hello["per_minute"], hello["per_hour"]), (1, 5),
              "the budget of the example")
    set_engine("--act", "--act-per-hour", "1", *ANY_AGE)
    first, second = Box("first"), Box("second")
    tap.equal(act(first, "restart")[-1]["result"], "done",
              "the first act of an hour")
    answer = act(second, "kill")[-1]
    tap.equal((answer["result"], answer.get("code")), ("refused", "budget"),
              "the second one is refused")
    kill_engine()
    tap.equal(act(second, "kill")[-1].get("code"), "budget",
              "also after contmon-engine was killed")


def check_age():
    """Nothing here is a day old, and everything is older than nothing."""
    set_engine("--act", "--act-min-age", "86400")
    boxes_of_both = Box("young"), Cgroup("young")
    for box in boxes_of_both:
        answer = act(box, "kill")[-1]
        tap.equal((answer["result"], answer.get("code"), answer.get("why")),
                  ("refused", "protected", "it is protected: it is too young"),
                  f"{type(box).__name__}: a young one is left alone")
    set_engine(*WIDE)
    for box in boxes_of_both:
        tap.equal(act(box, "kill")[-1]["result"], "done",
                  f"{type(box).__name__}: an older one is not")
    boxes_of_both[1].remove()


def check_cgroup():
    box = Cgroup("cgroup")
    box.write("cgroup.freeze", 1)
    tap.wait_for(lambda: "frozen 1" in box.file("cgroup.events"))
    tap.equal(act(box, "stop")[-1].get("code"), "unsupported",
              "a cgroup without an engine cannot be stopped")
    answers = act(box, "kill")
    tap.equal((answers[-1]["result"], answers[-1].get("populated")),
              ("done", False), "a frozen cgroup is killed")
    tap.equal(box.process.wait(tap.PATIENCE_S), -signal.SIGKILL,
              "its process was killed")
    box.remove()
    tap.equal(act(box, "kill")[-1]["result"], "gone",
              "one that does not exist is gone")
    again = Cgroup("cgroup")
    again.cgroup_id, real = box.cgroup_id, again.cgroup_id
    if real != box.cgroup_id:
        tap.equal(act(again, "kill")[-1]["result"], "replaced",
                  "one with its path is another")
    again.remove()


def check_engine_that_dies():
    """Whatever is reported must be true: with this code, that it may be so."""
    box = Box("dies", STUBBORN)
    asker = Asker()
    decision = f"dies-{os.getpid()}"
    asker.send(op="act", decision=decision, **box.identity(),
               steps=["stop", "kill"], grace_ms=GRACE_MS)
    tap.ok(tap.wait_for(lambda: os.path.exists(
        f"/proc/{box.pid}/root/asked")), "an engine is in the middle of it")
    boxes.out("systemctl", "kill", "-s", "KILL", "--kill-whom=main", "docker")
    answers = asker.answers(decision)
    boxes.out("systemctl", "start", "docker")
    tap.wait_for(lambda: not docker.unavailable())
    ended = not box.state()["Running"]
    last = answers[-1]
    tap.ok(ended if last["result"] == "done" else last["result"] == "failed"
           and (not ended or last["code"] == "unknown_outcome"),
           "it is killed, and contmon-engine says what is so", answers)
    tap.note(answers)


def remove_all():
    for one in docker.ask("GET", "/containers/json?all=1"):
        if one["Names"][0].startswith("/" + PREFIX):
            docker.remove(one["Id"])


def check_steps(kind):
    for check in (check_stop, check_only_stop, check_kill, check_restart,
                  check_pause, check_limit):
        check(kind)


def run():
    why = docker.unavailable()
    if why:
        tap.skip("acts", why)
        return
    try:
        check_off()
        set_engine(*WIDE)
        check_steps(Box)
        check_refusals()
        check_user()
        check_cgroup()
        check_age()
        check_engine_that_dies()
        remove_all()
        check_budget()
    finally:
        remove_all()
        set_engine()


if __name__ == "__main__":
    tap.main(run)
