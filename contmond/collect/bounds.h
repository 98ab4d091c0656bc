/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The settings that are limits: they also apply to the cgroups below, so those
 * of all cgroups above are read as well. For settings.c.
 */
#ifndef CONTMOND_COLLECT_BOUNDS_H
#define CONTMOND_COLLECT_BOUNDS_H

#include "settings.h"

/** bounds_init() - no limit is known */
void bounds_init(struct settings *settings);
void bounds_done(struct settings *settings);

/** bounds_read() - @settings: after bounds_init(); errors as settings_read() */
int bounds_read(struct settings *settings,
		const struct directories *directories);

/**
 * bounds_copy() - give @ret, a copy of @settings, its own texts and devices
 *
 * Returns 0, or -ENOMEM: then it has none.
 */
int bounds_copy(const struct settings *settings, struct settings *ret);

#endif /* CONTMOND_COLLECT_BOUNDS_H */
