#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every test of the driver, on a kernel that detects bugs: all that the driver
# allocated must be freed when it has been unloaded.
#
# Usage: debug.sh [PART-OF-A-PROGRAM'S-NAME]

. "$(dirname "$(readlink -f "$0")")/usage.sh"
usage "" "$@"
cd "$(dirname "$(readlink -f "$0")")" || exit 1
. ./tap.sh

# An open device keeps the driver loaded.
unload()
{
	systemctl stop contmond && modprobe -r contmon &&
		! grep '^contmon ' /proc/modules
}

./kmemleak.sh clear
# An emulated kernel that checks itself takes some five times as long.
./all -t 6000 "$@"
status=$?

ok "the driver is unloaded" unload
if [ -w /sys/kernel/debug/kmemleak ]; then
	ok "kmemleak: nothing is left behind" ./kmemleak.sh check
else
	skip "kmemleak" "this kernel does not look for leaks"
fi
(tap_finish) && [ "$status" = 0 ]
