// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long each tier keeps its numbers, in time that passes faster: a tick
 * stands for the minutes or the hour until the next one.
 */
#include "tests/unit/store_file.h"

#include "contmond/store/tier.h"

#define HOUR_S INT64_C(3600)
#define DAY_S (24 * HOUR_S)

/* T0 is no beginning of an hour; the first tick is at one. */
#define BEGIN_S (HOUR_S - T0 / 1000 % HOUR_S)

/* A tick each @step_s, for @days: as many as make a span of @tier too many */
struct life {
	unsigned int tier;
	int64_t step_s;
	int64_t days;
};

static double value_of(const struct life *life, int64_t t_s)
{
	return (double)((t_s - BEGIN_S) / life->step_s % 997);
}

static int64_t end_of(const struct life *life)
{
	return BEGIN_S + life->days * DAY_S;
}

static void live(const struct life *life)
{
	int64_t t;

	for (t = BEGIN_S; t < end_of(life); t += life->step_s) {
		tick_one(t, "web", value_of(life, t));
		if ((t - BEGIN_S) / life->step_s % 100 == 0)
			store_sync(store);
	}
	store_sync(store);
}

static int64_t of_tier(unsigned int tier, const char *what)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT coalesce((SELECT %s FROM span "
		 "WHERE tier = %u AND layout IS NULL ORDER BY id LIMIT 1), 0)",
		 what, tier);
	return sql_number(path, sql);
}

/* Of the sealed spans: without the oldest they would not cover the time. */
static void must_keep_its_time(unsigned int tier)
{
	int64_t first = of_tier(tier, "begin_seq");
	int64_t oldest_ms = of_tier(tier, "covered_ms");
	char sql[300];
	int64_t kept_ms;

	snprintf(sql, sizeof(sql), "SELECT coalesce(sum(covered_ms), 0) "
		 "FROM span WHERE tier = %u AND layout IS NULL", tier);
	kept_ms = sql_number(path, sql);
	assert_true(kept_ms - oldest_ms < tiers[tier].keep_ms);
	/* Only what is too old has gone, and nothing from the middle. */
	if (first > 1)
		assert_true(kept_ms >= tiers[tier].keep_ms);
	snprintf(sql, sizeof(sql), "SELECT count(*) FROM span AS a WHERE "
		 "tier = %u AND id > (SELECT min(id) FROM span AS c WHERE "
		 "c.tier = a.tier) AND NOT EXISTS (SELECT 1 FROM span AS b "
		 "WHERE b.tier = a.tier AND b.end_seq = a.begin_seq)", tier);
	assert_int_equal(sql_number(path, sql), 0);
}

static void nothing_may_be_left_of_others(void)
{
	static const char *const tables[] = {
		"frame", "chunk", "chunk_processes", "chunk_commands",
	};
	char sql[100];
	size_t i;

	for (i = 0; i < COUNT(tables); i++) {
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s "
			 "WHERE span NOT IN (SELECT id FROM span)", tables[i]);
		assert_int_equal(sql_number(path, sql), 0);
	}
}

/* The mean of the ticks in [@t_s, @t_s + @width_s) */
static double mean_of(const struct life *life, int64_t t_s, int64_t width_s)
{
	double sum = 0;
	int64_t t;
	int nr = 0;

	for (t = t_s; t < t_s + width_s && t < end_of(life);
	     t += life->step_s, nr++)
		sum += value_of(life, t);
	return sum / nr;
}

/* Each step from there to the end, with the right number; none in between */
static void must_be_from(const struct life *life, int64_t from_s,
			 int64_t width_s)
{
	int64_t stride = width_s > life->step_s ? width_s : life->step_s;
	int64_t t;
	size_t row = 0;

	for (t = from_s; t < end_of(life); t += stride, row++) {
		assert_true(row < history.nr);
		assert_int_equal(history.rows[row].t_ms, T0 + t * 1000);
		assert_near(history.values[row], mean_of(life, t, width_s),
			    0.051);
	}
	assert_int_equal(row, history.nr);
}

