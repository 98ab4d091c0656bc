// SPDX-License-Identifier: GPL-2.0-only
#include "config_tls.h"

#include <errno.h>

#include "base/secret.h"
#include "contmond/serve/certificate.h"

/* Larger than a chain of many certificates */
#define MAX_BYTES (256 * 1024)

int config_set_tls_certificate(struct config *config, const char *text,
			       const char **ret_why)
{
	return secret_read_text(text, false, MAX_BYTES, &config->certificate,
				ret_why);
}

int config_set_tls_key(struct config *config, const char *text,
		       const char **ret_why)
{
	return secret_read_text(text, true, MAX_BYTES, &config->key, ret_why);
}

int config_check_tls(const struct config *config,
		     const struct setting *certificate,
		     const struct setting *key, struct config_errors *errors)
{
	struct ini_place place = setting_place(config->certificate ?
					       certificate : key);
	const char *why;
	int r;

	if (!config->certificate && !config->key)
		return 0;
	if (!config->certificate || !config->key) {
		config_complain(errors, &place, "tls_certificate and tls_key "
				"need each other");
		return 0;
	}
	r = certificate_check(config->certificate, config->key, &why);
	if (r == -EINVAL)
		config_complain(errors, &place, "tls_certificate and tls_key "
				"cannot be used: %s", why);
	return r == -ENOMEM ? r : 0;
}
