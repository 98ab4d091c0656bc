#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The guest's part of `make run`: three containers that do something worth
# looking at, and a way in for the port that the host forwards.

set -eu

# Busy for a while, idle for a while
docker run -d --name burner --cpus 1 busybox sh -c '
	while :; do
		end=$(($(date +%s) + 8))
		while [ "$(date +%s)" -lt "$end" ]; do
			i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); done
		done
		sleep 6
	done' >/dev/null

# Holds 64 MiB, and another 48 MiB now and then
docker run -d --name keeper --memory 256m --shm-size 200m busybox sh -c '
	dd if=/dev/zero of=/dev/shm/kept bs=1M count=64 2>/dev/null
	while :; do
		dd if=/dev/zero of=/dev/shm/more bs=1M count=48 2>/dev/null
		sleep 9
		rm /dev/shm/more
		sleep 7
	done' >/dev/null

# Writes 4 MiB to the disk each second
docker run -d --name writer --memory 128m busybox sh -c '
	while :; do
		dd if=/dev/zero of=/scratch bs=1M count=4 conv=fsync 2>/dev/null
		sleep 1
	done' >/dev/null

# contmond listens on loopback alone; the forwarded port arrives elsewhere
address=$(ip -4 -o address show dev eth0 | awk '{ sub("/.*", "", $4); print $4 }')
exec systemd-socket-activate --listen="$address:9477" \
	/usr/lib/systemd/systemd-socket-proxyd 127.0.0.1:9477 2>/dev/null
