# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The kernel's rules for C, from Debian's kernel source: checkpatch.pl, and
# semantic patches for coccinelle, in a root that has these programs.

# rules_build: make VM_BUILD/rules.
rules_build()
{
	tools_build "$VM_BUILD/rules" rules_make rules_make
}

# Of the source's 150 MB, only a megabyte of scripts is kept.
rules_make()
{
	debian_make trixie "coccinelle libpython3-dev linux-source-6.12 perl" \
		"$1" &&
	mkdir "$1/rules" &&
	tar -C "$1/rules" --strip-components=1 -xJf \
		"$1"/usr/src/linux-source-*.tar.xz --wildcards \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
		'*/scripts/const_structs.checkpatch' '*/scripts/coccinelle' &&
	rm "$1"/usr/src/linux-source-*.tar.xz
}
