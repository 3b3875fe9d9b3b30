/* What the system's list of processes says of one: what it is called, and whether it is there. */
#ifndef MEMORY_TRACKER_SOURCE_PROCESS_INFO_H
#define MEMORY_TRACKER_SOURCE_PROCESS_INFO_H

#include <stdbool.h>
#include <sys/types.h>

#define PROCESS_TITLE_SIZE 160

/* The title that it has given itself, or its command line. False, and the title stays as it is, where the system does not tell it. ANY THREAD */
bool process_title(pid_t pid, char title[PROCESS_TITLE_SIZE]);

/*
 * Whether there is a process that has not ended. One that its parent has not waited for yet has; but where the system
 * does not tell that apart, it counts as there. ANY THREAD
 */
bool process_is_there(pid_t pid);

#endif
