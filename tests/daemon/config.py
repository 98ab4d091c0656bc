#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""contmond's configuration from outside: --check-config while contmond runs,
reloads that are refused as a whole, and a log that is renamed.

Usage: config.py BUILD
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../guest"))

import tap  # pylint: disable=wrong-import-position

CONTMOND = os.path.join(sys.argv[1], "bin/contmond")
ENV = {**os.environ, "CONTMON_SOURCE": "procfs"}
APPLICATION_ID = 0x636d6f6e


@contextlib.contextmanager
def taken_port():
    """A port on which another program listens"""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def free_port():
    with taken_port() as port:
        return port


class Host:
    """A directory with a configuration and the files made beside it"""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-config-"))
        self.file = self.directory / "contmond.conf"
        self.log = self.directory / "contmond.log"
        self.store = self.directory / "contmond.db"

    def write(self, **settings):
        settings = {"listen": f"127.0.0.1:{free_port()}", "store": "memory", **settings}
        self.file.write_text("".join(f"{key} = {value}\n"
                                     for key, value in settings.items()))

    def check(self, **settings):
        """Status and output of --check-config, which must change no file"""
        self.write(**settings)
        before = self.files()
        done = subprocess.run([CONTMOND, "-c", self.file, "--check-config"], env=ENV,
                              stderr=subprocess.PIPE, text=True, check=False)
        if self.files() != before:
            tap.ok(False, "--check-config changes no file",
                   f"{before} became {self.files()}")
        return done.returncode, done.stderr.replace(f"contmond: {self.directory}/", "")

    def files(self):
        return {path.name: path.stat().st_mtime_ns for path in self.directory.iterdir()}


