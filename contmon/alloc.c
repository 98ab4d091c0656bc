// SPDX-License-Identifier: GPL-2.0-only
/*
 * Demonstrates "reserved" and "committed" memory: memory from CONTMON_ALLOC
 * takes address space at once, but page frames only when it is written. Until
 * then it reads as zero, and each byte is checked for that.
 */
#include "base/text.h"
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/cli/format.h"
#include "contmon/cli/options.h"
#include "contmon/cli/parse.h"
#include "contmon/cli/source.h"
#include "contmon/table/output.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
	"alloc --size SIZE [OPTION...]\n"
	"Reserve zero pages, through the driver if it is loaded, and touch\n"
	"them step by step. Check that each byte is zero, then write it.\n"
	"Show what this process has reserved (VSZ) and committed (RSS), and\n"
	"how much of the range is resident. SIZE is a number, optionally\n"
	"followed by K, M, G or T.\n\n"
	"      --size SIZE     how much to reserve\n"
	"      --step SIZE     how much to touch at a time, in whole pages;\n"
	"                      a tenth of --size by default\n"
	"      --delay MS      wait this many milliseconds after each step\n"
	"      --touch WHAT    write (the default), read or none\n"
	CLI_COMMON_HELP;

enum { OPT_SIZE = CLI_OPT_UNITS + 1, OPT_STEP, OPT_DELAY, OPT_TOUCH };

static const struct option options[] = {
	{ "size", required_argument, NULL, OPT_SIZE },
	{ "step", required_argument, NULL, OPT_STEP },
	{ "delay", required_argument, NULL, OPT_DELAY },
	{ "touch", required_argument, NULL, OPT_TOUCH },
	CLI_COMMON_OPTIONS
};

enum touch { TOUCH_WRITE, TOUCH_READ, TOUCH_NONE };

static const char *const touch_names[] = { "write", "read", "none" };

#define DELAY_MAX_MS 3600000
#define PATTERN 0xa5	/* the byte that is written: any but zero */

struct alloc {
	struct cli_options options;
	uint64_t size_bytes;
	uint64_t step_bytes;
	uint64_t delay_ms;
	enum touch touch;

	struct contmon *c;
	unsigned char *address;	/* NULL when nothing is reserved */
	uint64_t length_bytes;
	uint64_t touched_bytes;
	const unsigned char *not_zero;	/* the first wrong byte */
	json_t *rows;
};

/* One step of the demonstration; @resident_bytes needs the driver. */
struct moment {
	struct contmon_task task;
	uint64_t rss_bytes;
	bool resident_known;
	uint64_t resident_bytes;
};

static int measure(const struct alloc *alloc, struct moment *ret)
{
	bool is_driver = contmon_source(alloc->c) == CONTMON_SOURCE_DRIVER;
	struct contmon_task *task = &ret->task;
	int r;

	r = contmon_get_task(alloc->c, getpid(), CONTMON_TASK_MEM,
			     is_driver ? CONTMON_EXACT_RSS : 0, task);
	ret->rss_bytes = task->rss_anon_bytes + task->rss_file_bytes +
			 task->rss_shmem_bytes;
	ret->resident_known = r == 0 && is_driver && alloc->address;
	if (!ret->resident_known)
		return r;
	return contmon_resident(alloc->c, alloc->address, alloc->length_bytes,
				&ret->resident_bytes);
}

static void print_headings(const struct alloc *alloc)
{
	char size[CLI_TEXT_MAX], step[CLI_TEXT_MAX];
	enum cli_unit unit = alloc->options.unit;

	if (cli_is_for_programs(&alloc->options) || alloc->options.no_headings)
		return;
	printf("process %d: %s, %s at a time, touch: %s\n", (int)getpid(),
	       cli_format_bytes(size, alloc->size_bytes, unit),
	       cli_format_bytes(step, alloc->step_bytes, unit),
	       touch_names[alloc->touch]);
	printf("%-9s %15s %15s %15s %15s\n", "", "TOUCHED", "VSZ", "RSS",
	       "RESIDENT");
}

