// SPDX-License-Identifier: GPL-2.0-only
#include "base/ini.h"
#include "contmon/cli/error.h"
#include "contmond/store/setting.h"
#include "contmond/store/store.h"
#include "setting.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CURE "name a file: --store FILE"

/**
 * struct reading - the key as it was found last
 * @place: "FILE:LINE"
 * @with_section: the file of the newest section, which ends with it
 */
struct reading {
	char *value;
	char *place;
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

static void on_key(const struct ini_place *place, const char *name,
		   const char *value, void *userdata)
{
	struct reading *reading = userdata;

	if (strcmp(name, STORE_SETTING) != 0 ||
	    (reading->with_section &&
	     strcmp(reading->with_section, place->file) == 0))
		return;
	free(reading->value);
	free(reading->place);
	reading->value = strdup(value);
	if (asprintf(&reading->place, "%s:%u", place->file, place->line) < 0)
		reading->place = NULL;
	check_memory(reading, reading->value, place);
	check_memory(reading, reading->place, place);
}

/* contmond reports mistakes in lines. Files that cannot be read may have it. */
static void on_refused(const struct ini_place *place, const char *why,
		       void *userdata)
{
	struct reading *reading = userdata;

	if (place->line > 0)
		return;
	cli_error("%s: %s; " CURE, place->file, why);
	reading->failed = true;
}

static int choose(const struct reading *reading, char **ret_path)
{
	const char *why = NULL;
	int r = store_setting_parse(reading->value ?: STORE_PATH, ret_path,
				    &why);

	if (r == -ENOMEM)
		return cli_failed(STORE_SETTING, r);
	if (r < 0)
		cli_error("%s: store = %s: %s; " CURE, reading->place,
			  reading->value, why);
	else if (!*ret_path)
		cli_error("%s: contmond keeps the past in memory only; " CURE,
			  reading->place);
	return *ret_path ? CLI_GO_ON : CLI_FAILURE;
}

int cli_past_configured(const char *config, char **ret_path)
{
	struct reading reading = { 0 };
	const struct ini_reader reader = {
		.section = on_section,
		.key = on_key,
		.refuse = on_refused,
		.userdata = &reading,
	};
	int r = ini_read_config(&reader, config, true);
	int status = r < 0 ? cli_failed(config, r) : CLI_GO_ON;

	*ret_path = NULL;
	if (reading.failed)
		status = CLI_FAILURE;
	if (status == CLI_GO_ON)
		status = choose(&reading, ret_path);
	free(reading.value);
	free(reading.place);
	free(reading.with_section);
	return status;
}

int cli_past_choose(const char **path)
{
	static char *configured;
	int status = CLI_GO_ON;

	if (*path)
		return status;
	if (!configured)
		status = cli_past_configured(CONFIG_FILE, &configured);
	*path = configured;
	return status;
}
