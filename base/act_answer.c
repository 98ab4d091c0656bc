// SPDX-License-Identifier: GPL-2.0-only
/* The messages of contmon-engine in base/act_protocol.h */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "act_protocol.h"
#include "json_text.h"
#include "util.h"

static const char *const kinds[] = {
	[ACT_MESSAGE_UNKNOWN] = "", [ACT_HELLO] = "hello",
	[ACT_STEP] = "step", [ACT_FINISHED] = "finished",
	[ACT_UNDONE] = "undone",
};

static const char *const results[] = {
	[ACT_DONE] = "done", [ACT_FAILED] = "failed",
	[ACT_REFUSED] = "refused", [ACT_SKIPPED] = "skipped",
	[ACT_GONE] = "gone", [ACT_REPLACED] = "replaced",
};

static const char *const codes[] = {
	[ACT_NO_CODE] = "", [ACT_INVALID] = "invalid", [ACT_USER] = "user",
	[ACT_BUSY] = "busy", [ACT_PROTECTED] = "protected",
	[ACT_BUDGET] = "budget", [ACT_VOLUMES] = "volumes",
	[ACT_UNSUPPORTED] = "unsupported", [ACT_NO_ENGINE] = "no_engine",
	[ACT_UNKNOWN_OUTCOME] = "unknown_outcome", [ACT_ERROR] = "error",
	[ACT_TIMEOUT] = "timeout",
};

const char *act_result_name(enum act_result result)
{
	return results[result];
}

const char *act_code_name(enum act_code code)
{
	return codes[code];
}

/* Members */

static void put_word(json_t *object, const char *key, const char *word)
{
	if (*word)
		json_object_set_new(object, key, json_string(word));
}

static void put_number(json_t *object, const char *key, int64_t number)
{
	if (number > 0)
		json_object_set_new(object, key, json_integer(number));
}

static void put_truth(json_t *object, const char *key, int truth)
{
	json_object_set_new(object, key, truth < 0 ? json_null() :
			    json_boolean(truth));
}

static void put_facts(json_t *object, const struct act_answer *answer)
{
	put_truth(object, "populated", answer->populated);
	put_truth(object, "held", answer->held);
	put_number(object, "held_until_ms", answer->held_until_ms);
	put_truth(object, "repeated", answer->repeated);
	json_put_text(object, "state", answer->state, ACT_TEXT_MAX);
	put_number(object, "started_ms", answer->started_ms);
	put_truth(object, "anonymous_volumes", answer->anonymous_volumes);
	put_truth(object, "auto_remove", answer->auto_remove);
	json_put_text(object, "restart_policy", answer->restart_policy,
		      ACT_TEXT_MAX);
	json_put_text(object, "protected_by", answer->protected_by,
		      ACT_TEXT_MAX);
}

static void put_hello(json_t *object, const struct act_answer *answer)
{
	put_number(object, "version", answer->version);
	put_number(object, "per_minute", answer->per_minute);
	put_number(object, "per_hour", answer->per_hour);
}

static void put_answer(json_t *object, const struct act_answer *answer)
{
	json_object_set_new(object, "decision", json_string(answer->decision));
	if (answer->kind != ACT_FINISHED)
		put_word(object, "step", act_step_name(answer->step));
	put_word(object, "result", results[answer->result]);
	put_word(object, "code", codes[answer->code]);
	json_put_text(object, "why", answer->why, ACT_TEXT_MAX);
	put_number(object, "http_status", answer->http_status);
	if (answer->kind == ACT_FINISHED)
		put_facts(object, answer);
}

void act_write_answer(struct buffer *to, const struct act_answer *answer)
{
	json_auto_t *object = json_pack("{s:s}", "op", kinds[answer->kind]);

	if (answer->kind == ACT_HELLO)
		put_hello(object, answer);
	else
		put_answer(object, answer);
	json_put_line(to, object);
}

/* Reading */

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static int64_t number_at(const json_t *object, const char *key)
{
	json_int_t number = json_integer_value(json_object_get(object, key));

	return number > 0 ? number : 0;
}

static int truth_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_boolean(value) ? json_is_true(value) : -1;
}

/* Returns @unknown if the word is not in the list. */
static size_t word_at(const json_t *object, const char *key,
		      const char *const *words, size_t nr, size_t unknown)
{
	const char *text = text_at(object, key);
	size_t i;

	for (i = 0; text && i < nr; i++) {
		if (strcmp(words[i], text) == 0)
			return i;
	}
	return unknown;
}

static void read_facts(const json_t *object, struct act_answer *ret)
{
	ret->populated = truth_at(object, "populated");
	ret->held = truth_at(object, "held") == 1;
	ret->held_until_ms = number_at(object, "held_until_ms");
	ret->repeated = truth_at(object, "repeated") == 1;
	ret->state = text_at(object, "state");
	ret->started_ms = number_at(object, "started_ms");
	ret->anonymous_volumes = truth_at(object, "anonymous_volumes");
	ret->auto_remove = truth_at(object, "auto_remove");
	ret->restart_policy = text_at(object, "restart_policy");
	ret->protected_by = text_at(object, "protected_by");
}

static int read_answer(const json_t *object, struct act_answer *ret)
{
	ret->decision = text_at(object, "decision");
	if (!ret->decision || !text_at(object, "result"))
		return -EBADMSG;
	ret->result = (enum act_result)word_at(object, "result", results,
					       ARRAY_SIZE(results),
					       ACT_FAILED);
	ret->code = (enum act_code)word_at(object, "code", codes,
					   ARRAY_SIZE(codes),
					   text_at(object, "code") ?
					   ACT_ERROR : ACT_NO_CODE);
	ret->why = text_at(object, "why");
	ret->http_status = number_at(object, "http_status");
	if (ret->kind == ACT_FINISHED)
		read_facts(object, ret);
	else if (act_step_find(text_at(object, "step"), &ret->step) < 0)
		return -EBADMSG;
	return 0;
}

static int read_message(const json_t *object, struct act_answer *ret)
{
	if (!text_at(object, "op"))
		return -EBADMSG;
	ret->kind = (enum act_kind)word_at(object, "op", kinds,
					   ARRAY_SIZE(kinds),
					   ACT_MESSAGE_UNKNOWN);
	if (ret->kind == ACT_MESSAGE_UNKNOWN)
		return 0;
	if (ret->kind != ACT_HELLO)
		return read_answer(object, ret);
	ret->version = number_at(object, "version");
	ret->per_minute = number_at(object, "per_minute");
	ret->per_hour = number_at(object, "per_hour");
	return ret->version > 0 ? 0 : -EBADMSG;
}

int act_read_answer(const char *line, size_t length, struct act_answer *ret,
		    struct json_t **ret_json)
{
	struct act_answer answer = ACT_ANSWER_UNKNOWN;
	json_t *json = json_loadb(line, length, 0, NULL);
	int r = read_message(json, &answer);

	if (r < 0) {
		json_decref(json);
		return r;
	}
	*ret = answer;
	*ret_json = json;
	return 0;
}
