// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "keys.h"
#include "loop.h"
#include "screen.h"
#include "view.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

/* @deadline_ns: when the next sample is due; 0: at once, even in a pause */
struct loop {
	struct contmon *c;
	struct top_model *model;
	uint64_t interval_ns;
	uint64_t deadline_ns;
	struct top_sample next;
};

/*
 * Set when the user or a signal ends the program; the terminal is restored
 * first.
 */
static volatile sig_atomic_t is_over;

static void end(int signal)
{
	(void)signal;
	is_over = 1;
}

static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = end };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* A terminal that is gone has no more keys, but poll() reports that at once. */
static bool is_hung_up(void)
{
	struct pollfd terminal = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&terminal, 1, 0) == 1 &&
	       (terminal.revents & (POLLHUP | POLLERR));
}

/* Waits for a key until @deadline_ns; ERR when there was none. */
static int wait_for_key(uint64_t deadline_ns)
{
	uint64_t now = clock_monotonic_ns();
	uint64_t ms = now < deadline_ns ? (deadline_ns - now) / 1000000 + 1 : 0;

	timeout((int)ms);
	return getch();
}

#define CTRL_L ('L' & 0x1f)

static int act(struct loop *loop, int key)
{
	if (key == CTRL_L)
		screen_redraw();
	switch (top_model_key(loop->model, key)) {
	case TOP_QUIT:
		is_over = 1;
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

	catch_signals();
	while (r == 0 && !is_over) {
		if (clock_monotonic_ns() >= loop.deadline_ns)
			r = read_next(&loop);
		if (r < 0)
			break;
		top_view_draw(model);
		key = wait_for_key(loop.deadline_ns);
		if (key != ERR)
			r = act(&loop, key);
		else if (is_hung_up())
			r = -EIO;
	}
	top_sample_done(&loop.next);
	return r;
}
