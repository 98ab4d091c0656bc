// SPDX-License-Identifier: GPL-2.0-only
/* The devices of a container whose IO is recorded */
#include "lives.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void number_of(const struct life_device *device, char ret[24])
{
	snprintf(ret, 24, "%u:%u", device->major, device->minor);
}

static void write_device(struct lives *lives, const struct life *life,
			 unsigned int slot)
{
	const struct life_device *device = &life->devices[slot - 1];
	struct entry *entry = life_entry(life, ADD_DEVICE);
	char number[24];

	number_of(device, number);
	entry_add(entry, VALUE_INTEGER, slot);
	entry_add_text(entry, number);
	entry_add_text(entry, device->name[0] ? device->name : NULL);
	queue_add(lives->queue, entry);
}

void lives_write_devices(struct lives *lives, const struct life *life)
{
	unsigned int slot;

	for (slot = 1; slot <= life->nr_devices; slot++) {
		if (life->devices[slot - 1].is_known)
			write_device(lives, life, slot);
	}
}

/* @slot: from 1 to STORE_DEVICES. Returns NULL if there is no memory. */
static struct life_device *take_slot(struct life *life, unsigned int slot)
{
	if (!life->devices)
		life->devices = calloc(STORE_DEVICES, sizeof(*life->devices));
	if (!life->devices)
		return NULL;
	if (life->nr_devices < slot)
		life->nr_devices = slot;
	return &life->devices[slot - 1];
}

static unsigned int slot_of(const struct life *life,
			    const struct model_device *device)
{
	unsigned int i;

	for (i = 0; life->devices && i < life->nr_devices; i++) {
		if (life->devices[i].is_known &&
		    life->devices[i].major == device->major &&
		    life->devices[i].minor == device->minor)
			return i + 1;
	}
	return 0;
}

static double bytes_of(const struct model_device *device)
{
	return device->row.read_bytes_total + device->row.write_bytes_total;
}

/* Some operations transfer no bytes. */
static bool is_used(const struct model_device *device)
{
	return bytes_of(device) > 0 || device->row.read_ops_total > 0 ||
	       device->row.write_ops_total > 0;
}

/* The device with the most IO among those without a slot, or NULL */
static const struct model_device *
find_next(const struct life *life, const struct store_container *seen)
{
	const struct model_device *next = NULL;
	size_t i;

	for (i = 0; i < seen->nr_devices; i++) {
		const struct model_device *device = &seen->devices[i];

		if (is_used(device) && !slot_of(life, device) &&
		    (!next || bytes_of(device) > bytes_of(next)))
			next = device;
	}
	return next;
}

static void add_devices(struct lives *lives, struct life *life,
			const struct store_container *seen)
{
	const struct model_device *next;
	struct life_device *device;

	while (life->nr_devices < STORE_DEVICES &&
	       (next = find_next(life, seen)) &&
	       (device = take_slot(life, life->nr_devices + 1))) {
		device->is_known = true;
		device->major = next->major;
		device->minor = next->minor;
		if (device_name(next->major, next->minor, device->name) < 0)
			device->name[0] = '\0';
		write_device(lives, life, life->nr_devices);
	}
}

static void add_row(struct device_row *sum, const struct device_row *row)
{
	sum->read_bytes_total += row->read_bytes_total;
	sum->write_bytes_total += row->write_bytes_total;
	sum->read_ops_total += row->read_ops_total;
	sum->write_ops_total += row->write_ops_total;
}

static void find_rows(const struct life *life,
		      const struct store_container *seen,
		      const struct device_row *ret[STORE_OTHERS],
		      struct device_row *others)
{
	size_t i;

	*others = (struct device_row){ 0 };
	for (i = 0; i < seen->nr_devices; i++) {
		const struct model_device *device = &seen->devices[i];
		unsigned int slot = slot_of(life, device);

		if (slot) {
			ret[slot - 1] = &device->row;
		} else if (is_used(device)) {
			add_row(others, &device->row);
			ret[STORE_OTHERS - 1] = others;
		}
	}
}

void lives_devices(struct lives *lives, const struct store_container *seen,
		   const struct device_row *ret[STORE_OTHERS],
		   struct device_row *ret_others)
{
	struct life *life;

	memset(ret, 0, STORE_OTHERS * sizeof(*ret));
	if (seen->nr_devices == 0)
		return;
	pthread_mutex_lock(&lives->lock);
	life = lives_by_cgroup(lives, seen->cgroup_id);
	if (life) {
		add_devices(lives, life, seen);
		find_rows(life, seen, ret, ret_others);
	}
	pthread_mutex_unlock(&lives->lock);
}

int lives_resume_device(struct lives *lives, uint32_t c, int64_t slot,
			const char *number, const char *name)
{
	struct life *life = NULL;
	struct life_device *device;
	size_t i;

	if (slot < 1 || slot > STORE_DEVICES)
		return 0;
	pthread_mutex_lock(&lives->lock);
	for (i = 0; i < lives->nr && !life; i++) {
		if (lives->all[i].c == c)
			life = &lives->all[i];
	}
	device = life ? take_slot(life, (unsigned int)slot) : NULL;
	if (device) {
		device->is_known = sscanf(number, "%u:%u", &device->major,
					  &device->minor) == 2;
		snprintf(device->name, sizeof(device->name), "%s", name ?: "");
	}
	pthread_mutex_unlock(&lives->lock);
	return life && !device ? -ENOMEM : 0;
}

unsigned int life_slot(const struct life *life, const char *device)
{
	unsigned int slot;

	if (strcmp(device, STORE_OTHERS_NAME) == 0)
		return life->nr_devices == STORE_DEVICES ? STORE_OTHERS : 0;
	for (slot = life->nr_devices; slot > 0; slot--) {
		const struct life_device *known = &life->devices[slot - 1];
		char number[24];

		number_of(known, number);
		if (known->is_known && (strcmp(device, number) == 0 ||
					strcmp(device, known->name) == 0))
			break;
	}
	return slot;
}
