/* Preloaded: a Ruby that lacks the function that MISSING_SYMBOL names, for whoever looks it up. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

typedef void *lookup(void *handle, const char *name);

/* The C library's own, under one of the versions that it has had on the processors there are. */
static lookup *original(void)
{
	static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.2.5", "GLIBC_2.17", "GLIBC_2.27"};
	lookup *found = NULL;

	for (size_t index = 0; !found && index < sizeof(versions) / sizeof(*versions); index++)
		*(void **)&found = dlvsym(RTLD_NEXT, "dlsym", versions[index]);
	return found;
}

__attribute__((visibility("default"))) void *dlsym(void *handle, const char *name)
{
	const char *missing = getenv("MISSING_SYMBOL");

	return missing && strcmp(name, missing) == 0 ? NULL : original()(handle, name);
}

__attribute__((visibility("default"))) void Init_missing_symbols(void)
{
}
