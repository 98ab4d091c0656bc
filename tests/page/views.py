# SPDX-License-Identifier: GPL-2.0-only
"""The page's views show what the API says, and do what they are asked to."""

import json
import math
import time
import urllib.request

from chromium import PATIENCE
from reading import PAINTED, TABLE, api, containers, go, race, running


def test_served(tap, base):
    with urllib.request.urlopen(base + "/", timeout=PATIENCE) as answer:
        policy = answer.headers.get("Content-Security-Policy", "")
        kind = answer.headers.get("Content-Type", "")
    tap.check("default-src 'self'" in policy and "unsafe" not in policy,
              "the page is served with a content security policy", policy)
    tap.check(kind.startswith("text/html"), "the page is served as HTML", kind)


def test_names(tap, page, base):
    def same():
        shown = {row["container"] for row in containers(page)}
        reported = running(base)
        page.wait(0.3)
        return (shown == reported and bool(reported),
                "page %s\nAPI  %s" % (shown, reported))

    race(tap, "the table names the containers that the API names", same)


def test_values(tap, page, base):
    def same():
        reported = {row["container"]: row for row in api(base, "containers")}
        page.wait(1.2)
        shown = {row["container"]: row for row in containers(page)}
        wrong = [(name, row, shown.get(name)) for name, row in reported.items()
                 if name not in shown
                 or shown[name]["processes"] != str(row["processes"])
                 or shown[name]["image"] != (row["image"] or "\u2013")
                 or shown[name]["state"] != row["state"]]
        return not wrong, wrong

    race(tap, "image, state and processes are the API's", same)


def test_moving(tap, page, base):
    def look():
        return {row["container"]: row for row in containers(page)}

    first = look()
    uptimes = {row["container"]: row["uptime_seconds"]
               for row in api(base, "containers")}
    stuck = set(first)
    moved = set()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and (stuck or not moved):
        page.wait(1)
        for name, row in look().items():
            before = first.get(name)
            if before is None:
                continue
            if row["cpu_cores"] != before["cpu_cores"]:
                moved.add(name)
            if row != before:
                stuck.discard(name)
    # Hours and days change too slowly to wait for, unknown values never.
    stuck = {name for name in stuck if (uptimes.get(name) or 1e9) < 3500}
    tap.check(not stuck, "every container's row changes between two looks",
              "the same for %d s: %s" % (PATIENCE, stuck))
    tap.check(moved, "some container's CPU changes between two looks", first)


def test_charts(tap, page, base):
    painted = page.until(PAINTED + ".then(n => n.every(x => x > 50) && n)")
    tap.check(painted, "both charts have drawn lines", page.run(PAINTED))
    names = page.run("[...document.querySelectorAll('#chart-cpu .legend span')]"
                     ".map(node => node.textContent)")
    tap.check(running(base) & set(names) == running(base)
              or len(names) >= 12, "the legend names the containers", names)
    values = page.run("[...document.querySelectorAll('.legend b')]"
                      ".map(node => node.textContent)")
    tap.check(any(value not in ("", "\u2013") for value in values),
              "the legend has values", values)
    page.run("document.querySelector('#overview-time input[value=\"60\"]').click()")
    label = page.until("document.querySelector('#chart-cpu .plot').ariaLabel"
                       ".includes('last 1 h')")
    painted = page.until(PAINTED + ".then(n => n.every(x => x > 50) && n)")
    tap.check(label and painted, "the charts draw an hour when asked to",
              "%s %s" % (label, painted))
    tap.check(page.run("location.hash").endswith("span=60"),
              "the address says so", page.run("location.hash"))
    page.run("document.querySelector('#overview-time input[value=\"5\"]').click()")
    sparks = page.until("[...document.querySelectorAll('#container-table path')]"
                        ".filter(path => path.getAttribute('d')).length")
    tap.check(sparks and sparks >= 2, "rows have small lines of their past", sparks)


def equal_rows(page, base, table, path, *keys):
    """For race(): a table has the API's rows, in any order. It is part of an id
    and of what follows it."""
    def values(row):
        return ["\u2013" if row[key] is None else str(row[key]) for key in keys]

    def test():
        reported = sorted(map(values, api(base, path)))
        page.wait(1.2)
        shown = sorted(map(values, page.run(TABLE + '("%s")' % table)))
        return shown == reported, (shown, reported)
    return test