static void print_moment(const struct alloc *alloc, const char *phase,
			 const struct moment *moment)
{
	char touched[CLI_TEXT_MAX], vsz[CLI_TEXT_MAX];
	char rss[CLI_TEXT_MAX], resident[CLI_TEXT_MAX];
	enum cli_unit unit = alloc->options.unit;

	printf("%-9s %15s %15s %15s %15s\n", phase,
	       cli_format_bytes(touched, alloc->touched_bytes, unit),
	       cli_format_bytes(vsz, moment->task.vsz_bytes, unit),
	       cli_format_bytes(rss, moment->rss_bytes, unit),
	       moment->resident_known ?
		       cli_format_bytes(resident, moment->resident_bytes,
					unit) : "-");
	fflush(stdout);
}

static int add_moment(const struct alloc *alloc, const char *phase,
		      const struct moment *moment)
{
	const struct contmon_task *task = &moment->task;
	json_t *resident = json_null();

	if (moment->resident_known)
		resident = cli_json_u64(moment->resident_bytes);
	return json_array_append_new(alloc->rows, json_pack(
		"{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
		"phase", phase,
		"touched_bytes", cli_json_u64(alloc->touched_bytes),
		"vsz_bytes", cli_json_u64(task->vsz_bytes),
		"rss_bytes", cli_json_u64(moment->rss_bytes),
		"rss_anon_bytes", cli_json_u64(task->rss_anon_bytes),
		"rss_file_bytes", cli_json_u64(task->rss_file_bytes),
		"rss_shmem_bytes", cli_json_u64(task->rss_shmem_bytes),
		"resident_bytes", resident));
}

static int show(const struct alloc *alloc, const char *phase)
{
	struct moment moment = { 0 };
	int r;

	r = measure(alloc, &moment);
	if (r < 0)
		return cli_failed("reading this process", r);
	if (!cli_is_for_programs(&alloc->options))
		print_moment(alloc, phase, &moment);
	else if (add_moment(alloc, phase, &moment) < 0)
		return cli_failed("JSON", -ENOMEM);
	return CLI_GO_ON;
}

/* The first byte of @length bytes from @from that is not zero, or NULL */
static const unsigned char *find_not_zero(const unsigned char *from,
					  uint64_t length)
{
	static const unsigned char zeros[4096];

	while (length) {
		size_t n = length < sizeof(zeros) ? (size_t)length :
						    sizeof(zeros);

		if (memcmp(from, zeros, n) != 0) {
			while (*from == 0)
				from++;
			return from;
		}
		from += n;
		length -= n;
	}
	return NULL;
}

static void pause_ms(uint64_t ms)
{
	struct timespec time = {
		.tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000 * 1000000),
	};

	while (nanosleep(&time, &time) < 0 && errno == EINTR)
		;
}

static int touch_step(struct alloc *alloc)
{
	unsigned char *from = alloc->address + alloc->touched_bytes;
	uint64_t length = alloc->length_bytes - alloc->touched_bytes;

	if (length > alloc->step_bytes)
		length = alloc->step_bytes;

	alloc->not_zero = find_not_zero(from, length);
	if (alloc->not_zero) {
		cli_error("byte at %p is 0x%02x, not zero",
			  (const void *)alloc->not_zero, *alloc->not_zero);
		return CLI_NOT_ZERO;
	}
	if (alloc->touch == TOUCH_WRITE)
		memset(from, PATTERN, (size_t)length);

	alloc->touched_bytes += length;
	return CLI_GO_ON;
}

static int touch_all(struct alloc *alloc)
{
	int status = CLI_GO_ON;

	if (alloc->touch == TOUCH_NONE)
		return CLI_GO_ON;
	while (status == CLI_GO_ON &&
	       alloc->touched_bytes < alloc->length_bytes) {
		status = touch_step(alloc);
		if (status == CLI_GO_ON)
			status = show(alloc, "touched");
		pause_ms(alloc->delay_ms);
	}
	return status;
}

static int reserve(struct alloc *alloc)
{
	void *address;
	int r;

	r = contmon_alloc(alloc->c, alloc->size_bytes, &address,
			  &alloc->length_bytes);
	if (r < 0)
		return cli_failed("reserving memory", r);
	alloc->address = address;
	return CLI_GO_ON;
}

static int give_back(struct alloc *alloc)
{
	int r;

	r = contmon_free(alloc->c, alloc->address, alloc->length_bytes);
	if (r < 0)
		return cli_failed("freeing memory", r);
	alloc->address = NULL;
	return CLI_GO_ON;
}

