/* SPDX-License-Identifier: GPL-2.0-only */
/* Loads the rules of policies from the configured directory */
#ifndef CONTMOND_RULES_H
#define CONTMOND_RULES_H

#include "contmond/policy/policy.h"

/**
 * rules_probe() - does the directory exist?
 *
 * The default one need not. Returns -ENOENT, -ENOTDIR, ...
 */
int rules_probe(const char *directory);

/**
 * rules_load() - load all *.conf files of a directory
 * @directory: must exist, unless it is POLICY_DIRECTORY
 * @ret_errors: after -EINVAL all errors, one on each line: "FILE:LINE: WHY", or
 *	"FILE: WHY"; malloced
 *
 * Returns -EINVAL if a file has an error, or -ENOMEM.
 */
int rules_load(const char *directory, struct policy **ret, char **ret_errors);

#endif /* CONTMOND_RULES_H */
