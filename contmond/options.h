/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of contmond */
#ifndef CONTMOND_OPTIONS_H
#define CONTMOND_OPTIONS_H

#include <stdbool.h>

/** struct options - what was asked for; @config is NULL for the default */
struct options {
	const char *config;
	bool check_config;
	bool once;
	bool json;
};

/** options_parse() - returns an exit status, or -1 to continue */
int options_parse(int argc, char **argv, struct options *ret);

#endif /* CONTMOND_OPTIONS_H */
