// SPDX-License-Identifier: GPL-2.0-only
/*
 * What policies cost on a large host: from the model's containers to the rows
 * of the audit. It is counted, not timed: how much a tick of 500 containers
 * does beside one of 50 is the same on any machine.
 *
 * wrap: fnmatch watch_update malloc calloc realloc strdup
 */
#include "tests/unit/world.h"

#include <fnmatch.h>

#include "contmond/model/policing.h"
#include "contmond/police.h"
#include "contmond/policy/load.h"
#include "contmond/policy/watch.h"
#include "contmond/store/past.h"

#define FEW 50
#define MANY 500
#define NR_RULES 50
#define TICKS 20

/* Of this thread: the store's has its own work. */
static _Thread_local struct counts {
	size_t globs;
	size_t evaluations;
	size_t allocations;
	size_t bytes;
} counts;

int __real_fnmatch(const char *pattern, const char *text, int flags);
int __wrap_fnmatch(const char *pattern, const char *text, int flags);

int __wrap_fnmatch(const char *pattern, const char *text, int flags)
{
	counts.globs++;
	return __real_fnmatch(pattern, text, flags);
}

int __real_watch_update(struct watch *watch, const struct policy_rule *rule,
			const struct policy_tick *tick,
			const struct policy_candidate *candidate,
			double ended_seconds);
int __wrap_watch_update(struct watch *watch, const struct policy_rule *rule,
			const struct policy_tick *tick,
			const struct policy_candidate *candidate,
			double ended_seconds);

int __wrap_watch_update(struct watch *watch, const struct policy_rule *rule,
			const struct policy_tick *tick,
			const struct policy_candidate *candidate,
			double ended_seconds)
{
	counts.evaluations++;
	return __real_watch_update(watch, rule, tick, candidate,
				   ended_seconds);
}

static void count(size_t bytes)
{
	counts.allocations++;
	counts.bytes += bytes;
}

void *__real_malloc(size_t bytes);
void *__wrap_malloc(size_t bytes);

void *__wrap_malloc(size_t bytes)
{
	count(bytes);
	return __real_malloc(bytes);
}

void *__real_calloc(size_t nr, size_t bytes);
void *__wrap_calloc(size_t nr, size_t bytes);

void *__wrap_calloc(size_t nr, size_t bytes)
{
	count(nr * bytes);
	return __real_calloc(nr, bytes);
}

void *__real_realloc(void *old, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);

void *__wrap_realloc(void *old, size_t bytes)
{
	count(bytes);
	return __real_realloc(old, bytes);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);

char *__wrap_strdup(const char *text)
{
	count(strlen(text) + 1);
	return __real_strdup(text);
}

/* A host of so many containers, which stay as they are */
struct host {
	size_t nr;
	struct sample sample;
	struct names *names;
	struct model model;
	struct store *store;
	struct police *police;
	struct policing shown;
	sd_event *event;
};

static void add_containers(struct host *host)
{
	struct sample *sample = &host->sample;
	size_t i;

	world_sample(sample, 1000);
	free(sample->containers);
	sample->containers = calloc(host->nr, sizeof(*sample->containers));
	for (i = 0; i < host->nr; i++) {
		char id[65], title[24];
		struct container_info name = {
			.id = id, .name = title, .image = "image:1",
			.command = "run", .state = "running",
			.created_ms = 1, .started_ms = 2,
		};
		struct scope *scope;

		snprintf(id, sizeof(id), "%064zx", i + 1);
		snprintf(title, sizeof(title), "c%zu", i);
		scope = world_scope(100 + i, id);
		world_container(sample, scope);
		scope_unref(scope);
		assert_int_equal(names_set(host->names, &name), 0);
	}
}

static struct policy *load(const char *text)
{
	const char *path = write_file("rules.conf", text);
	struct policy_errors errors = { 0 };
	struct policy *policy;

	assert_int_equal(policy_load(&path, 1, &policy, &errors), 0);
	assert_int_equal(errors.nr, 0);
	return policy;
}

static void begin_host(struct host *host, size_t nr, const char *rules)
{
	const struct store_options memory = { .boot_id = "boot" };
	struct police_options options = {
		.act_socket = in_directory("act.sock"),
		.interval_ms = 1000,
	};

	*host = (struct host){ .nr = nr, .names = names_new() };
	assert_int_equal(store_open(&memory, &host->store), 0);
	assert_true(sd_event_new(&host->event) >= 0);
	add_containers(host);
	options.store = host->store;
	options.names = host->names;
	assert_int_equal(police_new(host->event, &options, load(rules),
				    &host->police), 0);
}

static void end_host(struct host *host)
{
	police_free(host->police);
	policing_done(&host->shown);
	model_clear(&host->model);
	world_sample_done(&host->sample);
	names_free(host->names);
	store_close(host->store);
	sd_event_unref(host->event);
}

