// SPDX-License-Identifier: GPL-2.0-only
/* Valid configurations, and the errors of others. */
#include "tests/unit/daemon.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "contmond/config.h"
#include "contmond/store/store.h"
#include "contmond/serve/token.h"

#define SECRET "0123456789abcdef"
#define KEYS "listen, token_file, tls_certificate, tls_key, " \
	"open_on_loopback, socket, socket_group, socket_mode, interval_ms, " \
	"store, store_max_mb, log_file, policy_dir, metrics_series_max, " \
	"metrics_labels"

static struct config config;

static void must_load(const char *text)
{
	const char *path = write_file("contmond.conf", text);
	char *errors = NULL;
	int r = config_load(path, &config, &errors);

	if (r < 0)
		print_error("%s", errors);
	assert_int_equal(r, 0);
	assert_null(errors);
}

/*
 * Loading must report exactly @expected, with the directory before each line.
 */
static void must_fail(const char *text, const char *expected)
{
	const char *path = write_file("contmond.conf", text);
	char *errors = NULL, *line, *rest;
	size_t length = strlen(test_directory) + 1;

	memset(&config, 0xa5, sizeof(config));
	assert_int_equal(config_load(path, &config, &errors), -EINVAL);
	assert_int_equal(*(unsigned char *)&config, 0xa5);
	rest = errors;
	while ((line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		line += length;
		assert_memory_equal(line, expected, strlen(line));
		expected += strlen(line);
		expected += *expected == '\n';
	}
	assert_string_equal(expected, "");
	free(errors);
}

static void must_complain(const char *text, const char *why)
{
	char *errors = NULL;

	assert_int_equal(config_load(write_file("contmond.conf", text),
				     &config, &errors), -EINVAL);
	assert_contains(errors, why);
	free(errors);
}

/* tests/daemon/tls.py has real certificates. */
static void test_certificates(void **state)
{
	char certificate[256], key[256], both[512];

	(void)state;
	snprintf(certificate, sizeof(certificate), "tls_certificate = %s\n",
		 write_file("crt", "no certificate\n"));
	snprintf(key, sizeof(key), "tls_key = %s\n",
		 write_file("key", "no key\n"));
	snprintf(both, sizeof(both), "%s%s", certificate, key);
	assert_int_equal(chmod(in_directory("key"), 0644), 0);
	must_complain(both, "contmond.conf:2: tls_key = ");
	must_complain(both, "/key: all users can read the file\n");
	assert_int_equal(chmod(in_directory("key"), 0600), 0);
	must_complain(both, "contmond.conf:1: tls_certificate and tls_key "
		      "cannot be used: ");
	must_complain(certificate, "contmond.conf:1: tls_certificate and "
		      "tls_key need each other\n");
	must_complain(key, "contmond.conf:1: tls_certificate and tls_key need "
		      "each other\n");
	assert_int_equal(truncate(in_directory("crt"), 256 * 1024 + 1), 0);
	must_complain(certificate, "/crt: the file is too long, or has a "
		      "zero\n");
}

static void test_the_socket(void **state)
{
	char text[256];

	(void)state;
	must_load("");
	assert_null(config.socket);
	assert_false(config.closed_on_loopback);
	assert_int_equal(config.socket_mode, 0660);
	assert_int_equal(config.socket_group, (gid_t)-1);
	config_done(&config);
	must_load("listen = none\nsocket = /run/contmond/http.sock\n"
		  "socket_group = root\nsocket_mode = 0600\n"
		  "open_on_loopback = no\n");
	assert_string_equal(config.socket, "/run/contmond/http.sock");
	assert_true(config.closed_on_loopback);
	assert_int_equal(config.socket_mode, 0600);
	assert_int_equal(config.socket_group, 0);
	assert_int_equal(config.address_length, 0);
	config_done(&config);
	snprintf(text, sizeof(text), "socket = /%0106d", 0);
	must_load(text);
	config_done(&config);
	snprintf(text, sizeof(text), "socket = /%0107d", 0);
	must_complain(text, "longer than 107 bytes");
}

static void test_defaults(void **state)
{
	const struct sockaddr_in *address;

	(void)state;
	must_load("");
	address = (const struct sockaddr_in *)&config.address;
	assert_string_equal(config.listen, "127.0.0.1:9477");
	assert_string_equal(config.host, "127.0.0.1");
	assert_int_equal(address->sin_family, AF_INET);
	assert_int_equal(ntohs(address->sin_port), 9477);
	assert_true(config.loopback);
	assert_null(config.token);
	assert_null(config.log_file);
	assert_int_equal(config.interval_ms, 1000);
	assert_string_equal(config.store_path, STORE_PATH);
	assert_int_equal(config.store_max_bytes, 250000000);
	assert_int_equal(config.exposed.series_max, 40);
	assert_string_equal(config.exposed.labels,
			    "com.docker.compose.project,"
			    "com.docker.compose.service");
	config_done(&config);
}

static void test_values(void **state)
{
	(void)state;
	must_load("# comment\n"
		  "\n"
		  "listen=[::1]:80\n"
		  "interval_ms = 100 ; a comment\n"
		  "store_max_mb : 1048576\n"
		  "log_file = /var/log/contmond.log\n"
		  "store = memory");
	assert_string_equal(config.log_file, "/var/log/contmond.log");
	assert_string_equal(config.host, "[::1]");
	assert_int_equal(config.address.ss_family, AF_INET6);
	assert_true(config.loopback);
	assert_int_equal(config.interval_ms, 100);
	assert_int_equal(config.store_max_bytes, 1048576000000);
	assert_null(config.store_path);
	config_done(&config);
	must_load("listen = localhost:1\ninterval_ms = 3600000\n");
	assert_string_equal(config.host, "localhost");
	assert_int_equal(config.interval_ms, 3600000);
	config_done(&config);
}

static void test_metrics(void **state)
{
	(void)state;
	must_load("metrics_series_max = 100000\nmetrics_labels = none\n");
	assert_int_equal(config.exposed.series_max, 100000);
	assert_string_equal(config.exposed.labels, "");
	config_done(&config);
	must_load("metrics_labels = a.b,none , org.x/y-z\n");
	assert_string_equal(config.exposed.labels, "a.b,none,org.x/y-z");
	config_done(&config);
}

static void test_fragments_replace(void **state)
{
	(void)state;
	assert_int_equal(mkdir(in_directory("conf.d"), 0700), 0);
	write_file("conf.d/20.conf", "interval_ms = 300\n");
	write_file("conf.d/10.conf", "interval_ms = 200\n");
	write_file("conf.d/30.conf~", "interval_ms = 400\n");
	write_file("conf.d/.40.conf", "interval_ms = 500\n");
	must_load("interval_ms = 100\nstore_max_mb = 16\n");
	assert_int_equal(config.interval_ms, 300);
	assert_int_equal(config.store_max_bytes, 16000000);
	config_done(&config);
	write_file("conf.d/50.conf", "\n\ninterval_ms = 1\n");
	must_fail("", "conf.d/50.conf:3: interval_ms = 1: "
		  "not a number from 100 to 3600000");
}

#define LABELS_WHY "neither none nor keys of labels, separated by commas"
#define SECTIONS "; the sections are [forward NAME]\n"

static const struct {
	const char *text, *error;
} mistakes[] = {
	{ "intervall_ms = 5",
	  "contmond.conf:1: unknown key 'intervall_ms'; the keys are " KEYS },
	{ "\n[http]\nlisten = x",
	  "contmond.conf:2: unknown section [http]" SECTIONS },
	{ "interval_ms = 500\n[x]",
	  "contmond.conf:2: unknown section [x]" SECTIONS },
	{ "\xef\xbb\xbf[x]\n",
	  "contmond.conf:1: unknown section [x]" SECTIONS },
	{ "[x\n",
	  "contmond.conf:1: neither a section, 'key = value' nor a "
	  "comment" },
	{ "#\nnonsense\n",
	  "contmond.conf:2: neither a section, 'key = value' nor a "
	  "comment" },
	{ "interval_ms = 99", "contmond.conf:1: interval_ms = 99: "
	  "not a number from 100 to 3600000" },
	{ "interval_ms = 1s", "contmond.conf:1: interval_ms = 1s: "
	  "not a number from 100 to 3600000" },
	{ "interval_ms =", "contmond.conf:1: interval_ms = : "
	  "not a number from 100 to 3600000" },
	{ "\nstore_max_mb = 9", "contmond.conf:2: store_max_mb "
	  "= 9: not a number from 16 to 1048576" },
	{ "store = contmond.db", "contmond.conf:1: store = contmond.db: "
	  "neither 'memory' nor an absolute path" },
	{ "store = /var/lib/", "contmond.conf:1: store = /var/lib/: "
	  "neither 'memory' nor an absolute path" },
	{ "policy_dir = policy.d", "contmond.conf:1: policy_dir = "
	  "policy.d: not an absolute path" },
	{ "log_file = contmond.log", "contmond.conf:1: log_file = "
	  "contmond.log: not an absolute path" },
	{ "metrics_series_max = 9", "contmond.conf:1: metrics_series_max "
	  "= 9: not a number from 10 to 100000" },
	{ "metrics_labels = a b", "contmond.conf:1: metrics_labels = a b: "
	  LABELS_WHY },
	{ "metrics_labels = a,,b", "contmond.conf:1: metrics_labels = a,,b: "
	  LABELS_WHY },
	{ "metrics_labels = a, ", "contmond.conf:1: metrics_labels = a,: "
	  LABELS_WHY },
	{ "metrics_labels =", "contmond.conf:1: metrics_labels = : "
	  LABELS_WHY },
	{ "listen = 9477", "contmond.conf:1: listen = 9477: "
	  "not address:port" },
	{ "listen = 127.0.0.1:0", "contmond.conf:1: listen = "
	  "127.0.0.1:0: the port is not a number from 1 to 65535" },
	{ "listen = example.org:80", "contmond.conf:1: listen = "
	  "example.org:80: the address is neither IPv4, [IPv6] nor "
	  "localhost" },
	{ "listen = ::1:80", "contmond.conf:1: listen = ::1:80: the "
	  "address is neither IPv4, [IPv6] nor localhost" },
	{ "listen = 0.0.0.0:80", "contmond.conf:1: listen = 0.0.0.0:80:"
	  " other hosts can reach it, so token_file must be set" },
	{ "listen = [::]:80", "contmond.conf:1: listen = [::]:80:"
	  " other hosts can reach it, so token_file must be set" },
	{ "listen = none", "contmond.conf:1: listen = none: nothing is "
	  "served, so socket must be set" },
	{ "socket = http.sock", "contmond.conf:1: socket = http.sock: not an "
	  "absolute path" },
	{ "socket_group = no such group", "contmond.conf:1: socket_group = "
	  "no such group: not a group of this host" },
	{ "socket_mode = 0777", "contmond.conf:1: socket_mode = 0777: not "
	  "0600, 0660 or 0666" },
	{ "tls_certificate = /dev/null", "contmond.conf:1: tls_certificate = "
	  "/dev/null: not a regular file" },
	{ "tls_key = /nonexistent", "contmond.conf:1: tls_key = "
	  "/nonexistent: No such file or directory" },
	{ "open_on_loopback = maybe", "contmond.conf:1: open_on_loopback = "
	  "maybe: neither yes nor no" },
	{ "interval_ms = 5\n  store_max_mb = 20\n",
	  "contmond.conf:2: begins with a blank\n"
	  "contmond.conf:1: interval_ms = 5: "
	  "not a number from 100 to 3600000" },
	{ "a = 1\nb = 2\n",
	  "contmond.conf:1: unknown key 'a'; the keys are " KEYS "\n"
	  "contmond.conf:2: unknown key 'b'; the keys are " KEYS },
	{ "token_file = /nonexistent", "contmond.conf:1: token_file = "
	  "/nonexistent: No such file or directory" },
};

static void test_errors_name_file_and_line(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(mistakes); i++)
		must_fail(mistakes[i].text, mistakes[i].error);
}

