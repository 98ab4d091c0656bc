// SPDX-License-Identifier: GPL-2.0-only
/* What rule files may say, and that each mistake is told with its place. */
#include "tests/unit/policy_world.h"

/* What every rule here needs */
#define R "[rule r]\nselect = name a\naction = stop\n"
#define CPU "all = cpu_percent > 1\n"
#define FIELDS "the fields are name, image, command, runtime, pod, class, " \
	"type, state, label, compose_project, compose_service"
#define TIME(range) "not a time from " range ", a whole number with s, m, " \
	"h or d"
#define STEPS "neither notify, restart, pause, limit nor some of stop, " \
	"kill and remove in this order"
#define P(key, value, why) \
	{ "[policy]\n" key " = " value, 2, \
	  "[policy]: " key " = " value ": " why }
#define V(key, value, why) \
	{ R CPU key " = " value, 5, \
	  "[rule r]: " key " = " value ": " why }
#define ALL(value, why) \
	{ R "all = " value, 4, "[rule r]: all = " value ": " why }
#define NO_PATTERN(word) "'" word "' is no pattern without double quotes: " \
	"terms are [not] FIELD PATTERN..., with commas between them, and a " \
	"comment begins with a blank and ;"
#define STATES "the states are running, paused, empty, created, " \
	"configured, initialized, restarting, stopping, stopped, removing, " \
	"exited, dead, unknown"
#define SELECT(value, why) \
	{ "[rule r]\naction = stop\n" CPU "select = " value, 4, \
	  "[rule r]: select = " value ": " why }

