# SPDX-License-Identifier: GPL-2.0-only
"""What is wrong now."""

import json
import re

from reading import TABLE, Rewritten, api, race


def test_engines(tap, page):
    """A host without an engine is no problem; one whose engine is silent is."""
    def problems(engine, *runtimes):
        health = {"status": "ok", "engine": engine}
        rows = [{"runtime": runtime} for runtime in runtimes]
        return page.run("Problems.prototype.ofContmond("
                        f"{json.dumps(health)}, {json.dumps(rows)}).map(({{ text }}) => text)")
    silent = ["No container engine answers, so new containers have no names"]
    tap.equal(problems("none"), [], "a host without an engine needs none")
    tap.equal(problems("none", "lxc", "containerd"), [],
              "nor do containers of other runtimes")
    tap.equal(problems("disconnected"), silent, "an engine does not answer")
    tap.equal(problems("none", "lxc", "docker"), silent,
              "Docker is there, and contmon-engine is not")
    tap.equal(problems("connected", "docker"), [], "the engine answers")


def listed(page):
    return page.run("[...document.querySelectorAll('#problems li')].filter("
                    "node => node.checkVisibility()).map(node => node.innerText.trim())")


GONE = "the database no longer has them"
LATE = "the database that has them was opened too late"


def target(**more):
    return {"target": "dead", "type": "influx", "error": None, "rejection": None,
            "drop_reason": None, "backlog_ticks": 2,
            "delivered_ticks_total": 900, "dropped_ticks_total": 100, "rejected_rows_total": 0,
            "requests_total": 90, "failed_requests_total": 1,
            "last_delivered_ms": 1700000000000, **more}


def test_targets(tap, page):
    """A target that is behind and loses samples"""
    now = target()

    def change(path, rows):
        if path == "health":
            rows[0]["forward_targets"] = 1 if now else 0
        elif path == "forward":
            rows[:] = [now]

    def said():
        page.wait(0.5)
        return [text for text in listed(page) if text.startswith("Target dead ")]

    def says(*texts):
        def test():
            seen = said()
            return seen == ["Target dead " + "; ".join(texts)], seen
        return test

    def same():
        page.wait(0.5)
        rows = page.run(TABLE + '("target-table")')
        return (len(rows) == 1 and [rows[0][key] for key in (
            "target", "backlog_ticks", "dropped_ticks_total", "rejected_rows_total",
            "reason")] == ["dead", "512", "140", "3", "HTTP status 503"]), rows

    with Rewritten(page, change):
        race(tap, "a target that takes all is no problem, whatever it lost before",
             lambda: (page.run("!document.getElementById('targets').hidden")
                      and not said(), listed(page)))
        now.update(error="HTTP status 503", backlog_ticks=512)
        race(tap, "a target that fails is one, with what waits for it",
             says("fails: HTTP status 503", "is 512 behind"))
        now.update(dropped_ticks_total=140, rejected_rows_total=3,
                   rejection="HTTP status 400", drop_reason=GONE)
        race(tap, "and with what it has lost meanwhile",
             says("fails: HTTP status 503", "is 512 behind",
                  f"lost 40: {GONE}", "refused 3 rows: HTTP status 400"))
        race(tap, "the table of targets has the totals", same)
        now.update(error=None, backlog_ticks=2, dropped_ticks_total=141,
                   drop_reason=LATE)
        race(tap, "the newest reason is told",
             says(f"lost 41: {LATE}", "refused 3 rows: HTTP status 400"))
        now.clear()
        tap.check(page.until("document.getElementById('targets').hidden"),
                  "without a target there is no such table")


