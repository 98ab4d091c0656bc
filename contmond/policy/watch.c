// SPDX-License-Identifier: GPL-2.0-only
#include "watch.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A gain or growth is computed from this many points, whatever its `for`. */
#define WINDOW_POINTS 64

struct point {
	int64_t boot_ms;
	double value;
};

/**
 * struct probe - what one condition remembers
 * @last: for a rate: the total at the previous tick
 * @sum, @nr_values: since the condition has been true
 * @whole_ms: boot time from which on the value no longer depends on the time
 *	before the first tick
 * @window: for a gain or growth: oldest first; allocated when needed
 */
struct probe {
	struct point last;
	double sum;
	uint64_t nr_values;
	int64_t whole_ms;
	struct point *window;
	size_t nr_points;
};

static void forget(struct policy_measure *measure, struct probe *probe)
{
	measure->value = NAN;
	measure->since_ms = POLICY_NO_TIME;
	measure->is_unsure = false;
	measure->lowest = measure->mean = measure->highest = NAN;
	probe->last.value = NAN;
	probe->nr_points = 0;
}

void watch_reset(struct watch *watch)
{
	size_t i;

	for (i = 0; i < watch->nr; i++)
		forget(&watch->measures[i], &watch->probes[i]);
}

/* All others start over with each run of a container. */
static bool outlives_runs(const struct policy_condition *condition)
{
	return condition->reading == POLICY_GAIN &&
	       (strcmp(condition->column->key, "restarts_total") == 0 ||
		strcmp(condition->column->key, "oom_kills_total") == 0);
}

bool watch_rerun(struct watch *watch, const struct policy_rule *rule)
{
	bool has_any = false;
	size_t i;

	for (i = 0; i < watch->nr; i++) {
		if (outlives_runs(policy_rule_condition(rule, i)))
			has_any = true;
		else
			forget(&watch->measures[i], &watch->probes[i]);
	}
	return has_any;
}

struct watch *watch_new(const struct policy_rule *rule)
{
	struct watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return NULL;
	watch->notified_ms = POLICY_NO_TIME;
	watch->nr = rule->all.nr + rule->any.nr;
	if (watch->nr > 0) {
		watch->measures = calloc(watch->nr, sizeof(*watch->measures));
		watch->probes = calloc(watch->nr, sizeof(*watch->probes));
		if (!watch->measures || !watch->probes) {
			watch->nr = 0;
			watch_free(watch);
			return NULL;
		}
	}
	watch_reset(watch);
	return watch;
}

void watch_free(struct watch *watch)
{
	size_t i;

	if (!watch)
		return;
	for (i = 0; i < watch->nr; i++)
		free(watch->probes[i].window);
	free(watch->measures);
	free(watch->probes);
	free(watch);
}

/* Values */

/* Without RAM or swap on the host there is no share. */
static double share_of(const struct column *column, double bytes,
		       const struct policy_tick *tick)
{
	double all = strncmp(column->key, "swap_", 5) == 0 ?
		     tick->swap_bytes : tick->ram_bytes;

	return all > 0 ? 100 * bytes / all : (double)NAN;
}

static double number_of(const struct policy_condition *condition,
			const struct policy_tick *tick,
			const struct policy_candidate *candidate,
			double ended_seconds)
{
	double number;

	if (!condition->column)
		return ended_seconds;
	number = column_number(condition->column, candidate->row);
	return condition->reading == POLICY_SHARE ?
	       share_of(condition->column, number, tick) : number;
}

static double rate_of(struct probe *probe, double number, int64_t boot_ms)
{
	const struct point before = probe->last;
	int64_t elapsed_ms = boot_ms - before.boot_ms;

	probe->last = (struct point){ boot_ms, number };
	if (isnan(before.value) || !(number >= before.value) ||
	    elapsed_ms <= 0)
		return NAN;
	return (number - before.value) * 1e3 / (double)elapsed_ms;
}

/*
 * Drops points, so that the first one is the newest that is at least `for` old.
 */
