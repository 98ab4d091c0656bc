// SPDX-License-Identifier: GPL-2.0-only
/* Addresses that are listened on */
#include "tests/unit/client.h"

#include "contmond/serve/http_clients.h"
#include "contmond/serve/listen.h"

/* The kernel connects them at once, before the server looks. */
#define AT_ONCE_MS 5000

static bool connects(struct sockaddr_in *address, int *ret)
{
	struct pollfd one = { .events = POLLOUT };

	*ret = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(*ret >= 0);
	if (connect(*ret, (struct sockaddr *)address, sizeof(*address)) == 0)
		return true;
	assert_int_equal(errno, EINPROGRESS);
	one.fd = *ret;
	return poll(&one, 1, AT_ONCE_MS) == 1 && one.revents == POLLOUT;
}

/* Above its limit the kernel lets a client try again after a second. */
static void test_clients_that_come_at_once(void **state)
{
	struct sockaddr_storage address = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&address;
	socklen_t length = sizeof(*in);
	int fds[HTTP_MAX_CLIENTS];
	size_t i;
	int fd;

	(void)state;
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = listen_open(&address, length);
	assert_true(fd >= 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)in, &length), 0);
	for (i = 0; i < COUNT(fds); i++) {
		if (!connects(in, &fds[i]))
			fail_msg("client %zu has to wait", i + 1);
	}
	for (i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	close(fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clients_that_come_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