/*
 * What a tier has no longer has its number in the next one; what the last one
 * has lost is gone.
 */
static void must_have_numbers(const struct life *life)
{
	const struct tier *tier = &tiers[life->tier];
	int64_t kept_s = (of_tier(life->tier, "begin_ms") - T0) / 1000;
	int64_t width_s = tier->bucket_ms ? tier->bucket_ms / 1000 : 1;

	assert_true(kept_s > BEGIN_S);
	assert_true(kept_s <= end_of(life) - tier->keep_ms / 1000);
	ask("processes", kept_s, end_of(life) - 1, width_s);
	must_be_from(life, kept_s, width_s);
	ask("processes", BEGIN_S, end_of(life) - 1, HOUR_S);
	must_be_from(life, life->tier == NR_TIERS - 1 ? kept_s : BEGIN_S,
		     HOUR_S);
}

static void test_each_tier_loses_what_is_too_old(void **state)
{
	static const struct life lives[] = {
		{ 0, 60, 1 }, { 1, 120, 3 }, { 2, 600, 13 },
		{ 3, 3600, 50 }, { 4, 7200, 115 },
	};
	unsigned int tier;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(lives); i++) {
		assert_int_equal(begin(state), 0);
		open_store(path, 0);
		live(&lives[i]);
		for (tier = 0; tier < NR_TIERS; tier++)
			must_keep_its_time(tier);
		assert_true(of_tier(lives[i].tier, "begin_seq") > 1);
		nothing_may_be_left_of_others();
		must_have_numbers(&lives[i]);
		assert_int_equal(end_test(state), 0);
	}
}

/* Size */

#define BOXES 20

/* Numbers of containers that nothing can pack well */
static void tick_of_many(int64_t t_s, uint64_t *seed)
{
	static struct box boxes[BOXES];
	static char titles[BOXES][16];
	size_t i;

	for (i = 0; i < BOXES; i++) {
		snprintf(titles[i], sizeof(titles[i]), "box-%zu", i);
		*seed = *seed * 6364136223846793005 + 1442695040888963407;
		boxes[i] = (struct box){ titles[i], i + 1,
					 (double)(*seed >> 40) };
	}
	tick_at(T0 + t_s * 1000, BOOT0 + t_s * 1000, boxes, BOXES);
}

static uint64_t bytes_of(const char *suffix)
{
	char name[600];
	struct stat found;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return stat(name, &found) == 0 ? (uint64_t)found.st_size : 0;
}

static bool has_lost(unsigned int tier)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "SELECT min(begin_seq) FROM span "
		 "WHERE tier = %u", tier);
	return sql_number(path, sql) > 1;
}

/*
 * A tick each minute is a moment of its own in three tiers, and each of these
 * would fill the file. All of the time has numbers, the newest of ticks.
 */
static void test_the_size_holds_with_all_tiers(void **state)
{
	uint64_t seed = 1, most = 0, bytes;
	int64_t t, end = BEGIN_S + 16 * HOUR_S;

	assert_int_equal(begin(state), 0);
	spread = 65521;
	open_store(path, STORE_MIN_BYTES);
	for (t = BEGIN_S; t < end; t += 60) {
		tick_of_many(t, &seed);
		if ((t - BEGIN_S) / 60 % 20)
			continue;
		store_sync(store);
		bytes = bytes_of("") + bytes_of("-wal");
		most = bytes > most ? bytes : most;
	}
	store_sync(store);
	assert_in_range(most, STORE_MIN_BYTES / 4, STORE_MIN_BYTES);
	assert_int_equal(status_of().lost, 0);
	assert_true(has_lost(0) && has_lost(1));
	nothing_may_be_left_of_others();
	ask("processes", end - HOUR_S / 4, end, 60);
	assert_int_equal(history.nr, 15 * BOXES);
	ask("processes", BEGIN_S, end, HOUR_S);
	assert_int_equal(history.nr, 16 * BOXES);
	assert_int_equal(end_test(state), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_tier_loses_what_is_too_old),
		cmocka_unit_test(test_the_size_holds_with_all_tiers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
