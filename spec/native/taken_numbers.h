/*
 * A program that closes all descriptors that it has not opened, and has a file of its own at each of their numbers.
 */
#ifndef MEMORY_TRACKER_TAKEN_NUMBERS_H
#define MEMORY_TRACKER_TAKEN_NUMBERS_H

#include <stdbool.h>

#define NUMBERS_MAX 1024

struct taken_numbers {
	bool own[NUMBERS_MAX];  /* the program's from the start */
	int taken[NUMBERS_MAX]; /* the program's since taken_numbers_take */
	unsigned count;
};

bool is_open(int fd);

/* Closes a descriptor that another thread uses: TSan, which takes that for a mistake, does not see it. */
int close_unseen(int fd);

/* What is open now is the program's. */
void taken_numbers_note(struct taken_numbers *numbers);

/* So is this one. */
void taken_numbers_own(struct taken_numbers *numbers, int fd);

/* Has at least so many numbers, which are not the program's, lead to where `fd` leads, and closes that. */
void taken_numbers_take(struct taken_numbers *numbers, int fd, unsigned least);

/* All that were taken are still open; closes them. */
void taken_numbers_release(struct taken_numbers *numbers);

#endif
