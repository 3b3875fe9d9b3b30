/*
 * The program of tests of call paths: a shop with three methods that have lines, and code that has none.
 */
#ifndef MEMORY_TRACKER_PATH_PROGRAM_H
#define MEMORY_TRACKER_PATH_PROGRAM_H

#include <stdint.h>

#include "fake_program.h"

/* What is at CODE(STORE) and so on. */
enum { STORE = 1, CHECKOUT, SERVER, NEW, MAP, IGNORED };

extern struct fake_program *path_program;
extern uintptr_t path_address; /* of the latest object */

void path_start(struct tracker_options options);

/* With a depth of 3; for cmocka. */
int path_set_up(void **state);
int path_tear_down(void **state);

/* A new object of Hash. Returns its node. */
uint32_t path_allocate(const struct stack *stack);

#endif
