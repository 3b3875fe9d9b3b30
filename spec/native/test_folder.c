#include "test_folder.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[PATH_MAX];
static int before = -1;

void test_folder_enter(void)
{
	const char *parent = getenv("TMPDIR");

	snprintf(folder, sizeof folder, "%s/memory-tracker-test-XXXXXX", parent ? parent : "/tmp");
	before = open(".", O_RDONLY | O_DIRECTORY);
	assert_true(before >= 0);
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
}

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *place)
{
	return remove(path);
}

void test_folder_leave(void)
{
	assert_int_equal(fchdir(before), 0);
	close(before);
	assert_int_equal(nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

char *test_folder_read(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t size = 1 << 20;
	char *text = malloc(size);

	if (!file)
		fail_msg("%s cannot be read", path);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
	return text;
}

void test_folder_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

size_t test_folder_count(void)
{
	DIR *entries = opendir(folder);
	size_t count = 0;

	assert_non_null(entries);
	for (struct dirent *entry; (entry = readdir(entries));)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(entries);
	return count;
}
