// SPDX-License-Identifier: GPL-2.0-only
#include "base/secret.h"
#include "base/util.h"
#include "contmon/cli/error.h"
#include "contmon/http/http.h"
#include "contmond.h"
#include "contmond/store/setting.h"
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CURE "say where contmond answers: --contmond URL"
#define DEFAULT_LISTEN "127.0.0.1:9477"

enum { SOCKET, LISTEN, TOKEN_FILE, TLS, NR_SETTINGS };

static int set_socket(struct cli_contmond *contmond, const char *path)
{
	contmond->socket = strdup(path);
	contmond->url = strdup("http://localhost");
	return contmond->socket && contmond->url ? CLI_GO_ON :
	       cli_failed("socket", -ENOMEM);
}

static int set_url(struct cli_contmond *contmond, const char *url)
{
	contmond->url = strdup(url);
	return contmond->url ? CLI_GO_ON : cli_failed(url, -ENOMEM);
}

/* Of any address, the one on which this host answers itself */
static int set_address(struct cli_contmond *contmond, const char *listen,
		       const char *scheme)
{
	static const struct {
		const char *any, *own;
	} hosts[] = { { "0.0.0.0:", "127.0.0.1:" }, { "[::]:", "[::1]:" } };
	const char *host = "", *rest = listen;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hosts); i++) {
		size_t length = strlen(hosts[i].any);

		if (strncmp(listen, hosts[i].any, length) != 0)
			continue;
		host = hosts[i].own;
		rest = listen + length;
	}
	if (asprintf(&contmond->url, "%s://%s%s", scheme, host, rest) >= 0)
		return CLI_GO_ON;
	contmond->url = NULL;
	return cli_failed("listen", -ENOMEM);
}

/* Who may not read the token may be allowed to ask without one. */
static void try_token(struct cli_contmond *contmond, const char *file)
{
	const char *why;

	if (file && !contmond->token_file &&
	    secret_read(file, &contmond->token, &why) < 0)
		contmond->token = NULL;
}

static int choose(struct cli_contmond *contmond,
		  const struct cli_setting *settings)
{
	const char *listen = settings[LISTEN].value ?: DEFAULT_LISTEN;

	if (settings[SOCKET].value)
		return set_socket(contmond, settings[SOCKET].value);
	if (strcmp(listen, "none") == 0) {
		cli_error("%s: contmond answers nobody; " CURE,
			  settings[LISTEN].place);
		return CLI_FAILURE;
	}
	try_token(contmond, settings[TOKEN_FILE].value);
	return set_address(contmond, listen,
			   settings[TLS].value ? "https" : "http");
}

static int look_up(struct cli_contmond *contmond, const char *config)
{
	struct cli_setting settings[NR_SETTINGS] = {
		[SOCKET] = { .name = "socket" },
		[LISTEN] = { .name = "listen" },
		[TOKEN_FILE] = { .name = "token_file" },
		[TLS] = { .name = "tls_certificate" },
	};
	int status = cli_settings_read(config, CURE, settings, NR_SETTINGS);

	if (status == CLI_GO_ON)
		status = choose(contmond, settings);
	cli_settings_done(settings, NR_SETTINGS);
	return status;
}

int cli_contmond_find(struct cli_contmond *contmond, const char *config)
{
	const char *where = contmond->where;

	if (contmond->token_file &&
	    cli_http_read_token(contmond->token_file, &contmond->token) !=
	    CLI_GO_ON)
		return CLI_FAILURE;
	if (!where)
		return look_up(contmond, config ?: CONFIG_FILE);
	return where[0] == '/' ? set_socket(contmond, where) :
				 set_url(contmond, where);
}

void cli_contmond_done(struct cli_contmond *contmond)
{
	secret_free(contmond->token);
	free(contmond->socket);
	free(contmond->url);
	contmond->url = contmond->socket = contmond->token = NULL;
}

const char *cli_contmond_name(const struct cli_contmond *contmond)
{
	return contmond->socket ?: contmond->url;
}
