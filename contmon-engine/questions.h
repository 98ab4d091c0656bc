/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inspects containers, several at a time. An unanswered question is repeated,
 * at first after a second and then at growing intervals, until it is answered
 * or the engine reports that there is no such container.
 */
#ifndef CONTMON_ENGINE_QUESTIONS_H
#define CONTMON_ENGINE_QUESTIONS_H

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "fetch.h"

/**
 * struct question_fns - results of questions
 * @answered: if it returns an error, the question is repeated
 * @gone: there is no such container
 * @failed: a question has failed for the second time, and is repeated; the
 *	first failure may be the end of the engine, which is noticed elsewhere
 * @delayed: there are more questions than its user is allowed
 */
struct question_fns {
	int (*answered)(const char *id, const char *text, size_t length,
			void *userdata);
	void (*gone)(const char *id, void *userdata);
	void (*failed)(const char *id, int error, void *userdata);
	void (*delayed)(void *userdata);
	void *userdata;
};

/** struct questions - opaque */
struct questions;

/**
 * questions_new()
 * @prefix: of the paths: "/v1.44"; copied
 * @user: whose engine it is
 * @keys: wanted members of the answers; see split_new()
 *
 * All fetches of @fetcher must have been cancelled before questions_free().
 */
int questions_new(sd_event *event, struct fetcher *fetcher, const char *prefix,
		  uid_t user, const char *const *keys,
		  const struct question_fns *fns, struct questions **ret);
void questions_free(struct questions *questions);

/**
 * questions_ask() - ask about @id as soon as possible
 *
 * If an answer is on its way it may be too old, so the question is repeated
 * after it. Returns -ENOBUFS when there are too many, of all engines of root or
 * of all of users; -ENOMEM.
 */
int questions_ask(struct questions *questions, const char *id);

/** questions_pause() - ask nothing until this is called with false */
void questions_pause(struct questions *questions, bool paused);

#endif /* CONTMON_ENGINE_QUESTIONS_H */
