/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_LOAD_ENGINE_H
#define CONTMON_LOAD_ENGINE_H

#include "plan.h"

/*
 * Find the engine called @name or, if that is NULL, the one that answers, of
 * which Docker comes first. Returns 0, or after reporting it -EIO if there
 * is none, or -ECANCELED if this was interrupted.
 */
int load_engine_find(const char *name, enum load_engine *ret);

/*
 * Which of the engines are installed? @ret: a mask; those that @name excludes
 * are not in it, nor, without a @name, a Docker that this user may not use.
 * Returns 0, or after reporting it -ETIMEDOUT if one hangs, which is not in
 * @ret, or -ECANCELED if this was interrupted.
 */
int load_engines_installed(const char *name, unsigned int *ret);

/* What helps if an engine makes no container, to be added to @why, or "" */
const char *load_engine_cure(const char *why);

#endif /* CONTMON_LOAD_ENGINE_H */
