// SPDX-License-Identifier: GPL-2.0-only
#include "forward.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/libcurl.h"
#include "base/log.h"
#include "base/util.h"
#include "contmond/store/ticks.h"
#include "target.h"

/* How often backlogs are counted */
#define COUNT_EVERY_NS NS_PER_SECOND
#define MAX_WAIT_MS 1000
/*
 * Time limit for requests under way when contmond stops or their target is
 * removed
 */
#define STOP_NS (2 * NS_PER_SECOND)
/* How often to check meanwhile whether they have ended */
#define STOP_WAIT_MS 100

struct forward_plan {
	struct target *all[TARGETS_MAX];
	size_t nr;
};

/**
 * struct forward - see forward.h
 * @lock: protects @next and @stopping
 * @next: targets to use from now on; NULL for no change
 * @now: targets in use; like all that follows, only for the thread
 * @coming: targets to use once no request of a removed target is under way, or
 *	at @coming_ns; NULL for no change
 */
struct forward {
	struct store *store;
	const char *host;
	struct targets *status;
	CURLM *multi;
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock;
	struct forward_plan *next;
	bool stopping;
	struct forward_plan *now;
	struct forward_plan *coming;
	uint64_t coming_ns;
	uint64_t count_ns;
};

/* The thread */

static void cancel(struct forward *forward, struct target *target)
{
	if (target->busy)
		curl.multi_remove_handle(forward->multi, target->easy);
	target->busy = false;
}

/* Replaces the targets of @plan by current ones with the same settings. */
static void keep_same(struct forward *forward, struct forward_plan *plan)
{
	size_t i, j;

	for (i = 0; i < forward->now->nr; i++) {
		struct target **old = &forward->now->all[i];

		for (j = 0; j < plan->nr; j++) {
			struct target *new = plan->all[j];

			if (strcmp((*old)->options.name, new->options.name))
				continue;
			if (options_equal(&(*old)->options, &new->options)) {
				plan->all[j] = *old;
				*old = new;
			} else {
				target_follow(new, *old);
			}
			break;
		}
	}
}

/* Will the target be removed, or replaced by another of its name? */
static bool is_ending(const struct forward *forward,
		      const struct target *target)
{
	const struct forward_plan *coming = forward->coming;
	size_t i;

	for (i = 0; coming && i < coming->nr; i++) {
		if (options_equal(&target->options, &coming->all[i]->options))
			return false;
	}
	return coming;
}

/* What is being sent would be sent again by the next target of this name. */
static bool must_wait(const struct forward *forward)
{
	size_t i;

	if (!forward->now || clock_monotonic_ns() >= forward->coming_ns)
		return false;
	for (i = 0; i < forward->now->nr; i++) {
		if (forward->now->all[i]->busy &&
		    is_ending(forward, forward->now->all[i]))
			return true;
	}
	return false;
}

static void take_next(struct forward *forward)
{
	struct forward_plan *next;

	pthread_mutex_lock(&forward->lock);
	next = forward->next;
	forward->next = NULL;
	pthread_mutex_unlock(&forward->lock);
	if (!next)
		return;
	if (!forward->coming)
		forward->coming_ns = clock_monotonic_ns() + STOP_NS;
	forward_plan_free(forward->coming);
	forward->coming = next;
}

static void use_next(struct forward *forward)
{
	struct forward_plan *next;
	size_t i;

	take_next(forward);
	next = forward->coming;
	if (!next || must_wait(forward))
		return;
	forward->coming = NULL;
	if (forward->now) {
		keep_same(forward, next);
		for (i = 0; i < forward->now->nr; i++)
			cancel(forward, forward->now->all[i]);
	}
	forward_plan_free(forward->now);
	forward->now = next;
	forward->count_ns = 0;
}

static void count(struct forward *forward, uint64_t now_ns)
{
	size_t i;

	if (now_ns < forward->count_ns)
		return;
	forward->count_ns = now_ns + COUNT_EVERY_NS;
	for (i = 0; i < forward->now->nr; i++)
		target_count(forward->now->all[i]);
}

static void publish(struct forward *forward)
{
	struct targets *status = forward->status;
	size_t i;

	pthread_mutex_lock(&status->lock);
	status->nr = forward->now->nr;
	for (i = 0; i < status->nr; i++)
		status->all[i] = forward->now->all[i]->status;
	pthread_mutex_unlock(&status->lock);
}

static void begin_requests(struct forward *forward)
{
	uint64_t now_ns = clock_monotonic_ns();
	size_t i;

	for (i = 0; i < forward->now->nr; i++) {
		struct target *target = forward->now->all[i];

		if (is_ending(forward, target) ||
		    !target_step(target, now_ns))
			continue;
		target->due_ns = clock_monotonic_ns() +
				 target->options.timeout_ms * NS_PER_MS;
		curl.multi_add_handle(forward->multi, target->easy);
	}
}

/*
 * Called after reading answers, so an answer that has arrived is in time: this
 * thread may have waited for the store or for a processor. libcurl's own
 * timeout would come before reading, and repeat the request.
 */
static bool end_late_requests(struct forward *forward)
{
	uint64_t now_ns = clock_monotonic_ns();
	bool any = false;
	size_t i;

	for (i = 0; i < forward->now->nr; i++) {
		struct target *target = forward->now->all[i];

		if (!target->busy || now_ns < target->due_ns)
			continue;
		curl.multi_remove_handle(forward->multi, target->easy);
		target_finish(target, CURLE_OPERATION_TIMEDOUT);
		any = true;
	}
	return any;
}

