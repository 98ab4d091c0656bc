// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/text.h"
#include "contmon/table/output.h"
#include "contmond/policy/load.h"
#include "policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char help[] =
	"policy check [OPTION...] [FILE|DIRECTORY]...\n"
	"Find the mistakes in rule files, without using them: in those of\n"
	POLICY_DIRECTORY " unless some are named. All of them are one\n"
	"policy. The status is 1 if there is a mistake. What can never act\n"
	"is no mistake, but a warning.\n\n"
	"      --json          print JSON: the rules, or the mistakes\n"
	"  -h, --help          print this\n";

static const struct option options[] = {
	{ "json", no_argument, NULL, CLI_OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

/* As text */

static void print_counted(size_t nr, const char *what, const char *more)
{
	printf("%zu %s%s%s", nr, what, nr == 1 ? "" : "s", more);
}

/* Without it, contmond has no rules: no mistake, but also not what is meant. */
static bool is_missing(const char *directory)
{
	struct stat st;

	return stat(directory, &st) < 0 && errno == ENOENT;
}

/* @line: 0 for the whole file */
static void print_message(const char *file, unsigned int line,
			  const char *kind, const char *message)
{
	char *raw = NULL, *text = NULL;

	if (line > 0 ?
	    asprintf(&raw, "%s:%u: %s%s", file, line, kind, message) >= 0 :
	    asprintf(&raw, "%s: %s%s", file, kind, message) >= 0)
		text = cli_escape(raw, strlen(raw));
	fprintf(stderr, "%s\n", text ?: strerror(ENOMEM));
	free(text);
	free(raw);
}

static int print_policy(const struct policy *policy, bool is_default)
{
	size_t i;

	if (is_default && is_missing(POLICY_DIRECTORY)) {
		puts("no rules: there is no directory " POLICY_DIRECTORY);
		return CLI_OK;
	}
	print_counted(policy->nr_rules, "rule", ", ");
	printf("%zu class%s, ", policy->classes.nr,
	       policy->classes.nr == 1 ? "" : "es");
	print_counted(policy->types.nr, "type", ": no mistakes\n");
	if (strcmp(policy_mode(policy), "active") == 0)
		puts("active: contmond acts, if contmon-engine may");
	else if (policy->nr_rules > 0)
		puts("dry run: contmond only says what it would do");
	for (i = 0; i < policy->nr_warnings; i++)
		print_message(policy->warnings[i].place.file,
			      policy->warnings[i].place.line, "warning: ",
			      policy->warnings[i].text);
	return CLI_OK;
}

static int print_errors(const struct policy_errors *errors)
{
	size_t i;

	for (i = 0; i < errors->nr; i++)
		print_message(errors->all[i].file, errors->all[i].line, "",
			      errors->all[i].text);
	return CLI_FAILURE;
}

/* As JSON */

static json_t *json_text(const char *text)
{
	return cli_json_text(text, strlen(text));
}

static json_t *json_action(unsigned int steps)
{
	json_t *action = json_array();
	unsigned int step;

	for (step = POLICY_NOTIFY; step <= POLICY_REMOVE; step <<= 1) {
		if (steps & step)
			json_array_append_new(action, json_string(
						policy_step_name(step)));
	}
	return action;
}

static json_t *json_rules(const struct policy *policy)
{
	json_t *rules = json_array();
	size_t i;

	for (i = 0; policy && i < policy->nr_rules; i++) {
		const struct policy_rule *rule = &policy->rules[i];

		json_array_append_new(rules, json_pack(
			"{s:s, s:o, s:i, s:s, s:o, s:b}",
			"name", rule->name,
			"file", json_text(rule->place.file),
			"line", (int)rule->place.line,
			"hash", rule->hash,
			"action", json_action(rule->steps),
			"dry_run", policy->dry_run || rule->dry_run));
	}
	return rules;
}

static void add_message(json_t *messages, const char *file,
			unsigned int line, const char *text)
{
	json_array_append_new(messages, json_pack(
		"{s:o, s:o, s:o}",
		"file", json_text(file),
		"line", line > 0 ? json_integer(line) : json_null(),
		"message", json_text(text)));
}

static json_t *json_mistakes(const struct policy_errors *errors)
{
	json_t *mistakes = json_array();
	size_t i;

	for (i = 0; i < errors->nr; i++)
		add_message(mistakes, errors->all[i].file,
			    errors->all[i].line, errors->all[i].text);
	return mistakes;
}

static json_t *json_warnings(const struct policy *policy)
{
	json_t *warnings = json_array();
	size_t i;

	for (i = 0; policy && i < policy->nr_warnings; i++)
		add_message(warnings, policy->warnings[i].place.file,
			    policy->warnings[i].place.line,
			    policy->warnings[i].text);
	return warnings;
}

static int print_as_json(const struct policy *policy,
			 const struct policy_errors *errors)
{
	int status = cli_print_json(json_pack(
		"{s:b, s:s?, s:o, s:o, s:o}",
		"valid", policy != NULL,
		"hash", policy ? policy->hash : NULL,
		"rules", json_rules(policy),
		"mistakes", json_mistakes(errors),
		"warnings", json_warnings(policy)));

	return status == CLI_OK && !policy ? CLI_FAILURE : status;
}

static int check(const char *const *paths, size_t nr_paths, bool is_json)
{
	struct policy_errors errors = { 0 };
	struct policy *policy = NULL;
	int r, status;

	r = policy_load(paths, nr_paths, &policy, &errors);
	if (r < 0 && r != -EINVAL)
		return cli_failed("policy check", r);
	if (is_json)
		status = print_as_json(policy, &errors);
	else if (policy)
		status = print_policy(policy, nr_paths == 0);
	else
		status = print_errors(&errors);
	policy_errors_done(&errors);
	policy_free(policy);
	return status;
}

int cli_policy_check(int argc, char **argv)
{
	struct cli_options common = { 0 };
	int opt, status = CLI_GO_ON;

	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":h", options, NULL)) != -1)
		status = cli_option(opt, argv, help, &common);
	if (status != CLI_GO_ON)
		return status;
	return check((const char *const *)argv + optind,
		     (size_t)(argc - optind), common.json);
}
