// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which action was a rule's last on a container, and how long that takes to
 * find.
 *
 * wrap: strcmp
 */
#include "tests/unit/daemon.h"

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
	assert_int_equal(ledger.nr, 0);
	assert_null(ledger_last(&ledger, "hog", "a", 0));
	ledger_done(&ledger);
}

/* The definition of what the search must find */
static const struct ledger_entry *walk_back(const struct ledger *ledger,
					    const char *rule, const char *id,
					    int64_t user_id)
{
	size_t i;

	for (i = ledger->nr; i > 0; i--) {
		const struct ledger_entry *entry = ledger->all[i - 1];

		if (strcmp(entry->rule, rule) == 0 &&
		    strcmp(entry->id, id) == 0 && entry->user_id == user_id)
			return entry;
	}
	return NULL;
}

static void test_any_history(void **state)
{
	static const char *const rules[] = { "hog", "leak", "old" };
	static const char *const ids[] = { "a", "b", "c", "d", "e" };
	struct ledger ledger = { 0 };
	int64_t now_ms = 0;
	int i;

	(void)state;
	srandom(1);
	for (i = 0; i < 5000; i++) {
		const char *rule = rules[random() % (int)ARRAY_SIZE(rules)];
		const char *id = ids[random() % (int)ARRAY_SIZE(ids)];
		int64_t user_id = random() % 3 - 1;

		now_ms += random() % 120000;
		assert_ptr_equal(ledger_last(&ledger, rule, id, user_id),
				 walk_back(&ledger, rule, id, user_id));
		if (random() % 2 == 0)
			add(&ledger, rule, id, user_id,
			    now_ms - random() % HOUR_MS,
			    random() % (2 * HOUR_MS));
		else if (random() % 4 == 0)
			ledger_expire(&ledger, now_ms);
	}
	ledger_done(&ledger);
}

/* As many as the largest budget allows during the longest cool-down */
static void test_many_others_cost_little(void **state)
{
	enum { NR = 24000, MOST = 2 * 16 };
	struct ledger ledger = { 0 };
	char id[16];
	int i;

	(void)state;
	for (i = 0; i < NR; i++) {
		snprintf(id, sizeof(id), "%d", i % (NR / 2));
		add(&ledger, "hog", id, 0, i, 24 * HOUR_MS);
	}
	for (i = 0; i < NR / 2; i++) {
		snprintf(id, sizeof(id), "%d", i);
		nr_comparisons = 0;
		assert_int_equal(last_ms(&ledger, "hog", id, 0), NR / 2 + i);
		assert_in_range(nr_comparisons, 1, MOST);
	}
	nr_comparisons = 0;
	assert_null(ledger_last(&ledger, "hog", "none", 0));
	assert_in_range(nr_comparisons, 1, MOST);
	ledger_done(&ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_last_of_a_key),
		cmocka_unit_test(test_an_earlier_one_outlives_the_last),
		cmocka_unit_test(test_any_history),
		cmocka_unit_test(test_many_others_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
