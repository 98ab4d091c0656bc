// SPDX-License-Identifier: GPL-2.0-only
#include "questions.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/names_protocol.h"
#include "base/util.h"
#include "allowance.h"
#include "socket_path.h"
#include "split.h"

#define MAX_ASKED 4

/* Once half of them are used, no engine may exceed its share of one half. */
#define MAX_QUESTIONS (4 * NAMES_MAX)

/* Doubled with each failure, up to the maximum */
#define MIN_SILENCE_MS 10000
#define MAX_SILENCE_MS 60000
#define MIN_DELAY_MS 1000
#define MAX_DELAY_MS 60000

/*
 * @due_ns: when it may be asked
 * @fetch: set while it is being asked; otherwise it is in @waiting
 * @again: the container has changed since it was asked
 */
struct question {
	struct questions *questions;
	TAILQ_ENTRY(question) link;
	char id[NAME_ID_MAX + 1];
	uint64_t due_ns;
	unsigned int nr_failures;
	bool again;
	struct fetch *fetch;
	struct split *answer;
};

TAILQ_HEAD(queue, question);

/* Places for questions, shared by several engines */
struct room {
	size_t nr_questions;
	size_t nr_engines;
};

/*
 * @room: borrowed
 * @by_id: tsearch(3) tree of all questions
 * @waiting: ordered by due time
 * @allowed_ns: when the user's allowance permits the next question
 */
struct questions {
	struct room *room;
	struct fetcher *fetcher;
	char *prefix;
	uid_t user;
	const char *const *keys;
	struct question_fns fns;
	sd_event_source *timer;
	void *by_id;
	size_t nr;
	struct queue waiting;
	size_t nr_asked;
	uint64_t allowed_ns;
	bool paused;
};

/* Separate, so that users' engines take nothing from those of root. */
static struct room of_trusted, of_users;

static bool is_full(const struct questions *questions)
{
	const struct room *room = questions->room;
	size_t half = MAX_QUESTIONS / 2;

	return room->nr_questions >= MAX_QUESTIONS ||
	       (room->nr_questions >= half &&
		questions->nr >= half / room->nr_engines);
}

