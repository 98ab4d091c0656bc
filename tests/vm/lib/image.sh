# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The guest root as a drive with a container image imported. The first guest
# that boots from it does the import: no registry and no Docker on this side.

# A drive is kept together with the guest that filled it: see kept.sh.
image_key()
{
	{
		cat "$1/root.key"
		cat "$VM_TOOLS"/lib/{image,containers,guest,kept}.sh \
			"$VM_TOOLS"/guest/{machine,fill}
		accel_version
		echo "${vm_accel[*]} $vm_cpu"
	} | sha256sum | cut -d ' ' -f 1
}

# image_build SUITE SUITE-DIR [DRIVE]: make root.img, from DRIVE if given, and
# swap.img; where guests are emulated, keep the guest.
image_build()
{
	local suite=$1 dir=$2 drive=${3:-} key start=$SECONDS

	key=$(image_key "$dir")
	[ "$(cat "$dir/image.key" 2>/dev/null)" = "$key" ] && return
	say "making the guest's drive and booting it once ($suite)," \
		"about 1 minute ..."
	rm -rf "$dir"/image.key "$dir"/{root,swap}.img "$dir/kept"
	say_log "$dir/image.log" image_make "$dir" "$drive"
	job_run image_fill "$dir" || exit
	if accel_emulated; then
		job_run kept_try "$dir" || exit
	fi
	echo "$key" >"$dir/image.key"
	say "the drive ($suite) took $((SECONDS - start)) s"
}

image_make()
{
	local dir=$1 drive=$2

	truncate -s 256M "$dir/swap.img" && mkswap "$dir/swap.img" || return
	if [ -n "$drive" ]; then
		cp --sparse=always "$drive" "$dir/root.img"
		return
	fi
	truncate -s 8G "$dir/root.img" &&
	mke2fs -t ext4 -E lazy_itable_init=1,lazy_journal_init=1 -m 0 \
		-d "$dir/root" "$dir/root.img"
}

# Boot from the drive for good: what this guest writes stays on it.
image_fill()
(
	local dir=$1

	trap guest_end EXIT
	guest_prepare "$dir"
	vm_disk=file=root.img,format=raw
	vm_more=("${kept_options[@]}")
	containers_pack "$dir/root" "$vm_run/order"
	guest_start 3600
	guest_order fill
	if ! guest_reached filled; then
		cat "$vm_run/console" "$vm_run/qemu.log" >"$dir/fill.log"
		die "the first guest failed: $(guest_said failed)" \
			"(see $dir/fill.log)"
	fi
	if accel_emulated; then
		kept_save "$dir/kept"
		guest_monitor quit
	else
		guest_order off
	fi
	guest_wait
	if klog_reports "$vm_run/console" >&2; then
		die "the kernel log of the first guest has warnings or errors"
	fi
)
