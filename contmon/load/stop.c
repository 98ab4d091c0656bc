// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "stop.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

/* At most this long at a time; any is right */
#define NAP_NS (3600 * NS_PER_SECOND)

static sigset_t requests;

void load_stop_init(void)
{
	sigemptyset(&requests);
	sigaddset(&requests, SIGINT);
	sigaddset(&requests, SIGTERM);
	sigaddset(&requests, SIGHUP);
	sigprocmask(SIG_BLOCK, &requests, NULL);
	signal(SIGPIPE, SIG_IGN);
}

bool load_stop_wait(uint64_t deadline_ns)
{
	uint64_t now_ns, left_ns;
	struct timespec time;

	do {
		now_ns = clock_monotonic_ns();
		left_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;
		if (left_ns > NAP_NS)
			left_ns = NAP_NS;
		time.tv_sec = (time_t)(left_ns / NS_PER_SECOND);
		time.tv_nsec = (long)(left_ns % NS_PER_SECOND);
		if (sigtimedwait(&requests, NULL, &time) > 0)
			return true;
	} while (left_ns > 0);
	return false;
}