static const struct {
	const char *text;
	unsigned int line;
	const char *why;
} mistakes[] = {
	/* Files */
	{ "a = 1", 1, "is in no section" },
	{ "word", 1, "neither a section, 'key = value' nor a comment" },
	{ "[rules]\na = 1", 1, "unknown section [rules]; the sections are "
	  "[policy], [protect], [class NAME], [type NAME] and [rule NAME]" },
	{ "[policy x]", 1, "unknown section [policy x]; the sections are "
	  "[policy], [protect], [class NAME], [type NAME] and [rule NAME]" },
	{ "[rule r\naction = stop\nx = y", 1, "neither a section, 'key = "
	  "value' nor a comment" },
	{ R CPU "[rule s] x\naction = kill\n", 5, "neither a section, "
	  "'key = value' nor a comment" },
	{ "[rule]", 1, "[rule]: its name is not 1 to 64 letters, digits or "
	  ". _ -" },
	{ "[class a b]", 1, "[class a b]: its name is not 1 to 64 letters, "
	  "digits or . _ -" },
	{ "[protect]\nmatch = name a\nmatchh = b", 3, "[protect]: unknown "
	  "key 'matchh'; the keys are match" },
	{ "[type a]\nminimum = 1\nmatch = name a", 2, "[type a]: unknown key "
	  "'minimum'; the keys are match" },
	{ "[policy]\nwarn = 1s\n\nwarn = 2s", 4, "[policy]: warn is already "
	  "set in line 2" },
	/* Values */
	P("dry_run", "true", "neither 'yes' nor 'no'"),
	P("dry_run", "", "neither 'yes' nor 'no'"),
	P("budget_per_minute", "0", "not a number from 1 to 60"),
	P("budget_per_minute", "61", "not a number from 1 to 60"),
	P("budget_per_hour", "1001", "not a number from 1 to 1000"),
	P("budget_per_hour", "-1", "not a number from 1 to 1000"),
	P("cool_down", "0s", TIME("1s to 1d")),
	P("cool_down", "90", TIME("1s to 1d")),
	P("cool_down", "25h", TIME("1s to 1d")),
	P("cool_down", "1.5h", TIME("1s to 1d")),
	P("cool_down", "5 m", TIME("1s to 1d")),
	P("cool_down", "-5m", TIME("1s to 1d")),
	P("cool_down", "99999999999999999999d", TIME("1s to 1d")),
	P("min_age", "2d", TIME("0s to 1d")),
	P("warn", "61m", TIME("0s to 1h")),
	P("give_up_after", "x", "not a number from 1 to 100"),
	{ "[class a]\nminimum = 10001", 2, "[class a]: minimum = 10001: not "
	  "a number from 0 to 10000" },
	V("for", "2d", TIME("1s to 1d")),
	V("grace", "0", TIME("1s to 1h")),
	V("keep_newest", "0", "not a number from 1 to 10000"),
	V("per", "label", "none of name, image, command, runtime, pod, class, "
	  "type, state, compose_project, compose_service"),
	V("dry_run", "no", "not 'yes': a rule cannot turn off the dry run of "
	  "[policy]"),
	V("limit_cpu_cores", "0", "'0' is not a number, from 0.01 to 8192"),
	V("limit_memory_bytes", "1M", "'1M' is not a number, which may end "
	  "in K, M, G or T, from 6M to 1024T"),
	{ "[rule r]\nselect = name a\n" CPU "action = kill stop", 4,
	  "[rule r]: action = kill stop: " STEPS },
	{ "[rule r]\nselect = name a\n" CPU "action = stop stop", 4,
	  "[rule r]: action = stop stop: " STEPS },
	{ "[rule r]\nselect = name a\n" CPU "action = notify stop", 4,
	  "[rule r]: action = notify stop: " STEPS },
	{ "[rule r]\nselect = name a\n" CPU "action = explode", 4,
	  "[rule r]: action = explode: " STEPS },
	{ "[rule r]\nselect = name a\n" CPU "action =", 4,
	  "[rule r]: action = : " STEPS },
	/* Terms */
	SELECT("", "a term is missing: FIELD PATTERN"),
	SELECT("name", "no pattern after name"),
	SELECT("name a,", "a term is missing: FIELD PATTERN"),
	SELECT("name a,,image b", "a term is missing: FIELD PATTERN"),
	SELECT("not", "a term is missing: FIELD PATTERN"),
	SELECT("not not name a", "unknown field 'not'; " FIELDS),
	SELECT("nane a", "unknown field 'nane'; " FIELDS),
	SELECT("name \"\"", "no pattern after name"),
	SELECT("name word:", "no pattern after name"),
	SELECT("name \"a", "a quote is not closed"),
	SELECT("label \"=b\"", "a label without a key"),
	SELECT("label =b", NO_PATTERN("=b")),
	SELECT("label == b", NO_PATTERN("==")),
	SELECT("name a # all but *", NO_PATTERN("#")),
	SELECT("name a #all", NO_PATTERN("#all")),
	SELECT("name a and image b", NO_PATTERN("and")),
	SELECT("name a or name b", NO_PATTERN("or")),
	SELECT("name not a", NO_PATTERN("not")),
	SELECT("name = a", NO_PATTERN("=")),
	SELECT("name =a", NO_PATTERN("=a")),
	SELECT("image != a*", NO_PATTERN("!=")),
	SELECT("image !a*", NO_PATTERN("!a*")),
	SELECT("label a && label b", NO_PATTERN("&&")),
	SELECT("label a || label b", NO_PATTERN("||")),
	SELECT("name 'a *'", NO_PATTERN("'a")),
	SELECT("name a;name b", NO_PATTERN("a;name")),
	{ R CPU "select = class hgih", 5, "[rule r]: select: class hgih: "
	  "there is no section [class hgih]" },
	{ R CPU "select = not type x", 5, "[rule r]: select: not type x: "
	  "there is no section [type x]" },
	{ "[type a]\nmatch = type a", 2, "[type a]: match: type cannot be in "
	  "a [type]" },
	{ "[class a]\nmatch = class a", 2, "[class a]: match: class cannot "
	  "be in a [class]" },
	{ "[type a]", 1, "[type a]: has no match" },
	{ "[protect]", 1, "[protect]: has no match" },
	{ "[protect]\nmatch = name a\n[protect]\n[protect]\nmatch = name b", 3,
	  "[protect]: has no match" },
	{ "[protect]\nmatch = name a\n[protect]\nmatch = name b, class x\n"
	  "[protect]\nmatch = name c", 4, "[protect]: match: class x: there "
	  "is no section [class x]" },
	{ R CPU "select = state runing", 5, "[rule r]: select: state runing: "
	  "there is no state 'runing'; " STATES },
	{ R CPU "select = not state exited Dead", 5, "[rule r]: select: not "
	  "state exited Dead: there is no state 'Dead'; " STATES },
	{ "[protect]\nmatch = runtime dockr", 2, "[protect]: match: runtime "
	  "dockr: there is no runtime 'dockr'; the runtimes are docker, "
	  "containerd, crio, podman, lxc, nspawn, kubernetes, nomad, "
	  "unknown, buildkit" },
	/* Conditions */
	ALL("", "neither KEY, share(KEY), rate(KEY), gain(KEY) nor growth("
	    "KEY)"),
	ALL("cpu_procent > 1", "a container has no number 'cpu_procent'"),
	ALL("image > 1", "a container has no number 'image'"),
	ALL("started_ms > 1", "a container has no number 'started_ms'"),
	ALL("max(cpu_percent) > 1", "a container has no number 'max'"),
	ALL("rate(cpu_percent) > 1", "cpu_percent is not a total: use "
	    "growth()"),
	ALL("growth(oom_kills_total) > 1", "oom_kills_total is a total: use "
	    "rate() or gain()"),
	ALL("rate(ended_seconds) > 1s", "ended_seconds has no share, rate, "
	    "gain or growth"),
	ALL("share(cpu_percent) > 1", "cpu_percent is not bytes of memory or "
	    "swap: it has no share()"),
	ALL("share(read_bytes_total) > 1", "read_bytes_total is not bytes of "
	    "memory or swap: it has no share()"),
	ALL("share(memory_current_bytes) > 1G", "'1G' is not a number, which "
	    "may end in %, from 0 on"),
	ALL("rate(oom_kills_total > 1", "neither KEY, share(KEY), rate(KEY), "
	    "gain(KEY) nor growth(KEY)"),
	ALL("cpu_percent", "none of >, >=, < and <= after the number's key"),
	ALL("cpu_percent = 1", "none of >, >=, < and <= after the number's "
	    "key"),
	ALL("cpu_percent >", "'' is not a number, which may end in %, from 0 "
	    "on"),
	ALL("cpu_percent > 1G", "'1G' is not a number, which may end in %, "
	    "from 0 on"),
	ALL("cpu_percent > -1", "'-1' is not a number, which may end in %, "
	    "from 0 on"),
	ALL("cpu_percent > nan", "'nan' is not a number, which may end in %, "
	    "from 0 on"),
	ALL("cpu_percent > 1e5", "'1e5' is not a number, which may end in %, "
	    "from 0 on"),
	ALL("uptime_seconds > 60", "'60' is not a number that ends in s, m, h "
	    "or d, from 0 on"),
	ALL("memory_current_bytes > 5X", "'5X' is not a number, which may "
	    "end in K, M, G or T, from 0 on"),
	ALL("cpu_percent > 20 till 10", "'till 10' is neither 'until VALUE' "
	    "nor a comma"),
	ALL("cpu_percent > 20 until", "'until' is neither 'until VALUE' nor "
	    "a comma"),
	ALL("cpu_percent > 20 until 21", "'until' is above the threshold"),
	ALL("cpu_percent < 20 until 19", "'until' is below the threshold"),
	ALL("cpu_percent > 20,", "neither KEY, share(KEY), rate(KEY), "
	    "gain(KEY) nor growth(KEY)"),
	/* Sense */
	{ "[rule r]\nselect = name a\n" CPU, 1, "[rule r]: needs `action`" },
	{ "[rule r]\nselect = name a\naction = stop", 1, "[rule r]: needs "
	  "`all`, `any` or `keep_newest`" },
	{ "[rule r]\naction = stop\n" CPU, 1, "[rule r]: needs `select`, or "
	  "a condition on usage and `for`" },
	{ "[rule r]\naction = stop\nkeep_newest = 1", 1, "[rule r]: needs "
	  "`select`, or a condition on usage and `for`" },
	{ "[rule r]\naction = stop\nall = uptime_seconds > 1d\nfor = 1s", 1,
	  "[rule r]: needs `select`, or a condition on usage and `for`" },
	{ R "all = gain(oom_kills_total) > 1", 4, "[rule r]: gain() and "
	  "growth() need `for`" },
	{ R "all = rate(psi_cpu_some_seconds_total) > 0.5", 4, "[rule r]: "
	  "pressure alone is no reason to act: add a condition on usage or "
	  "growth to `all`" },
	{ R "all = rate(psi_cpu_some_seconds_total) > 0.5\n"
	  "all = uptime_seconds > 1h", 4, "[rule r]: pressure alone is no "
	  "reason to act: add a condition on usage or growth to `all`" },
	{ R "any = rate(psi_cpu_some_seconds_total) > 0.5, cpu_percent > 1",
	  4, "[rule r]: pressure alone is no reason to act: add a condition "
	  "on usage or growth to `all`" },
	{ R "all = ended_seconds > 1h\n[rule s]\nselect = name a\n"
	  "all = ended_seconds > 1h\naction = remove", 4, "[rule r]: "
	  "ended_seconds needs an action that has remove, or notify" },
	{ R CPU "hold = 1m", 5, "[rule r]: hold needs the action pause or "
	  "limit" },
	{ R CPU "limit_cpu_cores = 1", 5, "[rule r]: limit_cpu_cores needs "
	  "the action limit" },
	{ R CPU "per = type", 5, "[rule r]: per needs keep_newest" },
	{ "[rule r]\nselect = name a\naction = kill\n" CPU "grace = 1s", 5,
	  "[rule r]: grace needs an action with stop, or restart" },
	{ "[rule r]\nselect = name a\naction = limit\n" CPU, 3, "[rule r]: "
	  "limit needs limit_cpu_cores or limit_memory_bytes" },
	{ R CPU "warn = 5m", 5, "[rule r]: warn (5m) must be shorter than "
	  "cool_down (5m)" },
	{ R CPU "cool_down = 20s", 5, "[rule r]: warn (30s) must be shorter "
	  "than cool_down (20s)" },
	{ "[policy]\ncool_down = 30s", 2, "[policy]: warn (30s) must be "
	  "shorter than cool_down (30s)" },
	{ "[policy]\nbudget_per_minute = 10", 2, "[policy]: "
	  "budget_per_minute (10) is more than budget_per_hour (5)" },
};

