#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Draws every panel of the dashboards as Grafana does, with its own components
and live data, and checks what can be seen: names, units, colours, and no panel
that is empty without a reason. The pictures are in BUILD/panels/pictures.

Usage: panels.py BUILD [--seconds N] [--only TEXT]
--seconds: how long the containers run first; --only: pictures with this in
their name
"""

import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "guest"))
for directory in ("grafana", "daemon", "page"):
    sys.path.append(str(HERE.parent / directory))

import answers  # pylint: disable=wrong-import-position
import dashboards  # pylint: disable=wrong-import-position
import fake_contmond  # pylint: disable=wrong-import-position
import machines  # pylint: disable=wrong-import-position
import promql  # pylint: disable=wrong-import-position
import seen  # pylint: disable=wrong-import-position
import seen_selftest  # pylint: disable=wrong-import-position
import tap  # pylint: disable=wrong-import-position
from client import Client  # pylint: disable=wrong-import-position
from screen import Screen  # pylint: disable=wrong-import-position

DAY_MS = 86400000

# What is drawn: the hosts, and the container where a dashboard has only one
SCENES = {
    "none": (["empty"], "gone"),
    "one": (["web2"], "shop"),
    "hundred": (["full"], "job-7"),
    "odd": (["odd"], machines.NAMES[0]),
    "before": (["web1"], "shop"),
}
# Prometheus has all hosts. A record of an end is there for some minutes only.
PROMETHEUS = {
    "ended": (["db1"], machines.ENDED),
    "three": (["web1", "web2", "db1"], "shop"),
    **SCENES,
    "odd": (["odd"], machines.UNQUOTED),
}


def span_of(scene, span):
    return tuple(ms - DAY_MS for ms in span) if scene == "before" else span


def draw(screen, name, board, found, span, names):
    panels, colours = screen.draw(name, board, found, span)
    for panel, (what, complaints) in seen.check(board, panels, colours, name, names):
        tap.ok(not complaints, f"{name}: {panel}: {what}", "\n".join(complaints))
    tap.equal(screen.complaints(), [], f"{name}: the browser complains of nothing")
    tap.ok(not screen.run("window.owned"), f"{name}: no name is run as a program")


def names_of(hosts):
    return [name for host in hosts for name in machines.HOSTS[host] if name]


def pictures(boards, scenes, prefix, args):
    """(name, dashboard, scene, hosts, container) of each that is wanted"""
    for scene, (hosts, container) in scenes.items():
        for file, board in boards:
            name = f"{prefix}{file.removesuffix('.json')}-{scene}"
            if args.only in name:
                yield name, board, scene, hosts, container


def draw_infinity(screen, args, client_of, scenes, span):
    for name, board, scene, hosts, container in pictures(
            dashboards.load(), scenes, "", args):
        single = board["uid"] == "contmon-container"
        when = span_of(scene, span())
        draw(screen, name, board, answers.of_infinity(
            client_of(hosts), board, container if single else None, when),
            when, names_of(hosts))


def draw_prometheus(screen, args, all_machines):
    for name, board, scene, hosts, container in pictures(
            promql.load(), PROMETHEUS, "prometheus-", args):
        when = span_of(scene, all_machines.span)
        draw(screen, name, board, answers.of_prometheus(
            all_machines.prometheus.url, board, hosts, container, when),
            when, names_of(hosts))


def draw_driver(screen, args):
    """A contmond with the driver that has all there is, but is no real one"""
    api = fake_contmond.Api()
    fake = fake_contmond.Fake(api=api).start()
    scenes = {"driver": ([], "api-1")}
    draw_infinity(screen, args, lambda _: Client(fake.url), scenes,
                  lambda: (fake_contmond.now_ms() - fake_contmond.HISTORY_MS,
                           fake_contmond.now_ms()))
    fake.shutdown()


def run(args):
    tap.equal(seen_selftest.mistakes(), [], "panels with a fault are found, and no others")
    for program in ("npm", "chromium", "prometheus", "victoria-metrics"):
        if not shutil.which(program):
            tap.skip("panels on a screen", f"{program} is not installed")
            return
    out = pathlib.Path(args.build).resolve() / "panels"
    subprocess.run([HERE / "build", out], check=True)
    (out / "pictures").mkdir(exist_ok=True)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="contmon-panels-"))
    try:
        with Screen(out / "page", out / "pictures") as screen:
            draw_driver(screen, args)
            if args.only and args.only.endswith("-driver"):
                return
            with machines.Machines(directory, args.seconds) as all_machines:
                draw_prometheus(screen, args, all_machines)
                draw_infinity(screen, args,
                              lambda names: all_machines.all[names[0]].client,
                              SCENES, lambda: all_machines.span)
    finally:
        shutil.rmtree(directory)
    for what in seen.unused(args.only):
        tap.ok(False, what, "it has data, or is not there: SILENT in seen.py")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--seconds", type=int, default=45)
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    os.environ.setdefault("TZ", "UTC")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    tap.main(lambda: run(args))


if __name__ == "__main__":
    main()
