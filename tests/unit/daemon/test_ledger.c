// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is remembered of actions, and how long that takes to find
 *
 * wrap: strcmp sorted_place
 */
#include "tests/unit/daemon.h"

#include "base/sorted.h"
#include "base/util.h"
#include "contmond/policy/ledger.h"

#define COOL_DOWN_MS 300000
#define HOUR_MS 3600000

static size_t nr_comparisons;

int __real_strcmp(const char *a, const char *b);
int __wrap_strcmp(const char *a, const char *b);
int __wrap_strcmp(const char *a, const char *b)
{
	nr_comparisons++;
	return __real_strcmp(a, b);
}

size_t __real_sorted_place(const void *key, const void *array, size_t nr,
			   size_t size, sorted_fn *order, bool *ret_found);
size_t __wrap_sorted_place(const void *key, const void *array, size_t nr,
			   size_t size, sorted_fn *order, bool *ret_found);

static sorted_fn *order_counted;
static size_t nr_steps;

static int count_step(const void *key, const void *element)
{
	nr_steps++;
	return order_counted(key, element);
}

size_t __wrap_sorted_place(const void *key, const void *array, size_t nr,
			   size_t size, sorted_fn *order, bool *ret_found)
{
	order_counted = order;
	return __real_sorted_place(key, array, nr, size, count_step,
				   ret_found);
}

static void add(struct ledger *ledger, const char *rule, const char *id,
		int64_t user_id, int64_t boot_ms, int64_t cool_down_ms)
{
	const struct policy_action action = {
		.rule = rule,
		.id = id,
		.user_id = user_id,
		.boot_ms = boot_ms,
		.cool_down_ms = cool_down_ms,
		.steps = POLICY_STOP,
	};

	assert_int_equal(ledger_add(ledger, &action, false), 0);
}

/* When the last one was */
static int64_t last_ms(struct ledger *ledger, const char *rule, const char *id,
		       int64_t user_id)
{
	const struct ledger_entry *last = ledger_last(ledger, rule, id,
						      user_id);

	return last ? last->boot_ms : POLICY_NO_TIME;
}

/* Times do not increase: the order in which they were added is what counts. */
static void test_the_last_of_a_key(void **state)
{
	static const struct {
		const char *rule, *id;
		int64_t user_id, boot_ms;
	} added[] = {
		{ "hog", "a", 0, 5 },
		{ "leak", "a", 0, 6 },
		{ "hog", "b", 0, 7 },
		{ "hog", "a", 1000, 8 },
		{ "hog", "a", 0, 4 },
		{ "hog", "a", POLICY_NO_USER, 9 },
		{ "ho", "ga", 0, 10 },
	};
	static const struct {
		const char *rule, *id;
		int64_t user_id, last_ms;
	} asked[] = {
		{ "hog", "a", 0, 4 },
		{ "hog", "a", 1000, 8 },
		{ "hog", "a", POLICY_NO_USER, 9 },
		{ "hog", "a", 1001, POLICY_NO_TIME },
		{ "leak", "a", 0, 6 },
		{ "leak", "b", 0, POLICY_NO_TIME },
		{ "hog", "b", 0, 7 },
		{ "hog", "", 0, POLICY_NO_TIME },
		{ "hog", "c", 0, POLICY_NO_TIME },
		{ "ho", "ga", 0, 10 },
		{ "hog", "ga", 0, POLICY_NO_TIME },
	};
	struct ledger ledger = { 0 };
	size_t i;

	(void)state;
	assert_null(ledger_last(&ledger, "hog", "a", 0));
	for (i = 0; i < ARRAY_SIZE(added); i++)
		add(&ledger, added[i].rule, added[i].id, added[i].user_id,
		    added[i].boot_ms, COOL_DOWN_MS);
	for (i = 0; i < ARRAY_SIZE(asked); i++)
		assert_int_equal(last_ms(&ledger, asked[i].rule, asked[i].id,
					 asked[i].user_id),
				 asked[i].last_ms);
	ledger_done(&ledger);
}

/* An action may be remembered for longer than a later one. */
static void test_an_earlier_one_outlives_the_last(void **state)
{
	struct ledger ledger = { 0 };

	(void)state;
	add(&ledger, "hog", "a", 0, 1, 3 * HOUR_MS);
	add(&ledger, "hog", "b", 0, 2, COOL_DOWN_MS);
	add(&ledger, "hog", "a", 0, 3, COOL_DOWN_MS);
	ledger_expire(&ledger, HOUR_MS);
	assert_int_equal(last_ms(&ledger, "hog", "a", 0), 3);
	assert_int_equal(last_ms(&ledger, "hog", "b", 0), 2);
	ledger_expire(&ledger, HOUR_MS + 3);
	assert_int_equal(last_ms(&ledger, "hog", "a", 0), 1);
	assert_null(ledger_last(&ledger, "hog", "b", 0));
	add(&ledger, "hog", "a", 0, HOUR_MS + 3, COOL_DOWN_MS);
	assert_int_equal(last_ms(&ledger, "hog", "a", 0), HOUR_MS + 3);
	ledger_expire(&ledger, 4 * HOUR_MS);
	assert_int_equal(ledger.lists[LEDGER_BY_ID].nr, 0);
	assert_null(ledger_last(&ledger, "hog", "a", 0));
	ledger_done(&ledger);
}

