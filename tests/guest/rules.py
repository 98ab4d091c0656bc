# SPDX-License-Identifier: GPL-2.0-only
"""Rules for contmond, and what it decided by them"""

import json
import os
import sqlite3
import subprocess

import api
import boxes
import tap

DIRECTORY = "/etc/contmon/policy.d"
RULES = f"{DIRECTORY}/test.conf"
STORE = "/var/lib/contmon/contmond.db"

POLICY = {"dry_run": "no", "budget_per_minute": "60",
          "budget_per_hour": "1000", "cool_down": "1h", "warn": "0s",
          "min_age": "1s"}


def wait_for(condition):
    """Asking costs much of a slow machine."""
    return tap.wait_for(condition, step=1)


# Rules

def load(rules, **settings):
    """Have contmond use these rules"""
    os.makedirs(DIRECTORY, exist_ok=True)
    with open(RULES, "w", encoding="ascii") as file:
        file.write("[policy]\n")
        for key, value in {**POLICY, **settings}.items():
            file.write(f"{key} = {value}\n")
        file.write(rules)
    checked = json.loads(boxes.out("contmon", "policy", "check", "--json"))
    hashes = [rule["hash"] for rule in checked["rules"]]
    is_dry = int(settings.get("dry_run") == "yes")
    boxes.out("systemctl", "reload", "contmond")

    def is_used():
        rows = api.rows("policy")
        return ([row["rule_hash"] for row in rows] == hashes and
                {row["dry_run"] for row in rows} <= {is_dry})
    tap.ok(wait_for(is_used), "contmond uses the rules", rules)


def clear():
    if os.path.exists(RULES):
        os.remove(RULES)
    boxes.out("systemctl", "reload", "contmond")


# What was decided

def audit(box):
    """Rows of a container, the oldest first"""
    return api.rows("audit", container=box.id, limit=20000)[::-1]


def states(box):
    """Of its decisions, each as a text"""
    found = {}
    for row in audit(box):
        found.setdefault(row["decision"], []).append(row["state"])
    return [" ".join(one) for one in found.values()]


def wait_for_state(box, state):
    """Its row, or None"""
    def reached():
        return next((row for row in audit(box) if row["state"] == state), None)
    return wait_for(reached)


DONE = "planned acted verified"
WARNED = "planned warned acted verified"
ENDS = "verified", "failed", "vetoed", "expired", "spared", "gone"


def ends_as(box, want, what):
    """Its one decision"""
    wait_for(lambda: any(row["state"] in ENDS for row in audit(box)))
    good = tap.equal(states(box), [want], what)
    if not good:
        tap.note(describe(box))
    return good


def describe(box):
    return "\n# ".join(f"{row['decision']} {row['state']}: {row['reason']}"
                       for row in audit(box))


def over(rule):
    return next(row["over"] for row in api.rows("policy")
                if row["rule"] == rule)


def finding(box):
    """What each rule says of it, by the command line"""
    shown = subprocess.run(
        ["contmon", "policy", "explain", "--json", "-o",
         "container,rule,finding,reason", box.name], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    rows = json.loads(shown.stdout)["rows"] if shown.stdout else []
    return [(row["finding"], row["reason"]) for row in rows]


def deletions():
    """{container id: the reasons of its rows}, by SQL"""
    store = sqlite3.connect(f"file:{STORE}?mode=ro", uri=True)
    found = {}
    for one, reason in store.execute("SELECT container_id, reason "
                                     "FROM deletions"):
        found.setdefault(one, []).append(reason)
    store.close()
    return found
