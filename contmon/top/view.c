// SPDX-License-Identifier: GPL-2.0-only
/* Draws the model. Every text is escaped by cli_escape() first. */
#include "contmon/cli/format.h"
#include "contmon/cli/text.h"
#include "grid.h"
#include "screen.h"
#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HEADER_ROWS 6	/* above the headings */
#define LOW 14		/* with fewer rows the header has one line */
#define METER_MAX 100	/* maximum width of a meter */

int top_view_begin(void)
{
	int r = screen_begin();

	if (r == 0)
		top_grid_colors();
	return r;
}

void top_view_end(void)
{
	screen_end();
}

static int header_rows(void)
{
	return LINES < LOW ? 1 : HEADER_ROWS;
}

/* A name, a bar and its value, in @width columns from @x on */
static void meter(int y, int x, int width, const char *name, double share,
		  const char *text)
{
	int text_width = 26;

	if (width > METER_MAX)
		width = METER_MAX;
	screen_line(y);
	screen_skip_to(x);
	screen_look(A_BOLD);
	screen_field(4, false, name);
	top_grid_bar(width - 4 - text_width - 1, share, false);
	screen_text(" ");
	screen_field(text_width, false, text);
}

static double share_of(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

static void cpu_meter(const struct top_model *model, int y, int x, int width)
{
	double nr = model->samples[0].system.kernel.nr_cpus;
	char text[CLI_TEXT_MAX] = "-";

	if (model->cpu_known)
		snprintf(text, sizeof(text), "%.2f of %.0f cores %.1f%%",
			 model->cpu_cores, nr,
			 100 * share_of(model->cpu_cores, nr));
	meter(y, x, width, "CPU", share_of(model->cpu_cores, nr), text);
}

static void memory_meter(int y, int x, int width, const char *name,
			 uint64_t used, uint64_t total, enum cli_unit unit)
{
	char a[CLI_TEXT_MAX], b[CLI_TEXT_MAX], text[2 * CLI_TEXT_MAX + 8];

	snprintf(text, sizeof(text), "%s of %s",
		 cli_format_bytes(a, used, unit),
		 cli_format_bytes(b, total, unit));
	meter(y, x, width, name, share_of((double)used, (double)total), text);
}

/* Two meters beside each other if there is room */
static void draw_meters(const struct top_model *model)
{
	enum cli_unit unit = model->unit;
	const struct contmon_system *system = &model->samples[0].system;
	const struct contmon_get_system *kernel = &system->kernel;
	bool wide = COLS >= 140;
	int width = wide ? COLS / 2 - 1 : COLS;

	if (width > METER_MAX)
		width = METER_MAX;
	cpu_meter(model, 1, 0, width);
	memory_meter(wide ? 1 : 2, wide ? width + 2 : 0, width, "MEM",
		     kernel->ram_total_bytes - kernel->ram_available_bytes,
		     kernel->ram_total_bytes, unit);
	memory_meter(wide ? 2 : 3, 0, width, "SWP",
		     system->swap_total_bytes - system->swap_free_bytes,
		     system->swap_total_bytes, unit);
}

static void draw_title(const struct top_model *model)
{
	const struct contmon_get_system *kernel =
		&model->samples[0].system.kernel;
	const uint32_t *load = kernel->load_milli;
	char up[CLI_TEXT_MAX], clock[16] = "", texts[4][96];
	time_t now = time(NULL);
	struct tm tm;
	size_t i;

	if (localtime_r(&now, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	cli_format_duration(up, kernel->taken_boottime_ns);
	up[strcspn(up, ".")] = 0;	/* whole seconds */
	snprintf(texts[0], sizeof(texts[0]), "  %s", clock);
	snprintf(texts[1], sizeof(texts[1]), "  up %s", up);
	snprintf(texts[2], sizeof(texts[2]), "  load %.2f %.2f %.2f",
		 load[0] / 1e3, load[1] / 1e3, load[2] / 1e3);
	snprintf(texts[3], sizeof(texts[3]), "  %s", model->source);
	screen_line(0);
	screen_look(A_BOLD);
	screen_text("contmon top");
	screen_look(A_NORMAL);
	for (i = 0; i < 4; i++)
		if (!screen_whole(texts[i]))
			return;
	if (model->paused) {
		screen_look(A_REVERSE);
		screen_whole("  PAUSED ");
	}
}

static void draw_totals(const struct top_model *model)
{
	enum cli_unit unit = model->unit;
	const struct contmon_get_system *kernel =
		&model->samples[0].system.kernel;
	char reserved[CLI_TEXT_MAX], committed[CLI_TEXT_MAX];
	char text[256];
	int n;

	cli_format_bytes(reserved, kernel->reserved_bytes, unit);
	cli_format_bytes(committed, kernel->committed_bytes, unit);
	n = snprintf(text, sizeof(text), "%u container%s",
		     model->nr_containers,
		     model->nr_containers == 1 ? "" : "s");
	if (kernel->fields & CONTMON_SYSTEM_TASKS)
		snprintf(text + n, sizeof(text) - (size_t)n,
			 ", %u processes (%u run), %s reserved, %s committed",
			 kernel->nr_tasks, kernel->nr_running, reserved,
			 committed);
	screen_line(4);
	screen_field(COLS, false, text);
}

/* The page, and how it is sorted and filtered */
static void draw_place(const struct top_model *model, int y)
{
	const struct cli_layout *layout = &model->layouts[model->page];
	const char *place = top_model_place(model);
	char *raw, *text;

	if (asprintf(&raw, "%s%s%s, by %s%s%s%s%s%s",
		 model->page == TOP_CONTAINERS ? "Containers" : "Processes",
		 *place ? " of " : "", place,
		 layout->order.by->heading,
		 layout->order.reverse ? " reversed" : "",
		 layout->tree ? ", tree" : "",
		 model->typing || *model->filter ? ", filter: " : "",
		 model->filter, model->typing ? "_" : "") < 0)
		return;
	text = cli_escape(raw, strlen(raw));
	screen_line(y);
	screen_look(A_BOLD);
	screen_field(COLS, false, text ? text : "");
	free(text);
	free(raw);
}

/* On a low terminal rows are more important than meters. */
static void draw_header(const struct top_model *model)
{
	draw_place(model, header_rows() - 1);
	if (header_rows() < HEADER_ROWS)
		return;
	draw_title(model);
	draw_meters(model);
	draw_totals(model);
}

static void draw_rows(const struct top_model *model, const int *widths)
{
	const struct top_grid grid = {
		.layout = &model->layouts[model->page],
		.rows = &model->rows,
		.widths = widths,
		.unit = model->unit,
		.y = header_rows(),
		.height = model->height,
		.first = model->first,
		.selected = model->selected,
	};

	top_grid_draw(&grid);
}

/* An empty page shows why it is empty. */
static void draw_nothing(const struct top_model *model)
{
	if (model->rows.nr || model->samples[0].page != model->page)
		return;
	screen_line(header_rows() + 2);
	screen_skip_to(2);
	screen_field(COLS - 3, false, *model->filter ?
		     "Nothing passes the filter." :
		     model->page == TOP_CONTAINERS ?
		     "No containers. Tab shows all processes." :
		     "No processes.");
}

static void draw_keys(const struct top_model *model)
{
	const char *keys = model->page == TOP_CONTAINERS ?
		"q quit  Enter processes  Tab all  / filter  <> sort  "
		"r reverse  t tree  h help" :
		"q quit  Esc containers  / filter  <> sort  r reverse  "
		"t tree  h help";

	if (model->typing)
		keys = "type a part of a name, or a pattern with * ? [   "
		       "Enter keep  Esc clear";
	screen_line(LINES - 1);
	screen_look(A_DIM);
	screen_field(COLS - 1, false, keys);
}

static const char *const help_lines[] = {
	"Up Down PgUp PgDn Home End   move; so do j k g G",
	"Enter                        the processes of this container",
	"Esc, Backspace               clear the filter; back to containers",
	"Tab                          all processes, or containers",
	"",
	"< >, Left Right              sort by the column before, after",
	"C M I N                      sort by CPU, memory, writes, name or id",
	"r                            reverse the order",
	"t                            tree",
	"/                            filter while you type",
	"Space                        pause",
	"Ctrl-L                       draw the whole screen again",
	"q, F10                       quit",
	"",
	"CORES: CPUs kept busy. CPU%: share of all CPUs of the host.",
	"OF LIMIT: memory as a share of its limit. - is unknown, or no limit.",
	"PSI: share of the time some task waited for CPU, IO or memory,",
	"     whichever is largest.",
	"",
	"Press any key.",
};

static void draw_help(void)
{
	size_t i;

	for (i = 0; i < sizeof(help_lines) / sizeof(help_lines[0]); i++) {
		screen_line(2 + (int)i);
		screen_skip_to(2);
		screen_field(COLS - 3, false, help_lines[i]);
	}
}

void top_view_draw(struct top_model *model)
{
	int rows = LINES - header_rows() - 2;
	int widths[CLI_COLUMNS_MAX];

	model->height = rows > 0 ? (size_t)rows : 0;
	top_model_select(model, (long)model->selected);
	screen_clear();
	if (model->help) {
		draw_title(model);
		draw_help();
	} else {
		draw_header(model);
		top_model_fit(model, COLS, widths);
		draw_rows(model, widths);
		draw_nothing(model);
		draw_keys(model);
	}
	screen_show();
}
