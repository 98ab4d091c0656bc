# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Progress and errors, always on stderr: stdout is for COMMAND.

# The harness itself failed, not COMMAND.
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

# A job has its own process group, so that job_end ends all of it. It runs in
# the background, because a signal ends the wait for it.

# job_start COMMAND...: sets job_pid, for job_wait.
job_start()
{
	set -m
	job_main "$@" &
	set +m
	job_pid=$!
	job_pids[job_pid]=$job_pid
}

# In the job's own shell, whose jobs are not those of its parent
job_main()
{
	job_pids=()
	trap job_end EXIT
	trap 'exit 143' HUP INT TERM
	"$@"
}

job_wait()
{
	local status

	wait "$1"
	status=$?
	unset "job_pids[$1]"
	return "$status"
}

job_run()
{
	job_start "$@"
	job_wait "$job_pid"
}

job_end()
{
	local pid

	for pid in "${job_pids[@]}"; do
		kill -- "-$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	job_pids=()
}

job_pids=()
trap job_end EXIT
