# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The kernel's own rules for C, out of Debian's kernel source, in a root that has
# what they are for: checkpatch.pl, and coccinelle's semantic patches.

# rules_build: have VM_BUILD/rules.
rules_build()
{
	tools_build "$VM_BUILD/rules" rules_make rules_make
}

# The source's 150 MB are there for a megabyte of scripts.
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
