#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""contmon load as an ordinary user, and what it asks of systemd, whose programs
are fakes as those of the engines are.

Usage: users.py BUILD, as root
"""

import json
import os
import shutil
import subprocess

import outside
import tap

USER = 65534
DENIED = "permission denied while trying to connect to docker.sock"
MEMORY = ("Error: crun: opening file `memory.max` for writing: No such file or "
          "directory")

# /run of its own, where systemd runs, for a command with these arguments
STAGE = """
PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system "/run/user/$U/systemd"
[ -z "$MANAGER" ] || touch "/run/user/$U/systemd/private"
chown -R "$U" "/run/user/$U"
cd /
exec setpriv --reuid "$U" --regid "$U" --clear-groups env PATH="$BIN" "$@"
"""


class Host(outside.Host):
    """contmon and the fakes where a user can use them. XDG_RUNTIME_DIR is that
    of root, as after su."""

    def __init__(self, *engines, user=USER, manager=True):
        super().__init__(*engines)
        here = self.directory / "installed"
        for name in ("bin/contmon", "lib/libcontmon.so.1",
                     "lib/contmon/load.tar"):
            (here / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(outside.BUILD / name, here / name)
        for name in ("systemctl", "systemd-run"):
            shutil.copy(outside.HERE / "fake_systemd.py", self.bin / name)
        (self.directory / "systemd").mkdir()
        self.directory.chmod(0o755)
        for name in (*engines, "systemd"):
            os.chown(self.directory / name, user, user)
        self.env |= {"U": str(user), "BIN": str(self.bin),
                     "MANAGER": "yes" if manager else "",
                     "XDG_RUNTIME_DIR": "/run/user/0"}
        self.command = [shutil.which("unshare"), "--mount", "/bin/sh", "-ec",
                        STAGE, "sh", here / "bin/contmon", "load"]

    def units(self):
        return self.lines("units", "systemd")

    def all_left(self):
        return self.left("podman") + self.units()


def host(*engines, **more):
    return outside.within(Host(*engines, **more))


def start_timer(one):
    """A load whose timer has made a round"""
    process = one.start("--count", "2", "--every", "60", "--timer", "--json",
                        "--engine", "podman")
    tap.ok(one.wait_for(4, "podman"), "the timer's round is made",
           process.poll())
    return process


def check_timer(user, option):
    who = "a user" if user else "root"
    with host("podman", user=user) as one:
        process = start_timer(one)
        outside.ctrl_c(process)
        status, out, error = outside.end(process)
        tap.equal((status, error, one.all_left()), (0, "", []),
                  f"{who}: Ctrl-C leaves neither timer nor container nor image")
        rows = [json.loads(line) for line in out.splitlines()]
        tap.equal([row["what"] for row in rows if row["event"] == "removed"],
                  ["timer", *["container"] * 4, "image"],
                  f"{who}: the timer is removed first")
        words = one.lines("log", "systemd")[0]
        session = rows[0]["session"]
        tap.equal([words[0], *[word for word in words if word in (
            "--user", f"--unit=contmon-load-{session}", f"--add={session}",
            "--on-unit-active=60000ms")]],
            ["systemd-run", *option, f"--unit=contmon-load-{session}",
             "--on-unit-active=60000ms", f"--add={session}"],
            f"{who}: the timer's systemd, name, time and command")


def check_clean():
    with host("docker", "podman") as one:
        one.file("fail-ps").write_text(DENIED)
        one.file("say-info").write_text("")     # as older releases do
        process = start_timer(one)
        process.kill()
        outside.end(process)
        tap.equal((len(one.left("podman")), len(one.units())), (5, 1),
                  "SIGKILL leaves all")
        tap.equal((one.run("--clean"), one.all_left()), ((0, ""), []),
                  "--clean removes all, and leaves out a Docker that the user "
                  "may not use")
        tap.equal(one.run("--clean", "--engine", "docker"),
                  (1, f"contmon: docker ps: {DENIED}\n"),
                  "unless it is asked for")
    with host("docker") as one:
        for name in "info", "ps":
            one.file(f"fail-{name}").write_text(DENIED)
        tap.equal(one.run("--clean"),
                  (1, f"contmon: docker: {DENIED}; be root, or a member of the "
                      "group docker\n"), "there is no other engine")


def check_without_systemd():
    with host("podman", manager=False) as one:
        tap.equal(one.run("--every", "9", "--timer"),
                  (2, "contmon: --timer: your systemd does not run; log in "
                      "anew, or try: loginctl enable-linger; without --timer "
                      "the command makes each round itself\n"),
                  "refused: --timer of a user without systemd")
        one.file("say-info", "podman").write_text("v2 cgroupfs true 2")
        tap.equal(one.run(),
                  (1, "contmon: podman: it cannot limit containers without a "
                      "systemd of yours; log in anew, or try: loginctl "
                      "enable-linger\n"), "containers would not be limited")
        tap.equal(one.commands("import", "podman"), [], "nothing is made")
        tap.equal((one.run("--clean"), one.lines("log", "systemd")),
                  ((0, ""), []), "--clean needs none")


def check_shortages():
    with host("podman") as one:
        say = one.file("say-info", "podman")
        say.write_text("v2 systemd true 1")
        tap.equal(one.run(), (1, "contmon: podman: you have no subordinate "
                              "ids; see subuid(5)\n"), "no subordinate ids")
        say.write_text("v2 cgroupfs false 0")
        tap.equal(one.run("--count", "1", "--for", "1"), (0, ""),
                  "root's Podman, by CONTAINER_HOST")
        say.unlink()
        one.file("fail-run", "podman").write_text(MEMORY)
        status, error = one.run("--name-prefix", "x", "--mix", "cpu")
        tap.equal((status, error.splitlines()[-1].partition(": Error")[2]),
                  (1, MEMORY.removeprefix("Error") + "; your systemd needs the "
                   "controllers cpu, memory and pids: see contmon(1)"),
                  "systemd does not let users limit memory")
        one.file("fail-run", "podman").write_text("Error: no permission denied")
        status, error = one.run("--mix", "cpu")
        tap.ok(status == 1 and error.endswith("denied\n"),
               "any other reason is only told", error)


def run():
    if os.geteuid():
        tap.skip("loads of users", "the caller is not root")
        return
    check_timer(USER, ["--user"])
    check_timer(0, [])
    check_clean()
    check_without_systemd()
    check_shortages()


if __name__ == "__main__":
    tap.main(run)
