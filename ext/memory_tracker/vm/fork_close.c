#include "vm/fork_close.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define LIMIT 64

/*
 * Each place has a file descriptor plus one, or 0. They are global because fork handlers are, and atomic because in
 * the child of a fork no lock can be waited for.
 */
static atomic_int places[LIMIT];

static void close_all(void)
{
	for (unsigned i = 0; i < LIMIT; i++) {
		int fd = atomic_exchange(&places[i], 0) - 1;
		if (fd >= 0)
			close(fd);
	}
}

static int handler_error;

static void install_handler(void)
{
	handler_error = pthread_atfork(NULL, NULL, close_all);
}

static bool replace(int old_value, int new_value)
{
	for (unsigned i = 0; i < LIMIT; i++) {
		int expected = old_value;
		if (atomic_compare_exchange_strong(&places[i], &expected, new_value))
			return true;
	}
	return false;
}

bool fork_close_add(int fd)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, install_handler);
	return !handler_error && replace(0, fd + 1);
}

void fork_close_remove(int fd)
{
	replace(fd + 1, 0);
}
