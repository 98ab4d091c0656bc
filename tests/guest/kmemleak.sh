#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: kmemleak.sh clear   forget what looks leaked now
#        kmemleak.sh check   print what was leaked since; fails if there is any
#
# Unload the driver before the check: what only it could still find is a leak.

set -eu
leaks=/sys/kernel/debug/kmemleak

if [ ! -w "$leaks" ]; then
	echo "# SKIP kmemleak: this kernel does not look for leaks"
	exit 0
fi

case ${1:-} in
clear)
	# What is there must have been seen to be forgotten.
	echo scan >"$leaks"
	echo clear >"$leaks"
	;;
check)
	# Objects younger than 5 s are spared. A value that moves from one place to
	# the other during a scan is missed by it, so a leak is what two have found.
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
