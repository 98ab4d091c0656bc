/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the files of engines only. */
#ifndef CONTMON_ENGINE_ENGINES_PRIVATE_H
#define CONTMON_ENGINE_ENGINES_PRIVATE_H

#include <sys/queue.h>

#include "engines.h"

/*
 * @user: who could make the path lead elsewhere, or else who owns the socket
 * @device, @inode: identify the socket, so that a second path to it is noticed;
 *	0 if the socket is refused
 * @is_found: by the current search, or by the last one
 * @gone: timer; enabled while the socket is missing
 * @docker: NULL for a directory that cannot be searched
 */
struct engine {
	struct engines *engines;
	TAILQ_ENTRY(engine) link;
	char *path;
	uid_t user;
	dev_t device;
	ino_t inode;
	bool is_found;
	sd_event_source *gone;
	struct table_source *source;
	struct engine_docker *docker;
};

/** @changed: the current search has changed the list */
struct engines {
	sd_event *event;
	sd_event_source *search;
	struct engines_config config;
	struct engine_table *table;
	engines_fn *fn;
	void *userdata;
	TAILQ_HEAD(engine_list, engine) all;
	size_t nr;
	bool changed;
	bool logged_full;
};

/** engines_find() - by the path of its socket; NULL if there is none */
struct engine *engines_find(const struct engines *engines, const char *path);

/* engines_room.c */

/**
 * engines_victim() - the engine that makes room for one of @user; NULL if none
 */
struct engine *engines_victim(const struct engines *engines, uid_t user);

#endif /* CONTMON_ENGINE_ENGINES_PRIVATE_H */
