#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""contmond/openapi.json and a contmond that runs say the same: paths, parameters,
statuses, and the keys and types of rows. With --self-test: each mistake of the
file is noticed.

Usage: openapi.py BUILD [--self-test]
"""

import contextlib
import copy
import functools
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../guest"))

import daemon  # pylint: disable=wrong-import-position
import tap  # pylint: disable=wrong-import-position

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
FILE = TOP / "contmond/openapi.json"
TOKEN = "0123456789abcdef"
STREAM = "/api/v1/events/stream"

RULE = """[class web]
match = name web*
minimum = 2
[rule newest]
select = name nothing-*
keep_newest = 1
action = stop
dry_run = yes
"""

# A value that each parameter takes; of others the one of "default"
VALUES = {"metric": "read_bytes_total", "device": "8:0", "fields": "container", "sort": "rss_bytes",
          "kind": "oom_killed", "aggregate": "min,max", "container": "host", "default": "1"}

METRICS = "cpu_cores,read_bytes_total"  # of different units, one of them a counter

# Where the columns of a row are that no contmond without containers shows
SOURCES = {
    "Container": ("model/rows.c", "container_columns"),
    "Device": ("model/rows.c", "device_columns"),
    "EndedContainer": ("serve/containers_ended.c", "columns"),
    "Event": ("store/past_tables.c", "event_columns"),
    "Decision": ("store/past_tables.c", "decision_columns"),
    "PendingDecision": ("model/policing.c", "pending_columns"),
}

# Rows with the key "host" before their columns
OF_HOST = ("Container", "EndedContainer", "Event", "Decision")

TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool,
         "null": type(None), "array": list, "object": dict}


class Spec:
    def __init__(self, document):
        self.document = document
        self.paths = {path: item["get"] for path, item in document["paths"].items()}

    def follow(self, node):
        while "$ref" in node:
            name = node["$ref"]
            node = self.document
            for key in name.removeprefix("#/").split("/"):
                node = node[key]
        return node

    def parameters(self, path):
        return [self.follow(each) for each in self.paths[path].get("parameters", [])]

    def query(self, path, only=None):
        """Of the required parameters, and of one more"""
        return {each["name"]: VALUES.get(each["name"], VALUES["default"])
                for each in self.parameters(path)
                if each["in"] == "query" and (each.get("required") or each["name"] == only)}

    def content(self, path, status):
        responses = self.paths[path]["responses"]
        if str(status) not in responses:
            return {}
        return self.follow(responses[str(status)]).get("content", {})

    def mistakes(self, value, schema, where="answer"):
        """What of a value is not as its schema says"""
        schema = self.follow(schema)
        if "anyOf" in schema:
            found = [list(self.mistakes(value, each, where)) for each in schema["anyOf"]]
            return [] if [] in found else found[0]
        types = schema.get("type", [])
        types = [types] if isinstance(types, str) else types
        if types and not any(isinstance(value, TYPES[each]) and
                             (each == "boolean" or not isinstance(value, bool))
                             for each in types):
            return [f"{where} is {value!r}, not {types}"]
        if isinstance(value, list):
            return [mistake for i, each in enumerate(value)
                    for mistake in self.mistakes(each, schema["items"], f"{where}[{i}]")]
        if not isinstance(value, dict) or "properties" not in schema:
            return []
        known = schema["properties"]
        others = schema.get("additionalProperties")
        if len(value) < schema.get("minProperties", 0):
            return [f"{where} has only {list(value)}"]
        return ([f"{where} has no {key}" for key in schema["required"] if key not in value] +
                [f"{where} has {key}" for key in value if key not in known and not others] +
                [mistake for key in value if key in known or others
                 for mistake in self.mistakes(value[key], known.get(key, others),
                                              f"{where}.{key}")])


def ask(host, path, query=None, method="GET", headers=None):
    """Status, type and body; of a stream only its beginning"""
    url = f"{path}?{urllib.parse.urlencode(query)}" if query else path
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=tap.PATIENCE_S)
    with contextlib.closing(connection):
        connection.request(method, url, headers=headers or {})
        answer = connection.getresponse()
        kind = answer.getheader("Content-Type")
        body = answer.readline() if kind == "text/event-stream" else answer.read()
        return answer.status, kind, body.decode()


@functools.lru_cache(maxsize=None)
def ask_once(host, path, question):
    """The answer does not depend on the file."""
    return ask(host, path, **json.loads(question))


class Checker:
    """mistakes: of the file, as far as they were found"""

    def __init__(self, spec):
        self.spec = spec
        self.mistakes = []
        self.shown = set()

    def check(self, good, text):
        if not good:
            self.mistakes.append(text)

    def answer(self, host, path, status=None, **more):
        """The answer must be one of those that the file has for this path."""
        got, kind, body = ask_once(host, path, json.dumps(more))
        content = self.spec.content(path, got)
        self.check(status in (None, got), f"{path} {more}: {got}, not {status}")
        self.check(kind in content, f"{path} {more}: {got} with {kind} is not in the file")
        if kind == "application/json" and kind in content and more.get("method") != "HEAD":
            value = json.loads(body)
            self.mistakes += [f"{path}: {each}" for each in
                              self.spec.mistakes(value, content[kind]["schema"])]
            if got == 200 and value["rows"]:
                self.shown.add(path)
        return body

    def paths(self, host):
        rows = json.loads(ask(host, "/api/v1")[2])["rows"]
        served = {row["path"]: row["parameters"] for row in rows
                  if row["path"].startswith("/api/")}
        self.check(set(served) == set(self.spec.paths), "paths: "
                   f"{set(served) ^ set(self.spec.paths)}")
        for path in served.keys() & self.spec.paths.keys():
            names = sorted(each["name"] for each in self.spec.parameters(path)
                           if each["in"] == "query")
            self.check(served[path] == ",".join(names),
                       f"{path}: takes {served[path]}, not {names}")

    def answers(self, host):
        for path in self.spec.paths:
            query = self.spec.query(path)
            self.answer(host, path, 200, query=query)
            self.answer(host, path, 200, query=query, method="HEAD")
            for each in self.spec.parameters(path):
                if each["in"] == "query":
                    self.answer(host, path, 200,
                                query=self.spec.query(path, each["name"]))
        self.answer(host, "/api/v1/series", 200, query={"from": 0, "metric": METRICS})

    def errors(self, host):
        for path, operation in self.spec.paths.items():
            query = self.spec.query(path)
            provoked = {"200", "400", "401", "403", "405", "503"}
            if path != STREAM:
                got, _, body = ask(host, path, query, headers={"If-None-Match": "*"})
                self.check((got, body) == (304, ""), f"{path}: {got}, not 304, with {body}")
                provoked.add("304")
            self.answer(host, path, 400, query={**query, "nosuch": "1"})
            self.answer(host, path, 403, query=query, headers={"Host": "evil"})
            self.answer(host, path, 405, query=query, method="POST")
            if any(each["name"] == "metric" for each in self.spec.parameters(path)):
                self.answer(host, path, 404, query={**query, "metric": "x"})
                provoked.add("404")
            self.check(provoked.issuperset(operation["responses"]),
                       f"{path}: nothing answers {set(operation['responses']) - provoked}")

    def locked(self, host):
        for path in self.spec.paths:
            query = self.spec.query(path)
            self.answer(host, path, 401, query=query)
            self.answer(host, path, 200, query=query,
                        headers={"Authorization": f"Bearer {TOKEN}"})

    def without_source(self, host):
        for path in self.spec.paths:
            self.answer(host, path, query=self.spec.query(path))

    def columns(self):
        for name, (path, array) in SOURCES.items():
            text = (TOP / "contmond" / path).read_text()
            table = re.search(rf"\b{array}\[\] = {{(.*?)\n}};", text, re.S).group(1)
            found = ["host"] * (name in OF_HOST) + re.findall(r"COLUMN\w*\((\w+),", table)
            schema = self.spec.document["components"]["schemas"][name]
            self.check(found and found == list(schema["properties"]) == schema["required"],
                       f"{name}: {set(found) ^ set(schema['properties'])}")


class Hosts:
    """Three contmonds: with a past, with a token, and without a source"""

    def __init__(self, build, directory):
        self.directory = directory
        self.store = directory / "contmond.db"
        (directory / "policy.d").mkdir()
        (directory / "policy.d/hungry.conf").write_text(RULE)
        token = directory / "token"
        token.write_text(TOKEN)
        token.chmod(0o600)
        subprocess.run([f"{build}/tests/pty/fake_past", self.store], check=True)
        self.plain = self.new(build, "plain", store=self.store)
        self.locked = self.new(build, "locked", token_file=token)
        self.blind = self.new(build, "blind")

    def new(self, build, name, **settings):
        directory = self.directory / name
        directory.mkdir()
        host = daemon.Contmond(build, directory)
        host.configure({"store": "memory", "policy_dir": self.directory / "policy.d",
                        **settings},
                       {"nowhere": {"type": "json", "url": "http://127.0.0.1:9/"}})
        return host


def check_all(spec, hosts):
    checker = Checker(spec)
    checker.columns()
    checker.paths(hosts.plain)
    checker.answers(hosts.plain)
    checker.errors(hosts.plain)
    checker.locked(hosts.locked)
    checker.without_source(hosts.blind)
    return checker


def sampled(host, headers=None):
    return tap.wait_for(lambda: ask(host, "/api/v1/system", headers=headers)[0] == 200)


@contextlib.contextmanager
def running(hosts):
    with contextlib.ExitStack() as stack:
        stack.enter_context(hosts.plain)
        stack.enter_context(hosts.locked)
        os.environ["CONTMON_SOURCE"] = daemon.ENV["CONTMON_SOURCE"] = "driver"
        stack.enter_context(hosts.blind)
        daemon.ENV["CONTMON_SOURCE"] = "procfs"
        sampled(hosts.plain)
        sampled(hosts.locked, {"Authorization": f"Bearer {TOKEN}"})
        yield


def plants(document):
    """The document with one mistake each"""
    def planted(change):
        changed = copy.deepcopy(document)
        change(changed)
        return changed

    def schema(doc, name):
        return doc["components"]["schemas"][name]

    def responses(path):
        return lambda doc: doc["paths"][path]["get"]["responses"]

    yield "a path less", planted(lambda doc: doc["paths"].pop("/api/v1/policy"))
    yield "a path more", planted(lambda doc: doc["paths"].update(
        {"/api/v1/x": doc["paths"]["/api/v1/info"]}))
    yield "a parameter less", planted(
        lambda doc: doc["paths"]["/api/v1/events"]["get"]["parameters"].pop())
    yield "a status less", planted(
        lambda doc: responses("/api/v1/series")(doc).pop("400"))
    yield "a status more", planted(lambda doc: responses("/api/v1/info")(doc).update(
        {"418": {"$ref": "#/components/responses/400"}}))
    yield "a 503 less", planted(lambda doc: responses("/api/v1/system")(doc).pop("503"))
    for name in ("Host", "Container"):
        yield f"a key of {name} less", planted(
            lambda doc, name=name: schema(doc, name)["properties"].popitem())
        yield f"a key of {name} more", planted(
            lambda doc, name=name: (schema(doc, name)["properties"].update({"x": {}}),
                                    schema(doc, name)["required"].append("x")))
    yield "a row of several metrics less", planted(
        lambda doc: schema(doc, "MetricPoints").update({"minProperties": 5}))
    yield "no null for units that differ", planted(
        lambda doc: schema(doc, "SeriesMeta")["properties"].update(
            {"unit": {"type": "string"}}))
    yield "another type", planted(lambda doc: schema(doc, "Host")["properties"].update(
        {"nr_cpus": {"type": "string"}}))


def run():
    document = json.loads(FILE.read_text())
    directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-openapi-"))
    try:
        hosts = Hosts(sys.argv[1], directory)
        with running(hosts):
            checker = check_all(Spec(document), hosts)
            tap.equal(checker.mistakes, [], "the file and contmond say the same")
            never = set(checker.spec.paths) - checker.shown - {STREAM}
            tap.note(f"without rows here: {', '.join(sorted(never))}")
            tap.ok(len(never) <= 6, "most endpoints have rows", never)
            if "--self-test" in sys.argv:
                for what, wrong in plants(document):
                    tap.ok(check_all(Spec(wrong), hosts).mistakes, f"{what} is noticed")
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    tap.main(run, "--self-test")
