# SPDX-License-Identifier: GPL-2.0-only
"""Checks what grafana/ has for Prometheus without running it: the dashboards,
the alerts, and the compose file for many hosts. static.py runs this.

The rules of Grafana's dashboard-linter are among those for dashboards, except
that queries choose hosts by the label host, not by job and instance: what
contmond sends to a database itself has neither of these."""

import copy
import os
import re
import shutil
import subprocess
import tempfile

import budget
import dashboards
import promql
import rules

try:
    import yaml
except ImportError:
    yaml = None

TOP = os.path.join(dashboards.HERE, os.pardir, os.pardir)
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
UNITS = rules.UNITS | {"pps", "reqps"}
# What Grafana's schema of a panel's options requires
OPTIONS = {
    "stat": {"colorMode", "graphMode", "justifyMode", "orientation",
             "percentChangeColorMode", "reduceOptions", "showPercentChange",
             "textMode", "wideLayout"},
    "table": {"frameIndex", "showHeader"},
    "timeseries": {"legend", "tooltip"},
}


def documented():
    """Words that are marked as code in the pages on metrics"""
    found = {"up", "scrape_duration_seconds"}  # Prometheus' own
    for name in ("METRICS.md", "API.md"):
        with open(os.path.join(TOP, "contmond", name), encoding="utf-8") as file:
            found.update(re.findall(r"`(\w+)(?:\{[\w,]*\})?`", file.read()))
    return found


# --- dashboards -------------------------------------------------------------

# What is marked in the charts of a dashboard about containers
MARKS = {"Starts", "Ends", "OOM kills", "Restarts"}


def dashboard(board, boards, metrics):
    """All complaints about one of `boards`"""
    yield from rules.frame(board)
    yield from rules.grid(board["panels"])
    if board.get("editable"):
        yield "what is provisioned cannot be saved: editable"
    yield from templates(board)
    yield from marks(board)
    for where, query in (*promql.targets(board), *promql.annotations(board)):
        for complaint in one_query(query, metrics):
            yield "%s: %s" % (where, complaint)
    for where, query in promql.targets(board):
        for metric, _, window in promql.selectors(query):
            if window and "rate(%s" % metric in query and \
                    window != "[$__rate_interval]":
                yield "%s: rate() over %s" % (where, window)
    for panel in dashboards.panels(board):
        for complaint in one_panel(panel):
            yield "panel %r: %s" % (panel.get("title"), complaint)
    yield from links(board, boards)


def templates(board):
    first, *others = dashboards.variables(board)
    if [first.get(key) for key in ("type", "name", "label", "query")] != \
            ["datasource", "datasource", "Data source", "prometheus"]:
        yield "the first variable is not the data source"
    for item in others:
        if item["type"] != "query" or item["datasource"] != DATASOURCE or \
                item["refresh"] != 2 or \
                not promql.LABEL_VALUES.match(item["query"]["query"]):
            yield "variable %s" % item["name"]
        # Other exporters' series have no host, so All must not match those
        if item["name"] == "host" and "allValue" in item:
            yield "All hosts are not those of the list"
    if "host" not in [item["name"] for item in others]:
        yield "no variable for hosts"


def marks(board):
    names = {item["name"] for item in dashboards.annotations(board)
             if item["datasource"] == DATASOURCE and item["enable"]}
    if "container" in {item["name"] for item in dashboards.variables(board)}:
        for name in sorted(MARKS - names):
            yield "no annotation %s" % name


def one_query(query, metrics):
    for metric, labels, window in promql.selectors(query):
        if metric not in metrics:
            yield "%s is not documented" % metric
        if "host=" not in (labels or ""):
            yield "%s of any host" % metric
        if metric.endswith("_total") and (not window or not re.search(
                r"(rate|increase)\(%s\b" % metric, query)):
            yield "%s without rate() or increase()" % metric


def one_panel(panel):
    kind = panel["type"]
    if kind == "row":
        return
    if kind == "text":
        if not panel["options"]["content"]:
            yield "no text"
        return
    if kind not in OPTIONS:
        yield "type %s" % kind
        return
    if not panel["title"] or not panel["description"]:
        yield "no title or description"
    for missing in OPTIONS[kind] - set(panel["options"]):
        yield "no option %s" % missing
    refs = [target["refId"] for target in panel["targets"]]
    if not refs or len(set(refs)) < len(refs):
        yield "refIds"
    if panel["datasource"] != DATASOURCE or any(
            target["datasource"] != DATASOURCE for target in panel["targets"]):
        yield "another data source"
    is_table = kind == "table"
    for target in panel["targets"]:
        if (target["format"] == "table") != is_table or \
                target["instant"] == target["range"] or \
                is_table and not target["instant"]:
            yield "format of %s" % target["refId"]
    yield from display(panel, titles(panel) if is_table else refs)


