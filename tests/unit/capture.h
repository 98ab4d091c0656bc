/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs a subcommand inside the test and keeps its output. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct captured {
	int status;
	char out[1 << 16];	/* standard output; the rest is cut */
	char err[4096];
} captured;

static inline int capture_begin(FILE *stream, FILE **ret_file)
{
	int saved = dup(fileno(stream));

	*ret_file = tmpfile();
	assert_non_null(*ret_file);
	fflush(stream);
	assert_true(dup2(fileno(*ret_file), fileno(stream)) >= 0);
	return saved;
}

static inline void capture_end(FILE *stream, int saved, FILE *file, char *to,
			       size_t size)
{
	size_t n;

	fflush(stream);
	dup2(saved, fileno(stream));
	close(saved);
	rewind(file);
	n = fread(to, 1, size - 1, file);
	to[n] = 0;
	fclose(file);
}

/* @line is split at blanks; its first word is the name of the subcommand. */
static inline int capture(int (*command)(int, char **), const char *line)
{
	char words[256], *argv[16] = { 0 }, *save = NULL;
	FILE *out, *err;
	int saved_out, saved_err, argc = 0;

	snprintf(words, sizeof(words), "%s", line);
	for (argv[0] = strtok_r(words, " ", &save); argv[argc];)
		argv[++argc] = strtok_r(NULL, " ", &save);

	saved_out = capture_begin(stdout, &out);
	saved_err = capture_begin(stderr, &err);
	optind = 0;
	opterr = 0;
	captured.status = command(argc, argv);
	capture_end(stderr, saved_err, err, captured.err,
		    sizeof(captured.err));
	capture_end(stdout, saved_out, out, captured.out,
		    sizeof(captured.out));
	return captured.status;
}

#endif /* CAPTURE_H */
