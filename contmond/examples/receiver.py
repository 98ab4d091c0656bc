#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Receives what contmond sends to a target of type json, and appends each
sample to a file, one JSON object to a line.

Usage: receiver.py FILE [PORT]     (127.0.0.1, port 8000 by default)

In contmond.conf:

    [forward receiver]
    type = json
    url = http://127.0.0.1:8000/
    compress = gzip                 # if it comes over a network

A sample is in the file before its request is answered, so none is lost when
this program or contmond is killed. contmond sends a sample again if it does not
know whether it arrived; the header Idempotency-Key tells such a sample. The
samples of a host come in order, so the newest key of each host is enough.
"""

import http.server
import json
import os
import sys
import zlib

MAX_BODY = 64 << 20


def unpack(body, encoding):
    """Whoever sends little must not fill the memory with it."""
    if encoding is None:
        return body
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    if encoding != "gzip":
        raise ValueError
    body = unpacker.decompress(body, MAX_BODY)
    if not unpacker.eof:
        raise ValueError
    return body


class Journal:
    """The file, and the newest key of each host in it"""

    def __init__(self, path):
        self.newest = {}
        # pylint: disable=consider-using-with
        self.file = open(path, "a+b")
        self.file.seek(0)
        end = 0
        for line in self.file:
            if not line.endswith(b"\n"):
                break               # this program was killed while it wrote
            entry = json.loads(line)
            self.newest[entry["sample"]["labels"]["host"]] = entry["key"]
            end += len(line)
        self.file.truncate(end)

    def add(self, key, sample):
        host = sample["labels"]["host"]
        if self.newest.get(host) == key:
            return
        line = json.dumps({"key": key, "sample": sample}) + "\n"
        self.file.write(line.encode())
        self.file.flush()
        os.fsync(self.file.fileno())
        self.newest[host] = key


class Handler(http.server.BaseHTTPRequestHandler):
    timeout = 10                    # for a client that sends nothing

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self):  # pylint: disable=invalid-name
        try:
            length = int(self.headers["Content-Length"])
            key = self.headers["Idempotency-Key"]
            if not 0 < length <= MAX_BODY or not key:
                raise ValueError
            sample = json.loads(unpack(self.rfile.read(length),
                                       self.headers["Content-Encoding"]))
            host = sample["labels"]["host"]
        except (KeyError, TypeError, ValueError, zlib.error):
            self.answer(400)        # contmond skips such a sample
            return
        self.server.journal.add(key, sample)
        self.answer(204)
        print(f"{host}: sample {sample['seq']} with {len(sample['rows'])} rows",
              flush=True)

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


def main():
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__.splitlines()[3])
    port = int(sys.argv[2]) if len(sys.argv) == 3 else 8000
    # One request at a time: two of one host must not cross.
    server = http.server.HTTPServer(("127.0.0.1", port), Handler)
    server.journal = Journal(sys.argv[1])
    server.serve_forever()


if __name__ == "__main__":
    main()
