# SPDX-License-Identifier: GPL-2.0-only
"""The dashboards, and how Grafana and the plugin process a target before they
send it: variables, macros, the URL."""

import json
import os
import re
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, os.pardir, os.pardir, "grafana")

VARIABLE = re.compile(r"\$\{(\w+)(?::([^}]*))?\}|\$(\w+)|\[\[(\w+)\]\]")
BUILT_IN = ("__timeFrom", "__timeTo", "__interval_ms")

# What the plugin sends, in the spelling of Go's HTTP client
HEADERS = {
    "User-Agent": "Go-http-client/1.1",
    "Accept": "application/json;q=0.9,text/plain",
    "Accept-Encoding": "gzip",
}


def load(folder=None):
    """[(file name, dashboard)] of every dashboard."""
    folder = folder or os.path.join(FOLDER, "dashboards")
    found = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".json"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                found.append((name, json.load(file)))
    return found


def panels(dashboard):
    """Every panel, including those in a collapsed row."""
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def targets(dashboard):
    """(panel, target) of every panel that queries contmond."""
    for panel in panels(dashboard):
        for target in panel.get("targets", []):
            yield panel, target


def variables(dashboard):
    return dashboard.get("templating", {}).get("list", [])


def texts(value):
    """Every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


class Undefined(Exception):
    pass


def expand(text, values):
    """`values`: name -> text, or list of texts for a variable with several
    values. A list without `:csv` would be sent as {a,b}: refused."""
    def replace(match):
        name = match.group(1) or match.group(3) or match.group(4)
        form = match.group(2)
        if name not in values:
            raise Undefined("${%s} is not defined" % name)
        value = values[name]
        if isinstance(value, str):
            return value
        if form != "csv":
            raise Undefined("${%s} has no :csv" % name)
        return ",".join(value)

    return VARIABLE.sub(replace, text)


def request_path(target, values):
    """The path and query as the plugin's Go code writes them: keys sorted, a
    space as `+`."""
    url = urllib.parse.urlsplit(expand(target["url"], values))
    query = urllib.parse.parse_qsl(url.query, keep_blank_values=True)
    for param in target["url_options"].get("params", []):
        query.append((param["key"], expand(param["value"], values)))
    # A stable sort by key, like url.Values.Encode()
    query.sort(key=lambda pair: pair[0])
    encoded = urllib.parse.urlencode(query, quote_via=urllib.parse.quote_plus,
                                     safe="~")
    return url.path + ("?" + encoded if encoded else "")


# Grafana's rounding of an interval: below .. ms it is .. ms
ROUND = ((10, 1), (15, 10), (35, 20), (75, 50), (150, 100), (350, 200),
         (750, 500), (1500, 1000), (3500, 2000), (7500, 5000), (12500, 10000),
         (17500, 15000), (25000, 20000), (45000, 30000), (90000, 60000),
         (210000, 120000), (450000, 300000), (750000, 600000),
         (1050000, 900000), (1500000, 1200000), (2700000, 1800000),
         (5400000, 3600000))
UNITS = {"ms": 1, "s": 1000, "m": 60000, "h": 3600000, "d": 86400000}


def interval_ms(panel, from_ms, to_ms):
    """${__interval_ms} of a panel for a time range."""
    wanted = (to_ms - from_ms) / (panel.get("maxDataPoints") or 1000)
    rounded = next((step for below, step in ROUND if wanted < below), 7200000)
    least = re.match(r"(\d+)(ms|s|m|h|d)\Z", panel.get("interval") or "1ms")
    return max(rounded, int(least.group(1)) * UNITS[least.group(2)])
