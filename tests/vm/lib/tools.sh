# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Roots with tools, which are never booted.

# tools_build DIR FUNCTIONS COMMAND...: make DIR/root. COMMAND, with that path
# as its last word, makes it, and again when it or one of FUNCTIONS has changed.
tools_build()
(
	dir=$1 functions=$2 start=$SECONDS
	shift 2

	mkdir -p "$dir"
	exec 3>"$dir/lock"
	flock 3
	# shellcheck disable=SC2086 # a list of names
	key=$({
		declare -f debian_make debian_lean $functions
		echo "$@"
	} | sha256sum | cut -d ' ' -f 1)
	[ "$(cat "$dir/key" 2>/dev/null)" = "$key" ] && exit
	say "building a root of tools ($(basename "$dir")), about 1 minute ..."
	rm -rf "$dir"/{key,root,out,src,src.list}
	say_log "$dir.log" "$@" "$dir/root"
	mkdir -p "$dir"/{src,out} "$dir"/root/{src,out}
	echo "$key" >"$dir/key"
	say "built in $((SECONDS - start)) s"
)