static void test_long_lines_are_refused(void **state)
{
	char text[600];

	(void)state;
	snprintf(text, sizeof(text), "\nlisten = %0300d\n", 1);
	must_fail(text, "contmond.conf:2: longer than 198 bytes");
}

static void test_a_named_file_must_exist(void **state)
{
	char *errors = NULL;

	(void)state;
	assert_int_equal(config_load(in_directory("none.conf"), &config,
				     &errors), -EINVAL);
	assert_contains(errors, "none.conf: No such file or directory");
	free(errors);
}

static void must_fail_as(const char *path, const char *expected)
{
	char *errors = NULL;

	assert_int_equal(config_load(path, &config, &errors), -EINVAL);
	assert_string_equal(errors, expected);
	free(errors);
}

static void test_an_unreadable_file_is_not_empty(void **state)
{
	char expected[600];

	(void)state;
	snprintf(expected, sizeof(expected), "%s: not a regular file\n",
		 test_directory);
	must_fail_as(test_directory, expected);
	/* Its first page is not mapped: EIO */
	must_fail_as("/proc/self/mem",
		     "/proc/self/mem: Input/output error\n");
}

static void test_the_null_device_is_empty(void **state)
{
	char *errors = NULL;

	(void)state;
	assert_int_equal(config_load("/dev/null", &config, &errors), 0);
	assert_string_equal(config.store_path, STORE_PATH);
	config_done(&config);
	must_fail_as("/dev/zero", "/dev/zero: not a regular file\n");
}

