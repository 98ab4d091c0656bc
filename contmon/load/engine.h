/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_LOAD_ENGINE_H
#define CONTMON_LOAD_ENGINE_H

#include "plan.h"

/*
 * Find the engine called @name or, if that is NULL, the one that answers, of
 * which Docker comes first. Returns 0, or -EIO after reporting why there is
 * none.
 */
int load_engine_find(const char *name, enum load_engine *ret);

/* Which of the engines are installed? A mask; those that @name excludes are
 * not.
 */
unsigned int load_engines_installed(const char *name);

#endif /* CONTMON_LOAD_ENGINE_H */
