/*
 * The descriptors of a forked process that lives on without being the program.
 */
#ifndef MEMORY_TRACKER_TERMINAL_DESCRIPTORS_H
#define MEMORY_TRACKER_TERMINAL_DESCRIPTORS_H

/* The most that descriptors_keep can keep. */
#define DESCRIPTORS_KEPT_MAX 3

/*
 * Makes these the only descriptors of the process, numbered from 0 on in this order, and stores their new numbers.
 * Only async-signal-safe calls.
 */
void descriptors_keep(int *const kept[], int count);

#endif
