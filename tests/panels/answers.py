# SPDX-License-Identifier: GPL-2.0-only
"""What the panels of a dashboard get: the answers to its targets as the frames
that Grafana's plugins for Infinity and Prometheus make of them."""

import json
import math
import urllib.error
import urllib.parse
import urllib.request

import dashboards
import infinity
import promql
import shown
from client import PATIENCE, SHAPELESS, Unusable

POINTS = 300  # about one for every other pixel of half a dashboard
SCRAPE_S = 1


def plain(value):
    """JSON has neither NaN nor infinity: the page reads these texts."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else str(value).replace("inf", "Infinity")
    return value


def field(name, kind, values, labels=None, config=None):
    return {"name": name, "type": kind, "values": [plain(value) for value in values],
            "labels": labels or None, "config": config or {}}


# --- Infinity -------------------------------------------------------------------

def first_of(client, item, span):
    """What Grafana chooses first of a variable's values"""
    query = item["query"]["infinityQuery"]
    question = shown.Question(query, None, *span)
    frame, _ = shown.ask(client, question)
    values = {one.name: one.values for one in frame.fields}
    return next(iter(values.get("__value", [])), "")


def chosen(client, board, container, span):
    """Variables: the container, None for All; what the others begin with"""
    variables = {"container": container or "All"}
    for item in dashboards.variables(board):
        if item["type"] == "custom":
            variables[item["name"]] = item["current"]["value"]
        elif item["name"] != "container":
            variables[item["name"]] = first_of(client, item, span)
    return variables


def infinity_frame(client, target, container, others, span):
    question = shown.Question(target, container and [container], *span, others)
    frame, _ = shown.ask(client, question)
    return {"refId": target["refId"], "name": target["refId"],
            "fields": [field(one.name, one.type, one.values, one.labels)
                       for one in frame.fields]}


def of_infinity(client, board, container, span):
    """{panel: {"frames"} or {"error"}}, and the variables"""
    variables = chosen(client, board, container, span)
    others = {key: value for key, value in variables.items() if key != "container"}
    found = {}
    for panel in dashboards.panels(board):
        if not panel.get("targets"):
            continue
        try:
            found[panel["id"]] = {"frames": [
                infinity_frame(client, target, container, others, span)
                for target in panel["targets"]]}
        except (Unusable, infinity.Broken, infinity.Unsupported,
                *SHAPELESS) as error:
            found[panel["id"]] = {"error": f"{type(error).__name__}: {error}"}
    return found, variables


# --- Prometheus -----------------------------------------------------------------

class Asker:
    """Asks a Prometheus for one dashboard in one range of time."""

    def __init__(self, url, board, hosts, container, span):
        self.url = url
        self.from_s, self.to_s = (ms / 1000 for ms in span)
        self.step_s = max(SCRAPE_S, math.ceil((self.to_s - self.from_s) / POINTS))
        several = {item["name"] for item in dashboards.variables(board)
                   if item.get("includeAll")}
        self.values = {
            "host": hosts if "host" in several else hosts[0],
            "container": ".*" if "container" in several else container,
            "__rate_interval": f"{max(self.step_s + SCRAPE_S, 4 * SCRAPE_S)}s",
            "__range": f"{self.to_s - self.from_s:.0f}s"}

    def ask(self, path, **query):
        request = urllib.request.Request(
            self.url(path), data=urllib.parse.urlencode(query).encode())
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["data"]["result"]
        except urllib.error.HTTPError as error:
            raise Unusable(error.read().decode()) from None

    def series(self, target):
        """[(labels, [(s, number)])], times as Grafana rounds them to the step"""
        query = promql.expand(target["expr"], self.values)
        if target.get("instant"):
            return [(one["metric"], [one["value"]]) for one in
                    self.ask("/api/v1/query", query=query, time=self.to_s)]
        return [(one["metric"], one["values"]) for one in self.ask(
            "/api/v1/query_range", query=query, step=self.step_s,
            start=self.from_s // self.step_s * self.step_s,
            end=self.to_s // self.step_s * self.step_s)]

    def frames(self, target, in_table):
        """`in_table`: how many targets of the panel want a table"""
        series = self.series(target)
        if target.get("format") == "table":
            return [as_table(target["refId"], series, in_table)] if series else []
        return [self.as_series(target, labels, points) for labels, points in series]

    def as_series(self, target, labels, points):
        name = legend(target, labels)
        times, values = zip(*((round(float(s) * 1000), float(v)) for s, v in points))
        return {"refId": target["refId"], "name": name, "fields": [
            field("Time", "time", times, config={"interval": self.step_s * 1000}),
            field("Value", "number", values, labels,
                  {"displayNameFromDS": name} if name else {})]}


def legend(target, labels):
    pattern = target.get("legendFormat") or "__auto"
    if pattern == "__auto":
        return "" if labels else target["expr"]
    for name, value in labels.items():
        pattern = pattern.replace("{{%s}}" % name, value)
    return pattern


def as_table(ref, series, in_table):
    """A row for each series: time, labels by name, value"""
    names = sorted({name for labels, _ in series for name in labels})
    rows = [(labels, *points[-1]) for labels, points in series]
    return {"refId": ref, "fields": [
        field("Time", "time", [round(float(s) * 1000) for _, s, _ in rows]),
        *(field(name, "string", [labels.get(name, "") for labels, _, _ in rows])
          for name in names),
        field(f"Value #{ref}" if in_table > 1 else "Value", "number",
              [float(value) for _, _, value in rows])]}


def of_prometheus(url, board, hosts, container, span):
    """The same"""
    asker = Asker(url, board, hosts, container, span)
    found = {}
    for panel in dashboards.panels(board):
        targets = panel.get("targets", [])
        in_table = sum(target.get("format") == "table" for target in targets)
        try:
            if targets:
                found[panel["id"]] = {"frames": [
                    frame for target in targets
                    for frame in asker.frames(target, in_table)]}
        except (Unusable, *SHAPELESS) as error:
            found[panel["id"]] = {"error": f"{type(error).__name__}: {error}"}
    return found, {"host": " + ".join(hosts), "container": container or "All",
                   "datasource": "Prometheus"}
