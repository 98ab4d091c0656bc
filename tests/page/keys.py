# SPDX-License-Identifier: GPL-2.0-only
"""The page without a mouse: what Tab reaches, and times of a chart."""

import json

from reading import PAINTED, go, race, running

KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36,
        "ArrowLeft": 37, "ArrowRight": 39}
SHIFT = 8

# What can be used and is seen. Of a group of radio buttons Tab reaches one.
USABLE = """[...document.querySelectorAll(
    "a[href], button, input, summary, [tabindex='0']")].filter(node =>
  node.checkVisibility() && !node.disabled
    && (node.type !== "radio" || node.checked))"""

# Without the values in it, which change
NAME = """(node => `${node.tagName} ${node.id || node.name || ""} ${(node.ariaLabel
  || (node.querySelector("span") ?? node).textContent).trim().split(",")[0]}`)"""


def press(page, key, modifiers=0):
    text = {"text": "\r"} if key == "Enter" else {}
    for kind in ("keyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                  windowsVirtualKeyCode=KEYS[key], modifiers=modifiers,
                  **(text if kind == "keyDown" else {}))


def test_tab(tap, page):
    """Tab leads from one thing that can be used to the next, and shows where it is."""
    look = """(node => [%s(node), getComputedStyle(node.type === "radio"
      ? node.nextSibling : node).outlineStyle !== "none"])(document.activeElement)""" % NAME
    for start in ("nav a", "#overview-time input:checked"):
        def follows(start=start):
            page.run("document.querySelector('%s').focus()" % start)
            wanted = page.run("(all => all.slice(all.indexOf(document.activeElement)))"
                              "(%s).map(%s)" % (USABLE, NAME))[1:8]
            seen = []
            for _ in wanted:
                press(page, "Tab")
                seen.append(page.run(look))
            return seen == [[name, True] for name in wanted], "%s\n%s" % (seen, wanted)
        race(tap, "Tab leads on from %s, and it can be seen where to" % start, follows)
    lost = page.run("%s.filter(node => node.tabIndex < 0).map(%s)" % (USABLE, NAME))
    tap.equal(lost, [], "it reaches all that can be used")


def test_enter(tap, page, base):
    page.run("[...document.querySelectorAll('#container-table th button')]"
             ".find(node => node.textContent === 'Procs').focus()")
    press(page, "Enter")
    tap.check(page.until("location.hash.includes('sort=-processes')"),
              "Enter on a heading sorts", page.run("location.hash"))
    page.run("document.querySelector('#container-table th button').click()")
    name = sorted(running(base))[0]
    page.run("[...document.querySelectorAll('#container-table .name')].find(node => "
             "node.textContent === %s).focus()" % json.dumps(name))
    press(page, "Enter")
    tap.check(page.until("document.getElementById('container-name').textContent === "
                         + json.dumps(name)), "Enter on a container leads to its page")
    go(page, "#/")


def test_chart(tap, page):
    """A moment is chosen and a part of time zoomed with keys alone."""
    def value():
        return page.run("document.querySelector('#chart-cpu .plot').ariaValueText")

    page.until("view.page === 'overview' && " + PAINTED
               + ".then(n => n.length === 2 && n.every(x => x > 50))")
    page.run("document.querySelector('#chart-cpu .plot').focus()")
    tap.check("Arrow keys" in page.run("document.activeElement.ariaLabel"),
              "a chart says which keys it has")
    press(page, "ArrowLeft")
    first = value()
    names = page.run("[...document.querySelectorAll('#chart-cpu .legend span')]"
                     ".map(node => node.textContent)")
    tap.check(first and all(name in first for name in names),
              "an arrow key chooses a time, and its values are said", first)
    press(page, "ArrowLeft")
    tap.check(value() != first, "the next one leads to the time before", value())
    page.run("document.querySelector('#chart-cpu .plot').blur()")
    tap.check(value() is None, "which is forgotten when the chart is left", value())
    page.run("document.querySelector('#chart-cpu .plot').focus()")
    for _ in range(4):
        press(page, "ArrowLeft")
    chosen = page.run("views.overview.cpu.chart.keyAt")
    press(page, "Enter")
    tap.check(page.until("view.at === %d && !document.getElementById('overview-moment')"
                         ".hidden" % chosen), "Enter shows what ran then",
              page.run("location.hash"))
    for _ in range(10):
        press(page, "ArrowLeft", SHIFT)
    part = page.run("[views.overview.cpu.chart.keyAt, views.overview.cpu.chart.keyFrom,"
                    "document.querySelector('#chart-cpu .u-select').offsetWidth]")
    tap.check(part[1] == chosen and part[0] < chosen and part[2] > 4,
              "with Shift arrow keys choose a part of time", part)
    press(page, "Enter")
    tap.check(page.until("location.hash.includes('from=%d&to=%d')" % (part[0], part[1])),
              "to which Enter zooms", page.run("location.hash"))
    press(page, "Escape")
    tap.check(page.until("!location.hash.includes('from=')"),
              "and Escape leads back to the present", page.run("location.hash"))


def test_keys(tap, page, base):
    page.until("document.querySelector('#container-table .name')?.checkVisibility()")
    test_tab(tap, page)
    test_enter(tap, page, base)
    test_chart(tap, page)
