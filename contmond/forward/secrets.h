/* SPDX-License-Identifier: GPL-2.0-only */
/* A target's answers are shown to people, but never with its secrets */
#ifndef CONTMOND_FORWARD_SECRETS_H
#define CONTMOND_FORWARD_SECRETS_H

#include "options.h"

/**
 * secrets_show() - does @text contain a secret of these options, or part of
 * one?
 *
 * Also finds secrets as they are encoded when sent. If the URL is secret, every
 * answer counts as secret.
 */
bool secrets_show(const struct target_options *options, const char *text);

#endif /* CONTMOND_FORWARD_SECRETS_H */
