/* What a process is called in the list of the system: the title that it has given itself, or its command line. */
#ifndef MEMORY_TRACKER_SOURCE_PROCESS_TITLE_H
#define MEMORY_TRACKER_SOURCE_PROCESS_TITLE_H

#include <stdbool.h>
#include <sys/types.h>

#define PROCESS_TITLE_SIZE 160

/* False, and the title stays as it is, where the system does not tell it. ANY THREAD */
bool process_title(pid_t pid, char title[PROCESS_TITLE_SIZE]);

#endif
