#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""contmon load from outside, with engines that are fakes: what it makes, says
and removes, however it is stopped; and the program that containers run.

Usage: outside.py BUILD
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "guest"))

import tap  # pylint: disable=wrong-import-position

BUILD = pathlib.Path(sys.argv[1]).resolve()
CONTMON = BUILD / "bin/contmon"
STRESS = BUILD / "load/root/stress"
LEFT = "contmon: some of the load is left; try: contmon load --clean\n"


class Host:
    """Directories with the engines' programs, and with what they keep"""

    def __init__(self, *engines):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-load-"))
        self.bin = self.directory / "bin"
        self.bin.mkdir()
        for engine in engines:
            shutil.copy(HERE / "fake_engine.py", self.bin / engine)
            (self.directory / engine).mkdir()
        self.env = {**os.environ, "PATH": str(self.bin),
                    "FAKE_ENGINE": str(self.directory),
                    "CONTMON_SOURCE": "procfs"}
        self.command = [CONTMON, "load"]

    def start(self, *words, **more):
        """In a process group of its own, which a terminal's Ctrl-C reaches"""
        # pylint: disable=consider-using-with
        return subprocess.Popen(
            [*self.command, *words], env=self.env, text=True,
            start_new_session=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, **more)

    def run(self, *words):
        """Status and standard error"""
        done = subprocess.run([*self.command, *words], env=self.env,
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    def file(self, name, engine="docker"):
        return self.directory / engine / name

    def lines(self, name, engine="docker"):
        path = self.file(name, engine)
        return [json.loads(line) for line in path.read_text().splitlines()] \
            if path.exists() else []

    def commands(self, name, engine="docker"):
        return [words for words in self.lines("log", engine)
                if words[0] == name]

    def containers(self, engine="docker"):
        return self.lines("containers", engine)

    def wait_for(self, nr, engine="docker"):
        return tap.wait_for(lambda: len(self.containers(engine)) >= nr)

    def left(self, engine="docker"):
        return self.containers(engine) + self.lines("images", engine)


@contextlib.contextmanager
def within(made):
    try:
        yield made
    finally:
        shutil.rmtree(made.directory)


def host(*engines):
    return within(Host(*(engines or ("docker",))))


def ctrl_c(process):
    os.killpg(process.pid, signal.SIGINT)


def end(process):
    """Status, output and errors"""
    out, error = process.communicate(timeout=tap.PATIENCE_S)
    return process.returncode, out, error


def check_ctrl_c():
    with host() as one:
        process = one.start("--count", "3", "--mix", "cpu=2,ram=1", "--json")
        one.wait_for(3)
        ctrl_c(process)
        status, out, error = end(process)
        rows = [json.loads(line) for line in out.splitlines()]
        tap.equal((status, error, one.left()), (0, "", []),
                  "Ctrl-C leaves nothing")
        tap.equal([(row["event"], row["what"], row["type"]) for row in rows],
                  [("made", "image", None), ("made", "container", "cpu"),
                   ("made", "container", "ram"), ("made", "container", "cpu"),
                   *[("removed", "container", None)] * 3,
                   ("removed", "image", None)], "each step is a line of JSON")
        ids = {row["id"] for row in rows if row["what"] == "container"}
        tap.equal((len(rows), len(ids), len({row["session"] for row in rows})),
                  (8, 3, 1), "the ids are those of the same containers")
        check_run_words(one, rows)


def check_run_words(one, rows):
    words = one.commands("run")[1]
    session = rows[0]["session"]
    tap.equal(words[-6:], [f"localhost/load:{session}", "/stress", "--vm", "1",
                           "--vm-bytes", "64M"],
              "a container runs what looks like stress")
    tap.ok({f"contmon.load={session}", "--memory", "--memory-swap",
             "--cpus", "--pids-limit", "--cap-drop"} <=
           set(words), "it is labelled and limited", words)


def check_second_ctrl_c():
    with host() as one:
        hold = one.file("hold-rm")
        hold.touch()
        process = one.start("--count", "2")
        one.wait_for(2)
        ctrl_c(process)
        tap.wait_for(lambda: one.commands("rm"))
        for _ in range(3):
            ctrl_c(process)
        process.terminate()
        hold.unlink()
        tap.equal((end(process)[0], one.left()), (0, []),
                  "a second Ctrl-C leaves nothing, either")


def check_ctrl_c_in_a_command(command):
    with host() as one:
        hold = one.file(f"hold-{command}")
        hold.touch()
        process = one.start("--count", "5")
        tap.wait_for(lambda: one.commands(command))
        ctrl_c(process)
        hold.unlink()
        tap.equal((end(process)[0], one.left()), (0, []),
                  f"nothing is left after Ctrl-C during {command}")
        tap.ok(len(one.commands("run")) <= 1, "no other container is made",
               one.commands("run"))


def check_an_engine_that_hangs():
    """As it does while its service is stuck"""
    for words in (("--count", "1"), ("--clean",)):
        with host("docker", "podman") as one:
            hold = one.file("hold-info")
            hold.touch()
            process = one.start(*words)
            tap.wait_for(lambda: one.commands("info"))
            ctrl_c(process)
            status, _, error = end(process)
            tap.equal((status, error, one.commands("info", "podman")),
                      (1, "contmon: docker: interrupted\n", []),
                      f"Ctrl-C while an engine hangs: {words[0]}")


def check_end_of_for():
    # A busy host may need more than a second until it has made a container.
    for seconds in ("1", "15", "120"):
        with host() as one:
            process = one.start("--count", "1", "--for", seconds)
            status, out, error = end(process)
            left = one.left()
        if "made     container" in out:
            break
    tap.equal((status, error, left), (0, "", []),
              "the end of --for leaves nothing")
    tap.equal(re.sub("[0-9a-f]{6,8}\\b", "X", out),
              "made     image      localhost/load:X\n"
              "made     container  load-cpu-X  (1 of 1)\n"
              "Ctrl-C removes all of it.\n"
              "removing the load\n"
              "removed  container  load-cpu-X\n"
              "removed  image      localhost/load:X\n",
              "people see what is made and removed")


def check_other_ends():
    for number in (signal.SIGTERM, signal.SIGHUP):
        with host() as one:
            process = one.start("--count", "1")
            one.wait_for(1)
            process.send_signal(number)
            tap.equal((end(process)[0], one.left()), (0, []),
                      f"{number.name} leaves nothing")
    check_end_of_for()
    with host() as one:
        process = one.start("--count", "9")
        process.stdout.readline()
        process.stdout.close()
        process.wait(tap.PATIENCE_S)
        process.stderr.close()
        tap.equal(one.left(), [], "nothing is left when nobody reads")


def check_kill():
    with host("docker", "podman") as one:
        processes = [one.start("--count", "2", "--engine", engine)
                     for engine in ("docker", "podman")]
        for process, engine in zip(processes, ("docker", "podman")):
            one.wait_for(2, engine)
            process.kill()
            end(process)
        tap.equal([len(one.left(engine)) for engine in ("docker", "podman")],
                  [3, 3], "SIGKILL leaves all")
        foreign = {"id": "f" * 64, "name": "other", "labels": {}}
        with one.file("containers").open("a", encoding="ascii") as file:
            file.write(json.dumps(foreign) + "\n")
        tap.equal(one.run("--clean", "--engine", "podman"), (0, ""),
                  "--clean cleans one engine")
        tap.equal([len(one.left(engine)) for engine in ("docker", "podman")],
                  [4, 0], "and not the other")
        tap.equal((one.run("--clean"), one.left()), ((0, ""), [foreign]),
                  "--clean cleans all, but not what is not a load's")
        tap.equal(one.run("--clean"), (0, ""), "--clean has nothing to do")


def check_rounds():
    with host() as one:
        process = one.start("--count", "2", "--every", "1", "--json")
        one.wait_for(6)
        session = one.containers()[0]["labels"]["contmon.load"]
        before = len(one.containers())
        tap.equal(one.run("--add", session, "--count", "1", "--class", "high",
                          "--name-prefix", "more"), (0, ""),
                  "a round is added to a load that runs")
        added = [box for box in one.containers()
                 if box["name"].startswith("more-cpu-")]
        tap.equal([box["labels"] for box in added],
                  [{"contmon.load": session, "contmon.class": "high"}],
                  "it has its name and its class")
        tap.ok(len(one.containers()) > before, "--every goes on")
        ctrl_c(process)
        tap.equal((end(process)[0], one.left()), (0, []),
                  "Ctrl-C removes the containers of all rounds")
        tap.equal(one.run("--add", session),
                  (1, f"contmon: --add {session}: docker has no load of this "
                      "name\n"), "a load that has ended cannot be added to")


def check_failures():
    with host() as one:
        one.file("fail-run").write_text("time=\"0\" msg=\"error: old\"\nWARNING: odd\n"
                                        "docker: Error response: no room\n"
                                        "Run 'docker run --help'\n")
        status, error = one.run()
        tap.equal((status, re.sub("-[0-9a-f]{6}:", ":", error)),
                  (1, "".join("contmon: docker run: load-" + name + ": docker: "
                              "Error response: no room\n"
                              for name in ("cpu", "ram", "disk"))),
                  "an engine that makes no containers is told, not ten times")
        tap.equal(one.left(), [], "the image is removed then")
    with host() as one:
        one.file("fail-import").write_text("Error: disk full")
        tap.equal(one.run(), (1, "contmon: docker import: Error: disk full\n"),
                  "an image that cannot be made is told")
    with host() as one:
        process = one.start("--count", "1")
        one.wait_for(1)
        one.file("fail-ps").write_text("Cannot connect to the Docker daemon")
        ctrl_c(process)
        status, _, error = end(process)
        tap.equal((status, error),
                  (1, "contmon: docker ps: Cannot connect to the Docker daemon"
                      "\n" + LEFT), "an engine that is gone at the end is told")
        one.file("fail-ps").unlink()
        tap.equal((one.run("--clean"), one.left()), ((0, ""), []),
                  "--clean removes what it left")
    check_slow_removal()


def check_slow_removal():
    with host() as one:
        process = one.start("--count", "2")
        one.wait_for(2)
        fail = one.file("fail-rm")
        fail.write_text("Error: removal is already in progress")
        ctrl_c(process)
        tap.wait_for(lambda: one.commands("rm"))
        fail.unlink()
        tap.equal((end(process)[0], one.left()), (0, []),
                  "a container that is being removed is removed")


def check_first_runs():
    with host("none") as one:
        why = "contmon: load: neither docker nor podman is installed\n"
        tap.equal((one.run(), one.run("--clean")), ((1, why), (1, why)),
                  "no engine is installed")
        tap.equal(one.run("--engine", "podman"),
                  (1, "contmon: podman: not installed\n"),
                  "the engine that is asked for is not installed")
    with host("docker", "podman") as one:
        one.file("fail-info").write_text("ERROR: permission denied while "
                                         "trying to connect")
        denied = "contmon: docker: ERROR: permission denied while trying to " \
            "connect"
        tap.equal(one.run("--count", "1", "--for", "1"),
                  (0, f"{denied}; using podman\n"),
                  "an engine that does not answer is told, and the other used")
        cure = "; be root, or a member of the group docker\n"
        tap.equal(one.run("--engine", "docker"), (1, denied + cure),
                  "no right to use the engine")
        one.file("fail-info", "podman").write_text("Error: storage is broken")
        tap.equal(one.run(), (1, f"{denied}{cure}contmon: podman: "
                              "Error: storage is broken\n"),
                  "no engine answers")
    with host() as one:
        one.file("say-info").write_text("1")
        tap.equal(one.run(), (1, "contmon: docker: it does not use cgroup v2, "
                              "without which a load cannot be limited\n"),
                  "an engine with cgroup v1")
        one.file("say-info").write_text("")
        tap.equal(one.run(), (1, "contmon: docker: it failed without saying "
                              "why\n"), "an engine that says nothing")


def check_usage():
    with host("none") as one:
        for words, why in (
                ("--engine crio", "--engine crio: neither docker nor podman"),
                ("--count 0", "--count 0: not a number from 1 to 200"),
                ("--count 201", "--count 201: not a number from 1 to 200"),
                ("--mix cpu,gpu", "--mix cpu,gpu: gpu: not one of cpu, ram, "
                 "disk, io, net, fork, oom, mixed"),
                ("--for ever", "--for ever: not a time such as 90, 90s, 5m, 2h "
                 "or 1d"),
                ("--every 522w", "--every 522w: longer than ten years"),
                ("--class mid", "--class mid: neither high nor low"),
                ("--name-prefix -x", "--name-prefix -x: not letters and "
                 "digits, with _, . or - between them, of at most 64"),
                ("--add 1234567g", "--add 1234567g: not a load: the label "
                 "contmon.load of its containers is its name"),
                ("--add 12345678 --for 5", "--add: --for, --every and --timer "
                 "do not go with it"),
                ("--clean --count 5", "--clean: of the other options only "
                 "--engine goes with it"),
                ("--timer", "--timer: needs --every"),
                ("--bogus", "--bogus: no such option; see: contmon load "
                 "--help"),
                ("web", "web: not expected; see: contmon load --help")):
            tap.equal(one.run(*words.split()), (2, f"contmon: {why}\n"),
                      f"refused: {words}")
        if os.path.isdir("/run/systemd/system"):
            tap.skip("refused: --timer without systemd", "systemd runs here")
        else:
            tap.equal(one.run("--every", "9", "--timer"),
                      (2, "contmon: --timer: systemd does not run here; "
                          "without --timer the command makes each round "
                          "itself\n"), "refused: --timer without systemd")


def check_stress():
    """The program in the containers. What it uses is for the guest."""
    process = subprocess.Popen(     # pylint: disable=consider-using-with
        [STRESS, "--cpu", "1", "--vm", "1", "--vm-bytes", "1M", "--hdd", "1",
         "--hdd-bytes", "1M", "--io", "1", "--fork", "1"])
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
    tap.wait_for(lambda: len(children.read_text().split()) == 5)
    workers = children.read_text().split()
    process.terminate()
    tap.equal((process.wait(tap.PATIENCE_S), len(workers)), (0, 5),
              "stress: SIGTERM ends it with 0")
    tap.ok(tap.wait_for(lambda: not any(
        "stress" in (pathlib.Path("/proc") / pid / "comm").read_text()
        for pid in workers if os.path.exists(f"/proc/{pid}/comm"))),
        "stress: its workers end with it")
    for words, why in (([], "options: there is nothing to do"),
                       (["--vm-bytes", "8"],
                        "size: not a number that it can have"),
                       (["--cpu", "17"], "cpu: not a number that it can have"),
                       (["--gpu"], "--gpu: no such option, or no value"),
                       (["x"], "x: not expected")):
        done = subprocess.run([STRESS, *words], capture_output=True, text=True,
                              check=False)
        tap.equal((done.returncode, done.stderr), (2, f"stress: {why}\n"),
                  f"stress: refused: {' '.join(words)}")


def run():
    check_ctrl_c()
    check_second_ctrl_c()
    check_ctrl_c_in_a_command("run")
    check_ctrl_c_in_a_command("import")
    check_an_engine_that_hangs()
    check_other_ends()
    check_kill()
    check_rounds()
    check_failures()
    check_first_runs()
    check_usage()
    check_stress()


if __name__ == "__main__":
    tap.main(run)
