#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A container of a user's own Podman. As shipped, contmond has its numbers;
once contmon-engine may ask the engines of users, also its name, its image and
whose it is. So has a contmond that an ordinary user runs, without the driver.
"""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile

import api
import boxes
import proc
import tap

USER = "contmon-user"
NAME = "rootless-web"
IMAGE = "localhost/rootless:1"
DROP_IN = "/run/systemd/system/contmon-engine.service.d/rootless.conf"
EXAMPLE = "/share/doc/contmon/rootless.conf"
ADDRESS = "127.0.0.1:9478"

# Three processes, of which tail keeps its memory: its output is never read.
FILLED = 16 << 20
SCRIPT = (f"trap 'exit 7' TERM; head -c {FILLED} /dev/zero | "
          f"tail -c {FILLED} | sleep 100000 & wait")

# Both sources have these.
NUMBERS = ("threads", "cpu_seconds_total", "memory_current_bytes",
           "memory_working_set_bytes", "pids_current", "uptime_seconds",
           "rss_sum_bytes")


class Container:
    """From an image, which gives it a name that contmond must show"""

    def __init__(self, user):
        self.user = user
        self.socket = f"{user.directory}/podman/podman.sock"
        user.out("systemctl", "--user", "start", "podman.socket")
        self.load_image()
        self.id = self.podman(
            "run", "--detach", "--pull", "never", "--name", NAME, "--label",
            "tier=web", "--network", "none", IMAGE, "/bin/sh", "-c", SCRIPT)
        self.pid = int(self.podman("inspect", "--format", "{{.State.Pid}}",
                                   NAME))
        tap.wait_for(lambda: len(self.pids()) == 3)

    def podman(self, *words):
        return self.user.out("podman", *words)

    def load_image(self):
        tree, tar = boxes.tree("rootless"), f"{self.user.home}/image.tar"
        for applet in "head", "tail":
            os.symlink("/bin/busybox", f"{tree}/bin/{applet}")
        boxes.out("tar", "-C", tree, "-cf", tar, ".")
        os.chmod(tar, 0o644)
        self.podman("import", tar, IMAGE)

    def pids(self):
        mine = proc.namespace(self.pid, "pid")
        return sorted(pid for pid in proc.pids()
                      if proc.namespace(pid, "pid") == mine)

    def row(self):
        return next((row for row in api.rows("containers")
                     if row["id"] == self.id and row["t"] is not None), {})

    def wait_for(self, **want):
        """Its row, once it says this"""
        tap.wait_for(lambda: want.items() <= self.row().items())
        return self.row()


def part(row, *keys):
    return {key: row.get(key) for key in keys}


def engines():
    return {row["engine"]: part(row, "state", "user_id", "runtime")
            for row in api.rows("engines")}


def title(box, text):
    """What contmond shows a container of a user as"""
    return f"{text}@{box.user.id}"


# Checks

def check_numbers(box, who):
    row = box.wait_for(processes=3, runtime="podman")
    tap.equal((row["processes"], row["runtime"]), (3, "podman"),
              f"{who}: its processes and its runtime")
    tap.equal([key for key in NUMBERS if row[key] is None], [],
              f"{who}: its numbers are known")
    tap.ok((row["memory_current_bytes"] or 0) >= FILLED, f"{who}: its memory",
           row)
    users = {one["pid"]: one["uid"] for one in
             api.rows("processes", container=box.id)}
    tap.equal(users, dict.fromkeys(box.pids(), box.user.id),
              f"{who}: its processes are the user's")


def check_as_shipped(box):
    """/run/user/UID is closed to it."""
    tap.wait_for(lambda: box.user.directory in engines() and box.row())
    tap.equal(engines().get(box.user.directory, {}).get("state"), "denied",
              "as shipped: the directory of the user may not be searched")
    tap.equal(part(box.row(), "container", "image", "engine"),
              {"container": title(box, box.id[:12]), "image": None,
               "engine": None},
              "as shipped: the container has its id")
    check_numbers(box, "as shipped")


def let_ask(allowed):
    """The example, as it says"""
    if allowed:
        prefix = os.path.dirname(os.path.dirname(shutil.which("contmon")))
        os.makedirs(os.path.dirname(DROP_IN), exist_ok=True)
        shutil.copy(prefix + EXAMPLE, DROP_IN)
    elif os.path.exists(DROP_IN):
        os.remove(DROP_IN)
    boxes.out("systemctl", "daemon-reload")
    boxes.out("systemctl", "restart", "contmon-engine")


def described(box):
    return {"container": title(box, NAME), "image": IMAGE,
            "runtime": "podman", "engine": box.socket, "state": "running"}


def check_described(box, who):
    want = described(box)
    row = box.wait_for(**want)
    tap.equal(part(row, *want), want, f"{who}: its name, image and engine")
    tap.ok((row.get("command") or "").startswith("/bin/sh -c trap"),
           f"{who}: its command", row)
    tap.settles(lambda: (engines().get(box.socket),
                         {"state": "connected", "user_id": box.user.id,
                          "runtime": "podman"}),
                f"{who}: the engine is the user's")


def shown(user, *words):
    """Rows of the command line, as this user and group"""
    done = subprocess.run([*user, "contmon", *words, "--json"], check=True,
                          stdout=subprocess.PIPE, cwd="/",
                          env={**boxes.ENV, "CONTMON_SOURCE": "procfs"})
    return json.loads(done.stdout)["rows"]


def member(user):
    """The user, in the group that may ask contmon-engine"""
    return ["setpriv", "--reuid", str(user.id), "--regid", "contmon",
            "--clear-groups"]


def check_command_line(box):
    for who, before in (("root", []), ("the user", member(box.user))):
        rows = [part(row, "container", "runtime", "rootless") for row in
                shown(before, "containers", "--container", box.id)]
        tap.equal(rows, [{"container": NAME, "runtime": "podman",
                          "rootless": True}],
                  f"contmon containers, as {who}: its name")
        rows = shown(before, "ps", "--container", box.id, "-o", "pid,user")
        tap.equal({row["pid"]: row["user"] for row in rows},
                  dict.fromkeys(box.pids(), box.user.name),
                  f"contmon ps, as {who}: its processes and their user")


# contmond of a user, without the driver

@contextlib.contextmanager
def contmond(user):
    """api.rows() asks it."""
    with tempfile.TemporaryDirectory() as directory:
        os.chown(directory, user.id, -1)
        path = f"{directory}/contmond.conf"
        with open(path, "w", encoding="ascii") as file:
            file.write(f"listen = {ADDRESS}\nstore = {directory}/contmond.db\n")
        os.chmod(path, 0o644)
        with open(f"{directory}/log", "wb") as log, \
             subprocess.Popen([*member(user), "contmond", "-c", path],
                              stdout=log, stderr=log, cwd="/",
                              env={**boxes.ENV,
                                   "CONTMON_SOURCE": "procfs"}) as process:
            api.BASE, old = f"http://{ADDRESS}", api.BASE
            try:
                tap.wait_for(lambda: is_up() or process.poll() is not None)
                yield
                tap.note(proc.read(f"{directory}/log"))
            finally:
                api.BASE = old
                process.terminate()


def is_up():
    try:
        return api.row("health")["samples_total"] > 1
    except (OSError, RuntimeError):
        return False


def check_user(box):
    who = "contmond of a user"
    with contmond(box.user):
        health = api.row("health")
        tap.equal(part(health, "source", "status"),
                  {"source": "procfs", "status": "ok"},
                  f"{who}: it reads procfs")
        tap.ok(health["source_lacks"], f"{who}: and says what it lacks")
        check_described(box, who)
        check_numbers(box, who)


def check_once(box):
    """Without a configuration, and without the group: names are unknown, and
    the device may not be opened."""
    done = subprocess.run(
        [*box.user.command, "contmond", "--once", "--json"], cwd="/",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
        env=box.user.env)
    tap.equal(done.returncode, 0, "contmond --once succeeds")
    tap.note(done.stderr.strip())
    health = json.loads(done.stdout)["health"]["rows"][0]
    tap.equal(health["source"], "procfs", "contmond --once reads procfs")
    tap.ok("Permission denied" in (health["source_reason"] or ""),
           "contmond --once says why", health["source_reason"])
    rows = [part(row, "container", "runtime", "processes", "cgroup")
            for row in json.loads(done.stdout)["containers"]["rows"]
            if row["id"] == box.id]
    tap.equal(rows, [{"container": title(box, box.id[:12]),
                      "runtime": "podman", "processes": 3,
                      "cgroup": box.row()["cgroup"]}],
              "contmond --once: the user's container")


def check_end(box):
    box.podman("stop", "--time", "600", NAME)

    def ended():
        return [part(row, "container", "image", "runtime", "exit_code")
                for row in api.rows("containers/ended", container=box.id)]
    want = [{"container": title(box, NAME), "image": IMAGE,
             "runtime": "podman", "exit_code": 7}]
    tap.wait_for(lambda: ended() == want)
    tap.equal(ended(), want, "it ended with its name, image and exit code")
    box.podman("rm", NAME)


def check(box):
    check_as_shipped(box)
    let_ask(True)
    check_described(box, "contmond")
    check_numbers(box, "contmond")
    check_command_line(box)
    check_user(box)
    check_once(box)
    check_end(box)


def run():
    if not shutil.which("podman"):
        tap.skip("containers of users", "podman is not installed")
        return
    shutil.rmtree(boxes.TREES, ignore_errors=True)
    user = boxes.User(USER)
    try:
        check(Container(user))
    finally:
        let_ask(False)
        user.remove()
        shutil.rmtree(boxes.TREES, ignore_errors=True)


if __name__ == "__main__":
    tap.main(run)
