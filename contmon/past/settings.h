/* SPDX-License-Identifier: GPL-2.0-only */
/* What contmond's configuration says, for whoever wants to find contmond. */
#ifndef CONTMON_PAST_SETTINGS_H
#define CONTMON_PAST_SETTINGS_H

#include <stddef.h>

/**
 * struct cli_setting - a key outside of sections
 * @value: as it is in effect; malloced; NULL if no file has it
 * @place: "FILE:LINE" of it; malloced
 */
struct cli_setting {
	const char *name;
	char *value;
	char *place;
};

/**
 * cli_settings_read() - read keys of a configuration, which need not exist
 * @cure: what to do if it cannot be read, for the message
 * @settings: with their names; free with cli_settings_done() in any case
 *
 * Returns CLI_GO_ON, or CLI_FAILURE after reporting an error.
 */
int cli_settings_read(const char *config, const char *cure,
		      struct cli_setting *settings, size_t nr);
void cli_settings_done(struct cli_setting *settings, size_t nr);

#endif /* CONTMON_PAST_SETTINGS_H */
