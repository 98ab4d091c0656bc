# SPDX-License-Identifier: GPL-2.0-only
"""A stand-in for the endpoints of Grafana's HTTP API that `contmon grafana push`
uses: it keeps data sources, folders, dashboards and alert rules, refuses what
Grafana refuses, and says so in Grafana's words.

It was written from the handlers of Grafana (pkg/api, pkg/services/ngalert), as
they are from 11.6 on."""

import contextlib
import copy
import http.server
import json
import re
import ssl
import threading
import urllib.parse

TOKEN = "glsa_right"
UID = re.compile(r"[A-Za-z0-9_-]{1,40}\Z")
DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?"
                      r"(?:(\d+)s)?(?:(\d+)ms)?\Z")
UNITS_MS = (31536000000, 604800000, 86400000, 3600000, 60000, 1000, 1)
BASE_INTERVAL_S = 10
DEFAULT_INTERVAL_S = 60


class Refused(Exception):
    def __init__(self, status, message=None, /, **more):
        super().__init__(message)
        self.status = status
        self.body = None if message is None else {"message": message, **more}


def need(good, status, message, /, **more):
    if not good:
        raise Refused(status, message, **more)


def duration_ms(text):
    match = DURATION.match(text) if isinstance(text, str) and text else None
    need(match, 400, "not a valid duration string: %r" % text)
    return sum(int(number) * unit for number, unit
               in zip(match.groups(), UNITS_MS) if number)


