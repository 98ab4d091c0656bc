// SPDX-License-Identifier: GPL-2.0-only
#include "setting.h"

#include <errno.h>
#include <string.h>

/*
 * A relative path would depend on the directory in which contmond was started.
 */
int store_setting_parse(const char *text, char **ret_path,
			const char **ret_why)
{
	*ret_path = NULL;
	if (strcmp(text, "memory") == 0)
		return 0;
	*ret_why = "neither 'memory' nor an absolute path";
	if (text[0] != '/' || text[strlen(text) - 1] == '/')
		return -EINVAL;
	*ret_path = strdup(text);
	return *ret_path ? 0 : -ENOMEM;
}
