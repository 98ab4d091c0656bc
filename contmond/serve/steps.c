// SPDX-License-Identifier: GPL-2.0-only
#include "steps.h"

#include <math.h>

#include "base/clock.h"
#include "contmond/model/emit.h"
#include "contmond/store/history.h"
#include "range.h"

#define DEFAULT_RANGE_MS (15 * 60 * 1000)

/* What the step depends on, besides the request */
struct now {
	size_t nr_containers;
	int64_t interval_ms;
};

static struct now look(const struct facts *facts)
{
	struct now now;

	facts_hold(facts);
	now.nr_containers = facts->model->nr_containers;
	now.interval_ms = (int64_t)facts->status->interval_ms;
	facts_release(facts);
	return now;
}

static size_t nr_words(const char *list)
{
	size_t nr = 1;

	for (; *list; list++)
		nr += *list == ',';
	return nr;
}

static int64_t widest_step(const struct steps *steps)
{
	return history_widest_step(steps->to_ms - steps->from_ms);
}

static int64_t narrower(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static size_t rows_of_step(const struct steps *steps, struct now now)
{
	if (steps->is_system)
		return 1;
	if (steps->containers)
		return nr_words(steps->containers);
	return now.nr_containers + steps->has_host;
}

/*
 * The narrowest step with which all rows fit, if the containers that run now
 * are the ones of the range. Otherwise see steps_widen().
 */
static int64_t choose_step(const struct steps *steps, struct now now)
{
	size_t nr = rows_of_step(steps, now);
	int64_t most = narrower((int64_t)(steps->max_rows / (nr > 0 ? nr : 1)),
				(int64_t)steps->max_steps);
	int64_t least = (steps->to_ms - steps->from_ms) / (most > 1 ? most - 1 :
								      1);

	return least <= now.interval_ms ? now.interval_ms :
		narrower(steps->round(least), widest_step(steps));
}

bool steps_read(struct steps *steps, const struct facts *facts,
		const struct request *request, struct reply *reply)
{
	const struct now now = look(facts);

	steps->to_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS);
	if (!range_read_ms(request, reply, "to", &steps->to_ms))
		return false;
	steps->from_ms = steps->to_ms > DEFAULT_RANGE_MS ?
		steps->to_ms - DEFAULT_RANGE_MS : 0;
	steps->step_ms = 0;
	if (!range_read(request, reply, &steps->from_ms, &steps->to_ms) ||
	    !range_read_ms(request, reply, "step", &steps->step_ms))
		return false;
	steps->is_chosen = !request_get(request, "step");
	if (steps->is_chosen)
		steps->step_ms = choose_step(steps, now);
	if (steps->step_ms < now.interval_ms)
		steps->step_ms = now.interval_ms;
	steps->is_widened = steps->is_chosen &&
			    steps->step_ms > now.interval_ms;
	return true;
}

/* Even a single step has a row for each container. */
bool steps_widen(struct steps *steps, size_t nr_titles, int64_t had_ms)
{
	double step = (double)steps->step_ms;
	double wanted = (double)(steps->to_ms - steps->from_ms);
	int64_t widest = widest_step(steps);

	if (!steps->is_chosen || steps->step_ms >= widest ||
	    nr_titles > steps->max_rows)
		return false;
	steps->step_ms = narrower(steps->round((int64_t)fmax(
			step * wanted / fmax((double)had_ms, step), step + 1)),
		widest);
	steps->is_widened = true;
	return true;
}

void steps_write(const struct steps *steps, int64_t resolution_ms,
		 bool is_first, struct buffer *body)
{
	emit_key(body, "from", is_first);
	emit_number(body, (double)steps->from_ms);
	emit_key(body, "to", false);
	emit_number(body, (double)steps->to_ms);
	emit_key(body, "step_ms", false);
	emit_number(body, (double)steps->step_ms);
	emit_key(body, "step_widened", false);
	buffer_puts(body, steps->is_widened ? "true" : "false");
	emit_key(body, "resolution_ms", false);
	emit_number(body, (double)resolution_ms);
}
