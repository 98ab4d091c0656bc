/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/variables: the choices for variables of dashboards */
#ifndef CONTMOND_SERVE_VARIABLES_H
#define CONTMOND_SERVE_VARIABLES_H

#include "facts.h"

endpoint_fn variables_containers_handle;
endpoint_fn variables_images_handle;
endpoint_fn variables_hosts_handle;
endpoint_fn variables_commands_handle;
endpoint_fn variables_devices_handle;

#endif /* CONTMOND_SERVE_VARIABLES_H */
