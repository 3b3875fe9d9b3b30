#include "vm/forks.h"

#include <pthread.h>

#include "vm/gc_stats.h"
#include "vm/kept_tracker.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* captures are made in any Ractor */
static struct capture *first;                            /* borrowed; linked by `next` and `previous` */

void forks_remember(struct capture *capture)
{
	pthread_mutex_lock(&lock);
	capture->previous = NULL;
	capture->next = first;
	if (first)
		first->previous = capture;
	first = capture;
	pthread_mutex_unlock(&lock);
}

void forks_forget(struct capture *capture)
{
	pthread_mutex_lock(&lock);
	if (capture->previous)
		capture->previous->next = capture->next;
	else
		first = capture->next;
	if (capture->next)
		capture->next->previous = capture->previous;
	pthread_mutex_unlock(&lock);
}

/*
 * In the child only the thread that forked is left, so no other holds our locks. Nothing else is done here: a child
 * that is about to exec gets here too.
 */
static void after_fork_in_child(void)
{
	pthread_mutex_init(&lock, NULL);
	gc_stats_forked();
	for (struct capture *capture = first; capture; capture = capture->next) {
		pthread_mutex_init(&capture->swap, NULL);
		kept_tracker_forked(capture);
	}
}

void forks_init(void)
{
	pthread_atfork(NULL, NULL, after_fork_in_child);
}
