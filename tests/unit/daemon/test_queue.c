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
#include <stdlib.h>

#include "contmond/store/queue.h"
#include "contmond/store/tier.h"

#define NR_ENTRIES 100
#define ROOM 10

static struct queue queue;
static unsigned int nr_waits, fails_at;
static size_t nr_written;

int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock,
				  const struct timespec *until);

/* With a reference */
static struct entry *get_first(void)
{
	struct entry **entries, *first;
	size_t nr;

	assert_int_equal(queue_get(&queue, 1, &entries, &nr), 0);
	assert_int_equal(nr, 1);
	first = entries[0];
	free(entries);
	return first;
}

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
	entry = get_first();
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
	entry->is_key = true;
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

/* What there is no room for */

#define USER 1000

static struct entry *new_entry(enum statement statement, int64_t user,
			       int64_t number)
{
	struct entry *entry = entry_new(statement);

	assert_non_null(entry);
	entry_of_user(entry, user);
	entry_add(entry, VALUE_CONTAINER, number);
	entry_add_text(entry, "what is in it");
	return entry;
}

static void add_some(enum statement statement, int64_t user, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		queue_add(&queue, new_entry(statement, user, (int64_t)i));
}

static void begin_with_room_for(size_t nr)
{
	struct entry *entry = new_entry(ADD_EVENT, 0, 0);

	queue_init(&queue, nr * entry->bytes);
	entry_free(entry);
}

static size_t nr_of(enum statement statement, int64_t user)
{
	const struct entry *entry;
	size_t nr = 0;

	for (entry = queue.first; entry; entry = entry->next)
		nr += entry->statement == statement && entry->user == user;
	return nr;
}

/* Ticks, then what is made of them, then what is nowhere else */
static void test_numbers_are_lost_first(void **state)
{
	struct entry *coarse;
	size_t i;

	(void)state;
	begin_with_room_for(40);
	for (i = 0; i < 10; i++) {
		coarse = new_entry(ADD_FRAME, 0, 0);
		coarse->tier = 1;
		queue_add(&queue, coarse);
		add_some(ADD_CONTAINER_MINUTE, 0, 1);
		add_some(ADD_EVENT, 0, 1);
		add_some(ADD_FRAME, 0, 1);
	}
	assert_int_equal(queue.lost, 0);
	add_some(ADD_EVENT, 0, 10);
	assert_int_equal(queue.lost, 10);
	assert_int_equal(nr_of(ADD_FRAME, 0), 10);
	assert_int_equal(nr_of(ADD_CONTAINER_MINUTE, 0), 10);
	add_some(ADD_AUDIT, 0, 20);
	assert_int_equal(nr_of(ADD_FRAME, 0), 0);
	assert_int_equal(nr_of(ADD_CONTAINER_MINUTE, 0), 0);
	assert_int_equal(nr_of(ADD_EVENT, 0), 20);
	add_some(ADD_EVENT, 0, 5);
	assert_int_equal(nr_of(ADD_EVENT, 0), 20);
	assert_int_equal(nr_of(ADD_AUDIT, 0), 20);
	assert_int_equal(queue.lost, 35);
	assert_int_equal(queue.lost_of_users, 0);
	queue_done(&queue);
}

/* Every tenth of a tier can be read without those before it. */
static void add_frames(unsigned int tier, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		struct entry *frame = new_entry(ADD_FRAME, 0, 0);

		frame->tier = tier;
		frame->is_key = i % 10 == 0;
		queue_add(&queue, frame);
	}
}

static void test_frames_are_lost_with_what_needs_them(void **state)
{
	(void)state;
	begin_with_room_for(40);
	add_frames(1, 5);
	add_frames(RAW, 25);
	add_some(ADD_EVENT, 0, 11);
	assert_int_equal(nr_of(ADD_FRAME, 0), 5 + 15);
	assert_int_equal(queue.lost, 10);
	add_some(ADD_EVENT, 0, 10);
	assert_int_equal(nr_of(ADD_FRAME, 0), 5 + 5);
	assert_false(queue_needs_key(&queue, RAW));
	add_some(ADD_EVENT, 0, 10);
	assert_int_equal(nr_of(ADD_FRAME, 0), 5);
	assert_int_equal(queue.lost, 25);
	/* There is none left that could be read, until a whole one comes. */
	assert_true(queue_needs_key(&queue, RAW));
	assert_false(queue_needs_key(&queue, RAW));
	assert_false(queue_needs_key(&queue, 1));
	queue_done(&queue);
}

