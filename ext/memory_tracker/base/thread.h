/*
 * A native thread of ours beside those of a program. It blocks all signals, which are for the program's own threads, and
 * whoever waits for its end waits no longer than it says: a program must be able to end.
 */
#ifndef MEMORY_TRACKER_BASE_THREAD_H
#define MEMORY_TRACKER_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct thread {
	pthread_t id;
	void (*run)(void *data);
	void *data; /* borrowed */

	pthread_mutex_t mutex; /* guards `ended` */
	pthread_cond_t changed;
	bool ended;
};

/* Calls run(data) in a new thread. Returns 0 or an errno; then there is nothing to join. ANY THREAD */
int thread_start(struct thread *thread, void (*run)(void *data), void *data);

/*
 * Waits until it has ended, at most `nanoseconds`. False: it has not, and is left to itself; then all that it uses must
 * stay, and this struct too. Once. ANY OTHER THREAD
 */
bool thread_join(struct thread *thread, uint64_t nanoseconds);

#endif
