/*
 * One process of a program in a line: what a list of them shows.
 */
#ifndef MEMORY_TRACKER_ANALYSIS_PROCESS_SUMMARY_H
#define MEMORY_TRACKER_ANALYSIS_PROCESS_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#define PROCESS_COMMAND_SIZE 160

struct process_summary {
	uint32_t pid;
	bool shown;                         /* the screen is about this one */
	bool ended;                         /* and these are its last numbers */
	bool known;                         /* there are numbers */
	bool retained_known;                /* a major GC has been seen */
	bool retained_bound;                /* and retained is an upper bound */
	bool growth_known;                  /* two major GCs have been seen */
	char command[PROCESS_COMMAND_SIZE]; /* zero-terminated; untrusted */
	uint64_t live;
	uint64_t retained;
	double growth; /* per second */
	uint64_t up_ns;
};

#endif
