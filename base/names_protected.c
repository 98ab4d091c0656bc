// SPDX-License-Identifier: GPL-2.0-only
#include "names_protected.h"

#include <string.h>

#include "text.h"
#include "util.h"

const char *name_label(const struct container_info *container, const char *key)
{
	size_t i;

	for (i = 0; i < container->nr_labels; i++) {
		if (strcmp(container->labels[i].key, key) == 0)
			return container->labels[i].value;
	}
	return NULL;
}

bool name_is_left_alone(const struct container_info *container)
{
	const char *policy = name_label(container, LABEL_POLICY);

	return policy && strcmp(policy, "off") == 0;
}

static bool is_no(const char *value)
{
	return strcasecmp(value, "false") == 0 ||
	       strcasecmp(value, "no") == 0 || strcmp(value, "0") == 0;
}

static const char *protection_of_words(const struct container_info *container)
{
	static const struct {
		const char *word, *in_name, *in_image;
	} words[] = {
		{ "grafana", "the word grafana in its name",
		  "the word grafana in its image" },
		{ "contmon", "the word contmon in its name",
		  "the word contmon in its image" },
		{ "contmond", "the word contmond in its name",
		  "the word contmond in its image" },
	};
	bool is_load = name_label(container, LABEL_LOAD);
	size_t i, nr = is_load ? 1 : ARRAY_SIZE(words);

	for (i = 0; i < nr; i++) {
		if (container->name &&
		    text_has_word(container->name, words[i].word))
			return words[i].in_name;
		if (container->image &&
		    text_has_word(container->image, words[i].word))
			return words[i].in_image;
	}
	return NULL;
}

const char *name_protection(const struct container_info *container)
{
	const char *protect = name_label(container, LABEL_PROTECT);

	if (name_is_left_alone(container))
		return "label " LABEL_POLICY "=off";
	if (protect && !is_no(protect))
		return "label " LABEL_PROTECT;
	return protection_of_words(container);
}
