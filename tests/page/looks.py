# SPDX-License-Identifier: GPL-2.0-only
"""The page can be read: contrast, names of controls, widths."""

import os
import urllib.request

from reading import go, race, running

NAMELESS = """[...document.querySelectorAll("button, input, table, [role=img]")]
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
