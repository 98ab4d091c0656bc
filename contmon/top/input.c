// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "input.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

/* Set when the user or a signal ends the program. */
static volatile sig_atomic_t is_over;

static void end(int signal)
{
	(void)signal;
	is_over = 1;
}

void input_begin(void)
{
	const struct sigaction action = { .sa_handler = end };

	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

void input_end(void)
{
	is_over = 1;
}

bool input_is_over(void)
{
	return is_over;
}

/* A terminal that is gone has no keys, but poll() returns at once. */
static bool is_hung_up(void)
{
	struct pollfd terminal = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&terminal, 1, 0) == 1 &&
	       (terminal.revents & (POLLHUP | POLLERR));
}

int input_key(uint64_t deadline_ns)
{
	uint64_t now = clock_monotonic_ns();
	uint64_t ms = now < deadline_ns ? (deadline_ns - now) / 1000000 + 1 : 0;
	int key;

	timeout((int)ms);
	key = getch();
	return key == ERR && is_hung_up() ? -EIO : key;
}
