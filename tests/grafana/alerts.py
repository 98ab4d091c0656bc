# SPDX-License-Identifier: GPL-2.0-only
"""The alert rules for Infinity: what Grafana requires of them, and what they say
about a contmond. Needs PyYAML."""

import os
import re

import dashboards
import expressions
import infinity
import rules
import shown
from client import SHAPELESS, Unusable

try:
    import yaml
except ImportError:
    yaml = None

FILE = os.path.join(dashboards.DIRECTORY, "provisioning", "alerting",
                    "infinity.yaml")
STATES = {"OK", "Alerting", "NoData", "Error"}


def load():
    """Every rule; its group's interval is added."""
    with open(FILE, encoding="utf-8") as file:
        groups = yaml.safe_load(file)["groups"]
    return [dict(rule, interval=group["interval"], folder=group["folder"])
            for group in groups for rule in group["rules"]]


def queries(rule):
    """Those that contmond answers."""
    return [item for item in rule["data"] if item["datasourceUid"] == "contmon"]


# --- without a contmond --------------------------------------------------------

def complaints(rule, api_words):
    """What Grafana, or the plugin's backend alone, would not understand."""
    if not re.match(r"[a-z0-9-]{1,40}\Z", rule.get("uid", "")):
        yield "uid"
    refs = [item["refId"] for item in rule["data"]]
    if len(set(refs)) < len(refs) or rule["condition"] != refs[-1]:
        yield "the condition is not the last of different refIds"
    if {rule.get("noDataState"), rule.get("execErrState")} - STATES:
        yield "states"
    if set(rule["annotations"]) != {"summary", "description"} or \
            rule["labels"].get("service") != "contmon":
        yield "no summary, description or label"
    # Grafana replaces variables here, unlike in annotations and models
    if "$" in rule["title"] + str(rule["labels"]):
        yield "a single $ outside of annotations and models"
    for item in rule["data"]:
        for text in data_complaints(item, refs, api_words):
            yield "%s: %s" % (item["refId"], text)


def data_complaints(item, refs, api_words):
    model = item["model"]
    if model["refId"] != item["refId"]:
        yield "two refIds"
    if item["datasourceUid"] == "__expr__":
        used = re.findall(r"\$(\w+)", model["expression"]) or \
            re.findall(r"^\w+$", model.get("expression", ""))
        if not used or set(used) - set(refs[:refs.index(item["refId"])]):
            yield "takes %s, not an earlier refId" % used
        return
    if item["datasourceUid"] != "contmon":
        yield "datasource"
    past = item["relativeTimeRange"]
    if past["from"] <= past["to"]:
        yield "its time range is empty"
    yield from rules.target(model, api_words)
    for text in dashboards.texts(model):
        for match in dashboards.VARIABLE.finditer(text):
            if match.group(1) not in dashboards.BUILT_IN:
                yield "%s stays literal in an alert" % match.group()
    params = {param["key"]: param["value"]
              for param in model["url_options"]["params"]}
    if not all(isinstance(value, str) for value in params.values()):
        yield "a parameter is not a text"
    if ("metric" in params and "from" in params) != ("step" in params):
        yield "a series without a step"


# --- with one ------------------------------------------------------------------

def question(item, now_ms):
    past = item["relativeTimeRange"]
    return shown.Question(item["model"], None, now_ms - past["from"] * 1000,
                          now_ms - past["to"] * 1000)


def check(client, rule, now_ms, running, interval):
    """Complaints about the answers of one rule's queries."""
    for item in queries(rule):
        asked = question(item, now_ms)
        for text in check_query(client, asked, running, interval,
                                asked.to_ms == now_ms):
            yield "%s: %s" % (item["refId"], text)
    try:
        state, firing = evaluate(client, rule, now_ms)
    except SHAPELESS as error:
        yield "not evaluated: %r" % error
        return
    if state == "Error":
        yield "an error: %s" % firing


def check_query(client, asked, running, interval, is_now):
    if asked.endpoint == "series":
        # There may be no past yet
        if is_now or client.rows("series", **asked.params):
            yield from shown.check_series(client, asked, running, interval)
    elif asked.target["format"] == "table":
        yield from shown.check_table(client, asked)
    else:
        frame, _ = shown.ask(client, asked)
        rows = shown.chosen(asked, shown.own_rows(client, asked))
        times = [row["time"] for row in rows]
        if rows and not frame.wide and times == sorted(times):
            yield "LongToWide gives up"
        points = sum(value is not None for field in frame.fields[1:]
                     for value in field.values)
        if frame.wide and not 0 < points <= len(rows):
            yield "%d points of %d rows" % (points, len(rows))


def evaluate(client, rule, now_ms):
    """(state, which): "Alerting" with labels, "OK", or what the rule says about
    no data and errors."""
    values = {}
    try:
        for item in rule["data"]:
            if item["datasourceUid"] == "__expr__":
                value = expressions.evaluate(item["model"], values)
            else:
                frame, _ = shown.ask(client, question(item, now_ms))
                value = expressions.of_frame(frame)
            values[item["refId"]] = value
    except (Unusable, infinity.Broken, OSError) as error:
        return rule["execErrState"], str(error)
    result = values[rule["condition"]]
    if not result:
        return rule["noDataState"], "no data"
    firing = [dict(labels) for labels, number in result.items() if number]
    return ("Alerting", firing) if firing else ("OK", [])
