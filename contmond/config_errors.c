// SPDX-License-Identifier: GPL-2.0-only
#include "config_errors.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

int config_complain(struct config_errors *errors, const struct ini_place *place,
		    const char *format, ...)
{
	va_list arguments;

	errors->any = true;
	if (place->file)
		fprintf(errors->file, "%s:", place->file);
	if (place->line > 0)
		fprintf(errors->file, "%u:", place->line);
	fputs(place->file ? " " : "the default ", errors->file);
	va_start(arguments, format);
	vfprintf(errors->file, format, arguments);
	va_end(arguments);
	fputc('\n', errors->file);
	return -EINVAL;
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
