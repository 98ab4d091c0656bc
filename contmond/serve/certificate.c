// SPDX-License-Identifier: GPL-2.0-only
#include "certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

/* A chain of many certificates is shorter. */
#define MAX_BYTES (256 * 1024)

static int open_file(const char *path, bool is_key, const char **ret_why)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int kept;

	*ret_why = NULL;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	*ret_why = "not a regular file";
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	*ret_why = "all users can read the file";
	if (is_key && st.st_mode & (S_IROTH | S_IWOTH))
		return -EPERM;
	*ret_why = "longer than 256 KiB";
	if (st.st_size > MAX_BYTES)
		return -EFBIG;
	kept = fd;
	fd = -1;
	return kept;
}

int certificate_read(const char *path, bool is_key, char **ret,
		     const char **ret_why)
{
	_cleanup_close_ int fd = open_file(path, is_key, ret_why);
	_cleanup_free_ char *text = NULL;
	ssize_t length;

	if (fd < 0)
		return fd;
	*ret_why = NULL;
	text = malloc(MAX_BYTES + 1);
	if (!text)
		return -ENOMEM;
	length = read(fd, text, MAX_BYTES);
	if (length < 0)
		return -errno;
	text[length] = '\0';
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

int certificate_check(const char *certificate, const char *key,
		      const char **ret_why)
{
	const gnutls_datum_t pem[] = {
		{ (unsigned char *)certificate,
		  (unsigned int)strlen(certificate) },
		{ (unsigned char *)key, (unsigned int)strlen(key) },
	};
	gnutls_certificate_credentials_t credentials;
	int r;

	if (gnutls_certificate_allocate_credentials(&credentials) < 0)
		return -ENOMEM;
	r = gnutls_certificate_set_x509_key_mem(credentials, &pem[0], &pem[1],
						GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(credentials);
	if (r == GNUTLS_E_MEMORY_ERROR)
		return -ENOMEM;
	*ret_why = r < 0 ? gnutls_strerror(r) : NULL;
	return r < 0 ? -EINVAL : 0;
}
