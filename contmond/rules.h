/* SPDX-License-Identifier: GPL-2.0-only */
/* Loads the rules of policies that the configuration names. */
#ifndef CONTMOND_RULES_H
#define CONTMOND_RULES_H

#include "contmond/policy/policy.h"

/**
 * rules_probe() - is the folder there?
 *
 * The default one need not be. Returns -ENOENT, -ENOTDIR, ...
 */
int rules_probe(const char *folder);

/**
 * rules_load() - all of a folder's *.conf
 * @folder: POLICY_FOLDER need not exist; another one must
 * @ret_errors: after -EINVAL all errors, one line each: "FILE:LINE: WHY", or
 *	"FILE: WHY"; malloced
 *
 * Returns -EINVAL when a file has an error, or -ENOMEM.
 */
int rules_load(const char *folder, struct policy **ret, char **ret_errors);

#endif /* CONTMOND_RULES_H */