static int compare(const void *a, const void *b)
{
	const struct question *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static void question_free(void *node)
{
	struct question *question = node;

	split_free(question->answer);
	free(question);
}

static void forget(struct question *question)
{
	struct questions *questions = question->questions;

	tdelete(question, &questions->by_id, compare);
	questions->nr--;
	questions->room->nr_questions--;
	question_free(question);
}

/*
 * The timer expires when the first question is due and allowed, perhaps at
 * once.
 */
static void schedule(struct questions *questions)
{
	const struct question *first = TAILQ_FIRST(&questions->waiting);
	uint64_t when_ns = questions->allowed_ns;

	if (!first || questions->paused || questions->nr_asked == MAX_ASKED) {
		sd_event_source_set_enabled(questions->timer, SD_EVENT_OFF);
		return;
	}
	if (first->due_ns > when_ns)
		when_ns = first->due_ns;
	sd_event_source_set_time(questions->timer, when_ns / NS_PER_USEC);
	sd_event_source_set_enabled(questions->timer, SD_EVENT_ONESHOT);
}

/* Inserts it after others that are due at the same time. */
static void wait_until(struct question *question, uint64_t due_ns)
{
	struct queue *waiting = &question->questions->waiting;
	struct question *before;

	question->due_ns = due_ns;
	TAILQ_FOREACH_REVERSE(before, waiting, queue, link) {
		if (before->due_ns <= due_ns)
			break;
	}
	if (before)
		TAILQ_INSERT_AFTER(waiting, before, question, link);
	else
		TAILQ_INSERT_HEAD(waiting, question, link);
	schedule(question->questions);
}

static uint64_t doubled(uint64_t least, uint64_t most, unsigned int times)
{
	while (times-- > 0 && least < most)
		least *= 2;
	return least < most ? least : most;
}

/* Answers */

static int on_bytes(const char *bytes, size_t nr_bytes, void *userdata)
{
	struct question *question = userdata;

	return split_feed(question->answer, bytes, nr_bytes);
}

static int on_answer(const char *text, size_t length, void *userdata)
{
	struct question *question = userdata;
	const struct question_fns *fns = &question->questions->fns;

	return fns->answered(question->id, text, length, fns->userdata);
}

static void fail(struct question *question, int error)
{
	const struct question_fns *fns = &question->questions->fns;
	uint64_t delay_ms = doubled(MIN_DELAY_MS, MAX_DELAY_MS,
				    question->nr_failures);

	if (++question->nr_failures == 2)
		fns->failed(question->id, error, fns->userdata);
	wait_until(question, clock_monotonic_ns() + delay_ms * NS_PER_MS);
}

static void on_done(int error, long status, void *userdata)
{
	struct question *question = userdata;
	struct questions *questions = question->questions;
	const struct question_fns *fns = &questions->fns;

	question->fetch = NULL;
	questions->nr_asked--;
	if (error == 0 && status == 404)
		fns->gone(question->id, fns->userdata);
	else if (error == 0 && status != 200)
		error = -EREMOTEIO;
	else if (error == 0)
		error = split_end(question->answer);
	split_free(question->answer);
	question->answer = NULL;
	if (error < 0) {
		fail(question, error);
	} else if (question->again) {
		question->nr_failures = 0;
		wait_until(question, clock_monotonic_ns());
	} else {
		forget(question);
		schedule(questions);
	}
}

/* Asking */

static int begin_fetch(struct question *question)
{
	struct questions *questions = question->questions;
	_cleanup_free_ char *path = NULL;
	struct fetch_request request = {
		.silence_ms = (long)doubled(MIN_SILENCE_MS, MAX_SILENCE_MS,
					    question->nr_failures),
		.data = on_bytes,
		.done = on_done,
		.userdata = question,
	};

	if (asprintf(&path, "%s/containers/%s/json", questions->prefix,
		     question->id) < 0)
		return -ENOMEM;
	request.path = path;
	question->answer = split_new(SPLIT_WHOLE, questions->keys,
				     questions->user, on_answer, question);
	if (!question->answer)
		return -ENOMEM;
	return fetch_begin(questions->fetcher, &request, &question->fetch);
}

static void ask(struct question *question)
{
	struct questions *questions = question->questions;
	int r;

	TAILQ_REMOVE(&questions->waiting, question, link);
	question->again = false;
	r = begin_fetch(question);
	if (r == 0) {
		questions->nr_asked++;
		return;
	}
	split_free(question->answer);
	question->answer = NULL;
	fail(question, r);
}

static bool may_ask(struct questions *questions, uint64_t now_ns)
{
	questions->allowed_ns = allowance_take(questions->user, now_ns);
	if (questions->allowed_ns > 0)
		questions->fns.delayed(questions->fns.userdata);
	return questions->allowed_ns == 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct questions *questions = userdata;
	uint64_t now_ns = clock_monotonic_ns();
	struct question *first;

	(void)source;
	(void)usec;
	while (questions->nr_asked < MAX_ASKED) {
		first = TAILQ_FIRST(&questions->waiting);
		if (!first || first->due_ns > now_ns ||
		    !may_ask(questions, now_ns))
			break;
		ask(first);
	}
	schedule(questions);
	return 0;
}

static struct question *find(struct questions *questions, const char *id)
{
	struct question key;
	void *found;

	strcpy(key.id, id);
	found = tfind(&key, &questions->by_id, compare);
	return found ? *(struct question **)found : NULL;
}

static int add(struct questions *questions, const char *id,
	       struct question **ret)
{
	struct question *question;

	if (is_full(questions))
		return -ENOBUFS;
	question = calloc(1, sizeof(*question));
	if (!question)
		return -ENOMEM;
	question->questions = questions;
	strcpy(question->id, id);
	if (!tsearch(question, &questions->by_id, compare)) {
		free(question);
		return -ENOMEM;
	}
	questions->nr++;
	questions->room->nr_questions++;
	*ret = question;
	return 0;
}

int questions_ask(struct questions *questions, const char *id)
{
	struct question *question = find(questions, id);
	int r;

	if (!question) {
		r = add(questions, id, &question);
		if (r < 0)
			return r;
	} else if (question->fetch) {
		question->again = true;
		return 0;
	} else if (question->nr_failures == 0) {
		return 0;
	} else {
		TAILQ_REMOVE(&questions->waiting, question, link);
	}
	wait_until(question, clock_monotonic_ns());
	return 0;
}

void questions_pause(struct questions *questions, bool paused)
{
	questions->paused = paused;
	schedule(questions);
}

int questions_new(sd_event *event, struct fetcher *fetcher, const char *prefix,
		  uid_t user, const char *const *keys,
		  const struct question_fns *fns, struct questions **ret)
{
	struct questions *questions = calloc(1, sizeof(*questions));
	int r;

	if (!questions)
		return -ENOMEM;
	questions->room = socket_path_is_trusted(user) ? &of_trusted :
			  &of_users;
	questions->room->nr_engines++;
	questions->fetcher = fetcher;
	questions->user = user;
	questions->keys = keys;
	questions->fns = *fns;
	TAILQ_INIT(&questions->waiting);
	questions->prefix = strdup(prefix);
	r = questions->prefix ? 0 : -ENOMEM;
	if (r == 0)
		r = sd_event_add_time(event, &questions->timer,
				      CLOCK_MONOTONIC, 0, 1000, on_timer,
				      questions);
	if (r >= 0)
		r = sd_event_source_set_enabled(questions->timer,
						SD_EVENT_OFF);
	if (r < 0) {
		questions_free(questions);
		return r;
	}
	*ret = questions;
	return 0;
}

void questions_free(struct questions *questions)
{
	if (!questions)
		return;
	sd_event_source_disable_unref(questions->timer);
	tdestroy(questions->by_id, question_free);
	questions->room->nr_questions -= questions->nr;
	questions->room->nr_engines--;
	free(questions->prefix);
	free(questions);
}
