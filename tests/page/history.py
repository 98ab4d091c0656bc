# SPDX-License-Identifier: GPL-2.0-only
"""Everything that is kept of a container is on some chart of its page."""

import os
import re
import time
import urllib.request

from chromium import PATIENCE
from reading import api, go, race, running

ROWS = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir,
                    "contmond/model/rows.c")

# What needs no chart: times, what is a fact or follows from what has a chart
ELSEWHERE = {"t", "created_ms", "started_ms", "uptime_seconds", "state_code",
             "cpu_percent", "cpu_seconds_total", "memory_limit_percent"}

CHARTS = """[...views.container.charts, ...views.container.more.charts]
  .map(chart => chart.lines.map(({ metric }) => metric))"""

# The charts that are folded away: for each line its metric, and whether it is shown
SHOWN = """views.container.more.charts.map(({ chart, lines }) => [
  chart.title, !!chart.plot, lines.map(({ label, metric }) =>
    [metric, !!chart.lines?.some(line => line.label === label)])])"""

DRAWN = "views.container.more.charts.filter(({ chart }) => chart.plot).length"


def kept():
    """The metrics of containers of which a past is kept"""
    with open(ROWS) as file:
        text = file.read()
    table = text[text.index("container_columns[]"):text.index("process_columns[]")]
    return {name for name, unit in re.findall(r"COLUMN\((\w+), UNIT_(\w+)\)", table)
            if unit != "TEXT"}


def test_all_kept(tap, page):
    shown = {metric for chart in page.run(CHARTS) for metric in chart}
    shown |= {re.sub("_per_second$", "_total", metric) for metric in shown}
    missing = kept() - shown - ELSEWHERE
    tap.check(len(kept()) > 80 and not missing, "all that is kept has a chart", missing)


def known_of(base, name, metric):
    to = api(base, "system")[0]["t"]
    rows = api(base, "series?metric=%s&from=%d&to=%d&step=10000&container=%s"
               % (metric, to - 240000, to, urllib.request.quote(name)))
    return any(row["v"] is not None for row in rows)


def refreshed(page):
    """What is asked for until a whole refresh is over: the next one has begun"""
    page.events.clear()
    end = time.monotonic() + PATIENCE
    asked = []
    while sum("/system?" in url for url in asked) < 3 and time.monotonic() < end:
        page.wait(0.3)
        asked = [event["params"]["request"]["url"] for event in page.events
                 if event["method"] == "Network.requestWillBeSent"]
    return asked


def test_more(tap, page, base):
    test_all_kept(tap, page)
    name = sorted(running(base))[0]
    go(page, "#/container/" + urllib.request.quote(name))
    page.until("document.querySelectorAll('#container-charts canvas').length === 7")
    asked = refreshed(page)
    tap.check(asked and not any("memory_slab_bytes" in url for url in asked),
              "charts that are folded away are not loaded", asked)
    page.run("document.querySelector('#container-more summary').click()")
    tap.check(page.until("location.hash.includes('more=1')"), "they can be opened",
              page.run("location.hash"))
    page.run("scrollTo(0, 0)")
    page.call("Page.reload")
    tap.check(page.until("document.getElementById('container-more')?.open && state.sample"
                         " && !state.running"), "and are open after a reload",
              page.run("location.hash"))
    page.run("document.getElementById('container-more').scrollIntoView()")
    drawn = page.until(DRAWN)
    tap.check(0 < drawn < 12, "and those that are on the screen are loaded", drawn)
    page.size(1280, 6000)
    page.until(DRAWN + " === views.container.more.charts.length")

    def same():
        page.wait(1)
        seen = page.run(SHOWN)
        wanted = [[title, True, [[metric, known_of(base, name, metric)]
                                 for metric, _ in lines]] for title, _, lines in seen]
        return seen == wanted, [pair for pair in zip(seen, wanted) if pair[0] != pair[1]]
    race(tap, "on the screen each has the lines of which something is known", same)
    page.size(1280, 900)
    go(page, "#/")
