/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_LOAD_PROGRAM_H
#define CONTMON_LOAD_PROGRAM_H

#include "plan.h"

/**
 * struct load_answer - what a program printed; zero-initialise
 * @status: its exit status; a negative errno: it could not be run, or was
 *	killed; -ETIMEDOUT: after its limit; -ECANCELED: by a request to stop
 */
struct load_answer {
	int status;
	char *out;
	char *error;
};

void load_answer_done(struct load_answer *answer);
#define _cleanup_answer_ _cleanup_(load_answer_done)

/*
 * Run a program to its end, unless it takes too long. Requests to stop wait,
 * except for commands that may stop: what an engine was told to do is done, so
 * that it can be undone. Returns @ret->status.
 */
int load_program_run(const struct load_command *command,
		     struct load_answer *ret);

/* The line that says why it failed. @answer owns it */
const char *load_answer_why(struct load_answer *answer);

#endif /* CONTMON_LOAD_PROGRAM_H */
