#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A contmond that is killed (kill -9) again and again, at any moment: while it
starts, takes a sample, writes, or answers. Its database must be whole each time,
and the next contmond must have what this one said was written, so at most the
last tick is missing.

Usage: killed.py BUILD
"""

import contextlib
import http.client
import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../guest"))

import tap  # pylint: disable=wrong-import-position
from daemon import Contmond, fetch  # pylint: disable=wrong-import-position

ROUNDS = 20
SEED = 20241117
INTERVAL_MS = 100
METRIC = "system_ram_free_bytes"
PAGE = 4096


class Life:
    """What a contmond has shown: {step: number}, and which steps it had written"""

    def __init__(self, contmond, begin_ms):
        self.contmond = contmond
        self.begin_ms = begin_ms
        self.seen = {}
        self.written = {}

    def rows(self, path):
        """None of one that has ended; none before its first sample"""
        try:
            body = fetch(self.contmond.url(path))
            return json.loads(body).get("rows", []) if body else None
        except (ValueError, http.client.HTTPException):
            return None     # it was killed within the answer

    def look(self):
        """False once it has ended. What was seen before nothing waits is written."""
        rows = self.rows(f"series?metric={METRIC}&step={INTERVAL_MS}"
                         f"&from={self.begin_ms}")
        if rows:
            self.seen = {row["t"]: row["v"] for row in rows}
        mine = self.rows("self")
        if rows and mine and mine[0]["store_waiting"] == 0:
            self.written = dict(self.seen)
        return rows is not None and mine is not None

    def lost(self, before):
        """What another life has shown, and this one does not have. Its newest step
        may have got another sample after it was seen."""
        newest = max(before, default=0)
        return [t for t, v in before.items()
                if t not in self.seen or
                (t < newest and abs(self.seen[t] - v) > PAGE)]


def damage(store, directory):
    """What SQLite finds in a copy: reading the file itself would mend it."""
    for suffix in "", "-wal":
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(f"{store}{suffix}", directory / f"copy{suffix}")
    with contextlib.closing(sqlite3.connect(directory / "copy")) as database:
        found = [row[0] for row in database.execute("PRAGMA integrity_check")]
        found += list(database.execute("PRAGMA foreign_key_check"))
    for path in directory.glob("copy*"):
        path.unlink()
    return [] if found == ["ok"] else found


def kill_at_start(contmond, moments):
    """Before it answers, or soon after"""
    with subprocess.Popen([contmond.program, "-c", contmond.file],
                          env=contmond.env) as process:
        time.sleep(moments.uniform(0, 0.1))
        process.kill()


def kill_while_seen(contmond, life, moments):
    """Some time after it has written a tick"""
    contmond.__enter__()  # pylint: disable=unnecessary-dunder-call
    before = len(life.seen)
    tap.wait_for(lambda: life.look() and len(life.written) > before, step=0.01)
    killer = threading.Timer(moments.uniform(0, 1), contmond.process.kill)
    killer.start()
    while life.look():
        pass
    killer.join()
    contmond.process.wait()


def check_round(nr, store, contmond, life, moments):
    """Returns what this life has shown, and how much of it was lost."""
    kill_while_seen(contmond, life, moments)
    tap.equal(damage(store, store.parent), [], f"round {nr}: the database is whole")
    if nr % 3 == 0:
        kill_at_start(contmond, moments)
        tap.equal(damage(store, store.parent), [],
                  f"round {nr}: it is whole when the next one was killed at its start")
    found = Life(contmond, life.begin_ms)
    with contmond:
        found.look()
        health = contmond.row("health")
    tap.equal((health["store"], health["store_put_aside"], health["store_lost_total"]),
              ("file", None, 0), f"round {nr}: it is used again")
    tap.equal(found.lost(life.written), [], f"round {nr}: what was written is there")
    lost = found.lost(life.seen)
    waiting = len(life.seen) - len(life.written)
    newest = sorted(life.seen)[len(life.seen) - len(lost):]
    tap.ok(len(lost) <= max(1, waiting) and lost == newest,
           f"round {nr}: at most the last tick is missing", (lost, newest, waiting))
    return found, lost


def run():
    moments = random.Random(SEED)
    with tempfile.TemporaryDirectory(prefix="contmon-killed-") as directory:
        contmond = Contmond(sys.argv[1], pathlib.Path(directory))
        store = pathlib.Path(directory, "contmond.db")
        contmond.configure({"store": store, "interval_ms": INTERVAL_MS}, {})
        life = Life(contmond, time.time_ns() // 1000000)
        lost = 0
        for nr in range(ROUNDS):
            life, missing = check_round(nr, store, contmond, life, moments)
            lost += len(missing)
        tap.note(f"{len(life.seen)} ticks were there after {ROUNDS} rounds, {lost} "
                 "were lost")


if __name__ == "__main__":
    tap.main(run)
