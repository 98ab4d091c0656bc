#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""contmon load with real engines: each type of container makes the load that it
is named for, within its limits, and nothing is left however the command ends.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile

import boxes
import cgroups
import docker
import proc
import tap

MIB = docker.MIB
UNITS = "contmon-load-*"
TYPES = ["cpu", "disk", "fork", "io", "mixed", "net", "oom", "ram"]

# Podman has no program here to set up a firewall with.
CONF = "[network]\nfirewall_driver = \"none\"\n"

USER = "contmon-loader"


class Engine:
    """Of root"""

    before = []             # what makes a command one of another user
    systemctl = ["systemctl"]

    def __init__(self, name, env):
        self.name = self.title = name
        self.env = self.load_env = env

    def out(self, *words):
        return boxes.out(*self.before, *words, env=self.env).splitlines()

    def start(self, *words):
        """contmon load, in a process group as a terminal would have it"""
        # pylint: disable=consider-using-with
        return subprocess.Popen(
            [*self.before, "contmon", "load", "--engine", self.name, "--json",
             *words], env=self.load_env, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
            cwd="/")

    def listed(self, what, *words):
        return self.out(self.name, what, "--quiet", "--no-trunc", "--filter",
                        "label=contmon.load", *words)

    def containers(self):
        return self.listed("ps", "--all")

    def running(self):
        return self.listed("ps")

    def pid(self, container):
        return int(self.out(self.name, "inspect", "--format",
                            "{{.State.Pid}}", container)[0])

    def units(self):
        return self.out(*self.systemctl, "list-units", "--all", "--plain",
                        "--no-legend", UNITS)

    def left(self):
        """What is there. systemd forgets units some time after their end."""
        tap.wait_for(lambda: not self.units(), 60)
        return self.containers() + self.listed("images") + self.units()


class UserPodman(Engine):
    """That of a user, who came by su: nothing leads to their systemd."""

    systemctl = ["systemctl", "--user"]

    def __init__(self, user, env):
        super().__init__("podman", {**user.env, **env})
        self.title = "rootless podman"
        self.before = user.command
        self.load_env = {
            **{key: value for key, value in self.env.items()
               if key != "DBUS_SESSION_BUS_ADDRESS"},
            "XDG_RUNTIME_DIR": "/run/user/0"}


def read_rows(process, nr):
    """Lines up to the one of the container with that number, from 1"""
    rows = []
    while sum(row["what"] == "container" for row in rows) < nr:
        line = process.stdout.readline()
        if not line.startswith("{"):
            raise RuntimeError(f"contmon load: {line}{process.stdout.read()}")
        rows.append(json.loads(line))
    return rows


def end(process, number=signal.SIGINT):
    """Status and the rest of the output"""
    os.killpg(process.pid, number)
    text = process.communicate(timeout=tap.PATIENCE_S)[0]
    return process.returncode, text


class Box:
    """A container of the load"""

    def __init__(self, engine, row):
        self.id, self.type = row["id"], row["type"]
        self.pid = engine.pid(row["id"])
        self.directory = proc.CGROUPS + proc.cgroup_path(self.pid)
        self.engine = engine

    def table(self, name):
        return proc.table(f"{self.directory}/{name}")

    def cpu_seconds(self):
        return cgroups.cpu_seconds(self.directory)

    def anonymous_bytes(self):
        return int(self.table("memory.stat")["anon"])

    def of_processes(self, key):
        return sum(int(proc.table(f"/proc/{pid}/io").get(key, 0)) for pid in
                   (proc.read(f"{self.directory}/cgroup.procs") or "").split())

    # Users have no controller of IO, but processes of these types do not end.

    def written_bytes(self):
        if not os.path.exists(f"{self.directory}/io.stat"):
            return self.of_processes("write_bytes")
        return cgroups.io_bytes(self.directory)[1]

    def writes(self):
        stat = proc.read(f"{self.directory}/io.stat")
        if stat is None:
            return self.of_processes("syscw")
        return sum(int(word[5:]) for word in stat.split()
                   if word.startswith("wios="))

    def oom_kills(self):
        return int(self.table("memory.events")["oom_kill"])

    def sent_bytes(self):
        for line in proc.read(f"/proc/{self.pid}/net/dev").splitlines():
            name, _, numbers = line.partition(":")
            if name.strip() == "eth0":
                return int(numbers.split()[8])
        return 0

    def forks(self):
        done = subprocess.run(
            ["contmon", "events", "--json", "--type", "fork", "--container",
             self.id, "--count", "20"], stdout=subprocess.PIPE, text=True,
            timeout=tap.PATIENCE_S, check=True)
        return len(done.stdout.splitlines())

    def limits(self):
        return [(proc.read(f"{self.directory}/{name}") or "").strip()
                for name in ("memory.max", "memory.swap.max", "pids.max",
                             "cpu.max")]


# What shows that a type does what it is named for, and how much is enough
SIGNS = {
    "cpu": [(Box.cpu_seconds, 1)],
    "ram": [(Box.anonymous_bytes, 64 * MIB)],
    "disk": [(Box.written_bytes, 8 * MIB)],
    "io": [(Box.writes, 50)],
    "net": [(Box.sent_bytes, MIB)],
    "fork": [(Box.forks, 20)],
    "oom": [(Box.oom_kills, 1)],
    "mixed": [(Box.cpu_seconds, 0.5), (Box.anonymous_bytes, 32 * MIB),
              (Box.written_bytes, 4 * MIB), (Box.writes, 20)],
}

