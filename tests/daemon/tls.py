#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""contmond with TLS: certificates, errors, streams, clients that break off, and
new certificates.

Usage: tls.py BUILD
"""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../guest"))

import daemon  # pylint: disable=wrong-import-position
import tap  # pylint: disable=wrong-import-position

TOKEN = "0123456789abcdef"


class Certificate:
    """Signed by itself"""

    def __init__(self, directory, name):
        self.file, self.key = directory / f"{name}.crt", directory / f"{name}.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", self.key, "-out", self.file],
                       check=True, stderr=subprocess.DEVNULL)
        self.key.chmod(0o600)

    def keys(self):
        return {"tls_certificate": self.file, "tls_key": self.key}

    def hash(self):
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.file.read_text())).hexdigest()


class Secure(daemon.Contmond):
    """Its certificate is checked each time."""

    certificate = None

    def configure(self, settings, targets):
        super().configure({"store": "memory", "policy_dir": self.file.parent / "policy.d",
                           **settings}, targets)

    def connect(self, version=None):
        context = ssl.create_default_context(cafile=self.certificate.file)
        if version:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = context.maximum_version = version
            context.set_ciphers("ALL:@SECLEVEL=0")
        plain = socket.create_connection(("127.0.0.1", self.port), tap.PATIENCE_S)
        return context.wrap_socket(plain, server_hostname="127.0.0.1")

    def ask(self, path, headers="", version=None):
        """Everything until the end of the connection, or None"""
        with contextlib.suppress(OSError), self.connect(version) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}"
                           "Connection: close\r\n\r\n".encode())
            return read_until(client, None).decode()
        return None

    def status(self, path="/api/v1/info", **more):
        answer = self.ask(path, **more)
        return answer and int(answer.split()[1])

    def shown(self):
        """The hash of the certificate that it has"""
        with self.connect() as client:
            return hashlib.sha256(client.getpeercert(True)).hexdigest()

    def __enter__(self):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen([self.program, "-c", self.file], env=daemon.ENV)
        tap.wait_for(lambda: self.status() or self.process.poll() is not None)
        assert self.process.poll() is None, "contmond does not start"
        return self


def read_until(client, end):
    data = b""
    with contextlib.suppress(ssl.SSLEOFError, ConnectionResetError):
        while end is None or end not in data:
            more = client.recv(65536)
            if not more:
                break
            data += more
    return data


def check_answers(host):
    with host:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            tap.equal(host.status(version=version), 200, f"{version.name} is spoken")
        tap.equal(host.status(version=ssl.TLSVersion.TLSv1_1), None, "TLS 1.1 is not")
        body = host.ask("/api/v1/health").partition("\r\n\r\n")[2]
        tap.ok(json.loads(body)["rows"], "an answer is whole")
        tap.equal(daemon.fetch(host.url("info")), None, "HTTP without TLS is not answered")
        for path, status in ((f"/{'x' * 20000}", 414),
                             ("/?" + "&".join(f"k{i}=1" for i in range(400)), 400)):
            answer = host.ask(path)
            tap.ok(f" {status} " in answer.split("\r\n")[0] and '{"error":' in answer,
                   f"an early {status} is encrypted, too", answer)
        tap.ok("https://" in host.log(), "the log says that it is HTTPS", host.log())
        check_clients(host)
        check_stop(host)


def check_clients(host):
    """That do not finish what they began"""
    with contextlib.ExitStack() as held:
        for begin in (b"", b"\x16\x03\x01", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"):
            for _ in range(100):
                client = held.enter_context(
                    socket.create_connection(("127.0.0.1", host.port)))
                client.sendall(begin)
        tap.equal(host.status(), 200, "300 handshakes that do not go on keep nobody out")
        for _ in range(40):
            client = host.connect()
            client.sendall(b"GET /api/v1/events/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            client.recv(1)
            client.shutdown(socket.SHUT_RDWR)
            client.close()
        tap.equal(host.status(), 200, "nor do streams in the middle of which clients leave")


def stream(host):
    """That has begun; those that were left may have to be noticed first"""
    client = host.connect()
    client.sendall(b"GET /api/v1/events/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    if b"retry: " in read_until(client, b"\n\n"):
        return client
    client.close()
    return None


def check_stop(host):
    client = tap.wait_for(lambda: stream(host))
    with client:
        host.process.send_signal(signal.SIGTERM)
        read_until(client, None)
    tap.equal(host.process.wait(tap.PATIENCE_S), 0, "SIGTERM ends streams and contmond")


def check_new_ones(host, one, other):
    with host:
        tap.equal(host.shown(), one.hash(), "the certificate is the one of the file")
        shutil.copy(other.file, one.file)
        host.reload("the old configuration stays in use")
        tap.ok("tls_certificate and tls_key cannot be used" in host.log(),
               "a certificate of another key is refused", host.log())
        host.certificate = one
        before = one.hash()
        shutil.copy(other.key, one.key)
        host.reload("configuration reloaded")
        tap.equal((host.shown(), before), (other.hash(), other.hash()),
                  "a reload takes a new one into use")
        key = other.key.read_text().splitlines()[1]
        tap.ok(key not in host.log(), "no key is in the log")


def check_tokens(host, one):
    token = host.file.parent / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    host.configure({"listen": f"0.0.0.0:{host.port}", "token_file": token, **one.keys()}, {})
    with host:
        tap.equal((host.status(), host.status(headers=f"Authorization: Bearer {TOKEN}\r\n")),
                  (401, 200), "beyond loopback the token is needed")
        tap.ok(TOKEN not in host.log(), "it is not in the log")


def run():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-tls-"))
    (directory / "policy.d").mkdir()
    try:
        one, other = Certificate(directory, "one"), Certificate(directory, "other")
        host = Secure(sys.argv[1], directory)
        host.certificate = one
        host.configure(one.keys(), {})
        check_answers(host)
        check_new_ones(host, one, other)
        check_tokens(host, one)
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    tap.main(run)
