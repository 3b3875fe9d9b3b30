/*
 * Work that needs the GVL, done for threads that must not take it.
 *
 * A Ruby thread sleeps without the GVL until a native thread asks for something. It exists
 * only from service_start to service_stop, because a program can notice it: it is in Thread.list, joining every
 * thread of that list waits for it, and Ruby reports no deadlock while it sleeps. When the program kills it, or
 * raises an exception in it, it ends quietly, and so it does when the program ends; nothing that was asked for
 * happens from then on. In a child of a fork it does not exist.
 */
#ifndef MEMORY_TRACKER_VM_SERVICE_H
#define MEMORY_TRACKER_VM_SERVICE_H

#include <ruby.h>
#include <stdbool.h>
#include <stdint.h>

struct service;

/*
 * Starts the thread, which has this name and keeps `owner` alive, the object that its calls work on.
 * Raises NoMemoryError, and ThreadError where the program allows no threads. GVL
 */
struct service *service_start(VALUE owner, const char *name);

/* A call that is asked for. The owner of the memory keeps it until the call is over, or service_stop. */
struct service_job {
	void (*function)(void *data);
	void *data;
	struct service_job *next; /* borrowed; while it is queued */
	bool queued;
};

/*
 * Asks for a call of job->function by the thread, which holds the GVL then; after other jobs. A job that is queued
 * already is not queued again. Returns a ticket for service_wait. ANY THREAD, at any time before service_stop
 */
uint64_t service_call(struct service *service, struct service_job *job);

/*
 * Waits until what the ticket stands for is done, at most `timeout` nanoseconds. Returns whether it was done.
 * ANY THREAD that does not hold the GVL
 */
bool service_wait(struct service *service, uint64_t ticket, uint64_t timeout);

/* Whether the thread is still there, and will do what it is asked for: not in the child of a fork. ANY THREAD */
bool service_alive(struct service *service);

/* Ends the thread, which may still finish what it is at. The service must not be used any more. GVL */
void service_stop(struct service *service);

#endif
