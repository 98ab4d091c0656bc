// SPDX-License-Identifier: GPL-2.0-only
#include "config_forward.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "forward "

static struct forward_section *find(struct forward_sections *sections,
				    const char *name)
{
	size_t i;

	for (i = 0; i < sections->nr; i++) {
		if (strcmp(sections->all[i].name.text, name) == 0)
			return &sections->all[i];
	}
	return NULL;
}

/* Checks the name before it is kept, so that it can be shown. */
static int add(struct forward_sections *sections,
	       const struct ini_place *place, const char *name,
	       const char **ret_why)
{
	struct forward_section *section = &sections->all[sections->nr];
	struct target_options options = { 0 };
	int r = options_set_name(&options, name, ret_why);

	options_done(&options);
	if (r < 0)
		return r;
	*ret_why = "more than 16 targets";
	if (sections->nr == TARGETS_MAX)
		return -EINVAL;
	r = setting_keep(&section->name, place, name);
	if (r < 0)
		return r;
	sections->nr++;
	sections->now = section;
	return 0;
}

void forward_sections_begin(struct forward_sections *sections,
			    const struct ini_place *place, const char *name,
			    struct config_errors *errors)
{
	const char *why = NULL;
	int r;

	sections->now = NULL;
	if (!name)
		return;
	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0) {
		config_complain(errors, place, "unknown section [%s]; the "
				"sections are [forward NAME]", name);
		return;
	}
	name += strlen(PREFIX);
	sections->now = find(sections, name);
	r = sections->now ? 0 : add(sections, place, name, &why);
	if (r < 0)
		config_complain(errors, place, "[" PREFIX "%s]: %s", name,
				r == -ENOMEM ? strerror(ENOMEM) : why);
}

static void refuse_key(const struct ini_place *place, const char *name,
		       struct config_errors *errors)
{
	char known[256] = "";
	size_t i, length = 0;

	for (i = 0; i < NR_OPTION_KEYS; i++)
		length += (size_t)snprintf(known + length,
					   sizeof(known) - length, "%s%s",
					   i ? ", " : "", option_keys[i].name);
	config_complain(errors, place, "unknown key '%s'; the keys of a "
			"target are %s", name, known);
}

/* Lines of a section that was refused are ignored. */
void forward_sections_key(struct forward_sections *sections,
			  const struct ini_place *place, const char *name,
			  const char *value, struct config_errors *errors)
{
	size_t i = 0;

	if (!sections->now)
		return;
	while (i < NR_OPTION_KEYS && strcmp(option_keys[i].name, name) != 0)
		i++;
	if (i == NR_OPTION_KEYS)
		refuse_key(place, name, errors);
	else if (setting_keep(&sections->now->settings[i], place, value) < 0)
		config_complain(errors, place, "%s", strerror(ENOMEM));
}

static int apply_key(const struct forward_section *section, size_t i,
		     struct target_options *options,
		     struct config_errors *errors)
{
	const struct setting *setting = &section->settings[i];
	const struct ini_place place = setting_place(setting);
	const char *text = setting->text ?: option_keys[i].default_text;
	const char *why = NULL;
	int r = text ? option_keys[i].set(options, text, &why) : 0;

	if (r < 0 && r != -ENOMEM)
		config_complain_value(errors, &place, option_keys[i].name,
				      text, why ?: strerror(-r));
	return r;
}

static int apply(const struct forward_section *section,
		 struct target_options *options, struct config_errors *errors)
{
	const struct ini_place place = setting_place(&section->name);
	char unfit[OPTIONS_WHY_SIZE];
	const char *why;
	bool bad = false;
	size_t i;
	int r = options_set_name(options, section->name.text, &why);

	for (i = 0; i < NR_OPTION_KEYS && r != -ENOMEM; i++) {
		r = apply_key(section, i, options, errors);
		bad |= r < 0;
	}
	if (r == -ENOMEM)
		return r;
	r = bad ? 0 : options_check(options, unfit);
	if (r == -EINVAL)
		config_complain(errors, &place, "[" PREFIX "%s]: %s",
				section->name.text, unfit);
	return r == -ENOMEM ? r : 0;
}

int forward_sections_apply(struct forward_sections *sections,
			   struct target_options *ret, size_t *ret_nr,
			   struct config_errors *errors)
{
	int r = 0;

	*ret_nr = 0;
	while (*ret_nr < sections->nr && r == 0) {
		r = apply(&sections->all[*ret_nr], &ret[*ret_nr], errors);
		(*ret_nr)++;
	}
	return r;
}

void forward_sections_done(struct forward_sections *sections)
{
	size_t i, j;

	for (i = 0; i < sections->nr; i++) {
		setting_done(&sections->all[i].name);
		for (j = 0; j < NR_OPTION_KEYS; j++)
			setting_done(&sections->all[i].settings[j]);
	}
}
