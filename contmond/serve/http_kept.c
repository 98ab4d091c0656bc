// SPDX-License-Identifier: GPL-2.0-only
#include "http_kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/gzip.h"
#include "etag.h"
#include "http_rights.h"

enum progress { NOT_BEGUN, UNDER_WAY, SUCCEEDED, FAILED };

/**
 * struct http_kept_answer - one answer
 * @references: by the list, by whoever makes or awaits it, and by replies and
 *	bodies that are being sent
 * @nr_plain: those of them, except for the list, that may need @body
 * @is_kept: it is in the list
 * @counted: its share of nr_bytes
 * @until_ns: when it is too old to be given to anybody (monotonic clock)
 * @key: identifies the request
 * @making: progress of all that is below. After SUCCEEDED all of that is
 *	constant and needs no lock, except for the compressed body; but @body is
 *	freed when nobody needs it
 * @packing: the same for the compressed body
 */
struct http_kept_answer {
	struct http_kept *kept;
	size_t references;
	size_t nr_plain;
	bool is_kept;
	size_t counted;
	uint64_t until_ns;
	struct buffer key;
	enum progress making;
	const char *content_type;
	char etag[ETAG_MAX];
	char *body;
	size_t length;
	enum progress packing;
	char *packed;
	size_t packed_length;
};

void http_kept_init(struct http_kept *kept)
{
	*kept = (struct http_kept){ 0 };
	pthread_mutex_init(&kept->lock, NULL);
	pthread_cond_init(&kept->made, NULL);
}

void http_kept_done(struct http_kept *kept)
{
	http_kept_renew(kept);
	pthread_cond_destroy(&kept->made);
	pthread_mutex_destroy(&kept->lock);
}

/* The list. Call these with the lock held. */

static void drop(struct http_kept_answer *answer)
{
	if (--answer->references > 0)
		return;
	buffer_done(&answer->key);
	free(answer->body);
	free(answer->packed);
	free(answer);
}

/*
 * The body is much larger than the compressed one, and some clients are slow.
 */
static void forget_plain(struct http_kept_answer *answer)
{
	if (answer->is_kept || answer->nr_plain > 0)
		return;
	free(answer->body);
	answer->body = NULL;
}

static void remove_at(struct http_kept *kept, size_t i)
{
	struct http_kept_answer *answer = kept->all[i];

	kept->nr--;
	memmove(&kept->all[i], &kept->all[i + 1],
		(kept->nr - i) * sizeof(kept->all[0]));
	kept->nr_bytes -= answer->counted;
	answer->is_kept = false;
	forget_plain(answer);
	drop(answer);
}

static void remove_old(struct http_kept *kept)
{
	uint64_t now = clock_monotonic_ns();
	size_t i = 0;

	while (i < kept->nr) {
		if (now >= kept->all[i]->until_ns)
			remove_at(kept, i);
		else
			i++;
	}
}

static struct http_kept_answer *find(const struct http_kept *kept,
				     const struct buffer *key)
{
	size_t i;

	for (i = 0; i < kept->nr; i++) {
		const struct buffer *other = &kept->all[i]->key;

		if (other->length == key->length &&
		    memcmp(other->text, key->text, key->length) == 0)
			return kept->all[i];
	}
	return NULL;
}

/* Takes ownership of @key. Returns NULL if there is no memory. */
static struct http_kept_answer *add(struct http_kept *kept, struct buffer *key,
				    uint64_t max_age_ms)
{
	struct http_kept_answer *answer = calloc(1, sizeof(*answer));

	if (!answer)
		return NULL;
	if (kept->nr == HTTP_KEPT_MAX_ANSWERS)
		remove_at(kept, 0);
	answer->kept = kept;
	answer->references = 2;
	answer->nr_plain = 1;
	answer->is_kept = true;
	answer->until_ns = max_age_ms == HTTP_KEPT_ANY_AGE ? UINT64_MAX :
		clock_monotonic_ns() + max_age_ms * NS_PER_MS;
	answer->key = *key;
	*key = (struct buffer){ 0 };
	answer->making = UNDER_WAY;
	kept->all[kept->nr++] = answer;
	return answer;
}

static void remove_answer(struct http_kept_answer *answer)
{
	struct http_kept *kept = answer->kept;
	size_t i;

	for (i = 0; answer->is_kept; i++) {
		if (kept->all[i] == answer)
			remove_at(kept, i);
	}
}

/* Makes room for a larger body by removing others, or the answer itself. */
static void count(struct http_kept_answer *answer, size_t nr_bytes)
{
	struct http_kept *kept = answer->kept;

	if (!answer->is_kept)
		return;
	kept->nr_bytes += nr_bytes - answer->counted;
	answer->counted = nr_bytes;
	if (nr_bytes > HTTP_KEPT_MAX_BYTES)
		remove_answer(answer);
	while (kept->nr_bytes > HTTP_KEPT_MAX_BYTES)
		remove_at(kept, kept->all[0] == answer ? 1 : 0);
}

/* Requests */

/* No part contains a NUL, so different requests have different keys. */
static void make_key(const struct request *request, unsigned int form,
		     struct buffer *key)
{
	size_t i;

	buffer_printf(key, "%u %u %s", http_rights_class(request), form,
		      request->path);
	for (i = 0; i < request->nr_parameters; i++) {
		const struct parameter *one = &request->parameters[i];

		buffer_putc(key, '\0');
		buffer_puts(key, one->key);
		buffer_putc(key, '\0');
		buffer_puts(key, one->value);
	}
}

