// SPDX-License-Identifier: GPL-2.0-only
#include "system.h"

#include "answer.h"

void system_handle(const struct facts *facts, const struct request *request,
		   struct reply *reply)
{
	(void)request;
	answer_row(reply, &system_table, &facts->model->system);
}
