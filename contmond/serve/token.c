// SPDX-License-Identifier: GPL-2.0-only
#include "token.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/secret.h"

#define MIN_LENGTH 16

int token_read(const char *path, char **ret, const char **ret_why)
{
	char *token;
	int r = secret_read(path, &token, ret_why);

	if (r < 0)
		return r;
	if (strlen(token) < MIN_LENGTH) {
		*ret_why = "the token is not 16 to 512 characters long";
		free(token);
		return -EINVAL;
	}
	*ret = token;
	return 0;
}

bool token_matches(const char *token, const char *authorization)
{
	static const char scheme[] = "Bearer ";
	size_t length = strlen(token), sent_length, i;
	unsigned char difference;
	const char *sent;

	if (!authorization ||
	    strncasecmp(authorization, scheme, sizeof(scheme) - 1) != 0)
		return false;
	sent = authorization + sizeof(scheme) - 1;
	sent += strspn(sent, " ");
	sent_length = strlen(sent);
	difference = sent_length != length;
	for (i = 0; i < sent_length; i++)
		difference |= (unsigned char)(sent[i] ^ token[i % length]);
	return difference == 0;
}
