#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Docker or Podman, by the name that it is called by, as far as `contmon load`
uses them. Its containers and images are lines of files in $FAKE_ENGINE/NAME,
and every command is a line of $FAKE_ENGINE/NAME/log.

A file fail-COMMAND there lets COMMAND fail, with what is in the file as its
error; say-COMMAND lets it succeed, with that as its output; hold-COMMAND lets it
wait until the file is gone."""

import contextlib
import fcntl
import json
import os
import pathlib
import secrets
import sys
import time

NAME = os.path.basename(sys.argv[0])
HOME = pathlib.Path(os.environ["FAKE_ENGINE"]) / NAME


@contextlib.contextmanager
def objects(kind):
    """The list of all, which may be changed"""
    with open(HOME / kind, "a+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        every = [json.loads(line) for line in file]
        yield every
        file.truncate(0)
        file.writelines(json.dumps(one) + "\n" for one in every)


def values(option, words):
    return [words[i + 1] for i, word in enumerate(words) if word == option]


def listed(kind, words):
    key, _, value = values("--filter", words)[0].partition("=")[2].partition("=")
    with objects(kind) as every:
        for one in every:
            if key in one["labels"] and value in ("", one["labels"][key]):
                print(one["id"], one["name"])


def make(kind, name, labels):
    one = {"id": secrets.token_hex(32), "name": name,
           "labels": dict(label.split("=") for label in labels)}
    with objects(kind) as every:
        every.append(one)
    print(one["id"])


def remove(kind, words):
    ids = [word for word in words if len(word) == 64]
    with objects(kind) as every:
        every[:] = [one for one in every if one["id"] not in ids]
    print("\n".join(ids))


def run(command, words):
    if command == "info":
        print("2" if NAME == "docker" else "v2 systemd true 2"
              if os.geteuid() else "v2 systemd false 0")
    elif command == "import":
        make("images", words[-1], [word.split()[1]
                                   for word in values("--change", words)])
    elif command == "run":
        make("containers", values("--name", words)[0], values("--label", words))
    elif command in ("ps", "images"):
        listed({"ps": "containers"}.get(command, command), words)
    elif command in ("rm", "rmi"):
        remove({"rm": "containers", "rmi": "images"}[command], words)
    else:
        sys.exit(f"no command {command}")


def main():
    command, words = sys.argv[1], sys.argv[2:]
    HOME.mkdir(exist_ok=True)
    with open(HOME / "log", "a", encoding="utf-8") as log:
        log.write(json.dumps(sys.argv[1:]) + "\n")
    while (HOME / f"hold-{command}").exists():
        time.sleep(0.02)
    fail = HOME / f"fail-{command}"
    if fail.exists():
        sys.exit(fail.read_text())
    say = HOME / f"say-{command}"
    if say.exists():
        print(say.read_text())
    else:
        run(command, words)


main()