static void shift_window(struct probe *probe, int64_t begin_ms)
{
	size_t drop = 0;

	while (drop + 1 < probe->nr_points &&
	       probe->window[drop + 1].boot_ms <= begin_ms)
		drop++;
	probe->nr_points -= drop;
	memmove(probe->window, probe->window + drop,
		probe->nr_points * sizeof(*probe->window));
}

/* Keeps points far enough apart to fit into the window. */
static int add_point(struct probe *probe, int64_t for_ms, struct point point)
{
	int64_t apart_ms = for_ms / (WINDOW_POINTS - 2) + 1;

	if (!probe->window)
		probe->window = calloc(WINDOW_POINTS, sizeof(*probe->window));
	if (!probe->window)
		return -ENOMEM;
	shift_window(probe, point.boot_ms - for_ms);
	if (probe->nr_points == 0 ||
	    (point.boot_ms - probe->window[probe->nr_points - 1].boot_ms >=
	     apart_ms && probe->nr_points < WINDOW_POINTS))
		probe->window[probe->nr_points++] = point;
	return 0;
}

static bool is_more(const struct policy_condition *condition)
{
	return condition->comparison == POLICY_MORE ||
	       condition->comparison == POLICY_MORE_OR_EQUAL;
}

/*
 * What was gained in a shorter time was gained in `for` as well. For everything
 * else, the whole time must have been observed.
 */
static double change_of(const struct probe *probe,
			const struct policy_condition *condition,
			int64_t for_ms, struct point now)
{
	const struct point *first = &probe->window[0];
	int64_t elapsed_ms = now.boot_ms - first->boot_ms;

	if (condition->reading == POLICY_GAIN) {
		if (elapsed_ms < for_ms && !is_more(condition))
			return NAN;
		return now.value - first->value;
	}
	if (elapsed_ms < for_ms)
		return NAN;
	return (now.value - first->value) * 60e3 / (double)elapsed_ms;
}

static int read_window(struct probe *probe,
		       const struct policy_condition *condition,
		       int64_t for_ms, struct point now, double *ret)
{
	int r;

	/* Unknown, or a total that started over */
	if (isnan(now.value) ||
	    (condition->reading == POLICY_GAIN && probe->nr_points > 0 &&
	     now.value < probe->window[probe->nr_points - 1].value))
		probe->nr_points = 0;
	*ret = NAN;
	if (isnan(now.value))
		return 0;
	r = add_point(probe, for_ms, now);
	if (r == 0)
		*ret = change_of(probe, condition, for_ms, now);
	return r;
}

static int read_value(struct probe *probe,
		      const struct policy_condition *condition,
		      int64_t for_ms, struct point now, double *ret)
{
	switch (condition->reading) {
	case POLICY_LEVEL:
	case POLICY_SHARE:
		*ret = now.value;
		return 0;
	case POLICY_RATE:
		*ret = rate_of(probe, now.value, now.boot_ms);
		return 0;
	default:
		return read_window(probe, condition, for_ms, now, ret);
	}
}

/* Truth */

static bool compare(enum policy_comparison comparison, double value,
		    double threshold)
{
	switch (comparison) {
	case POLICY_MORE:
		return value > threshold;
	case POLICY_MORE_OR_EQUAL:
		return value >= threshold;
	case POLICY_LESS:
		return value < threshold;
	default:
		return value <= threshold;
	}
}

/* With "until", a true condition stays true until it reaches another value. */
static bool is_true(const struct policy_condition *condition, double value,
		    bool was_true)
{
	if (was_true && !isnan(condition->end))
		return is_more(condition) ? value > condition->end :
					    value < condition->end;
	return compare(condition->comparison, value, condition->threshold);
}

static void begin_unsure(struct policy_measure *measure, struct probe *probe,
			 const struct policy_condition *condition,
			 int64_t for_ms, int64_t boot_ms)
{
	measure->is_unsure = true;
	probe->whole_ms = boot_ms;
	if (policy_looks_back(condition))
		probe->whole_ms += for_ms;
	else if (condition->reading == POLICY_RATE)
		probe->whole_ms++;
}

