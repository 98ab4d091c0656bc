// SPDX-License-Identifier: GPL-2.0-only
#include "exposition.h"

#include <math.h>
#include <string.h>

#include "base/util.h"

#define TOTAL "_total"
#define INFO "_info"

static bool ends(const char *name, size_t length, const char *end)
{
	size_t end_length = strlen(end);

	return length > end_length &&
	       memcmp(name + length - end_length, end, end_length) == 0;
}

/* Length of the name without @end; 0 if it does not end with that */
static size_t before(const char *name, const char *end)
{
	size_t length = strlen(name);

	return ends(name, length, end) ? length - strlen(end) : 0;
}

static void unit(const struct exposition *e, const char *name, size_t length)
{
	static const char *const units[] = { "bytes", "seconds" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units); i++) {
		size_t unit_length = strlen(units[i]);

		if (ends(name, length, units[i]) &&
		    name[length - unit_length - 1] == '_')
			buffer_printf(e->body, "# UNIT %.*s %s\n", (int)length,
				      name, units[i]);
	}
}

void exposition_family(const struct exposition *e, const char *name,
		       const char *help)
{
	size_t length = strlen(name), cut;
	const char *type = "gauge";

	cut = before(name, TOTAL);
	if (cut > 0)
		type = "counter";
	if (cut == 0 && e->openmetrics) {
		cut = before(name, INFO);
		if (cut > 0)
			type = "info";
	}
	if (cut > 0 && e->openmetrics)
		length = cut;
	buffer_printf(e->body, "# HELP %.*s %s\n# TYPE %.*s %s\n", (int)length,
		      name, help, (int)length, name, type);
	if (e->openmetrics)
		unit(e, name, length);
}

static void add_labels(const struct exposition *e, const char *labels,
		       const char *more)
{
	buffer_puts(e->body, labels);
	if (*more) {
		buffer_putc(e->body, *labels ? ',' : '{');
		buffer_puts(e->body, more);
	}
	if (*labels || *more)
		buffer_putc(e->body, '}');
}

static void add_number(const struct exposition *e, double number)
{
	buffer_putc(e->body, ' ');
	buffer_number(e->body, number);
	buffer_putc(e->body, '\n');
}

void exposition_sample(const struct exposition *e, const char *name,
		       const char *labels, const char *more, double number)
{
	if (!isfinite(number))
		return;
	buffer_puts(e->body, name);
	add_labels(e, labels, more);
	add_number(e, number);
}

void exposition_created(const struct exposition *e, const char *name,
			const char *labels, const char *more, double seconds)
{
	if (!e->openmetrics || !isfinite(seconds))
		return;
	buffer_add(e->body, name, before(name, TOTAL));
	buffer_puts(e->body, "_created");
	add_labels(e, labels, more);
	add_number(e, seconds);
}

void exposition_single(const struct exposition *e, const char *name,
		       const char *help, double number)
{
	exposition_counter(e, name, help, number, NAN);
}

void exposition_counter(const struct exposition *e, const char *name,
			const char *help, double number, double created)
{
	if (!isfinite(number))
		return;
	exposition_family(e, name, help);
	exposition_sample(e, name, "", "", number);
	exposition_created(e, name, "", "", created);
}
