/*
 * What a program prints while a screen is up in the same process: it goes to an output log instead of the terminal.
 *
 * Only descriptors that lead to the terminal of this process are led elsewhere: 1 and 2 to the output log, and 0, if asked for, to a pipe that
 * nobody writes to, so that a read waits instead of taking the screen's keys. Processes that the program starts write
 * to the output log too, for as long as they live; nothing gets between what two of them write. What the program has
 * opened there itself meanwhile, as a daemon does, stays.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_TERMINAL_REDIRECT_H
#define MEMORY_TRACKER_TERMINAL_REDIRECT_H

#include <stdbool.h>

#include "terminal/output_log.h"

struct redirect {
	struct output_log *output_log; /* borrowed; where descriptors 1 and 2 lead */
	struct descriptor saved[3];    /* owned; the terminal as descriptors 0 to 2 had it; none: not led elsewhere */
	struct descriptor
	    blocked_stdin[2]; /* owned; a pipe that is never written to, nor closed while it may be read; or none */
};

void redirect_init(struct redirect *redirect, struct output_log *output_log);
void redirect_deinit(struct redirect *redirect);

/*
 * Leads descriptors elsewhere. A thread that waits for input already goes on waiting for the terminal until it is
 * interrupted, as after redirect_off for the pipe. Returns 0 or an errno; then nothing has changed.
 */
int redirect_on(struct redirect *redirect, bool input);

/*
 * Leads descriptors where they led before, or to `tty` where the program has closed that, and writes there what is
 * missing if this `prints`. Nothing comes out of order if no other thread begins to print meanwhile.
 */
void redirect_off(struct redirect *redirect, const struct descriptor *tty, bool prints);

/* Whether the program has closed descriptors of it. */
bool redirect_lost(const struct redirect *redirect);

/*
 * After an exec in a process that had led its descriptors elsewhere they still lead there: leads them to the
 * terminal again.
 */
void redirect_recover(void);

#endif
