/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small TAP harness. TEST(name) registers itself. Each test runs in a process
 * of its own: its mappings, limits and children end with it, and a crash or a
 * hang fails only that test. A test that checks nothing fails.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PASSED = 0, FAILED = 1, SKIPPED = 77 };

/*
 * Seconds until a test counts as hanging. The slowest takes about a minute in
 * an emulated machine; kernels that check themselves, or a busy host, make that
 * many times as long.
 */
#ifndef TEST_SECONDS
#define TEST_SECONDS 1800
#endif

/* Wait for an event; the time limit of the test ends an endless wait. */
#define WAIT_UNTIL(condition)         \
	do {                          \
		while (!(condition))  \
			usleep(1000); \
	} while (0)

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};

static struct test *tests, **tests_end = &tests;
static unsigned int checks, failures;
static char context[128];
static char *skip_reason; /* shared with the processes of the tests */

#define REASON_BYTES 256

#define TEST(name_)                                                   \
	static void name_(void);                                      \
	static struct test test_##name_ = {#name_, name_, NULL};      \
	__attribute__((constructor)) static void register_##name_(void) \
	{                                                             \
		*tests_end = &test_##name_;                           \
		tests_end = &test_##name_.next;                       \
	}                                                             \
	static void name_(void)

/* Printed before each later failure, for tests that loop over a table. */
#define CONTEXT(...) snprintf(context, sizeof(context), __VA_ARGS__)

/* A failed CHECK does not end the test; a failed REQUIRE does. */
#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)
#define CHECK_EQ(is, want)                                             \
	check_equal((long long)(is), (long long)(want), #is, #want,    \
		    __FILE__, __LINE__)
#define REQUIRE(condition)          \
	do {                        \
		if (!CHECK(condition)) \
			exit(FAILED); \
	} while (0)
/* For a result of 0 or a negative errno. */
#define CHECK_RC(is, want) check_rc(is, want, #is, __FILE__, __LINE__)
#define REQUIRE_RC(is, want)          \
	do {                          \
		if (!CHECK_RC(is, want)) \
			exit(FAILED); \
	} while (0)

__attribute__((format(printf, 3, 4))) static inline void
fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	failures++;
	printf("# %s:%d: %s%s", file, line, context, *context ? ": " : "");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static inline bool check(bool condition, const char *text, const char *file,
			 int line)
{
	checks++;
	if (!condition)
		fail(file, line, "not true: %s", text);
	return condition;
}

static inline bool check_equal(long long is, long long want, const char *text,
			       const char *want_text, const char *file,
			       int line)
{
	checks++;
	if (is != want)
		fail(file, line, "%s is %lld (%#llx), not %s = %lld (%#llx)",
		     text, is, (unsigned long long)is, want_text, want,
		     (unsigned long long)want);
	return is == want;
}

static inline const char *rc_name(int rc)
{
	const char *name = rc ? strerrorname_np(-rc) : "0";

	return name ? name : "?";
}

static inline bool check_rc(int is, int want, const char *text,
			    const char *file, int line)
{
	checks++;
	if (is != want)
		fail(file, line, "%s is %s (%d), not %s", text, rc_name(is), is,
		     rc_name(want));
	return is == want;
}

/* End the test without a verdict, for this reason. */
__attribute__((format(printf, 1, 2), noreturn)) static inline void
skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(skip_reason, REASON_BYTES, format, args);
	va_end(args);
	exit(failures ? FAILED : SKIPPED);
}

__attribute__((noreturn)) static inline void test_child(const struct test *test)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(TEST_SECONDS);
	test->run();
	if (!checks)
		fail(__FILE__, __LINE__, "asserts nothing");
	exit(failures ? FAILED : PASSED);
}

static inline int test_run(const struct test *test)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		test_child(test);
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("# fork");
		return FAILED;
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	printf("# ended by signal %d (%s)\n", WTERMSIG(status),
	       WTERMSIG(status) == SIGALRM ? "out of time"
					   : strsignal(WTERMSIG(status)));
	return FAILED;
}

static inline void print_totals(unsigned int passed, unsigned int failed,
				unsigned int skipped)
{
	printf("1..%u\n%u passed, %u failed", passed + failed + skipped, passed,
	       failed);
	if (skipped)
		printf(", %u skipped", skipped);
	putchar('\n');
}

static inline void print_result(unsigned int n, const char *name, int result)
{
	if (result == PASSED)
		printf("ok %u - %s\n", n, name);
	else if (result == SKIPPED)
		printf("ok %u - %s # SKIP %s\n", n, name, skip_reason);
	else
		printf("not ok %u - %s\n", n, name);
}

/*
 * Run all tests, or those whose name contains @wanted; returns the exit status.
 */
static inline int harness_main(const char *wanted)
{
	unsigned int passed = 0, failed = 0, skipped = 0, n = 0;
	const struct test *test;
	int result;

	setvbuf(stdout, NULL, _IOLBF, 0);
	skip_reason = mmap(NULL, REASON_BYTES, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (skip_reason == MAP_FAILED)
		return FAILED;
	for (test = tests; test; test = test->next) {
		if (wanted && !strstr(test->name, wanted))
			continue;
		result = test_run(test);
		passed += result == PASSED;
		skipped += result == SKIPPED;
		failed += result != PASSED && result != SKIPPED;
		print_result(++n, test->name, result);
	}
	print_totals(passed, failed, skipped);
	return failed || !n;
}

#endif /* HARNESS_H */
