#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares what real containers send and receive with netlink in their network
namespaces: a namespace of its own, a shared one, and the host's."""

import json
import os
import socket
import subprocess

import api
import docker
import tap

VETH = "contmon-veth"
HERE, THERE = "10.99.77.1", "10.99.77.2"
KEYS = {"bytes": "bytes", "packets": "packets", "errors": "errors",
        "drops": "dropped"}
WAYS = {"receive": "rx", "transmit": "tx"}
FAMILIES = {"bytes": "bytes", "packets": "packets", "errors": "errors",
            "drops": "packets_dropped"}


def ip(*words, pid=None):
    inside = ["nsenter", "-t", str(pid), "-n"] if pid else []
    return subprocess.run([*inside, "ip", *words], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def plug(pid):
    """A cable from the host to the namespace of a process"""
    ip("link", "add", VETH, "type", "veth", "peer", "name", "eth0", "netns",
       str(pid))
    ip("addr", "add", f"{HERE}/24", "dev", VETH)
    ip("link", "set", VETH, "up")
    ip("addr", "add", f"{THERE}/24", "dev", "eth0", pid=pid)
    ip("link", "set", "eth0", "up", pid=pid)


def send(count):
    """It is not listened to there, so that it is answered as well."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(count):
            try:
                sender.sendto(bytes(1000), (THERE, 9))
            except ConnectionRefusedError:
                pass  # the answer to the one before


def oracle(pid):
    link = json.loads(ip("-s", "-j", "link", "show", "eth0", pid=pid))[0]
    return {f"network_{way}_{key}_total": link["stats64"][short][name]
            for way, short in WAYS.items() for key, name in KEYS.items()}


def row(box):
    return api.containers().get(box.name, {})


def is_one_of(box, network):
    return tap.wait_for(lambda: row(box).get("network") == network)


def next_row(box):
    """Of a sample that begins after this call"""
    now = row(box)["t"]
    tap.wait_for(lambda: row(box)["t"] > now)
    return row(box)


def check_numbers(box):
    send(200)
    before = oracle(box.pid)
    shown = next_row(box)
    after = oracle(box.pid)
    for key, number in before.items():
        tap.ok(number <= shown[key] <= after[key], f"own: {key}",
               (number, shown[key], after[key]))
    tap.ok(shown["network_receive_bytes_total"] >= 200 * 1000,
           "own: the data sent to it arrived")
    metrics = api.Metrics(api.Answer("/metrics").text())
    for way in WAYS:
        for key, name in FAMILIES.items():
            shown = metrics.value(f"container_network_{way}_{name}_total",
                                  id=box.path, name=box.name)
            was = before[f"network_{way}_{key}_total"]
            tap.ok(shown is not None and was <= shown,
                   f"own: /metrics has {way} {name}", (was, shown))


def check_rates(box):
    def both():
        send(50)
        shown = row(box)
        return (shown["network_receive_bytes_per_second"] or 0) > 0 and \
            (shown["network_transmit_bytes_per_second"] or 0) > 0
    tap.ok(tap.wait_for(both), "own: rates in both directions", row(box))


def check_others(own, shared, host):
    tap.ok(is_one_of(shared, "shared"),
           "shared: the mode is reported", row(shared))
    tap.equal(row(shared)["network_owner"], own.name,
              "shared: the owner is the first container")
    tap.ok(is_one_of(host, "host"), "host: the mode is reported", row(host))
    for what, box in ("shared", shared), ("host", host):
        tap.equal([key for key, value in row(box).items()
                   if key.startswith("network_") and value is not None
                   and key != "network_owner"], [],
                  f"{what}: nothing is counted twice")


def run():
    boxes = []

    def start(kind, mode):
        boxes.append(docker.Container(kind, "sleep 100000",
                                      NetworkMode=mode))
        return boxes[-1]
    try:
        own = start("own", "none")
        shared = start("shared", f"container:{own.name}")
        host = start("host", "host")
        plug(own.pid)
        if not tap.ok(is_one_of(own, "own"),
                      "own: the mode is reported", row(own)):
            return
        check_numbers(own)
        check_rates(own)
        check_others(own, shared, host)
    finally:
        for box in boxes:
            docker.remove(box.name)
    tap.ok(tap.wait_for(
        lambda: not os.path.exists(f"/sys/class/net/{VETH}")),
        "namespaces of ended containers are released")


if __name__ == "__main__":
    tap.main(run)
