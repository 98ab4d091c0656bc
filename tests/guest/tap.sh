# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# TAP for the shell tests in the guest; sourced. tap_finish ends the program.

tap_passed=0 tap_failed=0 tap_skipped=0
tap_out=$(mktemp)
trap 'rm -f "$tap_out"' EXIT

tap_number()
{
	echo $((tap_passed + tap_failed + tap_skipped))
}

# ok WHAT COMMAND...: passes when COMMAND succeeds; else shows its output.
ok()
{
	tap_what=$1
	shift
	if "$@" >"$tap_out" 2>&1; then
		tap_passed=$((tap_passed + 1))
		echo "ok $(tap_number) - $tap_what"
	else
		tap_failed=$((tap_failed + 1))
		echo "# failed: $*"
		sed 's/^/#   /' "$tap_out"
		echo "not ok $(tap_number) - $tap_what"
	fi
}

# skip WHAT WHY
skip()
{
	tap_skipped=$((tap_skipped + 1))
	echo "ok $(tap_number) - $1 # SKIP $2"
}

# The totals as the last line; a program without any test fails.
tap_finish()
{
	echo "1..$(tap_number)"
	echo "$tap_passed passed, $tap_failed failed, $tap_skipped skipped"
	[ "$tap_failed" = 0 ] && [ "$(tap_number)" -gt 0 ]
	exit
}
