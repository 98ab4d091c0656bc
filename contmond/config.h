/* SPDX-License-Identifier: GPL-2.0-only */
/* What contmond.conf and conf.d say, checked. */
#ifndef CONTMOND_CONFIG_H
#define CONTMOND_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define CONFIG_FILE "/etc/contmon/contmond.conf"

/**
 * struct config - all of it
 * @listen: as written, "address:port"
 * @host: the address part of @listen, as a Host header has it
 * @address: @listen, resolved
 * @loopback: @address is not reachable from other hosts
 * @store_path: the database of the past, or NULL to keep it in memory
 * @store_max_bytes: its files stay below
 * @log_file: where to log, or NULL for stderr or the journal
 * @token: the secret every request must carry, or NULL for none
 */
struct config {
	char *listen;
	char *host;
	struct sockaddr_storage address;
	socklen_t address_length;
	bool loopback;
	char *token;
	uint64_t interval_ms;
	char *store_path;
	uint64_t store_max_bytes;
	char *log_file;
};

/**
 * config_load() - read @path, then the *.conf files of conf.d beside it
 * @path: the main file; it must exist unless it is NULL, which means
 *	CONFIG_FILE if there is one, else the defaults
 * @ret: free with config_done()
 * @ret_errors: after -EINVAL all that is wrong, one "FILE:LINE: WHY" a line, or
 *	"FILE: WHY" for a file that cannot be read; malloced
 *
 * Returns -EINVAL when something is wrong with a file, -ENOMEM.
 */
int config_load(const char *path, struct config *ret, char **ret_errors);

/**
 * config_check() - config_load(), and does what it names exist and open?
 *
 * Changes nothing and makes no file. What a contmond that runs has in use is
 * no error. @ret_errors and the results are those of config_load().
 */
int config_check(const char *path, char **ret_errors);

void config_done(struct config *config);

#endif /* CONTMOND_CONFIG_H */
