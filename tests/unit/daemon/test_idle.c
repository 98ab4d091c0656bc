// SPDX-License-Identifier: GPL-2.0-only
/* Rules that can never act are told, and no others. */
#include "tests/unit/policy_world.h"

#define R "[rule r]\naction = stop\nselect = name a*\n"
#define CPU "all = cpu_percent > 20\n"
#define SELECT(value) "[rule r]\naction = stop\n" CPU "select = " value "\n"
#define NOTICE "[rule r]\naction = notify\n" CPU
#define RULE(name, rest) "[rule " name "]\n" rest
#define HOG "select = name web*, not name web-1\nall = cpu_percent > 20\n" \
	"for = 1m\naction = stop kill\n"
#define LEFT(value) "[rule r]: select: " value ": no container matches " \
	"this and the other terms"
#define SAFE(value, why) "[rule r]: select: " value ": every such " \
	"container is protected: " why
#define NEVER(value, why) "[rule r]: all: " value ": it is never true" why
#define LIFE(running, ended) "[rule r]: it can never act: on containers " \
	"that run, because " running "; on those that have ended, because " \
	ended
#define ONLY "only remove and notify are done"
#define UNKNOWN "no state of theirs is selected, or a number of `all` or " \
	"`any` is unknown"

static const struct {
	const char *text;
	unsigned int line;
	const char *why;
} idle[] = {
	/* What is selected */
	{ SELECT("name a, not name a"), 4, LEFT("name a") },
	{ SELECT("not name a*, name ab ac"), 4, LEFT("name ab ac") },
	{ SELECT("name a b, not name a, not name b"), 4, LEFT("name a b") },
	{ SELECT("name a* b*, not name *"), 4, LEFT("name a* b*") },
	{ SELECT("name a*, not name \"a*\" x"), 4, LEFT("name a*") },
	{ SELECT("image x, image y"), 4, LEFT("image x") },
	{ SELECT("image x1, image y*"), 4, LEFT("image x1") },
	{ SELECT("state running, state paused"), 4, LEFT("state running") },
	{ SELECT("label a=1, label a=2"), 4, LEFT("label a=1") },
	{ SELECT("label a=1, not label a"), 4, LEFT("label a=1") },
	{ SELECT("name a\nselect = name b"), 4, LEFT("name a") },
	{ "[class c]\nmatch = name a\n[class d]\nmatch = name b\n"
	  SELECT("class c, class d"), 8, LEFT("class c") },
	/* What is protected */
	{ SELECT("name grafana"), 4, SAFE("name grafana", "the word grafana "
					  "in its name") },
	{ SELECT("image word:grafana grafana/grafana:12"), 4,
	  SAFE("image word:grafana grafana/grafana:12",
	       "the word grafana in its image") },
	{ SELECT("label contmon.protect=yes"), 4,
	  SAFE("label contmon.protect=yes", "label contmon.protect") },
	{ NOTICE "select = label contmon.policy=off", 4,
	  SAFE("label contmon.policy=off", "label contmon.policy=off") },
	{ "[protect]\nmatch = name db*\n" SELECT("name db1 db-x"), 6,
	  SAFE("name db1 db-x", "name db*") },
	{ "[protect]\nmatch = not name db*\n" SELECT("name web"), 6,
	  SAFE("name web", "not name db*") },
	/* Those that run, and those that have ended */
	{ "[rule r]\naction = remove\nselect = name a\n" CPU, 1,
	  LIFE("remove alone is not done", UNKNOWN) },
	{ "[rule r]\naction = remove\nselect = state running\n"
	  "all = ended_seconds > 1h", 1,
	  LIFE("remove alone is not done", UNKNOWN) },
	{ SELECT("state exited"), 1,
	  LIFE("no state of theirs is selected", ONLY) },
	{ "[rule r]\naction = notify\nselect = name a\nall = ended_seconds > "
	  "1h, cpu_percent > 1", 1,
	  LIFE("ended_seconds is unknown", UNKNOWN) },
	{ "[rule r]\naction = stop remove\nselect = name a\n"
	  "any = ended_seconds > 1h\n" CPU, 1,
	  LIFE("ended_seconds is unknown", UNKNOWN) },
	/* Numbers */
	{ R "all = memory_current_bytes > 10M\nall = memory_current_bytes < "
	  "5M", 5, NEVER("memory_current_bytes < 5M", " together with "
			 "'memory_current_bytes > 10M'") },
	{ R "all = pids_current > 5, pids_current <= 5", 4,
	  NEVER("pids_current <= 5", " together with 'pids_current > 5'") },
	{ R "all = pids_current > 9 until 5, pids_current < 5", 4,
	  NEVER("pids_current < 5", " together with 'pids_current > 9 until "
		"5'") },
	{ R "all = pids_current >= 9 until 9, pids_current < 9", 4,
	  NEVER("pids_current < 9", " together with 'pids_current >= 9 until "
		"9'") },
	{ R "for = 1m\nall = growth(memory_anon_bytes) > 2M\n"
	  "all = growth(memory_anon_bytes) < -1M", 6,
	  NEVER("growth(memory_anon_bytes) < -1M", " together with "
		"'growth(memory_anon_bytes) > 2M'") },
	{ R "all = pids_current > 5\nany = pids_current < 3, cpu_percent > 1",
	  5, "[rule r]: any: pids_current < 3: it is never true together with "
	  "'pids_current > 5'" },
	{ R "all = cpu_percent > 100", 4,
	  NEVER("cpu_percent > 100", ": the number is at most 100") },
	{ R "all = memory_limit_percent >= 200 until 50", 4,
	  NEVER("memory_limit_percent >= 200 until 50",
		": the number is at most 100") },
	{ R "all = share(memory_anon_bytes) > 120%", 4,
	  NEVER("share(memory_anon_bytes) > 120%",
		": the number is at most 100") },
	{ R CPU "all = rate(psi_cpu_some_seconds_total) > 50", 5,
	  NEVER("rate(psi_cpu_some_seconds_total) > 50",
		": the number is at most 1") },
	{ R "all = pids_current < 0", 4,
	  NEVER("pids_current < 0", ": the number is not below 0") },
	/* Ages */
	{ R "all = uptime_seconds < 1m", 4,
	  NEVER("uptime_seconds < 1m", " when the rule would act, after 90s "
		"at the earliest (min_age or for, and warn)") },
	{ R "warn = 0\nall = uptime_seconds < 1m", 5,
	  NEVER("uptime_seconds < 1m", " when the rule would act, after 1m "
		"at the earliest (min_age or for, and warn)") },
	{ R "for = 10m\nall = uptime_seconds <= 10m", 5,
	  NEVER("uptime_seconds <= 10m", " when the rule would act, after "
		"630s at the earliest (min_age or for, and warn)") },
	{ NOTICE "select = name a\nfor = 2m\nall = uptime_seconds < 1m", 6,
	  NEVER("uptime_seconds < 1m", " when the rule would act, after 2m "
		"at the earliest (for)") },
	{ "[rule r]\naction = remove\nselect = name a\n"
	  "all = ended_seconds < 20s", 4,
	  NEVER("ended_seconds < 20s", " when the rule would act, after 30s "
		"at the earliest (for and warn)") },
};

