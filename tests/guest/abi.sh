#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The layout of every structure in <linux/contmon.h>: no hole, no padding, the
# same for 32-bit callers; and the header compiles by itself in every dialect.

# shellcheck disable=SC2317 # functions that ok() calls by name

. "$(dirname "$0")/tap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir" "$tap_out"' EXIT

# Names of the structures, as the compiler sees them.
structs()
{
	echo '#include <linux/contmon.h>' | gcc -E -x c - |
		sed -n 's/^struct \(contmon_[a-z_]*\) {$/\1/p'
}

# layouts NAME OPTION...: a compiler's layout of each structure, in $dir/NAME,
# without cache lines, and without the 64-bit type behind __u64.
layouts()
{
	name=$1
	shift
	{
		cat
		sed 's/.*/struct & the_&;/' "$dir/structs"
	} | gcc "$@" -g -c -x c -o "$dir/$name.o" - &&
		pahole -F dwarf "$dir/$name.o" |
		sed -e 's/, cachelines: [0-9]*//' -e '/last cacheline/d' \
			-e 's/__attribute__.*;/;/' >"$dir/$name"
	test -s "$dir/$name"
}

# layout NAME STRUCT: the part about one structure
layout()
{
	sed -n "/^struct $2 {/,/^}/p" "$dir/$1"
}

no_holes()
{
	layout "$1" "$2" >"$dir/layout"
	# A tool that cannot parse the structure finds no error in it.
	if ! grep '/\* size: [1-9][0-9]*, members: [1-9]' "$dir/layout"; then
		echo "pahole does not know it"
		return 1
	fi
	! grep -E 'XXX|sum members|padding|hole' "$dir/layout"
}

same_layout()
{
	layout 64 "$1" >"$dir/layout.64"
	layout 32 "$1" >"$dir/layout.32"
	[ -s "$dir/layout.32" ] && diff "$dir/layout.64" "$dir/layout.32"
}

# compiles COMPILER OPTION...: with nothing before it and every warning on
compiles()
{
	echo '#include <linux/contmon.h>' |
		"$@" -Wall -Wextra -Werror -Wpedantic -fsyntax-only -
}

# The checks themselves can fail: a hole, and padding at the end.
seeded_hole_is_found()
{
	echo 'contmon_bad' >"$dir/structs"
	echo 'struct contmon_bad { char a; long b; };' | layouts bad &&
		layout bad contmon_bad | grep -q 'size: 16' &&
		! no_holes bad contmon_bad
}

seeded_difference_is_found()
{
	for name in 64 32; do
		echo 'struct contmon_bad { long a; };' | layouts "$name" "-m$name" ||
			return
	done
	! same_layout contmon_bad
}

test_layouts()
{
	while read -r name; do
		ok "$name has no hole and no padding" no_holes 64 "$name"
		ok "$name is the same for 32 bits" same_layout "$name"
	done <"$dir/structs"
	ok "a hole would be found" seeded_hole_is_found
	ok "a difference would be found" seeded_difference_is_found
}

echo '#include <linux/contmon.h>' >"$dir/header"
structs >"$dir/structs"
ok "the header declares structures" test -s "$dir/structs"
if command -v pahole >/dev/null; then
	ok "they compile for 64 bits" layouts 64 -m64 <"$dir/header"
	ok "they compile for 32 bits" layouts 32 -m32 <"$dir/header"
	test_layouts
else
	skip "layouts" "no pahole here"
fi
ok "the header is C89" compiles gcc -x c -std=gnu89
ok "the header is C11" compiles gcc -x c -std=c11
ok "the header is C17 for 32 bits" compiles gcc -x c -m32 -std=c17
tap_finish