def test_past(tap, page, base):
    def same(table, path):
        def test():
            reported = [row["container"] or "\u2013"
                        for row in api(base, path + "?limit=200")]
            page.wait(1.2)
            shown = [row["container"] for row in
                     page.run(TABLE + '("%s")' % table)]
            return sorted(shown) == sorted(reported), (shown, reported)
        return test
    go(page, "#/events")
    race(tap, "events are the API's", same("event-table", "events"))
    go(page, "#/ended")
    race(tap, "ended containers are the API's",
         same("ended-table", "containers/ended"))
    go(page, "#/policy")
    rules = len(api(base, "policy"))
    tap.check(page.until("document.querySelectorAll('#policy-rules tbody tr')"
                         ".length === %d" % rules),
              "the rules of policies are the API's", rules)
    race(tap, "so are decisions under way",
         equal_rows(page, base, "policy-pending", "policy/pending",
                    "decision", "rule", "state"))
    race(tap, "and all decisions", equal_rows(
        page, base, "policy-audit", "audit?limit=200", "decision", "rule", "state"))
    go(page, "#/processes")
    tap.check(page.until("document.querySelectorAll('#view-processes tbody tr')"
                         ".length > 5"), "the host's processes are listed")
    go(page, "#/")


def test_unchanged(tap, page, base):
    """What does not change is not sent again, and is still shown."""
    def test():
        page.events.clear()
        page.wait(2.5)
        got = [event["params"]["response"] for event in page.events
               if event["method"] == "Network.responseReceived"]
        statuses = [one["status"] for one in got if "/containers/ended?" in one["url"]]
        shown = page.run(TABLE + '("ended-table")')
        reported = api(base, "containers/ended?limit=200")
        return (304 in statuses and set(statuses) <= {200, 304}
                and len(shown) == len(reported)), (statuses, shown)

    go(page, "#/ended")
    race(tap, "what has not changed is not sent again", test)
    go(page, "#/")


def test_sorting(tap, page):
    page.run("[...document.querySelectorAll('#container-table th button')]"
             ".find(node => node.textContent === 'Procs').click()")

    def is_sorted():
        page.wait(0.3)
        shown = [int(row["processes"]) for row in containers(page)]
        return shown == sorted(shown, reverse=True), shown

    race(tap, "a click on a heading sorts, highest first", is_sorted)
    order = page.run("[...document.querySelectorAll('#container-table th')]"
                     ".filter(node => (node.ariaSort ?? 'none') !== 'none')"
                     ".map(node => node.ariaSort)")
    tap.equal(order, ["descending"], "and says so to assistive technology")
    page.run("document.querySelector('#container-table th button').click()")


def test_sort_in_address(tap, page):
    page.run("[...document.querySelectorAll('#container-table th button')]"
             ".find(node => node.textContent === 'Procs').click()")
    tap.check(page.until("location.hash.includes('sort=-processes')"),
              "the order is in the address", page.run("location.hash"))
    go(page, "#/?sort=memory_current_bytes")
    page.call("Page.reload")
    page.until("!!document.querySelector('.name')")

    def is_sorted():
        page.wait(0.3)
        shown = page.run("[location.hash, ...[...document.querySelectorAll("
                         "'#container-table tbody tr')].map(node => views.overview.table"
                         ".rows.find(row => row.container === node.querySelector('.name')"
                         ".textContent)?.memory_current_bytes)]")
        return (shown[0].endswith("sort=memory_current_bytes")
                and None not in shown and shown[1:] == sorted(shown[1:])), shown
    race(tap, "and is that of the address after a reload", is_sorted)
    page.run("document.querySelector('#container-table th button').click()")
    tap.check(page.until("!location.hash.includes('sort')"),
              "the usual order is not in it", page.run("location.hash"))


