/* SPDX-License-Identifier: GPL-2.0-only */
/* The checked contents of contmond.conf and conf.d */
#ifndef CONTMOND_CONFIG_H
#define CONTMOND_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "contmond/forward/options.h"
#include "contmond/model/exposed.h"
#include "contmond/model/targets.h"
#include "contmond/store/setting.h"

/**
 * struct config - the whole configuration
 * @listen: as written, "address:port" or "none"
 * @host: the address part of @listen, as in a Host header
 * @address: @listen, resolved; @address_length is 0 for none
 * @loopback: @address is not reachable from other hosts
 * @closed_on_loopback: show processes only with the token or over the socket
 * @socket: path of a unix socket, or NULL
 * @socket_group: group of that socket; (gid_t)-1 for the process's own
 * @certificate, @key: for TLS at @address, as PEM; NULL for none
 * @store_path: the database; NULL to keep the past in memory
 * @store_max_bytes: limit for the size of its files
 * @log_file: the log file; NULL for stderr or the journal
 * @targets: where to forward samples and events
 * @policy_directory: the directory with the rules of policies; see rules_load()
 * @exposed: what /metrics shows
 * @token: the secret that every request must send; NULL for none
 */
struct config {
	char *listen;
	char *host;
	struct sockaddr_storage address;
	socklen_t address_length;
	bool loopback;
	char *token;
	bool closed_on_loopback;
	char *socket;
	gid_t socket_group;
	mode_t socket_mode;
	char *certificate;
	char *key;
	uint64_t interval_ms;
	char *store_path;
	uint64_t store_max_bytes;
	char *log_file;
	struct target_options targets[TARGETS_MAX];
	size_t nr_targets;
	char *policy_directory;
	struct exposed exposed;
};

/**
 * config_load() - read @path, then the *.conf files of the conf.d beside it
 * @path: the main file, which must exist; NULL for CONFIG_FILE if that exists,
 *	otherwise for the defaults
 * @ret: free with config_done()
 * @ret_errors: after -EINVAL all errors, one on each line: "FILE:LINE: WHY", or
 *	"FILE: WHY" for a file that cannot be read; malloced
 *
 * Returns -EINVAL if a file has an error, or -ENOMEM.
 */
int config_load(const char *path, struct config *ret, char **ret_errors);

/**
 * config_check() - config_load(), and check what it names, and the rules
 *
 * Checks that everything that is named can be opened. Changes nothing and
 * creates no file. What a running contmond uses is not an error. @ret_errors
 * and the results are those of config_load().
 */
int config_check(const char *path, char **ret_errors);

void config_done(struct config *config);

#endif /* CONTMOND_CONFIG_H */
