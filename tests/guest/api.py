# SPDX-License-Identifier: GPL-2.0-only
"""contmond's HTTP API, and a parser for its metrics."""

import gzip
import json
import re
import urllib.error
import urllib.parse
import urllib.request

import tap

BASE = "http://127.0.0.1:9477"

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"'
SAMPLE = re.compile(rf"({NAME})(?:\{{((?:{LABEL},?)*)\}})? (\S+)(?: (-?\d+))?")


class Answer:
    """Status, headers and body of one request."""

    def __init__(self, path, headers=None, **query):
        if query:
            # "from" cannot be the name of an argument in Python.
            query = {key.rstrip("_"): value for key, value in query.items()}
            path += "?" + urllib.parse.urlencode(query)
        request = urllib.request.Request(BASE + path, headers=headers or {})
        try:
            with urllib.request.urlopen(request,
                                        timeout=tap.PATIENCE_S) as answer:
                self.status = answer.status
                self.headers = answer.headers
                self.body = answer.read()
        except urllib.error.HTTPError as error:
            self.status = error.code
            self.headers = error.headers
            self.body = error.read()

    def text(self):
        body = self.body
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return body.decode()

    def json(self):
        return json.loads(self.text())


def rows(endpoint, **query):
    answer = Answer(f"/api/v1/{endpoint}", **query)
    if answer.status != 200:
        raise RuntimeError(f"{endpoint} {query}: {answer.status} "
                           f"{answer.text()[:200]}")
    return answer.json()["rows"]


def row(endpoint, **query):
    return rows(endpoint, **query)[0]


def containers():
    """{name: row} of those that a sample has"""
    return {one["container"]: one for one in rows("containers")
            if one["t"] is not None}


def shape_errors(reported):
    """Violations of the general shape, as texts."""
    if not isinstance(reported.get("meta"), dict):
        yield "no meta"
    keys = None
    for one in reported["rows"]:
        if any(isinstance(value, (list, dict)) for value in one.values()):
            yield f"nested: {one}"
        if any(not re.fullmatch("[a-z0-9_]+", key) for key in one):
            yield f"bad key in {list(one)}"
        if keys is not None and list(one) != keys:
            yield f"keys differ: {list(one)} and {keys}"
        keys = list(one)


class Metrics:
    """/metrics in text format 0.0.4: {(name, labels): value}"""

    def __init__(self, text):
        self.types = {}
        self.samples = {}
        self.errors = []
        if text and not text.endswith("\n"):
            self.errors.append("the last line has no end")
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                self.add_type(*line.split(" ")[2:])
            elif line and not line.startswith("# "):
                self.add_sample(line)

    def add_type(self, name, kind):
        if name in self.types:
            self.errors.append(f"two types: {name}")
        if kind not in ("counter", "gauge", "histogram", "summary", "untyped"):
            self.errors.append(f"no such type: {kind} of {name}")
        self.types[name] = kind

    def add_sample(self, line):
        match = SAMPLE.fullmatch(line)
        if not match:
            self.errors.append(f"no sample: {line}")
            return
        name, labels, value = match[1], match[2] or "", match[5]
        pairs = tuple(sorted(re.findall(LABEL, labels)))
        try:
            number = float(value)
        except ValueError:
            self.errors.append(f"no number: {line}")
            return
        if len(dict(pairs)) != len(pairs):
            self.errors.append(f"a label twice: {line}")
        if (name, pairs) in self.samples:
            self.errors.append(f"twice: {line}")
        if re.sub("_(bucket|sum|count)$", "", name) not in self.types and \
                name not in self.types:
            self.errors.append(f"no type: {line}")
        self.samples[name, pairs] = number

    def value(self, family, **labels):
        """Value of the first sample with these labels, or None"""
        for (name, pairs), number in self.samples.items():
            if name == family and labels.items() <= dict(pairs).items():
                return number
        return None
