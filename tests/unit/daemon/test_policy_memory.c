// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules when memory runs out: each allocation fails once. Nothing half made is
 * used, and all of it is freed.
 *
 * wrap: malloc calloc realloc reallocarray strdup strndup
 */
#include "tests/unit/policy_world.h"

/* Fails the allocation that counts this down to zero; negative for none */
static long countdown = -1;

static bool fails(void)
{
	return countdown >= 0 && countdown-- == 0;
}

#define FAILING(type, name, parameters, arguments)			\
	type __real_##name parameters;					\
	type __wrap_##name parameters;					\
	type __wrap_##name parameters					\
	{								\
		return fails() ? NULL : __real_##name arguments;	\
	}

FAILING(void *, malloc, (size_t size), (size))
FAILING(void *, calloc, (size_t nr, size_t size), (nr, size))
FAILING(void *, realloc, (void *old, size_t size), (old, size))
FAILING(void *, reallocarray, (void *old, size_t nr, size_t size),
	(old, nr, size))
FAILING(char *, strdup, (const char *text), (text))
FAILING(char *, strndup, (const char *text, size_t size), (text, size))

static const char rules[] =
	"[protect]\nmatch = name db-*\n"
	"[class c]\nmatch = label tier=x, name a\nminimum = 1\n"
	"[type t]\nmatch = command word:run\n"
	"[rule r]\nselect = type t, not name \"x y\"\n"
	"all = cpu_percent > 20, growth(memory_anon_bytes) > 1\n"
	"any = gain(oom_kills_total) >= 0\nfor = 1s\naction = stop\n"
	"[rule n]\nselect = class c\nkeep_newest = 1\naction = kill\n";

static const char mistakes[] =
	"[rules]\n[rule r]\nselect = x y\nall = cpu > 1\nfor = 1\nz = 1\n";

/* Loads with the @n-th allocation failing; true if none was left to fail */
static bool load_with(const char *path, long n, int expected,
		      struct policy **ret)
{
	struct policy_errors errors = { 0 };
	bool is_over;
	int r;

	*ret = NULL;
	countdown = n;
	r = policy_load(&path, 1, ret, &errors);
	is_over = countdown >= 0;
	countdown = -1;
	assert_int_equal(r, is_over ? expected : -ENOMEM);
	assert_true(r == 0 ? *ret != NULL : !*ret);
	assert_true(r == -EINVAL || errors.nr == 0);
	policy_errors_done(&errors);
	return is_over;
}

static void test_loading(void **state)
{
	static const struct {
		const char *text;
		int expected;
	} cases[] = { { rules, 0 }, { mistakes, -EINVAL } };
	struct policy *policy;
	size_t i;
	long n;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const char *path = write_file("a.conf", cases[i].text);

		for (n = 0; !load_with(path, n, cases[i].expected, &policy);
		     n++)
			policy_free(policy);
		policy_free(policy);
		assert_true(n > 20);
	}
}

/* What one state sees, as far as memory allows */
static int live(struct policy_state *policy_state, struct policy *other)
{
	const struct policy_action action = {
		.rule = "r", .id = "a", .name = "a", .boot_ms = 1,
		.cool_down_ms = 1000, .steps = POLICY_STOP,
	};
	size_t i;
	int r = policy_state_acted(policy_state, &action);

	for (i = 0; r == 0 && i < 5; i++) {
		struct policy_tick tick = {
			.t_ms = WORLD_MS + 3600000 + (int64_t)i * 1000,
			.boot_ms = 3600000 + (int64_t)i * 1000,
			.candidates = world.candidates,
			.nr_candidates = world.nr,
		};

		world.containers[0].row.memory_anon_bytes = 1e6 * (double)i;
		if (i == 4)
			r = policy_state_reload(policy_state, other);
		if (r == 0)
			r = policy_decide(policy_state, &tick, &world.result);
	}
	return r;
}

static bool live_with(long n, const struct policy *policy,
		      struct policy *other)
{
	struct policy_state *policy_state;
	bool is_over;
	int r;

	countdown = n;
	policy_state = policy_state_new(policy);
	r = policy_state ? live(policy_state, other) : -ENOMEM;
	is_over = countdown >= 0;
	countdown = -1;
	assert_int_equal(r, is_over ? 0 : -ENOMEM);
	policy_state_free(policy_state);
	return is_over;
}

static void test_deciding(void **state)
{
	struct policy *policy = load_policy(rules), *other;
	size_t i;
	long n = 0;

	(void)state;
	other = load_policy("[class d]\nmatch = name b\n[rule r]\n"
			    "select = name *\nall = cpu_percent > 20\n"
			    "action = pause\n");
	world.nr = 0;
	for (i = 0; i < 3; i++) {
		static const char *const names[] = { "a", "b", "c" };
		struct container_row *row = add_container(names[i]);

		row->cpu_percent = 90;
		row->oom_kills_total = 0;
		row->memory_anon_bytes = 0;
		row->uptime_seconds = 3600;
		add_label(i, "contmon.class", i == 2 ? "own" : "c");
	}
	while (!live_with(n, policy, other))
		n++;
	assert_true(n > 30);
	policy_free(policy);
	policy_free(other);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_loading),
		TEST(test_deciding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
