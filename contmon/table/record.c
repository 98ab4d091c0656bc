// SPDX-License-Identifier: GPL-2.0-only
#include "base/utf8.h"
#include "contmon/cli/options.h"
#include "record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *cli_json_u64(uint64_t value)
{
	if (value > INT64_MAX)
		return json_null();
	return json_integer((json_int_t)value);
}

json_t *cli_json_text(const char *text, size_t size)
{
	char *utf8 = utf8_dup(text, strnlen(text, size), SIZE_MAX);
	json_t *json = utf8 ? json_string(utf8) : NULL;

	free(utf8);
	return json;
}

static json_t *state_letter(uint32_t state)
{
	char letter[2] = { (char)state, 0 };

	if (state <= ' ' || state > '~')
		return json_null();
	return json_string(letter);
}

static json_t *uuid(const uint8_t *b)
{
	char text[40];

	snprintf(text, sizeof(text),
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x",
		 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9],
		 b[10], b[11], b[12], b[13], b[14], b[15]);
	return json_string(text);
}

static json_t *value(const struct cli_member *member, const void *record)
{
	const void *at = (const char *)record + member->offset;
	const uint32_t *u32 = at;
	uint64_t u64;

	switch (member->type) {
	case CLI_U32:
		return json_integer(*u32);
	case CLI_S32:
		return json_integer(*(const int32_t *)at);
	case CLI_STATE:
		return state_letter(*u32);
	case CLI_COMM:
		return cli_json_text(at, 16);
	case CLI_RELEASE:
		return cli_json_text(at, 32);
	case CLI_UUID:
		return uuid(at);
	case CLI_U32_3:
		return json_pack("[I,I,I]", (json_int_t)u32[0],
				 (json_int_t)u32[1], (json_int_t)u32[2]);
	case CLI_U64:
	case CLI_LIMIT:	/* CONTMON_UNLIMITED is beyond JSON's integers */
		memcpy(&u64, at, sizeof(u64));
		return cli_json_u64(u64);
	}
	return NULL;
}

json_t *cli_record(const struct cli_member *members, const void *record,
		   uint64_t valid)
{
	json_t *object = json_object();
	int r = 0;

	for (; r == 0 && members->name; members++) {
		bool known = !members->group || (valid & members->group);

		r = json_object_set_new(object, members->name,
					known ? value(members, record) :
						json_null());
	}
	if (r == 0)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *text_or_null(const char *text)
{
	return text && *text ? cli_json_text(text, strlen(text)) : json_null();
}

int cli_record_owner(json_t *object, const struct cli_cgroup *cgroup)
{
	const struct contmon_identity *identity = &cgroup->identity;
	json_t *runtime = json_null(), *rootless = json_null();
	int r = 0;

	/* Without either nobody knows, which is not the same as the host. */
	if (cgroup->path || *identity->id) {
		runtime = json_string(contmon_runtime_name(identity->runtime));
		rootless = json_boolean(identity->rootless);
	}
	r |= json_object_set_new(object, "container_id",
				 text_or_null(identity->id));
	r |= json_object_set_new(object, "container_name",
				 text_or_null(cgroup->name));
	r |= json_object_set_new(object, "runtime", runtime);
	r |= json_object_set_new(object, "pod", text_or_null(identity->pod));
	r |= json_object_set_new(object, "rootless", rootless);
	r |= json_object_set_new(object, "cgroup_path",
				 text_or_null(cgroup->path));
	return r;
}

json_t *cli_rows(json_t *rows, json_t *meta)
{
	if (rows && meta)
		return json_pack("{s:o,s:o}", "rows", rows, "meta", meta);
	json_decref(rows);
	json_decref(meta);
	return NULL;
}

/* Of numbers that are no integers: the same in JSON and CSV */
#define REAL_DIGITS 9

/* ASCII only: a name must not speak to the terminal it is shown on. */
static int print_json(json_t *object, size_t flags)
{
	int r;

	if (!object)
		return cli_failed("JSON", -ENOMEM);
	r = json_dumpf(object, stdout,
		       JSON_ENSURE_ASCII | JSON_REAL_PRECISION(REAL_DIGITS) | flags);
	json_decref(object);
	putchar('\n');

	/* Whether it was written, main() asks. */
	return r < 0 && !ferror(stdout) ? cli_failed("JSON", -ENOMEM) : CLI_OK;
}

int cli_print_json(json_t *object)
{
	return print_json(object, JSON_INDENT(2));
}

int cli_print_json_line(json_t *object)
{
	int status = print_json(object, JSON_COMPACT);

	fflush(stdout);
	return status;
}

static int csv_text(const char *text)
{
	char *escaped = cli_escape(text, strlen(text));
	const char *p;

	if (!escaped)
		return -ENOMEM;
	if (!strpbrk(escaped, ",\"")) {
		fputs(escaped, stdout);
	} else {
		putchar('"');
		for (p = escaped; *p; p++) {
			if (*p == '"')
				putchar('"');
			putchar(*p);
		}
		putchar('"');
	}
	free(escaped);
	return 0;
}

static int csv_value(const json_t *value)
{
	size_t i;

	if (json_is_string(value))
		return csv_text(json_string_value(value));
	if (json_is_boolean(value))
		fputs(json_is_true(value) ? "true" : "false", stdout);
	else if (json_is_integer(value))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		printf("%.*g", REAL_DIGITS, json_real_value(value));
	for (i = 0; i < json_array_size(value); i++) {
		if (i)
			putchar(' ');
		csv_value(json_array_get(value, i));
	}
	return 0;
}

/* The keys of @row, or its values */
static int csv_line(json_t *row, bool keys)
{
	const char *key, *comma = "";
	json_t *value;
	int r = 0;

	json_object_foreach(row, key, value) {
		fputs(comma, stdout);
		comma = ",";
		r |= keys ? csv_text(key) : csv_value(value);
	}
	putchar('\n');
	return r;
}

int cli_print_csv(json_t *rows, const struct cli_options *options)
{
	size_t i;
	int r = 0;

	if (!rows)
		return cli_failed("CSV", -ENOMEM);
	if (json_array_size(rows) && !options->no_headings)
		r |= csv_line(json_array_get(rows, 0), true);
	for (i = 0; i < json_array_size(rows); i++)
		r |= csv_line(json_array_get(rows, i), false);
	json_decref(rows);
	return r < 0 ? cli_failed("CSV", -ENOMEM) : CLI_OK;
}

int cli_print_csv_keys(json_t *row, const struct cli_options *options)
{
	int r = row ? 0 : -ENOMEM;

	if (row && !options->no_headings)
		r = csv_line(row, true);
	json_decref(row);
	return r < 0 ? cli_failed("CSV", -ENOMEM) : CLI_OK;
}

int cli_print_rows(json_t *rows, json_t *meta,
		   const struct cli_options *options)
{
	if (!options->csv)
		return cli_print_json(cli_rows(rows, meta));
	json_decref(meta);
	return cli_print_csv(rows, options);
}

int cli_print_streamed(json_t *row, const struct cli_options *options,
		       bool first)
{
	struct cli_options how = *options;

	if (!how.csv)
		return cli_print_json_line(row);
	how.no_headings |= !first;
	return cli_print_csv(row ? json_pack("[o]", row) : NULL, &how);
}
