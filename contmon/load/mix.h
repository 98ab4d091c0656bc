/* SPDX-License-Identifier: GPL-2.0-only */
/* The types of workload, and how many containers of each there are. */
#ifndef CONTMON_LOAD_MIX_H
#define CONTMON_LOAD_MIX_H

#include <stdint.h>

enum load_type { LOAD_CPU, LOAD_RAM, LOAD_DISK, LOAD_IO, LOAD_NET, LOAD_FORK,
		 LOAD_OOM, LOAD_MIXED, NR_LOAD_TYPES };

/**
 * struct load_workload - what a container of a type runs and may use
 * @arguments: of stress, separated by blanks
 * @memory: its limit, as engines read it; there is no swap beyond it
 * @network: of the engine
 */
struct load_workload {
	const char *name;
	const char *arguments;
	const char *memory;
	const char *network;
};

const struct load_workload *load_workload(enum load_type type);

/**
 * struct load_mix - the share of each type, and how far each is behind its own
 */
struct load_mix {
	int64_t shares[NR_LOAD_TYPES];
	int64_t behind[NR_LOAD_TYPES];
};

/* A share for each type */
void load_mix_init(struct load_mix *mix);

/*
 * "cpu=4,ram=3", where a type alone has a share of 1. Returns CLI_GO_ON, or
 * CLI_USAGE after reporting an error.
 */
int load_mix_parse(const char *text, struct load_mix *ret);

/* The type of the next container: the one that is furthest behind its share */
enum load_type load_mix_next(struct load_mix *mix);

#endif /* CONTMON_LOAD_MIX_H */
