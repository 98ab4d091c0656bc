// SPDX-License-Identifier: GPL-2.0-only
/* What --check-config finds out about what the configuration names */
#include "tests/unit/store.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include "contmond/check.h"

static struct config config;
static int listener;

static int begin(void **state)
{
	struct sockaddr_in *address = (struct sockaddr_in *)&config.address;

	config.address_length = sizeof(*address);
	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address->sin_port = 0;
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)address,
			      sizeof(*address)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)address,
				     &config.address_length), 0);
	return make_directory(state);
}

static int end(void **state)
{
	close(listener);
	return remove_directory(state);
}

/* Sends the text, then single bytes as long as they are read. */
static void *answer_slowly(void *text)
{
	int fd = accept(listener, NULL, NULL);

	send(fd, text, strlen(text), MSG_NOSIGNAL);
	while (send(fd, ".", 1, MSG_NOSIGNAL) == 1)
		usleep(20000);
	close(fd);
	return NULL;
}

static int check(char *answer, const char **ret_why)
{
	pthread_t thread;
	int r;

	assert_int_equal(pthread_create(&thread, NULL, answer_slowly, answer),
			 0);
	*ret_why = NULL;
	alarm(60);
	r = check_listen(&config, ret_why);
	alarm(0);
	pthread_join(thread, NULL);
	return r;
}

static void test_a_listener_that_never_ends_its_answer(void **state)
{
	char other[] = "HTTP/1.1 200 OK\r\n\r\n";
	char ours[] = "HTTP/1.1 200 OK\r\n\r\n<title>contmon</title>";
	const char *why;

	(void)state;
	assert_int_equal(check(other, &why), -EADDRINUSE);
	assert_string_equal(why, "in use by another program");
	assert_int_equal(check(ours, &why), 0);
}

/* Makes a link and checks it as the file of a key. */
static void must_be_checked(const char *target, int expected,
			    const char *expected_why)
{
	char *link = (char *)in_directory("link");
	const struct config named = { .store_path = link, .log_file = link };
	int (*const checks[])(const struct config *config,
			      const char **ret_why) = {
		check_store, check_log_file,
	};
	size_t i;

	assert_int_equal(symlink(target, link), 0);
	for (i = 0; i < COUNT(checks); i++) {
		const char *why = NULL;

		assert_int_equal(checks[i](&named, &why), expected);
		if (expected_why)
			assert_string_equal(why, expected_why);
	}
	assert_int_equal(unlink(link), 0);
}

/* A file can be made through a link if its directory exists. */
static void test_links_that_lead_nowhere(void **state)
{
	static const char no_directory[] =
		"the directory that it links to does not exist";

	(void)state;
	assert_int_equal(mkdir(in_directory("directory"), 0700), 0);
	assert_int_equal(symlink("directory/new", in_directory("good")), 0);
	assert_int_equal(symlink("none/new", in_directory("bad")), 0);
	must_be_checked("directory/new", 0, NULL);
	must_be_checked(in_directory("directory/new"), 0, NULL);
	must_be_checked("good", 0, NULL);
	must_be_checked("none/new", -ENOENT, no_directory);
	must_be_checked(in_directory("none/new"), -ENOENT, no_directory);
	must_be_checked("bad", -ENOENT, no_directory);
	must_be_checked("link", -ELOOP, NULL);
}

/* A new one and another program's have no application id in their header. */
static void test_databases(void **state)
{
	char *path = (char *)in_directory("store.db");
	const struct config named = { .store_path = path };
	const char *why = NULL;
	sqlite3 *sqlite;

	(void)state;
	open_store(path, 0);
	tick_at(T0, BOOT0, NULL, 0);
	store_sync(store);
	assert_int_equal(check_store(&named, &why), 0);
	close_store();
	assert_int_equal(check_store(&named, &why), 0);
	assert_int_equal(link(path, in_directory("another")), 0);
	assert_int_equal(check_store(&named, &why), -EMLINK);
	assert_string_equal(why, "it has hard links, and its log only one of "
			    "its names");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, "CREATE TABLE precious (a)",
				      NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(sqlite);
	assert_int_equal(check_store(&named, &why), -EBADMSG);
	assert_string_equal(why, "not a database of contmond's: "
			    "it would be put aside");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_a_listener_that_never_ends_its_answer),
		TEST(test_links_that_lead_nowhere),
		TEST(test_databases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
