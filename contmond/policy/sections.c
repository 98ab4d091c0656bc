// SPDX-License-Identifier: GPL-2.0-only
/*
 * First every value is parsed. Then sections are checked as a whole, because
 * some keys make sense only together.
 */
#include "sections.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "hash.h"
#include "keys.h"
#include "sense.h"

#define MAX_NAME 64
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789._-"

static const struct {
	const char *word;
	bool has_name;
} kinds[SECTION_NR_KINDS] = {
	[SECTION_POLICY] = { "policy", false },
	[SECTION_PROTECT] = { "protect", false },
	[SECTION_CLASS] = { "class", true },
	[SECTION_TYPE] = { "type", true },
	[SECTION_RULE] = { "rule", true },
};

const char *section_kind_name(enum section_kind kind)
{
	return kinds[kind].word;
}

static bool is_name(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && length <= MAX_NAME &&
	       strspn(text, NAME_LETTERS) == length;
}

int section_parse_head(const char *head, enum section_kind *ret_kind,
		       char **ret_name, struct buffer *why)
{
	size_t length = strcspn(head, " "), i;
	const char *name = head + length + strspn(head + length, " ");
	char *copy = NULL;

	for (i = 0; i < SECTION_NR_KINDS; i++) {
		if (strlen(kinds[i].word) == length &&
		    strncmp(kinds[i].word, head, length) == 0)
			break;
	}
	if (i == SECTION_NR_KINDS || (!kinds[i].has_name && *name)) {
		buffer_printf(why, "unknown section [%s]; the sections are "
			      "[policy], [protect], [class NAME], [type NAME] "
			      "and [rule NAME]", head);
		return -EINVAL;
	}
	if (kinds[i].has_name && !is_name(name)) {
		buffer_printf(why, "[%s]: its name is not 1 to %d letters, "
			      "digits or . _ -", head, MAX_NAME);
		return -EINVAL;
	}
	if (kinds[i].has_name && !(copy = strdup(name)))
		return -ENOMEM;
	*ret_kind = (enum section_kind)i;
	*ret_name = copy;
	return 0;
}

const struct section_line *section_find_value(const struct section *section,
					      const char *key,
					      const char *part)
{
	size_t i;

	for (i = 0; i < section->nr_lines; i++) {
		if (strcmp(section->lines[i].key, key) == 0 &&
		    strstr(section->lines[i].value, part))
			return &section->lines[i];
	}
	return NULL;
}

const struct section_line *section_find_line(const struct section *section,
					     const char *key)
{
	return section_find_value(section, key, "");
}

/* Hashes */

static uint64_t hash_section(uint64_t hash, const struct section *section)
{
	size_t i;

	hash = hash_text(hash, kinds[section->kind].word);
	hash = hash_text(hash, section->name ?: "");
	for (i = 0; i < section->nr_lines; i++) {
		hash = hash_text(hash, section->lines[i].key);
		hash = hash_text(hash, section->lines[i].value);
	}
	return hash;
}

static void write_hash(char ret[POLICY_HASH_LENGTH + 1], uint64_t hash)
{
	snprintf(ret, POLICY_HASH_LENGTH + 1, "%016" PRIx64, hash);
}

/* The objects of a policy */

static int set_place(struct policy_place *place, const struct section *section)
{
	place->line = section->line;
	place->file = strdup(section->file);
	return place->file ? 0 : -ENOMEM;
}