/* Near misses: each of these can act. */
static const char *const busy[] = {
	SELECT("name a*, not name ab"),
	SELECT("name a*, name *b"),
	SELECT("name a, not name b"),
	SELECT("name a b, not name a"),
	SELECT("name a, image b"),
	SELECT("name word:a, not name a"),
	SELECT("label a=1, label b=2"),
	SELECT("label a=1, not label b"),
	SELECT("label a=1 b=2, label a=2"),
	SELECT("label a, label a=2"),
	SELECT("not name a, not name b"),
	SELECT("not class *, name a"),
	SELECT("name a\\*, name a*"),
	SELECT("name grafanas"),
	SELECT("name *grafana*"),
	SELECT("not name grafana"),
	SELECT("name grafana web"),
	SELECT("name contmon-load-1"),
	SELECT("label contmon.protect"),
	SELECT("label contmon.protect=no"),
	NOTICE "select = name grafana",
	"[protect]\nmatch = name db1\n" SELECT("name db*"),
	"[protect]\nmatch = name db1\n" SELECT("name db1 db2"),
	"[protect]\nmatch = name db*\n" NOTICE "select = name db1\n",
	"[rule r]\naction = remove\nselect = name a\nall = ended_seconds > 1h",
	"[rule r]\naction = remove\nselect = name a\n"
	"all = restarts_total > 3",
	"[rule r]\naction = remove\nselect = state exited\nkeep_newest = 3",
	"[rule r]\naction = stop remove\nselect = state exited\n"
	"keep_newest = 3",
	"[rule r]\naction = stop remove\nselect = name a\n"
	"any = ended_seconds > 1h, cpu_percent > 20",
	R "all = pids_current >= 5, pids_current <= 5",
	R "all = pids_current > 9 until 5, pids_current < 6",
	R "all = pids_current > 9, pids_peak < 5",
	R "any = pids_current > 9, pids_current < 5",
	R "all = cpu_percent >= 100",
	R "all = share(memory_limit_bytes) > 200%",
	R "all = cpu_cores > 100",
	R "all = pids_current <= 0",
	R "for = 1m\nall = growth(memory_anon_bytes) < 0",
	R "all = uptime_seconds < 2m",
	R "all = uptime_seconds <= 90s",
	R "all = uptime_seconds < 1m until 2m",
	R "all = uptime_seconds > 1s",
	R "for = 1s\n" CPU,
	NOTICE "select = name a\nall = uptime_seconds < 1m",
	/* Rules one after the other */
	RULE("a", HOG) RULE("b", "select = name web*\nall = cpu_percent > 20\n"
			    "for = 1m\naction = kill\n"),
	RULE("a", HOG) RULE("b", "select = name web-2\n"
			    "all = cpu_percent > 10\nfor = 1m\n"
			    "action = kill\n"),
	RULE("a", HOG) RULE("b", "select = name web-2\n"
			    "all = cpu_percent > 30\nfor = 30s\n"
			    "action = kill\n"),
	RULE("a", HOG) RULE("b", "select = name web-2\n"
			    "all = cpu_percent > 30 until 10\nfor = 1m\n"
			    "action = kill\n"),
	RULE("a", HOG) RULE("b", "select = name web-2\n"
			    "all = cpu_percent > 20\nfor = 1m\n"
			    "action = notify\n"),
	RULE("a", HOG) RULE("b", "select = name web-2\n"
			    "all = cpu_percent > 20\nfor = 1m\n"
			    "action = limit\nlimit_cpu_cores = 1\n"),
	RULE("a", HOG) RULE("b", "select = name web-2\n"
			    "all = cpu_percent > 20\nfor = 1m\n"
			    "action = stop remove\n"),
	RULE("a", HOG "keep_newest = 1\n") RULE("b", HOG),
};

