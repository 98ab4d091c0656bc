#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests the built-in page of a running contmond in a real Chromium.

    page.py BASEURL OUT.png
    page.py --self-test WEBDIR OUT.png    against tests/grafana/fake_contmond.py

Writes OUT.png and, beside it, OUT-container.png, OUT-dark.png and OUT-narrow.png. A container
should be busy, because the test expects numbers to change."""

import base64
import json
import os
import sys
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "grafana"))

from chromium import PATIENCE, Chromium, Failed  # noqa: E402
from fake_contmond import Fake  # noqa: E402
from tap import Tap  # noqa: E402

HOSTILE = '<img src=x onerror="window.owned=1"><b>&amp;'

# The contents of the table, row by row: {"container": "...", "cpu_cores":
# "0.10"...}
TABLE = """(id => [...document.querySelectorAll(`#${id} tbody tr`)].map(
  row => Object.fromEntries([...row.cells].map(cell => [
    cell.className.match(/c-(\\w+)/)[1],
    (cell.querySelector(".num") ?? cell).textContent]))))"""

# Pixels in the colours of the legend's lines, for each canvas.
PAINTED = """(async () => [...document.querySelectorAll(".plot")].filter(
  plot => plot.checkVisibility()).map(plot => {
  const canvas = plot.querySelector("canvas");
  if (!canvas) return 0;
  const { width, height } = canvas;
  // Read from a copy: reading slows the page's own canvas down.
  const copy = new OffscreenCanvas(width, height).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, width, height);
  const dots = plot.parentNode.querySelectorAll(".legend .dot");
  const wanted = new Set([...dots].map(dot =>
    getComputedStyle(dot).backgroundColor.match(/\\d+/g).slice(0, 3).join()));
  let n = 0;
  for (let i = 0; i < data.length; i += 4)
    n += wanted.has(`${data[i]},${data[i + 1]},${data[i + 2]}`);
  return n;
}))()"""

# The worst contrast between text and background, as in WCAG 2.
CONTRAST = """(() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].reduce((sum, c, i) => sum +
    [0.2126, 0.7152, 0.0722][i] * ((c /= 255) <= 0.04045 ? c / 12.92
      : ((c + 0.055) / 1.055) ** 2.4), 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const c = parse(getComputedStyle(node).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  let worst = [99, ""];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !node.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)),
                    light(behind(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst[0])
      worst = [ratio, `${node.tagName} ${node.className} ${node.textContent}`];
  }
  return worst;
})()"""

NAMELESS = """[...document.querySelectorAll("button, input, table, [role=img]")]
  .filter(node => node.checkVisibility() && !(node.textContent.trim()
    || node.ariaLabel || node.labels?.[0]?.textContent.trim()))
  .map(node => node.outerHTML.slice(0, 100))"""


def api(base, path):
    with urllib.request.urlopen(base + "/api/v1/" + path, timeout=PATIENCE) as answer:
        return json.load(answer)["rows"]


def running(base):
    return {row["container"] for row in api(base, "containers")}


def containers(page):
    return page.run(TABLE + '("container-table")')


def processes(page):
    return page.run(TABLE + '("view-processes")')


def race(tap, what, test):
    """A check that may lose a race with the next sample, and is then repeated.
    `test` returns the verdict and what was seen."""
    end = time.monotonic() + PATIENCE
    while True:
        holds, seen = test()
        if holds or time.monotonic() > end:
            return tap.check(holds, what, seen)


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


def go(page, place):
    page.run("location.hash = " + json.dumps(place))


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
    shown = page.until("[...document.querySelectorAll('#container-charts canvas')].length === 6"
                       " && [...document.querySelectorAll('#container-charts .legend b')]"
                       ".map(node => node.textContent)")
    tap.check(shown and any(value != "\u2013" for value in shown),
              "and six charts", shown)
    limits = page.run(TABLE + '("container-limits")')
    tap.check(len(limits) == 5 and any(row["limit"] == "Memory" for row in limits),
              "its limits", limits)
    page.run("history.back()")
    tap.check(page.until("!document.getElementById('view-overview').hidden"),
              "the browser's button leads back")


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


def test_moment(tap, page):
    page.until(PAINTED + ".then(n => n.length === 2 && n.every(x => x > 50))")
    drag(page, 0.9, 0.9)
    tap.check(page.until("/at=\\d+/.test(location.hash) && document.querySelectorAll("
                         "'#overview-moment .table:first-child tbody tr').length > 0"),
              "a click on a chart shows what ran at that moment",
              page.run("location.hash"))
    heading = page.run("document.querySelector('#overview-moment h2').textContent")
    tap.check(heading.startswith("At "), "and says when that was", heading)
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


def test_looks(tap, page, base, out):
    stem = os.path.splitext(out)[0]
    tap.check(not page.run(NAMELESS), "every control has a name",
              page.run(NAMELESS))
    page.screenshot(out)
    go(page, "#/container/" + urllib.request.quote(sorted(running(base))[0]))
    page.until("document.querySelectorAll('#container-charts canvas').length === 6")
    page.wait(1)
    page.screenshot(stem + "-container.png")
    tap.check(page.run(CONTRAST)[0] >= 4.5, "a container's page has contrast",
              page.run(CONTRAST))
    go(page, "#/")
    for scheme in ("light", "dark"):
        page.scheme(scheme)

        def has_contrast():
            page.wait(0.5)  # colours fade over
            worst = page.run(CONTRAST)
            return worst[0] >= 4.5, worst
        race(tap, "%s: text has contrast" % scheme, has_contrast)
    page.screenshot(stem + "-dark.png")
    page.scheme("light")
    for width in (400, 800, 1280):
        page.size(width, 900)

        def fits(width=width):
            page.wait(0.5)
            wide = page.run("document.documentElement.scrollWidth")
            return wide == width, wide
        race(tap, "nothing sticks out at %d pixels" % width, fits)
        if width == 400:
            page.screenshot(stem + "-narrow.png")


def test_pause(tap, page):
    page.run("Object.defineProperty(document, 'hidden', "
             "{ value: true, configurable: true }); "
             "document.dispatchEvent(new Event('visibilitychange'))")

    def requests():
        return [event for event in page.events
                if event["method"] == "Network.requestWillBeSent"]

    def is_quiet():
        """When its requests have been answered"""
        page.events.clear()
        page.wait(3)
        return not requests(), requests()

    def asks():
        page.wait(0.3)
        return bool(requests()), "no request"
    race(tap, "a hidden page asks for nothing", is_quiet)
    page.run("delete document.hidden; "
             "document.dispatchEvent(new Event('visibilitychange'))")
    race(tap, "and asks again when it is seen", asks)


def test_hostile(tap, page):
    """The daemon's real answers, with names that look like markup."""
    def rewrite(params):
        if params["responseStatusCode"] != 200:
            page.send("Fetch.continueRequest", {"requestId": params["requestId"]})
            return
        page.send("Fetch.getResponseBody", {"requestId": params["requestId"]},
                  lambda result: fulfil(params["requestId"], result))

    def fulfil(request, result):
        body = result["body"]
        if result["base64Encoded"]:
            body = base64.b64decode(body)
        answer = json.loads(body)
        for i, row in enumerate(answer["rows"]):
            for key in {"container", "image", "comm", "host"} & set(row):
                row[key] = HOSTILE + (str(i) if key == "container" else "")
        body = base64.b64encode(json.dumps(answer).encode()).decode()
        page.send("Fetch.fulfillRequest", {
            "requestId": request, "responseCode": 200, "body": body,
            "responseHeaders": [
                {"name": "Content-Type", "value": "application/json"}]})

    page.hooks["Fetch.requestPaused"] = rewrite
    page.call("Fetch.enable", patterns=[
        {"urlPattern": "*/api/v1/*", "requestStage": "Response"}])
    page.call("Page.reload")

    def shows(look, *wanted):
        def test():
            page.wait(0.3)
            seen = look()
            return seen in wanted, seen
        return test
    race(tap, "a hostile container name is text", shows(
        lambda: page.run("document.querySelector('.name')?.textContent"),
        HOSTILE + "0"))
    race(tap, "a hostile image name is text", shows(
        lambda: (containers(page) or [{}])[0].get("image"), HOSTILE))
    go(page, "#/processes")
    race(tap, "a hostile command name is text", shows(
        lambda: (processes(page) or [{}])[0].get("comm"), HOSTILE))
    go(page, "#/")
    race(tap, "a hostile host name is text", shows(
        lambda: HOSTILE in page.run("document.title"), True))
    found = page.run("[document.querySelectorAll('main img, main b b, td b')"
                     ".length, String(window.owned)]")
    tap.equal(found, [0, "undefined"], "and none of them became markup")
    page.call("Fetch.disable")
    page.hooks.clear()
    page.call("Page.reload")
    page.until("!!document.querySelector('.name')")


