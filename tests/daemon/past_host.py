# SPDX-License-Identifier: GPL-2.0-only
"""A contmond with a past: two hours of a host, by tests/pty/fake_past."""

import contextlib
import sqlite3
import subprocess

import recorded
import tap
from daemon import Contmond

HOUR_MS = 3600000


class Host:
    """A contmond with a past, that takes hardly any samples of its own"""

    def __init__(self, build, directory, nr):
        self.directory = directory / f"host{nr}"
        self.directory.mkdir()
        self.store = self.directory / "contmond.db"
        self.contmond = Contmond(build, self.directory)
        subprocess.run([f"{build}/tests/pty/fake_past", self.store], check=True)

    def add(self, table, rows):
        """Events, or decisions: dictionaries of their columns"""
        with contextlib.closing(sqlite3.connect(self.store)) as database, database:
            for row in rows:
                database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES "
                                 f"({', '.join('?' * len(row))})", tuple(row.values()))

    def delete(self, table, before):
        with contextlib.closing(sqlite3.connect(self.store)) as database, database:
            database.execute(f"DELETE FROM {table} WHERE seq < ?", (before,))

    def forget_events(self):
        """As if the database were a new one: numbers begin again, without cursors"""
        with contextlib.closing(sqlite3.connect(self.store)) as database, database:
            database.execute("DELETE FROM event")
            database.execute("DELETE FROM sqlite_sequence WHERE name = 'event'")
            database.execute("DELETE FROM cursor")

    def begin_at(self, seq, *targets):
        """As if everything before it had been delivered"""
        with contextlib.closing(sqlite3.connect(self.store)) as database, database:
            for target in targets:
                database.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?, 0)",
                                 (target, seq))

    def forget(self, seq):
        """As if the ticks of the span that begins there were too old"""
        with contextlib.closing(sqlite3.connect(self.store)) as database, database:
            database.execute("DELETE FROM chunk WHERE span = (SELECT id FROM span "
                             "WHERE tier = 0 AND begin_seq = ?)", (seq,))
            database.execute("DELETE FROM chunk_processes WHERE span = (SELECT id "
                             "FROM span WHERE tier = 0 AND begin_seq = ?)", (seq,))
            database.execute("DELETE FROM span WHERE tier = 0 AND begin_seq = ?",
                             (seq,))

    def configure(self, targets, interval_ms=HOUR_MS):
        self.contmond.configure({"store": self.store, "interval_ms": interval_ms},
                                targets)

    def wait_for_all(self, *targets):
        """Until each has everything that was recorded"""
        def done():
            rows = self.contmond.targets()
            return rows and all(rows[target]["delivered_ticks_total"] +
                                rows[target]["dropped_ticks_total"] >= recorded.TICKS
                                for target in targets)
        if not tap.wait_for(done):
            tap.note(self.contmond.targets())

    def newest(self):
        """The last tick that was recorded"""
        with contextlib.closing(sqlite3.connect(self.store)) as database:
            return database.execute("SELECT max(seq) FROM frame").fetchone()[0]

    def wait_for_cursor(self, *targets, last=recorded.TICKS):
        """Until the database says so: delivered before or after a restart"""
        if not tap.wait_for(lambda: all((self.cursor(target) or 0) > last
                                        for target in targets)):
            tap.note(self.contmond.targets())

    def cursor(self, target):
        with contextlib.closing(sqlite3.connect(self.store)) as database:
            rows = list(database.execute("SELECT seq FROM cursor WHERE target = ?",
                                         (target,)))
        return rows[0][0] if rows else None
