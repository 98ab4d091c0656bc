// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random histories: whatever happens, what was promised holds. What is checked
 * here is counted here as well, and taken from nothing that decides.
 */
#include "tests/unit/policy_world.h"

#define HISTORIES 150
#define TICKS 150
#define POOL 24
#define MIN_AGE_MS 30000
#define COOL_DOWN_MS 60000
#define MINUTE_MS 60000
#define HOUR_MS 3600000

static const char rules[] =
	"budget_per_minute = 2\nbudget_per_hour = 9\ncool_down = 60s\n"
	"min_age = 30s\n"
	"[class high]\nmatch = name h*\nminimum = 2\n"
	"[class low]\nmatch = name l*\nminimum = 3\n"
	"[protect]\nmatch = label keep=*\n"
	"[type odd]\nmatch = name ?1 ?3 ?5 ?7\n"
	"[type even]\nmatch = name ?0 ?2 ?4 ?6\n"
	"[rule say]\nselect = name *\nall = cpu_percent > 90\n"
	"action = notify\n"
	"[rule hog]\nselect = class high low\n"
	"all = cpu_percent > 60 until 40\nfor = 3s\naction = stop kill\n"
	"[rule leak]\nselect = not name h*\n"
	"all = growth(memory_anon_bytes) > 10K\nfor = 5s\naction = kill\n"
	"[rule oom]\nselect = name *\nany = gain(oom_kills_total) >= 2, "
	"cpu_percent > 99\nfor = 10s\naction = restart\n"
	"[rule newest]\nselect = type *\nkeep_newest = 2\nper = type\n"
	"action = stop kill remove\n"
	"[rule old]\nselect = state exited\nall = ended_seconds > 20s\n"
	"action = remove\n"
	"[rule slow]\nselect = name *\nall = cpu_percent > 50\n"
	"action = limit\nlimit_cpu_cores = 0.5\n";

#define SAY 0

static uint64_t seed;

static unsigned int rnd(unsigned int below)
{
	seed = seed * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (unsigned int)(seed >> 33) % below;
}

/* A decision that was made, for as long as it matters */
struct made {
	int64_t t_ms;
	char id[16];
	char name[16];
	double started_ms;
	bool harms;
};

/* @names: of the pool; several ids may have the same */
struct history {
	struct world_container all[POOL];
	struct policy_candidate candidates[POOL];
	char names[POOL][16];
	bool is_present[POOL];
	struct made made[4096];
	size_t nr_made;
	int64_t now_ms;
};

static struct history history;

static void be_born(size_t i)
{
	struct world_container *container = &history.all[i];
	struct policy_candidate *candidate = &history.candidates[i];
	struct container_row *row = &container->row;
	static const char kinds[] = "hlx";

	*container = (struct world_container){ 0 };
	init_row(row);
	snprintf(history.names[i], sizeof(history.names[i]), "%c%u",
		 kinds[i % 3], rnd(8));
	snprintf(container->id, sizeof(container->id), "id%zu-%u", i, rnd(3));
	row->image = rnd(20) ? "image" : "grafana/grafana:11";
	row->runtime = "docker";
	row->state = "running";
	row->started_ms = row->created_ms =
		WORLD_MS + (double)history.now_ms - rnd(20) * 5e3;
	row->cpu_percent = rnd(100);
	row->memory_anon_bytes = 1e6;
	row->oom_kills_total = 0;
	*candidate = (struct policy_candidate){
		.id = container->id,
		.name = history.names[i],
		.row = row,
		.labels = container->labels,
		.is_described = rnd(20) > 0,
		.ended_ms = (double)NAN,
		.anonymous_volumes = (enum policy_answer)rnd(3),
		.is_own = rnd(30) == 0,
	};
	if (rnd(10) == 0)
		container->labels[candidate->nr_labels++] =
			(struct name_label){ "contmon.protect", "yes" };
	if (rnd(10) == 0)
		container->labels[candidate->nr_labels++] =
			(struct name_label){ "keep", "x" };
	history.is_present[i] = true;
}

