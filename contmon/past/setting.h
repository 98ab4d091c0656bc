/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_PAST_SETTING_H
#define CONTMON_PAST_SETTING_H

/*
 * The file in which contmond keeps the past, according to its configuration
 * @config, which need not exist. CLI_GO_ON, or CLI_FAILURE after reporting that
 * there is none or it is not known; *@ret_path is malloced.
 */
int cli_past_configured(const char *config, char **ret_path);

/*
 * Unless *@path is given, set it to the file of this host's contmond. It lives
 * until the end. CLI_GO_ON, or CLI_FAILURE after reporting an error.
 */
int cli_past_choose(const char **path);

#endif /* CONTMON_PAST_SETTING_H */