static int add_group(struct policy_groups *groups,
		     const struct section *section, struct policy_group **ret)
{
	struct policy_group *grown =
		reallocarray(groups->all, groups->nr + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	groups->all = grown;
	*ret = &grown[groups->nr++];
	**ret = (struct policy_group){ .name = strdup(section->name ?: "") };
	return (*ret)->name ? set_place(&(*ret)->place, section) : -ENOMEM;
}

static int add_rule(struct policy *policy, const struct section *section,
		    struct policy_rule **ret)
{
	struct policy_rule *grown = reallocarray(
		policy->rules, policy->nr_rules + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	policy->rules = grown;
	*ret = &grown[policy->nr_rules++];
	**ret = (struct policy_rule){
		.name = strdup(section->name),
		.per = POLICY_NR_FIELDS,
		.grace_ms = POLICY_UNSET,
		.hold_ms = POLICY_UNSET,
		.limit_cpu_cores = NAN,
		.limit_memory_bytes = NAN,
		.warn_ms = POLICY_UNSET,
		.cool_down_ms = POLICY_UNSET,
	};
	write_hash((*ret)->hash, hash_section(HASH_START, section));
	return (*ret)->name ? set_place(&(*ret)->place, section) : -ENOMEM;
}

/* The object that the keys of a section belong to */
static int add_object(struct policy *policy, const struct section *section,
		      void **ret)
{
	*ret = policy;
	switch (section->kind) {
	case SECTION_PROTECT:
		return add_group(&policy->protect, section,
				 (struct policy_group **)ret);
	case SECTION_CLASS:
		return add_group(&policy->classes, section,
				 (struct policy_group **)ret);
	case SECTION_TYPE:
		return add_group(&policy->types, section,
				 (struct policy_group **)ret);
	case SECTION_RULE:
		return add_rule(policy, section, (struct policy_rule **)ret);
	default:
		return 0;
	}
}

/* Lines */

/* A list key may be repeated: its lines are combined. */
static int check_line(const struct section *section,
		      const struct section_line *line,
		      const struct policy_key *key, struct buffer *why)
{
	const struct section_line *first;

	if (!key) {
		buffer_printf(why, "unknown key '%s'; the keys are ",
			      line->key);
		policy_keys_write(why, section->kind);
		return -EINVAL;
	}
	first = section_find_line(section, line->key);
	if (first == line || policy_key_is_list(key))
		return 0;
	buffer_printf(why, "%s is already set in line %u", line->key,
		      first->line);
	return -EINVAL;
}

static int apply_line(const struct section *section,
		      const struct section_line *line, void *object,
		      struct buffer *why)
{
	const struct policy_key *key = policy_key_find(section->kind,
						       line->key);
	int r = check_line(section, line, key, why);

	if (r < 0)
		return r;
	buffer_printf(why, "%s = %s: ", line->key, line->value);
	return policy_key_set(key, line->value, object, why);
}

static int apply_section(const struct section *section, struct policy *policy,
			 section_complain_fn *complain, void *userdata)
{
	int r, result = 0;
	void *object;
	size_t i;

	r = add_object(policy, section, &object);
	if (r < 0)
		return r;
	for (i = 0; i < section->nr_lines; i++) {
		struct buffer why = { 0 };

		r = apply_line(section, &section->lines[i], object, &why);
		if (why.failed)
			r = -ENOMEM;
		if (r == -EINVAL)
			complain(section, &section->lines[i], why.text,
				 userdata);
		buffer_done(&why);
		if (r < 0)
			result = r;
		if (r == -ENOMEM)
			break;
	}
	return result;
}

/* Two sections with the same name would hide each other's keys. */
static bool is_repeated(const struct sections *sections, size_t i,
			section_complain_fn *complain, void *userdata)
{
	const struct section *section = &sections->all[i];
	char why[512];
	size_t j;

	for (j = 0; j < i; j++) {
		const struct section *other = &sections->all[j];

		if (section->kind != other->kind ||
		    section->kind == SECTION_PROTECT ||
		    strcmp(section->name ?: "", other->name ?: "") != 0)
			continue;
		snprintf(why, sizeof(why), "is already in %s:%u", other->file,
			 other->line);
		complain(section, NULL, why, userdata);
		return true;
	}
	return false;
}

int sections_apply(const struct sections *sections, struct policy *policy,
		   section_complain_fn *complain, void *userdata)
{
	uint64_t hash = HASH_START;
	bool has_failed = false;
	size_t i;
	int r;

	policy_keys_set_defaults(policy);
	for (i = 0; i < sections->nr; i++) {
		hash = hash_section(hash, &sections->all[i]);
		if (is_repeated(sections, i, complain, userdata))
			has_failed = true;
		r = apply_section(&sections->all[i], policy, complain,
				  userdata);
		if (r == -ENOMEM)
			return r;
		has_failed |= r < 0;
	}
	write_hash(policy->hash, hash);
	if (has_failed)
		return -EINVAL;
	return policy_check_sense(sections, policy, complain, userdata);
}
