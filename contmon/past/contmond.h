/* SPDX-License-Identifier: GPL-2.0-only */
/* Where contmond answers over HTTP, and what it asks for. */
#ifndef CONTMON_PAST_CONTMOND_H
#define CONTMON_PAST_CONTMOND_H

/**
 * struct cli_contmond - zero-initialise
 * @where, @token_file, @ca_file: of options; NULL: as contmond is configured
 * @url, @socket, @token: found; @socket and @token may be NULL
 */
struct cli_contmond {
	const char *where;
	const char *token_file;
	const char *ca_file;
	char *url;
	char *socket;
	char *token;
};

/**
 * cli_contmond_find() - find out where to ask
 * @config: contmond's configuration; NULL for the one of this host
 *
 * The token of the configuration is only for the address in it. Returns
 * CLI_GO_ON, or the exit status after reporting an error.
 */
int cli_contmond_find(struct cli_contmond *contmond, const char *config);
void cli_contmond_done(struct cli_contmond *contmond);

/* What to call it: its URL, or the path of its socket */
const char *cli_contmond_name(const struct cli_contmond *contmond);

#endif /* CONTMON_PAST_CONTMOND_H */
