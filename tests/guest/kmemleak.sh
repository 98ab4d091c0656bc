#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: kmemleak.sh clear   forget what looks leaked now
#        kmemleak.sh check   print what was leaked since; fails if there is any
#
# Unload the driver before the check: then memory that only it referred to is a
# leak.

set -eu
. "$(dirname "$(readlink -f "$0")")/usage.sh"
usage "" "$@"
leaks=/sys/kernel/debug/kmemleak

if [ ! -w "$leaks" ]; then
	echo "# SKIP kmemleak: this kernel does not look for leaks"
	exit 0
fi

case ${1:-} in
clear)
	# Objects must have been seen by a scan before they can be cleared.
	echo scan >"$leaks"
	echo clear >"$leaks"
	;;
check)
	# Objects younger than 5 s are skipped. A scan misses a pointer that is
	# moved during the scan, so a leak must be found by two scans.
	sleep 6
	echo scan >"$leaks"
	sleep 1
	echo scan >"$leaks"
	! grep . "$leaks"
	;;
*)
	echo "usage: kmemleak.sh clear|check" >&2
	exit 2
	;;
esac
