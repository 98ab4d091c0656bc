# SPDX-License-Identifier: GPL-2.0-only
"""What the page shows, and what the API says."""

import base64
import json
import time
import urllib.parse
import urllib.request

from chromium import PATIENCE

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


def go(page, place):
    page.run("location.hash = " + json.dumps(place))


class Rewritten:
    """with Rewritten(page, change): the page gets contmond's real answers after
    change(path, rows) has altered the rows; path is without the query."""

    def __init__(self, page, change):
        self.page = page
        self.change = change

    def __enter__(self):
        self.page.hooks["Fetch.requestPaused"] = self.paused
        self.page.call("Fetch.enable", patterns=[
            {"urlPattern": "*/api/v1/*", "requestStage": "Response"}])
        self.reload()

    def __exit__(self, *_):
        self.page.call("Fetch.disable")
        self.page.hooks.clear()
        self.reload()

    def reload(self):
        """Otherwise it would go on with the answers that it has kept."""
        self.page.call("Page.reload")
        self.page.until("!!document.querySelector('.name')")

    def paused(self, params):
        if params.get("responseStatusCode") != 200:
            self.page.send("Fetch.continueRequest", {"requestId": params["requestId"]})
            return
        self.page.send("Fetch.getResponseBody", {"requestId": params["requestId"]},
                       lambda result: self.fulfil(params, result))

    def fulfil(self, params, result):
        body = result["body"]
        if result["base64Encoded"]:
            body = base64.b64decode(body)
        answer = json.loads(body)
        path = urllib.parse.urlsplit(params["request"]["url"]).path
        self.change(path.partition("/api/v1/")[2], answer["rows"])
        body = base64.b64encode(json.dumps(answer).encode()).decode()
        self.page.send("Fetch.fulfillRequest", {
            "requestId": params["requestId"], "responseCode": 200, "body": body,
            "responseHeaders": [
                {"name": "Content-Type", "value": "application/json"}]})
