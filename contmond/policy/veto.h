/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Vetoes: in a folder beside the store, a file whose name is the id of a
 * decision vetoes it. Who may write there is decided by the folder's group,
 * which is contmond's; who did is the owner of the file. So contmond needs
 * neither another listener nor a right, and a veto that comes while contmond
 * is restarted is not lost. HTTP has no veto: it has no users.
 */
#ifndef CONTMOND_POLICY_VETO_H
#define CONTMOND_POLICY_VETO_H

#include <stdbool.h>

#include "base/act_protocol.h"

#define VETO_FOLDER "veto"

/**
 * veto_path() - the folder beside a store, or of a @decision the file in it
 *
 * Malloced, or NULL.
 */
char *veto_path(const char *store_path, const char *decision);

/**
 * veto_prepare() - make the folder if it is not there
 *
 * -ENOTDIR or -ELOOP if something else is there, -EPERM if it is somebody
 * else's.
 */
int veto_prepare(const char *folder);

/* @who: "user 1000" */
typedef void veto_fn(const char *decision, const char *who, void *userdata);

/**
 * veto_take() - tell of all vetoes, and remove them
 *
 * Everything else in it stays. Returns their number, or a negative errno.
 */
int veto_take(const char *folder, veto_fn *fn, void *userdata);

/** veto_is_id() - can it be the id of a decision? */
bool veto_is_id(const char *text);

#endif /* CONTMOND_POLICY_VETO_H */
