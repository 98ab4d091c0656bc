# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Progress and failure, always on stderr: stdout belongs to COMMAND.

# The harness itself failed; COMMAND has no say in this status.
readonly EXIT_HARNESS=126

say()
{
	printf 'tests/vm: %s\n' "$*" >&2
}

die()
{
	say "$*"
	exit "$EXIT_HARNESS"
}

# say_log LOG COMMAND...: run with all output in LOG; show its end on failure.
say_log()
{
	local log=$1
	shift

	"$@" >"$log" 2>&1 </dev/null && return
	say "failed: $1 (last lines of ${log#"$PWD"/} follow)"
	tail -n 40 "$log" >&2
	exit "$EXIT_HARNESS"
}