def test_lost(tap, page):
    def offline(on):
        page.call("Network.emulateNetworkConditions", offline=on, latency=0,
                  downloadThroughput=-1, uploadThroughput=-1)

    offline(True)
    notice = page.until("!document.getElementById('lost').hidden && "
                        "document.getElementById('lost').textContent")
    tap.check("Connection lost" in str(notice), "a lost connection is reported",
              notice)
    tap.equal(page.run("document.getElementById('health').textContent"),
              "connection lost", "and the badge does not say ok")
    offline(False)
    tap.check(page.until("document.getElementById('lost').hidden"),
              "and it comes back by itself")
    before = containers(page)

    def moves():
        page.wait(0.5)
        return containers(page) != before, before
    race(tap, "with numbers that move again", moves)
    test_lost_past(tap, page)


def test_lost_past(tap, page):
    """The past does not change and is requested once, unless that fails."""
    end = page.run("Date.now()")
    until = "!state.running && views.overview.cpu.all.last > %d"

    def show(start, stop):
        go(page, "#/?from=%d&to=%d" % (end - start, end - stop))

    show(60000, 20000)
    page.until(until % (end - 30000))
    page.call("Network.setBlockedURLs", urls=["*/api/v1/series*"])
    show(40000, 0)
    lost = page.until("!state.running && !document.getElementById('lost').hidden")
    page.call("Network.setBlockedURLs", urls=[])
    tap.check(lost and page.until(until % (end - 10000)),
              "the past comes, too, when the connection is back",
              page.run("views.overview.cpu.all.last") - end)
    go(page, "#/")


