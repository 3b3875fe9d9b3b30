/*
 * Finds the key that leaves a console, Ctrl-], in what a terminal sends: as a control character, or as a sequence where the
 * program has asked for those (vt_control_key). Not in what is pasted; and twice at once it is a key for the program.
 *
 * ANY THREAD.
 */
#ifndef MEMORY_TRACKER_PROGRAM_LEAVE_KEY_H
#define MEMORY_TRACKER_PROGRAM_LEAVE_KEY_H

#include <stdbool.h>
#include <stddef.h>

#define LEAVE_KEY 0x1d

/* No sequence that stands for a key is longer. */
#define LEAVE_KEY_CUT_MAX 32

/* All zero is the beginning. */
struct leave_key {
	char cut
	    [LEAVE_KEY_CUT_MAX]; /* the beginning of a sequence that was read in part, and so goes to the program later */
	size_t cut_length;
	bool pasting;
};

/* Puts what is held back into `bytes`, in front of what is read next. Returns its length, less than LEAVE_KEY_CUT_MAX. */
size_t leave_key_resume(struct leave_key *key, char bytes[LEAVE_KEY_CUT_MAX]);

/*
 * Takes `length` bytes that were read, and leaves in front those for the program, whose number is stored. Returns whether
 * the key was pressed; then what is behind it is lost.
 */
bool leave_key_find(struct leave_key *key, char *bytes, size_t length, size_t *kept);

#endif