/* Returns whether any request has ended. */
static bool end_requests(struct forward *forward)
{
	struct target *target;
	bool any = false;
	CURLMsg *message;
	int left;

	curl.multi_perform(forward->multi, &left);
	while ((message = curl.multi_info_read(forward->multi, &left))) {
		CURLcode result = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
				  &target);
		curl.multi_remove_handle(forward->multi, target->easy);
		target_finish(target, result);
		any = true;
	}
	return end_late_requests(forward) || any;
}

/* Time until something is due, in ms */
static int idle_ms(const struct forward *forward)
{
	uint64_t now_ns = clock_monotonic_ns();
	uint64_t wait_ms = forward->coming ? STOP_WAIT_MS : MAX_WAIT_MS;
	size_t i;

	for (i = 0; i < forward->now->nr; i++) {
		const struct target *target = forward->now->all[i];
		uint64_t due_ms = target->due_ns > now_ns ?
				  (target->due_ns - now_ns) / NS_PER_MS + 1 : 0;

		if ((target->busy || !is_ending(forward, target)) &&
		    due_ms < wait_ms)
			wait_ms = due_ms;
	}
	return (int)wait_ms;
}

static bool is_stopping(struct forward *forward)
{
	bool stopping;

	pthread_mutex_lock(&forward->lock);
	stopping = forward->stopping;
	pthread_mutex_unlock(&forward->lock);
	return stopping;
}

static bool is_busy(const struct forward *forward)
{
	size_t i;

	for (i = 0; i < forward->now->nr; i++) {
		if (forward->now->all[i]->busy)
			return true;
	}
	return false;
}

/* Without waiting for answers, requests would be repeated after the start. */
static void drain(struct forward *forward)
{
	uint64_t end_ns = clock_monotonic_ns() + STOP_NS;
	size_t i;

	while (is_busy(forward) && clock_monotonic_ns() < end_ns) {
		curl.multi_poll(forward->multi, NULL, 0, STOP_WAIT_MS, NULL);
		end_requests(forward);
	}
	for (i = 0; i < forward->now->nr; i++)
		cancel(forward, forward->now->all[i]);
}

static void *run(void *userdata)
{
	struct forward *forward = userdata;

	pthread_setname_np(pthread_self(), "forward");
	while (!is_stopping(forward)) {
		use_next(forward);
		if (!forward->now) {
			curl.multi_poll(forward->multi, NULL, 0, MAX_WAIT_MS,
					NULL);
			continue;
		}
		count(forward, clock_monotonic_ns());
		begin_requests(forward);
		if (!end_requests(forward))
			curl.multi_poll(forward->multi, NULL, 0,
					idle_ms(forward), NULL);
		publish(forward);
	}
	if (forward->now)
		drain(forward);
	return NULL;
}

/* Start and stop */

struct forward *forward_new(struct store *store, const char *host,
			    struct targets *status)
{
	struct forward *forward = calloc(1, sizeof(*forward));

	if (!forward)
		return NULL;
	forward->store = store;
	forward->host = host;
	forward->status = status;
	pthread_mutex_init(&forward->lock, NULL);
	return forward;
}

static int start(struct forward *forward)
{
	int r;

	if (forward->has_thread)
		return 0;
	r = libcurl_load();
	if (r < 0)
		return r;
	if (!forward->multi) {
		curl.global_init(CURL_GLOBAL_DEFAULT);
		forward->multi = curl.multi_init();
	}
	if (!forward->multi)
		return -ENOMEM;
	r = pthread_create(&forward->thread, NULL, run, forward);
	forward->has_thread = r == 0;
	return -r;
}

void forward_free(struct forward *forward)
{
	if (!forward)
		return;
	if (forward->has_thread) {
		pthread_mutex_lock(&forward->lock);
		forward->stopping = true;
		pthread_mutex_unlock(&forward->lock);
		curl.multi_wakeup(forward->multi);
		pthread_join(forward->thread, NULL);
	}
	forward_plan_free(forward->next);
	forward_plan_free(forward->coming);
	forward_plan_free(forward->now);
	if (forward->multi) {
		curl.multi_cleanup(forward->multi);
		curl.global_cleanup();
	}
	pthread_mutex_destroy(&forward->lock);
	free(forward);
}

/* Plans */

int forward_plan(struct forward *forward, const struct target_options *options,
		 size_t nr, struct forward_plan **ret)
{
	struct forward_plan *plan = calloc(1, sizeof(*plan));
	int r = plan ? 0 : -ENOMEM;
	size_t i;

	if (r == 0 && nr > 0)
		r = start(forward);
	for (i = 0; i < nr && r == 0; i++) {
		r = target_new(&options[i], forward->store, forward->host,
			       &plan->all[i]);
		plan->nr += r == 0;
	}
	if (r < 0) {
		forward_plan_free(plan);
		return r;
	}
	*ret = plan;
	return 0;
}

void forward_plan_free(struct forward_plan *plan)
{
	size_t i;

	for (i = 0; plan && i < plan->nr; i++)
		target_free(plan->all[i]);
	free(plan);
}

void forward_use(struct forward *forward, struct forward_plan *plan)
{
	struct forward_plan *unused;

	pthread_mutex_lock(&forward->lock);
	unused = forward->next;
	forward->next = plan;
	pthread_mutex_unlock(&forward->lock);
	forward_plan_free(unused);
	if (forward->multi)
		curl.multi_wakeup(forward->multi);
}
