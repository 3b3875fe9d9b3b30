/*
 * What a forked process that lives on without being the program should let go of. Only async-signal-safe calls.
 */
#ifndef MEMORY_TRACKER_TERMINAL_SLIM_H
#define MEMORY_TRACKER_TERMINAL_SLIM_H

/* Closes all descriptors from this one on. */
void slim_descriptors(int first);

/*
 * Gives back the memory that is shared with the program, of which otherwise a copy stays wherever the program
 * changes its own. From then on there is the stack, code, and what is static, but nothing that was allocated. Where
 * the system does not tell what there is, nothing happens.
 */
void slim_memory(void);

#endif
