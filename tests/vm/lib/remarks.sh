# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Remarks of tools on the C code. Every remark is a failure, except those that
# lint.known justifies.

passed=0 failed=0
remarks_seen=	# all of them, also those that stand

# known: the regular expressions of lint.known
known()
{
	sed -e '/^#/d' -e 's/\t.*//' "$VM_TOOLS/lint.known"
}

# verdict STATUS WHAT LOG: passed if STATUS is 0 and LOG has no remark
verdict()
{
	local remarks

	# Coccinelle prints a range of columns, and not always a word
	remarks=$(grep -E -e '(warning|error|WARNING|ERROR|CHECK):' \
		-e ':[0-9]+:[0-9]+-[0-9]+:' "$3")
	remarks_seen+=$remarks$'\n'
	remarks=$(grep -vEf <(known) <<<"$remarks" | sort -u)
	[ "$1" = 0 ] || remarks=${remarks:-$(tail -n 20 "$3")}
	verdict_print "$1" "$2" "$remarks"
}

# verdict_known: everything that lint.known justifies must still be remarked on
verdict_known()
{
	local pattern stale=

	while IFS= read -r pattern; do
		grep -qE -e "$pattern" <<<"$remarks_seen" ||
			stale+=$pattern$'\n'
	done < <(known)
	verdict_print 0 "what lint.known justifies is remarked" "${stale%$'\n'}"
}

# verdict_print STATUS WHAT REMARKS
verdict_print()
{
	if [ "$1" = 0 ] && [ -z "$3" ]; then
		echo "ok - $2"
		passed=$((passed + 1))
		return
	fi
	echo "not ok - $2"
	printf '%s\n' "$3" | sed 's/^/#   /'
	failed=$((failed + 1))
}

# verdicts: print the sums; fail if one failed
verdicts()
{
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}

# source_copy DIR: copy the working tree to DIR/src.
source_copy()
{
	mkdir -p "$1"/{src,out}
	project_copy "$1/src" || die "cannot copy the working tree"
}

# driver_build DIR NAME ARGUMENT...: build from scratch, in DIR's root and for
# its kernel, into DIR/out/NAME; the output goes to DIR/NAME.log
driver_build()
{
	local dir=$1 name=$2
	shift 2

	rm -rf "$dir/out/$name"
	project_chroot "$dir" make -C /src BUILD="/out/$name" W=1 \
		KVER="$(root_kernel "$dir/root")" "$@" driver \
		>"$dir/$name.log" 2>&1
}
