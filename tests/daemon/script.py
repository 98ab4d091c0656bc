# SPDX-License-Identifier: GPL-2.0-only
"""An HTTP server that answers as it is told, and notes what it got."""

import collections
import contextlib
import gzip
import http.server
import ssl
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):  # pylint: disable=invalid-name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Encoding"] == "gzip" and self.server.unpacks:
            body = gzip.decompress(body)
        what, headers = self.server.script_of(self, body)
        if what == "hang":
            self.server.over.wait()
        if what == "endless":
            self.answer_for_ever(b"HTTP/1.1 200 OK\r\n\r\n")
        if what == "header":
            self.answer_for_ever(b"HTTP/1.1 200 OK\r\nX: ")
        if what == "trailers":
            self.answer_for_ever(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                                 b"X: y\r\n" * 10000)
        if what in ("hang", "close", "endless", "header", "trailers"):
            self.close_connection = True
            return
        headers = dict(headers)
        text = headers.pop("body", "").encode()
        self.send_response(what)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def answer_for_ever(self, begin, more=b"x" * 65536):
        """Until nobody reads any more"""
        with contextlib.suppress(OSError):
            self.wfile.write(begin)
            while True:
                self.wfile.write(more)

    do_GET = do_PUT = do_POST

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


class Script(http.server.ThreadingHTTPServer):
    """
    script: for each request what it is called, its status and headers, and a "body"
    among them; "close" and "hang" are no answers, "endless", "header" and "trailers"
    have no end. After the end of it: judge(body), or default.
    unpacks: what is packed is noted unpacked; else, as it came.
    """

    daemon_threads = True

    def __init__(self, certificate=None, key=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.port = self.server_address[1]
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self.port}/"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            self.socket = context.wrap_socket(self.socket, server_side=True,
                                              do_handshake_on_connect=False)
        self.script, self.judge, self.default = [], None, 204
        self.unpacks = True
        self.lock, self.over = threading.Lock(), threading.Event()
        self.seen, self.answered, self.when = [], [], []
        self.headers = collections.defaultdict(list)

    def script_of(self, request, body):
        with self.lock:
            name, what, headers = "", self.default, {}
            if self.script:
                name, what, headers = self.script.pop(0)
            elif self.judge:
                what = self.judge(body)
            self.seen.append((request.path, body))
            self.answered.append(what)
            self.when.append((name, time.monotonic()))
            for key, value in request.headers.items():
                self.headers[key].append(value)
        return what, headers

    def of(self, *answers):
        """The bodies that got one of these answers, in their order"""
        with self.lock:
            return [body for (_, body), answer in zip(self.seen, self.answered)
                    if answer in answers]

    def times(self, name):
        """When the request of that name came, and the one after it"""
        with self.lock:
            at = [name for name, _ in self.when].index(name)
            return [when for _, when in self.when[at:at + 2]]

    def handle_error(self, request, client_address):
        pass                # a client that was killed, or refused the certificate

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.shutdown()
        self.server_close()