static struct policy *load(const char *text)
{
	const char *path = write_file("a.conf", text);
	struct policy_errors errors = { 0 };
	struct policy *policy = NULL;

	if (policy_load(&path, 1, &policy, &errors) < 0)
		fail_msg("%s: %s", text, errors.all[0].text);
	return policy;
}

static void test_what_is_idle(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(idle); i++) {
		struct policy *policy = load(idle[i].text);

		if (policy->nr_warnings != 1)
			fail_msg("%s: %zu warnings", idle[i].text,
				 policy->nr_warnings);
		assert_string_equal(policy->warnings[0].text, idle[i].why);
		assert_int_equal(policy->warnings[0].place.line, idle[i].line);
		assert_string_equal(policy->warnings[0].place.file,
				    in_directory("a.conf"));
		policy_free(policy);
	}
}

static void test_what_is_not_idle(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(busy); i++) {
		struct policy *policy = load(busy[i]);

		if (policy->nr_warnings > 0)
			fail_msg("%s: %s", busy[i], policy->warnings[0].text);
		policy_free(policy);
	}
}

static void must_be_behind(const char *rule)
{
	static char text[1024], why[1024];
	struct policy *policy;

	snprintf(text, sizeof(text), RULE("a", HOG) "%s", rule);
	policy = load(text);
	if (policy->nr_warnings != 1)
		fail_msg("%s: %zu warnings", text, policy->nr_warnings);
	snprintf(why, sizeof(why), "[rule b]: it acts only if rule a (%s:1) "
		 "has given up, which is before it and fires for all "
		 "containers that this one fires for", in_directory("a.conf"));
	assert_string_equal(policy->warnings[0].text, why);
	assert_int_equal(policy->warnings[0].place.line, 6);
	policy_free(policy);
}

static void test_rules_behind_others(void **state)
{
	(void)state;
	must_be_behind(RULE("b", HOG));
	must_be_behind(RULE("b", "select = name web-2 web-3\n"
			    "all = cpu_percent >= 30, pids_current > 3\n"
			    "for = 2m\naction = restart\n"));
	must_be_behind(RULE("b", "select = not name web-1, name web*\n"
			    "all = cpu_percent > 30 until 20\nfor = 1m\n"
			    "keep_newest = 2\naction = pause\n"
			    "dry_run = yes\n"));
}

/* Each with the place of its own line */
static void test_many_warnings(void **state)
{
	struct policy *policy;

	(void)state;
	policy = load(R "all = pids_current < 0, cpu_percent > 100\n"
		      "[rule s]\naction = stop\nselect = name a, name b\n"
		      CPU);
	assert_int_equal(policy->nr_warnings, 3);
	assert_int_equal(policy->warnings[2].place.line, 7);
	policy_free(policy);
}

/* A window that is shorter than a tick is as long as that. */
static void test_a_for_shorter_than_a_tick(void **state)
{
	static const char *const conditions[] = {
		"cpu_percent > 20", "gain(oom_kills_total) > 0",
		"gain(oom_kills_total) < 5", "growth(memory_anon_bytes) > 0",
		"rate(oom_kills_total) > 0",
	};
	size_t i, ticks;

	(void)state;
	for (i = 0; i < COUNT(conditions); i++) {
		char text[256];
		struct container_row *row;

		snprintf(text, sizeof(text), R "for = 1s\nall = %s\n",
			 conditions[i]);
		begin_world(text);
		row = add_container("a");
		row->cpu_percent = 30;
		row->oom_kills_total = row->memory_anon_bytes = 1;
		for (ticks = 1; tick_after(60000) == 0 && ticks < 9; ticks++) {
			row->oom_kills_total++;
			row->memory_anon_bytes *= 2;
		}
		assert_in_range(ticks, 2, 3);
		end_world();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_what_is_idle),
		TEST(test_what_is_not_idle),
		TEST(test_rules_behind_others),
		TEST(test_many_warnings),
		TEST(test_a_for_shorter_than_a_tick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
