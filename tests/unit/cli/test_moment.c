// SPDX-License-Identifier: GPL-2.0-only
/* Moments of the past, and steps from one to the next */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <curses.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contmon/past/browse.h"
#include "contmon/past/moment.h"
#include "tests/unit/past_file.h"

static struct store *store;

#define AT(tick) (PAST_BEGIN_MS + (int64_t)(tick) * PAST_STEP_MS)
/* contmond did not run for three hours, and then took ten more samples. */
#define AGAIN (PAST_TICKS + 1080)

static int begin(void **state)
{
	const struct store_options options = { .path = file,
					       .boot_id = "boot-1" };
	struct store *writer;
	char *why;
	unsigned int i;

	assert_int_equal(make_file(state), 0);
	assert_int_equal(store_open(&options, &writer), 0);
	for (i = 0; i < 10; i++)
		assert_int_equal(past_tick(writer, AGAIN + i), 0);
	store_close(writer);
	return store_open_reader(file, &store, &why);
}

static int end(void **state)
{
	store_close(store);
	return remove_file(state);
}

static void test_a_moment(void **state)
{
	struct cli_moment moment;

	(void)state;
	/* Seven seconds after the sample that is still the newest */
	assert_int_equal(cli_moment_read(store, AT(121) + 7000, NULL,
					 &moment), 0);
	assert_int_equal(moment.t_ms, AT(121));
	assert_int_equal(moment.width_ms, 0);
	assert_true(moment.host.cpu_percent > 29.9);
	assert_true(isnan(moment.host.load5));
	assert_int_equal(moment.containers.nr, 2);
	assert_string_equal(moment.containers.v[0].container, "night,job");
	assert_true(moment.containers.v[0].mean.cpu_cores > 1.99);
	assert_true(isnan(moment.containers.v[0].mean.threads));
	assert_int_equal(moment.nr_processes, 4);
	assert_string_equal(moment.processes[0].comm, "gzip");
	assert_string_equal(moment.processes[1].comm, "nginx");
	assert_string_equal(moment.processes[3].comm, "systemd");
	assert_string_equal(moment.processes[3].container, "host");
	cli_moment_done(&moment);
	assert_int_equal(cli_moment_read(store, AT(121), "shop-web-1",
					 &moment), 0);
	assert_int_equal(moment.containers.nr, 1);
	assert_int_equal(moment.nr_processes, 2);
	cli_moment_done(&moment);
	/* The first sample after a start covers no time. */
	assert_int_equal(cli_moment_read(store, AT(AGAIN), "shop-web-1",
					 &moment), 0);
	assert_int_equal(moment.nr_processes, 2);
	assert_true(isnan(moment.processes[0].cpu_cores));
	assert_true(moment.processes[0].rss_bytes >=
		    moment.processes[1].rss_bytes);
	cli_moment_done(&moment);
	assert_int_equal(cli_moment_read(store, AT(0) - 86400000, NULL,
					 &moment), -ENOENT);
}

static void must_be(const struct cli_moment *moment, size_t i,
		    const char *comm, double living, double exited)
{
	const struct cli_past_command *command = &moment->commands[i];

	assert_string_equal(command->comm, comm);
	assert_true(fabs(command->living_cores - living) < 0.001);
	assert_int_equal(isnan(command->exited_cores), isnan(exited));
	assert_true(isnan(exited) ||
		    fabs(command->exited_cores - exited) < 0.001);
}

static void test_commands(void **state)
{
	struct cli_moment moment;

	(void)state;
	assert_int_equal(cli_moment_read(store, AT(121), NULL, &moment), 0);
	assert_true(moment.commands_known);
	assert_int_equal(moment.nr_commands, 5);
	must_be(&moment, 0, "nginx", 1.2, 0);
	must_be(&moment, 1, "sh", 0, 0.25);
	must_be(&moment, 2, "worker \033[2J", 0.05, 0);
	must_be(&moment, 3, "cron", 0, 0.0125);
	/* It is not known whether the job's used more. */
	must_be(&moment, 4, "gzip", 2, NAN);
	assert_string_equal(moment.commands[3].container, "host");
	cli_moment_done(&moment);
	assert_int_equal(cli_moment_read(store, AT(121), "night,job",
					 &moment), 0);
	assert_int_equal(moment.nr_commands, 1);
	cli_moment_done(&moment);
	/* The first sample covers no time. */
	assert_int_equal(cli_moment_read(store, AT(0), NULL, &moment), 0);
	assert_false(moment.commands_known);
	assert_int_equal(moment.nr_commands, 0);
	assert_int_equal(moment.nr_processes, 4);
	cli_moment_done(&moment);
}

/* The same file without the moments of the finest tiers */
static struct store *open_coarse(const char *copy, int finest)
{
	struct store *coarse;
	char sql[200], *why;
	sqlite3 *sqlite;

	snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", copy);
	assert_int_equal(sqlite3_open(file, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(sqlite);
	snprintf(sql, sizeof(sql), "DELETE FROM span WHERE tier < %d", finest);
	assert_int_equal(sqlite3_open(copy, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(sqlite);
	assert_int_equal(store_open_reader(copy, &coarse, &why), 0);
	unlink(copy);
	return coarse;
}

/* Samples and 10 s means are gone, so any time in a minute gives its mean. */
static void test_a_coarse_moment(void **state)
{
	struct cli_moment moment;
	struct store *coarse;
	char copy[80], text[CLI_TEXT_MAX];

	(void)state;
	snprintf(copy, sizeof(copy), "%s/coarse.db", directory);
	coarse = open_coarse(copy, 2);
	assert_int_equal(cli_moment_read(coarse, AT(121), NULL, &moment), 0);
	assert_int_equal(moment.t_ms, AT(120));
	assert_int_equal(moment.width_ms, 60000);
	assert_string_equal(cli_moment_width(&moment, text), "1 min");
	assert_int_equal(moment.containers.nr, 2);
	assert_true(fabs(moment.containers.v[1].mean.cpu_cores - 0.5) < 0.001);
	assert_true(fabs(moment.containers.v[1].most.cpu_cores - 1.2) < 0.001);
	cli_moment_done(&moment);
	store_close(coarse);
}

static int64_t after(int64_t t_ms)
{
	int r = cli_moment_after(store, t_ms, &t_ms);

	return r < 0 ? r : t_ms;
}

static int64_t before(int64_t t_ms)
{
	int r = cli_moment_before(store, t_ms, &t_ms);

	return r < 0 ? r : t_ms;
}

static void test_next_moments(void **state)
{
	(void)state;
	assert_int_equal(after(AT(0)), AT(1));
	assert_int_equal(after(AT(300)), AT(301));
	/* Across the gap to the first sample after it */
	assert_int_equal(after(AT(719)), AT(AGAIN));
	assert_int_equal(after(AT(AGAIN + 9)), -ENOENT);
	assert_int_equal(before(AT(301)), AT(300));
	assert_int_equal(before(AT(1)), AT(0));
	assert_int_equal(before(AT(0) - 86400000), -ENOENT);
}

/* In the gap the store has the bucket in which the gap begins, or nothing. */
static void test_back_over_a_gap(void **state)
{
	int64_t t_ms = before(AT(AGAIN));

	(void)state;
	assert_true(t_ms >= AT(719) - 3600000 && t_ms <= AT(719));
	assert_true(after(t_ms) > t_ms && after(t_ms) <= AT(AGAIN));
}

static void must_show(struct past_top *top, int key, int64_t t_ms)
{
	assert_int_equal(past_top_key(top, key), 0);
	assert_int_equal(top->moment.t_ms, t_ms);
}

static void test_keys(void **state)
{
	struct past_top top = { .store = store, .height = 1 };

	(void)state;
	past_top_begin(&top);
	assert_int_equal(past_top_go(&top, AT(120)), 0);
	must_show(&top, KEY_RIGHT, AT(121));
	must_show(&top, 't', AT(122));
	must_show(&top, 'T', AT(121));
	must_show(&top, KEY_LEFT, AT(120));
	must_show(&top, ']', AT(126));
	must_show(&top, '[', AT(120));
	must_show(&top, '}', AT(480));
	must_show(&top, '{', AT(120));
	must_show(&top, 'x', AT(120));
	/* One of two rows fits; rows beyond the last cannot be scrolled to. */
	past_top_key(&top, KEY_DOWN);
	past_top_key(&top, KEY_DOWN);
	assert_int_equal(top.first, 1);
	past_top_key(&top, KEY_PPAGE);
	assert_int_equal(top.first, 0);
	assert_int_equal(((struct cli_past_row *)
			  top.rows[PAST_CONTAINERS].v[0])->mean.cpu_cores, 2);
	past_top_key(&top, '\t');
	assert_int_equal(top.page, PAST_PROCESSES);
	past_top_key(&top, 'M');
	assert_string_equal(((struct cli_past_process *)
			     top.rows[PAST_PROCESSES].v[0])->comm, "nginx");
	past_top_key(&top, '\t');
	assert_int_equal(top.page, PAST_COMMANDS);
	past_top_key(&top, 'N');
	assert_string_equal(((struct cli_past_command *)
			     top.rows[PAST_COMMANDS].v[0])->comm, "cron");
	/* Of memory they have nothing. */
	past_top_key(&top, 'M');
	assert_string_equal(((struct cli_past_command *)
			     top.rows[PAST_COMMANDS].v[0])->comm, "cron");
	past_top_key(&top, '\t');
	assert_int_equal(top.page, PAST_CONTAINERS);
	/* There is nothing after the last moment, so the display stays. */
	must_show(&top, KEY_END, AT(AGAIN + 9));
	assert_int_equal(past_top_key(&top, KEY_RIGHT), -ENOENT);
	assert_int_equal(past_top_key(&top, '}'), -ENOENT);
	assert_int_equal(top.moment.t_ms, AT(AGAIN + 9));
	past_top_done(&top);
}

/* A minute later is in the same bucket of ten: go to the next bucket. */
static void test_keys_where_moments_are_coarse(void **state)
{
	struct past_top top = { .height = 1 };
	char copy[80];

	(void)state;
	snprintf(copy, sizeof(copy), "%s/coarse.db", directory);
	top.store = open_coarse(copy, 3);
	past_top_begin(&top);
	assert_int_equal(past_top_go(&top, AT(125)), 0);
	assert_int_equal(top.moment.t_ms, AT(120));
	must_show(&top, ']', AT(180));
	must_show(&top, '[', AT(120));
	must_show(&top, '}', AT(480));
	past_top_done(&top);
	store_close(top.store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_moment),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_a_coarse_moment),
		cmocka_unit_test(test_next_moments),
		cmocka_unit_test(test_back_over_a_gap),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_keys_where_moments_are_coarse),
	};

	return cmocka_run_group_tests_name("cli_moment", tests, begin, end);
}
