// SPDX-License-Identifier: GPL-2.0-only
#include "rules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "contmond/policy/load.h"

static char *errors_text(const struct policy_errors *errors)
{
	struct buffer text = { 0 };
	size_t i;

	for (i = 0; i < errors->nr; i++) {
		const struct policy_error *error = &errors->all[i];

		buffer_puts(&text, error->file);
		if (error->line > 0)
			buffer_printf(&text, ":%u", error->line);
		buffer_printf(&text, ": %s\n", error->text);
	}
	if (!text.failed)
		return text.text;
	buffer_done(&text);
	return NULL;
}

int rules_probe(const char *directory)
{
	struct stat st;

	if (stat(directory, &st) < 0)
		return errno == ENOENT &&
		       strcmp(directory, POLICY_DIRECTORY) == 0 ? 0 : -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

static int refuse_directory(const char *directory, int error, char **ret_errors)
{
	char *text;

	if (asprintf(&text, "policy_dir = %s: %s\n", directory,
		     strerror(-error)) < 0)
		return -ENOMEM;
	*ret_errors = text;
	return -EINVAL;
}

int rules_load(const char *directory, struct policy **ret, char **ret_errors)
{
	bool is_default = strcmp(directory, POLICY_DIRECTORY) == 0;
	struct policy_errors errors = { 0 };
	int r = rules_probe(directory);

	if (r < 0)
		return refuse_directory(directory, r, ret_errors);
	r = policy_load(&directory, is_default ? 0 : 1, ret, &errors);
	if (r == -EINVAL) {
		*ret_errors = errors_text(&errors);
		if (!*ret_errors)
			r = -ENOMEM;
	}
	policy_errors_done(&errors);
	return r;
}
