/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Would what the configuration names open? Nothing is changed by asking, and a
 * contmond that runs is not disturbed: what it has in use is no error.
 *
 * They return a negative errno, with a reason where that says too little.
 */
#ifndef CONTMOND_CHECK_H
#define CONTMOND_CHECK_H

#include "config.h"

int check_listen(const struct config *config, const char **ret_why);
int check_store(const struct config *config, const char **ret_why);
int check_log_file(const struct config *config, const char **ret_why);

#endif /* CONTMOND_CHECK_H */
