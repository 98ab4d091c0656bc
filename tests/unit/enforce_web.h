/* SPDX-License-Identifier: GPL-2.0-only */
/* A container that is busy, and a rule that acts on such */
#ifndef TESTS_UNIT_ENFORCE_WEB_H
#define TESTS_UNIT_ENFORCE_WEB_H

#include "tests/unit/enforce_world.h"

#define REAL "[policy]\ndry_run = no\nwarn = 5s\ncool_down = 60s\n"	\
	"budget_per_minute = 10\nbudget_per_hour = 100\n"
#define HOG "[rule hog]\nselect = name *\nall = cpu_percent > 20\n"	\
	"for = 3s\naction = stop kill\n"

static struct container_row *web;

static void begin_with(const char *text)
{
	begin_police(text);
	web = add_container("web");
	web->cpu_percent = 90;
	web->memory_current_bytes = 1000;
}

#endif /* TESTS_UNIT_ENFORCE_WEB_H */
