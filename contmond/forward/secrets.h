/* SPDX-License-Identifier: GPL-2.0-only */
/* What a target answers is shown to people, but never with its secrets. */
#ifndef CONTMOND_FORWARD_SECRETS_H
#define CONTMOND_FORWARD_SECRETS_H

#include "options.h"

/**
 * secrets_show() - is a secret of these options in @text, or a part of one?
 *
 * Also as it is sent. If the URL is secret, so is whatever its owner says.
 */
bool secrets_show(const struct target_options *options, const char *text);

#endif /* CONTMOND_FORWARD_SECRETS_H */
