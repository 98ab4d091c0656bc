// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a sample to the audit, with vetoes and earlier decisions
 *
 * wrap: clock_boottime_ns clock_realtime_ns
 */
#include "tests/unit/world.h"

#include <jansson.h>
#include <sys/stat.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "contmond/model/policing.h"
#include "contmond/police.h"
#include "contmond/policy/load.h"
#include "contmond/policy/veto.h"
#include "contmond/store/past.h"

#define RULES "[policy]\nmin_age = 0\nwarn = 10s\n"			\
	"[rule big]\nselect = name *\nall = memory_current_bytes > 1M\n" \
	"for = 1s\naction = stop\n"

static struct world world;
static struct police *police;
static struct policing shown;
static struct sample sample;
static sd_event *event;
static char log_text[2048];

/* What the clocks show; 0: what they really show */
static uint64_t boottime_ns, realtime_ns;

uint64_t __real_clock_boottime_ns(void);
uint64_t __wrap_clock_boottime_ns(void);
uint64_t __real_clock_realtime_ns(void);
uint64_t __wrap_clock_realtime_ns(void);

uint64_t __wrap_clock_boottime_ns(void)
{
	return boottime_ns ?: __real_clock_boottime_ns();
}

uint64_t __wrap_clock_realtime_ns(void)
{
	return realtime_ns ?: __real_clock_realtime_ns();
}

static struct policy *load(const char *text)
{
	const char *path = write_file("rules.conf", text);
	struct policy_errors errors = { 0 };
	struct policy *policy;

	assert_int_equal(policy_load(&path, 1, &policy, &errors), 0);
	return policy;
}

static void start(const char *text)
{
	const struct police_options options = {
		.store = world.store,
		.names = world.names,
		.boot_id = "boot",
		.store_path = in_directory("contmond.db"),
		.act_socket = in_directory("act.sock"),
		.interval_ms = 1000,
	};

	assert_int_equal(police_new(event, &options, load(text), &police), 0);
}

static int begin(void **state)
{
	int r = make_directory(state);

	world_init(&world);
	assert_true(sd_event_new(&event) >= 0);
	police = NULL;
	boottime_ns = realtime_ns = 0;
	shown = (struct policing){ 0 };
	return r;
}

static int end(void **state)
{
	police_free(police);
	policing_done(&shown);
	sd_event_unref(event);
	world_done(&world);
	return remove_directory(state);
}

static int note(const void *row, void *userdata)
{
	const struct store_decision *decision = row;
	size_t length = strlen(log_text);

	assert_null(userdata);
	snprintf(log_text + length, sizeof(log_text) - length, "%s %s, ",
		 decision->container, decision->state);
	return 0;
}

static const char *audit(void)
{
	const struct past_query all = { .to_ms = INT64_MAX,
					.oldest_first = true,
					.max_rows = SIZE_MAX };

	log_text[0] = '\0';
	store_sync(world.store);
	assert_int_equal(store_decisions(world.store, &all, note, NULL), 0);
	return log_text;
}

/* The same sample @seconds after the first one */
static void tick(double seconds)
{
	world_sample(&sample, seconds);
	world_fill(&sample, world.web, world.db, 1);
	assert_int_equal(model_update(&world.model, NULL, &sample,
				      world.names), 0);
	police_tick(police, &world.model);
	police_show(police, &shown);
	model_clear(&world.model);
	world_sample_done(&sample);
}

static void test_a_dry_run(void **state)
{
	(void)state;
	start(RULES);
	tick(1000);
	assert_string_equal(audit(), "");
	assert_string_equal(shown.mode, "dry run");
	assert_int_equal(shown.rules[0].selected, 2);
	tick(1001);
	assert_string_equal(audit(), "web planned, web warned, ");
	assert_int_equal(shown.nr_pending, 1);
	tick(1011);
	assert_string_equal(audit(), "web planned, web warned, web acted, ");
	assert_int_equal(shown.nr_pending, 0);
	assert_int_equal(shown.decisions_total, 1);
	assert_int_equal(shown.actions_total, 0);
}

/* By more than what is read of the audit at a start */
static void test_the_clock_is_set_ahead(void **state)
{
	static const char acted[] = "web planned, web warned, web acted, ";
	const uint64_t begin_s = 1700000000, days_s = 2 * 24 * 3600;

	(void)state;
	start(RULES);
	tick(1000);
	tick(1001);
	tick(1011);
	assert_string_equal(audit(), acted);
	police_free(police);
	boottime_ns = 1012 * NS_PER_SECOND;
	realtime_ns = (begin_s + 1012 + days_s) * NS_PER_SECOND;
	start(RULES);
	/* The minute's budget is used up. */
	tick(1013);
	tick(1014);
	assert_string_equal(audit(), acted);
	tick(1072);
	tick(1073);
	assert_string_equal(audit(), "web planned, web warned, web acted, "
			    "db planned, db warned, ");
}

