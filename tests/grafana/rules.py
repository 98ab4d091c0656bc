# SPDX-License-Identifier: GPL-2.0-only
"""Rules that a dashboard must follow so that Grafana and the Infinity plugin
show data. Every rule returns a list of complaints, which is empty if the
dashboard follows the rule."""

import re

import dashboards
import infinity
from infinity import COLUMN_TYPES

PLUGIN = "yesoreyeram-infinity-datasource"
SCHEMA = 41  # loads from Grafana 11.6 on, which the plugin needs anyway
PANELS = {"timeseries", "stat", "table", "bargauge", "gauge", "state-timeline",
          "row", "text"}
UNITS = {"none", "short", "percent", "percentunit", "bytes", "decbytes", "Bps",
         "binBps", "iops", "ops", "pps", "cps", "s", "ms", "dtdurations",
         "dateTimeAsIso", "dateTimeFromNow"}
TRANSFORMATIONS = {"organize", "sortBy", "limit", "filterFieldsByName", "merge",
                   "labelsToFields", "reduce", "groupBy", "joinByField"}
IMPORT_ONLY = ("__inputs", "__requires", "__elements")
UNIT_OF = (("bytes_per_second", {"binBps"}), ("_ops_per_second", {"iops"}),
           ("seconds_per_second", {"percentunit", "suffix:cores"}),
           ("_packets_per_second", {"pps"}), ("_errors_per_second", {"pps"}),
           ("_drops_per_second", {"pps"}), ("_per_second", {"cps"}),
           ("_bytes", {"bytes"}), ("_percent", {"percent"}),
           ("_percent_of_ram", {"percent"}), ("_percent_of_vsz", {"percent"}),
           ("_cores", {"suffix:cores"}), ("_seconds", {"s", "dtdurations"}),
           ("_ms", {"ms"}), ("", {"none", "short"}))
# What Grafana's schema (@grafana/schema 13.2.3) requires in `options`
REQUIRED = {
    "stat": {"reduceOptions", "colorMode", "graphMode", "justifyMode",
             "orientation", "percentChangeColorMode", "showPercentChange",
             "textMode", "wideLayout"},
    "table": {"frameIndex", "showHeader"},
    "timeseries": {"legend", "tooltip"},
}


def dashboard(board, api_words, uids):
    """All complaints about one dashboard. `api_words`: names in API.md; `uids`:
    of all dashboards."""
    yield from frame(board)
    yield from grid(board["panels"])
    for row in board["panels"]:
        yield from grid(row.get("panels", []))
    for item in dashboards.variables(board):
        for complaint in variable(item, api_words):
            yield "variable %r: %s" % (item.get("name"), complaint)
    for item in dashboards.annotations(board):
        for complaint in annotation(item, api_words):
            yield "annotation %r: %s" % (item.get("name"), complaint)
    for panel in dashboards.panels(board):
        for complaint in one_panel(panel, board, api_words, uids):
            yield "panel %r: %s" % (panel.get("title"), complaint)


def frame(board):
    if not re.match(r"[A-Za-z0-9_-]{1,40}\Z", board.get("uid", "")):
        yield "uid"
    if board.get("schemaVersion") != SCHEMA:
        yield "schemaVersion is not %d" % SCHEMA
    if board.get("id") is not None:
        yield "id belongs to one Grafana"
    for key in IMPORT_ONLY:
        if key in board:
            yield "%s does not resolve under provisioning" % key
    if any("${DS_" in text for text in dashboards.texts(board)):
        yield "${DS_...} does not resolve under provisioning"
    match = re.match(r"(\d+)s\Z", board.get("refresh", ""))
    if match and int(match.group(1)) < 5:
        yield "Grafana refuses a refresh below 5s"
    ids = [panel.get("id") for panel in dashboards.panels(board)]
    if len(set(ids)) < len(ids) or not all(type(i) is int for i in ids):
        yield "panel ids are not unique numbers"
    for name in used_variables(board):
        if name not in {item["name"] for item in dashboards.variables(board)}:
            yield "variable %s is not defined" % name


def used_variables(board):
    for text in dashboards.texts(board):
        for match in dashboards.VARIABLE.finditer(text):
            name = match.group(1) or match.group(3) or match.group(4)
            if not name.startswith("__"):
                yield name