def test_bars(tap, page):
    """Relative to the limit; without one, to the busiest, and then grey"""
    look = """[...document.querySelectorAll("#container-table tbody tr")].map(node => ({
      ...views.overview.table.rows.find(row =>
        row.container === node.querySelector(".name").textContent),
      shown: ["cpu_cores", "memory_current_bytes"].map(key => [
        node.querySelector(`.c-${key} .bar`).className,
        node.querySelector(`.c-${key} .bar i`).style.width.replace(/^(\\d+)%/, "$1.0%"),
        node.querySelector(`.c-${key} .note`).textContent !== ""])}))"""

    def bar(row, rows, key, limit):
        if row[limit]:
            share = (row[key] or 0) / row[limit]
            level = "bad" if share > 0.9 else "warn" if share > 0.75 else ""
        else:
            level = "open"
            share = (row[key] or 0) / (max(one[key] or 0 for one in rows) or 1)
        # Rounded as JavaScript does it: a half goes up
        width = math.floor(1000 * min(1, share) + 0.5) / 10
        return ["bar " + level, "%.1f%%" % width, bool(row[limit])]

    def test():
        page.wait(0.3)
        rows = page.run(look)
        wanted = [[bar(row, rows, "cpu_cores", "cpu_limit_cores"),
                   bar(row, rows, "memory_current_bytes", "memory_limit_bytes")]
                  for row in rows]
        seen = [row["shown"] for row in rows]
        return seen == wanted, "%s\n%s" % (seen, wanted)
    race(tap, "bars are relative to the limit, or grey and to the busiest", test)


def test_filter(tap, page, base):
    name = sorted(running(base))[0]
    page.run("document.body.dispatchEvent(new KeyboardEvent('keydown',"
             " { key: '/', bubbles: true }))")
    tap.equal(page.run("document.activeElement.id"), "filter",
              "the key / leads to the filter")
    page.call("Input.insertText", text=name.upper())

    def filtered():
        page.wait(0.3)
        shown = [row["container"] for row in containers(page)]
        return shown == [name], shown

    race(tap, "the filter leaves the rows that have its text", filtered)
    address = page.run("location.hash")
    tap.check("filter=" in address, "the filter is in the address", address)
    page.call("Page.reload")
    page.until("!!document.querySelector('.name')")
    race(tap, "and survives a reload", filtered)
    page.run("document.body.dispatchEvent(new KeyboardEvent('keydown',"
             " { key: 'Escape', bubbles: true }))")
    tap.check(page.until("location.hash.indexOf('filter') < 0 && "
                         "document.querySelectorAll('#container-table tbody tr').length > 1"),
              "Escape shows all of them again")


def test_container(tap, page, base):
    name = max(api(base, "containers"), key=lambda row: row["processes"])
    name = name["container"]
    page.run("[...document.querySelectorAll('#container-table .name')].find(node => "
             "node.textContent === %s).click()" % json.dumps(name))
    tap.check(page.until("document.getElementById('container-name').textContent"
                         " === %s" % json.dumps(name)),
              "a click on a container leads to its page")

    def same():
        page.wait(0.5)
        shown = page.run(TABLE + '("container-processes")')
        reported = api(base, "processes?limit=500&container="
                       + urllib.request.quote(name))
        return (bool(shown) and {row["pid"] for row in shown}
                == {str(row["pid"]) for row in reported}), (shown, reported)

    race(tap, "with its processes", same)
    row = api(base, "containers?container=" + urllib.request.quote(name))[0]
    facts = page.run("document.getElementById('container-facts').textContent")
    tap.check(row["short_id"] in facts and (row["image"] or "") in facts,
              "its facts", facts)
    shown = page.until("[...document.querySelectorAll('#container-charts canvas')].length === 7"
                       " && [...document.querySelectorAll('#container-charts .legend b')]"
                       ".map(node => node.textContent)")
    tap.check(shown and any(value != "\u2013" for value in shown),
              "and seven charts", shown)
    test_commands_over_time(tap, page, base)
    limits = page.run(TABLE + '("container-limits")')
    tap.check(len(limits) == 5 and any(row["limit"] == "Memory" for row in limits),
              "its limits", limits)
    test_owners(tap, page, base)
    page.run("history.back()")
    tap.check(page.until("!document.getElementById('view-overview').hidden"),
              "the browser's button leads back")


def test_commands_over_time(tap, page, base):
    """A line for each command of which something is known, whatever it is called,
    and for the rest"""
    name = urllib.request.quote(page.run("view.name"))

    def same():
        page.wait(0.5)
        shown = page.run("views.container.used.chart.lines?.map(({ label }) => label)")
        frame = page.run("views.container.used.chart.frame")
        rows = api(base, "commands/series?container=%s&from=%d&to=%d&step=%d" % (
            name, frame["from"], frame["to"], frame["step"]))
        told = {(row["comm"], row["commands"]) for row in rows
                if row["cpu_cores"] is not None}
        return shown is not None and sorted(shown) == sorted(
            comm for comm, _ in told) and len(told) == len(set(shown)), (shown, told)

    race(tap, "CPU by command over time, and of the rest", same)
    # Within a bucket of 10 minutes
    times = page.run("""(async () => {
        const chart = new CommandChart(document.createElement("div"));
        const from = Math.floor(Date.now() / 86400000 - 1) * 86400000;
        const times = [];
        for (const to of [1, 2, 11, 12].map((s) => from + 86400000 + s * 1000)) {
            await chart.load({ from, to, step: 432000 }, view.name);
            times.push((chart.answer.meta.to - from) / 1000 - 86400);
        }
        return times;
    })()""")
    tap.check(times == [1, 1, 11, 11], "the newest step is requested again", times)


