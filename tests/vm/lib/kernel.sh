# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Kernels of our own, made of Debian's source, to boot the trixie root with. They
# are built in a root made for that, which no guest ever sees.
#
# VM_BUILD/kernel-NAME/ has what kernels/build says, and key: what it was made of.

# kernel_is NAME: there is such a kernel to build.
kernel_is()
{
	[ "$1" != guest ] && [ -e "$VM_TOOLS/kernels/$1.config" ]
}

# kernel_build NAME: make it, unless it is there and up to date.
kernel_build()
(
	local name=$1 dir=$VM_BUILD/kernel-$1 key start=$SECONDS

	exec 3>"$VM_BUILD/kernel.lock" 4>&2
	flock -n 3 || say "waiting for another build ..."
	flock 3
	kernel_builder "$VM_BUILD/builder"
	key=$(kernel_key "$name")
	[ "$(cat "$dir/key" 2>/dev/null)" = "$key" ] && exit
	say "building kernel ($name), about 10 minutes on two processors ..."
	rm -rf "$dir" "$dir.new"
	mkdir "$dir.new"
	say_log "$dir.log" kernel_make "$name" "$dir.new"
	echo "$key" >"$dir.new/key"
	mv "$dir.new" "$dir"
	say "kernel ($name) built in $((SECONDS - start)) s"
)

# The source's version is part of it: that of the builder's package.
kernel_key()
{
	{
		cat "$VM_BUILD/builder/key"
		sed -n '/^Package: linux-source-/,/^$/s/^Version: //p' \
			"$VM_BUILD/builder/root/var/lib/dpkg/status"
		cat "$VM_TOOLS"/kernels/{build,guest.config,"$1.config"}
	} | sha256sum | cut -d ' ' -f 1
}

kernel_make()
{
	unshare --mount "$VM_TOOLS/lib/chroot.sh" "$VM_BUILD/builder/root" \
		"$VM_TOOLS/kernels" "$2" /src/build "$1" 2>&1 | kernel_progress
	return "${PIPESTATUS[0]}"
}

# Pass on a build's output; tell file descriptor 4 every minute how far it is.
kernel_progress()
{
	local start=$SECONDS said=$SECONDS files=0 line

	while IFS= read -r line; do
		printf '%s\n' "$line"
		case $line in
		"  CC "*) files=$((files + 1)) ;;
		esac
		[ $((SECONDS - said)) -ge 60 ] || continue
		said=$SECONDS
		say "... $((SECONDS - start)) s, $files of about 1700 files" 2>&4
	done
}

# kernel_builder DIR: the root that has compiler and source.
kernel_builder()
{
	local dir=$1 key start=$SECONDS

	key=$(declare -f kernel_builder_make kernel_packages |
		sha256sum | cut -d ' ' -f 1)
	[ "$(cat "$dir/key" 2>/dev/null)" = "$key" ] && return
	say "building the root that kernels are built in, about 1 minute ..."
	rm -rf "$dir"
	mkdir "$dir"
	say_log "$dir.log" kernel_builder_make "$dir/root"
	echo "$key" >"$dir/key"
	say "built in $((SECONDS - start)) s"
}

kernel_builder_make()
{
	mmdebstrap --mode=root --variant=minbase \
		--include="$(kernel_packages | paste -sd ,)" trixie "$1" &&
	mkdir "$1/src" "$1/out" &&
	rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin
}

kernel_packages()
{
	printf '%s\n' bc bison cpio flex gcc kmod libc6-dev libelf-dev \
		libssl-dev linux-source-6.12 make perl python3-minimal rsync \
		xz-utils
}
