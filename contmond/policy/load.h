/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads rule files. Of contmond/policy, only this needs files. */
#ifndef CONTMOND_POLICY_LOAD_H
#define CONTMOND_POLICY_LOAD_H

#include "policy.h"

#define POLICY_FOLDER "/etc/contmon/policy.d"

/**
 * struct policy_error - one mistake
 * @line: 0 for the whole file
 * @text: names the section, the key, the value and what is allowed
 */
struct policy_error {
	char *file;
	unsigned int line;
	char *text;
};

/** struct policy_errors - zero-initialise; free with policy_errors_done() */
struct policy_errors {
	struct policy_error *all;
	size_t nr;
};

void policy_errors_done(struct policy_errors *errors);

/**
 * policy_load() - read and check rule files
 * @paths: files, and folders whose *.conf are read in the order of their names;
 *	each must exist
 * @nr_paths: 0 for POLICY_FOLDER, which need not exist
 * @ret: the policy; without rules if there are none. policy_free() frees it
 * @errors: gets every mistake of all files, in their order
 *
 * It is all or nothing: returns -EINVAL after any mistake, or -ENOMEM.
 */
int policy_load(const char *const *paths, size_t nr_paths,
		struct policy **ret, struct policy_errors *errors);

#endif /* CONTMOND_POLICY_LOAD_H */
