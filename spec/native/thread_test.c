/*
 * Native threads beside a program, which must be able to end.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"

#define MILLISECONDS UINT64_C(1000000)
#define PATIENCE (20000 * MILLISECONDS)

/* What a thread is given, and what it has found. */
struct work {
	struct thread thread;
	int hold[2];       /* a pipe; the thread reads from it, and so waits for the other end to be closed */
	atomic_bool begun; /* it has */
	atomic_bool over;  /* it is about to end */
	bool masked;       /* it has all signals blocked that can be */
};

static void run(void *data)
{
	struct work *work = data;
	sigset_t signals;
	char byte;

	pthread_sigmask(SIG_SETMASK, NULL, &signals);
	work->masked =
	    sigismember(&signals, SIGTERM) && sigismember(&signals, SIGINT) && sigismember(&signals, SIGCHLD);
	atomic_store(&work->begun, true);
	if (read(work->hold[0], &byte, 1) == 0)
		atomic_store(&work->over, true);
}

static struct work *start(void)
{
	struct work *work = calloc(1, sizeof *work);

	assert_int_equal(pipe(work->hold), 0);
	assert_int_equal(thread_start(&work->thread, run, work), 0);
	return work;
}

static void let_end(struct work *work)
{
	close(work->hold[1]);
}

static void test_ends(void **state)
{
	struct work *work = start();
	sigset_t signals;

	let_end(work);
	assert_true(thread_join(&work->thread, PATIENCE));
	assert_true(work->over);
	assert_true(work->masked);
	/* Those of the thread that has started it are as before. */
	pthread_sigmask(SIG_SETMASK, NULL, &signals);
	assert_false(sigismember(&signals, SIGTERM));
	close(work->hold[0]);
	free(work);
}

static void test_ends_before_it_is_waited_for(void **state)
{
	struct work *work = start();
	uint64_t deadline = clock_now() + PATIENCE;

	let_end(work);
	while (!work->over && clock_now() < deadline)
		usleep(1000);
	assert_true(thread_join(&work->thread, PATIENCE));
	close(work->hold[0]);
	free(work);
}

/* What a thread may still use that was not waited for stays. */
static struct work *volatile left;

static void test_does_not_end(void **state)
{
	struct work *work = left = start();
	uint64_t before = clock_now();

	assert_false(thread_join(&work->thread, 50 * MILLISECONDS));
	assert_in_range(clock_now() - before, 50 * MILLISECONDS, PATIENCE);
	assert_false(work->over);
	/* It goes on by itself, with all that it uses, and nothing waits for it. */
	let_end(work);
	uint64_t deadline = clock_now() + PATIENCE;
	while (!work->over && clock_now() < deadline)
		usleep(1000);
	assert_true(work->over);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ends),
	    cmocka_unit_test(test_ends_before_it_is_waited_for),
	    cmocka_unit_test(test_does_not_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