static struct policy_errors errors;
static struct policy *policy;

static int load(const char *text)
{
	const char *path = write_file("a.conf", text);

	return policy_load(&path, 1, &policy, &errors);
}

static void test_mistakes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(mistakes); i++) {
		policy = (struct policy *)&policy;
		if (load(mistakes[i].text) != -EINVAL)
			fail_msg("accepted: %s", mistakes[i].text);
		assert_ptr_equal(policy, &policy);
		if (errors.nr != 1 ||
		    strncmp(errors.all[0].text, mistakes[i].why,
			    strlen(mistakes[i].why)) != 0)
			print_error("%s\n%zu: %s\n", mistakes[i].text,
				    errors.nr, errors.all[0].text);
		assert_int_equal(errors.nr, 1);
		assert_memory_equal(errors.all[0].text, mistakes[i].why,
				    strlen(mistakes[i].why));
		assert_string_equal(errors.all[0].file,
				    in_directory("a.conf"));
		assert_int_equal(errors.all[0].line, mistakes[i].line);
		policy_errors_done(&errors);
	}
}

static void test_all_mistakes_are_told_in_order(void **state)
{
	static const unsigned int lines[] = { 1, 3, 4, 5, 6, 8 };
	size_t i;

	(void)state;
	assert_int_equal(load("a = 1\n[policy]\nwarn = x\nbudget = 1\nword\n"
			      "[rules]\nignored = 1\n[rule a b]\n"), -EINVAL);
	assert_int_equal(errors.nr, COUNT(lines));
	for (i = 0; i < COUNT(lines); i++)
		assert_int_equal(errors.all[i].line, lines[i]);
	policy_errors_done(&errors);
}