def test_owners(tap, page, base):
    """Who sets each limit of the container that is shown, and whose is in effect"""
    name = page.run("view.name")
    keys = {"CPU": "cpu_limit", "Memory": "memory_limit",
            "Memory, slowed down above": "memory_high_limit", "Swap": "swap_limit",
            "Tasks": "pids_limit"}

    def same():
        row = api(base, "containers?container=" + urllib.request.quote(name))[0]
        wanted = {}
        for limit, key in keys.items():
            owner = row[key + "_owner"]
            wanted[limit] = "\u2013" if owner is None else \
                "itself" if owner == row["cgroup"] else owner
        page.wait(0.5)
        shown = {one["limit"]: one["owner"] for one in
                 page.run(TABLE + '("container-limits")')}
        return shown == wanted, (shown, wanted)
    race(tap, "with who sets them", same)


def test_kills(tap, page):
    """What is known of the memory of a process that the OOM killer chose"""
    def words(**facts):
        return page.run("detailOf(%s)" % json.dumps(json.dumps(facts)))

    victim = {"victim_rss_bytes": 90 << 20}
    used = {"memory_current_bytes": 124 << 20, "memory_limit_bytes": 256 << 20}
    tap.equal(words(**victim, **used), "RSS 90.0 MiB, container used 124 MiB of 256 MiB",
              "a kill has the memory of its process and container")
    tap.equal(words(**victim), "RSS 90.0 MiB", "of the process alone")
    tap.equal(words(**used), "container used 124 MiB of 256 MiB", "of the container alone")
    tap.equal(words(image="nginx"), "nginx", "a start has its image")


def test_what_happened(tap, page, base):
    """Events of a container, and decisions of policies about it"""
    about = [row["container"] for row in api(base, "audit?limit=200")] or [
        row["container"] for row in api(base, "events?limit=200")]
    known = [name for name in about if name in running(base)]
    name = urllib.request.quote((known or sorted(running(base)))[0])
    go(page, "#/container/" + name)
    race(tap, "a container's page has its events", equal_rows(
        page, base, "container-events", "events?limit=50&container=" + name, "pid", "comm"))
    race(tap, "and what policies decided about it", equal_rows(
        page, base, "container-audit", "audit?limit=50&container=" + name,
        "decision", "state", "action", "rule"))
    go(page, "#/")


def drag(page, start, end):
    """Presses the mouse on the chart of CPU, moves and releases it. start and
    end are shares of its width; the same one twice is a click."""
    page.run("document.getElementById('chart-cpu').scrollIntoView()")
    x, y, width, height = page.run(
        "(box => [box.x, box.y, box.width, box.height])(document"
        ".querySelector('#chart-cpu .u-over').getBoundingClientRect())")
    for kind, at, pressed in (
            ("mouseMoved", start, 0), ("mousePressed", start, 1),
            ("mouseMoved", (start + end) / 2, 1), ("mouseMoved", end, 1),
            ("mouseReleased", end, 0)):
        page.call("Input.dispatchMouseEvent", type=kind, x=x + width * at,
                  y=y + height / 2, button="left" if kind != "mouseMoved"
                  or pressed else "none", clickCount=1, buttons=pressed)


def test_rows_of_moment(tap, page, base):
    at = int(page.run("location.hash").partition("at=")[2].partition("&")[0])
    race(tap, "the processes are those of that moment", equal_rows(
        page, base, "overview-moment .processes", "processes/past?at=%d" % at,
        "pid", "comm", "container"))
    race(tap, "and so are the commands, with their CPU", equal_commands(
        page, base, "overview-moment", "commands/past?at=%d" % at))
    race(tap, "with the events around it", equal_rows(
        page, base, "overview-moment .events",
        "events?from=%d&to=%d&limit=100" % (at - 30000, at + 30000), "pid", "comm"))