/* Those of containers would belong to the minute before. */
static void test_minutes_are_lost_with_that_of_the_host(void **state)
{
	size_t i;

	(void)state;
	begin_with_room_for(40);
	for (i = 0; i < 2; i++) {
		add_some(ADD_HOST_MINUTE, 0, 1);
		add_some(ADD_CONTAINER_MINUTE, 0, 9);
	}
	add_some(ADD_EVENT, 0, 21);
	assert_int_equal(nr_of(ADD_HOST_MINUTE, 0), 1);
	assert_int_equal(nr_of(ADD_CONTAINER_MINUTE, 0), 9);
	assert_int_equal(queue.lost, 10);
	/* When the newest is lost, more of its containers may still come. */
	add_some(ADD_EVENT, 0, 10);
	assert_int_equal(nr_of(ADD_HOST_MINUTE, 0), 0);
	add_some(ADD_CONTAINER_MINUTE, 0, 2);
	assert_int_equal(nr_of(ADD_CONTAINER_MINUTE, 0), 0);
	assert_int_equal(queue.lost, 22);
	add_some(ADD_HOST_MINUTE, 0, 1);
	add_some(ADD_CONTAINER_MINUTE, 0, 2);
	assert_int_equal(nr_of(ADD_CONTAINER_MINUTE, 0), 2);
	assert_int_equal(queue.lost, 22);
	queue_done(&queue);
}

/* A span of the coarsest tier has the frames of a week. */
static void test_what_numbers_belong_to_is_lost_last(void **state)
{
	(void)state;
	begin_with_room_for(40);
	add_some(ADD_SPAN, 0, 2);
	add_some(ADD_CONTAINER, 0, 3);
	add_some(ADD_EVENT, 0, 1000);
	assert_int_equal(nr_of(ADD_SPAN, 0), 2);
	assert_int_equal(nr_of(ADD_CONTAINER, 0), 3);
	assert_int_equal(nr_of(ADD_EVENT, 0), 35);
	add_some(ADD_CONTAINER, 0, 1000);
	assert_int_equal(nr_of(ADD_SPAN, 0), 2);
	assert_int_equal(nr_of(ADD_CONTAINER, 0), 38);
	/* They are not kept without limit either. */
	add_some(ADD_SPAN, 0, 1000);
	assert_int_equal(queue.nr, 40);
	queue_done(&queue);
}

/* Events without end of one user */
static void test_a_user_costs_nobody_else(void **state)
{
	(void)state;
	begin_with_room_for(100);
	add_some(ADD_EVENT, 0, 10);
	add_some(ADD_FRAME, 0, 60);
	add_some(ADD_EVENT, USER + 1, 5);
	add_some(ADD_EVENT, USER, 1000);
	assert_int_equal(nr_of(ADD_EVENT, 0), 10);
	assert_int_equal(nr_of(ADD_FRAME, 0), 60);
	assert_int_equal(nr_of(ADD_EVENT, USER + 1), 5);
	assert_int_equal(nr_of(ADD_EVENT, USER), 20);
	assert_int_equal(queue.lost, 980);
	assert_int_equal(queue.lost_of_users, 980);
	/* The newest are kept. */
	assert_int_equal(queue.first->user, 0);
	/* Another one who has less takes room from who has most. */
	add_some(ADD_EVENT, USER + 1, 1000);
	assert_in_range(nr_of(ADD_EVENT, USER), 12, 13);
	assert_in_range(nr_of(ADD_EVENT, USER + 1), 12, 13);
	/* One who was quiet has room at once. */
	add_some(ADD_FINAL, USER + 2, 3);
	assert_int_equal(nr_of(ADD_FINAL, USER + 2), 3);
	assert_int_equal(nr_of(ADD_FRAME, 0), 60);
	queue_done(&queue);
}

/* The row of a container that still runs waits longest. */
static void test_containers_of_a_user_stay(void **state)
{
	(void)state;
	begin_with_room_for(100);
	add_some(ADD_CONTAINER, USER, 3);
	add_some(ADD_EVENT, USER, 1000);
	assert_int_equal(nr_of(ADD_CONTAINER, USER), 3);
	add_some(ADD_CONTAINER, USER, 1000);
	assert_int_equal(nr_of(ADD_EVENT, USER), 0);
	assert_in_range(nr_of(ADD_CONTAINER, USER), 20, 25);
	queue_done(&queue);
}

/* None that has ended is taken for one that runs. */
static void test_containers_of_a_user_end(void **state)
{
	size_t i;

	(void)state;
	begin_with_room_for(100);
	for (i = 0; i < 1000; i++) {
		add_some(ADD_CONTAINER, USER, 1);
		add_some(ADD_DEVICE, USER, 1);
		add_some(ADD_EVENT, USER, 3);
		add_some(END_CONTAINER, USER, 1);
		assert_true(nr_of(END_CONTAINER, USER) >=
			    nr_of(ADD_CONTAINER, USER));
		assert_true(nr_of(ADD_DEVICE, USER) >=
			    nr_of(ADD_CONTAINER, USER));
	}
	assert_true(nr_of(ADD_CONTAINER, USER) > 5);
	queue_done(&queue);
}

