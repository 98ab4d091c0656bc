#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""contmond's answers about real containers without the driver: what truth_api.py
compares with the files of their cgroups must be the same from procfs."""

import concurrent.futures

import api
import docker
import lives
import tap
import truth_api


def run():
    why = docker.unavailable()
    if why:
        tap.skip("containers", f"no container can be started: {why}")
        return
    try:
        lives.leave_driver()
        tap.equal(api.row("health")["source"], "procfs", "the source is procfs")
        with concurrent.futures.ThreadPoolExecutor() as pool:
            containers = list(pool.map(lambda make: make(), [
                docker.cpu, docker.memory, docker.disk, docker.oom]))
        truth_api.run(*containers)
        tap.equal(api.row("health")["source"], "procfs", "it still is")
    finally:
        for one in docker.left_over():
            docker.remove(one)
        lives.restore()


if __name__ == "__main__":
    tap.main(run)
