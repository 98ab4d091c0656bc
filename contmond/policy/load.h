/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads rule files. Apart from vetoes, nothing else in contmond/policy uses
 * files.
 */
#ifndef CONTMOND_POLICY_LOAD_H
#define CONTMOND_POLICY_LOAD_H

#include "policy.h"

#define POLICY_DIRECTORY "/etc/contmon/policy.d"

/**
 * struct policy_error - one mistake
 * @line: 0 means the whole file
 * @text: contains the section, the key, the value and what is allowed
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
 * @paths: files, and directories whose *.conf are read in the order of their
 *	names; each must exist
 * @nr_paths: 0 for POLICY_DIRECTORY, which need not exist
 * @ret: the policy, perhaps without rules; free with policy_free()
 * @errors: all mistakes, in the order of files and lines
 *
 * All or nothing: returns -EINVAL if there is any mistake, or -ENOMEM.
 */
int policy_load(const char *const *paths, size_t nr_paths,
		struct policy **ret, struct policy_errors *errors);

#endif /* CONTMOND_POLICY_LOAD_H */
