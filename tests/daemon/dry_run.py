#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A dry run says so: each line of contmond's log about one of its decisions, as
the audit has it, and nothing else in the log. The containers are made of files.

Usage: dry_run.py BUILD
"""

import os
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../guest"))

import tap  # pylint: disable=wrong-import-position
from daemon import Contmond  # pylint: disable=wrong-import-position
from fake_host import Container, FakeHost  # pylint: disable=wrong-import-position

BUILD = os.path.abspath(sys.argv[1])

BUSY = """[rule busy]
select = name shop-*
all = memory_current_bytes > 1M
for = 1s
action = stop
"""
SAY = """[rule say]
select = name till-*
all = memory_current_bytes > 1M
for = 1s
action = notify
"""
SOON = "min_age = 0s\nwarn = 1s\ncool_down = 60s\n"
DRY = f"[policy]\n{SOON}"
ACTS = f"[policy]\ndry_run = no\n{SOON}"

# The mode that the log has at the start, and which rules only seem to act
CASES = {
    "all rules": (DRY + BUSY + SAY, "2 rules, dry run", {"busy", "say"}),
    "one of two rules": (ACTS + BUSY + "dry_run = yes\n" + SAY, "2 rules, active",
                         {"busy"}),
}

LINE = re.compile(r"info: policy: (?P<state>\w+): (?P<action>[\w ]+) of (?P<container>\S+)"
                  r" by rule (?P<rule>\w+)(?P<dry> \(dry run\))?: (?P<reason>.*)")
KEYS = ("state", "action", "container", "rule", "reason")


def logged(contmond):
    """{what a row of the audit has: does the line say that it is a dry run?}"""
    found = map(LINE.search, contmond.log().splitlines())
    return {tuple(one[key] for key in KEYS): one["dry"] is not None
            for one in found if one}


def audited(contmond):
    return {tuple(row[key] for key in KEYS): bool(row["dry_run"])
            for row in contmond.rows("audit")}


def states(rows, rule):
    return [row[0] for row in rows if row[3] == rule]


def check(directory, what, rules, mode, dry):
    fake = FakeHost(directory / "fake", [Container(1, "shop-web-1", "nginx:1"),
                                         Container(2, "till-1", "nginx:1")])
    (directory / "policy").mkdir()
    (directory / "policy/rules.conf").write_text(rules)
    contmond = Contmond(BUILD, directory)
    contmond.program = os.path.join(BUILD, "tests/pty/fake_contmond")
    contmond.env = {**contmond.env, "FAKE_ROOT": str(directory / "fake")}
    contmond.configure({"store": directory / "contmond.db", "interval_ms": 200,
                        "policy_dir": directory / "policy"}, {})
    with contmond:
        def acted():
            fake.tick()
            rows = audited(contmond)
            return all("acted" in states(rows, rule) for rule in ("busy", "say")) and rows
        tap.wait_for(acted, step=0.2)
        # A row is read before its line.
        rows = audited(contmond)
        tap.wait_for(lambda: set(rows) <= set(logged(contmond)))
        lines, log = logged(contmond), contmond.log()
        kinds = {row["kind"]: row for row in contmond.rows("events")}
    tap.ok(f"policies: {mode}" in log, f"{what}: the start says what they do", log)
    tap.equal({key: lines.get(key) for key in rows}, rows,
              f"{what}: a line for each row of the audit, as dry as the row")
    tap.equal({key[3] for key, is_dry in lines.items() if is_dry}, dry,
              f"{what}: of no other rule a line says it")
    tap.equal({rule for rule in ("busy", "say") for key in lines
               if key[3] == rule and lines[key] != (rule in dry)}, set(),
              f"{what}: of none of its rules a line omits it")
    tap.ok("planned" in states(lines, "busy") and "acted" in states(lines, "busy"),
           f"{what}: from the plan to what would have been done", lines)
    tap.ok("policy_acted" in kinds, f"{what}: there is an event of it", kinds)


def run():
    for what, (rules, mode, dry) in CASES.items():
        with tempfile.TemporaryDirectory(prefix="contmon-dry-run-") as directory:
            check(pathlib.Path(directory), what, rules, mode, dry)


if __name__ == "__main__":
    tap.main(run)
