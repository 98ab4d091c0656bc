/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks whether everything that the configuration names can be opened. The
 * checks change nothing and do not disturb a running contmond: what it uses is
 * not an error.
 *
 * They return a negative errno, and a reason if the errno is not specific
 * enough.
 */
#ifndef CONTMOND_CHECK_H
#define CONTMOND_CHECK_H

#include "config.h"

int check_listen(const struct config *config, const char **ret_why);
int check_socket(const struct config *config, const char **ret_why);
int check_store(const struct config *config, const char **ret_why);
int check_log_file(const struct config *config, const char **ret_why);
int check_policy_dir(const struct config *config, const char **ret_why);

#endif /* CONTMOND_CHECK_H */
