#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks grafana/ without a network and without contmond: the rules for
dashboards, the provisioning, the compose files; and infinity.py, which live.py
uses to parse answers."""

import copy
import json
import os
import re
import sys

import alerts
import compose
import dashboards
import rules
import static_prometheus
import test_infinity
from tap import Tap

yaml = alerts.yaml

CONTMOND = os.path.join(dashboards.HERE, os.pardir, os.pardir, "contmond")

# The rules of Grafana's dashboard-linter, and where each is checked or why it is
# not kept
LINTER = {
    "panel-title-description-rule": rules.one_panel,
    "panel-units-rule": rules.table,
    "panel-no-targets-rule": rules.one_panel,
    "panel-datasource-rule": rules.datasource,
    "template-on-time-change-reload-rule": rules.query_variable,
    "template-datasource-rule": "alert rules cannot use a variable; one data "
    "source for each host, and a copy of the dashboards in each, is simpler",
    "uneditable-dashboard": "provisioning forbids to save them; a viewer may "
    "still try something",
    "template-job-rule": "no Prometheus",
    "template-instance-rule": "no Prometheus",
    "template-label-promql-rule": "no Prometheus",
    "target-promql-rule": "no Prometheus",
    "target-rate-interval-rule": "no Prometheus",
    "target-job-rule": "no Prometheus",
    "target-instance-rule": "no Prometheus",
    "target-counter-agg-rule": "no Prometheus",
    "target-logql-rule": "no Loki",
    "target-logql-auto-rule": "no Loki",
}


def words_of_api():
    """Words that are marked as code in API.md: paths, parameters, keys; and the
    keys in openapi.json, since the page says "the same with `transmit`"."""
    with open(os.path.join(CONTMOND, "API.md"), encoding="utf-8") as file:
        spans = re.findall(r"`([^`\n]+)`", file.read())
    with open(os.path.join(CONTMOND, "openapi.json"), encoding="utf-8") as file:
        openapi = json.load(file)
    schemas = openapi["components"]["schemas"].values()
    return {word for span in spans for word in re.findall(r"[/\w]+", span)} | {
        key for schema in schemas for key in schema.get("properties", {})} | \
        set(openapi["paths"])


def unique_keys(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        raise ValueError("a key stands twice: %s" % keys)
    return dict(pairs)


def check_dashboards(tap, words):
    boards = dashboards.load()
    tap.check(boards, "there are dashboards")
    uids = {board["uid"] for _, board in boards}
    tap.equal(len(uids), len(boards), "every uid stands once")
    for name, board in boards:
        path = os.path.join(dashboards.DIRECTORY, "dashboards", name)
        with open(path, encoding="utf-8") as file:
            json.load(file, object_pairs_hook=unique_keys)
        complaints = list(rules.dashboard(board, words, uids))
        tap.check(not complaints, "%s keeps the rules" % name,
                  "\n".join(complaints))


def check_past(tap, words):
    """What is shown of now and kept of the past is shown of both."""
    for name, board in dashboards.load():
        urls = {target["url"] for _, target in dashboards.targets(board)}
        kept = {url + "/past" for url in urls} & words
        tap.check(kept <= urls, "%s shows the past of what it shows now" % name,
                  sorted(kept - urls))


# Each breaks a dashboard in one place; the rules must find it.
def spoil(name, file="overview.json"):
    def decorate(function):
        SPOILS.append((name, file, function))
        return function
    return decorate


SPOILS = []


def first(board, kind):
    return next(panel for panel in board["panels"] if panel["type"] == kind)


@spoil("a missing parser")
def no_parser(board):
    del first(board, "timeseries")["targets"][0]["parser"]


@spoil("missing url_options")
def no_options(board):
    del first(board, "table")["targets"][0]["url_options"]["method"]


@spoil("panels that overlap")
def overlap(board):
    board["panels"][1]["gridPos"]["x"] -= 1


@spoil("a panel beyond column 24")
def beyond(board):
    board["panels"][0]["gridPos"]["w"] = 25


@spoil("an unknown metric")
def unknown_metric(board):
    first(board, "stat")["targets"][0]["url_options"]["params"][0][
        "value"] = "system_cpu_precent"


@spoil("a unit that does not fit")
def wrong_unit(board):
    first(board, "timeseries")["fieldConfig"]["defaults"]["unit"] = "bytes"


@spoil("a variable without :csv")
def no_csv(board):
    first(board, "table")["targets"][0]["url_options"]["params"][0][
        "value"] = "${container}"


@spoil("an undefined variable")
def undefined(board):
    board["templating"]["list"][0]["name"] = "name"


@spoil("another datasource")
def other_datasource(board):
    first(board, "stat")["datasource"]["uid"] = "${DS_CONTMON}"


@spoil("a table without organize")
def no_organize(board):
    first(board, "table")["transformations"] = []


@spoil("an override that matches nothing")
def lost_override(board):
    first(board, "table")["fieldConfig"]["overrides"][0]["matcher"][
        "options"] = "Name"


@spoil("a column without a type")
def no_type(board):
    del first(board, "timeseries")["targets"][0]["columns"][2]["type"]


@spoil("times read as years")
def wrong_time(board):
    first(board, "timeseries")["targets"][0]["columns"][0][
        "type"] = "timestamp"


@spoil("a column that aggregate does not have")
def lost_aggregate(board):
    first(board, "timeseries")["targets"][0]["url_options"]["params"].append(
        {"key": "aggregate", "value": "min,max"})


@spoil("a metric without a column")
def lost_metric(board):
    first(board, "timeseries")["targets"][0]["columns"].pop()


@spoil("an unknown metric of several")
def unknown_of_several(board):
    metric = first(board, "timeseries")["targets"][0]["url_options"]["params"][0]
    metric["value"] = metric["value"].replace("user", "uses")


@spoil("lines that are called by metric and host")
def no_names(board):
    del first(board, "timeseries")["fieldConfig"]["defaults"]["displayName"]


@spoil("a request for each line of a panel")
def several_requests(board):
    panel = first(board, "timeseries")
    panel["targets"].append({**panel["targets"][0], "refId": "B"})


@spoil("two panels of one id")
def same_id(board):
    board["panels"][0]["id"] = board["panels"][1]["id"]


@spoil("a link to nowhere")
def dead_link(board):
    first(board, "table")["fieldConfig"]["overrides"][0]["properties"][0][
        "value"][0]["url"] = "/d/contmon-contianer"


@spoil("a name that is not encoded in a link")
def bare_link(board):
    first(board, "table")["fieldConfig"]["overrides"][0]["properties"][0][
        "value"][0]["url"] = \
        "/d/contmon-container?var-container=${__data.fields.Container}"


@spoil("a step that an alert would not get")
def browser_step(board):
    first(board, "timeseries")["targets"][0]["url_options"]["params"][-1][
        "value"] = "${__interval_ms}"


@spoil("a step with too many points")
def narrow_step(board):
    first(board, "timeseries")["targets"][0]["url_options"]["params"][-1][
        "value"] = "$__customInterval(15m,1000,60000)"


@spoil("an option that Grafana's schema requires")
def no_layout(board):
    del first(board, "stat")["options"]["wideLayout"]


@spoil("an annotation without text")
def no_text(board):
    board["annotations"]["list"][1]["target"]["columns"][2]["text"] = "what"


@spoil("an annotation as time series")
def wide_annotation(board):
    board["annotations"]["list"][1]["target"]["format"] = "timeseries"


@spoil("a filter of a column that is not there")
def lost_filter(board):
    board["annotations"]["list"][-1]["target"]["filterExpression"] = \
        "decision == 'x'"


@spoil("a variable that is read only once")
def stale_variable(board):
    board["templating"]["list"][0]["refresh"] = 1


@spoil("All that is not *")
def wrong_all(board):
    board["templating"]["list"][0]["allValue"] = ".*"


def of_commands(board):
    return next(panel for panel, target in dashboards.targets(board)
                if target["url"] == "/api/v1/commands/series")


@spoil("commands without their names", "container.json")
def no_command(board):
    of_commands(board)["targets"][0]["columns"][1]["selector"] = "container"


@spoil("lines that are not called as their commands are", "container.json")
def no_command_names(board):
    del of_commands(board)["fieldConfig"]["defaults"]["displayName"]


@spoil("a unit that CPU by command does not have", "container.json")
def no_cores(board):
    of_commands(board)["fieldConfig"]["defaults"]["unit"] = "percent"


def check_linter(tap):
    missing = [name for name, how in LINTER.items()
               if not (callable(how) or how.strip())]
    tap.check(not missing, "dashboard-linter's rules are kept, or not with a "
              "reason", missing)


def check_rules(tap, words):
    boards = dashboards.load()
    uids = {board["uid"] for _, board in boards}
    for name, file, function in SPOILS:
        spoilt = copy.deepcopy(dict(boards)[file])
        function(spoilt)
        tap.check(list(rules.dashboard(spoilt, words, uids)),
                  "the rules notice %s" % name)


def read_yaml(*path):
    with open(os.path.join(dashboards.DIRECTORY, *path), encoding="utf-8") as file:
        return yaml.safe_load(file)


def check_datasource(tap, folder, words):
    (source,) = read_yaml(folder, "datasources", "contmon.yaml")["datasources"]
    data = source["jsonData"]
    with_token = data["auth_method"] == "bearerToken"
    what = "%s: " % folder
    tap.equal((source["uid"], source["type"], source["access"]),
              ("contmon", rules.PLUGIN, "proxy"),
              what + "the datasource that the dashboards name")
    tap.check(not source["url"].endswith("/"), what + "no slash at the end")
    tap.equal(data["allowedHosts"], [source["url"]],
              what + "allowedHosts is the URL, or panels carry a warning")
    tap.check(data["customHealthCheckEnabled"]
              and data["customHealthCheckUrl"] in words,
              what + "the health check asks contmond")
    tap.equal(data["proxy_type"], "none", what + "no proxy in between")
    tap.equal("secureJsonData" in source, with_token,
              what + "a token exactly when one is meant")
    return with_token


# Each breaks a rule in one place.
ALERT_SPOILS = {
    "a variable of dashboards": lambda rule: rule["data"][0]["model"][
        "url_options"]["params"].append({"key": "container",
                                         "value": "${container:csv}"}),
    "a step of the browser": lambda rule: rule["data"][0]["model"][
        "url_options"]["params"].append({"key": "step",
                                         "value": "${__interval_ms}"}),
    "the frontend's parser": lambda rule: rule["data"][0]["model"].update(
        parser="simple"),
    "an unknown metric": lambda rule: rule["data"][0]["model"]["url_options"][
        "params"][0].update(value="memory_nope_bytes"),
    "another data source": lambda rule: rule["data"][0].update(
        datasourceUid="prometheus"),
    "an expression of a later one": lambda rule: rule["data"][-2][
        "model"].update(expression="$A / $D"),
    "a condition that is not the last": lambda rule: rule.update(
        condition="A"),
    "no word on missing data": lambda rule: rule.pop("noDataState"),
    "an empty range": lambda rule: rule["data"][0].update(
        relativeTimeRange={"from": 0, "to": 0}),
    "a variable in a label": lambda rule: rule["labels"].update(
        container="$labels.container"),
}


def check_alerts(tap, words):
    found = alerts.load()
    uids = [rule["uid"] for rule in found]
    tap.check(found and len(set(uids)) == len(uids),
              "every alert rule has its own uid", uids)
    (provider,) = read_yaml("provisioning", "dashboards",
                            "contmon.yaml")["providers"]
    for rule in found:
        complaints = list(alerts.complaints(rule, words))
        tap.check(not complaints and rule["folder"] == provider["folder"],
                  "alert %s keeps the rules" % rule["uid"],
                  "\n".join(complaints))
    for name, spoil_alert in ALERT_SPOILS.items():
        spoilt = copy.deepcopy(found[0])
        spoil_alert(spoilt)
        tap.check(list(alerts.complaints(spoilt, words)),
                  "the rules of alerts notice %s" % name)


def provisioned(mounts, kind):
    """The folder that Grafana has as provisioning/`kind`"""
    top = "/etc/grafana/provisioning"
    return mounts.get("%s/%s" % (top, kind),
                      "%s/%s" % (mounts.get(top, ""), kind))


def check_compose(tap, name, with_token):
    grafana = read_yaml(name)["services"]["grafana"]
    environment = grafana["environment"]
    what = "%s: " % name
    mounts = dict(reversed(volume.split(":")[:2])
                  for volume in grafana["volumes"])
    sources = [path for path in mounts.values() if path.startswith("./")]
    tap.check(all(os.path.isdir(os.path.join(dashboards.DIRECTORY, path))
                  for path in sources), what + "mounts what is there", sources)
    (provider,) = read_yaml("provisioning", "dashboards",
                            "contmon.yaml")["providers"]
    path = provider["options"]["path"]
    tap.equal(mounts.get(path), "./dashboards",
              what + "dashboards are where the provider looks")
    tap.check(os.path.isfile(os.path.join(
        dashboards.DIRECTORY, provisioned(mounts, "alerting"), "infinity.yaml")),
        what + "provisions the alert rules")
    home = environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    tap.check(os.path.dirname(home) == path and os.path.isfile(os.path.join(
        dashboards.DIRECTORY, "dashboards", os.path.basename(home))),
        what + "the home dashboard exists", home)
    tap.check(re.search(r":\d+\.\d+\.\d+$", grafana["image"])
              and re.search(r"@\d+\.\d+\.\d+$",
                            environment["GF_PLUGINS_PREINSTALL_SYNC"]),
              what + "image and plugin are pinned")
    tap.check(environment.get("GF_SERVER_HTTP_ADDR") == "127.0.0.1"
              if grafana.get("network_mode") == "host" else
              all(port.startswith("127.0.0.1:") for port in grafana["ports"]),
              what + "anonymous viewers only from this host")
    folder = provisioned(mounts, "datasources")
    with open(os.path.join(dashboards.DIRECTORY, folder, "contmon.yaml"),
              encoding="utf-8") as file:
        text = re.sub(r"#.*", "", file.read())
    needed = set(re.findall(r"\$\{?(\w+)", text))
    tap.check(needed <= set(environment),
              what + "sets every variable of the datasource", needed)
    tap.equal("CONTMOND_TOKEN" in needed, with_token,
              what + "takes the datasource it is meant for")


def check_provisioning(tap, words):
    if yaml is None:
        tap.skip("provisioning and compose files",
                 "python3-yaml is not installed")
        return
    check_alerts(tap, words)
    compose.run(tap)
    for folder, name, with_token in (
            ("provisioning", "compose.token.yaml", True),
            ("provisioning-loopback", "compose.yaml", False)):
        tap.equal(check_datasource(tap, folder, words), with_token,
                  "%s: the right kind of authentication" % folder)
        check_compose(tap, name, with_token)
    versions = {(item["image"], item["environment"]["GF_PLUGINS_PREINSTALL_SYNC"])
                for item in (read_yaml(name)["services"]["grafana"]
                             for name in ("compose.yaml", "compose.token.yaml"))}
    tap.equal(len(versions), 1, "both compose files have the same versions")


def main():
    tap = Tap()
    words = words_of_api()
    test_infinity.run(tap)
    check_dashboards(tap, words)
    check_past(tap, words)
    check_linter(tap)
    check_rules(tap, words)
    check_provisioning(tap, words)
    static_prometheus.run(tap)
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