/* An open() that waits for a writer would hang here. */
static void test_a_fifo_is_refused(void **state)
{
	const char *fifo = in_directory("z.conf");
	char expected[600], text[600];
	int fd;

	(void)state;
	assert_int_equal(mkfifo(fifo, 0600), 0);
	snprintf(expected, sizeof(expected), "%s: not a regular file\n",
		 fifo);
	alarm(60);
	must_fail_as(fifo, expected);
	alarm(0);
	/* It has a writer now, but no contents. */
	fd = open(fifo, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	snprintf(text, sizeof(text), "token_file = %s\n", fifo);
	snprintf(expected, sizeof(expected), "contmond.conf:1: token_file = "
		 "%s: not a regular file", fifo);
	must_fail(text, expected);
	close(fd);
	assert_int_equal(mkdir(in_directory("conf.d"), 0700), 0);
	assert_int_equal(rename(fifo, in_directory("conf.d/z.conf")), 0);
	must_fail("", "conf.d/z.conf: not a regular file");
}

static void test_a_nul_is_named(void **state)
{
	static const char *const ends[] = { "", "\n", "5\n" };
	char expected[600];
	size_t i;

	(void)state;
	snprintf(expected, sizeof(expected), "%s:2: has a NUL character\n",
		 in_directory("contmond.conf"));
	for (i = 0; i < COUNT(ends); i++) {
		FILE *file = fopen(in_directory("contmond.conf"), "w");

		assert_non_null(file);
		fprintf(file, "\ninterval_ms = 500%c%s", 0, ends[i]);
		assert_int_equal(fclose(file), 0);
		must_fail_as(in_directory("contmond.conf"), expected);
	}
}

static void load_token(const char *secret, mode_t mode)
{
	char text[600];

	write_file("token", secret);
	assert_int_equal(chmod(in_directory("token"), mode), 0);
	snprintf(text, sizeof(text), "listen = 0.0.0.0:80\ntoken_file = %s\n",
		 in_directory("token"));
	write_file("contmond.conf", text);
}

static void token_must_fail(const char *secret, mode_t mode, const char *why)
{
	char *errors = NULL;

	load_token(secret, mode);
	assert_int_equal(config_load(in_directory("contmond.conf"), &config,
				     &errors), -EINVAL);
	assert_contains(errors, "contmond.conf:2: token_file = ");
	assert_contains(errors, why);
	free(errors);
}

static void test_tokens(void **state)
{
	char *errors = NULL;

	(void)state;
	load_token(SECRET "\n", 0640);
	assert_int_equal(config_load(in_directory("contmond.conf"), &config,
				     &errors), 0);
	assert_string_equal(config.token, SECRET);
	assert_false(config.loopback);
	config_done(&config);
	token_must_fail(SECRET, 0644, "all users can read the file");
	token_must_fail("short", 0600, "16 to 512 characters");
	token_must_fail("", 0600, "1 to 512 characters");
	token_must_fail("two words are not one token", 0600,
			"a character that a secret cannot have");
}

static void test_token_matches(void **state)
{
	(void)state;
	assert_true(token_matches(SECRET, "Bearer " SECRET));
	assert_true(token_matches(SECRET, "bearer   " SECRET));
	assert_false(token_matches(SECRET, NULL));
	assert_false(token_matches(SECRET, ""));
	assert_false(token_matches(SECRET, "Bearer"));
	assert_false(token_matches(SECRET, "Bearer "));
	assert_false(token_matches(SECRET, SECRET));
	assert_false(token_matches(SECRET, "Basic " SECRET));
	assert_false(token_matches(SECRET, "Bearer " SECRET "0"));
	assert_false(token_matches(SECRET, "Bearer " SECRET SECRET));
	assert_false(token_matches(SECRET, "Bearer 0123456789abcdeF"));
	assert_false(token_matches(SECRET, "Bearer 0123456789abcde"));
}

/* Loading does not need the rules; only a check looks at them. */
static void test_rules(void **state)
{
	char text[700], directory[600], *errors = NULL;

	(void)state;
	snprintf(directory, sizeof(directory), "%s/rules", test_directory);
	assert_int_equal(mkdir(directory, 0700), 0);
	write_file("rules/a.conf", "[rule x]\naction = obey\n");
	snprintf(text, sizeof(text), "store = memory\npolicy_dir = %s\n",
		 directory);
	must_load(text);
	assert_string_equal(config.policy_directory, directory);
	config_done(&config);
	assert_int_equal(config_check(write_file("contmond.conf", text),
				      &errors), -EINVAL);
	assert_non_null(strstr(errors, "/rules/a.conf:2: "));
	free(errors);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_the_socket),
		TEST(test_certificates),
		TEST(test_defaults),
		TEST(test_values),
		TEST(test_metrics),
		TEST(test_fragments_replace),
		TEST(test_errors_name_file_and_line),
		TEST(test_long_lines_are_refused),
		TEST(test_a_named_file_must_exist),
		TEST(test_an_unreadable_file_is_not_empty),
		TEST(test_the_null_device_is_empty),
		TEST(test_a_fifo_is_refused),
		TEST(test_a_nul_is_named),
		TEST(test_rules),
		TEST(test_tokens),
		TEST(test_token_matches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