static void live_on(size_t i)
{
	struct container_row *row = &history.all[i].row;
	struct policy_candidate *candidate = &history.candidates[i];

	if (!history.is_present[i]) {
		if (rnd(10) == 0)
			be_born(i);
		return;
	}
	if (!isnan(candidate->ended_ms)) {
		history.is_present[i] = rnd(30) > 0;
		return;
	}
	row->uptime_seconds = (WORLD_MS + (double)history.now_ms -
			       row->started_ms) / 1e3;
	if (rnd(4) == 0)
		row->cpu_percent = rnd(50) ? rnd(105) : (double)NAN;
	row->memory_anon_bytes += rnd(2000);
	row->oom_kills_total += rnd(40) == 0;
	if (rnd(40) == 0)
		row->state = rnd(3) ? "running" : "paused";
	if (rnd(60) == 0) {
		candidate->ended_ms = WORLD_MS + (double)history.now_ms;
		row->state = "exited";
		row->uptime_seconds = row->cpu_percent = (double)NAN;
	}
	if (rnd(200) == 0)
		history.is_present[i] = false;
}

/* Running ones of a class that nobody has acted on lately */
static bool counts(size_t i, char kind)
{
	const struct policy_candidate *candidate = &history.candidates[i];
	size_t j;

	if (!history.is_present[i] || history.names[i][0] != kind ||
	    !candidate->is_described ||
	    strcmp(candidate->row->state, "running") != 0)
		return false;
	for (j = 0; j < history.nr_made; j++) {
		const struct made *made = &history.made[j];

		if (made->harms && strcmp(made->id, candidate->id) == 0 &&
		    made->started_ms == candidate->row->started_ms &&
		    history.now_ms - made->t_ms < COOL_DOWN_MS)
			return false;
	}
	return true;
}

static size_t alive(char kind)
{
	size_t i, nr = 0;

	for (i = 0; i < POOL; i++)
		nr += counts(i, kind);
	return nr;
}

static void must_not_be_protected(size_t i, bool removes)
{
	const struct policy_candidate *candidate = &history.candidates[i];

	assert_int_equal(candidate->nr_labels, 0);
	assert_true(candidate->is_described);
	assert_false(candidate->is_own);
	assert_null(strstr(candidate->row->image, "grafana"));
	assert_true(WORLD_MS + (double)history.now_ms -
		    candidate->row->started_ms >= MIN_AGE_MS);
	if (removes)
		assert_int_not_equal(candidate->anonymous_volumes, POLICY_YES);
}

static void must_be_cool(size_t i)
{
	size_t j;

	for (j = 0; j < history.nr_made; j++) {
		const struct made *made = &history.made[j];

		if (history.now_ms - made->t_ms >= COOL_DOWN_MS)
			continue;
		assert_string_not_equal(made->id, history.candidates[i].id);
		assert_string_not_equal(made->name, history.names[i]);
	}
}

static void must_fit_the_budget(void)
{
	size_t j, minute = 0, hour = 0;

	for (j = 0; j < history.nr_made; j++) {
		minute += history.now_ms - history.made[j].t_ms < MINUTE_MS;
		hour += history.now_ms - history.made[j].t_ms < HOUR_MS;
	}
	assert_true(minute <= 2);
	assert_true(hour <= 9);
}

static void check_decision(size_t i, const struct policy_rule *rule)
{
	struct made *made = &history.made[history.nr_made];
	bool harms = (rule->steps & POLICY_DISRUPTIVE) &&
		     isnan(history.candidates[i].ended_ms);

	must_not_be_protected(i, rule->steps & POLICY_REMOVE);
	must_be_cool(i);
	assert_true(history.nr_made++ < COUNT(history.made));
	*made = (struct made){
		.t_ms = history.now_ms,
		.started_ms = history.candidates[i].row->started_ms,
		.harms = rule->steps & POLICY_DISRUPTIVE,
	};
	memcpy(made->id, history.candidates[i].id, sizeof(made->id));
	memcpy(made->name, history.names[i], sizeof(made->name));
	must_fit_the_budget();
	if (harms && history.names[i][0] == 'h')
		assert_true(alive('h') >= 2);
	if (harms && history.names[i][0] == 'l')
		assert_true(alive('l') >= 3);
}

