/*
 * A process that brings to the terminal what is printed on a pty by processes that a program has left behind.
 */
#ifndef MEMORY_TRACKER_PROGRAM_RELAY_H
#define MEMORY_TRACKER_PROGRAM_RELAY_H

/*
 * Starts one, that ends when no process has the pty open any more, or the terminal is gone. Both descriptors are
 * borrowed. Returns 0 or an errno. ANY THREAD
 */
int relay_start(int master, int tty);

#endif
