// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers with something to do, to try contmon and its policies on. They and
 * their image are made and removed with the command line of Docker or Podman:
 * of contmon's programs only contmon-engine speaks the API of engines, and that
 * makes no containers.
 */
#include "base/text.h"
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/time.h"
#include "contmon/load/session.h"
#include "contmon/load/user.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
	"load [OPTION...]\n"
	"Make containers that use CPU, memory, disk or network, and remove\n"
	"them on Ctrl-C. Each is limited, so that all of them leave the host\n"
	"usable.\n\n"
	"      --engine ENGINE docker or podman; by default the one that\n"
	"                      answers\n"
	"      --count N       make N containers, 10 by default\n"
	"      --mix LIST      of these types, such as cpu=4,ram=3: cpu,\n"
	"                      ram, disk, io, net, fork, oom, mixed; by\n"
	"                      default one of each in turn\n"
	"      --for SPAN      remove all of it after this time\n"
	"      --every SPAN    make another N after each SPAN\n"
	"      --timer         let a timer of systemd do that\n"
	"      --class CLASS   high or low, for policies\n"
	"      --name-prefix P how names of containers begin: load by\n"
	"                      default\n"
	"      --add SESSION   only make N more, for a load that runs\n"
	"      --clean         remove all loads, also those that were killed\n"
	CLI_COMMON_HELP
	"\nSPAN is in seconds, or 5m, 2h or 1d.\n";

enum { OPT_ENGINE = CLI_OPT_UNITS + 1, OPT_COUNT, OPT_MIX, OPT_FOR, OPT_EVERY,
       OPT_TIMER, OPT_CLASS, OPT_PREFIX, OPT_ADD, OPT_CLEAN, OPT_END };

static const struct option options[] = {
	{ "engine", required_argument, NULL, OPT_ENGINE },
	{ "count", required_argument, NULL, OPT_COUNT },
	{ "mix", required_argument, NULL, OPT_MIX },
	{ "for", required_argument, NULL, OPT_FOR },
	{ "every", required_argument, NULL, OPT_EVERY },
	{ "timer", no_argument, NULL, OPT_TIMER },
	{ "class", required_argument, NULL, OPT_CLASS },
	{ "name-prefix", required_argument, NULL, OPT_PREFIX },
	{ "add", required_argument, NULL, OPT_ADD },
	{ "clean", no_argument, NULL, OPT_CLEAN },
	CLI_COMMON_OPTIONS
};

/* Ten years, which is never */
#define SPAN_MAX_MS INT64_C(315360000000)

#define PREFIX_MAX 64

#define BIT(opt) (1U << ((opt) - OPT_ENGINE))

static int refuse(const char *option, const char *text, const char *why)
{
	cli_error("%s%s%s: %s", option, *text ? " " : "", text, why);
	return CLI_USAGE;
}

static int set_word(const char *option, const char *first, const char *second,
		    const char **ret)
{
	*ret = optarg;
	if (strcmp(optarg, first) == 0 || strcmp(optarg, second) == 0)
		return CLI_GO_ON;
	cli_error("%s %s: neither %s nor %s", option, optarg, first, second);
	return CLI_USAGE;
}

static int set_count(struct load *load)
{
	if (text_to_u64(optarg, 1, LOAD_CONTAINERS_MAX, &load->count) == 0)
		return CLI_GO_ON;
	cli_error("--count %s: not a number from 1 to %d", optarg,
		  LOAD_CONTAINERS_MAX);
	return CLI_USAGE;
}

/* What engines accept as the beginning of a name */
static int set_prefix(struct load *load)
{
	static const char alphanumerics[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789";
	size_t length = strlen(optarg), i;

	load->prefix = optarg;
	for (i = 0; i < length; i++)
		if (!strchr(alphanumerics, optarg[i]) &&
		    (i == 0 || !strchr("_.-", optarg[i])))
			break;
	if (length > 0 && length <= PREFIX_MAX && i == length)
		return CLI_GO_ON;
	return refuse("--name-prefix", optarg, "not letters and digits, with "
		      "_, . or - between them, of at most 64");
}

static int set_session(struct load *load)
{
	load->add = optarg;
	if (strlen(optarg) == LOAD_SESSION_LENGTH &&
	    strspn(optarg, "0123456789abcdef") == LOAD_SESSION_LENGTH)
		return CLI_GO_ON;
	return refuse("--add", optarg, "not a load: the label contmon.load of "
		      "its containers is its name");
}

static int set_span(const char *option, int64_t *ret_ms)
{
	int status = cli_parse_span(option, optarg, ret_ms);

	if (status != CLI_GO_ON || *ret_ms <= SPAN_MAX_MS)
		return status;
	return refuse(option, optarg, "longer than ten years");
}

static int parse_option(struct load *load, int opt, char **argv)
{
	switch (opt) {
	case OPT_ENGINE:
		return set_word("--engine", "docker", "podman", &load->engine);
	case OPT_COUNT:
		return set_count(load);
	case OPT_MIX:
		load->mix_text = optarg;
		return load_mix_parse(optarg, &load->mix);
	case OPT_FOR:
		return set_span("--for", &load->for_ms);
	case OPT_EVERY:
		return set_span("--every", &load->every_ms);
	case OPT_CLASS:
		return set_word("--class", "high", "low", &load->class);
	case OPT_PREFIX:
		return set_prefix(load);
	case OPT_ADD:
		return set_session(load);
	case OPT_TIMER:
		load->timer = true;
		return CLI_GO_ON;
	case OPT_CLEAN:
		return CLI_GO_ON;
	default:
		return cli_option(opt, argv, help, &load->options);
	}
}

static const char *why_no_systemd(void)
{
	return geteuid() == 0 ?
		"systemd does not run here; without --timer the command makes "
		"each round itself" :
		"your systemd does not run; log in anew, or try: loginctl "
		"enable-linger; without --timer the command makes each round "
		"itself";
}

/* @given: BIT() of each option that was given */
static int check(const struct load *load, unsigned int given)
{
	unsigned int adding = BIT(OPT_ADD) | BIT(OPT_ENGINE) | BIT(OPT_COUNT) |
			      BIT(OPT_MIX) | BIT(OPT_CLASS) | BIT(OPT_PREFIX);

	if (given & BIT(OPT_CLEAN) &&
	    given & ~(BIT(OPT_CLEAN) | BIT(OPT_ENGINE)))
		return refuse("--clean", "", "of the other options only "
			      "--engine goes with it");
	if (given & BIT(OPT_ADD) && given & ~adding)
		return refuse("--add", "", "--for, --every and --timer do not "
			      "go with it");
	if (load->timer && !load->every_ms)
		return refuse("--timer", "", "needs --every");
	if (load->timer && !load_user_has_systemd())
		return refuse("--timer", "", why_no_systemd());
	return CLI_GO_ON;
}

int cli_load(int argc, char **argv)
{
	struct load load = { .count = 10, .prefix = "load" };
	int opt, status = CLI_GO_ON;
	unsigned int given = 0;

	load_user_init();
	load_mix_init(&load.mix);
	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		if (opt >= OPT_ENGINE && opt < OPT_END)
			given |= BIT(opt);
		status = parse_option(&load, opt, argv);
	}
	if (status == CLI_GO_ON)
		status = cli_no_operands(argc, argv);
	if (status == CLI_GO_ON)
		status = check(&load, given);
	if (status != CLI_GO_ON)
		return status;
	if (given & BIT(OPT_CLEAN))
		return load_session_clean(&load);
	return given & BIT(OPT_ADD) ? load_session_add(&load) :
				      load_session_run(&load);
}