static int demonstrate(struct alloc *alloc)
{
	int status;

	print_headings(alloc);
	status = show(alloc, "before");
	if (status == CLI_GO_ON)
		status = reserve(alloc);
	if (status == CLI_GO_ON)
		status = show(alloc, "reserved");
	if (status == CLI_GO_ON)
		status = touch_all(alloc);
	if (status == CLI_GO_ON)
		status = give_back(alloc);
	if (status == CLI_GO_ON)
		status = show(alloc, "freed");
	return status;
}

static int print_json(struct alloc *alloc)
{
	json_t *not_zero = json_null();
	json_t *meta;

	if (alloc->not_zero)
		not_zero = cli_json_u64((uintptr_t)alloc->not_zero);
	meta = json_pack("{s:i,s:o,s:o,s:o,s:s,s:o}", "pid", (int)getpid(),
			 "size_bytes", cli_json_u64(alloc->size_bytes),
			 "length_bytes", cli_json_u64(alloc->length_bytes),
			 "step_bytes", cli_json_u64(alloc->step_bytes),
			 "touch", touch_names[alloc->touch],
			 "not_zero_address", not_zero);
	return cli_print_rows(alloc->rows, meta, &alloc->options);
}

static int run(struct alloc *alloc)
{
	int status, printed = CLI_OK;

	if (cli_open(&alloc->c) < 0)
		return CLI_FAILURE;
	alloc->rows = json_array();
	status = demonstrate(alloc);
	if (cli_is_for_programs(&alloc->options))
		printed = print_json(alloc);
	else
		json_decref(alloc->rows);
	contmon_close(alloc->c);

	if (status != CLI_GO_ON)
		return status;
	return printed;
}

static int parse_bytes(const char *option, const char *text, uint64_t *ret)
{
	int r = cli_parse_size(text, ret);

	if (r == 0 && *ret > 0 && *ret <= SIZE_MAX)
		return CLI_GO_ON;
	cli_error("%s %s: %s", option, text,
		  r == -EINVAL ? "not a size, such as 64M" :
		  r == 0 && *ret == 0 ? "must be above 0" : "too large");
	return CLI_USAGE;
}

static int parse_delay(const char *text, uint64_t *ret_ms)
{
	if (text_to_u64(text, 0, DELAY_MAX_MS, ret_ms) == 0)
		return CLI_GO_ON;
	cli_error("--delay %s: not a number of ms up to %d", text,
		  DELAY_MAX_MS);
	return CLI_USAGE;
}

static int parse_touch(const char *text, enum touch *ret)
{
	size_t i;

	for (i = 0; i < sizeof(touch_names) / sizeof(touch_names[0]); i++) {
		if (strcmp(text, touch_names[i]) == 0) {
			*ret = (enum touch)i;
			return CLI_GO_ON;
		}
	}
	cli_error("--touch %s: not one of write, read, none", text);
	return CLI_USAGE;
}

/* Whole pages, so that all of each page can be checked before it is touched */
static int settle_step(struct alloc *alloc)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	if (alloc->size_bytes == 0) {
		cli_error("--size is needed; see: contmon alloc --help");
		return CLI_USAGE;
	}
	if (alloc->step_bytes == 0)
		alloc->step_bytes = alloc->size_bytes / 10;
	if (alloc->step_bytes > alloc->size_bytes)
		alloc->step_bytes = alloc->size_bytes;
	if (alloc->step_bytes > UINT64_MAX - page)
		return CLI_GO_ON;
	alloc->step_bytes = (alloc->step_bytes + page - 1) / page * page;
	if (alloc->step_bytes == 0)
		alloc->step_bytes = page;
	return CLI_GO_ON;
}

static int parse_option(struct alloc *alloc, int opt, char **argv)
{
	switch (opt) {
	case OPT_SIZE:
		return parse_bytes("--size", optarg, &alloc->size_bytes);
	case OPT_STEP:
		return parse_bytes("--step", optarg, &alloc->step_bytes);
	case OPT_DELAY:
		return parse_delay(optarg, &alloc->delay_ms);
	case OPT_TOUCH:
		return parse_touch(optarg, &alloc->touch);
	default:
		return cli_option(opt, argv, help, &alloc->options);
	}
}

int cli_alloc(int argc, char **argv)
{
	struct alloc alloc = { 0 };
	int opt, status;

	while ((opt = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		status = parse_option(&alloc, opt, argv);
		if (status != CLI_GO_ON)
			return status;
	}
	status = cli_no_operands(argc, argv);
	if (status == CLI_GO_ON)
		status = settle_step(&alloc);
	if (status == CLI_GO_ON)
		status = run(&alloc);
	return status;
}
