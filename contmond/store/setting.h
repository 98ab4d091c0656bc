/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which file the store uses: the key "store" of contmond's configuration. Here
 * because the command line reads the same file.
 */
#ifndef CONTMOND_STORE_SETTING_H
#define CONTMOND_STORE_SETTING_H

/* contmond's configuration, unless the user names another file */
#define CONFIG_FILE "/etc/contmon/contmond.conf"

#define STORE_SETTING "store"

/**
 * store_setting_parse() - parse a value of the key
 * @ret_path: malloced; NULL for memory
 * @ret_why: what is wrong with @text
 *
 * Returns -EINVAL, -ENOMEM.
 */
int store_setting_parse(const char *text, char **ret_path,
			const char **ret_why);

#endif /* CONTMOND_STORE_SETTING_H */