/* One of two that see the same, but the second in the opposite order */
struct observer {
	struct policy *policy;
	struct policy_state *state;
	struct policy_candidate candidates[POOL];
	size_t indices[POOL];
	size_t nr;
	struct policy_result result;
};

static void begin_observer(struct observer *observer, const char *dry_run)
{
	char text[4096];

	snprintf(text, sizeof(text), "[policy]\ndry_run = %s\n%s", dry_run,
		 rules);
	observer->policy = load_policy(text);
	observer->state = policy_state_new(observer->policy);
	assert_non_null(observer->state);
}

static void observe(struct observer *observer, bool is_backward)
{
	struct policy_tick tick = {
		.t_ms = WORLD_MS + history.now_ms,
		.boot_ms = history.now_ms,
		.longest_gap_ms = 10000,
		.candidates = observer->candidates,
	};
	size_t i;

	observer->nr = 0;
	for (i = 0; i < POOL; i++) {
		size_t at = is_backward ? POOL - 1 - i : i;

		if (!history.is_present[at])
			continue;
		observer->indices[observer->nr] = at;
		observer->candidates[observer->nr++] = history.candidates[at];
	}
	tick.nr_candidates = observer->nr;
	assert_int_equal(policy_decide(observer->state, &tick,
				       &observer->result), 0);
}

static void must_agree(const struct observer *one,
		       const struct observer *other)
{
	size_t i, rule, nr = one->result.nr_decisions;

	assert_int_equal(nr, other->result.nr_decisions);
	for (i = 0; i < nr; i++) {
		const struct policy_decision *a = &one->result.decisions[i];
		const struct policy_decision *b = &other->result.decisions[i];

		assert_int_equal(a->rule, b->rule);
		assert_int_equal(one->indices[a->candidate],
				 other->indices[b->candidate]);
		assert_true(a->dry_run);
		assert_false(b->dry_run);
	}
	for (rule = 0; rule < one->policy->nr_rules; rule++) {
		for (i = 0; i < one->nr; i++)
			assert_int_equal(
				policy_verdict(&one->result, rule, i)->finding,
				policy_verdict(&other->result, rule,
					       one->nr - 1 - i)->finding);
	}
}

/* In some histories what was decided is done. */
static void take_effect(const struct observer *observer, bool is_done)
{
	size_t i;

	for (i = 0; i < observer->result.nr_decisions; i++) {
		const struct policy_decision *decision =
			&observer->result.decisions[i];
		size_t at = observer->indices[decision->candidate];

		if (decision->rule == SAY)
			continue;
		check_decision(at, &observer->policy->rules[decision->rule]);
		if (is_done && rnd(4))
			history.is_present[at] = false;
	}
}

static size_t live_through(uint64_t number)
{
	struct observer dry = { 0 }, real = { 0 };
	bool is_done = number % 2;
	size_t i, j;

	seed = number;
	history = (struct history){ .now_ms = 10 * HOUR_MS };
	begin_observer(&dry, "yes");
	begin_observer(&real, "no");
	for (i = 0; i < TICKS; i++) {
		history.now_ms += rnd(50) ? 1000 : rnd(30000);
		for (j = 0; j < POOL; j++)
			live_on(j);
		observe(&dry, false);
		observe(&real, true);
		must_agree(&dry, &real);
		take_effect(&dry, is_done);
	}
	policy_state_free(dry.state);
	policy_free(dry.policy);
	policy_state_free(real.state);
	policy_free(real.policy);
	return history.nr_made;
}

static void test_promises_hold(void **state)
{
	size_t nr = 0;
	uint64_t i;

	(void)state;
	for (i = 0; i < HISTORIES; i++)
		nr += live_through(i);
	/* Enough has happened to break them. */
	assert_true(nr > HISTORIES * 4);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_promises_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
