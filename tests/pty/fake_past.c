// SPDX-License-Identifier: GPL-2.0-only
/* Writes a file of contmond as it would be after two hours. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/past_world.h"

int main(int argc, char **argv)
{
	int r = argc == 2 ? past_make(argv[1]) : -1;

	if (r < 0)
		fprintf(stderr, "fake_past: FILE: %s\n", strerror(-r));
	return r < 0;
}
