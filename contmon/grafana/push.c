// SPDX-License-Identifier: GPL-2.0-only
#include "base/secret.h"
#include "contmon/cli/beside.h"
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/time.h"
#include "contmon/http/http.h"
#include "contmon/table/output.h"
#include "push.h"
#include "put.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
	"grafana push [OPTION...] --token-file FILE URL\n"
	"Create or update contmon's data source, folder, dashboards and alert\n"
	"rules in the Grafana at URL, through its HTTP API, and say what was\n"
	"changed. Needs Grafana 11.6 or newer.\n\n"
	"      --token-file FILE      the token of a service account that may\n"
	"                             write all of these\n"
	"      --contmond URL         where Grafana reaches contmond;\n"
	"                             http://127.0.0.1:9477 by default\n"
	"      --contmond-token-file FILE\n"
	"                             the token that contmond asks for\n"
	"      --prometheus           push what is for a Prometheus that\n"
	"                             scrapes contmond, and no data source\n"
	"      --folder DIR           what to push, instead of the installed\n"
	"                             share/contmon/grafana\n"
	"      --ca-file FILE         certificates to trust, instead of the\n"
	"                             system's\n"
	"      --timeout SPAN         for each request; 30s by default\n"
	"      --dry-run              only say what would be changed\n"
	"      --json                 print JSON\n"
	"  -h, --help                 print this\n";

enum { OPT_TOKEN = CLI_OPT_UNITS + 1, OPT_CONTMOND, OPT_CONTMOND_TOKEN,
       OPT_PROMETHEUS, OPT_FOLDER, OPT_CA, OPT_TIMEOUT, OPT_DRY_RUN };

