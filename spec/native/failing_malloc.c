#include "failing_malloc.h"

#include <stdlib.h>
#include <string.h>

static struct {
	bool armed;
	bool on;
	uint64_t fail_at;
	uint64_t calls;
} failing;

void failing_malloc_at(uint64_t call, bool on)
{
	failing.fail_at = call;
	failing.on = on;
	failing.calls = 0;
}

void failing_malloc_arm(bool armed)
{
	failing.armed = armed;
}

uint64_t failing_malloc_calls(void)
{
	return failing.calls;
}

#ifdef WRAPPED_MALLOC

static bool fails(void)
{
	if (!failing.armed)
		return false;
	uint64_t call = ++failing.calls;
	return failing.fail_at && (failing.on ? call >= failing.fail_at : call == failing.fail_at);
}

bool failing_malloc_works(void)
{
	return true;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *pointer, size_t size);
char *__real_strdup(const char *text);

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *pointer, size_t size)
{
	return fails() ? NULL : __real_realloc(pointer, size);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

#else

bool failing_malloc_works(void)
{
	return false;
}

#endif