def test_end_to_come(tap, page):
    """A chosen time is not the past before all of it is over."""
    page.until("!state.running && views.overview.cpu.all.last > 0")
    first = page.run("views.overview.cpu.all.last")
    go(page, "#/?from=%d&to=%d" % (first - 30000, first + 12000))
    tap.check(page.until("!state.running && views.overview.cpu.all.last > %d"
                         % (first + 6000)),
              "a chosen time that is not over gets what comes",
              page.run("views.overview.cpu.all.last") - first)
    go(page, "#/")


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


def test_token(tap, page, web):
    """A contmond with a token asks for it, and gets it with each request."""
    base = Fake(web=web, token="sesame").start().url
    page.open(base + "/")
    tap.check(page.until("document.getElementById('unlock')?.hidden === false"),
              "a contmond with a token asks for it")
    tap.equal(page.run("document.getElementById('health').textContent"),
              "token needed", "and the badge says so")
    page.run("document.getElementById('token').focus()")
    page.call("Input.insertText", text="sesame")
    page.run("document.querySelector('#unlock button').click()")
    tap.check(page.until("document.getElementById('unlock').hidden && "
                         "!!document.querySelector('.name')"),
              "with the token the numbers come")
    tap.equal(page.run("[localStorage, sessionStorage].map(kept => "
                       "JSON.stringify(kept).includes('sesame'))"),
              [False, True], "the browser keeps it only with the tab")


def test_page(tap, page, base, out):
    test_served(tap, base)
    page.size(1280, 900)
    page.scheme("light")
    page.open(base + "/")
    page.until("!!document.querySelector('.name')")
    info = api(base, "info")[0]
    tap.equal(page.run("document.getElementById('host').textContent"),
              info["host"], "the header names the host")
    status = page.run("document.getElementById('health').textContent")
    tap.check(status.startswith(api(base, "health")[0]["status"]),
              "the badge says what the API says", status)
    test_engines(tap, page)
    test_names(tap, page, base)
    test_values(tap, page, base)
    test_moving(tap, page, base)
    test_charts(tap, page, base)
    test_size(tap, base)
    test_past(tap, page, base)
    test_unchanged(tap, page, base)
    test_sorting(tap, page)
    test_filter(tap, page, base)
    test_container(tap, page, base)
    test_moment(tap, page)
    test_looks(tap, page, base, out)
    tap.equal(page.complaints(), [], "the browser's console has no complaint")
    test_pause(tap, page)
    test_hostile(tap, page)
    tap.equal(page.complaints(), [], "nor after hostile names")
    test_lost(tap, page)
    test_end_to_come(tap, page)


def main():
    args = sys.argv[1:]
    web = None
    if len(args) == 3 and args[0] == "--self-test":
        web = args[1]
        base = Fake(web=web).start().url
    elif len(args) == 2 and not args[0].startswith("-"):
        base = args[0].rstrip("/")
    else:
        sys.exit(__doc__)
    tap = Tap()
    try:
        with Chromium() as page:
            test_page(tap, page, base, args[-1])
            if web:
                test_token(tap, page, web)
    except (Failed, OSError) as error:
        tap.check(False, "the page could be looked at", error)
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
