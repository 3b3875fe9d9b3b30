#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transport_fuzz.h"

#define CORPUS "spec/native/corpus"
#define INPUT_MAX (1 << 20)

/* What a fuzzer has found worth keeping, and what once went wrong, is looked at again. */
static void test_what_fuzzers_have_found(void **state)
{
	DIR *directory = opendir(CORPUS);
	uint8_t *bytes = malloc(INPUT_MAX);
	struct dirent *found;
	unsigned files = 0;

	assert_non_null(directory);
	while ((found = readdir(directory))) {
		char path[512];

		if (found->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CORPUS "/%s", found->d_name);
		FILE *file = fopen(path, "rb");
		assert_non_null(file);
		size_t size = fread(bytes, 1, INPUT_MAX, file);
		fclose(file);
		/* Its own block, so that reading beyond the end is noticed. */
		uint8_t *input = malloc(size + 1);
		memcpy(input, bytes, size);
		assert_int_equal(LLVMFuzzerTestOneInput(input, size), 0);
		free(input);
		files++;
	}
	closedir(directory);
	free(bytes);
	assert_true(files > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_fuzzers_have_found)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