/* As much may have been acted as is allowed: nothing is for an hour. */
static void test_an_audit_that_is_lost(void **state)
{
	const struct store_options options = {
		.path = write_file("damaged.db", "this is no database"),
		.boot_id = "boot",
	};
	struct store *memory = world.store;
	double now_s = (double)(clock_boottime_ns() / NS_PER_SECOND);

	(void)state;
	assert_int_equal(store_open(&options, &world.store), 0);
	start(RULES);
	tick(now_s + 1);
	tick(now_s + 2);
	assert_string_equal(audit(), "");
	tick(now_s + 3602);
	tick(now_s + 3603);
	assert_string_equal(audit(), "web planned, web warned, ");
	police_free(police);
	police = NULL;
	store_close(world.store);
	world.store = memory;
}

static void test_a_veto(void **state)
{
	char *path;
	FILE *file;

	(void)state;
	start(RULES);
	tick(1000);
	tick(1001);
	path = veto_path(in_directory("contmond.db"),
			 shown.pending[0].decision);
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
	tick(1002);
	/* Its budget is free for another one. */
	assert_string_equal(audit(), "web planned, web warned, web vetoed, "
			    "db planned, db warned, ");
	assert_int_equal(access(path, F_OK), -1);
	free(path);
}

/* However many there are, they fill no log. */
static void test_late_vetoes(void **state)
{
	char name[32], *line, text[4096] = "";
	unsigned int i, nr = 0;
	FILE *file;

	(void)state;
	start(RULES);
	tick(1000);
	tick(1001);
	for (i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "veto/late-%u", i);
		write_file(name, "");
	}
	log_use(log_open_file(in_directory("log")));
	tick(1002);
	log_use(-1);
	file = fopen(in_directory("log"), "r");
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	for (line = text; (line = strstr(line, "too late: ")); line++)
		nr++;
	assert_int_equal(nr, 1);
	assert_int_equal(access(in_directory("veto/late-29"), F_OK), -1);
}

#define HASTY "[policy]\nmin_age = 0\ngive_up_after = 1\n[rule big]\n" \
	"select = name x\nall = memory_current_bytes > 1M\n"		\
	"action = restart\n"

/* An earlier contmond was killed in the middle of its action. */
static void test_a_rule_that_gives_up(void **state)
{
	struct policy *policy = load(HASTY);
	const struct store_decision acted = {
		.t_ms = (double)(clock_realtime_ns() / NS_PER_MS -
				 20 * 3600 * 1000),
		.decision = "x-1", .state = "acted", .action = "restart",
		.container_id = ID64("a"), .container = "web", .rule = "big",
		.rule_hash = policy->rules[0].hash, .reason = "it was big",
	};
	char text[4096] = "";
	FILE *file;

	(void)state;
	store_decision(world.store, &acted);
	store_sync(world.store);
	policy_free(policy);
	log_use(log_open_file(in_directory("log")));
	start(HASTY);
	tick(1000);
	log_use(-1);
	assert_string_equal(audit(), "web acted, web failed, ");
	assert_string_equal(shown.rules[0].state, "gave up");
	file = fopen(in_directory("log"), "r");
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	assert_contains(text, "warning: policy: rule big does nothing more, "
			"because its actions do not help; reload contmond to "
			"go on\n");
}

static void test_other_rules(void **state)
{
	struct policy *old;

	(void)state;
	start(RULES);
	tick(1000);
	police_set_error(police, "mistakes");
	tick(1001);
	assert_string_equal(shown.error, "mistakes");
	assert_int_equal(police_set(police, load("[rule x]\nselect = name x\n"
			"all = cpu_percent > 1\nfor = 1s\naction = stop\n"),
				    &old), 0);
	policy_free(old);
	police_set_error(police, NULL);
	tick(1002);
	assert_string_equal(shown.error, "");
	assert_string_equal(shown.rules[0].rule, "x");
	/* Its rule is gone. */
	tick(1011);
	assert_string_equal(audit(), "web planned, web warned, web spared, ");
}

/* They are counted although there is no rule that needs it. */
static void test_classes_without_rules(void **state)
{
	(void)state;
	start("[class all]\nmatch = name *\nminimum = 3\n");
	tick(1000);
	assert_string_equal(shown.mode, "off");
	assert_int_equal(shown.nr_classes, 1);
	assert_int_equal(shown.classes[0].running, 2);
	assert_int_equal(shown.classes[0].above_minimum, -1);
	assert_string_equal(audit(), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_a_dry_run),
		TEST(test_the_clock_is_set_ahead),
		TEST(test_an_audit_that_is_lost),
		TEST(test_a_veto),
		TEST(test_late_vetoes),
		TEST(test_a_rule_that_gives_up),
		TEST(test_other_rules),
		TEST(test_classes_without_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
