# SPDX-License-Identifier: GPL-2.0-only
"""500 containers. What a refresh does is counted, not timed: a busy machine
changes no count. Time stands still here, so that only what the test changes does."""

from fake_contmond import Api, Fake, chosen, number
from reading import containers, go, race

MANY = 500
IN_VIEW = 100  # rows that are painted at most: those on the screen, and spare ones
NODES = 45     # of the document for each container, and as many again for all else

# Counts the rows of the table that any change of the document was in, and calls of
# paint, over so many whole refreshes.
COUNT = """(async (refreshes) => {
  const { table } = views.overview;
  const rows = new Set(), painted = new Set();
  let updates = 0;
  const watch = new MutationObserver(records => records.forEach(({ target }) => {
    const node = target.nodeType === 1 ? target : target.parentElement;
    rows.add(node?.closest("tr")?.querySelector(".name")?.textContent ?? "(the table)");
  }));
  watch.observe(table.body, { subtree: true, childList: true, attributes: true,
    characterData: true });
  const { paint, update } = Table.prototype;
  table.paint = function (node, row, key) {
    painted.add(key);
    return paint.call(this, node, row, key);
  };
  table.update = function (rows) {
    update.call(this, rows);
    updates++;
  };
  while (updates < refreshes) await new Promise(done => setTimeout(done, 50));
  await new Promise(done => setTimeout(done));
  watch.disconnect();
  delete table.paint;
  delete table.update;
  return { changed: [...rows].sort(), painted: painted.size };
})"""


class Many(Api):
    """The containers of the fake, copied until there are MANY"""

    def __init__(self):
        super().__init__()
        self.t = self.machine.last_sample()
        self.changes = {}  # container -> what is different
        times = self.machine.sample_times
        self.machine.last_sample = lambda: self.t
        self.machine.sample_times = lambda low, high: times(low, min(high, self.t + 1))
        self.first = [row["container"] for row in self.machine.containers(self.t)]

    def copies(self, rows, names=None):
        """Each row under all the names of its copies"""
        by_name = {row["container"]: row for row in rows}
        for i in range(MANY):
            name = "many-%03d" % i
            row = by_name.get(self.first[i % len(self.first)])
            if row and (names is None or name in names):
                yield {**row, "container": name, **self.changes.get(name, {})}

    def containers(self, query):
        names = chosen(query)
        rows, meta = super().containers({**query, "container": ""})
        return list(self.copies(rows, names)), meta

    def series(self, query):
        if query.get("metric", "").startswith("system_"):
            return super().series(query)
        metric = query["metric"]
        step = number(query, "step", 1000)
        times = range(number(query, "from", 0) // step * step,
                      min(number(query, "to", 0), self.t) + 1, step)
        rows = list(self.copies(self.machine.containers(self.t), chosen(query)))
        return [{"t": t, "container": row["container"],
                 "v": row[metric] * (1 + t // step % 5) / 5}
                for t in times for row in rows], {"step_ms": step}

    def system(self, query):
        rows, meta = super().system(query)
        return [{**row, "containers": MANY} for row in rows], meta

    def events(self, _query):
        return [], {}


def test_scroll(tap, page, api):
    """What is out of sight is painted when it comes into sight."""
    page.run("scrollTo(0, document.body.scrollHeight)")
    api.changes["many-498"] = {"processes": 4711}

    def shown():
        page.wait(0.5)
        row = next(row for row in containers(page) if row["container"] == "many-498")
        return row["processes"] == "4711", row
    race(tap, "a row that is scrolled to is up to date", shown)
    page.run("scrollTo(0, 0)")


def test_many(tap, page, web):
    api = Many()
    base = Fake(web=web, api=api).start().url
    page.open(base + "/")
    shown = page.until("document.querySelectorAll('#container-table tbody tr').length === %d"
                       " && !state.running" % MANY)
    tap.check(shown, "%d containers are listed" % MANY, len(containers(page)))
    nodes = page.run("document.querySelectorAll('*').length")
    tap.check(nodes < NODES * MANY, "with few nodes for each", nodes)
    lines = page.run("[...document.querySelectorAll('#chart-cpu .legend button')].length")
    tap.equal(lines, 12, "and the twelve highest have lines")

    def still():
        seen = page.run(COUNT + "(2)")
        return not seen["changed"] and seen["painted"] < IN_VIEW, seen
    race(tap, "a refresh without news changes no row", still)
    api.changes["many-003"] = {"processes": 4711}
    seen = page.run(COUNT + "(3)")
    tap.check(seen["changed"] == ["many-003"] and seen["painted"] < IN_VIEW,
              "one with news of a row changes this row", seen)
    page.events.clear()
    page.run(COUNT + "(2)")
    asked = [event["params"]["request"]["url"] for event in page.events
             if event["method"] == "Network.requestWillBeSent"]
    tap.check(len(asked) <= 2 * 16, "a refresh has as few requests as with one container",
              asked)
    test_scroll(tap, page, api)
    go(page, "#/?filter=many-123")
    tap.check(page.until("document.querySelectorAll('#container-table tbody tr')"
                         ".length === 1"), "the filter leaves the one that is looked for")
