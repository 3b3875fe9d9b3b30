/*
 * A folder of their own for tests that write files; they are in it until they leave it.
 */
#ifndef MEMORY_TRACKER_TEST_FOLDER_H
#define MEMORY_TRACKER_TEST_FOLDER_H

#include <stddef.h>

/* Goes to a new folder. */
void test_folder_enter(void);

/* Goes back, and removes the folder with all that is in it. */
void test_folder_leave(void);

/* What a file holds, zero-terminated; to be freed. Fails the test when it cannot be read. */
char *test_folder_read(const char *path);

void test_folder_write(const char *path, const char *text);

/* How many files and folders there are in it. */
size_t test_folder_count(void);

#endif