/* The definitions of what searches must find */

struct asked {
	const char *rule, *id, *name;
	int64_t user_id, now_ms;
	double started_ms;
};

static bool is_last(const struct ledger_entry *entry,
		    const struct asked *asked)
{
	return strcmp(entry->rule, asked->rule) == 0 &&
	       strcmp(entry->id, asked->id) == 0 &&
	       entry->user_id == asked->user_id;
}

static bool cools(const struct ledger_entry *entry, const struct asked *asked)
{
	return (entry->user_id == POLICY_NO_USER ||
		entry->user_id == asked->user_id) &&
	       (strcmp(entry->id, asked->id) == 0 ||
		(asked->name && entry->name &&
		 strcmp(entry->name, asked->name) == 0));
}

static bool is_gone(const struct ledger_entry *entry,
		    const struct asked *asked)
{
	return cools(entry, asked) && strcmp(entry->id, asked->id) == 0 &&
	       entry->is_disruptive && !entry->is_undone &&
	       (entry->started_ms == 0 ||
		entry->started_ms == asked->started_ms);
}

static bool is_earlier(const struct ledger_entry *entry,
		       const struct asked *asked)
{
	return cools(entry, asked) && strcmp(entry->rule, asked->rule) == 0 &&
	       !entry->is_undone && asked->now_ms - entry->boot_ms < HOUR_MS;
}

static bool is_used(const struct ledger_entry *entry,
		    const struct asked *asked)
{
	return !entry->is_free && asked->now_ms - entry->boot_ms < 60000;
}

static bool is_used_by_users(const struct ledger_entry *entry,
			     const struct asked *asked)
{
	return entry->user_id > 0 && is_used(entry, asked);
}

typedef bool is_fn(const struct ledger_entry *entry,
		   const struct asked *asked);

/* @ret_last: the last one that was added; @ret_ms: the latest end */
static unsigned int walk(const struct ledger *ledger, is_fn *is,
			 const struct asked *asked,
			 const struct ledger_entry **ret_last, int64_t *ret_ms)
{
	const struct ledger_list *list = &ledger->lists[LEDGER_BY_ID];
	unsigned int nr = 0;
	size_t i;

	*ret_last = NULL;
	*ret_ms = POLICY_NO_TIME;
	for (i = 0; i < list->nr; i++) {
		const struct ledger_entry *entry = list->all[i];
		int64_t end_ms = entry->boot_ms + entry->cool_down_ms;

		if (!is(entry, asked))
			continue;
		nr++;
		if (!*ret_last || (*ret_last)->number < entry->number)
			*ret_last = entry;
		if (end_ms > *ret_ms)
			*ret_ms = end_ms;
	}
	return nr;
}

static void must_agree(struct ledger *ledger, const struct asked *asked)
{
	const struct ledger_entry *last;
	int64_t ms;

	walk(ledger, is_last, asked, &last, &ms);
	assert_ptr_equal(ledger_last(ledger, asked->rule, asked->id,
				     asked->user_id), last);
	walk(ledger, is_earlier, asked, &last, &ms);
	assert_ptr_equal(ledger_earlier(ledger, asked->rule, asked->id,
					asked->name, asked->user_id,
					asked->now_ms), last);
	walk(ledger, cools, asked, &last, &ms);
	assert_int_equal(ledger_cool_ms(ledger, asked->id, asked->name,
					asked->user_id), ms);
	walk(ledger, is_gone, asked, &last, &ms);
	assert_int_equal(ledger_gone_ms(ledger, asked->id, asked->user_id,
					asked->started_ms), ms);
	assert_int_equal(ledger_used(ledger, asked->now_ms, 60000),
			 walk(ledger, is_used, asked, &last, &ms));
	assert_int_equal(ledger_used_by_users(ledger, asked->now_ms, 60000),
			 walk(ledger, is_used_by_users, asked, &last, &ms));
}

/* The last entry of a rule on a container changes, or there is another one. */
static void change(struct ledger *ledger, const struct asked *asked)
{
	const struct policy_action action = {
		.rule = asked->rule, .id = asked->id, .name = asked->name,
		.user_id = asked->user_id, .started_ms = asked->started_ms,
		.boot_ms = asked->now_ms - random() % HOUR_MS,
		.cool_down_ms = random() % (2 * HOUR_MS),
		.steps = random() % 2 ? POLICY_STOP : POLICY_LIMIT,
	};
	struct ledger_entry *last = ledger_last(ledger, asked->rule, asked->id,
						asked->user_id);

	switch (last ? random() % 4 : 0) {
	case 1:
		ledger_acted(ledger, last, action.boot_ms,
			     action.cool_down_ms);
		break;
	case 2:
		ledger_undone(ledger, last, random() % 2);
		break;
	default:
		assert_int_equal(ledger_add(ledger, &action, true), 0);
	}
}

