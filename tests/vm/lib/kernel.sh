# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Kernels of our own, made of Debian's source, for the trixie root. They are built
# in a root made for that, which the guest never sees.

# kernel_is NAME: there is such a kernel to build.
kernel_is()
{
	[ "$1" != guest ] && [ -e "$VM_TOOLS/kernels/$1.config" ]
}

# kernel_build NAME: make VM_BUILD/kernel-NAME unless it is there and up to date.
kernel_build()
{
	local name=$1 dir=$VM_BUILD/kernel-$1 key start=$SECONDS

	kernel_builder "$VM_BUILD/builder"
	key=$(kernel_key "$name")
	[ "$(cat "$dir/key" 2>/dev/null)" = "$key" ] && return
	say "building kernel ($name), about 15 minutes ..."
	rm -rf "$dir" "$dir.new"
	mkdir "$dir.new"
	kernel_watch "$dir.log" &
	kernel_watch_pid=$!
	say_log "$dir.log" kernel_make "$name" "$dir.new"
	kernel_end
	mv "$dir.new" "$dir"
	echo "$key" >"$dir/key"
	say "kernel ($name) built in $((SECONDS - start)) s"
}

kernel_key()
{
	{
		cat "$VM_BUILD/builder/version"
		cat "$VM_TOOLS"/kernels/{build,guest.config,"$1.config"}
	} | sha256sum | cut -d ' ' -f 1
}

kernel_make()
{
	unshare --mount "$VM_TOOLS/lib/chroot.sh" "$VM_BUILD/builder/root" \
		"$VM_TOOLS/kernels" "$2" /src/build "$1"
}

# kernel_watch LOG: say now and then how far it is.
kernel_watch()
{
	local start=$SECONDS

	exec 3>&-
	while sleep 60; do
		say "... $((SECONDS - start)) s, $(grep -c '^  CC ' "$1")" \
			"files compiled"
	done
}

kernel_end()
{
	[ -z "${kernel_watch_pid:-}" ] && return
	kill "$kernel_watch_pid" 2>/dev/null
	wait "$kernel_watch_pid" 2>/dev/null
	kernel_watch_pid=
}

kernel_packages()
{
	echo bc bison cpio flex gcc kmod libc6-dev libelf-dev libssl-dev \
		linux-source-6.12 make perl python3-minimal rsync xz-utils
}
