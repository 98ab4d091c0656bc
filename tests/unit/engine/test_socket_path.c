// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets in directories of users, who can make anything of a path. openat2()
 * does not work here, as in the service: see forbid_openat2().
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contmon-engine/socket_path.h"
#include "tests/unit/remove_tree.h"

#define USER 1000
#define WAIT_S 120	/* so long for what should take no time */

enum outcome { PASSED, FAILED, CANNOT_RUN };

static char directory[32];
static size_t nr_found, nr_denied;

static const char *in_directory(const char *name)
{
	static char ret[96];

	snprintf(ret, sizeof(ret), "%s/%s", directory, name);
	return ret;
}

/* DIRECTORY/user is like /run/user. */
static int begin(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/contmon-place.XXXXXX");
	return mkdtemp(directory) && chmod(directory, 0755) == 0 &&
	       mkdir(in_directory("user"), 0755) == 0 &&
	       mkdir(in_directory("user/1000"), 0755) == 0 &&
	       mkdir(in_directory("other"), 0755) == 0 ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	return remove_tree(directory);
}

static void give(const char *name)
{
	assert_int_equal(chown(in_directory(name), USER, USER), 0);
}

static bool make_socket(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool r;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s",
		 in_directory(name));
	r = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    chown(address.sun_path, USER, USER) == 0;
	close(fd);
	return r;
}

static int open_it(const char *name)
{
	int fd = socket_path_open(in_directory(name), NULL);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

static void on_found(const char *path, bool is_denied, void *userdata)
{
	(void)path;
	(void)userdata;
	nr_found += !is_denied;
	nr_denied += is_denied;
}

static void search(void)
{
	nr_found = nr_denied = 0;
	socket_path_search(in_directory("user/*/docker.sock"), true, on_found,
			   NULL);
	socket_path_search(in_directory("user/*/podman/podman.sock"), true,
			   on_found, NULL);
}

/* As RestrictSUIDSGID= of systemd does */
static bool forbid_openat2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog filter = {
		sizeof(code) / sizeof(code[0]), code,
	};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0 &&
	       syscall(SYS_openat2, AT_FDCWD, "/", NULL, 0) < 0 &&
	       errno == ENOSYS;
}