def titles(panel):
    """The columns of a table, as they are called"""
    (organize,) = [item["options"] for item in panel["transformations"]
                   if item["id"] == "organize"]
    return [organize["renameByName"].get(name, name)
            for name in organize["indexByName"]
            if not organize["excludeByName"].get(name)]


def labels_of(query):
    match = re.search(r"\bby \(([^)]*)\)", query)
    return set(re.findall(r"\w+", match.group(1))) if match else set()


def table_columns(panel):
    """The columns that Grafana makes of the queries of a table"""
    columns = {"Time"}
    for target in panel["targets"]:
        columns |= labels_of(target["expr"])
        columns.add("Value #%s" % target["refId"]
                    if len(panel["targets"]) > 1 else "Value")
    return columns


def display(panel, names):
    config = panel["fieldConfig"]
    if panel["type"] == "table":
        organize = [item["options"] for item in panel["transformations"]
                    if item["id"] == "organize"][0]
        if set(organize["indexByName"]) != table_columns(panel):
            yield "organize does not know all columns"
        if "inspect" not in config["defaults"].get("custom", {}):
            yield "no custom.inspect"
    elif config["defaults"].get("unit") not in UNITS:
        yield "unit %r" % config["defaults"].get("unit")
    for override in config["overrides"]:
        if override["matcher"] != rules.EVERY_FIELD and \
                override["matcher"]["options"] not in names:
            yield "override %s matches nothing" % override["matcher"]
        for prop in override["properties"]:
            if prop["id"] == "unit" and prop["value"] not in UNITS:
                yield "unit %r" % prop["value"]


def links(board, boards):
    known = {other["uid"]: {item["name"] for item in dashboards.variables(other)}
             for other in boards}
    for panel in dashboards.panels(board):
        for text in dashboards.texts(panel.get("fieldConfig", {})):
            for uid in re.findall(r"/d/([\w-]+)", text):
                for name in re.findall(r"[?&]var-(\w+)=", text):
                    if name not in known.get(uid, ()):
                        yield "a link sets %s of %s" % (name, uid)
            for name in re.findall(r"\$\{__data\.fields\.(\w+)\}", text):
                if name not in table_columns(panel):
                    yield "a link takes the column %s" % name


# Each breaks the overview in one place; the rules must find it.
def table_of(board):
    return next(panel for panel in board["panels"] if panel["type"] == "table")


def series_of(board):
    return next(panel for panel in board["panels"]
                if panel["type"] == "timeseries")


def requery(old, new):
    def spoil(board):
        target = series_of(board)["targets"][0]
        assert old in target["expr"]
        target["expr"] = target["expr"].replace(old, new)
    return spoil


SPOILS = {
    "a fixed window": requery("[$__rate_interval]", "[5m]"),
    "a total without rate()": requery("rate(contmon_system_cpu", "avg(contmon_system_cpu"),
    "a metric that does not exist": requery("contmon_system_cpus", "contmon_system_cpu"),
    "a query of all hosts": requery('host=~"$host"', 'mode!=""'),
    "a variable that does not exist": requery("$host", "$server"),
    "another data source": lambda board: series_of(board)["datasource"].update(uid="x"),
    "a missing description": lambda board: series_of(board).update(description=""),
    "a missing option": lambda board: table_of(board)["options"].pop("frameIndex"),
    "an unknown unit": lambda board: series_of(board)["fieldConfig"]["defaults"].update(
        unit="cores"),
    "a column that organize forgets": lambda board: table_of(board)[
        "transformations"][-1]["options"]["indexByName"].pop("host"),
    "an override that matches nothing": lambda board: table_of(board)["fieldConfig"][
        "overrides"][0]["matcher"].update(options="host"),
    "a variable that is read once": lambda board: dashboards.variables(board)[1].update(
        refresh=1),
    "hosts of others under All": lambda board: dashboards.variables(board)[1].update(
        allValue=".*"),
    "charts without restarts": lambda board: board["annotations"]["list"].pop(4),
    "a mark that is not shown": lambda board: board["annotations"]["list"][1].update(
        enable=False),
    "a link to nowhere": lambda board: table_of(board)["fieldConfig"]["overrides"][0][
        "properties"][0]["value"][0].update(url="/d/contmon-none?var-host=a"),
}


