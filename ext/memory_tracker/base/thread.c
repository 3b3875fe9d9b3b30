#include "base/thread.h"

#include <signal.h>

#include "base/clock.h"
#include "base/condition.h"

static void *body(void *data)
{
	struct thread *thread = data;

	thread->run(thread->data);
	pthread_mutex_lock(&thread->mutex);
	thread->ended = true;
	pthread_cond_signal(&thread->changed);
	pthread_mutex_unlock(&thread->mutex);
	return NULL;
}

static int create(struct thread *thread)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(&thread->id, NULL, body, thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
#if defined(HAVE_PTHREAD_SETNAME_NP) && defined(__linux__)
	if (!error)
		pthread_setname_np(thread->id, "memory-tracker");
#endif
	return error;
}

static void deinit(struct thread *thread)
{
	pthread_cond_destroy(&thread->changed);
	pthread_mutex_destroy(&thread->mutex);
}

int thread_start(struct thread *thread, void (*run)(void *data), void *data)
{
	*thread = (struct thread){.run = run, .data = data};
	int error = condition_init(&thread->changed);
	if (error)
		return error;
	pthread_mutex_init(&thread->mutex, NULL);
	error = create(thread);
	if (error)
		deinit(thread);
	return error;
}

bool thread_join(struct thread *thread, uint64_t nanoseconds)
{
	uint64_t deadline = clock_now() + nanoseconds;

	pthread_mutex_lock(&thread->mutex);
	while (!thread->ended && condition_wait_until(&thread->changed, &thread->mutex, deadline))
		;
	bool ended = thread->ended;
	pthread_mutex_unlock(&thread->mutex);
	if (!ended) {
		pthread_detach(thread->id);
		return false;
	}
	/* What is left of it waits for nothing. */
	pthread_join(thread->id, NULL);
	deinit(thread);
	return true;
}
