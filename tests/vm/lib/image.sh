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
	rm -rf "$dir/root.img" "$dir/image.key"
	say_log "$dir/image.log" image_make "$dir"
	image_bake "$dir" || exit
	mv "$dir/root.img.new" "$dir/root.img"
	echo "$key" >"$dir/image.key"
	say "guest image ($suite) made in $((SECONDS - start)) s"
}

image_make()
{
	local dir=$1

	rm -f "$dir/root.img.new"
	truncate -s 256M "$dir/swap.img" && mkswap "$dir/swap.img" &&
	truncate -s 8G "$dir/root.img.new" &&
	mke2fs -t ext4 -E lazy_itable_init=1,lazy_journal_init=1 -m 0 \
		-d "$dir/root" "$dir/root.img.new"
}

# Boot the new image for good, and let it import its container images.
image_bake()
(
	local dir=$1

	trap guest_end EXIT
	guest_prepare "$(mktemp -d "$VM_BUILD/bake.XXXXXX")"
	containers_pack "$dir/root" "$vm_run/images"
	tar -C "$vm_run/images" -cf "$vm_run/payload.tar" .
	ln "$dir/root.img.new" "$vm_run/root.img"
	ln "$dir/swap.img" "$vm_run/swap.img"
	ln "$dir/root/boot/initrd" "$vm_run/initrd"
	ln "$dir/root/boot/vmlinuz-$(root_kernel "$dir/root")" "$vm_run/vmlinuz"
	vm_snapshot=off
	guest_order task=bake
	guest_boot 600
	cp "$vm_run/console" "$dir/bake.log"
	[ "$(guest_said exit)" = 0 ] ||
		die "import of container images: $(guest_said failed) (see $dir/bake.log)"
)
