// SPDX-License-Identifier: LGPL-2.1-or-later
/* follow: processes as they are forked, run a program and exit */
#include <contmon.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static void print_event(const struct contmon_event *event)
{
	int status = (int)event->exit_code;

	if (event->dropped)
		printf("(%" PRIu64 " events were lost)\n",
		       (uint64_t)event->dropped);
	switch (event->type) {
	case CONTMON_EVENT_FORK:
		printf("fork %d of %d\n", event->pid, event->ppid);
		break;
	case CONTMON_EVENT_EXEC:
		printf("exec %d\n", event->pid);
		break;
	case CONTMON_EVENT_EXIT:
		if (WIFSIGNALED(status))
			printf("exit %d signal %d\n", event->pid,
			       WTERMSIG(status));
		else
			printf("exit %d status %d\n", event->pid,
			       WEXITSTATUS(status));
		break;
	}
}

/* Until the driver is gone or a signal ends this program */
static int follow(struct contmon_events *events)
{
	struct pollfd fd = {
		.fd = contmon_events_fd(events),
		.events = POLLIN,
	};
	struct contmon_event event;
	int r;

	for (;;) {
		while ((r = contmon_events_next(events, &event)) > 0)
			print_event(&event);
		if (r < 0)
			return r;
		fflush(stdout);
		if (poll(&fd, 1, -1) < 0 && errno != EINTR)
			return -errno;
	}
}

int main(void)
{
	const struct contmon_watch watch = {
		.events = 1U << CONTMON_EVENT_FORK | 1U << CONTMON_EVENT_EXEC |
			  1U << CONTMON_EVENT_EXIT,
	};
	struct contmon_events *events = NULL;
	struct contmon *c = NULL;
	int r;

	r = contmon_open(NULL, &c);
	if (r == 0)
		r = contmon_events_open(c, &watch, &events);
	contmon_close(c);	/* the stream stays open */
	if (r == 0) {
		puts("following");
		r = follow(events);
		contmon_events_close(events);
	}
	fprintf(stderr, "follow: %s\n", r == -EOPNOTSUPP ?
		"only the driver has events" : strerror(-r));
	return 1;
}
