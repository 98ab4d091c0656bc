#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The log and the configuration of contmond as the shipped service: entries of
the journal with their fields, a log file that is renamed, --check-config as
the user that the service has."""

import json
import os
import pwd
import subprocess

import tap

CONF = "/etc/contmon/conf.d/journal-test.conf"
LOG = "/var/log/contmon/contmond.log"
REFUSED = "b5cf44f75f5d4b9f80ae675b621976c7"


def entries(*matches):
    """Of the journal, those of contmond since it has been started"""
    done = subprocess.run(["journalctl", "-q", "-o", "json", "-u", "contmond",
                           *matches], check=True, stdout=subprocess.PIPE)
    return [json.loads(line) for line in done.stdout.splitlines()]


def reload(text):
    os.makedirs(os.path.dirname(CONF), exist_ok=True)
    with open(CONF, "w", encoding="ascii") as file:
        file.write(text)
    subprocess.run(["systemctl", "reload", "contmond"], check=True)


def logged():
    if not os.path.exists(LOG):
        return ""
    with open(LOG, encoding="utf-8") as file:
        return file.read()


def check_journal():
    before = len(entries(f"MESSAGE_ID={REFUSED}"))
    reload("\ninterval_ms = 5\n")
    tap.wait_for(lambda: len(entries(f"MESSAGE_ID={REFUSED}")) > before)
    found = entries(f"MESSAGE_ID={REFUSED}")[before:]
    if not tap.equal(len(found), 1, "a refused reload has an entry with an id"):
        return
    tap.equal([found[0].get(key) for key in
               ("MESSAGE", "PRIORITY", "_TRANSPORT", "SYSLOG_IDENTIFIER",
                "_SYSTEMD_UNIT")],
              ["the old configuration stays in use", "3", "journal",
               "contmond", "contmond.service"], "with its fields")
    tap.ok(any(entry["MESSAGE"] == f"{CONF}:2: interval_ms = 5: "
               "not a number from 100 to 3600000" for entry in entries()),
           "and one before it says what is wrong where")


def check_file():
    reload(f"log_file = {LOG}\n")
    tap.ok(tap.wait_for(lambda: "info: configuration reloaded" in logged()),
           "the service logs to a file", logged())
    state = os.stat(LOG)
    tap.equal((pwd.getpwuid(state.st_uid).pw_name, state.st_mode & 0o777),
              ("contmon", 0o640), "which belongs to its user")
    os.rename(LOG, LOG + ".1")
    subprocess.run(["systemctl", "reload", "contmond"], check=True)
    tap.ok(tap.wait_for(lambda: "info: configuration reloaded" in logged()),
           "it opens a renamed file again")


def check_config():
    done = subprocess.run(["runuser", "-u", "contmon", "--", "contmond",
                           "--check-config"], stderr=subprocess.PIPE,
                          text=True, check=False)
    tap.equal((done.returncode, done.stderr), (0, ""),
              "--check-config finds nothing wrong beside the service")


def run():
    try:
        check_journal()
        check_file()
        check_config()
    finally:
        for path in CONF, LOG, LOG + ".1":
            if os.path.exists(path):
                os.remove(path)
        subprocess.run(["systemctl", "reload", "contmond"], check=True)


if __name__ == "__main__":
    tap.main(run)