static void test_names_are_used_once(void **state)
{
	const char *paths[2];
	char expected[600];

	(void)state;
	paths[0] = write_file("a.conf", "\n" R CPU "[policy]\n[protect]\n"
			      "match = name a\n[class r]\nmatch = name x\n");
	paths[1] = write_file("b.conf", R CPU "[policy]\n[protect]\n"
			      "match = name b\n[type r]\nmatch = name x\n");
	assert_int_equal(policy_load(paths, 2, &policy, &errors), -EINVAL);
	assert_int_equal(errors.nr, 2);
	snprintf(expected, sizeof(expected), "[rule r]: is already in %s:2",
		 paths[0]);
	assert_string_equal(errors.all[0].text, expected);
	assert_string_equal(errors.all[0].file, paths[1]);
	assert_int_equal(errors.all[0].line, 1);
	snprintf(expected, sizeof(expected), "[policy]: is already in %s:6",
		 paths[0]);
	assert_string_equal(errors.all[1].text, expected);
	policy_errors_done(&errors);
}

/* A section ends with its file, and so do the keys of one that is skipped. */
static void test_files_do_not_run_into_each_other(void **state)
{
	(void)state;
	assert_int_equal(mkdir(in_directory("d"), 0700), 0);
	write_file("d/10.conf", "[policy]\nwarn = 1s\n");
	write_file("d/20.conf", "warn = 2s\n");
	write_file("d/30.conf", "[rules]\n");
	write_file("d/40.conf", "warn = 3s\n");
	assert_int_equal(policy_load(&(const char *){ in_directory("d") }, 1,
				     &policy, &errors), -EINVAL);
	assert_int_equal(errors.nr, 3);
	assert_string_equal(errors.all[0].text, "is in no section");
	assert_contains(errors.all[0].file, "/d/20.conf");
	assert_contains(errors.all[1].text, "unknown section");
	assert_string_equal(errors.all[2].text, "is in no section");
	policy_errors_done(&errors);
}

