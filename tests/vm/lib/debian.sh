# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Debian in a directory.

# debian_make SUITE PACKAGES OPTION... ROOT: a minimal system and PACKAGES, as
# words. Its mounts are in a namespace of their own: they end with it, even when
# it is killed. The tree is not worth an fsync for each file, and the unstable
# Release file of a mirror is often past its date.
debian_make()
{
	local suite=$1 packages=$2
	shift 2

	unshare --mount mmdebstrap --mode=root --variant=minbase \
		--dpkgopt=force-unsafe-io --essential-hook="$(debian_lean)" \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		--include="${packages// /,}" "${@:1:$#-1}" "$suite" "${*: -1}" &&
	rm -rf "${*: -1}"/var/lib/apt/lists/* "${*: -1}"/var/cache/apt/*.bin
}

# A hook that leaves out what is not used here: documentation, network plugins of
# containers (55 MB), and Debian's initrd, which takes 5 s each time it is made. It
# runs after the essential packages, because mmdebstrap itself unpacks slowly where
# paths are excluded.
debian_lean()
{
	cat <<-'EOF'
		chroot "$1" sh -eu -c '
			printf "path-exclude=%s\n" "/usr/share/doc/*" \
				"/usr/share/locale/*" "/usr/share/man/*" \
				"/usr/lib/cni/*" >/etc/dpkg/dpkg.cfg.d/lean
			dpkg-divert --quiet --local --rename \
				--add /usr/sbin/update-initramfs
			ln -s ../bin/true /usr/sbin/update-initramfs'
	EOF
}