/* Is the condition certainly false now, even if it was true before? */
static bool is_over_anyway(const struct probe *probe,
			   const struct policy_condition *condition,
			   double number, double value, int64_t boot_ms)
{
	if (isnan(number))
		return true;
	return boot_ms >= probe->whole_ms &&
	       (isnan(value) || !is_true(condition, value, true));
}

static void note(struct policy_measure *measure, struct probe *probe,
		 bool truth, double value, int64_t boot_ms)
{
	if (!truth) {
		measure->since_ms = POLICY_NO_TIME;
		measure->lowest = measure->mean = measure->highest = NAN;
		return;
	}
	if (measure->since_ms == POLICY_NO_TIME) {
		measure->since_ms = boot_ms;
		measure->lowest = measure->highest = value;
		probe->sum = 0;
		probe->nr_values = 0;
	}
	probe->sum += value;
	probe->nr_values++;
	measure->lowest = fmin(measure->lowest, value);
	measure->highest = fmax(measure->highest, value);
	measure->mean = probe->sum / (double)probe->nr_values;
}

int watch_update(struct watch *watch, const struct policy_rule *rule,
		 const struct policy_tick *tick,
		 const struct policy_candidate *candidate,
		 double ended_seconds)
{
	size_t i;

	for (i = 0; i < watch->nr; i++) {
		const struct policy_condition *condition =
			policy_rule_condition(rule, i);
		struct policy_measure *measure = &watch->measures[i];
		struct probe *probe = &watch->probes[i];
		struct point now = {
			tick->boot_ms,
			number_of(condition, tick, candidate, ended_seconds),
		};
		bool was_true = measure->since_ms != POLICY_NO_TIME;
		double value;
		int r = read_value(probe, condition, rule->for_ms, now,
				   &value);

		if (r < 0)
			return r;
		measure->value = value;
		if (tick->begins_late && !isnan(condition->end))
			begin_unsure(measure, probe, condition, rule->for_ms,
				     tick->boot_ms);
		if (is_over_anyway(probe, condition, now.value, value,
				   tick->boot_ms))
			measure->is_unsure = false;
		note(measure, probe, !isnan(value) &&
		     is_true(condition, value, was_true), value,
		     tick->boot_ms);
	}
	return 0;
}

static enum policy_finding finding_of(const struct policy_condition *condition,
				      const struct policy_measure *measure,
				      int64_t for_ms, int64_t boot_ms)
{
	if (isnan(measure->value))
		return POLICY_UNKNOWN;
	if (measure->since_ms == POLICY_NO_TIME)
		return measure->is_unsure ? POLICY_UNKNOWN : POLICY_NOT_OVER;
	if (policy_looks_back(condition) ||
	    boot_ms - measure->since_ms >= for_ms)
		return POLICY_CHOSEN;
	return measure->is_unsure ? POLICY_UNKNOWN : POLICY_TOO_BRIEF;
}

/* Findings are ordered: the worst of `all` and the best of `any` count. */
enum policy_finding watch_finding(const struct watch *watch,
				  const struct policy_rule *rule,
				  int64_t boot_ms, size_t *ret_leading)
{
	enum policy_finding all = POLICY_CHOSEN, any = POLICY_NOT_OVER;
	size_t i;

	*ret_leading = watch->nr;
	for (i = 0; i < watch->nr; i++) {
		enum policy_finding finding =
			finding_of(policy_rule_condition(rule, i),
				   &watch->measures[i], rule->for_ms,
				   boot_ms);

		if (finding == POLICY_CHOSEN && *ret_leading == watch->nr)
			*ret_leading = i;
		if (i < rule->all.nr && finding < all)
			all = finding;
		if (i >= rule->all.nr && finding > any)
			any = finding;
	}
	return rule->any.nr > 0 && any < all ? any : all;
}
