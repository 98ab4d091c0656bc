#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The history of a real container on the command line, for a member of the
group contmon: while contmond runs, after the container has ended, and after
contmond has been stopped."""

import csv
import io
import json
import os
import subprocess
import time

import api
import docker
import tap

MEMBER = ["setpriv", "--reuid", "nobody", "--regid", "nogroup",
          "--groups", "contmon"]
HALF_A_CPU = 0.5


def contmon(*words):
    done = subprocess.run([*MEMBER, "contmon", *words],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.stderr:
        tap.note(done.stderr.decode())
    return done.stdout.decode()


def history(name, began_ms):
    """Its rows of a second each, without those of an earlier one of that name"""
    out = contmon("history", "--json", "--from", str(began_ms // 1000 + 1),
                  "--step", "1",
                  "-o", "t,container,cpu-cores,memory-current,processes", name)
    return json.loads(out)["rows"] if out else []


def is_busy(rows):
    return [row for row in rows if row["cpu_cores"] and
            abs(row["cpu_cores"] - HALF_A_CPU) < HALF_A_CPU / 5]


def check_history(box, began_ms, what):
    rows = history(box.name, began_ms)
    tap.ok(len(is_busy(rows)) >= 3, f"{what}: history has its CPU", rows)
    tap.ok(all(row["container"] == box.name for row in rows) and
           rows[-1]["memory_current_bytes"], f"{what}: and its memory", rows)
    tap.equal({row["container"] for row in history(box.id[:12], began_ms)},
              {box.name},
              f"{what}: the same by its id")
    return rows


def check_moment(box, rows, what):
    at = str(is_busy(rows)[-1]["t"])
    lines = contmon("top", "--at", at, "--json").splitlines()
    shown = {row["container"]: row for row in map(json.loads, lines)}
    tap.ok(shown.get(box.name, {}).get("processes") == 1,
           f"{what}: top shows it then", lines)
    lines = contmon("top", "--at", at, "--json", "--container",
                    box.name).splitlines()
    tap.ok(lines and json.loads(lines[0])["comm"] == "sh",
           f"{what}: and its process", lines)


def check_export(box, rows, what):
    out = contmon("export", "--format", "csv", "--from", "-10m",
                  "--container", box.id)
    lines = list(csv.DictReader(io.StringIO(out)))
    tap.equal({line["id"] for line in lines}, {box.id},
              f"{what}: export has it alone")
    tap.ok(len(lines) >= len(rows) and
           any(line["memory_current_bytes"] for line in lines),
           f"{what}: export has every sample", (len(lines), len(rows)))


def check(box, began_ms, what):
    rows = check_history(box, began_ms, what)
    if is_busy(rows):
        check_moment(box, rows, what)
        check_export(box, rows, what)


def run():
    why = docker.unavailable()
    if why:
        tap.skip("the past of containers", f"no Docker: {why}")
        return
    box = docker.cpu()
    began_ms = int(time.time() * 1000)
    try:
        tap.wait_for(lambda: len(is_busy(history(box.name, began_ms))) >= 3)
        check(box, began_ms, "it runs")
        docker.remove(box.name)
        tap.wait_for(lambda: box.name not in api.containers())
        check(box, began_ms, "it ended")
        subprocess.run(["systemctl", "stop", "contmond"], check=True)
        store = "/var/lib/contmon/contmond.db"
        tap.ok(not os.path.exists(f"{store}-wal"), "stopped: it has no log")
        check(box, began_ms, "contmond is stopped")
        tap.ok(not os.path.exists(f"{store}-wal"),
               "stopped: reading it made none")
    finally:
        docker.remove(box.name)
        subprocess.run(["systemctl", "start", "contmond"], check=True)


if __name__ == "__main__":
    tap.main(run)
