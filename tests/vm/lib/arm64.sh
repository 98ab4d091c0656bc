# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Roots for building for arm64: Debian's cross compiler, and the headers of a
# suite's arm64 kernel, unpacked because the packages would pull in that kernel.

# arm64_build SUITE: make VM_BUILD/arm64-SUITE.
arm64_build()
{
	tools_build "$VM_BUILD/arm64-$1" \
		"arm64_make arm64_headers" arm64_make "$1"
}

arm64_make()
{
	debian_make "$1" "dwarves gcc-aarch64-linux-gnu make perl python3" \
		--architectures=amd64,arm64 --customize-hook="
			chroot \"\$1\" sh -euc '$(declare -f arm64_headers)
				arm64_headers'" "$2"
}

# In the root, while it has the lists of packages
arm64_headers()
{
	local headers kbuild

	headers=$(apt-cache depends linux-headers-arm64:arm64 |
		grep -o "linux-headers-[0-9][^:]*")
	kbuild=$(apt-cache depends "$headers:arm64" |
		grep -o "linux-kbuild-[0-9][^:]*" | head -n 1)
	cd /tmp
	apt-get download "$headers:arm64" "${headers%-arm64}-common" "$kbuild"
	for package in *.deb; do
		dpkg-deb --fsys-tarfile "$package" |
			tar -C / --keep-directory-symlink -xf -
		rm "$package"
	done
}
