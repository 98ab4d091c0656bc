/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Vetoes: in a directory next to the store, a file whose name is the id of a
 * decision vetoes it. The directory belongs to contmond's group, which decides
 * who may write there; the owner of the file is who vetoed. So contmond needs
 * neither another listener nor privileges, and a veto during a restart of
 * contmond is not lost. HTTP offers no veto, because it has no users.
 */
#ifndef CONTMOND_POLICY_VETO_H
#define CONTMOND_POLICY_VETO_H

#include <stdbool.h>

#include "base/act_protocol.h"

#define VETO_DIRECTORY "veto"

/**
 * veto_path() - the directory next to a store, or the file in it that vetoes
 * @decision
 *
 * Malloced, or NULL.
 */
char *veto_path(const char *store_path, const char *decision);

/**
 * veto_prepare() - create the directory if it does not exist
 *
 * Returns -ENOTDIR or -ELOOP if it is something else, -EPERM if it belongs to
 * somebody else.
 */
int veto_prepare(const char *directory);

/* @who: "user 1000" */
typedef void veto_fn(const char *decision, const char *who, void *userdata);

/**
 * veto_take() - report all vetoes, and remove them
 *
 * Other files are left alone. Returns the number of vetoes, or a negative
 * errno.
 */
int veto_take(const char *directory, veto_fn *fn, void *userdata);

/** veto_is_id() - can this be the id of a decision? */
bool veto_is_id(const char *text);

#endif /* CONTMOND_POLICY_VETO_H */
