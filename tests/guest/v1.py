#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A host whose controllers are all in cgroup v1, as systemd mounts them if the
kernel's command line says systemd.unified_cgroup_hierarchy=0. Debian's kernels
after 12 have no memory controller there."""

import tap
import v1_files


def run():
    if v1_files.are_all_mounted():
        v1_files.check()


tap.main(run)
