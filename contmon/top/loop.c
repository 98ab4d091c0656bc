// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "input.h"
#include "keys.h"
#include "loop.h"
#include "screen.h"
#include "view.h"

#include <errno.h>

/* @deadline_ns: when the next sample is due; 0: at once, even in a pause */
struct loop {
	struct contmon *c;
	struct top_model *model;
	uint64_t interval_ns;
	uint64_t deadline_ns;
	struct top_sample next;
};

#define CTRL_L ('L' & 0x1f)

static int act(struct loop *loop, int key)
{
	if (key == CTRL_L)
		screen_redraw();
	switch (top_model_key(loop->model, key)) {
	case TOP_QUIT:
		input_end();
		return 0;
	case TOP_READ:
		loop->deadline_ns = 0;
		return top_model_arrange(loop->model);
	case TOP_ARRANGE:
		return top_model_arrange(loop->model);
	case TOP_DRAW:
		break;
	}
	return 0;
}

/* Rates need two samples, so on a new page the second one comes soon. */
#define SECOND_SAMPLE_NS 200000000

static void set_deadline(struct loop *loop)
{
	uint64_t now = clock_monotonic_ns();

	if (loop->deadline_ns == 0 && loop->interval_ns > SECOND_SAMPLE_NS) {
		loop->deadline_ns = now + SECOND_SAMPLE_NS;
		return;
	}
	/* Missed refreshes are skipped. */
	loop->deadline_ns += loop->interval_ns;
	if (loop->deadline_ns <= now)
		loop->deadline_ns = now + loop->interval_ns;
}

static int read_next(struct loop *loop)
{
	int r = 0;

	if (loop->deadline_ns == 0 || !loop->model->paused) {
		r = top_sample_read(loop->c, loop->model->page, &loop->next);
		if (r == 0)
			r = top_model_take(loop->model, &loop->next);
	}
	set_deadline(loop);
	return r;
}

int top_loop(struct contmon *c, struct top_model *model, uint64_t interval_ns)
{
	struct loop loop = {
		.c = c, .model = model, .interval_ns = interval_ns,
	};
	int key, r = 0;

	input_begin();
	while (r == 0 && !input_is_over()) {
		if (clock_monotonic_ns() >= loop.deadline_ns)
			r = read_next(&loop);
		if (r < 0)
			break;
		top_view_draw(model);
		key = input_key(loop.deadline_ns);
		if (key == -EIO)
			r = key;
		else if (key != ERR)
			r = act(&loop, key);
	}
	top_sample_done(&loop.next);
	return r;
}