static const struct option options[] = {
	{ "token-file", required_argument, NULL, OPT_TOKEN },
	{ "contmond", required_argument, NULL, OPT_CONTMOND },
	{ "contmond-token-file", required_argument, NULL, OPT_CONTMOND_TOKEN },
	{ "prometheus", no_argument, NULL, OPT_PROMETHEUS },
	{ "folder", required_argument, NULL, OPT_FOLDER },
	{ "ca-file", required_argument, NULL, OPT_CA },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "json", no_argument, NULL, CLI_OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

/* As the files call them */
#define VARIABLE_URL "CONTMOND_URL"
#define VARIABLE_TOKEN "CONTMOND_TOKEN"

#define DEFAULT_CONTMOND "http://127.0.0.1:9477"
#define FOLDER "../share/contmon/grafana"
#define DEFAULT_TIMEOUT_MS 30000
#define MAX_TIMEOUT_MS 3600000

struct view {
	struct grafana_server server;
	struct grafana_report report;
	struct cli_options options;
	const char *token_file;
	const char *contmond_token_file;
	const char *folder;
	bool prometheus;
	char *token;
	char *contmond;
	char *contmond_token;
	char installed[PATH_MAX];
};

/* As Grafana itself finds them, but for what options have set */
static const char *find_variable(const char *name, const void *userdata)
{
	const struct view *view = userdata;

	if (strcmp(name, VARIABLE_URL) == 0)
		return view->contmond;
	if (strcmp(name, VARIABLE_TOKEN) == 0)
		return view->contmond_token;
	return getenv(name);
}

static int print(const struct view *view, const char *version)
{
	json_t *meta;

	if (!view->report.rows)
		return CLI_OK;
	meta = json_pack("{s:s, s:s?, s:b}", "url", view->server.url,
			 "version", version, "dry_run", view->report.dry_run);
	return cli_print_rows(json_incref(view->report.rows), meta,
			      &view->options);
}

/*
 * Without a token there is another file for contmond's data source. Whoever has
 * a Prometheus has its data source.
 */
static int push_files(struct view *view, struct grafana_http *http)
{
	const struct grafana_files files = {
		.folder = view->folder,
		.sources = view->prometheus ? NULL : view->contmond_token ?
			   "provisioning" : "provisioning-loopback",
		.provisioning = view->prometheus ? "provisioning-prometheus" :
						   "provisioning",
		.dashboards = view->prometheus ? "dashboards-prometheus" :
						 "dashboards",
		.find = find_variable,
		.userdata = view,
	};
	struct grafana_push push = { http, &view->report, false };
	struct grafana_set set;

	grafana_set_read(&files, &set, &view->report);
	grafana_put_all(&push, &set);
	grafana_set_done(&set);
	return view->report.failed ? CLI_FAILURE : CLI_OK;
}

static int run(struct view *view)
{
	struct grafana_http *http = NULL;
	char *version = NULL, why[600];
	const char *reason = NULL;
	int r = grafana_http_open(&view->server, &http, &reason);
	int status, printed;

	if (r < 0) {
		cli_error("%s: %s", view->server.url, reason);
		return r == -EINVAL ? CLI_USAGE : CLI_FAILURE;
	}
	if (grafana_check(http, &version, why, sizeof(why)) < 0) {
		cli_error("%s: %s", view->server.url, why);
		grafana_http_close(http);
		return CLI_FAILURE;
	}
	status = push_files(view, http);
	printed = print(view, version);
	free(version);
	grafana_http_close(http);
	return status == CLI_OK ? printed : status;
}

/* What options name */

/* @from: the option or variable that has the URL */
static int set_contmond(struct view *view, const char *from, const char *url)
{
	const char *why;
	char *base = NULL;
	int r = cli_http_base(url, &base, &why);

	if (r < 0) {
		cli_error("%s %s: %s", from, url, why);
		return r == -EINVAL ? CLI_USAGE : CLI_FAILURE;
	}
	free(view->contmond);
	view->contmond = base;
	return CLI_GO_ON;
}

static int find_folder(struct view *view)
{
	int r = 0;

	if (!view->folder) {
		view->folder = view->installed;
		r = cli_beside(FOLDER, view->installed,
			       sizeof(view->installed));
	}
	if (r == 0 && access(view->folder, X_OK) < 0)
		r = -errno;
	if (r == 0)
		return CLI_GO_ON;
	cli_error("%s: %s; name a folder: --folder DIR", view->folder,
		  strerror(-r));
	return CLI_FAILURE;
}

static int set_variables(struct view *view)
{
	const char *url = getenv(VARIABLE_URL), *token = getenv(VARIABLE_TOKEN);
	int status = CLI_GO_ON;

	if (!view->contmond)
		status = set_contmond(view, VARIABLE_URL, url && *url ? url :
						      DEFAULT_CONTMOND);
	if (status != CLI_GO_ON)
		return status;
	if (view->contmond_token_file)
		return cli_http_read_token(view->contmond_token_file,
				  &view->contmond_token);
	if (!token || !*token)
		return CLI_GO_ON;
	view->contmond_token = strdup(token);
	return view->contmond_token ? CLI_GO_ON :
				      cli_failed(VARIABLE_TOKEN, -ENOMEM);
}

static int prepare(struct view *view)
{
	int status = find_folder(view);

	if (status == CLI_GO_ON)
		status = set_variables(view);
	if (status == CLI_GO_ON)
		status = cli_http_read_token(view->token_file, &view->token);
	if (status == CLI_GO_ON && view->options.json)
		view->report.rows = json_array();
	view->server.token = view->token;
	return status;
}

/* Options */

static int parse_timeout(struct view *view)
{
	int status = cli_parse_span("--timeout", optarg,
				    &view->server.timeout_ms);

	if (status == CLI_GO_ON && view->server.timeout_ms > MAX_TIMEOUT_MS) {
		cli_error("--timeout %s: more than an hour", optarg);
		return CLI_USAGE;
	}
	return status;
}

static int parse_option(struct view *view, int opt, char **argv)
{
	switch (opt) {
	case OPT_TOKEN:
		view->token_file = optarg;
		return CLI_GO_ON;
	case OPT_CONTMOND:
		return set_contmond(view, "--contmond", optarg);
	case OPT_CONTMOND_TOKEN:
		view->contmond_token_file = optarg;
		return CLI_GO_ON;
	case OPT_PROMETHEUS:
		view->prometheus = true;
		return CLI_GO_ON;
	case OPT_FOLDER:
		view->folder = optarg;
		return CLI_GO_ON;
	case OPT_CA:
		view->server.ca_file = optarg;
		return CLI_GO_ON;
	case OPT_TIMEOUT:
		return parse_timeout(view);
	case OPT_DRY_RUN:
		view->report.dry_run = true;
		return CLI_GO_ON;
	default:
		return cli_option(opt, argv, help, &view->options);
	}
}

static int check(struct view *view, int argc, char **argv)
{
	if (optind == argc)
		cli_error("grafana push: to which Grafana? Give its URL; see: "
			  "contmon grafana push --help");
	else if (!view->token_file)
		cli_error("grafana push: with which token? Name its file: "
			  "--token-file FILE");
	else {
		view->server.url = argv[optind++];
		return cli_no_operands(argc, argv);
	}
	return CLI_USAGE;
}

static void done(struct view *view)
{
	secret_free(view->token);
	secret_free(view->contmond_token);
	free(view->contmond);
	json_decref(view->report.rows);
}

int cli_grafana_push(int argc, char **argv)
{
	struct view view = { .server.timeout_ms = DEFAULT_TIMEOUT_MS };
	int opt, status = CLI_GO_ON;

	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":h", options, NULL)) != -1)
		status = parse_option(&view, opt, argv);
	if (status == CLI_GO_ON)
		status = check(&view, argc, argv);
	if (status == CLI_GO_ON)
		status = prepare(&view);
	if (status == CLI_GO_ON)
		status = run(&view);
	done(&view);
	return status;
}
