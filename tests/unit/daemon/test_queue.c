// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries for which there is no room. The writer writes one whenever somebody
 * waits for it.
 *
 * wrap: pthread_cond_timedwait
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "contmond/store/queue.h"

#define NR_ENTRIES 100
#define ROOM 10

static struct queue queue;
static unsigned int nr_waits, fails_at;
static size_t nr_written;

int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock,
				  const struct timespec *until);

int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock,
				  const struct timespec *until)
{
	struct entry *entry;

	(void)cond;
	(void)until;
	queue.failing = ++nr_waits == fails_at;
	if (queue.failing)
		return ETIMEDOUT;
	pthread_mutex_unlock(lock);
	assert_int_equal(queue_get(&queue, &entry, 1), 1);
	queue_remove(&queue, &entry, 1);
	queue_unref(&queue, &entry, 1);
	nr_written++;
	pthread_mutex_lock(lock);
	return 0;
}

static struct entry *new_frame(void)
{
	struct entry *entry = entry_new(ADD_FRAME);

	assert_non_null(entry);
	entry_add_text(entry, "what is in it");
	return entry;
}

static void begin(bool waits)
{
	struct entry *entry = new_frame();

	queue_init(&queue, ROOM * entry->bytes);
	entry_free(entry);
	queue.waits = waits;
	nr_waits = fails_at = 0;
	nr_written = 0;
}

static void add_all(void)
{
	size_t i;

	for (i = 0; i < NR_ENTRIES; i++)
		queue_add(&queue, new_frame());
	assert_int_equal(queue.nr, ROOM);
}

static void test_what_does_not_fit_is_lost(void **state)
{
	(void)state;
	begin(false);
	add_all();
	assert_int_equal(queue.lost, NR_ENTRIES - ROOM);
	queue_done(&queue);
}

static void test_room_is_waited_for(void **state)
{
	(void)state;
	begin(true);
	add_all();
	assert_int_equal(queue.lost, 0);
	assert_int_equal(nr_written, NR_ENTRIES - ROOM);
	queue_done(&queue);
}

/* It may stay so for ever. */
static void test_not_while_writing_fails(void **state)
{
	(void)state;
	begin(true);
	fails_at = 5;
	add_all();
	assert_int_equal(nr_waits, fails_at);
	assert_int_equal(nr_written, fails_at - 1);
	assert_int_equal(queue.lost, NR_ENTRIES - ROOM - nr_written);
	queue_done(&queue);
}

/* Nothing else is in the way of it. */
static void test_an_entry_that_is_too_large(void **state)
{
	struct entry *entry = new_frame();

	(void)state;
	begin(true);
	queue.max_bytes = entry->bytes - 1;
	queue_add(&queue, entry);
	queue_add(&queue, new_frame());
	assert_int_equal(queue.nr, 1);
	assert_int_equal(nr_written, 1);
	assert_int_equal(queue.lost, 0);
	queue_done(&queue);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_does_not_fit_is_lost),
		cmocka_unit_test(test_room_is_waited_for),
		cmocka_unit_test(test_not_while_writing_fails),
		cmocka_unit_test(test_an_entry_that_is_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
