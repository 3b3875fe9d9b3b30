/* Preloaded: refuses memory to Ruby itself, and not to the tracker, while a block runs. */
#include <ruby.h> /* first: it may define _GNU_SOURCE */

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static bool refusing;

/* Raising takes less, and so do lists of pages of the heap, without which some Rubies abort. */
static bool refuses(const void *caller, size_t size)
{
	Dl_info info;

	if (!refusing || size < 32768 || !dladdr(caller, &info) || !strstr(info.dli_fname, "ruby") ||
	    strstr(info.dli_fname, "memory_tracker"))
		return false;
	errno = ENOMEM;
	return true;
}

#define EXPORTED __attribute__((visibility("default")))

EXPORTED void *malloc(size_t size)
{
	return refuses(__builtin_return_address(0), size) ? NULL : __libc_malloc(size);
}

EXPORTED void *calloc(size_t count, size_t size)
{
	return refuses(__builtin_return_address(0), count * size) ? NULL : __libc_calloc(count, size);
}

EXPORTED void *realloc(void *memory, size_t size)
{
	return refuses(__builtin_return_address(0), size) ? NULL : __libc_realloc(memory, size);
}

static VALUE grant(VALUE unused)
{
	refusing = false;
	return Qnil;
}

static VALUE during(VALUE self)
{
	refusing = true;
	return rb_ensure(rb_yield, Qnil, grant, Qnil);
}

EXPORTED void Init_refused_memory(void)
{
	VALUE module = rb_define_module("RefusedMemory");

	/* Runs the block; NoMemoryError is what most of them end with. */
	rb_define_module_function(module, "during", during, 0);
}
