/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ends of processes on a fake host, and what samples have of them. Needs the
 * same wraps as fake_pipeline.h.
 */
#ifndef TESTS_UNIT_FAKE_EXITS_H
#define TESTS_UNIT_FAKE_EXITS_H

#include "fake_pipeline.h"

static uint64_t wanted;

static inline bool has_samples(void)
{
	return status->samples_total >= wanted;
}

static inline void next_sample(void)
{
	wanted = status->samples_total + 1;
	run_until(event, has_samples);
}

/* A process that has started @start ns after boot ends now. */
static inline struct contmon_event *
end(int32_t pid, uint64_t start, uint64_t cgroup_id, uint64_t runtime_ns)
{
	struct contmon_event *exit = happen(CONTMON_EVENT_EXIT, cgroup_id);

	exit->pid = pid;
	exit->start_boottime_ns = start;
	exit->runtime_ns = runtime_ns;
	memcpy(exit->comm, "true", 5);
	return exit;
}

static inline const struct exit_list *exits(void)
{
	return &model->sample->exits;
}

static inline const struct exit *exit_of(int32_t pid)
{
	size_t i;

	for (i = 0; i < exits()->nr; i++)
		if (exits()->all[i].pid == pid)
			return &exits()->all[i];
	fail_msg("no exit of %d", pid);
	return NULL;
}

static inline void must_gain(int32_t pid, int32_t owner, uint64_t gained_ns)
{
	assert_int_equal(exit_of(pid)->owner, owner);
	assert_int_equal(exit_of(pid)->gained_ns, gained_ns);
}

static inline void set_account(size_t i, uint64_t tasks, uint64_t runtime_ns)
{
	host.cgroups[i].valid |= CONTMON_CGROUP_EXITED;
	host.cgroups[i].exited_tasks = tasks;
	host.cgroups[i].exited_runtime_ns = runtime_ns;
}

static inline void must_lack(bool web, bool db, bool others)
{
	assert_true(exits()->is_known);
	assert_int_equal(model->sample->containers[0].lacks_exits, web);
	assert_int_equal(model->sample->containers[1].lacks_exits, db);
	assert_int_equal(exits()->is_host_known, !others);
}

static inline void begin_accounts(void)
{
	set_account(2, 0, 0);
	set_account(3, 0, 0);
	set_account(4, 0, 0);
	next_sample();
	next_sample();
	must_lack(false, false, false);
}

#endif /* TESTS_UNIT_FAKE_EXITS_H */
