#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: unshare --mount lib/chroot.sh ROOT SOURCE OUT COMMAND...
# Run COMMAND in the guest root, which it sees read-only, with SOURCE at /src and
# OUT at /out. The mounts belong to this process' namespace and end with it.
set -eu

root=$1 source=$2 out=$3
shift 3

mount --make-rprivate /
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --bind "$source" "$root/src"
mount --bind "$out" "$root/out"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp \
	LC_ALL=C.UTF-8 "$@"
