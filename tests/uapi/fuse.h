/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file on FUSE whose server notices when a page of it is read. A malicious
 * server could block the reader forever; this one records the read and exits,
 * which ends the read with an error.
 */
#ifndef FUSE_H
#define FUSE_H

#include <sys/mount.h>

#include <linux/fuse.h>

#include "device.h"

#define FUSE_ROOM (1U << 17)

static const struct fuse_attr fuse_directory = {
	.ino = FUSE_ROOT_ID, .mode = S_IFDIR | 0755, .nlink = 1,
};

static const struct fuse_attr fuse_file = {
	.ino = 2, .mode = S_IFREG | 0644, .nlink = 1, .size = 1 << 16,
};

static inline void fuse_answer(int fd, const struct fuse_in_header *in,
			       int error, const void *body, size_t bytes)
{
	struct fuse_out_header *out;
	char buffer[512];

	out = (struct fuse_out_header *)buffer;
	*out = (struct fuse_out_header){
		.len = (__u32)(sizeof(*out) + bytes),
		.error = error,
		.unique = in->unique,
	};
	memcpy(out + 1, body, bytes);
	if (write(fd, buffer, out->len) < 0 && errno != ENOENT)
		_exit(FAILED);
}

static inline void fuse_request(int fd, const struct fuse_in_header *in,
				bool *ret_wanted)
{
	const struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_write = 4096,
	};
	const struct fuse_entry_out entry = {
		.nodeid = 2, .attr_valid = 1000, .attr = fuse_file,
	};
	const struct fuse_attr_out attr = {
		.attr_valid = 1000,
		.attr = in->nodeid == FUSE_ROOT_ID ? fuse_directory : fuse_file,
	};
	const struct fuse_open_out opened = { .fh = 1 };

	switch (in->opcode) {
	case FUSE_INIT:
		return fuse_answer(fd, in, 0, &init, sizeof(init));
	case FUSE_LOOKUP:
		return fuse_answer(fd, in, 0, &entry, sizeof(entry));
	case FUSE_GETATTR:
		return fuse_answer(fd, in, 0, &attr, sizeof(attr));
	case FUSE_OPEN:
		return fuse_answer(fd, in, 0, &opened, sizeof(opened));
	case FUSE_READ:
		*ret_wanted = true;
		_exit(PASSED);
	case FUSE_FORGET:
	case FUSE_INTERRUPT:
		return;
	default:
		return fuse_answer(fd, in, -ENOSYS, NULL, 0);
	}
}

__attribute__((noreturn)) static inline void fuse_serve(int fd,
							bool *ret_wanted)
{
	static char buffer[FUSE_ROOM] __attribute__((aligned(8)));

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(fd, buffer, sizeof(buffer)) > 0)
		fuse_request(fd, (const struct fuse_in_header *)buffer,
			     ret_wanted);
	_exit(PASSED);
}

/*
 * Mounts it at @path, in a mount namespace of our own. Returns the server,
 * which sets @ret_wanted in memory that we share with it.
 */
static inline pid_t fuse_mount(const char *path, bool *ret_wanted)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[64];
	pid_t pid;

	if (fd < 0)
		skip("no FUSE: %s", strerror(errno));
	REQUIRE(unshare(CLONE_NEWNS) == 0);
	REQUIRE(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	REQUIRE(mount("contmon-test", path, "fuse", 0, options) == 0);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0)
		fuse_serve(fd, ret_wanted);
	close(fd);
	return pid;
}

#endif /* FUSE_H */