def wrong(name, rows, path, now):
    """Alters an answer such that much is wrong with the container `name`."""
    if path == "health":
        rows[0].update(policy="active", forward_targets=0)
    elif path == "system":
        rows[0].update(ram_total_bytes=100 << 30, ram_available_bytes=3 << 30)
    elif path == "containers":
        for row in rows:
            row.update(memory_limit_percent=50, pids_limit=None, health=None,
                       cpu_throttled_periods_total=0, psi_memory_full_seconds_total=0,
                       psi_io_full_seconds_total=0)
            if row["container"] == name:
                t = (row["t"] or 0) / 1000
                row.update(
                    cgroup="/up/it", memory_limit_percent=98.2,
                    memory_limit_bytes=1 << 30, memory_limit_owner="/up",
                    pids_current=95, pids_limit=100, health="unhealthy",
                    cpu_periods_total=10 * t, cpu_throttled_periods_total=4 * t,
                    psi_memory_full_seconds_total=t / 5,
                    psi_io_full_seconds_total=t / 2)
    elif path == "events":
        rows[:] = [event(now - 1000, "oom_killed", name, "hog"),
                   event(now - 2000, "oom_killed", None, "stray"),
                   *(event(now - 1000 * n, "container_started", name) for n in (3, 4, 5)),
                   *(event(now - 1000 * n, "container_started", "calm") for n in (6, 7, 900))]
    elif path == "policy/pending":
        rows[:] = [{"container": name, "rule": "greed", "action": "stop",
                    "state": "warned", "acts_ms": now + 60000, "dry_run": 1}]


def event(t, kind, container, comm=None):
    return {"seq": t, "t": t, "kind": kind, "container": container,
            "container_id": None, "pid": None, "comm": comm, "detail": None}


SENTENCES = [
    r"the OOM killer ended hog at \d\d:\d\d", r"started 3 times in 10 min",
    r"uses 98 % of the memory limit of /up, 1\.0 GiB", r"has 95 of 100 tasks",
    r"was throttled in 40 % of its periods", r"waited for memory 20 % of the time",
    r"waited for IO 50 % of the time", r"fails its health check",
    r"policy greed: stop, warned until \d\d:\d\d:\d\d \(dry run\)"]


def test_findings(tap, page, base):
    """All that can be wrong with a host and a container, and then nothing"""
    name = sorted(row["container"] for row in api(base, "containers"))[0]
    now = api(base, "system")[0]["t"]
    bad = True

    def change(path, rows):
        wrong(name, rows, path, now)
        if bad:
            return
        for row in rows:
            if path == "system":
                row["ram_available_bytes"] = 50 << 30
            elif path == "containers" and row["container"] == name:
                row.update(memory_limit_percent=None, pids_limit=None, health="healthy",
                           cpu_throttled_periods_total=0,
                           psi_memory_full_seconds_total=0, psi_io_full_seconds_total=0)
        if path in ("events", "policy/pending"):
            rows.clear()

    def said():
        page.wait(0.5)
        found = listed(page)
        own = [text for text in found if text.startswith(name + " ")]
        return (len(own) == 1 and re.fullmatch(
            re.escape(name) + " " + "; ".join(SENTENCES), own[0]) is not None), found

    def fine():
        page.wait(0.5)
        shown = page.run("document.querySelector('#problems .fine').checkVisibility()")
        return shown and not listed(page), listed(page)

    with Rewritten(page, change):
        race(tap, "all that is wrong with a container is one sentence", said)
        found = listed(page)
        tap.equal([text for text in found if text.startswith("The host")],
                  ["The host has 3.0 GiB of memory left"], "so is the host's memory")
        tap.check(any(text.startswith("host the OOM killer ended stray")
                      for text in found), "and a process outside of containers", found)
        tap.check(not any("calm" in text for text in found),
                  "two starts in ten minutes are no problem", found)
        levels = page.run("[...document.querySelectorAll('#problems li')].map("
                          "node => node.className)")
        tap.equal(levels, sorted(levels), "the worst come first")
        place = page.run("document.querySelector('#problems li a:not([hidden])"
                         "[href*=container]').getAttribute('href')")
        tap.check("at=%d" % (now - 1000) in place, "it leads to that moment", place)
        bad = False
        race(tap, "and when all is well, that is said", fine)
