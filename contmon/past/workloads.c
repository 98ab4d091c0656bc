// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/table/output.h"
#include "workloads.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#define MIB 1048576.0

static const char *const keys[] = {
	[WORKLOAD_CPU] = "cpu",
	[WORKLOAD_RAM] = "ram",
	[WORKLOAD_DISK] = "disk",
	[WORKLOAD_IO] = "io",
	[WORKLOAD_OTHER] = "other",
};

/* Which one */

/* Splits words roughly as a shell does; quotes only separate. */
#define BLANKS " \t\n\"'"

static bool is_word(const char *word, size_t length, const char *text)
{
	return strlen(text) == length && strncmp(word, text, length) == 0;
}

static bool is_stress(const char *word, size_t length)
{
	const char *slash = memrchr(word, '/', length);

	if (slash) {
		length -= (size_t)(slash + 1 - word);
		word = slash + 1;
	}
	return is_word(word, length, "stress") ||
	       is_word(word, length, "stress-ng");
}

static enum cli_workload workload_of_option(const char *word, size_t length)
{
	static const struct {
		const char *letter, *name;
		enum cli_workload workload;
	} options[] = {
		{ "-c", "--cpu", WORKLOAD_CPU },
		{ "-m", "--vm", WORKLOAD_RAM },
		{ "-d", "--hdd", WORKLOAD_DISK },
		{ "-i", "--io", WORKLOAD_IO },
	};
	const char *equals = memchr(word, '=', length);
	size_t i, name_length = equals ? (size_t)(equals - word) : length;
	/* stress-ng takes -c4, too. */
	size_t letter_length = length > 2 && isdigit((unsigned char)word[2]) ?
			       2 : length;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (is_word(word, letter_length, options[i].letter) ||
		    is_word(word, name_length, options[i].name))
			return options[i].workload;
	return WORKLOAD_OTHER;
}

enum cli_workload cli_workload_of(const char *command)
{
	enum cli_workload workload = WORKLOAD_OTHER;
	bool is_stressed = false;
	const char *word = command;
	size_t length;

	for (; word && workload == WORKLOAD_OTHER; word += length) {
		word += strspn(word, BLANKS);
		length = strcspn(word, BLANKS);
		if (length == 0)
			break;
		if (is_stressed)
			workload = workload_of_option(word, length);
		is_stressed |= is_stress(word, length);
	}
	return workload;
}

/* Writing */

static json_t *number(double value)
{
	return isfinite(value) ? cli_json_real(value) : json_null();
}

static json_t *text(const char *value)
{
	return value ? cli_json_text(value, strlen(value)) : json_null();
}

static json_t *saved_at(int64_t t_ms)
{
	time_t t = (time_t)(t_ms / 1000);
	char made[40];
	struct tm tm;

	if (!gmtime_r(&t, &tm) ||
	    strftime(made, sizeof(made), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return json_null();
	return json_string(made);
}

/* Without the memory controller: what its processes commit */
static double memory_bytes(const struct container_row *row)
{
	return isnan(row->memory_current_bytes) ? row->rss_sum_bytes :
						  row->memory_current_bytes;
}

static json_t *make_entry(const struct cli_past_row *row,
			  const struct cli_past_life *life)
{
	const struct container_row *mean = &row->mean;
	double read = mean->read_bytes_total / MIB;
	double written = mean->write_bytes_total / MIB;

	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
			 "ID", text(life && life->id ? life->id :
						       row->container),
			 "PID", life && life->pid ? json_integer(life->pid) :
						    json_null(),
			 "Cmdline", text(life ? life->command : NULL),
			 "MemoryUsageMB", number(memory_bytes(mean) / MIB),
			 "CPUUsagePercent", number(mean->cpu_percent),
			 "ReadBytesMB", number(read),
			 "WriteBytesMB", number(written),
			 "TotalIOBytesMB", number(read + written),
			 "saved_at", saved_at(row->t_ms));
}

int cli_workloads_add(struct cli_workloads *workloads,
		      const struct cli_past_row *row,
		      const struct cli_past_life *life)
{
	FILE **file = &workloads->files[cli_workload_of(life ? life->command :
							       NULL)];
	json_t *entry = make_entry(row, life);
	int r = entry ? 0 : -ENOMEM;

	if (r == 0 && *file)
		fputs(",\n    ", *file);
	if (r == 0 && !*file) {
		*file = tmpfile();
		r = *file ? 0 : -errno;
	}
	if (r == 0 && json_dumpf(entry, *file, JSON_ENSURE_ASCII |
				 JSON_COMPACT | JSON_REAL_PRECISION(15)) < 0)
		r = ferror(*file) ? -EIO : -ENOMEM;
	json_decref(entry);
	return r;
}

static int copy(FILE *from, FILE *to)
{
	char bytes[1 << 16];
	size_t nr;

	if (fflush(from) < 0)
		return -errno;
	rewind(from);
	while ((nr = fread(bytes, 1, sizeof(bytes), from)) > 0 && !ferror(to))
		fwrite(bytes, 1, nr, to);
	return ferror(from) ? -EIO : 0;
}

int cli_workloads_write(struct cli_workloads *workloads, FILE *to)
{
	size_t i;
	int r = 0;

	for (i = 0; i < NR_WORKLOADS && r == 0; i++) {
		FILE *from = workloads->files[i];

		fprintf(to, "%s  \"%s\": [", i ? ",\n" : "{\n", keys[i]);
		if (from) {
			fputs("\n    ", to);
			r = copy(from, to);
			fputs("\n  ", to);
		}
		putc(']', to);
	}
	fputs("\n}\n", to);
	return r;
}

void cli_workloads_done(struct cli_workloads *workloads)
{
	size_t i;

	for (i = 0; i < NR_WORKLOADS; i++)
		if (workloads->files[i])
			fclose(workloads->files[i]);
	*workloads = (struct cli_workloads){ 0 };
}