def check_dashboards(tap):
    boards = promql.load()
    metrics = documented()
    tap.equal(len({board["uid"] for _, board in boards + dashboards.load()}),
              len(boards + dashboards.load()), "no uid of Infinity's dashboards")
    for name, board in boards:
        complaints = list(dashboard(board, [one for _, one in boards], metrics))
        tap.check(not complaints, "dashboards-prometheus/%s keeps the rules" % name,
                  "\n".join(complaints))
    for what, spoil in SPOILS.items():
        board = copy.deepcopy(dict(boards)["overview.json"])
        spoil(board)
        tap.check(list(dashboard(board, [one for _, one in boards], metrics)),
                  "the rules for Prometheus notice %s" % what)


# --- how many series of a container they need -----------------------------------

def texts(*names):
    for name in names:
        with open(os.path.join(TOP, name), encoding="utf-8") as file:
            yield name, file.read()


def check_budget(tap):
    boards = promql.load()
    alerts = [(alert, query) for _, alert, query, *_ in of_prometheus()]
    needed = budget.needed([query for _, query in alerts] + [
        query for _, board in boards
        for _, query in (*promql.targets(board), *promql.annotations(board))])
    for name, text in texts("grafana/README.md", "contmond/METRICS.md",
                            "grafana/dashboards-prometheus/processes.json",
                            "tests/daemon/hosts.py"):
        found = re.findall(r"everything that the dashboards show: (\d+)|their alerts use "
                           r"(\d+)|metrics_series_max of (\d+)|SERIES_MAX = (\d+)", text)
        tap.equal({"".join(one) for one in found}, {str(needed)},
                  "%s says that %d series are needed" % (name, needed))
    by_default = set(budget.metrics()[:budget.default()])
    for name, board in boards:
        tap.equal(budget.silent(board, by_default), [],
                  "%s: no panel is empty with the default of metrics_series_max" % name)
    tap.equal([alert for alert, query in alerts
               if not budget.serves(query, by_default)], [],
              "no alert is silent with it")
    few = set(budget.metrics()[:30])
    tap.check(budget.silent(dict(boards)["container.json"], few) and not all(
        budget.serves(query, few) for _, query in alerts),
              "panels and alerts without enough series are noticed")


# --- alerts -------------------------------------------------------------------

def read(*path):
    with open(os.path.join(dashboards.DIRECTORY, *path), encoding="utf-8") as file:
        return yaml.safe_load(file)


def of_prometheus():
    """(group, alert, query, for, severity, annotations) of each alert"""
    for group in read("prometheus", "alerts.yml")["groups"]:
        for rule in group["rules"]:
            yield (group["name"], rule["alert"], rule["expr"], rule.get("for", "0s"),
                   rule["labels"], {key: text.replace("$value", "$values.A.Value")
                                    for key, text in rule["annotations"].items()})


def of_grafana():
    for group in read("provisioning-prometheus", "alerting",
                      "contmon.yaml")["groups"]:
        for rule in group["rules"]:
            yield (group["name"], rule["title"], rule["data"][0]["model"]["expr"],
                   rule["for"], rule["labels"], rule["annotations"])


def check_alerts(tap):
    tap.equal(list(of_grafana()), list(of_prometheus()),
              "Grafana and Prometheus have the same alerts")
    groups = read("provisioning-prometheus", "alerting", "contmon.yaml")["groups"]
    (provider,) = read("provisioning-prometheus", "dashboards",
                       "contmon.yaml")["providers"]
    sources = read("provisioning-prometheus", "datasources",
                   "contmon.yaml")["datasources"]
    every = [rule for group in groups for rule in group["rules"]]
    tap.equal({group["folder"] for group in groups}, {provider["folder"]},
              "alerts are in the folder of the dashboards")
    tap.check(len({rule["uid"] for rule in every}) == len(every) and
              max(len(rule["uid"]) for rule in every) <= 40,
              "uids of alerts are unique and short enough")
    tap.check(all(shape(rule, sources) for rule in every),
              "each alert fires for every row of its query")
    metrics = documented()
    tap.equal([metric for rule in of_prometheus()
               for metric, _, _ in promql.selectors(rule[2])
               if metric not in metrics], [], "metrics of alerts are documented")


