#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The command line with procfs as the source, although the driver is loaded

exec "$(dirname "$0")/cli.py" procfs
