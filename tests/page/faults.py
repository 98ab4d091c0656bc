# SPDX-License-Identifier: GPL-2.0-only
"""The page when it is hidden, when names are hostile, when contmond is gone or locked."""

from fake_contmond import Fake
from reading import Rewritten, containers, go, processes, race

HOSTILE = '<img src=x onerror="window.owned=1"><b>&amp;'


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
    def change(_path, rows):
        for i, row in enumerate(rows):
            for key in {"container", "image", "comm", "host"} & set(row):
                row[key] = HOSTILE + (str(i) if key == "container" else "")

    def shows(look, *wanted):
        def test():
            page.wait(0.3)
            seen = look()
            return seen in wanted, seen
        return test
    with Rewritten(page, change):
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


def test_end_before(tap, page, first):
    """One that begins no earlier than what is there, and ends before its end"""
    go(page, "#/?from=%d&to=%d" % (first - 25000, first - 10000))
    tap.check(page.until("!state.running && views.overview.cpu.all.last > %d && "
                         "views.overview.cpu.all.last <= %d"
                         % (first - 25000, first - 10000)),
              "of a shorter time only that is shown",
              page.run("views.overview.cpu.all.last") - first)


def test_end_to_come(tap, page):
    """A chosen time is not the past before all of it is over."""
    page.until("!state.running && views.overview.cpu.all.last > 0")
    first = page.run("views.overview.cpu.all.last")
    go(page, "#/?from=%d&to=%d" % (first - 30000, first + 12000))
    tap.check(page.until("!state.running && views.overview.cpu.all.last > %d"
                         % (first + 6000)),
              "a chosen time that is not over gets what comes",
              page.run("views.overview.cpu.all.last") - first)
    test_end_before(tap, page, first)
    go(page, "#/")


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
