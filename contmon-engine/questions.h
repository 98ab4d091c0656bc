/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inspects containers, several at a time. A question without an answer is
 * repeated, first after a second and then at growing intervals, until it is
 * answered or the engine reports that the container does not exist.
 */
#ifndef CONTMON_ENGINE_QUESTIONS_H
#define CONTMON_ENGINE_QUESTIONS_H

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "fetch.h"

/**
 * struct question_fns - results of questions
 * @answered: if it returns an error, the question is repeated
 * @gone: the container does not exist
 * @failed: a question has failed for the second time, and is repeated. The
 *	first failure may mean that the engine has stopped, which is noticed
 *	elsewhere
 * @delayed: the user's allowance is spent; the questions wait
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
 * @prefix: begins the paths of requests, like "/v1.44"; copied
 * @user: the engine's user
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
 * An answer that is already on its way may be too old, so the question is then
 * repeated. Returns -ENOMEM, or -ENOBUFS if there are too many questions;
 * root's engines and those of users are counted separately.
 */
int questions_ask(struct questions *questions, const char *id);

/** questions_pause() - ask nothing while @paused */
void questions_pause(struct questions *questions, bool paused);

#endif /* CONTMON_ENGINE_QUESTIONS_H */
