// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/cli/error.h"
#include "contmond/store/setting.h"
#include "contmond/store/store.h"
#include "setting.h"
#include "settings.h"

#include <errno.h>

#define CURE "name a file: --store FILE"

static int choose(const struct cli_setting *store, char **ret_path)
{
	const char *why = NULL;
	int r = store_setting_parse(store->value ?: STORE_PATH, ret_path, &why);

	if (r == -ENOMEM)
		return cli_failed(STORE_SETTING, r);
	if (r < 0)
		cli_error("%s: store = %s: %s; " CURE, store->place,
			  store->value, why);
	else if (!*ret_path)
		cli_error("%s: contmond keeps the past in memory only; " CURE,
			  store->place);
	return *ret_path ? CLI_GO_ON : CLI_FAILURE;
}

int cli_past_configured(const char *config, char **ret_path)
{
	struct cli_setting store = { STORE_SETTING, NULL, NULL };
	int status = cli_settings_read(config, CURE, &store, 1);

	*ret_path = NULL;
	if (status == CLI_GO_ON)
		status = choose(&store, ret_path);
	cli_settings_done(&store, 1);
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
