// SPDX-License-Identifier: GPL-2.0-only
#include "policy.h"

#include "answer.h"

void policy_handle(const struct facts *facts, const struct request *request,
		   struct reply *reply)
{
	const struct policing *policing = facts->policing;
	size_t i;

	(void)request;
	answer_begin(reply);
	for (i = 0; i < policing->nr_rules; i++)
		answer_add(reply, &policing_rule_table, NULL,
			   &policing->rules[i]);
	answer_end(reply, false);
}

void policy_classes_handle(const struct facts *facts,
			   const struct request *request, struct reply *reply)
{
	const struct policing *policing = facts->policing;
	size_t i;

	(void)request;
	answer_begin(reply);
	for (i = 0; i < policing->nr_classes; i++)
		answer_add(reply, &policing_class_table, NULL,
			   &policing->classes[i]);
	answer_end(reply, false);
}

void policy_pending_handle(const struct facts *facts,
			   const struct request *request, struct reply *reply)
{
	const struct policing *policing = facts->policing;
	size_t i;

	(void)request;
	answer_begin(reply);
	for (i = 0; i < policing->nr_pending; i++)
		answer_add(reply, &policing_pending_table, NULL,
			   &policing->pending[i]);
	answer_end(reply, false);
}
