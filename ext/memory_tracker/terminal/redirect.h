/*
 * What a program prints while a screen is up: it goes to a file instead of the terminal.
 *
 * Only descriptors that are terminals are led elsewhere: 1 and 2 to the file, and 0, if asked for, to a pipe that
 * nobody writes to, so that a read waits instead of taking the screen's keys. The file has no name. Processes that
 * the program starts write to it too, for as long as they live; nothing gets between what two of them write.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_TERMINAL_REDIRECT_H
#define MEMORY_TRACKER_TERMINAL_REDIRECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct redirect {
	int file;       /* owned; where descriptors 1 and 2 lead. Locked as long as any process has it open */
	int reader;     /* owned; the same file, opened another time, and so without the lock */
	int saved[3];   /* owned; the terminal as descriptors 0 to 2 had it; -1: not led elsewhere */
	int silence[2]; /* owned; a pipe that nobody writes to, nor closes while somebody reads; -1: none */
	off_t shown;    /* bytes that redirect_tail has given */
	off_t printed;  /* bytes that are on the terminal by now */
};

/* Why printing cannot go on into the file. */
enum redirect_trouble {
	REDIRECT_FINE,
	REDIRECT_FULL,  /* the disk is nearly full */
	REDIRECT_LARGE, /* the file has become too large */
};

/* Makes the file. Returns 0 or an errno. */
int redirect_init(struct redirect *redirect);
void redirect_deinit(struct redirect *redirect);

/*
 * Leads descriptors elsewhere. A thread that waits for input already goes on waiting for the terminal until it is
 * interrupted, as after redirect_off for the pipe. Returns 0 or an errno; then nothing has changed.
 */
int redirect_on(struct redirect *redirect, bool input);

/*
 * Writes to the terminal `fd` what was printed since. What other threads print meanwhile may be missing; returns
 * when there was nothing more.
 */
void redirect_print(struct redirect *redirect, int fd);

/*
 * Leads descriptors where they led before, and writes to `fd` what is missing. Nothing comes out of order if no
 * other thread begins to print meanwhile.
 */
void redirect_off(struct redirect *redirect, int fd);

/* The next bytes that were printed, for showing; when there are very many, the oldest are left out. */
size_t redirect_tail(struct redirect *redirect, char *buffer, size_t size);

/* Makes sure that there is room for some more, and tells when there is not. */
enum redirect_trouble redirect_check(struct redirect *redirect);

/*
 * After an exec in a process that had led its descriptors elsewhere they still lead there: leads them to the
 * terminal again.
 */
void redirect_recover(void);

#endif
