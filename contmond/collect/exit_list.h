/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that ended between two samples. If they are too many, those of the
 * container that has the most are lost, so that no container hides what ended
 * in the others.
 */
#ifndef CONTMOND_COLLECT_EXIT_LIST_H
#define CONTMOND_COLLECT_EXIT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <contmon.h>

/* Maximum number of exits in a list */
#define EXITS_MAX 16384

#define EXIT_COMM_BYTES sizeof(((struct contmon_event *)NULL)->comm)

/**
 * struct exit - one process that ended
 * @cgroup_id: the container's own cgroup if @is_in_run, else the one it was in
 * @runtime_ns: CPU time of its whole life
 * @gained_ns: CPU time since the last sample; 0 if this sample still has the
 *	process, and its row counts it
 * @owner: the container that it was in, as in struct sample
 */
struct exit {
	uint64_t start_boottime_ns;
	uint64_t cgroup_id;
	uint64_t runtime_ns;
	uint64_t gained_ns;
	int32_t pid;
	int32_t owner;
	bool is_in_run;
	char comm[EXIT_COMM_BYTES];
};

/* Those that were in no run of a container are one group. */
#define EXIT_GROUP_REST 0

/**
 * struct exit_group - processes of one container that ended
 * @cgroup_id: its own cgroup, or EXIT_GROUP_REST
 * @nr: how many they are
 * @lives_ns: CPU time of their whole lives
 * @is_lost: they are not in the list
 */
struct exit_group {
	uint64_t cgroup_id;
	uint64_t nr;
	uint64_t lives_ns;
	bool is_lost;
};

/**
 * struct exit_list - zero-initialise
 * @groups: in ascending order of cgroup_id
 * @is_known: the list has all processes of each group that is not lost
 * @is_host_known: it is complete for processes outside of containers
 */
struct exit_list {
	struct exit *all;
	size_t nr;
	size_t allocated;
	struct exit_group *groups;
	size_t nr_groups;
	size_t groups_allocated;
	bool is_known;
	bool is_host_known;
};

void exit_list_done(struct exit_list *list);

/** exit_list_clear() - remove all; the memory is kept */
void exit_list_clear(struct exit_list *list);

/** exit_list_add() - add a copy unless its group is lost. 0 or -ENOMEM */
int exit_list_add(struct exit_list *list, const struct exit *exit);

#endif /* CONTMOND_COLLECT_EXIT_LIST_H */
