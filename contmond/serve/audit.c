// SPDX-License-Identifier: GPL-2.0-only
#include "audit.h"

#include "contmond/store/past_tables.h"
#include "past_answer.h"

void audit_handle(const struct facts *facts, const struct request *request,
		  struct reply *reply)
{
	past_answer(facts, request, reply, &decision_table, store_decisions);
}
