# SPDX-License-Identifier: GPL-2.0-only
"""What is wrong now."""

import json


def test_engines(tap, page):
    """A host without an engine is no problem; one whose engine is silent is."""
    def problems(engine, engines, *runtimes):
        health = {"status": "ok", "engine": engine, "engines": engines}
        rows = [{"runtime": runtime} for runtime in runtimes]
        return page.run("Problems.prototype.ofContmond("
                        f"{json.dumps(health)}, {json.dumps(rows)}).map(({{ text }}) => text)")
    silent = ["No container engine answers, so new containers have no names"]
    tap.equal(problems("disconnected", 0), [], "a host without an engine needs none")
    tap.equal(problems("disconnected", 0, "lxc", "containerd"), [],
              "nor do containers of other runtimes")
    tap.equal(problems("disconnected", 1), silent, "an engine does not answer")
    tap.equal(problems("disconnected", 0, "lxc", "docker"), silent,
              "Docker is there, and contmon-engine is not")
    tap.equal(problems("connected", 1, "docker"), [], "the engine answers")
