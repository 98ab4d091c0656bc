// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a file of contmond as it would be after two hours; with a second word,
 * with events.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/past_world.h"

int main(int argc, char **argv)
{
	int r = argc >= 2 ? past_make(argv[1]) : -EINVAL;

	if (r == 0 && argc > 2)
		r = past_add_events(argv[1]);
	if (r < 0)
		fprintf(stderr, "fake_past: FILE [events]: %s\n",
			strerror(-r));
	return r < 0;
}
