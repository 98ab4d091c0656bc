# SPDX-License-Identifier: GPL-2.0-only
"""Hosts made of files (tests/daemon/fake_host.py), each with a real contmond on
procfs, without the driver, and one Prometheus that scrapes all of them."""

import contextlib
import math
import threading
import time

import hosts
import tap
from client import Client
from fake_contmond import HOSTILE
from fake_host import Container, FakeHost

# What may stand in a name, also where it has a meaning to others
NAMES = [HOSTILE, 'odd "name"\\', "${container}", "$__all", "a,b", ".*|",
         "<b>{{host}}&amp;", "\u202eright to left", "long-" * 24]
# Grafana does not quote what is chosen of a variable with one value, so that a
# name with quotes is an error there. No engine allows them.
UNQUOTED = "<b>{{host}}&amp;"

# The names of the containers of each host
HOSTS = {
    **hosts.HOSTS,
    "empty": [],
    "full": [f"job-{nr}" for nr in range(100)],
    "odd": NAMES,
}
ENDED = "job"  # the container of db1 that ends


class Count(float):
    """Grows in small steps, but is a whole number in each file"""

    def __rmul__(self, other):
        return int(other * float(self))

    def __floordiv__(self, other):
        return int(float(self) / other)

    def __format__(self, _):
        return str(int(self))


class Machine(hosts.Host):
    """One whose counters grow with the clock, each container at its own pace"""

    def __init__(self, directory, nr, name, names):
        super().__init__(directory, nr, name, names)
        self.began = time.monotonic()
        self.grown = {}  # id of a container -> when, and how far its counters are
        self.fake.put_container = self.put_container

    @staticmethod
    def containers(nr, names):
        return [Container(one, name, f"{name}:1", tasks=1 + one % 3)
                for one, name in enumerate(names, 1000 * nr)]

    def put_container(self, container, _):
        """Instead of that of the host, which counts ticks"""
        now = time.monotonic() - self.began
        busy = 0.55 + 0.4 * math.sin(now / 20 + container.first_pid)
        before, n = self.grown.get(container.id, (0, 2))
        self.grown[container.id] = now, n + (now - before) * busy
        FakeHost.put_container(self.fake, container, Count(n))

    def tick(self):
        self.fake.ticks = max(1, int(time.monotonic() - self.began))
        self.fake.tick()

    @property
    def client(self):
        return Client(f"http://127.0.0.1:{self.contmond.port}", hosts.TOKEN)


class Machines:
    """with Machines(build directory): `span` is the time that all of them know."""

    def __init__(self, directory, seconds):
        self.directory = directory
        self.seconds = seconds
        self.stack = contextlib.ExitStack()
        self.all = {}
        self.prometheus = None
        self.begin_ms = int(time.time() * 1000)
        self.done = threading.Event()
        self.ticking = threading.Lock()

    def __enter__(self):
        token = self.directory / "token"
        token.write_text(hosts.TOKEN + "\n")
        token.chmod(0o600)
        victoria = self.stack.enter_context(hosts.VictoriaMetrics(self.directory))
        for nr, (name, containers) in enumerate(HOSTS.items(), 1):
            machine = Machine(self.directory, nr, name, containers)
            self.all[name] = machine
            machine.configure(token, victoria.url("/api/v1/import/prometheus"))
            self.stack.enter_context(machine.contmond)
        self.prometheus = self.stack.enter_context(
            hosts.Prometheus(self.directory, token, self.all.values()))
        self.live()
        return self

    def __exit__(self, *error):
        return self.stack.__exit__(*error)

    def live(self):
        """Lets time pass, until all have been seen for long enough"""
        threading.Thread(target=self.tick, daemon=True).start()
        self.stack.callback(self.done.set)
        time.sleep(self.seconds)
        database = self.all["db1"].fake
        with self.ticking:
            database.end(next(one for one in database.containers
                              if one.name == ENDED))
        tap.wait_for(self.is_seen)

    def tick(self):
        while not self.done.wait(0.4):
            with self.ticking:
                for machine in self.all.values():
                    machine.tick()

    def is_seen(self):
        return self.prometheus.ask("contmon_ended_time_seconds") and set(
            self.prometheus.by("host", "count_over_time(contmon_up[1h]) > 10")) == \
            set(HOSTS)

    @property
    def span(self):
        return self.begin_ms, int(time.time() * 1000)
