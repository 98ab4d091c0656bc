# SPDX-License-Identifier: GPL-2.0-only
"""How many series of a container the queries need: /metrics has at most
metrics_series_max, the first ones of container_metrics in contmond's code."""

import os
import re

import dashboards
import promql

CONTMOND = os.path.join(dashboards.HERE, os.pardir, os.pardir, "contmond")
WORD = re.compile(r"\b([a-zA-Z_]\w*)\b(\s*\()?")


def read(*path):
    with open(os.path.join(CONTMOND, *path), encoding="utf-8") as file:
        return file.read()


def metrics():
    """Those of a container, in order: each is one series for each container with
    one interface and one device"""
    text = read("model", "metric_tables.c")
    table = re.search(r"container_metrics\[\] = {(.*?)\n};", text, re.S)[1]
    return [name or "contmon_container_" + key for name, key in re.findall(
        r'METRIC\("\w+",\s*"(\w+)"|OWN\("(\w+)"', table)]


def default():
    return int(re.search(r'{ "metrics_series_max", "(\d+)"', read("config.c"))[1])


def needed(queries):
    """The least metrics_series_max with which nothing is missing"""
    every = metrics()
    return 1 + max(every.index(metric) for query in queries
                   for metric, _, _ in promql.selectors(query) if metric in every)


def serves(query, there):
    """Has it data, if of a container only the metrics `there` are?"""
    every = metrics()

    def word(match):
        name, is_function = match.groups()
        if name in promql.WORDS:
            return match[0]
        if is_function:
            return "("
        return "0" if name in every and name not in there else "1"

    def side(text):
        """Of `unless` the left one; all that is combined must be there."""
        return not re.search(r"\b0\b", text.partition(" unless ")[0])

    text = re.sub(r'"[^"]*"', "", query)
    text = re.sub(r"{[^}]*}|\[[^\]]*\]", "", text)
    text = re.sub(r"\b(by|without|on|ignoring|group_left)\s*\([^)]*\)", "", text)
    text = WORD.sub(word, re.sub(r"\b[\d.]+\b", "1", text))
    while "(" in text:
        text = re.sub(r"\(([^()]*)\)", lambda inner: " %d " % any(
            map(side, re.split(r"\bor\b", inner[1]))), text)
    return any(map(side, re.split(r"\bor\b", text)))


def silent(board, there):
    """Titles of panels of which no query has data then"""
    return [panel["title"] for panel in dashboards.panels(board)
            if panel.get("targets") and not any(
                serves(target["expr"], there) for target in panel["targets"])]
