# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A container image made of a root's own busybox.

# containers_pack ROOT DIR: have DIR/busybox.tar.
containers_pack()
{
	local root=$1 dir=$2 tree=$2/tree

	mkdir "$tree"
	containers_busybox "$root" "$tree"
	tar -C "$tree" -cf "$dir/busybox.tar" .
	rm -rf "$tree"
}

# containers_busybox ROOT TREE: a minimal system of one static program.
containers_busybox()
{
	local root=$1 tree=$2 applet

	mkdir -p "$tree"/{bin,etc,proc,sys,dev,root,tmp,usr}
	chmod 1777 "$tree/tmp"
	ln -s ../bin "$tree/usr/bin"
	ln -s bin "$tree/sbin"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$tree/etc/passwd"
	echo 'root:x:0:' >"$tree/etc/group"
	cp "$root/bin/busybox" "$tree/bin/"
	"$tree/bin/busybox" --list | while read -r applet; do
		[ "$applet" = busybox ] || ln -s busybox "$tree/bin/$applet"
	done
}
