# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The demo on this host: the driver in its kernel, the daemons from build/bin.
# All of it is removed again, except what was there before.

# here_unable: print why it cannot be tried, or fail.
here_unable()
{
	local version

	version=$(uname -r)
	if [ "$(id -u)" -ne 0 ]; then
		echo "not root"
	elif [ ! -e /proc/modules ]; then
		echo "its kernel loads no modules"
	elif [ "$(cat /proc/sys/kernel/modules_disabled)" != 0 ]; then
		echo "its kernel no longer loads modules"
	elif grep -qsv '\[none\]' /sys/kernel/security/lockdown; then
		echo "its kernel is locked down"
	elif [ ! -e "/lib/modules/$version/build/Makefile" ]; then
		echo "no kernel headers for $version"
	elif [ ! -e /sys/fs/cgroup/cgroup.controllers ]; then
		echo "no unified cgroup hierarchy"
	else
		return 1
	fi
}

# here_start: build and start; print why not on failure.
here_start()
{
	say "this host's kernel loads modules and has headers"
	here_build || return
	if ! grep -q '^contmon ' /proc/modules; then
		insmod "$VM_CHECKOUT/build/driver/$(uname -r)/contmon.ko" \
			>"$VM_BUILD/here.log" 2>&1 || {
			echo "insmod failed: $(head -n 1 "$VM_BUILD/here.log")"
			return 1
		}
		here_loaded=1
	fi
	here_daemons
	here_containers
}

here_build()
{
	say "building contmon, about 30 seconds the first time ..."
	job_run make -C "$VM_CHECKOUT" -j "$(nproc)" all driver \
		>"$VM_BUILD/here.log" 2>&1 </dev/null && return
	echo "cannot build (see $VM_BUILD/here.log)"
	return 1
}

here_daemons()
{
	[ -d /run/contmon ] || here_made=1
	mkdir -p /run/contmon
	here_daemon contmon-engine
	# The store is kept here, not in the system's /var/lib
	echo "store = $VM_BUILD/here.db" >"$VM_BUILD/here.conf"
	here_daemon contmond --config "$VM_BUILD/here.conf"
}

here_daemon()
{
	setpriv --pdeathsig TERM "$VM_CHECKOUT/build/bin/$1" "${@:2}" \
		>"$VM_BUILD/$1.log" 2>&1 </dev/null &
	here_pids+=($!)
}

# Containers need Docker; the image is made here.
here_containers()
{
	demo_containers=0
	docker info >/dev/null 2>&1 || {
		say "Docker does not answer here: no containers are started"
		return 0
	}
	say "starting three containers, about 5 seconds ..."
	host_busybox "$VM_BUILD/host.log"
	here_image=contmon-demo
	mkdir "$VM_BUILD/demo.tree" && containers_busybox "" "$VM_BUILD/demo.tree"
	tar -C "$VM_BUILD/demo.tree" -c . |
		docker import - "$here_image" >/dev/null
	rm -rf "$VM_BUILD/demo.tree"
	bash "$VM_TOOLS/guest/demo" start "$here_image" || {
		say "cannot start the containers"
		return 0
	}
	demo_containers=3
}

here_end()
{
	local pid

	if [ -n "$here_image" ]; then
		bash "$VM_TOOLS/guest/demo" stop
		docker rmi "$here_image" >/dev/null 2>&1
	fi
	for pid in "${here_pids[@]}"; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	[ -z "$here_loaded" ] || rmmod contmon
	[ -z "$here_made" ] || rm -rf /run/contmon
	rm -rf "$VM_BUILD"/{demo.tree,here.conf,here.db*}
	here_image='' here_pids=() here_loaded='' here_made=''
}

here_image='' here_pids=() here_loaded='' here_made=''
