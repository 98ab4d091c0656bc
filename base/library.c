// SPDX-License-Identifier: GPL-2.0-only
#include "library.h"
#include "log.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

static int find_all(void *library, const struct library_function *functions,
		    size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		void *found = dlsym(library, functions[i].name);

		if (!found)
			return -ENOPKG;
		/* ISO C cannot convert a void * to a function pointer. */
		memcpy(functions[i].ret, &found, sizeof(found));
	}
	return 0;
}

int library_load(const char *const *names,
		 const struct library_function *functions, size_t nr)
{
	void *library = NULL;
	int r = -ENOPKG;

	for (; *names && !library; names++)
		library = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
	if (library)
		r = find_all(library, functions, nr);
	if (r < 0)
		log_err("cannot load a library: %s", dlerror());
	return r;
}