def shape(rule, sources):
    query, is_row, above = rule["data"]
    return (query["refId"], is_row["refId"], above["refId"],
            rule["condition"]) == ("A", "B", "C", "C") and \
        query["datasourceUid"] == sources[0]["uid"] and \
        query["model"]["instant"] and \
        is_row["model"]["expression"] == \
        "is_number($A) || is_nan($A) || is_inf($A)" and \
        above["model"]["expression"] == "B" and \
        above["model"]["conditions"] == [
            {"evaluator": {"type": "gt", "params": [0]}}] and \
        (rule["noDataState"], rule["execErrState"]) == ("OK", "Error")


def promtool(tap, what, *arguments):
    done = subprocess.run(["promtool", *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    tap.check(done.returncode == 0, what, done.stdout)


def check_with_promtool(tap):
    if not shutil.which("promtool"):
        tap.skip("promtool checks queries and alerts", "it is not installed")
        return
    promtool(tap, "promtool accepts the alerts", "check", "rules", promql.ALERTS)
    promtool(tap, "each alert fires when it should, and only then", "test",
             "rules", os.path.join(dashboards.HERE, "alerts.test.yml"))
    with tempfile.TemporaryDirectory() as directory:
        # Rules are what promtool can parse.
        queries = [promql.expand(query, promql.Example())
                   for _, board in promql.load()
                   for _, query in (*promql.targets(board),
                                    *promql.annotations(board))]
        path = os.path.join(directory, "queries.yml")
        with open(path, "w", encoding="utf-8") as file:
            yaml.safe_dump({"groups": [{"name": "queries", "rules": [
                {"record": "query:%d" % nr, "expr": query}
                for nr, query in enumerate(queries)]}]}, file)
        promtool(tap, "promtool accepts every query", "check", "rules", path)
        promql.configure(directory, "/dev/null", "15s")
        promtool(tap, "promtool accepts prometheus.yml", "check", "config",
                 os.path.join(directory, "prometheus.yml"))


# --- many hosts ---------------------------------------------------------------

def check_compose(tap):
    what = "compose.hosts.yaml: "
    compose = read("compose.hosts.yaml")
    services = compose["services"]
    images = {name: service["image"] for name, service in services.items()}
    tap.check(all(re.search(r":v?\d+\.\d+\.\d+$", image)
                  for image in images.values()), what + "images are pinned", images)
    tap.equal(images["grafana"], read("compose.yaml")["services"]["grafana"]["image"],
              what + "the same Grafana as in compose.yaml")
    mounts = [volume.split(":")[0] for service in services.values()
              for volume in service["volumes"]]
    tap.check(all(os.path.isdir(os.path.join(dashboards.DIRECTORY, path))
                  if path.startswith("./") else path in compose["volumes"]
                  for path in mounts), what + "mounts what is there", mounts)
    tap.check(all(port.startswith(("127.0.0.1:", "${VICTORIAMETRICS_ADDRESS:?"))
                  for service in services.values() for port in service["ports"]),
              what + "no port on all addresses")
    tap.check(all(service["secrets"] == list(compose["secrets"])
                  for service in services.values()), what + "all have the token")
    tap.check("./prometheus:/etc/prometheus:ro" in services["prometheus"]["volumes"]
              and "--config.file=/etc/prometheus/prometheus.yml"
              in services["prometheus"]["command"], what + "Prometheus finds its files")
    check_grafana(tap, what, services)


def check_grafana(tap, what, services):
    grafana = services["grafana"]
    sources = read("provisioning-prometheus", "datasources",
                   "contmon.yaml")["datasources"]
    tap.equal([source["url"] for source in sources],
              ["http://prometheus:9090", "http://victoriametrics:8428"],
              what + "the data sources are the services")
    tap.equal([source["type"] for source in sources], ["prometheus"] * 2,
              what + "dashboards can use both")
    (provider,) = read("provisioning-prometheus", "dashboards",
                       "contmon.yaml")["providers"]
    path = provider["options"]["path"]
    tap.check("./dashboards-prometheus:%s:ro" % path in grafana["volumes"],
              what + "dashboards are where the provider looks")
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    tap.check(home.startswith(path) and os.path.isfile(os.path.join(
        promql.DIRECTORY, os.path.basename(home))), what + "the home dashboard exists")


def run(tap):
    check_dashboards(tap)
    if yaml is None:
        tap.skip("alerts and compose.hosts.yaml", "python3-yaml is not installed")
        return
    check_alerts(tap)
    check_budget(tap)
    check_with_promtool(tap)
    check_compose(tap)
