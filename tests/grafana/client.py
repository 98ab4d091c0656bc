# SPDX-License-Identifier: GPL-2.0-only
"""Asks contmond as the Infinity plugin does, and also differently."""

import gzip
import http.client
import json
import urllib.parse

import dashboards

PATIENCE = 300  # seconds after which a wait is given up: it hangs

# The result of a missing key or a value of another type
SHAPELESS = (KeyError, TypeError, ValueError, IndexError, AttributeError)


class Unusable(Exception):
    pass


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.reason = response.reason
        self.headers = response.headers
        self.keeps = not response.will_close
        self.raw = response.read()
        packed = self.headers.get("Content-Encoding") == "gzip"
        self.text = (gzip.decompress(self.raw) if packed and self.raw
                     else self.raw).decode()

    def json(self):
        return json.loads(self.text)

    def rows(self):
        return self.json()["rows"]


class Client:
    """One connection, like that of the plugin."""

    def __init__(self, base, token=None):
        url = urllib.parse.urlsplit(base)
        self.address = (url.hostname, url.port or 80)
        self.token = token
        self.connection = http.client.HTTPConnection(*self.address,
                                                     timeout=PATIENCE)

    def ask(self, path, headers=None, method="GET", token=True):
        headers = dict(dashboards.HEADERS if headers is None else headers)
        if self.token and token:
            headers["Authorization"] = "Bearer " + self.token
        self.connection.request(method, path, headers=headers)
        return Answer(self.connection.getresponse())

    def rows(self, path, **query):
        """The API's own rows, read differently from the plugin: parameters in
        another order, %20 for a space, no gzip, whole numbers unchanged."""
        pairs = sorted(query.items(), reverse=True)
        text = urllib.parse.urlencode(pairs, quote_via=urllib.parse.quote)
        answer = self.ask("/api/v1/%s?%s" % (path, text), headers={})
        if answer.status != 200:
            raise Unusable("/api/v1/%s?%s answers %d %s" % (
                path, text, answer.status, answer.reason))
        return answer.rows()


def settled_ms(client):
    """The end of the range that no longer changes, by contmond's clock, which
    may be on another machine: the newest steps may get another sample."""
    interval = client.rows("info")[0]["interval_ms"]
    return client.rows("system")[0]["t"] - 2 * interval
