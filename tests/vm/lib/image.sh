# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The guest root as a drive, with container images already imported. A guest
# does the import, once: no container registry and no Docker on this side.

image_key()
{
	{
		cat "$1/root.key"
		cat "$VM_TOOLS/lib/image.sh" "$VM_TOOLS/lib/containers.sh"
	} | sha256sum | cut -d ' ' -f 1
}

# image_build SUITE SUITE-DIR: make root.img and swap.img.
image_build()
{
	local suite=$1 dir=$2 key start=$SECONDS

	key=$(image_key "$dir")
	[ "$(cat "$dir/image.key" 2>/dev/null)" = "$key" ] && return
	say "making guest image ($suite), about 1 minute ..."
	rm -rf "$dir/image.key" "$dir"/{root,swap}.img "$dir"/warm-*
	say_log "$dir/image.log" image_make "$dir"
	job_run image_import "$dir" || exit
	echo "$key" >"$dir/image.key"
	say "guest image ($suite) made in $((SECONDS - start)) s"
}

image_make()
{
	local dir=$1

	truncate -s 256M "$dir/swap.img" && mkswap "$dir/swap.img" &&
	truncate -s 8G "$dir/root.img" &&
	mke2fs -t ext4 -E lazy_itable_init=1,lazy_journal_init=1 -m 0 \
		-d "$dir/root" "$dir/root.img"
}

# Boot the new image for good, and let it import its container images.
image_import()
(
	local dir=$1

	job_pid=
	trap guest_end EXIT
	guest_prepare "$dir"
	vm_disk=file=root.img,format=raw
	containers_pack "$dir/root" "$vm_run/order"
	guest_start 600
	guest_order import
	guest_wait
	cat "$vm_run/console" "$vm_run/qemu.log" >"$dir/import.log"
	[ "$(guest_said exit)" = 0 ] ||
		die "cannot import container images (see $dir/import.log)"
)