static void test_any_history(void **state)
{
	static const char *const rules[] = { "hog", "leak", "old" };
	static const char *const ids[] = { "a", "b", "c", "d", "e" };
	static const char *const names[] = { "a", "web", "db", NULL };
	struct ledger ledger = { 0 };
	int64_t now_ms = 0;
	int i;

	(void)state;
	srandom(1);
	for (i = 0; i < 5000; i++) {
		const struct asked asked = {
			.rule = rules[random() % (int)ARRAY_SIZE(rules)],
			.id = ids[random() % (int)ARRAY_SIZE(ids)],
			.name = names[random() % (int)ARRAY_SIZE(names)],
			.user_id = random() % 4 - 1,
			.started_ms = (double)(random() % 3),
			.now_ms = now_ms += random() % 120000,
		};

		must_agree(&ledger, &asked);
		if (random() % 2 == 0)
			change(&ledger, &asked);
		else if (random() % 4 == 0)
			ledger_expire(&ledger, now_ms);
	}
	ledger_done(&ledger);
}

enum { MANY = 24000, SEARCH = 2 * 16 };

/* As many as the largest budget allows during the longest cool-down */
static void add_many(struct ledger *ledger)
{
	char id[16];
	int i;

	for (i = 0; i < MANY; i++) {
		const struct policy_action action = {
			.rule = "hog", .id = id, .name = id, .boot_ms = i,
			.cool_down_ms = 24 * HOUR_MS, .steps = POLICY_STOP,
			.user_id = i % 2 == 0 ? 0 : 1000,
		};

		snprintf(id, sizeof(id), "%d", i % (MANY / 2));
		assert_int_equal(ledger_add(ledger, &action, false), 0);
	}
}

static void test_many_others_cost_little(void **state)
{
	struct ledger ledger = { 0 };
	char id[16];
	int i;

	(void)state;
	add_many(&ledger);
	for (i = 0; i < MANY / 2; i++) {
		snprintf(id, sizeof(id), "%d", i);
		nr_comparisons = 0;
		assert_int_equal(last_ms(&ledger, "hog", id, i % 2 * 1000),
				 MANY / 2 + i);
		assert_in_range(nr_comparisons, 1, SEARCH);
	}
	nr_comparisons = 0;
	assert_null(ledger_last(&ledger, "hog", "none", 0));
	assert_in_range(nr_comparisons, 1, SEARCH);
	ledger_done(&ledger);
}

/* By id and by name, known of this user or of nobody, both ends of each */
static void test_others_cost_little_for_cool_downs(void **state)
{
	enum { MOST = 2 * 2 * 2 * SEARCH };
	struct ledger ledger = { 0 };
	char id[16];
	int i;

	(void)state;
	add_many(&ledger);
	for (i = 0; i < MANY / 2; i += 101) {
		const int64_t last = MANY / 2 + i, user_id = i % 2 * 1000;

		snprintf(id, sizeof(id), "%d", i);
		nr_comparisons = 0;
		assert_int_equal(ledger_cool_ms(&ledger, id, id, user_id),
				 last + 24 * HOUR_MS);
		assert_in_range(nr_comparisons, 1, MOST);
		nr_comparisons = 0;
		assert_int_equal(ledger_gone_ms(&ledger, id, user_id, 0),
				 last + 24 * HOUR_MS);
		assert_in_range(nr_comparisons, 1, MOST);
		nr_comparisons = 0;
		assert_int_equal(ledger_earlier(&ledger, "hog", id, id, user_id,
						MANY)->boot_ms, last);
		assert_in_range(nr_comparisons, 1, MOST);
	}
	ledger_done(&ledger);
}

static void test_others_cost_little_for_budgets(void **state)
{
	struct ledger ledger = { 0 };

	(void)state;
	add_many(&ledger);
	nr_steps = 0;
	assert_int_equal(ledger_used(&ledger, MANY, 1000), 999);
	assert_in_range(nr_steps, 1, 16);
	nr_steps = 0;
	assert_int_equal(ledger_used_by_users(&ledger, MANY, 1000), 500);
	assert_in_range(nr_steps, 1, 16);
	assert_int_equal(ledger_used(&ledger, MANY, 24 * HOUR_MS), MANY);
	ledger_done(&ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_last_of_a_key),
		cmocka_unit_test(test_an_earlier_one_outlives_the_last),
		cmocka_unit_test(test_any_history),
		cmocka_unit_test(test_many_others_cost_little),
		cmocka_unit_test(test_others_cost_little_for_cool_downs),
		cmocka_unit_test(test_others_cost_little_for_budgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
