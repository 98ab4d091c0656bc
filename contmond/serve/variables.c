// SPDX-License-Identifier: GPL-2.0-only
#include "variables.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "base/words.h"
#include "choices.h"
#include "contmond/model/commands.h"
#include "contmond/model/title.h"
#include "contmond/store/past.h"
#include "range.h"

/* As many ended containers as the store keeps */
#define MAX_PAST 20000

/*
 * struct gathering - containers or their images, as far as they were found
 * @images: only containers of these images
 * @of_images: list images, not titles
 * @nr_past: number of containers found in the store
 */
struct gathering {
	struct choices choices;
	struct words images;
	bool of_images;
	size_t nr_past;
};

static void take(struct gathering *gathering, const char *title,
		 const char *image)
{
	const char *chosen = gathering->of_images ? image : title;

	if (words_have(&gathering->images, image ?: ""))
		choices_add(&gathering->choices, chosen, chosen);
}

static void take_running(const struct facts *facts,
			 struct gathering *gathering)
{
	size_t i;

	facts_hold(facts);
	for (i = 0; i < facts->model->nr_listed; i++) {
		const struct container_row *row =
			&model_container(facts->model, i)->row;

		take(gathering, row->container, row->image);
	}
	facts_release(facts);
}

static int add_past(const void *row, void *userdata)
{
	const struct past_container *was = row;
	struct gathering *gathering = userdata;

	if (gathering->nr_past++ < MAX_PAST)
		take(gathering, was->title, was->image);
	return 0;
}

/* Adds those that ran in the range, if the request has one. */
static bool take_past(const struct facts *facts, const struct request *request,
		      struct gathering *gathering, struct reply *reply)
{
	struct past_query query = {
		.to_ms = INT64_MAX,
		.max_rows = MAX_PAST + 1,
	};
	int r;

	if (!request_get(request, "from") && !request_get(request, "to"))
		return true;
	if (!range_read(request, reply, &query.from_ms, &query.to_ms))
		return false;
	r = store_containers(facts->store, &query, add_past, gathering);
	if (r < 0)
		reply_past_error(reply, r);
	return r == 0;
}

static void of_containers(const struct facts *facts,
			  const struct request *request, struct reply *reply,
			  bool of_images)
{
	struct gathering gathering = { .of_images = of_images };

	if (words_init(&gathering.images, request_get(request, "image")) < 0) {
		reply_error(reply, 503, "out of memory");
		return;
	}
	take_running(facts, &gathering);
	if (take_past(facts, request, &gathering, reply))
		choices_answer(&gathering.choices,
			       gathering.nr_past > MAX_PAST, reply);
	choices_done(&gathering.choices);
	words_done(&gathering.images);
}

void variables_containers_handle(const struct facts *facts,
				 const struct request *request,
				 struct reply *reply)
{
	of_containers(facts, request, reply, false);
}

void variables_images_handle(const struct facts *facts,
			     const struct request *request,
			     struct reply *reply)
{
	of_containers(facts, request, reply, true);
}

void variables_hosts_handle(const struct facts *facts,
			    const struct request *request,
			    struct reply *reply)
{
	const char *host = facts->status->host;
	_cleanup_choices_ struct choices choices = { 0 };

	(void)request;
	if (host[0])
		choices_add(&choices, host, host);
	choices_answer(&choices, false, reply);
}

static void add_command(struct choices *choices, const struct command *command)
{
	char comm[3 * EXIT_COMM_BYTES + 1];

	utf8_copy(comm, sizeof(comm), command->comm,
		  strnlen(command->comm, sizeof(command->comm)));
	choices_add(choices, comm, comm);
}

void variables_commands_handle(const struct facts *facts,
			       const struct request *request,
			       struct reply *reply)
{
	_cleanup_choices_ struct choices choices = { 0 };
	struct commands commands = { 0 };
	size_t i;

	(void)request;
	if (facts->model->sample &&
	    commands_make(facts->model, &commands) < 0) {
		reply_error(reply, 503, "out of memory");
		return;
	}
	for (i = 0; i < commands.nr; i++) {
		if (commands.all[i].nr_commands == 1)
			add_command(&choices, &commands.all[i]);
	}
	free(commands.all);
	choices_answer(&choices, false, reply);
}

static void add_devices(struct choices *choices, const struct model *model,
			const struct model_container *container)
{
	struct model_device device;
	char name[DEVICE_NAME_MAX];
	size_t i;

	for (i = 0; model_device(model, container, i, &device); i++) {
		bool is_named = device_name(device.major, device.minor,
					    name) == 0;

		choices_add(choices, is_named ? name : device.row.device,
			    device.row.device);
	}
	if (model_nr_used(model, container) > STORE_DEVICES)
		choices_add(choices, STORE_OTHERS_NAME, STORE_OTHERS_NAME);
}

void variables_devices_handle(const struct facts *facts,
			      const struct request *request,
			      struct reply *reply)
{
	_cleanup_choices_ struct choices choices = { 0 };
	const struct model *model = facts->model;
	size_t i;

	(void)request;
	for (i = 0; i < model->nr_listed; i++)
		add_devices(&choices, model, model_container(model, i));
	choices_answer(&choices, false, reply);
}
