# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The guest root: a Debian tree with a kernel, its headers, Docker and everything
# that building and testing the project needs. Nothing of the project is in it, so
# it stays until one of its inputs changes.

# root_packages SUITE: the names that apply to SUITE, one per line.
root_packages()
{
	awk -v suite="$1" '
		/^#/ || !NF { next }
		sub(/^.*:/, "", $NF) { }
		{
			wanted = NF == 1
			for (i = 1; i < NF; i++) {
				sub(/:$/, "", $i)
				wanted = wanted || $i == suite
			}
			if (wanted)
				print $NF
		}' "$VM_TOOLS/packages"
}

# root_kernel ROOT: the version of its one kernel.
root_kernel()
{
	basename "$1"/lib/modules/*
}

root_key()
{
	{
		echo "$1"
		root_packages "$1"
		cat "$VM_TOOLS"/lib/{debian,root}.sh "$VM_TOOLS"/root/*
	} | sha256sum | cut -d ' ' -f 1
}

# root_build SUITE DIR: make DIR/root unless it is there and up to date.
root_build()
{
	local suite=$1 dir=$2 key start=$SECONDS

	key=$(root_key "$suite")
	[ "$(cat "$dir/root.key" 2>/dev/null)" = "$key" ] && return
	say "building the guest's system ($suite), about 1 minute ..."
	rm -rf "$dir/root.new" "$dir/root.key" "$dir/image.key"
	say_log "$dir/root.log" root_make "$suite" "$dir/root.new"
	rm -rf "$dir/root" || die "cannot remove the old $dir/root"
	mv "$dir/root.new" "$dir/root"
	echo "$key" >"$dir/root.key"
	say "the system ($suite) took $((SECONDS - start)) s"
}

root_make()
{
	debian_make "$1" "$(root_packages "$1" | paste -sd ' ')" "$2" &&
	root_customize "$2"
}

root_customize()
{
	local root=$1

	mkdir -p "$root"/{src,out,mnt/share} &&
	echo contmon-vm >"$root/etc/hostname" &&
	echo '127.0.0.1 localhost contmon-vm' >"$root/etc/hosts" &&
	systemd-machine-id-setup --root="$root" &&
	install -D -m 755 -t "$root/usr/lib/contmon-vm" "$VM_TOOLS/root/take" &&
	install -m 644 -t "$root/etc/systemd/system" \
		"$VM_TOOLS/root/vm-guest.service" &&
	install -D -m 644 "$VM_TOOLS/root/journald.conf" \
		"$root/etc/systemd/journald.conf.d/vm.conf" &&
	install -D -m 644 "$VM_TOOLS/root/docker.json" \
		"$root/etc/docker/daemon.json" || return
	ln -sf "vmlinuz-$(root_kernel "$root")" "$root/boot/vmlinuz"
	# Docker starts on first use of its socket. The others only take time.
	chroot "$root" systemctl enable vm-guest.service &&
	chroot "$root" systemctl disable docker.service containerd.service &&
	chroot "$root" systemctl mask apt-daily.timer apt-daily-upgrade.timer \
		atop.service atop-rotate.timer atopacct.service \
		dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
		fstrim.timer getty.target getty@tty1.service \
		lxc-monitord.service lxc-net.service lxc.service \
		modprobe@efi_pstore.service netavark-dhcp-proxy.service \
		netavark-dhcp-proxy.socket podman-auto-update.service \
		podman-auto-update.timer podman-clean-transient.service \
		podman-restart.service podman.service podman.socket \
		proc-sys-fs-binfmt_misc.automount \
		serial-getty@ttyS0.service sys-fs-fuse-connections.mount \
		sys-kernel-config.mount systemd-binfmt.service \
		systemd-journal-flush.service systemd-logind.service \
		systemd-tmpfiles-clean.timer systemd-udev-trigger.service &&
	root_initrd "$root"
}

# The guest's initrd has the modules for the root drive. With "probe" on the kernel
# command line it only reports that it runs.
root_initrd()
{
	chroot "$1" bash -eu -c '
		tree=$(mktemp -d)
		trap "rm -rf $tree" EXIT
		mkdir "$tree/dev" "$tree/proc" "$tree/root"
		cp /bin/busybox "$tree/busybox"
		version=$(ls /lib/modules)
		n=10
		for module in $(modprobe -S "$version" -a --show-depends \
				virtio_pci virtio_blk ext4 |
				sed -n "s/^insmod //p" | awk "!seen[\$0]++"); do
			case $module in
			*.xz) xz -dc "$module" ;;
			*) cat "$module" ;;
			esac >"$tree/$((n += 1)).ko"
		done
		cat >"$tree/init"
		chmod 755 "$tree/init"
		cd "$tree"
		find . | busybox cpio -o -H newc >/boot/initrd
	' <"$VM_TOOLS/root/initrd-init"
}
