/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands that list rows, on the fake device. A test that includes this
 * wraps what fake_device.h and fake_paths.h need.
 */
#ifndef LISTED_H
#define LISTED_H

#include "fake_device.h"
#include "capture.h"
#include "fake_paths.h"

#include "base/util.h"
#include "contmon/commands.h"

/* Path of the cgroup whose id is the index; with a comma and quotes for CSV */
static const char *const paths[] = {
	[1] = "/",
	[2] = "/a,\"b\"\n\033[2J",
	[3] = "/lxc.payload.web",
	[4] = "/lxc.payload.web/init",
	[5] = "/lxc.payload.db",
};

static inline int setup(void **state)
{
	fake_paths = (struct fake_paths){
		.v = paths, .nr = ARRAY_SIZE(paths),
	};
	setenv("TERM", "dumb", 1);
	return fake_setup(state);
}

/* @line: "ps ..." or "containers ..." */
static inline void assert_prints(const char *line, const char *output)
{
	int (*command)(int, char **) =
		line[0] == 'p' ? cli_ps : cli_containers;

	capture(command, line);
	if (captured.status != 0 || strcmp(captured.out, output) != 0)
		fail_msg("%s: status %d, %s\n%s", line, captured.status,
			 captured.err, captured.out);
}

static inline void assert_refuses(const char *line, const char *message)
{
	assert_int_equal(capture(line[0] == 'p' ? cli_ps : cli_containers,
				 line), 2);
	assert_string_equal(captured.out, "");
	assert_ptr_equal(strstr(captured.err, message), captured.err);
}

#endif /* LISTED_H */
