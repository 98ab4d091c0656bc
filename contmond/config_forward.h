/* SPDX-License-Identifier: GPL-2.0-only */
/* The sections [forward NAME] of the configuration */
#ifndef CONTMOND_CONFIG_FORWARD_H
#define CONTMOND_CONFIG_FORWARD_H

#include "config_errors.h"
#include "contmond/forward/options.h"
#include "contmond/model/targets.h"

/** struct forward_section - a section, possibly spread over several files */
struct forward_section {
	struct setting name;
	struct setting settings[NR_OPTION_KEYS];
};

/**
 * struct forward_sections - zero-initialise
 * @now: the section that the following lines belong to
 */
struct forward_sections {
	struct forward_section all[TARGETS_MAX];
	size_t nr;
	struct forward_section *now;
};

/**
 * forward_sections_begin() - a section starts
 * @name: without brackets; NULL to ignore its keys
 */
void forward_sections_begin(struct forward_sections *sections,
			    const struct ini_place *place, const char *name,
			    struct config_errors *errors);

/** forward_sections_key() - a line of the current section */
void forward_sections_key(struct forward_sections *sections,
			  const struct ini_place *place, const char *name,
			  const char *value, struct config_errors *errors);

/**
 * forward_sections_apply() - check the values
 * @ret: array of TARGETS_MAX
 *
 * Mistakes are added to @errors. Returns -ENOMEM.
 */
int forward_sections_apply(struct forward_sections *sections,
			   struct target_options *ret, size_t *ret_nr,
			   struct config_errors *errors);
void forward_sections_done(struct forward_sections *sections);

#endif /* CONTMOND_CONFIG_FORWARD_H */
