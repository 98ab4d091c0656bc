// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/past/open.h"
#include "contmon/past/setting.h"
#include "contmond/policy/veto.h"
#include "contmond/store/past.h"
#include "policy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
	"policy veto [OPTION...] DECISION\n"
	"End a decision before it acts. `contmon policy status` lists those\n"
	"that can be vetoed. Needs root, or the group contmon.\n\n"
	"      --store FILE    read this database of contmond\n"
	"  -h, --help          print this\n";

enum { OPT_STORE = CLI_OPT_UNITS + 1 };

static const struct option options[] = {
	{ "store", required_argument, NULL, OPT_STORE },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

/* contmond takes vetoes with its next sample, which may take long. */
#define POLL_MS 100
#define PATIENCE_MS 15000

/* What the audit says of a decision: its newest state, and why */
struct newest {
	const char *decision;
	char state[32];
	char reason[512];
};

static int look(const void *row, void *userdata)
{
	const struct store_decision *decision = row;
	struct newest *newest = userdata;

	if (newest->state[0] ||
	    strcmp(decision->decision, newest->decision) != 0)
		return 0;
	snprintf(newest->state, sizeof(newest->state), "%s", decision->state);
	snprintf(newest->reason, sizeof(newest->reason), "%s",
		 decision->reason ?: "");
	return 0;
}

static int read_newest(const char *path, struct newest *ret)
{
	const struct past_query query = { .to_ms = INT64_MAX,
					  .max_rows = SIZE_MAX };
	struct store *store;
	int r, status = cli_past_open(&path, &store);

	ret->state[0] = '\0';
	if (status != CLI_GO_ON)
		return status;
	r = store_decisions(store, &query, look, ret);
	cli_past_close(store, path);
	return r < 0 ? cli_past_failed(path, r) : CLI_GO_ON;
}

static bool can_be_vetoed(const struct newest *newest)
{
	return strcmp(newest->state, "planned") == 0 ||
	       strcmp(newest->state, "warned") == 0;
}

static int refuse(const struct newest *newest)
{
	if (!newest->state[0])
		cli_error("no decision %s; see: contmon policy status",
			  newest->decision);
	else
		cli_error("decision %s is %s already: %s", newest->decision,
			  newest->state, newest->reason);
	return CLI_FAILURE;
}

static int make_file(const char *file)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
		      O_NOFOLLOW, 0600);

	if (fd < 0 && errno != EEXIST) {
		cli_error("%s: %s%s", file, strerror(errno),
			  errno == EACCES ? "; be root, or a member of the "
					    "group contmon" :
			  errno == ENOENT ?
			  "; contmond makes the directory, but "
					    "has not" : "");
		return CLI_FAILURE;
	}
	if (fd >= 0)
		close(fd);
	return CLI_GO_ON;
}

/* The file is gone if contmond has taken it, even when it cannot tell. */
static int give_up(const char *file)
{
	if (unlink(file) < 0 && errno == ENOENT)
		cli_error("contmond has taken the veto, but the audit does not "
			  "show it yet; see contmond's log");
	else
		cli_error("contmond has not answered; is it running? See "
			  "its log");
	return CLI_FAILURE;
}

/* Until contmond has removed the file, and the audit has a later state */
static int wait_for(const char *path, const char *file, struct newest *newest)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	int status = CLI_GO_ON;
	unsigned int i;

	for (i = 0; i < PATIENCE_MS / POLL_MS && status == CLI_GO_ON; i++) {
		nanosleep(&pause, NULL);
		if (access(file, F_OK) == 0)
			continue;
		status = read_newest(path, newest);
		if (status == CLI_GO_ON && !can_be_vetoed(newest))
			return CLI_GO_ON;
	}
	return status == CLI_GO_ON ? give_up(file) : status;
}

static int veto(const char *path, const char *decision)
{
	struct newest newest = { .decision = decision };
	char *file = NULL;
	int status = read_newest(path, &newest);

	if (status == CLI_GO_ON && !can_be_vetoed(&newest))
		status = refuse(&newest);
	if (status == CLI_GO_ON) {
		file = veto_path(path, decision);
		status = file ? make_file(file) : cli_failed("veto", -ENOMEM);
	}
	if (status == CLI_GO_ON)
		status = wait_for(path, file, &newest);
	free(file);
	if (status != CLI_GO_ON)
		return status;
	if (strcmp(newest.state, "vetoed") != 0)
		return refuse(&newest);
	printf("%s: %s\n", decision, newest.reason);
	return CLI_OK;
}

int cli_policy_veto(int argc, char **argv)
{
	const char *path = NULL, *decision;
	struct cli_options unused = { 0 };
	int opt, status = CLI_GO_ON;

	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		if (opt == OPT_STORE)
			path = optarg;
		else
			status = cli_option(opt, argv, help, &unused);
	}
	if (status != CLI_GO_ON)
		return status;
	if (optind == argc) {
		cli_error("policy veto: which decision? See: contmon policy "
			  "status");
		return CLI_USAGE;
	}
	decision = argv[optind++];
	if (!veto_is_id(decision)) {
		cli_error("%s: not a decision, such as mx158102-1; see: "
			  "contmon policy status", decision);
		return CLI_USAGE;
	}
	status = cli_no_operands(argc, argv);
	if (status == CLI_GO_ON)
		status = cli_past_choose(&path);
	return status == CLI_GO_ON ? veto(path, decision) : status;
}
