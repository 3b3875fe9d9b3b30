/*
 * Calls the blocks of tracked classes, in a Ruby thread that does nothing else.
 *
 * The program's own threads never run them: a block may wait, and what other threads raise in a thread, such as the end of a
 * timeout, is meant for what that was doing. The thread, "memory-tracker blocks", is made when the first event waits, also in
 * a forked child, and again when the program has killed it. It ends when no running capture has a block any more. Where
 * events come faster than blocks are called, the threads that allocate let it have the GVL.
 */
#ifndef MEMORY_TRACKER_VM_DELIVERY_H
#define MEMORY_TRACKER_VM_DELIVERY_H

#include <stdbool.h>

struct capture;

/* Once, when the extension is loaded. GVL */
void delivery_init(void);

/*
 * Has the blocks called for all events that wait. Runs no Ruby code, but may let other threads run when `crowded`: so
 * many wait. GVL of the main Ractor, never inside an event
 */
void delivery_request(bool crowded);

/*
 * Waits until blocks were called for all events that wait now; in a block, calls those of another capture itself. At the
 * latest when a block has taken too long, and then later ones are called when it returns. Runs Ruby code. GVL
 */
void delivery_wait(struct capture *capture);

/* Ends the thread when no running capture has a block. Runs no Ruby code. GVL */
void delivery_review(void);

#endif
