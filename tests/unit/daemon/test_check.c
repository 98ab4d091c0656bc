// SPDX-License-Identifier: GPL-2.0-only
/* What --check-config finds out about what the configuration names */
#include "tests/unit/daemon.h"

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

/* One byte follows the text every now and then, until no one reads them. */
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_a_listener_that_never_ends_its_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