/* Room that nobody uses is a user's, too, but only a part of it. */
static void test_room_comes_back(void **state)
{
	struct entry **entries;
	size_t nr;

	(void)state;
	begin_with_room_for(100);
	add_some(ADD_EVENT, USER, 100);
	assert_int_equal(queue.nr, 25);
	assert_int_equal(queue_get(&queue, NR_ENTRIES, &entries, &nr), 0);
	queue_remove(&queue, entries, nr);
	queue_unref(&queue, entries, nr);
	free(entries);
	assert_int_equal(queue.users_bytes, 0);
	add_some(ADD_EVENT, USER, 25);
	assert_int_equal(queue.nr, 25);
	assert_int_equal(queue.lost, 75);
	queue_done(&queue);
}

static void add_cursor(const char *target, int64_t seq)
{
	struct entry *entry = entry_new(SET_CURSOR);

	entry_add_text(entry, target);
	entry_add(entry, VALUE_SEQ, seq);
	queue_add(&queue, entry);
}

/* How something is now: a name that changes, where a target has come. */
static void test_what_is_newer_replaces(void **state)
{
	struct entry *being_written;
	size_t i;

	(void)state;
	begin_with_room_for(100);
	add_some(CHANGE_CONTAINER, 0, 1);
	being_written = get_first();
	for (i = 0; i < NR_ENTRIES; i++) {
		add_some(CHANGE_CONTAINER, 0, 2);
		add_some(SEE_CONTAINER, 0, 2);
		add_some(ADD_EVENT, 0, i == 0);
		add_cursor("a", (int64_t)i);
		add_cursor("ab", (int64_t)i);
	}
	assert_int_equal(queue.nr, 7);
	assert_int_equal(queue.lost, 0);
	assert_int_equal(queue.first->statement, ADD_EVENT);
	/* The newer one is not taken for the one that has been written. */
	queue_remove(&queue, &being_written, 1);
	queue_unref(&queue, &being_written, 1);
	assert_int_equal(nr_of(CHANGE_CONTAINER, 0), 2);
	for (i = 0; queue.first; i++) {
		struct entry *entry = get_first();

		if (entry->statement == SET_CURSOR)
			assert_int_equal(entry->values[1].integer,
					 NR_ENTRIES - 1);
		queue_remove(&queue, &entry, 1);
		queue_unref(&queue, &entry, 1);
	}
	assert_int_equal(i, 7);
	queue_done(&queue);
}

/* How many there are to be written in one transaction */
static size_t nr_to_write(size_t max)
{
	struct entry **entries;
	size_t nr;

	assert_int_equal(queue_get(&queue, max, &entries, &nr), 0);
	queue_remove(&queue, entries, nr);
	queue_unref(&queue, entries, nr);
	free(entries);
	return nr;
}

/* However large it is, and whenever the writer looks */
static void test_a_tick_is_written_as_one(void **state)
{
	(void)state;
	begin_with_room_for(100);
	add_some(ADD_EVENT, 0, 2);
	queue_begin_tick(&queue);
	add_some(ADD_EVENT, 0, 30);
	assert_true(queue_is_ready(&queue));
	assert_int_equal(nr_to_write(10), 2);
	assert_false(queue_is_ready(&queue));
	assert_int_equal(nr_to_write(10), 0);
	add_some(ADD_EVENT, 0, 5);
	queue_end_tick(&queue);
	add_some(ADD_EVENT, 0, 3);
	queue_begin_tick(&queue);
	add_some(ADD_EVENT, 0, 4);
	queue_end_tick(&queue);
	assert_int_equal(nr_to_write(10), 35);
	assert_int_equal(nr_to_write(5), 7);
	queue_done(&queue);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_does_not_fit_is_lost),
		cmocka_unit_test(test_room_is_waited_for),
		cmocka_unit_test(test_not_while_writing_fails),
		cmocka_unit_test(test_an_entry_that_is_too_large),
		cmocka_unit_test(test_numbers_are_lost_first),
		cmocka_unit_test(test_frames_are_lost_with_what_needs_them),
		cmocka_unit_test(test_minutes_are_lost_with_that_of_the_host),
		cmocka_unit_test(test_what_numbers_belong_to_is_lost_last),
		cmocka_unit_test(test_a_user_costs_nobody_else),
		cmocka_unit_test(test_containers_of_a_user_stay),
		cmocka_unit_test(test_containers_of_a_user_end),
		cmocka_unit_test(test_room_comes_back),
		cmocka_unit_test(test_what_is_newer_replaces),
		cmocka_unit_test(test_a_tick_is_written_as_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
