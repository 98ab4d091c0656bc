// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which file systems are asked how full they are, and what they say.
 *
 * wrap: statvfs stat
 */
#include "tests/unit/daemon.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include "contmond/collect/filesystems.h"

#define LINE(device, path, type, source) \
	"9 1 " device " / " path " rw,noatime shared:3 master:1 - " type " " \
	source " rw,errors=remount-ro\n"
#define ROOT LINE("8:1", "/", "ext4", "/dev/sda1")

static char asked[512];
static struct filesystems found;

int __wrap_statvfs(const char *path, struct statvfs *ret);
int __wrap_stat(const char *path, struct stat *ret);
int __real_stat(const char *path, struct stat *ret);

int __wrap_statvfs(const char *path, struct statvfs *ret)
{
	strcat(asked, path);
	strcat(asked, "|");
	if (strcmp(path, "/gone") == 0)
		return -1;
	*ret = (struct statvfs){
		.f_bsize = 1, .f_frsize = 4096, .f_blocks = 100, .f_bfree = 30,
		.f_bavail = 20,
	};
	return 0;
}

int __wrap_stat(const char *path, struct stat *ret)
{
	if (strncmp(path, "/dev/disk", 9) != 0)
		return __real_stat(path, ret);
	*ret = (struct stat){ .st_mode = S_IFBLK, .st_rdev = makedev(8, 33) };
	return 0;
}

/* The paths that are asked, each with a | behind it */
static const char *asks(const char *mountinfo)
{
	FILE *file = fmemopen((void *)mountinfo, strlen(mountinfo), "r");

	asked[0] = '\0';
	filesystems_parse(file, &found);
	fclose(file);
	return asked;
}

static void test_numbers(void **state)
{
	(void)state;
	assert_string_equal(asks(ROOT LINE("259:3", "/srv/a\\040b", "xfs",
					   "/dev/nvme0n1p3")),
			    "/|/srv/a b|");
	assert_int_equal(found.nr, 2);
	assert_int_equal(found.entries[0].major, 8);
	assert_int_equal(found.entries[0].minor, 1);
	assert_int_equal(found.entries[0].size_bytes, 409600);
	assert_int_equal(found.entries[0].used_bytes, 286720);
	assert_int_equal(found.entries[1].major, 259);
}

/* btrfs shows a number that no disk has. */
static void test_btrfs(void **state)
{
	(void)state;
	assert_string_equal(asks(LINE("0:35", "/", "btrfs", "/dev/disk/x")
				 LINE("0:36", "/home", "btrfs", "/dev/disk/x")
				 LINE("0:37", "/none", "btrfs", "/dev/no-x")),
			    "/|");
	assert_int_equal(found.entries[0].major, 8);
	assert_int_equal(found.entries[0].minor, 33);
}

static void test_what_may_hang(void **state)
{
	static const char *const mounts[] = {
		LINE("0:50", "/nfs", "nfs4", "server:/x"),
		LINE("0:50", "/nfs", "cifs", "//server/x"),
		LINE("0:50", "/nfs", "fuse.sshfs", "server:"),
		LINE("8:17", "/nfs", "fuseblk", "/dev/sdb1"),
		LINE("0:50", "/nfs", "autofs", "systemd-1"),
		LINE("0:50", "/nfs", "ceph", "/dev/disk/x"),
		LINE("0:50", "/nfs", "never-heard-of", "/dev/sdb1"),
	};
	char text[1024];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(mounts); i++) {
		assert_string_equal(asks(mounts[i]), "");
		/* A disk below it, one over it, and one beside it */
		snprintf(text, sizeof(text), "%s%s%s%s", mounts[i],
			 LINE("8:18", "/nfs/disk", "ext4", "/dev/sdb2"),
			 LINE("8:19", "/nfs", "ext4", "/dev/sdb3"),
			 LINE("8:20", "/nfs2", "ext4", "/dev/sdb4"));
		assert_string_equal(asks(text), "/nfs2|");
		/* It covers one that was there before. */
		snprintf(text, sizeof(text), "%s%s%s", ROOT,
			 LINE("8:18", "/nfs/disk", "ext4", "/dev/sdb2"),
			 mounts[i]);
		assert_string_equal(asks(text), "/|");
	}
}

/* What holds no files of its own, or none on a disk, is not asked either. */
static void test_others(void **state)
{
	(void)state;
	assert_string_equal(asks(LINE("0:1", "/", "rootfs", "rootfs")
				 LINE("0:5", "/proc", "proc", "proc")
				 LINE("0:6", "/tmp", "tmpfs", "tmpfs")
				 LINE("7:0", "/a", "squashfs", "/dev/loop0")
				 LINE("0:9", "/var/m", "overlay", "overlay")
				 LINE("8:2", "/tmp/d", "ext4", "/dev/sda2")
				 "nonsense\n9 1 8:3 / /x rw\n - ext4 x\n\n"),
			    "/tmp/d|");
}

static void test_many_mounts(void **state)
{
	static char text[64 * 1024];
	size_t i, used = 0;

	(void)state;
	assert_string_equal(asks(LINE("8:5", "/gone", "ext4", "/dev/sda5")
				 LINE("8:5", "/here", "ext4", "/dev/sda5")
				 LINE("8:5", "/there", "ext4", "/dev/sda5")),
			    "/gone|/here|");
	for (i = 0; i < FILESYSTEMS_MAX + 4; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
			"9 1 8:%zu / /%zu rw - ext4 /dev/x rw\n"
			"9 1 8:%zu / /b%zu rw - ext4 /dev/x rw\n",
			i, i, i, i);
	asks(text);
	assert_int_equal(found.nr, FILESYSTEMS_MAX);
}

static void test_this_host(void **state)
{
	(void)state;
	asked[0] = '\0';
	found.nr = 77;
	filesystems_read(&found);
	assert_true(found.nr <= FILESYSTEMS_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_btrfs),
		cmocka_unit_test(test_what_may_hang),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_many_mounts),
		cmocka_unit_test(test_this_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