static double cpu_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* What policies do at a tick a second later; returns its CPU time. */
static double tick(struct host *host)
{
	double began;

	host->sample.t_ms += 1000;
	host->sample.boottime_ns += SECOND_NS;
	assert_int_equal(model_update(&host->model, NULL, &host->sample,
				      host->names), 0);
	counts = (struct counts){ 0 };
	began = cpu_seconds();
	police_tick(host->police, &host->model);
	police_show(host->police, &host->shown);
	return cpu_seconds() - began;
}

/* Rules that select all, of which none ever fires */
static const char *quiet_rules(void)
{
	static char text[16384];
	size_t i;

	strcpy(text, "[policy]\nmin_age = 0s\n");
	for (i = 0; i < NR_RULES; i++)
		sprintf(text + strlen(text), "[rule r%zu]\n"
			"select = name c* d*, not image *x*, command *run*\n"
			"all = memory_current_bytes > %zuM until 70M\n"
			"all = processes > 20\nfor = 30s\naction = stop\n",
			i, i + 80);
	return text;
}

static void test_a_tick_without_decisions(void **state)
{
	struct host few, many;
	struct counts of_few;
	double few_s = INFINITY, many_s = INFINITY;
	size_t i;

	(void)state;
	begin_host(&few, FEW, quiet_rules());
	begin_host(&many, MANY, quiet_rules());
	tick(&few);
	assert_true(counts.globs >= FEW * NR_RULES * 2);
	tick(&many);
	assert_true(counts.globs >= MANY * NR_RULES * 2);
	assert_int_equal(many.shown.nr_rules, NR_RULES);
	for (i = 0; i < TICKS; i++) {
		few_s = fmin(few_s, tick(&few));
		of_few = counts;
		many_s = fmin(many_s, tick(&many));
		/* Each rule on each container once; globs for a new text */
		assert_int_equal(of_few.evaluations, FEW * NR_RULES);
		assert_int_equal(counts.evaluations, MANY * NR_RULES);
		assert_int_equal(of_few.globs + counts.globs, 0);
		/* What it needs is there; the API gets a copy of rules. */
		assert_int_equal(counts.allocations, of_few.allocations);
	}
	print_message("%.3f and %.3f ms a tick, %zu allocations\n",
		      few_s * 1e3, many_s * 1e3, counts.allocations);
	/* Ten times as much; if it looked at pairs, a hundred times */
	assert_true(many_s < few_s * MANY / FEW * 4);
	end_host(&few);
	end_host(&many);
}

/* All are over the limit, and the worst of them is decided about. */
#define BUSY "[policy]\nmin_age = 0s\nwarn = 0s\nbudget_per_minute = 1\n" \
	"[rule busy]\nselect = name *\nall = memory_current_bytes > 1M\n" \
	"for = 2s\naction = stop\n"

static size_t nr_rows;
static size_t longest;

static int note(const void *row, void *userdata)
{
	const struct store_decision *decision = row;
	size_t length = strlen(decision->detail ?: "");

	assert_null(userdata);
	nr_rows++;
	longest = length > longest ? length : longest;
	return 0;
}

/* The tick that decides: what it costs, and what it writes */
static struct counts decide(size_t nr)
{
	const struct past_query all = { .to_ms = INT64_MAX,
					.max_rows = SIZE_MAX };
	struct counts deciding = { 0 };
	struct host host;

	begin_host(&host, nr, BUSY);
	while (host.shown.decisions_total < 1) {
		tick(&host);
		deciding = counts;
		assert_int_equal(counts.evaluations, nr);
	}
	assert_int_equal(host.shown.rules[0].over, nr);
	assert_int_equal(host.shown.decisions_total, 1);
	nr_rows = longest = 0;
	store_sync(host.store);
	assert_int_equal(store_decisions(host.store, &all, note, NULL), 0);
	end_host(&host);
	return deciding;
}

/* The audit names some of the others, and counts the rest. */
static void test_a_tick_with_a_decision(void **state)
{
	struct counts few = decide(FEW), many;
	size_t rows = nr_rows, length = longest;

	(void)state;
	many = decide(MANY);
	assert_true(rows > 0 && length > 100);
	assert_int_equal(nr_rows, rows);
	print_message("%zu and %zu allocations, %zu and %zu bytes; details of "
		      "%zu and %zu bytes\n", few.allocations,
		      many.allocations, few.bytes, many.bytes, length,
		      longest);
	assert_true(longest <= length + 16);
	assert_int_equal(many.allocations, few.allocations);
	/* A list of the others, to be sorted */
	assert_true(many.bytes <= few.bytes + (MANY - FEW) * 64);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_a_tick_without_decisions),
		TEST(test_a_tick_with_a_decision),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