def grid(panels):
    taken = {}
    for panel in panels:
        place = panel["gridPos"]
        if place["x"] < 0 or place["w"] < 1 or place["x"] + place["w"] > 24:
            yield "%r sticks out of the 24 columns" % panel["title"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                other = taken.setdefault((x, y), panel["title"])
                if other is not panel["title"]:
                    yield "%r lies on %r" % (panel["title"], other)
                    return


def datasource(value):
    if value != {"type": PLUGIN, "uid": "contmon"}:
        yield "datasource is not the provisioned one"


def variable(item, api_words):
    if item.get("type") == "custom":
        yield from custom_variable(item)
    elif item.get("type") == "query":
        yield from query_variable(item, api_words)
    else:
        yield "neither a query nor a fixed list"


def custom_variable(item):
    options = {option["text"]: option["value"] for option in item["options"]}
    if item["query"] != ",".join("%s : %s" % pair for pair in options.items()):
        yield "the list and its options differ"
    current = item["current"]
    if options.get(current["text"]) != current["value"]:
        yield "the current value is not in the list"
    if item.get("multi") or item.get("includeAll"):
        yield "several values"


def query_variable(item, api_words):
    query = item["query"].get("infinityQuery", {})
    yield from datasource(item.get("datasource"))
    yield from target(query, api_words)
    if sorted(column["text"] for column in query.get("columns", [])) != \
            ["__text", "__value"]:
        yield "columns are not __text and __value"
    if item["query"].get("queryType") != "infinity":
        yield "queryType is not infinity"
    if item.get("includeAll") and item.get("allValue") != "*":
        yield "All is not *"
    # dashboard-linter: template-on-time-change-reload-rule
    if item.get("refresh") != 2:
        yield "not refreshed when the time changes"


ANNOTATION = {"time": "timestamp_epoch", "title": "string", "text": "string",
              "tags": "string"}
# Grafana would take these columns as its own
RESERVED = {"id", "userId", "login", "email", "prevState", "newState", "data",
            "panelId", "alertId", "dashboardId", "dashboardUID"}


def annotation(item, api_words):
    query = item.get("target", {})
    yield from datasource(item.get("datasource"))
    yield from datasource(query.get("datasource"))
    yield from target(query, api_words)
    columns = {column["text"]: column.get("type")
               for column in query.get("columns", [])}
    if not ANNOTATION.items() <= columns.items():
        yield "columns are not %s" % ", ".join(ANNOTATION)
    if RESERVED & columns.keys():
        yield "columns that Grafana takes as its own: %s" % (
            RESERVED & columns.keys())
    if query.get("format") != "table":
        yield "format is not table: texts would become labels"
    params = {param["key"]: param["value"]
              for param in query.get("url_options", {}).get("params", [])}
    if (params.get("from"), params.get("to")) != ("${__timeFrom}",
                                                  "${__timeTo}"):
        yield "from and to are not the dashboard's"


def target(query, api_words):
    for key, value in (("type", "json"), ("source", "url"),
                       ("parser", "backend"), ("root_selector", "rows")):
        if query.get(key) != value:
            yield "%s is not %r" % (key, value)
    options = query.get("url_options", {})
    if options.get("method") != "GET" or options.get("data") != "":
        yield "url_options lack method or data"
    if not re.match(r"/api/v1/[a-z]+(/[a-z]+)*\Z", query.get("url", "")):
        yield "url is not a path of the API"
    elif query["url"] not in api_words:
        yield "%s is not in API.md" % query["url"]
    for param in options.get("params", []):
        yield from parameter(param, api_words)
    for key in ("computed_columns", "filters", "summarizeExpression",
                "pagination_mode"):
        if query.get(key):
            yield "%s is used: nothing here tests it" % key
    yield from expression(query)
    if not query.get("columns"):
        yield "no columns"
    for column in query.get("columns", []):
        if column.get("type") not in COLUMN_TYPES:
            yield "column %r has no type" % column.get("text")
        if not re.match(r"[a-z0-9_]+\Z", column.get("selector", "")):
            yield "selector %r is not a plain key" % column.get("selector")
        elif len(column["selector"]) > 1 and \
                not is_metric(column["selector"], api_words):
            yield "selector %s is not in API.md" % column["selector"]


def expression(query):
    columns = {column.get("text") for column in query.get("columns", [])}
    try:
        alternatives = infinity.terms(query["filterExpression"]) \
            if "filterExpression" in query else []
    except infinity.Unsupported as error:
        yield "%s: nothing here tests it" % error
        return
    for name in {term[0] for terms in alternatives for term in terms} - columns:
        yield "the filter names the column %s" % name


def is_metric(name, api_words):
    """A gain is documented as its total."""
    name = name.removeprefix("system_")
    total = name.removesuffix("_per_second") + "_total"
    return name in api_words or (name.endswith("_per_second")
                                 and total in api_words)


def parameter(param, api_words):
    if param["key"] not in api_words:
        yield "parameter %s is not in API.md" % param["key"]
    if param["key"] == "metric":
        for metric in param["value"].split(","):
            if not is_metric(metric, api_words):
                yield "metric %s is not in API.md" % metric
    if param["key"] == "fields":
        for key in param["value"].split(","):
            if key not in api_words:
                yield "field %s is not in API.md" % key
    for match in dashboards.VARIABLE.finditer(
            dashboards.custom_interval(param["value"], 0)):
        if match.group(1) is None:
            yield "%s is not written ${name:format}" % match.group()
        elif match.group(1) not in dashboards.BUILT_IN and \
                match.group(2) != "csv":
            yield "${%s} has no :csv" % match.group(1)
        elif match.group(1).startswith("__") and \
                match.group(1) not in dashboards.BUILT_IN:
            yield "${%s} is not known here" % match.group(1)


def one_panel(panel, board, api_words, uids):
    kind = panel.get("type")
    if kind not in PANELS:
        yield "type %r" % kind
    if kind in ("row", "text"):
        return
    if not panel.get("title") or not panel.get("description"):
        yield "no title or description"
    yield from datasource(panel.get("datasource"))
    refs = [query.get("refId") for query in panel.get("targets", [])]
    if not refs or len(set(refs)) < len(refs):
        yield "refIds"
    for query in panel.get("targets", []):
        for complaint in (*datasource(query.get("datasource")),
                          *target(query, api_words)):
            yield "%s: %s" % (query.get("refId"), complaint)
    if kind == "table" or all(query.get("format") == "table"
                              for query in panel.get("targets", [])):
        yield from table(panel)
    else:
        yield from series(panel)
    yield from schema(panel)
    yield from display(panel, refs)
    yield from links(panel, board, uids)


def schema(panel):
    lacking = REQUIRED.get(panel["type"], set()) - panel["options"].keys()
    if lacking:
        yield "Grafana's schema requires the options %s" % lacking
    custom = panel["fieldConfig"]["defaults"].get("custom", {})
    if panel["type"] == "table" and "inspect" not in custom:
        yield "Grafana's schema requires custom.inspect"


def texts_of(panel):
    return [column["text"] for query in panel["targets"]
            for column in query["columns"]]


def table(panel):
    for query in panel["targets"]:
        if query.get("format") != "table":
            yield "format is not table"
    order = [item["options"].get("indexByName", {})
             for item in panel.get("transformations", [])
             if item["id"] == "organize"]
    if not order:
        yield "no organize: the columns come in alphabetical order"
    elif sorted(order[0]) != sorted(texts_of(panel)) or \
            sorted(order[0].values()) != list(range(len(order[0]))):
        yield "organize does not order all columns"
    for query in panel["targets"]:
        for column in query["columns"]:
            unit = setting(panel, column["text"], "unit")
            if column.get("type") == "number" and not setting(
                    panel, column["text"], "mappings") and \
                    unit not in fitting(column["selector"]):
                yield "unit of %s" % column["text"]
        fields = [param["value"].split(",")
                  for param in query["url_options"]["params"]
                  if param["key"] == "fields"]
        selectors = {column["selector"] for column in query["columns"]}
        if fields and set(fields[0]) != selectors:
            yield "fields and columns differ"


def setting(panel, name, key):
    config = panel["fieldConfig"]
    for override in config["overrides"]:
        if override["matcher"] == {"id": "byName", "options": name}:
            for prop in override["properties"]:
                if prop["id"] == key:
                    return prop["value"]
    return config["defaults"].get(key)


def fitting(metric):
    metric = metric.removesuffix("_total")
    return next(units for end, units in UNIT_OF if metric.endswith(end))


def series(panel):
    for query in panel["targets"]:
        if query.get("format") != "timeseries":
            yield "format is not timeseries"
        params = {param["key"]: param["value"]
                  for param in query["url_options"]["params"]}
        metrics = params.get("metric", "").split(",")
        if query["url"].endswith("/commands/series"):
            metrics = ["cpu_cores"]
            yield from command_columns(panel, query["columns"])
        else:
            yield from series_columns(query["columns"], metrics,
                                      params.get("aggregate"))
        if [params.get(key) for key in ("from", "to")] != \
                ["${__timeFrom}", "${__timeTo}"]:
            yield "from and to are not the panel's"
        yield from step(params.get("step", ""))
        for metric in metrics:
            if ("container" in params) == metric.startswith("system_"):
                yield "%s and the choice of containers do not go together" % metric
            if panel["fieldConfig"]["defaults"].get("unit") not in fitting(metric):
                yield "unit of %s" % metric
        if len(metrics) > 1 and panel["fieldConfig"]["defaults"].get(
                "displayName") != "${__field.name}":
            yield "lines are not called as their columns are"
    if len(panel["targets"]) > 1:
        yield "a request for each series: a list of metrics needs one for all"


def series_columns(columns, metrics, aggregate):
    values = {column["selector"]: (column["text"], column.get("type"))
              for column in columns}
    if values.pop("t", None) != ("time", "timestamp_epoch") or \
            values.pop("container", None) != ("container", "string"):
        yield "columns are not the time, one label and values"
    if len(metrics) == 1 and not aggregate:
        if values != {"v": ("Value", "number")}:
            yield "the column is not v as Value"
        return
    if len(metrics) > 1 and "," in (aggregate or ""):
        yield "several metrics have one aggregate"
    keys = metrics if len(metrics) > 1 else aggregate.split(",")
    if sorted(values) != sorted(keys) or \
            {kind for _, kind in values.values()} != {"number"}:
        yield "columns are not those of %s" % ",".join(keys)


def command_columns(panel, columns):
    """One line for each command"""
    values = {column["selector"]: (column["text"], column.get("type"))
              for column in columns}
    if values != {"t": ("time", "timestamp_epoch"), "comm": ("comm", "string"),
                  "cpu_cores": ("Value", "number")}:
        yield "columns are not the time, the command and its CPU"
    if panel["fieldConfig"]["defaults"].get(
            "displayName") != "${__field.labels.comm}":
        yield "lines are not called as their commands are"


# The ranges for which the number of points is checked
SPANS_MS = [minutes * 60000 for minutes in (5, 15, 60, 180, 360, 720, 1440)] + \
    [days * 86400000 for days in (2, 7, 30, 90)]
MOST_POINTS = 400


def step(text):
    """${__interval_ms} would stay literal in an alert made from the panel."""
    if not dashboards.MACRO.fullmatch(text):
        yield "step is not $__customInterval(...)"
        return
    for span in SPANS_MS:
        points = span / int(dashboards.custom_interval(text, span))
        if points > MOST_POINTS:
            yield "%d points in %d minutes" % (points, span / 60000)


# What is unknown is a dash in each field; noValue of the panel is shown only
# where there is nothing at all.
EVERY_FIELD = {"id": "byRegexp", "options": ".*"}


def display(panel, refs):
    config = panel["fieldConfig"]
    values = [config["defaults"]]
    for override in config["overrides"]:
        matcher = override["matcher"]
        known = {"byName": texts_of(panel), "byFrameRefID": refs}
        if matcher != EVERY_FIELD and \
                matcher["options"] not in known.get(matcher["id"], ()):
            yield "override %s matches nothing" % matcher
        values.append({prop["id"]: prop["value"]
                       for prop in override["properties"]})
    for value in values:
        unit = value.get("unit", "none")
        if unit not in UNITS and not re.match(r"(suffix|prefix):\S", unit):
            yield "unit %r" % unit
        steps = value.get("thresholds", {}).get("steps")
        if steps and (steps[0]["value"] is not None or
                      [step["value"] for step in steps[1:]]
                      != sorted(step["value"] for step in steps[1:])):
            yield "thresholds"
    for item in panel.get("transformations", []):
        if item["id"] not in TRANSFORMATIONS:
            yield "transformation %s" % item["id"]


def links(panel, board, uids):
    names = {item["name"] for item in dashboards.variables(board)}
    for text in dashboards.texts(panel["fieldConfig"]):
        for uid in re.findall(r"/d/([A-Za-z0-9_-]+)", text):
            if uid not in uids:
                yield "a link leads to %s" % uid
        for name in re.findall(r"[?&]var-(\w+)=", text):
            if name not in names and name != "container":
                yield "a link sets %s" % name
        if re.search(r"=\$\{__(data|field)\.[^}:]+\}", text):
            yield "a link does not encode a name: it lacks :percentencode"
        for name in re.findall(r"\$\{__data\.fields\.([^}:]+)", text):
            if name not in texts_of(panel):
                yield "a link takes the column %s" % name
