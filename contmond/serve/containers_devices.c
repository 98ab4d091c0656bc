// SPDX-License-Identifier: GPL-2.0-only
#include "containers_devices.h"

#include "answer.h"
#include "contmond/model/device_rows.h"
#include "contmond/model/title.h"

static void add_all(const struct model *model,
		    const struct model_container *container,
		    struct reply *reply)
{
	struct model_device device;
	char name[DEVICE_NAME_MAX];
	size_t i;

	for (i = 0; model_device(model, container, i, &device); i++) {
		if (device_name(device.major, device.minor, name) == 0)
			device.row.device_name = name;
		answer_add(reply, &device_table, NULL, &device.row);
	}
}

void containers_devices_handle(const struct facts *facts,
			       const struct request *request,
			       struct reply *reply)
{
	_cleanup_words_ struct words list = { 0 };
	const struct model *model = facts->model;
	size_t i;

	if (words_init(&list, request_get(request, "container")) < 0) {
		reply_error(reply, 503, "out of memory");
		return;
	}
	answer_begin(reply);
	for (i = 0; i < model->nr_listed; i++) {
		const struct model_container *container =
			model_container(model, i);

		if (title_in_list(&list, container->row.container,
				  container->row.id))
			add_all(model, container, reply);
	}
	answer_end(reply, false);
}
