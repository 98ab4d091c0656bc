// SPDX-License-Identifier: GPL-2.0-only
#include "base/ini.h"
#include "contmon/cli/error.h"
#include "settings.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct reading - a configuration as it is read
 * @with_section: the file of the newest section, which ends with it
 */
struct reading {
	struct cli_setting *settings;
	size_t nr;
	const char *cure;
	char *with_section;
	bool failed;
};

static void check_memory(struct reading *reading, const void *made,
			 const struct ini_place *place)
{
	if (made)
		return;
	cli_failed(place->file, -ENOMEM);
	reading->failed = true;
}

/* Keys of sections are others. */
static void on_section(const struct ini_place *place, const char *name,
		       void *userdata)
{
	struct reading *reading = userdata;

	(void)name;
	free(reading->with_section);
	reading->with_section = strdup(place->file);
	check_memory(reading, reading->with_section, place);
}

static void forget(struct cli_setting *setting)
{
	free(setting->value);
	free(setting->place);
	setting->value = setting->place = NULL;
}

static void on_key(const struct ini_place *place, const char *name,
		   const char *value, void *userdata)
{
	struct reading *reading = userdata;
	struct cli_setting *setting = reading->settings;
	struct cli_setting *end = setting + reading->nr;

	while (setting < end && strcmp(name, setting->name) != 0)
		setting++;
	if (setting == end ||
	    (reading->with_section &&
	     strcmp(reading->with_section, place->file) == 0))
		return;
	forget(setting);
	setting->value = strdup(value);
	if (asprintf(&setting->place, "%s:%u", place->file, place->line) < 0)
		setting->place = NULL;
	check_memory(reading, setting->value, place);
	check_memory(reading, setting->place, place);
}

/* contmond reports mistakes in lines. Files that cannot be read may have it. */
static void on_refused(const struct ini_place *place, const char *why,
		       void *userdata)
{
	struct reading *reading = userdata;

	if (place->line > 0)
		return;
	cli_error("%s: %s; %s", place->file, why, reading->cure);
	reading->failed = true;
}

int cli_settings_read(const char *config, const char *cure,
		      struct cli_setting *settings, size_t nr)
{
	struct reading reading = {
		.settings = settings,
		.nr = nr,
		.cure = cure,
	};
	const struct ini_reader reader = {
		.section = on_section,
		.key = on_key,
		.refuse = on_refused,
		.userdata = &reading,
	};
	int r = ini_read_config(&reader, config, true);
	int status = r < 0 ? cli_failed(config, r) : CLI_GO_ON;

	free(reading.with_section);
	return reading.failed ? CLI_FAILURE : status;
}

void cli_settings_done(struct cli_setting *settings, size_t nr)
{
	while (nr > 0)
		forget(&settings[--nr]);
}