def duration_text(ms):
    """As Prometheus writes it: 90s is 1m30s, and whole weeks are weeks."""
    if ms == 0:
        return "0s"
    text = ""
    for unit, name in zip(UNITS_MS, ("y", "w", "d", "h", "m", "s", "ms")):
        if name in "yw" and ms % unit:
            continue
        if ms >= unit:
            text += "%d%s" % (ms // unit, name)
            ms %= unit
    return text


class Grafana:
    """What is kept. Tests look at it, and change it as people would."""

    def __init__(self):
        self.version = "13.2.2"
        self.sources = {}
        self.secrets = {}
        self.folders = {}
        self.dashboards = {}
        self.provisioned = set()    # uids of dashboards
        self.rules = {}
        self.right_secret = None    # with which the data source answers
        self.denied = set()         # "METHOD PATH" without the permission
        self.broken = {}            # "METHOD PATH" -> function of the handler
        self.seen = []              # (method, path, headers, body)
        self.migrates = False       # dashboards to a newer schema
        self.next_id = 1

    def number(self):
        self.next_id += 1
        return self.next_id

    # Data sources

    def get_source(self, uid):
        need(uid in self.sources, 404, "Data source not found")
        return self.shown(self.sources[uid])

    def shown(self, source):
        fields = {key: True for key in self.secrets[source["uid"]]}
        return {**source, "secureJsonFields": fields, "typeLogoUrl": "x.svg",
                "accessControl": {"datasources:write": True}}

    def find_source(self, name):
        for source in self.sources.values():
            if source["name"] == name:
                return self.shown(source)
        raise Refused(404, "Data source not found")

    def source_from(self, body):
        for key in ("name", "type", "access"):
            need(isinstance(body.get(key), str) and body[key], 400,
                 "bad request data")
        need(re.match(r"https?://[^/]", body.get("url", "http://x")), 400,
             "Validation error, invalid URL")
        need(all(isinstance(value, str)
                 for value in body.get("secureJsonData", {}).values()), 400,
             "bad request data")
        keys = ("name", "type", "access", "url", "user", "database",
                "basicAuthUser", "uid")
        return {**{key: body.get(key, "") for key in keys},
                **{key: body.get(key, False) for key in
                   ("basicAuth", "withCredentials", "isDefault")},
                "jsonData": body.get("jsonData", {}), "readOnly": False}

    def add_source(self, body):
        source = self.source_from(body)
        need(source["name"] not in [other["name"]
                                    for other in self.sources.values()], 409,
             "data source with the same name already exists")
        need(source["uid"] not in self.sources, 409,
             "data source with the same uid already exists")
        need(UID.match(source["uid"]), 400, "invalid uid")
        source.update(id=self.number(), orgId=1, version=1)
        self.sources[source["uid"]] = source
        self.secrets[source["uid"]] = dict(body.get("secureJsonData", {}))
        return {"message": "Datasource added", "id": source["id"],
                "name": source["name"], "datasource": self.shown(source)}

    def set_source(self, uid, body):
        source = self.source_from(body)
        need(uid in self.sources, 404, "Data source not found")
        old = self.sources[uid]
        need(not old["readOnly"], 403, "Cannot update read-only data source")
        need(not body.get("version") or body["version"] >= old["version"], 409,
             "Datasource has already been updated by someone else. Please "
             "reload and try again")
        source.update(id=old["id"], orgId=1, version=old["version"] + 1)
        del self.sources[uid]
        self.sources[source["uid"]] = source
        # Secrets that are not sent stay.
        self.secrets[source["uid"]] = {**self.secrets.pop(uid),
                                       **body.get("secureJsonData", {})}
        return {"message": "Datasource updated", "id": source["id"],
                "name": source["name"], "datasource": self.shown(source)}

    def source_health(self, uid):
        need(uid in self.sources, 500, "Unable to load datasource metadata")
        if self.right_secret in self.secrets[uid].values():
            return {"status": "OK", "message": "Health check successful"}
        raise Refused(400, "unsuccessful HTTP response code", status="ERROR")

    # Folders

    def get_folder(self, uid):
        need(uid in self.folders, 404, "folder not found", status="not-found")
        return self.folders[uid]

    def add_folder(self, body):
        need(body.get("title"), 400, "folder title cannot be empty")
        uid = body.get("uid", "")
        need(UID.match(uid), 400, "invalid uid for folder provided")
        need(uid not in self.folders, 409,
             "a folder/dashboard with the same uid already exists")
        self.folders[uid] = {"id": self.number(), "uid": uid,
                             "title": body["title"], "version": 1,
                             "canSave": True}
        return self.folders[uid]

    def set_folder(self, uid, body):
        folder = self.get_folder(uid)
        need(body.get("overwrite") or body.get("version") == folder["version"],
             412, "the folder has been changed by someone else",
             status="version-mismatch")
        need(body.get("title"), 400, "folder title cannot be empty")
        folder.update(title=body["title"], version=folder["version"] + 1)
        return folder

    # Dashboards

    def get_dashboard(self, uid):
        need(uid in self.dashboards, 404, "Dashboard not found",
             status="not-found")
        board, folder = self.dashboards[uid]
        board = copy.deepcopy(board)
        if self.migrates:
            board["schemaVersion"] = 42
            for panel in board["panels"]:
                panel.setdefault("pluginVersion", "13.2.2")
        return {"dashboard": board,
                "meta": {"folderUid": folder, "slug": "x",
                         "provisioned": uid in self.provisioned,
                         "version": board["version"]}}

    def post_dashboard(self, body):
        board = copy.deepcopy(body.get("dashboard"))
        need(isinstance(board, dict), 400, "bad request data")
        need(board.get("title"), 400, "Dashboard title cannot be empty",
             status="empty-name")
        need(len(board["title"]) <= 5000, 400, "Dashboard title cannot contain "
             "more than 5 000 characters", status="title-too-long")
        uid = board.get("uid", "")
        need(len(uid) <= 40, 400, "uid too long, max 40 characters")
        need(UID.match(uid), 400, "uid contains illegal characters")
        need(len(body.get("message", "")) <= 500, 400,
             "message too long, max 500 characters")
        folder = body.get("folderUid", "")
        need(not folder or folder in self.folders, 400, "folder not found")
        need(not board.get("id"), 404, "Dashboard not found",
             status="not-found")
        version = 0
        if uid in self.dashboards:
            need(uid not in self.provisioned, 400,
                 "Cannot save provisioned dashboard")
            old = self.dashboards[uid][0]
            version = old["version"]
            need(body.get("overwrite") or board.get("version") == version, 412,
                 "The dashboard has been changed by someone else",
                 status="version-mismatch")
            board["id"] = old["id"]
        else:
            board["id"] = self.number()
        board["version"] = version + 1
        self.dashboards[uid] = [board, folder]
        return {"status": "success", "slug": "x", "version": board["version"],
                "id": board["id"], "uid": uid, "url": "/d/%s/x" % uid,
                "folderUid": folder}

    # Alert rules

    def query_from(self, query):
        need(isinstance(query.get("model"), dict), 400,
             "failed to unmarshal query model")
        query = copy.deepcopy(query)
        model = query["model"]
        for key, value in (("intervalMs", 1000), ("maxDataPoints", 43200)):
            if not isinstance(model.get(key), (int, float)) or not model[key]:
                model[key] = value
        query["queryType"] = model.get("queryType", query.get("queryType", ""))
        span = query.setdefault("relativeTimeRange", {"from": 0, "to": 0})
        need(query.get("datasourceUid") in ("__expr__", "-100")
             or span["from"] > span["to"], 400,
             "invalid alert rule: invalid relative time range: %s" % span)
        return query

    def rule_from(self, body, uid):
        need(UID.match(uid), 400, "cannot create rule with UID '%s'" % uid)
        for key in ("title", "ruleGroup"):
            need(isinstance(body.get(key), str) and 0 < len(body[key]) <= 190,
                 400, "invalid alert rule: %s" % key)
        need(body.get("folderUID"), 400,
             "invalid alert rule: folderUID must be set")
        need(body["folderUID"] in self.folders, 400,
             "invalid alert rule: folder does not exist")
        need(body.get("noDataState") in ("NoData", "Alerting", "OK",
                                         "KeepLast"), 400,
             "unknown NoData state option %s" % body.get("noDataState"))
        need(body.get("execErrState") in ("Alerting", "Error", "OK",
                                          "KeepLast"), 400,
             "unknown Error state option %s" % body.get("execErrState"))
        data = [self.query_from(query) for query in body.get("data", [])]
        need(data, 400, "invalid alert rule: no queries or expressions are "
             "found")
        need(body.get("condition") in [query["refId"] for query in data], 400,
             "invalid alert rule: condition %s does not exist, must be one of "
             "%s" % (body.get("condition"), [query["refId"] for query in data]))
        texts = [*body.get("labels", {}).values(),
                 *body.get("annotations", {}).values()]
        need(all(isinstance(text, str) for text in texts), 400,
             "bad request data")
        for other in self.rules.values():
            need(other["uid"] == uid or other["title"] != body["title"]
                 or other["folderUID"] != body["folderUID"], 400,
                 "a conflicting alert rule is found: rule title under the "
                 "same organisation and folder should be unique")
        rule = {"uid": uid, "orgID": 1, "data": data,
                "for": duration_text(duration_ms(body.get("for", "0s"))),
                "keep_firing_for": duration_text(duration_ms(
                    body.get("keep_firing_for", "0s"))),
                "isPaused": body.get("isPaused", False),
                "notification_settings": body.get("notification_settings")}
        for key in ("title", "ruleGroup", "folderUID", "condition",
                    "noDataState", "execErrState"):
            rule[key] = body[key]
        # Go leaves out what is empty.
        for key in ("labels", "annotations"):
            if body.get(key):
                rule[key] = body[key]
        return rule

    def get_rule(self, uid):
        if uid not in self.rules:
            raise Refused(404)
        return {key: value for key, value in self.rules[uid].items()
                if key != "interval"}

    def add_rule(self, body, provenance):
        uid = body.get("uid") or "made%d" % self.number()
        need(uid not in self.rules, 409, "a conflicting alert rule is found: "
             "rule UID under the same organisation should be unique")
        self.store_rule(self.rule_from(body, uid), provenance)
        return self.get_rule(uid)

    def set_rule(self, uid, body, provenance):
        rule = self.rule_from(body, uid)
        if uid not in self.rules:
            raise Refused(404)
        stored = self.rules[uid].get("provenance", "")
        need(stored in ("", provenance), 409, "cannot update with provided "
             "provenance '%s', needs '%s'" % (provenance, stored),
             messageId="alerting.provenanceMismatch")
        self.store_rule(rule, provenance)
        return self.get_rule(uid)

    def store_rule(self, rule, provenance):
        if provenance:
            rule["provenance"] = provenance
        rule["id"] = self.number()
        rule["updated"] = "2026-11-28T20:00:00Z"
        group = self.group(rule["folderUID"], rule["ruleGroup"])
        rule["interval"] = group[0]["interval"] if group else \
            DEFAULT_INTERVAL_S
        self.rules[rule["uid"]] = rule

    def group(self, folder, name):
        return [rule for rule in self.rules.values()
                if (rule["folderUID"], rule["ruleGroup"]) == (folder, name)]

    def get_group(self, folder, name):
        rules = self.group(folder, name)
        need(rules, 404, "failed to find alert rule group")
        return {"title": name, "folderUid": folder,
                "interval": rules[0]["interval"],
                "rules": [self.get_rule(rule["uid"]) for rule in rules]}

    def set_group(self, folder, name, body, provenance):
        """Without `rules`, only the interval of those that are there"""
        need("rules" not in body, 400, "this test does not replace rules")
        interval = body.get("interval")
        need(isinstance(interval, int) and interval > 0
             and interval % BASE_INTERVAL_S == 0, 400,
             "interval (%ss) should be non-zero and divided exactly by "
             "scheduler interval: %ds" % (interval, BASE_INTERVAL_S))
        for rule in self.group(folder, name):
            stored = rule.get("provenance", "")
            need(stored in ("", provenance) or (stored, provenance) ==
                 ("api", ""), 409, "cannot update with provided provenance "
                 "'%s', needs '%s'" % (provenance, stored),
                 messageId="alerting.provenanceMismatch")
        for rule in self.group(folder, name):
            rule["interval"] = interval
        return {"title": name, "folderUid": folder, "interval": interval}

    def answer(self, method, path, body, provenance):
        for pattern, function in (
                ("GET /api/datasources/uid/([^/]+)", self.get_source),
                ("GET /api/datasources/name/([^/]+)", self.find_source),
                ("GET /api/datasources/uid/([^/]+)/health", self.source_health),
                ("POST /api/datasources", lambda: self.add_source(body)),
                ("PUT /api/datasources/uid/([^/]+)",
                 lambda uid: self.set_source(uid, body)),
                ("GET /api/folders/([^/]+)", self.get_folder),
                ("POST /api/folders", lambda: self.add_folder(body)),
                ("PUT /api/folders/([^/]+)",
                 lambda uid: self.set_folder(uid, body)),
                ("GET /api/dashboards/uid/([^/]+)", self.get_dashboard),
                ("POST /api/dashboards/db", lambda: self.post_dashboard(body)),
                ("GET /api/v1/provisioning/alert-rules/([^/]+)",
                 self.get_rule),
                ("POST /api/v1/provisioning/alert-rules",
                 lambda: self.add_rule(body, provenance)),
                ("PUT /api/v1/provisioning/alert-rules/([^/]+)",
                 lambda uid: self.set_rule(uid, body, provenance)),
                ("GET /api/v1/provisioning/folder/([^/]+)/rule-groups/([^/]+)",
                 self.get_group),
                ("PUT /api/v1/provisioning/folder/([^/]+)/rule-groups/([^/]+)",
                 lambda folder, name: self.set_group(folder, name, body,
                                                     provenance))):
            match = re.fullmatch(pattern, "%s %s" % (method, path))
            if match:
                return function(*map(urllib.parse.unquote, match.groups()))
        raise Refused(404, "Not found")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, status, body, headers=()):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(data)))
        for header in headers:
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(data)

    def answer(self, path, body):
        grafana = self.server.grafana
        if path == "/api/health":
            health = {"database": "ok", "commit": "c0ffee"}
            if grafana.version:
                health["version"] = grafana.version
            return health
        need(self.headers.get("Authorization") == "Bearer " + TOKEN, 401,
             "Invalid API key")
        need("%s %s" % (self.command, path) not in grafana.denied, 403,
             "You'll need additional permissions to perform this action.")
        provenance = "" if "X-Disable-Provenance" in self.headers else "api"
        return grafana.answer(self.command, path, body, provenance)

    def handle_request(self):
        grafana = self.server.grafana
        length = int(self.headers.get("Content-Length", 0))
        text = self.rfile.read(length)
        path = self.path.removeprefix(self.server.prefix)
        body = None
        with contextlib.suppress(ValueError):
            body = json.loads(text)
        grafana.seen.append((self.command, path, dict(self.headers), body))
        broken = grafana.broken.get("%s %s" % (self.command, path))
        if broken:
            broken(self)
            return
        try:
            need(self.path.startswith(self.server.prefix), 404, "Not found")
            need(not length or isinstance(body, dict), 400, "bad request data")
            answer = self.answer(path, body)
            self.send(201 if self.command == "POST" and "alert-rules" in path
                      else 200, answer)
        except Refused as refused:
            self.send(refused.status, refused.body)

    do_GET = do_POST = do_PUT = handle_request


@contextlib.contextmanager
def served(grafana, prefix="", certificate=None):
    """The URL of a server that answers as `grafana` does"""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.grafana, server.prefix = grafana, prefix
    server.daemon_threads = True
    scheme = "http"
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield "%s://127.0.0.1:%d%s" % (scheme, server.server_port, prefix)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
