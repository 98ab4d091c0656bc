# SPDX-License-Identifier: GPL-2.0-only
"""The dashboards, and how Grafana and the plugin process a target before they
send it: variables, macros, the URL."""

import json
import os
import re
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
DIRECTORY = os.path.join(HERE, os.pardir, os.pardir, "grafana")

VARIABLE = re.compile(r"\$\{(\w+)(?::([^}]*))?\}|\$(\w+)|\[\[(\w+)\]\]")
BUILT_IN = ("__timeFrom", "__timeTo")
MACRO = re.compile(r"\$__customInterval\(([^)]*)\)")
UNITS_MS = {"s": 1000, "m": 60000, "h": 3600000, "d": 86400000}

# What the plugin sends, in the spelling of Go's HTTP client
HEADERS = {
    "User-Agent": "Go-http-client/1.1",
    "Accept": "application/json;q=0.9,text/plain",
    "Accept-Encoding": "gzip",
}


def load(directory=None):
    """[(file name, dashboard)] of every dashboard."""
    directory = directory or os.path.join(DIRECTORY, "dashboards")
    found = []
    for name in sorted(os.listdir(directory)):
        if name.endswith(".json"):
            with open(os.path.join(directory, name), encoding="utf-8") as file:
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


def annotations(dashboard):
    """Those that query contmond, without Grafana's own."""
    return [item for item in dashboard.get("annotations", {}).get("list", [])
            if not item.get("builtIn")]


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


def duration_ms(text):
    match = re.match(r"(\d+)([smhd])\Z", text)
    if not match:
        raise Undefined("%r is not a duration" % text)
    return int(match.group(1)) * UNITS_MS[match.group(2)]


def custom_interval(text, range_ms):
    """$__customInterval(2h,a,1d,b,c), which the plugin's backend replaces, in
    alerts as well: a for at most 2 hours, b for at most a day, else c."""
    def replace(match):
        *pairs, rest = match.group(1).split(",")
        for limit, value in zip(pairs[::2], pairs[1::2]):
            if range_ms <= duration_ms(limit):
                return value
        return rest

    return MACRO.sub(replace, text)


def parameters(target, values):
    """[(key, value)] of a target, filled in."""
    range_ms = int(values.get("__timeTo", 0)) - int(values.get("__timeFrom", 0))
    return [(param["key"],
             expand(custom_interval(param["value"], range_ms), values))
            for param in target["url_options"].get("params", [])]


def request_path(target, values):
    """The path and query as the plugin's Go code writes them: keys sorted, a
    space as `+`."""
    url = urllib.parse.urlsplit(expand(target["url"], values))
    query = urllib.parse.parse_qsl(url.query, keep_blank_values=True)
    query += parameters(target, values)
    # A stable sort by key, like url.Values.Encode()
    query.sort(key=lambda pair: pair[0])
    encoded = urllib.parse.urlencode(query, quote_via=urllib.parse.quote_plus,
                                     safe="~")
    return url.path + ("?" + encoded if encoded else "")
