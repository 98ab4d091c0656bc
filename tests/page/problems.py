# SPDX-License-Identifier: GPL-2.0-only
"""What is wrong now."""

import json

from reading import TABLE, Rewritten, race


def test_engines(tap, page):
    """A host without an engine is no problem; one whose engine is silent is."""
    def problems(engine, engines, *runtimes):
        health = {"status": "ok", "engine": engine, "engines": engines}
        rows = [{"runtime": runtime} for runtime in runtimes]
        return page.run("Problems.prototype.ofContmond("
                        f"{json.dumps(health)}, {json.dumps(rows)}).map(({{ text }}) => text)")
    silent = ["No container engine answers, so new containers have no names"]
    tap.equal(problems("disconnected", 0), [], "a host without an engine needs none")
    tap.equal(problems("disconnected", 0, "lxc", "containerd"), [],
              "nor do containers of other runtimes")
    tap.equal(problems("disconnected", 1), silent, "an engine does not answer")
    tap.equal(problems("disconnected", 0, "lxc", "docker"), silent,
              "Docker is there, and contmon-engine is not")
    tap.equal(problems("connected", 1, "docker"), [], "the engine answers")


def listed(page):
    return page.run("[...document.querySelectorAll('#problems li')].filter("
                    "node => node.checkVisibility()).map(node => node.innerText.trim())")


def target(**more):
    return {"target": "dead", "type": "influx", "error": None, "rejection": None,
            "backlog_ticks": 2, "delivered_ticks_total": 900,
            "dropped_ticks_total": 100, "rejected_rows_total": 0,
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
                   rejection="HTTP status 400")
        race(tap, "and with what it has lost meanwhile",
             says("fails: HTTP status 503", "is 512 behind",
                  "lost 40, deleted before they could be sent",
                  "refused 3 rows: HTTP status 400"))
        race(tap, "the table of targets has the totals", same)
        now.clear()
        tap.check(page.until("document.getElementById('targets').hidden"),
                  "without a target there is no such table")
