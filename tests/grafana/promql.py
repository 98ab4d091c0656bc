# SPDX-License-Identifier: GPL-2.0-only
"""The queries of the dashboards for Prometheus and of the alerts: which there
are, and how Grafana sends them."""

import os
import re

import dashboards

DIRECTORY = os.path.join(dashboards.DIRECTORY, "dashboards-prometheus")
ALERTS = os.path.join(dashboards.DIRECTORY, "prometheus", "alerts.yml")

SELECTOR = re.compile(r"\b([a-zA-Z_:][\w:]*)(\{[^}]*\})?(\[[^\]]*\])?")
LABEL_VALUES = re.compile(r"label_values\((.*), (\w+)\)\Z")
WORDS = {"or", "and", "unless", "bool"}


def load():
    """[(file name, dashboard)]"""
    return dashboards.load(DIRECTORY)


def targets(board):
    """(where, query) of every panel's target"""
    for panel, target in dashboards.targets(board):
        yield "%s, %s" % (panel["title"], target["refId"]), target["expr"]


def annotations(board):
    """(where, query) of every annotation but Grafana's own"""
    for item in board["annotations"]["list"]:
        if not item.get("builtIn"):
            yield "annotation %s" % item["name"], item["expr"]


def variables(board):
    """(name, query, label) of every variable that asks Prometheus"""
    for item in dashboards.variables(board):
        if item["type"] == "query":
            match = LABEL_VALUES.match(item["query"]["query"])
            yield item["name"], match.group(1), match.group(2)


def expand(query, values):
    """`values`: name -> text, or list of texts for a variable with several
    values, which Grafana sends as alternatives of a regular expression"""
    def replace(match):
        value = values[match.group(1) or match.group(3) or match.group(4)]
        if isinstance(value, str):
            return value
        return "(%s)" % "|".join(re.escape(one).replace("\\", "\\\\")
                                 for one in value)

    return dashboards.VARIABLE.sub(replace, query)


def selectors(query):
    """(metric, labels, range) of each selector; None for what it lacks"""
    query = re.sub(r"\b(by|without|on|ignoring|group_left)\s*\([^)]*\)", "", query)
    # What stands in quotes has neither braces nor names
    bare = re.sub(r'"[^"]*"', lambda text: '"' + "." * (len(text[0]) - 2) + '"', query)
    for match in SELECTOR.finditer(bare):
        is_label = bare.rfind("{", 0, match.start()) > \
            bare.rfind("}", 0, match.start())
        is_function = bare[match.end():].lstrip().startswith("(")
        if not is_label and not is_function and match.group(1) not in WORDS:
            yield tuple(part and query[slice(*match.span(nr))]
                        for nr, part in enumerate(match.groups(), 1))


def unfiltered(query):
    """With 0 or 1 for each row in place of only those that the query is for, so
    that a query for what is wrong can be seen to work where nothing is"""
    return re.sub(r"([=!<>]=|[<>])(?=\s*-?[\d.])", r"\1 bool ", query)


class Example(dict):
    """Values of variables with which a query can be parsed"""

    def __missing__(self, name):
        return "5m" if name.startswith("__") else "a"


def configure(directory, token_file, interval):
    """Copies the shipped files of Prometheus to `directory`, with another place of
    the token and another interval"""
    source = os.path.dirname(ALERTS)
    for name in os.listdir(source):
        with open(os.path.join(source, name), encoding="utf-8") as file:
            text = file.read()
        text = text.replace("/run/secrets/contmond-token", str(token_file))
        text = re.sub(r"(?m)^(  (?:scrape|evaluation)_interval): .*",
                      r"\1: " + interval, text)
        with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
            file.write(text)
