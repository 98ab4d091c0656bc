/* SPDX-License-Identifier: GPL-2.0-only */
/* Mistakes in a configuration, one on each line */
#ifndef CONTMOND_CONFIG_ERRORS_H
#define CONTMOND_CONFIG_ERRORS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/ini.h"

/** struct config_errors - @file: where to write them */
struct config_errors {
	FILE *file;
	bool any;
};

/** struct setting - a value, and where it is set; zero-initialise */
struct setting {
	char *text;
	char *file;
	unsigned int line;
};

/**
 * config_complain() - if @place has no file, it is a default; returns -EINVAL
 */
__attribute__((format(printf, 3, 4)))
int config_complain(struct config_errors *errors, const struct ini_place *place,
		    const char *format, ...);

/** config_complain_value() - hides a password, even without a URL's scheme */
int config_complain_value(struct config_errors *errors,
			  const struct ini_place *place, const char *name,
			  const char *value, const char *why);

/** setting_keep() - replace the text by a later one; or -ENOMEM */
int setting_keep(struct setting *setting, const struct ini_place *place,
		 const char *value);
void setting_done(struct setting *setting);

/** setting_place() - valid as long as @setting */
static inline struct ini_place setting_place(const struct setting *setting)
{
	return (struct ini_place){ setting->file, setting->line };
}

#endif /* CONTMOND_CONFIG_ERRORS_H */
