/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The body of a webhook: JSON with "{{KEY}}" where a value of the event is to
 * be. In a string it becomes a part of it, anywhere else a value of JSON, so
 * that no event can make another object of it.
 */
#ifndef CONTMOND_FORWARD_TEMPLATE_H
#define CONTMOND_FORWARD_TEMPLATE_H

#include "item.h"
#include "options.h"

/**
 * template_check() - is it JSON, and does it name what events have?
 * @ret_why: what is wrong with it, in one line
 *
 * Returns -EINVAL or -ENOMEM.
 */
int template_check(const char *text, const struct target_options *options,
		   char *ret_why, size_t size);

/** template_write() - fill a template in that is right */
void template_write(struct buffer *to, const char *text,
		    const struct item *item);

#endif /* CONTMOND_FORWARD_TEMPLATE_H */