static void test_what_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(policy_load(&(const char *){ in_directory("none") },
				     1, &policy, &errors), -EINVAL);
	assert_int_equal(errors.nr, 1);
	assert_string_equal(errors.all[0].text, "No such file or directory");
	assert_int_equal(errors.all[0].line, 0);
	policy_errors_done(&errors);
	policy = load_policy("");
	assert_int_equal(policy->nr_rules, 0);
	assert_true(policy->dry_run);
	policy_free(policy);
}

static void test_a_whole_rule(void **state)
{
	const struct policy_rule *rule;

	(void)state;
	policy = load_policy(
		"[class low]\nmatch = name word:low\nminimum = 3\n"
		"[type cpu]\nmatch = command \"*stress* --cpu *\" word:-c\n"
		"[rule cpu-hog]\n"
		"select = class low, type cpu , not image grafana/* x\n"
		"select = label \"a b=c, d\" keep, label k=word:W\n"
		"all = cpu_percent > 20.5% until 15, memory_peak_bytes>=1.5G\n"
		"any = gain(restarts_total) >= 3\n"
		"any = growth( memory_anon_bytes ) > -10M ; comment\n"
		"for = 90s\naction = stop kill remove\ngrace = 1m\n"
		"warn = 0\ncool_down = 1h\ndry_run = yes\n");
	rule = policy_rule_find(policy, "cpu-hog");
	assert_non_null(rule);
	assert_int_equal(rule->place.line, 6);
	assert_int_equal(rule->select.nr, 5);
	assert_string_equal(rule->select.all[1].text, "type cpu");
	assert_string_equal(rule->select.all[2].text, "not image grafana/* x");
	assert_true(rule->select.all[2].is_negated);
	assert_int_equal(rule->select.all[2].nr_patterns, 2);
	assert_string_equal(rule->select.all[3].patterns[0].key, "a b");
	assert_string_equal(rule->select.all[3].patterns[0].text, "c, d");
	assert_string_equal(rule->select.all[3].patterns[1].key, "keep");
	assert_null(rule->select.all[3].patterns[1].text);
	assert_true(rule->select.all[4].patterns[0].is_word);
	assert_string_equal(rule->select.all[4].patterns[0].text, "W");
	assert_int_equal(rule->all.nr, 2);
	assert_string_equal(rule->all.all[0].text,
			    "cpu_percent > 20.5% until 15");
	assert_near(rule->all.all[0].threshold, 20.5, 0);
	assert_near(rule->all.all[0].end, 15, 0);
	assert_near(rule->all.all[1].threshold, 1.5 * 0x1p30, 0);
	assert_true(isnan(rule->all.all[1].end));
	assert_int_equal(rule->any.nr, 2);
	assert_int_equal(rule->any.all[0].reading, POLICY_GAIN);
	assert_string_equal(rule->any.all[0].column->key, "restarts_total");
	assert_near(rule->any.all[1].threshold, -10 * 0x1p20, 0);
	assert_int_equal(rule->for_ms, 90000);
	assert_int_equal(rule->steps, POLICY_STOP | POLICY_KILL |
			 POLICY_REMOVE);
	assert_int_equal(rule->grace_ms, 60000);
	assert_int_equal(rule->warn_ms, 0);
	assert_int_equal(rule->cool_down_ms, 3600000);
	assert_true(rule->dry_run);
	assert_int_equal(policy->classes.all[0].minimum, 3);
	assert_int_equal(policy->types.all[0].match.all[0].nr_patterns, 2);
	policy_free(policy);
}

