# SPDX-License-Identifier: GPL-2.0-only
"""Draws dashboards in Chromium, with the page that tests/panels/build makes."""

import functools
import http.server
import json
import threading
import time

import dashboards
from chromium import Chromium, Failed

# What is written in each panel, and the colours in its canvas
SEEN = """(() => {
// Also what sticks out on the left, which scrollWidth does not say
function isClipped(heading) {
  const texts = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const all = heading.getBoundingClientRect();
  while (texts.nextNode()) {
    range.selectNodeContents(texts.currentNode);
    const text = range.getBoundingClientRect();
    if (text.left < all.left || text.right > all.right) return true;
  }
  return false;
}
return Object.fromEntries([...document.querySelectorAll(".panel")].map(
  panel => {
    const canvas = panel.querySelector(".uplot canvas");
    const colours = new Set();
    if (canvas?.width && canvas.height) {
      const { data } = canvas.getContext("2d").getImageData(
        0, 0, canvas.width, canvas.height);
      for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] > 200)
          colours.add("#" + [0, 1, 2].map(at =>
            data[i + at].toString(16).padStart(2, "0")).join(""));
    }
    const legend = panel.querySelectorAll(
      '[data-testid^="data-testid VizLegend series"]');
    return [panel.id.replace("panel-", ""), {
      text: panel.innerText, graph: Boolean(canvas),
      empty: Boolean(panel.querySelector("[data-empty]")),
      legend: [...legend].map(one => one.innerText.split("\\n")[0]),
      colours: [...colours],
      headings: [...panel.querySelectorAll('[role="columnheader"]')]
        .map(one => one.innerText.trim()),
      clipped: [...panel.querySelectorAll('[role="columnheader"]')]
        .filter(isClipped).map(one => one.innerText.trim()),
      cells: [...panel.querySelectorAll('[role="gridcell"]')]
        .map(one => one.innerText.trim()),
    }];
  }));
})()"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Screen(Chromium):
    """with Screen(page, pictures) as screen: screen.draw(...)"""

    def __init__(self, page, pictures):
        super().__init__()
        self.page = page
        self.pictures = pictures
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Quiet, directory=page))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __exit__(self, *error):
        self.server.shutdown()
        super().__exit__(*error)

    def draw(self, name, board, found, span):
        """What is seen of each panel, and the colours of the theme by their names.
        Leaves NAME.png."""
        answers, variables = found
        (self.page / f"{name}.json").write_text(json.dumps({
            "dashboard": board, "answers": answers, "variables": variables,
            "from": span[0], "to": span[1]}))
        self.events.clear()
        self.size(1400, 38 * max(panel["gridPos"]["y"] + panel["gridPos"]["h"]
                                 for panel in dashboards.panels(board)) + 8)
        port = self.server.server_address[1]
        self.open(f"http://127.0.0.1:{port}/?{name}")
        result = self.until("location.search === '?%s' && window.result" % name)
        if not result or "failed" in result:
            raise Failed(f"{name}: {result}")
        self.settle()
        seen = self.run(SEEN)
        self.screenshot(self.pictures / f"{name}.png")
        return [{**panel, **seen[str(panel["id"])]}
                for panel in result["panels"]], result["colours"]

    def complaints(self):
        """Without the second of the fonts, which is not needed"""
        return [one for one in super().complaints() if "/fonts/roboto/" not in one]

    def settle(self):
        """Waits until two looks in a row are the same: React draws in its own time."""
        last = None
        for _ in range(100):
            self.run("new Promise(done => requestAnimationFrame("
                     "() => requestAnimationFrame(done)))")
            look = self.run("document.getElementById('app').innerHTML.length")
            if look == last:
                return
            last = look
            time.sleep(0.3)
