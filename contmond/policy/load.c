// SPDX-License-Identifier: GPL-2.0-only
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ini.h"
#include "base/util.h"
#include "idle.h"
#include "sections.h"

/**
 * struct loading - what has been read so far
 * @policy: the result
 * @files: names that @sections borrow; the last file is being read
 * @is_open: keys that follow belong to the last section
 * @is_skipped: the head was invalid, so its keys are not reported
 */
struct loading {
	struct policy *policy;
	struct policy_errors errors;
	struct sections sections;
	char **files;
	size_t nr_files;
	bool is_open;
	bool is_skipped;
	bool no_memory;
};

void policy_errors_done(struct policy_errors *errors)
{
	size_t i;

	for (i = 0; i < errors->nr; i++) {
		free(errors->all[i].file);
		free(errors->all[i].text);
	}
	free(errors->all);
	*errors = (struct policy_errors){ 0 };
}

static void complain(struct loading *loading, const char *file,
		     unsigned int line, const char *text)
{
	struct policy_errors *errors = &loading->errors;
	struct policy_error *grown = reallocarray(
		errors->all, errors->nr + 1, sizeof(*grown));
	struct policy_error error = { strdup(file), line, strdup(text) };

	if (grown)
		errors->all = grown;
	if (!grown || !error.file || !error.text) {
		free(error.file);
		free(error.text);
		loading->no_memory = true;
		return;
	}
	grown[errors->nr++] = error;
}

static void on_refused(const struct ini_place *place, const char *why,
		       void *userdata)
{
	complain(userdata, place->file, place->line, why);
}

/* Sections borrow the file name. A section ends with its file. */
static const char *enter_file(struct loading *loading, const char *file)
{
	char **grown;

	if (loading->nr_files > 0 &&
	    strcmp(loading->files[loading->nr_files - 1], file) == 0)
		return loading->files[loading->nr_files - 1];
	loading->is_open = loading->is_skipped = false;
	grown = reallocarray(loading->files, loading->nr_files + 1,
			     sizeof(*grown));
	if (!grown)
		return NULL;
	loading->files = grown;
	grown[loading->nr_files] = strdup(file);
	return grown[loading->nr_files] ? grown[loading->nr_files++] : NULL;
}

static void add_section(struct loading *loading, struct section *section,
			const struct ini_place *place)
{
	struct sections *sections = &loading->sections;
	struct section *grown = reallocarray(
		sections->all, sections->nr + 1, sizeof(*grown));

	if (grown)
		sections->all = grown;
	section->file = loading->files[loading->nr_files - 1];
	section->line = place->line;
	if (!grown) {
		free(section->name);
		loading->no_memory = true;
		return;
	}
	grown[sections->nr++] = *section;
	loading->is_open = true;
}

static void on_section(const struct ini_place *place, const char *head,
		       void *userdata)
{
	struct loading *loading = userdata;
	struct section section = { 0 };
	struct buffer why = { 0 };
	int r = enter_file(loading, place->file) ? 0 : -ENOMEM;

	if (r == 0 && head)
		r = section_parse_head(head, &section.kind, &section.name,
				       &why);
	loading->is_open = false;
	loading->is_skipped = r < 0 || !head;
	if (r == 0 && !head)
		return;
	if (r == 0)
		add_section(loading, &section, place);
	else if (r == -EINVAL && !why.failed)
		complain(loading, place->file, place->line, why.text);
	else
		loading->no_memory = true;
	buffer_done(&why);
}

static void on_key(const struct ini_place *place, const char *name,
		   const char *value, void *userdata)
{
	struct loading *loading = userdata;
	struct section_line *grown, line = { NULL, NULL, place->line };
	struct section *section;

	if (!enter_file(loading, place->file)) {
		loading->no_memory = true;
		return;
	}
	if (!loading->is_open) {
		if (!loading->is_skipped)
			complain(loading, place->file, place->line,
				 "is in no section");
		return;
	}
	section = &loading->sections.all[loading->sections.nr - 1];
	grown = reallocarray(section->lines, section->nr_lines + 1,
			     sizeof(*grown));
	if (grown)
		section->lines = grown;
	line.key = strdup(name);
	line.value = strdup(value);
	if (!grown || !line.key || !line.value) {
		free(line.key);
		free(line.value);
		loading->no_memory = true;
		return;
	}
	grown[section->nr_lines++] = line;
}

