// SPDX-License-Identifier: GPL-2.0-only
#include "base/text.h"
#include "base/util.h"
#include "contmon/cli/error.h"
#include "mix.h"

#include <errno.h>
#include <string.h>

#define SHARE_MAX 1000

/*
 * What goes beyond the memory of a workload is for the runtime, which needs
 * some before it starts the program, and for the page cache.
 */
static const struct load_workload workloads[NR_LOAD_TYPES] = {
	[LOAD_CPU] = { "cpu", "--cpu 1", "32m", "none" },
	[LOAD_RAM] = { "ram", "--vm 1 --vm-bytes 64M", "96m", "none" },
	[LOAD_DISK] = { "disk", "--hdd 1 --hdd-bytes 16M", "64m", "none" },
	[LOAD_IO] = { "io", "--io 1", "32m", "none" },
	[LOAD_NET] = { "net", "--udp 1", "32m", "bridge" },
	[LOAD_FORK] = { "fork", "--fork 1", "32m", "none" },
	[LOAD_OOM] = { "oom", "--bigheap 1", "32m", "none" },
	[LOAD_MIXED] = { "mixed", "--cpu 1 --vm 1 --vm-bytes 32M --hdd 1 "
			 "--hdd-bytes 16M --io 1", "96m", "none" },
};

const struct load_workload *load_workload(enum load_type type)
{
	return &workloads[type];
}

void load_mix_init(struct load_mix *mix)
{
	size_t i;

	*mix = (struct load_mix){ 0 };
	for (i = 0; i < NR_LOAD_TYPES; i++)
		mix->shares[i] = 1;
}

static int64_t *find_share(struct load_mix *mix, const char *name)
{
	size_t i;

	for (i = 0; i < NR_LOAD_TYPES; i++)
		if (strcmp(name, workloads[i].name) == 0)
			return &mix->shares[i];
	return NULL;
}

/* Why "cpu=4" or "cpu" is refused, or NULL */
static const char *read_share(char *item, struct load_mix *mix)
{
	char *equals = strchr(item, '=');
	uint64_t number = 1;
	int64_t *share;

	if (equals)
		*equals = 0;
	share = find_share(mix, item);
	if (!share)
		return "not one of cpu, ram, disk, io, net, fork, oom, mixed";
	if (*share)
		return "twice";
	if (equals && text_to_u64(equals + 1, 1, SHARE_MAX, &number) < 0)
		return "its share is not a number from 1 to 1000";
	*share = (int64_t)number;
	return NULL;
}

int load_mix_parse(const char *text, struct load_mix *ret)
{
	_cleanup_free_ char *copy = strdup(text);
	struct load_mix mix = { 0 };
	char *rest = copy, *item;
	const char *why;

	if (!copy)
		return cli_failed("--mix", -ENOMEM);
	while ((item = strsep(&rest, ","))) {
		why = read_share(item, &mix);
		if (why) {
			cli_error("--mix %s: %s: %s", text, item, why);
			return CLI_USAGE;
		}
	}
	*ret = mix;
	return CLI_GO_ON;
}

enum load_type load_mix_next(struct load_mix *mix)
{
	size_t i, next = 0;
	int64_t total = 0;

	for (i = 0; i < NR_LOAD_TYPES; i++) {
		total += mix->shares[i];
		mix->behind[i] += mix->shares[i];
		if (mix->behind[i] > mix->behind[next])
			next = i;
	}
	mix->behind[next] -= total;
	return (enum load_type)next;
}
