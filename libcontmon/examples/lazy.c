// SPDX-License-Identifier: LGPL-2.1-or-later
/* lazy: memory that costs nothing until it is written */
#include <contmon.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SIZE (64ULL << 20)
#define STEP (SIZE / 4)

/* Without the driver it is unknown, which is no error here. */
static int print_state(struct contmon *c, const void *address,
		       uint64_t length_bytes, uint64_t written_bytes)
{
	uint64_t resident;
	int r = contmon_resident(c, address, length_bytes, &resident);

	printf("reserved %" PRIu64 " written %" PRIu64, length_bytes,
	       written_bytes);
	if (r == 0)
		printf(" resident %" PRIu64 "\n", resident);
	else
		puts(" resident unknown");
	return r == -EOPNOTSUPP ? 0 : r;
}

static int write_by_steps(struct contmon *c, unsigned char *memory,
			  uint64_t length_bytes)
{
	uint64_t done;
	int r = print_state(c, memory, length_bytes, 0);

	for (done = 0; r == 0 && done < length_bytes; done += STEP) {
		memset(memory + done, 1, STEP);
		r = print_state(c, memory, length_bytes, done + STEP);
	}
	return r;
}

int main(void)
{
	struct contmon *c = NULL;
	uint64_t length_bytes;
	void *memory;
	int r, r_free;

	r = contmon_open(NULL, &c);
	if (r == 0)
		r = contmon_alloc(c, SIZE, &memory, &length_bytes);
	if (r == 0) {
		r = write_by_steps(c, memory, length_bytes);
		r_free = contmon_free(c, memory, length_bytes);
		r = r < 0 ? r : r_free;
	}
	if (r < 0)
		fprintf(stderr, "lazy: %s\n", strerror(-r));
	contmon_close(c);
	return r < 0 ? 1 : 0;
}