/* The reply takes over the caller's reference. */
static void give(struct http_kept_answer *answer, struct reply *reply)
{
	reply->status = 200;
	reply->content_type = answer->content_type;
	memcpy(reply->etag, answer->etag, sizeof(reply->etag));
	reply->kept = answer;
}

/*
 * Takes ownership of @key unless it is found. Returns NULL if the answer cannot
 * be kept.
 */
static struct http_kept_answer *find_or_add(struct http_kept *kept,
					    struct buffer *key,
					    uint64_t max_age_ms,
					    bool *ret_is_new)
{
	struct http_kept_answer *answer;

	remove_old(kept);
	answer = find(kept, key);
	*ret_is_new = !answer;
	if (!answer)
		return add(kept, key, max_age_ms);
	answer->references++;
	answer->nr_plain++;
	while (answer->making == UNDER_WAY)
		pthread_cond_wait(&kept->made, &kept->lock);
	if (answer->making == SUCCEEDED)
		return answer;
	drop(answer);
	return NULL;
}

bool http_kept_get(struct http_kept *kept, const struct request *request,
		   unsigned int form, uint64_t max_age_ms, struct reply *reply,
		   struct http_kept_answer **ret_making)
{
	struct http_kept_answer *answer = NULL;
	struct buffer key = { 0 };
	bool is_new = true;

	make_key(request, form, &key);
	if (!key.failed) {
		pthread_mutex_lock(&kept->lock);
		answer = find_or_add(kept, &key, max_age_ms, &is_new);
		pthread_mutex_unlock(&kept->lock);
	}
	buffer_done(&key);
	*ret_making = is_new ? answer : NULL;
	if (is_new || !answer)
		return false;
	give(answer, reply);
	return true;
}

/* Answers */

/* Buffers allocate up to twice of what they need. */
static void fit(char **bytes, size_t length)
{
	char *shrunk = realloc(*bytes, length + 1);

	if (shrunk)
		*bytes = shrunk;
}

static void take(struct http_kept_answer *answer, struct reply *reply)
{
	answer->content_type = reply->content_type;
	memcpy(answer->etag, reply->etag, sizeof(answer->etag));
	answer->body = reply->body.text;
	answer->length = reply->body.length;
	reply->body = (struct buffer){ 0 };
	fit(&answer->body, answer->length);
}

void http_kept_put(struct http_kept_answer *making, struct reply *reply)
{
	struct http_kept *kept;
	bool is_good;

	if (!making)
		return;
	kept = making->kept;
	is_good = reply->status == 200 && !reply->body.failed &&
		  reply->body.length > 0;
	if (is_good) {
		etag_add(reply);
		take(making, reply);
		give(making, reply);
	}
	pthread_mutex_lock(&kept->lock);
	making->making = is_good ? SUCCEEDED : FAILED;
	if (is_good)
		count(making, making->length);
	else
		remove_answer(making);
	pthread_cond_broadcast(&kept->made);
	if (!is_good)
		drop(making);
	pthread_mutex_unlock(&kept->lock);
}

const char *http_kept_body(const struct http_kept_answer *answer,
			   size_t *ret_length)
{
	*ret_length = answer->length;
	return answer->body;
}

/* To be called with the lock held; releases it meanwhile. */
static void pack(struct http_kept_answer *answer)
{
	pthread_mutex_t *lock = &answer->kept->lock;
	bool is_good;

	answer->packing = UNDER_WAY;
	pthread_mutex_unlock(lock);
	is_good = gzip_pack(answer->body, answer->length, &answer->packed,
			    &answer->packed_length) == 0;
	if (is_good)
		fit(&answer->packed, answer->packed_length);
	pthread_mutex_lock(lock);
	answer->packing = is_good ? SUCCEEDED : FAILED;
	count(answer, answer->length + answer->packed_length);
	pthread_cond_broadcast(&answer->kept->made);
}

const char *http_kept_packed(struct http_kept_answer *answer,
			     size_t *ret_length)
{
	struct http_kept *kept = answer->kept;

	pthread_mutex_lock(&kept->lock);
	while (answer->packing == UNDER_WAY)
		pthread_cond_wait(&kept->made, &kept->lock);
	if (answer->packing == NOT_BEGUN)
		pack(answer);
	pthread_mutex_unlock(&kept->lock);
	*ret_length = answer->packed_length;
	return answer->packed;
}

void http_kept_only_packed(struct http_kept_answer *answer)
{
	pthread_mutex_lock(&answer->kept->lock);
	answer->nr_plain--;
	forget_plain(answer);
	pthread_mutex_unlock(&answer->kept->lock);
}

void http_kept_unref(struct http_kept_answer *answer)
{
	if (!answer)
		return;
	http_kept_only_packed(answer);
	http_kept_unref_packed(answer);
}

void http_kept_unref_packed(struct http_kept_answer *answer)
{
	struct http_kept *kept;

	if (!answer)
		return;
	kept = answer->kept;
	pthread_mutex_lock(&kept->lock);
	drop(answer);
	pthread_mutex_unlock(&kept->lock);
}

void http_kept_renew(struct http_kept *kept)
{
	pthread_mutex_lock(&kept->lock);
	while (kept->nr > 0)
		remove_at(kept, kept->nr - 1);
	pthread_mutex_unlock(&kept->lock);
}
