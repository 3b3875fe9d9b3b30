/*
 * A native thread that prints a table of a capture's classes at an interval.
 *
 * It blocks all signals and touches no Ruby object; what needs the GVL it asks a service for. In a child of a fork
 * it does not exist: none of these functions may be called there, and the printer's memory is left as it is.
 */
#ifndef MEMORY_TRACKER_BINDING_PRINTER_H
#define MEMORY_TRACKER_BINDING_PRINTER_H

#include <stdbool.h>
#include <stdint.h>

#include "transport/recording.h"
#include "viewer/batch.h"
#include "vm/capture.h"
#include "vm/service.h"

struct printer_options {
	uint64_t interval_ns;       /* between two tables, more than 0 */
	uint64_t tables;            /* how many are printed, not counting the one at the end */
	uint64_t gc_ns;             /* between two full GCs; 0: none */
	struct recorder *recorder;  /* gets what is taken; NULL: none; borrowed until printer_join returns */
	struct batch_options batch; /* what it points to is borrowed until printer_join returns */
};

struct printer;

/*
 * Starts the thread. `capture` and `service` (NULL: GCs are not asked for) are borrowed until printer_join returns;
 * what is written to is a copy of `fd`. When tables cannot be written any more, or recording ends, a sentence on stderr
 * says why. Returns NULL with errno set when it cannot be started. ANY THREAD
 */
struct printer *printer_start(struct capture *capture, struct service *service, int fd,
                              const struct printer_options *options);

/* Makes the thread print the table at the end and then end. ANY THREAD */
void printer_end(struct printer *printer);

/* Makes the thread end soon even if nobody takes its output. ANY THREAD */
void printer_cancel(struct printer *printer);

/* Waits until the thread has ended. Once; after printer_end or printer_cancel. ANY THREAD, better without the GVL */
void printer_join(struct printer *printer);

/* Frees a printer that was joined. ANY THREAD */
void printer_free(struct printer *printer);

#endif