static void read_path(struct loading *loading, const char *path)
{
	const struct ini_reader reader = { on_section, on_key, on_refused,
					   loading };
	struct stat st;

	loading->is_open = loading->is_skipped = false;
	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		ini_read_file(&reader, path);
	else if (ini_read_directory(&reader, path) == -ENOMEM)
		loading->no_memory = true;
}

/* Prepends the section. Returns NULL if there is no memory. */
static char *name_section(const struct section *section, const char *why)
{
	struct buffer text = { 0 };

	buffer_printf(&text, "[%s", section_kind_name(section->kind));
	if (section->name)
		buffer_printf(&text, " %s", section->name);
	buffer_printf(&text, "]: %s", why);
	if (text.failed)
		buffer_done(&text);
	return text.text;
}

static void on_complaint(const struct section *section,
			 const struct section_line *line, const char *why,
			 void *userdata)
{
	_cleanup_free_ char *text = name_section(section, why);
	struct loading *loading = userdata;

	if (text)
		complain(loading, section->file,
			 line ? line->line : section->line, text);
	else
		loading->no_memory = true;
}

static void on_warning(const struct section *section,
		       const struct section_line *line, const char *why,
		       void *userdata)
{
	struct loading *loading = userdata;
	struct policy *policy = loading->policy;
	struct policy_warning *grown = reallocarray(policy->warnings,
		policy->nr_warnings + 1, sizeof(*grown));
	struct policy_warning warning = {
		.place = { .file = strdup(section->file),
			   .line = line ? line->line : section->line },
		.text = name_section(section, why),
	};

	if (grown)
		policy->warnings = grown;
	if (!grown || !warning.place.file || !warning.text) {
		free(warning.place.file);
		free(warning.text);
		loading->no_memory = true;
		return;
	}
	grown[policy->nr_warnings++] = warning;
}

static void loading_done(struct loading *loading)
{
	size_t i, j;

	for (i = 0; i < loading->sections.nr; i++) {
		struct section *section = &loading->sections.all[i];

		for (j = 0; j < section->nr_lines; j++) {
			free(section->lines[j].key);
			free(section->lines[j].value);
		}
		free(section->lines);
		free(section->name);
	}
	free(loading->sections.all);
	for (i = 0; i < loading->nr_files; i++)
		free(loading->files[i]);
	free(loading->files);
	policy_errors_done(&loading->errors);
}

/* Sorts the mistakes of a file by line, whichever check found them. */
static int by_place(const void *a, const void *b)
{
	const struct policy_error *one = a, *other = b;
	int order = strcmp(one->file, other->file);

	if (order != 0)
		return order;
	if (one->line != other->line)
		return one->line > other->line ? 1 : -1;
	return strcmp(one->text, other->text);
}

static int make_policy(struct loading *loading, struct policy **ret)
{
	struct policy *policy = calloc(1, sizeof(*policy));
	int r = policy ? 0 : -ENOMEM;

	loading->policy = policy;
	if (r == 0)
		r = sections_apply(&loading->sections, policy, on_complaint,
				   loading);
	if (r == 0)
		r = policy_find_idle(&loading->sections, policy, on_warning,
				     loading);
	if (loading->no_memory)
		r = -ENOMEM;
	else if (r == 0 && loading->errors.nr > 0)
		r = -EINVAL;
	if (r < 0) {
		policy_free(policy);
		return r;
	}
	*ret = policy;
	return 0;
}

int policy_load(const char *const *paths, size_t nr_paths,
		struct policy **ret, struct policy_errors *errors)
{
	struct loading loading = { 0 };
	struct stat st;
	size_t i;
	int r;

	for (i = 0; i < nr_paths; i++)
		read_path(&loading, paths[i]);
	if (nr_paths == 0 && (stat(POLICY_DIRECTORY, &st) == 0 ||
			      errno != ENOENT))
		read_path(&loading, POLICY_DIRECTORY);
	r = make_policy(&loading, ret);
	if (r == -EINVAL) {
		if (loading.errors.nr > 1)
			qsort(loading.errors.all, loading.errors.nr,
			      sizeof(*loading.errors.all), by_place);
		*errors = loading.errors;
		loading.errors = (struct policy_errors){ 0 };
	}
	loading_done(&loading);
	return r;
}
