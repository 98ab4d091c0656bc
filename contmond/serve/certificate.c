// SPDX-License-Identifier: GPL-2.0-only
#include "certificate.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <string.h>

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
