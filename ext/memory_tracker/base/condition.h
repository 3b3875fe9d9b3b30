/*
 * Waiting on a condition until a moment of base/clock.h, which a change of the wall clock does not disturb.
 */
#ifndef MEMORY_TRACKER_BASE_CONDITION_H
#define MEMORY_TRACKER_BASE_CONDITION_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A condition for condition_wait_until; destroyed by pthread_cond_destroy. Returns 0 or an errno. ANY THREAD */
int condition_init(pthread_cond_t *condition);

/*
 * As pthread_cond_wait, but at the latest until `deadline`, a moment of the clock. Returns false when that has passed.
 * May wake up for no reason, as that one may. ANY THREAD that does not hold the GVL
 */
bool condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t deadline);

#endif
