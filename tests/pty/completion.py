#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What bash, zsh and fish complete at the end of a line.

Usage: completion.py BUILD

In this test, contmon is fake_contmon, which the shells find through PATH."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../guest"))
import tap  # noqa: E402

PROGRAM = os.path.join(os.path.abspath(sys.argv[1]), "tests/pty/fake_contmon")
SOURCES = os.path.join(HERE, "../../contmon/completion/contmon.")

# Called with the words of a line, the last of which is completed
BASH = """
source {source}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_contmon
printf '%s\\n' "${{COMPREPLY[@]}}"
"""

# Of zsh's machinery only compadd is needed.
ZSH = """
words=("$@") CURRENT=$#
function compset {{ PREFIX=${{words[CURRENT]##*,}}
    BEFORE=${{words[CURRENT]%$PREFIX}} }}
function compadd {{
    shift
    for word; do [[ $word == ${{PREFIX-$words[CURRENT]}}* ]] &&
        print -r -- $BEFORE$word; done; true
}}
source {source}
"""

FISH = """
source {source}
complete -C (string join ' ' -- $argv)
"""

# a line, and the completions: all of them, or some
EXACT = [
    ("contmon wa", ["watch"]),
    ("contmon --v", ["--version"]),
    ("contmon ps --ex", ["--exact"]),
    ("contmon ps --tr", ["--tree"]),
    ("contmon containers --a", ["--all"]),
    ("contmon ps --units M", ["MiB"]),
    ("contmon ps -o pid,co",
     ["pid,comm", "pid,container", "pid,container-id"]),
    ("contmon ps --sort thr", ["threads"]),
    ("contmon containers --sort short", ["short-id"]),
    ("contmon watch -o cpu",
     ["cpu-cores", "cpu-percent", "cpu-seconds-total"]),
    ("contmon ps --container ho", ["host"]),
    ("contmon ps --container f", ["fedcba987654"]),
    ("contmon ps --container sh", ["shop-web-1"]),
    ("contmon ps --container dx", []),
    ("contmon ps --min-rss 1", []),
    ("contmon ps --th", ["--threads"]),
    ("contmon top --cont", ["--container"]),
    ("contmon top --container ho", ["host"]),
    ("contmon ps --user roo", ["root"]),
    ("contmon ps --state D", ["D"]),
    ("contmon alloc --touch no", ["none"]),
    ("contmon watch 4", ["40"]),
    ("contmon cmdline 9", ["99"]),
    ("contmon events --pid 9", ["99"]),
    ("contmon events --type fork,ex", ["fork,exec", "fork,exit"]),
    ("contmon events --count 1", []),
    ("contmon log --fo", ["--follow"]),
    ("contmon log --kind oom_killed,container_", ["oom_killed,container_ended",
                                                  "oom_killed,container_started"]),
    ("contmon log --container sh", ["shop-web-1"]),
    ("contmon log --contmond h", []),
    ("contmon log -o f", ["facts"]),
    ("contmon top -n 1", []),
    ("contmon info x", []),
    ("contmon history sh", ["shop-web-1"]),
    ("contmon history ho", ["host"]),
    ("contmon history --fr", ["--from"]),
    ("contmon history --com", ["--commands"]),
    ("contmon policy lo", ["log"]),
    ("contmon policy st", ["status"]),
    ("contmon policy replay --si", ["--since"]),
    ("contmon policy replay --since 1", []),
    ("contmon policy explain sh", ["shop-web-1"]),
    ("contmon policy log --fr", ["--from"]),
    ("contmon policy log -o rule", ["rule", "rule-hash"]),
    ("contmon policy log sh", ["shop-web-1"]),
    ("contmon export --format c", ["csv"]),
    ("contmon export --o", ["--output"]),
    ("contmon export x", []),
    ("contmon import --c", ["--cpus"]),
    ("contmon import --cpus 1", []),
    ("contmon policy ch", ["check"]),
    ("contmon policy --h", ["--help"]),
    ("contmon grafana pu", ["push"]),
    ("contmon grafana push --contmond-", ["--contmond-token-file"]),
    ("contmon grafana push --timeout 1", []),
    ("contmon policy check --j", ["--json"]),
    ("contmon load --mix cpu,mi", ["cpu,mixed"]),
    ("contmon load --engine po", ["podman"]),
    ("contmon load --class h", ["high"]),
    ("contmon load --every 6", []),
    ("contmon load --cl", ["--class", "--clean"]),
    ("contmon top --a", ["--at"]),
    ("contmon top --at 0", []),
    ("contmon top --com", ["--commands"]),
    ("contmon history --step 1", []),
    ("contmon history -o max-cpu", ["max-cpu-cores", "max-cpu-percent"]),
]


def offered(shell, script, line, env):
    source = shlex.quote(SOURCES + shell)
    words = line.split(" ")
    command = [shell, "-c", script.format(source=source)]
    # fish has no name of the script before the words.
    command += words if shell == "fish" else [shell, *words]
    run = subprocess.run(command, env=env, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True)
    return sorted(filter(None, (word.split("\t")[0]
                                for word in run.stdout.splitlines())))


def commands(env):
    help_text = subprocess.run(["contmon", "--help"], env=env, check=True,
                               stdout=subprocess.PIPE, text=True).stdout
    return [line.split()[0] for line in help_text.splitlines()
            if line.startswith("  ") and line[2].isalpha()]


def check_shell(shell, script, env):
    if not shutil.which(shell):
        tap.skip(f"{shell}: completion", f"{shell} is not installed")
        return
    for line, want in EXACT:
        tap.equal(offered(shell, script, line, env), sorted(want),
                  f"{shell}: {line}")
    tap.equal(offered(shell, script, "contmon ", env),
              sorted(commands(env) + ["--help", "--version"]),
              f"{shell}: every command")
    for command in commands(env):
        words = offered(shell, script, f"contmon {command} -", env)
        tap.ok("--help" in words and "-h" in words,
               f"{shell}: options of {command}", words)


def run():
    with tempfile.TemporaryDirectory() as directory:
        os.symlink(PROGRAM, os.path.join(directory, "contmon"))
        env = {"PATH": directory + ":" + os.environ["PATH"], "HOME": directory,
               "LC_ALL": "C.UTF-8"}
        for shell, script in (("bash", BASH), ("zsh", ZSH), ("fish", FISH)):
            check_shell(shell, script, env)


tap.main(run)
