/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The body of a webhook: JSON with "{{KEY}}" in place of a value of the event.
 * Inside a string the value becomes part of the string, elsewhere a JSON value,
 * so no event can change the structure.
 */
#ifndef CONTMOND_FORWARD_TEMPLATE_H
#define CONTMOND_FORWARD_TEMPLATE_H

#include "item.h"
#include "options.h"

/**
 * template_check() - is it JSON, and do events have its keys?
 * @ret_why: what is wrong, in one line
 *
 * Returns -EINVAL or -ENOMEM.
 */
int template_check(const char *text, const struct target_options *options,
		   char *ret_why, size_t size);

/** template_write() - fill in a valid template */
void template_write(struct buffer *to, const char *text,
		    const struct item *item);

#endif /* CONTMOND_FORWARD_TEMPLATE_H */