# Memory of each, in MiB
MEMORY = {"ram": 96, "mixed": 96, "disk": 64}


def check_box(box):
    name = f"{box.engine.title}: {box.type}"
    for sign, enough in SIGNS[box.type]:
        seen = []
        good = tap.wait_for(lambda sign=sign, enough=enough, seen=seen:
                            seen.append(sign(box)) or seen[-1] >= enough)
        tap.ok(good, f"{name}: {sign.__name__} reaches {enough}", seen[-5:])
    tap.equal(box.limits(), [str(MEMORY.get(box.type, 32) * MIB), "0", "16",
                             "50000 100000"], f"{name}: it is limited")


def check_types(engine, types=TYPES):
    nr = len(types)
    mix = [] if types == TYPES else ["--mix", ",".join(types)]
    process = engine.start("--count", str(nr), "--class", "low", *mix)
    try:
        rows = [row for row in read_rows(process, nr)
                if row["what"] == "container"]
        tap.equal(sorted(row["type"] for row in rows), types,
                  f"{engine.title}: a container of each type")
        for row in rows:
            check_box(Box(engine, row))
        tap.equal(len(engine.listed("ps", "--filter",
                                    "label=contmon.class=low")), nr,
                  f"{engine.title}: all run, with their class")
    finally:
        status, text = end(process)
    tap.equal((status, engine.left()), (0, []),
              f"{engine.title}: Ctrl-C leaves nothing")
    tap.equal([json.loads(line)["event"] for line in text.splitlines()],
              ["removed"] * (nr + 1),
              f"{engine.title}: it says what it removes")


def start_timer(engine):
    """A load whose timer has made two rounds after the first. Its containers
    must outlive the service that made them."""
    process = engine.start("--count", "1", "--mix", "fork", "--every", "2",
                           "--timer")
    read_rows(process, 1)
    timer = json.loads(process.stdout.readline())
    tap.ok(timer["what"] == "timer" and
           any(timer["name"] in unit for unit in engine.units()),
           f"{engine.title}: there is a timer", (timer, engine.units()))
    tap.ok(tap.wait_for(lambda: len(engine.running()) >= 3),
           f"{engine.title}: it makes containers, which keep running",
           (engine.containers(), engine.units()))
    return process


def check_timer(engine):
    process = start_timer(engine)
    status, text = end(process)
    tap.equal((status, engine.left()), (0, []),
              f"{engine.title}: Ctrl-C removes the timer and all of its rounds")
    tap.equal(json.loads(text.splitlines()[0])["what"], "timer",
              f"{engine.title}: the timer is removed first")


def check_kill(engine):
    process = start_timer(engine)
    end(process, signal.SIGKILL)
    nr = len(engine.containers())
    tap.ok(tap.wait_for(lambda: len(engine.containers()) > nr),
           f"{engine.title}: after SIGKILL the timer goes on", engine.units())
    clean(engine, "the timer of a load that was killed")


def check_kill_in_a_round(engine):
    process = engine.start("--count", "5", "--mix", "cpu")
    read_rows(process, 1)
    end(process, signal.SIGKILL)
    clean(engine, "a load that was killed in a round")


def clean(engine, what):
    done = subprocess.run([*engine.before, "contmon", "load", "--clean"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, text=True, env=engine.load_env,
                          cwd="/")
    tap.ok(done.returncode == 0, f"{engine.title}: --clean succeeds",
           done.stdout)
    tap.equal(engine.left(), [], f"{engine.title}: --clean removes {what}")


def check_docker(env):
    engine = Engine("docker", env)
    check_types(engine)
    check_kill(engine)
    check_kill_in_a_round(engine)


def check_podman(env):
    engine = Engine("podman", env)
    check_types(engine)
    check_timer(engine)
    check_kill_in_a_round(engine)


def check_user(env):
    """Containers of net need a network, and pasta or slirp4netns for it."""
    user = boxes.User(USER)
    try:
        engine, types = UserPodman(user, env), TYPES
        if not os.path.exists("/dev/net/tun") or not (
                shutil.which("pasta") or shutil.which("slirp4netns")):
            tap.skip("rootless podman: net", "there is no network for users")
            types = [one for one in TYPES if one != "net"]
        check_types(engine, types)
        check_timer(engine)
        check_kill(engine)
        check_kill_in_a_round(engine)
        tap.equal(Engine("podman", boxes.ENV).left(), [],
                  "rootless podman: nothing of it is root's")
    finally:
        user.remove()


def run():
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write(CONF)
        conf.flush()
        os.chmod(conf.name, 0o644)
        env = {**boxes.ENV, "CONTAINERS_CONF_OVERRIDE": conf.name}
        why = docker.unavailable()
        if why:
            tap.skip("loads with Docker", f"no Docker: {why}")
        else:
            check_docker(env)
        if shutil.which("podman"):
            check_podman(env)
            check_user({"CONTAINERS_CONF_OVERRIDE": conf.name})
        else:
            tap.skip("loads with Podman", "it is not installed")


if __name__ == "__main__":
    tap.main(run)