/* In a child that is killed if it waits */
static void run(enum outcome (*fn)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		alarm(WAIT_S);
		if (!forbid_openat2() || unshare(CLONE_NEWNS) < 0 ||
		    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
			_exit(CANNOT_RUN);
		_exit((int)fn());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CANNOT_RUN) {
		print_message("SKIP: it needs root, and FUSE\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), PASSED);
}

/* A filesystem that never answers, as one of FUSE can be, or of the network */
static bool mount_silent(const char *name, unsigned int user)
{
	char options[128];
	int fd = open("/dev/fuse", O_RDWR);

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=%u,"
		 "group_id=%u,allow_other", fd, user, user);
	return fd >= 0 && mount("silent", in_directory(name), "fuse", 0,
				options) == 0;
}

static enum outcome look_in_the_same_directory(void)
{
	search();
	return nr_found == 2 && nr_denied == 0 &&
	       open_it("user/1000/docker.sock") == 0 &&
	       socket_path_owner(in_directory("user/1000/docker.sock")) ==
		       USER ? PASSED : FAILED;
}

static void test_in_the_same_directory(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	assert_int_equal(mkdir(in_directory("user/1000/podman"), 0700), 0);
	assert_true(make_socket("user/1000/podman/podman.sock"));
	assert_int_equal(symlink("podman/podman.sock",
				 in_directory("user/1000/docker.sock")), 0);
	give("user/1000");
	run(look_in_the_same_directory);
}

/* That of Podman's package has its whole path. */
static enum outcome follow_a_whole_path(void)
{
	const char *target;

	if (mount("none", in_directory("user/1000"), "tmpfs", 0, NULL) < 0 ||
	    mkdir(in_directory("user/1000/podman"), 0700) < 0 ||
	    !make_socket("user/1000/podman/podman.sock"))
		return CANNOT_RUN;
	target = strdup(in_directory("user/1000/podman/podman.sock"));
	if (symlink(target, in_directory("user/1000/docker.sock")) < 0 ||
	    chown(in_directory("user/1000"), USER, USER) < 0)
		return CANNOT_RUN;
	search();
	return nr_found == 2 && open_it("user/1000/docker.sock") == 0 ?
	       PASSED : FAILED;
}

static void test_a_whole_path(void **state)
{
	(void)state;
	run(follow_a_whole_path);
}

/* By root's link it can be opened, by the user's it is refused. */
static enum outcome look_elsewhere(void)
{
	if (mount("none", in_directory("other"), "tmpfs", 0, NULL) < 0 ||
	    !make_socket("other/docker.sock"))
		return CANNOT_RUN;
	search();
	return nr_found == 1 && open_it("root.sock") == 0 &&
	       open_it("user/1000/docker.sock") == -EPERM &&
	       socket_path_owner(in_directory("user/1000/docker.sock")) ==
		       USER ? PASSED : FAILED;
}

static void test_another_filesystem(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	assert_int_equal(symlink("../../other/docker.sock",
				 in_directory("user/1000/docker.sock")), 0);
	assert_int_equal(symlink("other/docker.sock",
				 in_directory("root.sock")), 0);
	give("user/1000");
	run(look_elsewhere);
}

static enum outcome look_at_silent(void)
{
	if (!mount_silent("other", 0) ||
	    !mount_silent("user/1000/podman", USER))
		return CANNOT_RUN;
	search();
	return nr_found == 1 && open_it("user/1000/docker.sock") == -EPERM &&
	       open_it("user/1000/podman/podman.sock") == -EXDEV &&
	       open_it("root.sock") == -EPERM &&
	       socket_path_owner(in_directory("user/1000/docker.sock")) ==
		       USER &&
	       socket_path_owner(in_directory("root.sock")) == USER ?
	       PASSED : FAILED;
}

static void test_links_to_what_never_answers(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	assert_int_equal(symlink("../../other/docker.sock",
				 in_directory("user/1000/docker.sock")), 0);
	assert_int_equal(mkdir(in_directory("user/1000/podman"), 0755), 0);
	assert_int_equal(symlink("user/1000/docker.sock",
				 in_directory("root.sock")), 0);
	give("user/1000");
	run(look_at_silent);
}

/* It would be root's, by what the kernel knows of it so far. */
static enum outcome look_at_silent_directory(void)
{
	if (!mount_silent("user/1000", USER))
		return CANNOT_RUN;
	search();
	return nr_found == 0 && nr_denied == 0 &&
	       open_it("user/1000/docker.sock") == -EXDEV &&
	       !socket_path_is_roots(in_directory("user/1000/docker.sock")) &&
	       socket_path_owner(in_directory("user/1000/docker.sock")) ==
	       SOCKET_PATH_NO_USER ? PASSED : FAILED;
}

static void test_a_directory_that_never_answers(void **state)
{
	(void)state;
	run(look_at_silent_directory);
}

static enum outcome look_out_of_the_directory(void)
{
	search();
	return nr_found == 2 && nr_denied == 0 &&
	       open_it("user/1000/docker.sock") == -EPERM &&
	       open_it("user/1000/podman/podman.sock") == -EPERM &&
	       open_it("user/1000/../1000/own.sock") == -EPERM &&
	       open_it("user/1000/loop") == -ELOOP &&
	       open_it("user/1000/own.sock") == 0 &&
	       open_it("of-user/own.sock") == -EPERM &&
	       open_it("of-root/own.sock") == 0 &&
	       !socket_path_is_roots(in_directory("of-user/own.sock")) &&
	       !socket_path_is_roots(in_directory("of-root/own.sock")) &&
	       socket_path_is_roots(in_directory("of-root")) ?
	       PASSED : FAILED;
}

static void test_links_out_of_the_directory(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	assert_true(make_socket("other/podman.sock"));
	assert_true(make_socket("user/1000/own.sock"));
	assert_int_equal(symlink("../1000/own.sock",
				 in_directory("user/1000/docker.sock")), 0);
	assert_int_equal(symlink("../../other",
				 in_directory("user/1000/podman")), 0);
	assert_int_equal(symlink("loop", in_directory("user/1000/loop")), 0);
	assert_int_equal(symlink("user/1000", in_directory("of-user")), 0);
	assert_int_equal(lchown(in_directory("of-user"), USER, USER), 0);
	assert_int_equal(symlink("other/../user/1000",
				 in_directory("of-root")), 0);
	give("user/1000");
	run(look_out_of_the_directory);
}

static bool drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct __user_cap_data_struct none[2] = { { 0 } };

	return syscall(SYS_capset, &header, none) == 0;
}

/* Root without a capability, as the service is shipped */
static enum outcome look_at_closed_directory(void)
{
	if (!drop_capabilities())
		return CANNOT_RUN;
	search();
	return nr_found == 0 && nr_denied == 2 &&
	       open_it("user/1000/docker.sock") == -EACCES &&
	       socket_path_owner(in_directory("user/1000")) == USER ?
	       PASSED : FAILED;
}

static void test_a_closed_directory(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	assert_true(make_socket("user/1000/docker.sock"));
	assert_int_equal(chmod(in_directory("user/1000"), 0700), 0);
	give("user/1000");
	run(look_at_closed_directory);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_in_the_same_directory),
		TEST(test_a_whole_path),
		TEST(test_another_filesystem),
		TEST(test_links_to_what_never_answers),
		TEST(test_a_directory_that_never_answers),
		TEST(test_links_out_of_the_directory),
		TEST(test_a_closed_directory),
	};

	return cmocka_run_group_tests_name("socket_path", tests, NULL, NULL);
}
