// SPDX-License-Identifier: GPL-2.0-only
#include "config_errors.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/*
 * Omits what is in a URL before its host, wherever that was written by mistake:
 * a password, which may contain any character, must not be in a log.
 */
static void put_without_user(FILE *file, const char *text)
{
	const char *at = strrchr(text, '@'), *begin = strstr(text, "://");

	if (at && begin && begin < at) {
		fprintf(file, "%.*s...", (int)(begin + 3 - text), text);
		text = at;
	}
	fprintf(file, "%s\n", text);
}

int config_complain(struct config_errors *errors, const struct ini_place *place,
		    const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list arguments;

	errors->any = true;
	if (place->file)
		fprintf(errors->file, "%s:", place->file);
	if (place->line > 0)
		fprintf(errors->file, "%u:", place->line);
	fputs(place->file ? " " : "the default ", errors->file);
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	put_without_user(errors->file, text ?: strerror(ENOMEM));
	return -EINVAL;
}

int config_complain_value(struct config_errors *errors,
			  const struct ini_place *place, const char *name,
			  const char *value, const char *why)
{
	const char *at = strrchr(value, '@'), *colon = strchr(value, ':');

	if (!at || !colon || at < colon || strncmp(colon, "://", 3) == 0)
		return config_complain(errors, place, "%s = %s: %s", name,
				       value, why);
	return config_complain(errors, place, "%s = ...%s: %s", name, at, why);
}

int setting_keep(struct setting *setting, const struct ini_place *place,
		 const char *value)
{
	_cleanup_free_ char *text = strdup(value);
	_cleanup_free_ char *file = strdup(place->file);

	if (!text || !file)
		return -ENOMEM;
	free(setting->text);
	free(setting->file);
	setting->text = text;
	setting->file = file;
	setting->line = place->line;
	text = file = NULL;
	return 0;
}

void setting_done(struct setting *setting)
{
	free(setting->text);
	free(setting->file);
	*setting = (struct setting){ 0 };
}
