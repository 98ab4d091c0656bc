# SPDX-License-Identifier: GPL-2.0-only
"""The page can be read: contrast, names of controls, widths."""

import os
import urllib.request

from history import DRAWN
from reading import go, race, running

NAMELESS = """[...document.querySelectorAll("button, input, table, [role=img], [role=slider]")]
  .filter(node => node.checkVisibility() && !(node.textContent.trim()
    || node.ariaLabel || node.labels?.[0]?.textContent.trim()))
  .map(node => node.outerHTML.slice(0, 100))"""

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


WAITING = """state.running || [...document.querySelectorAll(".none")].some(node =>
  node.checkVisibility() && node.textContent.startsWith("Waiting"))"""


LONG = ("-processes", "-events", "-ended", "-policy")


def places(page, base):
    """Every view, by the name of its picture"""
    name = urllib.request.quote(sorted(running(base))[0])
    at = page.run("views.overview.cpu.all.last")
    return {"": "#/", "-moment": "#/?at=%d" % at, "-container": "#/container/" + name,
            "-more": "#/container/%s?more=1" % name, "-processes": "#/processes", "-events": "#/events", "-ended": "#/ended",
            "-policy": "#/policy"}


def test_looks(tap, page, base, out):
    stem = os.path.splitext(out)[0]
    for picture, place in places(page, base).items():
        # Charts that are folded away load only where they can be seen.
        page.size(1280, 6000 if picture == "-more" else 900)
        go(page, place)
        page.wait(0.3)
        page.until("!(%s)" % WAITING)
        if picture == "-container":
            page.until("document.querySelectorAll('#container-charts canvas').length === 7")
            page.wait(1)
        if picture == "-more":
            page.until(DRAWN + " === views.container.more.charts.length")
        what = picture[1:] or "overview"
        tap.equal(page.run(NAMELESS), [], "%s: every control has a name" % what)
        # Hundreds of rows look like the first ones.
        page.screenshot(stem + picture + ".png", whole=picture not in LONG)
        test_contrast(tap, page, what)
        if not picture:
            page.screenshot(stem + "-dark.png")
        page.scheme("light")
        test_widths(tap, page, what, stem + "-narrow.png" if not picture else None)
    go(page, "#/")


def test_contrast(tap, page, what):
    for scheme in ("light", "dark"):
        page.scheme(scheme)

        def has_contrast():
            page.wait(0.5)  # colours fade over
            worst = page.run(CONTRAST)
            return worst[0] >= 4.5, worst
        race(tap, "%s, %s: text has contrast" % (what, scheme), has_contrast)


def test_widths(tap, page, what, picture):
    for width in (400, 800, 1280):
        page.size(width, 900)

        def fits(width=width):
            page.wait(0.3)
            wide = page.run("document.documentElement.scrollWidth")
            return wide == width, wide
        race(tap, "%s: nothing sticks out at %d pixels" % (what, width), fits)
        if width == 1280 and what == "overview":
            over = page.run("(node => node.scrollWidth - node.clientWidth)"
                            "(document.getElementById('container-table'))")
            tap.check(over <= 0, "the list of containers is seen in all its width", over)
        if width == 400 and picture:
            page.screenshot(picture)