def info(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/info") as answer:
        return json.load(answer)["rows"][0]


def serves(port):
    try:
        return info(port)
    except OSError:
        return None


@contextlib.contextmanager
def running(host):
    with subprocess.Popen([CONTMOND, "-c", host.file], env=ENV,
                          stderr=subprocess.DEVNULL) as daemon:
        try:
            yield daemon
        finally:
            daemon.send_signal(signal.SIGTERM)


def check_checks(host):
    tap.equal(host.check(), (0, ""), "a usable configuration passes")
    tap.equal(host.check(store=host.store, log_file=host.log), (0, ""),
              "files that do not exist yet pass")
    with taken_port() as port:
        tap.equal(host.check(listen=f"127.0.0.1:{port}"),
                  (1, f"contmond.conf:1: listen = 127.0.0.1:{port}: "
                      "in use by another program\n"),
                  "an address in use by another program is reported")
    tap.equal(host.check(listen="127.0.0.1:80x", interval_ms=1),
              (1, "contmond.conf:1: listen = 127.0.0.1:80x: "
                  "the port is not a number from 1 to 65535\n"
                  "contmond.conf:3: interval_ms = 1: "
                  "not a number from 100 to 3600000\n"),
              "all invalid values are reported")
    missing = host.directory / "none" / "file"
    tap.equal(host.check(store=missing, log_file=missing),
              (1, f"contmond.conf:2: store = {missing}: its directory does not exist\n"
                  f"contmond.conf:3: log_file = {missing}: its directory does not exist\n"),
              "every file that cannot be made is reported")
    tap.equal(host.check(policy_dir=host.directory / "none"),
              (1, f"contmond.conf:3: policy_dir = {host.directory}/none: No such file or "
                  "directory\n"), "rules that are not there are reported")
    tap.equal(host.check(policy_dir=host.file),
              (1, f"contmond.conf:3: policy_dir = {host.file}: Not a directory\n"),
              "a file instead of the directory of rules is reported")
    tap.equal(host.check(log_file=host.directory),
              (1, f"contmond.conf:3: log_file = {host.directory}: Is a directory\n"),
              "a log that cannot be opened is reported")


def make_database(path, version, application_id=APPLICATION_ID):
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(f"CREATE TABLE t (x); PRAGMA user_version = {version};"
                               f"PRAGMA application_id = {application_id};")


def check_stores(host):
    def expect(why, what):
        line = f"contmond.conf:2: store = {host.store}: {why}\n"
        tap.equal(host.check(store=host.store), (1, line) if why else (0, ""), what)
        host.store.unlink()

    make_database(host.store, 1)
    expect("", "a database of contmond passes")
    make_database(host.store, 99)
    expect("a newer contmond made it: it would be put aside",
           "a database of a newer contmond is reported")
    make_database(host.store, 1, 5)
    expect("not a database of contmond's: it would be put aside",
           "a database of another program is reported")
    host.store.write_text("no database\n" * 100)
    expect("not a database of contmond's: it would be put aside",
           "a file that is not a database is reported")
    host.store.write_text("")
    expect("", "an empty file passes")


def check_output():
    """A full disk, and a stream that the caller has closed, are no success."""
    for program, *options in (("contmond", "--once", "--json"), ("contmond", "--once"),
                              ("contmond", "--help"), ("contmond", "--version"),
                              ("contmon-engine", "--help"),
                              ("contmon-engine", "--version")):
        for shell, why in ((">/dev/full", "No space left on device"),
                           (">&-", "Bad file descriptor")):
            what = " ".join((program, *options, shell))
            done = subprocess.run(
                ["sh", "-c", f'"$0" "$@" {shell}',
                 os.path.join(sys.argv[1], "bin", program), *options],
                env=ENV, stderr=subprocess.PIPE, text=True, check=False)
            tap.equal((done.returncode, done.stderr.split("\n")[-2:]),
                      (1, [f"{program}: standard output: {why}", ""]), what)


def check_usage():
    """What is wrong with the options is said, and nothing is done."""
    for program, options, why in (
            ("contmond", "extra", "extra: not an option"),
            ("contmond", "--once extra", "extra: not an option"),
            ("contmond", "--json", "--json: only with --once"),
            ("contmond", "--check-config --json", "--json: only with --once"),
            ("contmond", "--once --check-config",
             "--once: not with --check-config or --config"),
            ("contmond", "--once -c /dev/null",
             "--once: not with --check-config or --config"),
            ("contmon-engine", "extra", "extra: not an option")):
        done = subprocess.run([os.path.join(sys.argv[1], "bin", program),
                               *options.split()], env=ENV, capture_output=True,
                              text=True, check=False)
        tap.equal((done.returncode, done.stdout, done.stderr),
                  (2, "", f"{program}: {why}; see: {program} --help\n"),
                  f"{program} {options}")


def check_beside_one(host, port):
    """While contmond runs with these settings"""
    settings = {"listen": f"127.0.0.1:{port}", "store": host.store,
                "log_file": host.log, "interval_ms": 1000}
    host.write(**settings)
    with running(host):
        if not tap.ok(tap.wait_for(lambda: serves(port)), "contmond starts",
                      host.log.read_text()):
            return
        tap.wait_for(host.store.exists)
        done = subprocess.run([CONTMOND, "-c", host.file, "--check-config"], env=ENV,
                              stderr=subprocess.PIPE, text=True, check=False)
        tap.equal((done.returncode, done.stderr), (0, ""),
                  "files and address of a running contmond pass")
        tap.ok(serves(port), "the running contmond still serves")


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def check_reloads(host, port):
    settings = {"listen": f"127.0.0.1:{port}", "log_file": host.log}
    host.write(**settings)
    with running(host) as daemon, taken_port() as taken:
        def reload_says(text):
            nr = len(lines(host.log))
            daemon.send_signal(signal.SIGHUP)
            return tap.wait_for(lambda: any(text in line
                                            for line in lines(host.log)[nr:]))

        tap.wait_for(lambda: serves(port))
        tap.ok(any("info: contmond" in line for line in lines(host.log)),
               "the log reports the start", lines(host.log))
        for what, bad in (("a value", {"interval_ms": 5}),
                          ("an address", {"interval_ms": 500,
                                          "listen": f"127.0.0.1:{taken}"}),
                          ("a log", {"interval_ms": 500,
                                     "listen": f"127.0.0.1:{free_port()}",
                                     "log_file": host.directory / "none" / "log"})):
            host.write(**{**settings, **bad})
            tap.ok(reload_says("error: the old configuration stays in use"),
                   f"a reload with {what} that is unusable is refused",
                   lines(host.log))
            tap.equal((serves(port) or {}).get("interval_ms"), 1000,
                      "no part of it is in use")
        check_rotation(host, daemon, settings)
        host.write(**settings, interval_ms=500)
        tap.ok(reload_says("info: configuration reloaded"),
               "a valid configuration is loaded", lines(host.log))
        tap.equal(info(port)["interval_ms"], 500, "the new value is in use")


def check_rules(host, port):
    """Whether containers are acted on is in the log, not found out from them."""
    rules = host.directory / "policy.d"
    rules.mkdir()
    file = rules / "a.conf"
    host.write(listen=f"127.0.0.1:{port}", log_file=host.log, policy_dir=rules)
    rule = "[rule r]\nselect = name a\nall = cpu_percent > 1\naction = stop\n"
    file.write_text(rule)
    host.log.unlink()

    def said():
        """Without what contmond says by itself: of engines, of late samples."""
        return [line for line in lines(host.log)
                if any(word in line for word in ("polic", "configuration"))]

    def reload_says(daemon, text):
        file.write_text(text)
        nr = len(said())
        daemon.send_signal(signal.SIGHUP)
        tap.wait_for(lambda: len(said()) > nr and "reloaded" in said()[-1])
        return [line.split(": ", 1)[1] for line in said()[nr:]]

    def reload_is_refused(daemon, why):
        daemon.send_signal(signal.SIGHUP)
        return tap.wait_for(lambda: why in said()[-2] and "stays in use" in said()[-1])

    with running(host) as daemon:
        tap.wait_for(lambda: serves(port))
        tap.ok(any("info: policies: 1 rule, dry run" in line
                   for line in lines(host.log)), "a start says that rules do nothing",
               lines(host.log))
        acts = "[policy]\ndry_run = no\n"
        for text, what in ((acts + rule, ["policies: 1 rule, active"]),
                           (acts + rule + "dry_run = yes\n" +
                            rule.replace(" r]", " s]").replace("name a", "name b"),
                            ["policies: 2 rules, active"]),
                           (rule.replace("> 1", "> 101"),
                            ["policies: 1 rule, dry run",
                             f"{file}:3: [rule r]: all: cpu_percent > 101: it is never "
                             "true: the number is at most 100"]),
                           (acts + rule + "dry_run = yes\n",
                            ["policies: 1 rule, dry run"]),
                           ("", ["policies: no rules"]), ("", [])):
            tap.equal(reload_says(daemon, text), [*what, "configuration reloaded"],
                      f"a reload says: {what}")
        host.write(listen=f"127.0.0.1:{port}", log_file=host.log, policy_dir=file)
        tap.ok(reload_is_refused(daemon, f"policy_dir = {file}: Not a directory"),
               "a file instead of the directory of rules is refused", lines(host.log))
        host.write(listen=f"127.0.0.1:{port}", log_file=host.log, policy_dir=rules)
        file.write_text("mistake")
    with running(host) as daemon:
        tap.wait_for(lambda: serves(port))
        tap.ok(any("warning: policies: no rule is in use until the mistakes are mended"
                   in line for line in lines(host.log)),
               "a start with mistakes says so", lines(host.log))
        tap.equal(reload_says(daemon, rule),
                  ["policies: 1 rule, dry run", "configuration reloaded"],
                  "and a reload without them ends that")


def check_rotation(host, daemon, settings):
    old = host.log.with_suffix(".1")
    host.log.rename(old)
    host.write(**settings)
    daemon.send_signal(signal.SIGHUP)
    tap.ok(tap.wait_for(lambda: lines(host.log)),
           "a reload opens the log again")
    tap.equal(host.log.stat().st_mode & 0o777, 0o640,
              "its user and its group can read the new log")
    tap.ok(not any("configuration reloaded" in line for line in lines(old)),
           "the renamed log is not written", lines(old))


def check_reload_while_stopping(host, port):
    """A client that reads nothing lets it wait for as long as it may."""
    host.write(listen=f"127.0.0.1:{port}")
    with running(host) as daemon:
        tap.wait_for(lambda: serves(port))
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(b"GET /uplot.js HTTP/1.1\r\nHost: localhost\r\n\r\n" * 400)
            slow.recv(1)
            daemon.send_signal(signal.SIGTERM)
            tap.wait_for(lambda: not serves(port))
            host.write(listen=f"127.0.0.1:{free_port()}")
            daemon.send_signal(signal.SIGHUP)
            tap.equal(daemon.wait(tap.PATIENCE_S), 0,
                      "a reload does not keep it from stopping")


def run():
    host = Host()
    try:
        check_output()
        check_usage()
        check_checks(host)
        check_stores(host)
        check_beside_one(host, free_port())
        shutil.rmtree(host.directory)  # with the directory of vetoes
        host.directory.mkdir()
        check_reloads(host, free_port())
        check_rules(host, free_port())
        check_reload_while_stopping(host, free_port())
    finally:
        shutil.rmtree(host.directory)


if __name__ == "__main__":
    tap.main(run)
