#ifndef MEMORY_TRACKER_BINDING_NOGVL_CALL_H
#define MEMORY_TRACKER_BINDING_NOGVL_CALL_H

/*
 * Calls without the GVL that nothing is raised through. Ruby's own can raise before, inside and after the function
 * that they are given, and some (3.1's rb_thread_call_without_gvl2) also when they say that they do not.
 */

/*
 * Calls the function, unless something is pending already, and then sees to what is pending. wake is called with the
 * same data, by another thread, for the function to return soon. Returns the state for rb_jump_tag of what was raised;
 * 0: nothing was.
 */
int nogvl_call(void *(*function)(void *data), void (*wake)(void *data), void *data);

/* Calls the function once, whatever is pending or comes meanwhile, which does not shorten it. Returns as nogvl_call does. */
int nogvl_call_uninterruptible(void *(*function)(void *data), void *data);

#endif
