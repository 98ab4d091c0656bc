#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The command line, on procfs though the driver is there

exec "$(dirname "$0")/cli.py" procfs