def equal_commands(page, base, moment, path):
    """For race(): what each command used, in cores"""
    keys = ["cpu_cores", "cpu_living_cores", "cpu_exited_cores"]

    def test():
        reported = page.run("%s.map(([comm, container, ...values]) => "
                            "[comm, container, ...values.map(cores)])" % json.dumps([
                                [row[key] for key in ["comm", "container"] + keys]
                                for row in api(base, path)]))
        page.wait(1.2)
        shown = [[row[key] for key in ["comm", "container"] + keys] for row in
                 page.run(TABLE + '("%s .commands")' % moment)]
        return bool(shown) and sorted(shown) == sorted(reported), (shown, reported)
    return test


def go_back(page, place, at):
    """To a moment, from another one. The page scrolls to it when it has come: not
    while the mouse moves."""
    go(page, place)
    page.until("!state.running && view.at !== %d && views.overview.moment.key"
               "?.startsWith(`${view.at} `)" % at)


def test_commands_of_container(tap, page, base):
    """Only its own, at a moment that is in the address"""
    place = page.run("location.hash")
    at = page.run("view.at")
    row = max(api(base, "commands/past?at=%d" % at),
              key=lambda row: (row["cpu_living_cores"] or 0) * (row["container"] != "host"))
    name = urllib.request.quote(row["container"])
    go(page, "#/container/%s?at=%d" % (name, at))
    race(tap, "a container's page has the commands of a moment", equal_commands(
        page, base, "container-moment", "commands/past?at=%d&container=%s" % (at, name)))
    go(page, "#/?at=1000")
    none = "document.querySelector('#overview-moment .commands .none')"
    tap.check(page.until("%s?.checkVisibility() && %s.textContent === 'CPU by command is not "
                         "kept of this moment.'" % (none, none)),
              "commands that are not known do not look idle", page.run(none + "?.textContent"))
    go_back(page, place, 1000)


def test_moment_to_come(tap, page, base):
    """Half a minute after a moment there may still be new events around it."""
    place = page.run("location.hash")
    at = api(base, "system")[0]["t"]
    go(page, "#/?at=%d" % at)
    page.until("!state.running && views.overview.moment.key?.startsWith('%d')" % at)
    page.wait(8)  # the fake has an event every seven seconds
    race(tap, "a moment gets the events that come after it", equal_rows(
        page, base, "overview-moment .events",
        "events?from=%d&to=%d&limit=100" % (at - 30000, at + 30000), "pid", "comm"))
    go_back(page, place, at)


def test_moment(tap, page, base):
    page.until(PAINTED + ".then(n => n.length === 2 && n.every(x => x > 50))")
    drag(page, 0.9, 0.9)
    tap.check(page.until("/at=\\d+/.test(location.hash) && document.querySelectorAll("
                         "'#overview-moment .processes tbody tr').length > 0"),
              "a click on a chart shows what ran at that moment",
              page.run("location.hash"))
    heading = page.run("document.querySelector('#overview-moment h2').textContent")
    tap.check(heading.startswith("At "), "and says when that was", heading)
    test_rows_of_moment(tap, page, base)
    test_commands_of_container(tap, page, base)
    test_moment_to_come(tap, page, base)
    drag(page, 0.5, 0.9)
    zoomed = page.until("/from=\\d+&to=\\d+/.test(location.hash)")
    tap.check(zoomed, "dragging chooses a part of time", page.run("location.hash"))
    address = page.run("location.hash")
    page.call("Page.reload")
    label = page.until("document.querySelector('#chart-cpu .plot')?.ariaLabel"
                       "?.includes(' to ')")
    tap.check(label and page.run("location.hash") == address,
              "which survives a reload", address)
    page.run("document.querySelector('#overview-time .moves button:last-child').click()")
    tap.check(page.until("!location.hash.includes('from=') && document.querySelector("
                         "'#chart-cpu .plot').ariaLabel.includes('last 5 min')"),
              "and the present can be had back")


def test_size(tap, base):
    total = 0
    for path in ("/", "/app.js", "/style.css", "/uplot.js", "/uplot.css", "/icon.svg"):
        with urllib.request.urlopen(base + path, timeout=PATIENCE) as answer:
            total += len(answer.read())
    tap.check(total < 200000, "the page is smaller than 200 KB", total)
