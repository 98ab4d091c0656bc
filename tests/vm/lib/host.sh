# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Requirements of this host: root, and a few Debian packages.

# host_tools LOG: install missing ones.
host_tools()
{
	local log=$1 missing=() tool package

	[ "$(id -u)" -eq 0 ] ||
		die "must run as root: making a guest root needs chroot and mount"
	while read -r tool package; do
		command -v "$tool" >/dev/null || missing+=("$package")
	done <<-EOF
		qemu-system-x86_64 qemu-system-x86
		qemu-img qemu-utils
		mmdebstrap mmdebstrap
		mke2fs e2fsprogs
		mkswap util-linux
		curl curl
	EOF
	[ -e /usr/share/keyrings/debian-archive-keyring.gpg ] ||
		missing+=(debian-archive-keyring)
	[ "${#missing[@]}" -eq 0 ] && return
	command -v apt-get >/dev/null || die "please install: ${missing[*]}"
	say "installing ${missing[*]}, about 1 minute ..."
	say_log "$log" host_apt update
	say_log "$log" host_apt install --yes --no-install-recommends \
		"${missing[@]}"
}

host_apt()
{
	DEBIAN_FRONTEND=noninteractive \
		apt-get -q -o DPkg::Lock::Timeout=600 "$@"
}

# A static busybox for a container image.
host_busybox()
{
	busybox --list >/dev/null 2>&1 && ! ldd "$(command -v busybox)" \
		>/dev/null 2>&1 && return
	say "installing busybox-static ..."
	say_log "$1" host_apt install --yes --no-install-recommends \
		busybox-static
}

# Path of virtiofsd: part of qemu in Debian 12, a separate package later.
host_virtiofsd()
{
	local path

	for path in /usr/libexec/virtiofsd /usr/lib/qemu/virtiofsd; do
		[ -x "$path" ] && echo "$path" && return
	done
	say "installing virtiofsd ..."
	say_log "$1" host_apt install --yes --no-install-recommends virtiofsd
	echo /usr/libexec/virtiofsd
}
