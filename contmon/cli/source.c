// SPDX-License-Identifier: GPL-2.0-only
#include "error.h"
#include "source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *cure(int error)
{
	switch (error) {
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
		return "; is the module loaded? Try: modprobe contmon";
	case -EACCES:
	case -EPERM:
		return "; be root, or a member of the group contmon";
	default:
		return "";
	}
}

static bool is_procfs_forced(void)
{
	const char *source = getenv("CONTMON_SOURCE");

	return source && strcmp(source, "procfs") == 0;
}

int cli_open(struct contmon **ret)
{
	int r = contmon_open(NULL, ret);

	if (r == -EPROTO)
		cli_error("%s: the driver is too old for this program; "
			  "update it, then: modprobe -r contmon && "
			  "modprobe contmon", CONTMON_DEVICE);
	else if (r == -EINVAL)
		cli_error("CONTMON_SOURCE: \"%s\" is neither driver nor procfs",
			  getenv("CONTMON_SOURCE"));
	else if (r == -ENOTTY)
		cli_error("%s: not a contmon device", CONTMON_DEVICE);
	else if (r < 0 && is_procfs_forced())
		cli_error("/proc: %s", strerror(-r));
	else if (r < 0)
		cli_error("%s: %s%s", CONTMON_DEVICE, strerror(-r), cure(r));
	return r;
}

const char *cli_source_name(const struct contmon *c)
{
	return contmon_source(c) == CONTMON_SOURCE_DRIVER ? "driver" : "procfs";
}

int cli_check_flags(const struct contmon *c, uint32_t flags)
{
	if (!(flags & CONTMON_EXACT_RSS) ||
	    contmon_source(c) == CONTMON_SOURCE_DRIVER)
		return CLI_GO_ON;
	cli_error("--exact: needs the driver, but numbers come from procfs; "
		  "try: modprobe contmon");
	return CLI_FAILURE;
}
