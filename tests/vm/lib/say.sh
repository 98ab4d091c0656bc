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

	job_run "$@" >"$log" 2>&1 </dev/null && return
	say "failed: $1 (last lines of $log follow)"
	tail -n 40 "$log" >&2
	exit "$EXIT_HARNESS"
}

# job_run COMMAND...: wait for it such that a signal ends the wait, and job_end
# all of it: it has a process group of its own.
job_run()
{
	local status

	set -m
	"$@" &
	job_pid=$!
	set +m
	wait "$job_pid"
	status=$?
	job_pid=
	return "$status"
}

job_end()
{
	[ -z "$job_pid" ] && return
	kill -- "-$job_pid" 2>/dev/null
	wait "$job_pid" 2>/dev/null
	job_pid=
}

job_pid=
trap job_end EXIT
