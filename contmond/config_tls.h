/* SPDX-License-Identifier: GPL-2.0-only */
/* contmond's certificate and its key */
#ifndef CONTMOND_CONFIG_TLS_H
#define CONTMOND_CONFIG_TLS_H

#include "config.h"
#include "config_errors.h"

int config_set_tls_certificate(struct config *config, const char *text,
			       const char **ret_why);
int config_set_tls_key(struct config *config, const char *text,
		       const char **ret_why);

/** config_check_tls() - complain if the two do not match; 0 or -ENOMEM */
int config_check_tls(const struct config *config,
		     const struct setting *certificate,
		     const struct setting *key, struct config_errors *errors);

#endif /* CONTMOND_CONFIG_TLS_H */