/* What looks like a mistake is none in quotes, or as a part of a pattern. */
static void test_odd_patterns(void **state)
{
	const struct policy_term *terms;

	(void)state;
	policy = load_policy(R CPU
			     "select = command \"#\" \"a;b\" \"!x\" \"or\"\n"
			     "select = command a#b a!b a'b a=b sand ; and\n");
	terms = policy->rules[0].select.all;
	assert_int_equal(terms[1].nr_patterns, 4);
	assert_string_equal(terms[1].patterns[1].text, "a;b");
	assert_int_equal(terms[2].nr_patterns, 5);
	policy_free(policy);
	policy_free(load_policy("[rule r]\nselect = name a\naction = restart\n"
				"grace = 1m\n" CPU));
	policy_free(load_policy(R CPU "select = state run* word:EXITED empty\n"
				"select = not runtime doc* nomad, state *\n"));
}

static void must_differ(const char *one, const char *other, bool rule_differs)
{
	struct policy *first = load_policy(one), *second = load_policy(other);

	assert_string_not_equal(first->hash, second->hash);
	if (rule_differs)
		assert_string_not_equal(first->rules[0].hash,
					second->rules[0].hash);
	else
		assert_string_equal(first->rules[0].hash,
				    second->rules[0].hash);
	policy_free(first);
	policy_free(second);
}

static void test_hashes(void **state)
{
	struct policy *first, *second;

	(void)state;
	must_differ(R CPU, R "all = cpu_percent > 2\n", true);
	must_differ(R CPU, R CPU "for = 1s\n", true);
	must_differ(R CPU, "[policy]\nwarn = 1s\n" R CPU, false);
	first = load_policy(R CPU);
	second = load_policy("# comment\n\n" R "\nall   =   cpu_percent > 1 ; x"
			     "\n");
	assert_string_equal(first->hash, second->hash);
	assert_int_equal(strlen(first->hash), POLICY_HASH_LENGTH);
	policy_free(first);
	policy_free(second);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_mistakes),
		TEST(test_all_mistakes_are_told_in_order),
		TEST(test_names_are_used_once),
		TEST(test_files_do_not_run_into_each_other),
		TEST(test_what_is_not_there),
		TEST(test_a_whole_rule),
		TEST(test_odd_patterns),
		TEST(test_hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
